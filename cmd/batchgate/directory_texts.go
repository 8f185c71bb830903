package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/batchgate/batchgate/edifact/directory"
)

// What official texts of one release may hold at most; a whole release has some 30 MB.
const (
	mostTexts      = 256 << 20 // bytes
	mostZipsInZips = 4
)

// textCollector gathers official texts out of files, folders and zip files.
type textCollector struct {
	texts []directory.Text
	size  int64
}

func directoryTexts(names []string) ([]directory.Text, error) {
	var c textCollector
	for _, name := range names {
		err := filepath.WalkDir(name, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			f, err := os.Open(file)
			if err != nil {
				return err
			}
			defer f.Close()
			return c.add(file, f, 0)
		})
		if err != nil {
			return nil, err
		}
	}
	if len(c.texts) == 0 {
		return nil, fmt.Errorf("none of the files is named as the UN names them: EDSD.22A, EDCD.22A, EDED.22A, UNCL.22A, ORDERS_D.22A")
	}
	return c.texts, nil
}

// add takes a text, or everything in a zip file. Files of other kinds are passed over.
func (c *textCollector) add(name string, r io.Reader, depth int) error {
	isZip := strings.EqualFold(path.Ext(name), ".zip")
	if !isZip && !directory.IsText(filepath.ToSlash(name)) {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(r, mostTexts-c.size+1))
	if err != nil && isZip && depth > 0 {
		return nil // damaged; the release says itself when it lacks a part
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if c.size += int64(len(b)); c.size > mostTexts {
		return fmt.Errorf("%s: the files hold more than %d MiB; name only those of one release", name, mostTexts>>20)
	}
	if !isZip {
		c.texts = append(c.texts, directory.Text{Name: path.Base(filepath.ToSlash(name)), Content: b})
		return nil
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || depth == mostZipsInZips {
		if depth > 0 {
			return nil // something else that is called so
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, f := range z.File {
		if err := c.addZipped(f, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *textCollector) addZipped(f *zip.File, depth int) error {
	r, err := f.Open()
	if err != nil {
		return nil // what is packed in an odd way, or encrypted, is no text of the UN's
	}
	defer r.Close()
	return c.add(f.Name, r, depth)
}
