package local

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/batchgate/batchgate/transports/driver"
)

const openFlags = 0

// localName turns slashes and refuses what Windows reads as something else: another separator, a drive or stream
// (a.edi:x), a device (NUL), and a dot or blank at the end of a part, which Windows drops.
func localName(name string) (string, error) {
	p := filepath.FromSlash(name)
	if strings.ContainsAny(name, `\:*?"<>|`) || !filepath.IsLocal(p) || !fitsUTF16(name) {
		return "", driver.Faultf(driver.BadName, "Windows has no such name")
	}
	if name == "." {
		return p, nil
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") {
			return "", driver.Faultf(driver.BadName, "Windows drops the dot or blank at the end of a name")
		}
	}
	return p, nil
}

// fitsUTF16 tells whether a name comes back the same from Windows, which keeps names in UTF-16.
func fitsUTF16(name string) bool {
	wide, err := syscall.UTF16FromString(name)
	return err == nil && syscall.UTF16ToString(wide) == name
}

// fileID is not to be had from a listing on Windows.
func fileID(fs.FileInfo) string { return "" }

// SyncDir has nothing to do: the rename of this package writes through, and NTFS keeps names in its journal.
func (c *Conn) SyncDir(ctx context.Context, dir string) error {
	name, err := c.begin(ctx, dir)
	if err != nil {
		return err
	}
	_, err = c.root.Stat(name)
	return err
}

// systemKind sorts what package fs has no word for, and what it sorts otherwise.
func systemKind(err error) driver.Kind {
	errno, ok := errors.AsType[windows.Errno](err)
	if !ok {
		return driver.Unknown
	}
	switch errno {
	case windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION, windows.ERROR_USER_MAPPED_FILE,
		windows.ERROR_DELETE_PENDING:
		return driver.InUse
	case windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED,
		windows.ERROR_FILE_TOO_LARGE:
		return driver.Full
	case windows.ERROR_WRITE_PROTECT, windows.ERROR_PRIVILEGE_NOT_HELD, windows.ERROR_NETWORK_ACCESS_DENIED:
		return driver.Denied
	case windows.ERROR_LOGON_FAILURE, windows.ERROR_PASSWORD_EXPIRED, windows.ERROR_ACCOUNT_LOCKED_OUT,
		windows.ERROR_ACCOUNT_DISABLED, windows.ERROR_INVALID_PASSWORD:
		return driver.Auth
	case windows.ERROR_INVALID_NAME, windows.ERROR_FILENAME_EXCED_RANGE, windows.ERROR_BAD_PATHNAME:
		return driver.BadName
	case windows.ERROR_DIRECTORY:
		return driver.NoFolder
	case windows.ERROR_NOT_SAME_DEVICE, windows.ERROR_NOT_SUPPORTED:
		return driver.Unsupported
	case windows.ERROR_NETNAME_DELETED, windows.ERROR_BAD_NETPATH, windows.ERROR_BAD_NET_NAME, windows.ERROR_UNEXP_NET_ERR,
		windows.ERROR_NETWORK_UNREACHABLE, windows.ERROR_HOST_UNREACHABLE, windows.ERROR_SEM_TIMEOUT,
		windows.ERROR_NETWORK_BUSY, windows.ERROR_DEV_NOT_EXIST, windows.ERROR_NOT_READY, windows.ERROR_IO_DEVICE,
		windows.ERROR_TOO_MANY_OPEN_FILES, windows.ERROR_CONNECTION_ABORTED, windows.ERROR_NO_SYSTEM_RESOURCES:
		return driver.Temporary
	case windows.ERROR_REQ_NOT_ACCEP, windows.ERROR_TOO_MANY_SESS:
		return driver.Throttled
	}
	return driver.Unknown
}
