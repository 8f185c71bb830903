//go:build !unix

package validate_test

import "time"

// cpuTime gives the time of day, for want of a better one.
func cpuTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
