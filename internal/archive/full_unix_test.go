//go:build unix

package archive

import "syscall"

const diskFull = syscall.ENOSPC
