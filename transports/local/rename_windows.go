package local

import (
	"errors"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

// rename opens the file so that nobody else may open it for writing, renaming or deleting meanwhile, and renames it by
// its handle. Without that (as MoveFileEx does it) two clients may both open the file under its old name and both rename
// it. Both folders are opened below the root and the names are taken relative to them, so that no link leads outside.
func (c *Conn) rename(from, to string) error {
	err := c.renameByHandle(from, to)
	if status, ok := errors.AsType[windows.NTStatus](err); ok {
		err = status.Errno()
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

func (c *Conn) renameByHandle(from, to string) error {
	oldParent, oldBase, err := c.openParent(from)
	if err != nil {
		return err
	}
	defer oldParent.Close()
	file, err := openToRename(windows.Handle(oldParent.Fd()), oldBase)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(file)
	newParent, newBase, err := c.openParent(to)
	if err != nil {
		return err
	}
	defer newParent.Close()
	return setName(file, windows.Handle(newParent.Fd()), newBase)
}

// openParent opens the folder that a name stands in.
func (c *Conn) openParent(name string) (*os.File, string, error) {
	dir, base := filepath.Split(name)
	f, err := c.root.Open(filepath.Join(".", dir))
	if pathErr, ok := errors.AsType[*os.PathError](err); ok {
		err = pathErr.Err
	}
	return f, base, err
}

// openToRename opens a file of a folder, sharing it with readers only.
func openToRename(parent windows.Handle, base string) (windows.Handle, error) {
	name, err := windows.NewNTUnicodeString(base)
	if err != nil {
		return 0, err
	}
	attributes := windows.OBJECT_ATTRIBUTES{RootDirectory: parent, ObjectName: name, Attributes: windows.OBJ_CASE_INSENSITIVE}
	attributes.Length = uint32(unsafe.Sizeof(attributes))
	var file windows.Handle
	var status windows.IO_STATUS_BLOCK
	err = windows.NtCreateFile(&file, windows.DELETE|windows.SYNCHRONIZE, &attributes, &status, nil, 0, windows.FILE_SHARE_READ,
		windows.FILE_OPEN, windows.FILE_OPEN_REPARSE_POINT|windows.FILE_OPEN_FOR_BACKUP_INTENT|
			windows.FILE_SYNCHRONOUS_IO_NONALERT|windows.FILE_WRITE_THROUGH, 0, 0)
	return file, err
}

// renameInformation is FILE_RENAME_INFORMATION of ntifs.h.
type renameInformation struct {
	replace    uint32
	folder     windows.Handle
	nameLength uint32 // in bytes
	name       [windows.MAX_PATH]uint16
}

// setName renames an open file and does not replace.
func setName(file, parent windows.Handle, base string) error {
	wide, err := windows.UTF16FromString(base)
	if err != nil {
		return err
	}
	info := renameInformation{folder: parent, nameLength: uint32(len(wide)-1) * 2}
	if copy(info.name[:], wide) < len(wide) {
		return windows.ERROR_FILENAME_EXCED_RANGE
	}
	var status windows.IO_STATUS_BLOCK
	return windows.NtSetInformationFile(file, &status, (*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)),
		windows.FileRenameInformation)
}
