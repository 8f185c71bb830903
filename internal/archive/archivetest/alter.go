package archivetest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/s2"
)

// Alter puts other bytes into the place of archived ones of a folder, behind its back and well packed.
func Alter(t testing.TB, dir, hash string, data []byte) {
	t.Helper()
	var packed bytes.Buffer
	w := s2.NewWriter(&packed, s2.WriterAddIndex())
	_, err := w.Write(data)
	path := filepath.Join(dir, hash[:2], hash[2:]+".s2")
	if err := errors.Join(err, w.Close(), os.Chmod(path, 0o600), os.WriteFile(path, packed.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}
