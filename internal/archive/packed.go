package archive

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/s2"
)

// Bytes lie packed in their files, as a stream of S2 with its index: that costs less than the time in which a disk takes
// what it leaves out. Any tool that knows S2 unpacks them.
const (
	packedSuffix = ".s2"
	packedBlock  = 256 << 10
)

func newPacker(w io.Writer) *s2.Writer {
	return s2.NewWriter(w, s2.WriterConcurrency(1), s2.WriterBlockSize(packedBlock), s2.WriterAddIndex())
}

// unpacker reads a packed file.
type unpacker struct {
	file   *os.File
	stream *s2.Reader
}

func newUnpacker(f *os.File) *unpacker {
	return &unpacker{f, s2.NewReader(f, s2.ReaderMaxBlockSize(packedBlock))}
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.stream.Read(p)
	return n, damage(err)
}

func (u *unpacker) Close() error { return u.file.Close() }

// damage tells what is wrong with the file from what is wrong with reading it.
func damage(err error) error {
	for _, broken := range []error{s2.ErrCorrupt, s2.ErrCRC, s2.ErrTooLarge, s2.ErrUnsupported, io.ErrUnexpectedEOF} {
		if errors.Is(err, broken) {
			return fmt.Errorf("%w: %w", ErrAltered, err)
		}
	}
	return err
}

// unpackedSize gives how many bytes lie in a packed file: by its index, or where that is missing by unpacking it.
func unpackedSize(path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var index s2.Index
	if index.LoadStream(f) == nil {
		return index.TotalUncompressed, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	return io.Copy(io.Discard, newUnpacker(f))
}
