package validate

import (
	"bytes"
	"io"
	"reflect"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

// onOne checks a file with one validator.
func onOne(r io.Reader, opts ...Option) (found finding.List, messages int, err error) {
	v := New(opts...)
	for ev, err := range edifact.NewReader(r, edifact.FileName("x.edi")).Events() {
		if err != nil {
			return found, messages, err
		}
		if ev.Kind == edifact.MessageStart {
			messages++
		}
		found = append(append(found, ev.Findings...), v.Event(ev)...)
	}
	return found, messages, nil
}

// onSeveral does the same on several goroutines.
func onSeveral(r io.Reader, workers int, opts ...Option) (found finding.List, messages int, err error) {
	newCheck := func() func(*edifact.Event) finding.List { return New(opts...).Event }
	for c, err := range Parallel(r, workers, newCheck, edifact.FileName("x.edi")) {
		if err != nil {
			return found, messages, err
		}
		if c.Message != nil {
			messages++
		}
		found = append(found, c.Findings...)
	}
	return found, messages, nil
}

// TestSeveralGoroutinesFindTheSame reads files of many damaged interchanges.
func TestSeveralGoroutinesFindTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var file []byte
		for range rapid.IntRange(1, 12).Draw(t, "interchanges") {
			file = append(file, damage(t)...)
		}
		want, messages, lost := onOne(bytes.NewReader(file))
		workers := rapid.IntRange(1, 4).Draw(t, "workers")
		got, n, err := onSeveral(iotest.HalfReader(bytes.NewReader(file)), workers)
		if !reflect.DeepEqual(err, lost) {
			t.Fatalf("the error is %v, on one %v", err, lost)
		}
		if n != messages {
			t.Fatalf("%d messages, on one %d", n, messages)
		}
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || !reflect.DeepEqual(got[i], want[i]) {
				t.Fatalf("finding %d of %d differs, on one there are %d:\n%+v\non one\n%+v", i, len(got), len(want), []finding.Finding(got[i:min(i+1, len(got))]), []finding.Finding(want[i:min(i+1, len(want))]))
			}
		}
	})
}
