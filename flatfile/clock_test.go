package flatfile_test

import "time"

// seconds gives how long fn takes.
func seconds(fn func()) float64 {
	start := time.Now()
	fn()
	return time.Since(start).Seconds()
}
