package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/batchgate/batchgate/edifact"
)

// partFile is a file that split writes.
type partFile struct {
	name    string
	file    *os.File
	out     *bufio.Writer
	enc     *edifact.Encoder
	part    part
	lineEnd []byte // between segments of the interchange
}

// createPart makes a new file; one that is there already is an error.
func createPart(folder, name string) (*partFile, error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	path := filepath.Join(folder, name)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("%s is there already; name another folder with --into", path)
	}
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriter(file)
	return &partFile{name: path, file: file, out: out, enc: edifact.NewEncoder(out)}, nil
}

func (f *partFile) close() error {
	return errors.Join(f.enc.Flush(), f.out.Flush(), f.file.Close())
}

// lineEnd gives the line end at the end of what stands between two segments, or nothing.
func lineEnd(between []byte) []byte {
	switch {
	case bytes.HasSuffix(between, []byte("\r\n")):
		return []byte("\r\n")
	case bytes.HasSuffix(between, []byte("\n")):
		return []byte("\n")
	}
	return nil
}
