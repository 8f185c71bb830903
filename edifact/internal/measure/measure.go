// Package measure compares the speed of EDIFACT code with that of a baseline, or of itself on one core.
package measure

import (
	"bytes"
	"runtime"
	"testing"
	"time"

	"github.com/batchgate/batchgate/edifact"
)

// SplitThrice is the baseline: every value of the bytes, by three nested bytes.Split.
func SplitThrice(b []byte, s edifact.Separators) (values int) {
	for _, segment := range bytes.Split(b, []byte{s.Terminator}) {
		for _, element := range bytes.Split(segment, []byte{s.Element}) {
			values += len(bytes.Split(element, []byte{s.Component}))
		}
	}
	return values
}

// AgainstSplit measures work over some bytes and the baseline over the same in turn, by the time of the cores, and reports as
// x-split how many times faster the work is.
func AgainstSplit(b *testing.B, data []byte, s edifact.Separators, work func()) {
	if s == (edifact.Separators{}) {
		s = edifact.DefaultSeparators(3)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var mine, theirs time.Duration
	for b.Loop() {
		runtime.GC()
		t0 := cpuTime()
		work()
		runtime.GC() // what was left over belongs to who made it
		t1 := cpuTime()
		SplitThrice(data, s)
		runtime.GC()
		mine, theirs = mine+t1-t0, theirs+cpuTime()-t1
	}
	mb := float64(len(data)) * float64(b.N) / 1e6
	b.ReportMetric(float64(theirs)/float64(mine), "x-split")
	b.ReportMetric(mb/mine.Seconds(), "MB/cpu-s")
	b.ReportMetric(mb/theirs.Seconds(), "MB/cpu-s-split")
	b.ReportMetric(0, "ns/op")
}

// TwoCores measures the same work on one core and on two in turn. It reports as x-one-core how many times faster two are, by
// the clock, and as overhead how much more the cores have to do then: on two idle cores the first is 2 divided by the second.
func TwoCores(b *testing.B, one, two func()) {
	var clock, core [2]time.Duration
	for b.Loop() {
		for i, work := range []func(){one, two} {
			runtime.GC()
			t, c := time.Now(), cpuTime()
			work()
			clock[i] += time.Since(t)
			core[i] += cpuTime() - c
		}
	}
	b.ReportMetric(float64(clock[0])/float64(clock[1]), "x-one-core")
	b.ReportMetric(float64(core[1])/float64(core[0]), "overhead")
	b.ReportMetric(0, "ns/op")
}
