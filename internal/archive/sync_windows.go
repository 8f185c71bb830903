package archive

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows"
)

// syncDir does nothing: Windows has no way to flush a folder, and its file systems log renames.
func syncDir(string) error { return nil }

func full(err error) error {
	if errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) {
		return fmt.Errorf("%w (%w)", ErrFull, err)
	}
	return err
}
