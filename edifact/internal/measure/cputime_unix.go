//go:build unix

package measure

import (
	"syscall"
	"time"
)

// cpuTime gives the time that the process has spent on its cores, which other programs do not lengthen.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
