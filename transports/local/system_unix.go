//go:build unix

package local

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"syscall"

	"github.com/batchgate/batchgate/transports/driver"
)

// openFlags keeps the opening of a pipe from waiting for its other end.
const openFlags = syscall.O_NONBLOCK

// localName needs no change: a name is bytes.
func localName(name string) (string, error) { return name, nil }

// fileID gives device and inode number.
func fileID(info fs.FileInfo) string {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	var b [40]byte
	id := strconv.AppendUint(b[:0], uint64(st.Dev), 36)
	id = append(id, '-')
	return string(strconv.AppendUint(id, uint64(st.Ino), 36))
}

// SyncDir brings the names of a folder to the disk.
func (c *Conn) SyncDir(ctx context.Context, dir string) error {
	name, err := c.begin(ctx, dir)
	if err != nil {
		return err
	}
	f, err := c.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil // some network file systems sync names by themselves and refuse to be told
	}
	return err
}

// systemKind sorts what package fs has no word for.
func systemKind(err error) driver.Kind {
	errno, ok := errors.AsType[syscall.Errno](err)
	if !ok {
		return driver.Unknown
	}
	switch errno {
	case syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG:
		return driver.Full
	case syscall.EROFS:
		return driver.Denied
	case syscall.EBUSY, syscall.ETXTBSY:
		return driver.InUse
	case syscall.ENAMETOOLONG, syscall.EILSEQ, syscall.ELOOP:
		return driver.BadName
	case syscall.ENOTDIR:
		return driver.NoFolder
	case syscall.EXDEV, syscall.ENOTSUP, syscall.ENOSYS, syscall.EISDIR:
		return driver.Unsupported
	case syscall.EIO, syscall.ESTALE, syscall.EAGAIN, syscall.EINTR, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM,
		syscall.ETIMEDOUT, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.ENOTCONN, syscall.EPIPE,
		syscall.EHOSTDOWN, syscall.EHOSTUNREACH, syscall.ENETDOWN, syscall.ENETUNREACH:
		return driver.Temporary
	}
	return driver.Unknown
}
