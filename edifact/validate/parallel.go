package validate

import (
	"io"
	"iter"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

// Checked is a message of a file with what is wrong with it, or what is wrong outside of messages.
type Checked struct {
	Message  *edifact.MessageHeader // nil outside of messages
	Findings finding.List           // of the reader and of the check
}

// Parallel checks a file on several goroutines. Each of them makes a check of its own and gives it the events of whole
// messages; the check is the method Event of a Validator, or a function that does more. The findings are those that one check
// makes of all events, in the same order. Loss of framing is an *edifact.Error in the last pair.
func Parallel(r io.Reader, workers int, newCheck func() func(*edifact.Event) finding.List, opts ...edifact.Option) iter.Seq2[Checked, error] {
	return func(yield func(Checked, error) bool) {
		idle := make(chan check, max(workers, 1)+1) // room for all that are made
		message := func(events iter.Seq[*edifact.Event]) (c Checked) {
			do := take(idle, newCheck)
			for ev := range events {
				c.Message = ev.Message
				c.Findings = append(append(c.Findings, ev.Findings...), do(ev)...)
			}
			idle <- do
			return c
		}
		for part, err := range edifact.ReadParallel(r, workers, message, opts...) {
			c := part.Result
			if ev := part.Event; ev != nil {
				do := take(idle, newCheck)
				c.Findings = append(ev.Findings, do(ev)...)
				idle <- do
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

type check = func(*edifact.Event) finding.List

// take gives a check that nobody uses.
func take(idle <-chan check, newCheck func() check) check {
	select {
	case do := <-idle:
		return do
	default:
		return newCheck()
	}
}
