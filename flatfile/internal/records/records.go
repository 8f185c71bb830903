// Package records ranges over what a reader gives.
package records

import (
	"io"
	"iter"
)

// All yields what read gives, the broken ones with their error. It stops at io.EOF, and behind an error that ended the
// reading: then ended is true.
func All[T any](read func() (T, error), ended func() bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			one, err := read()
			if err == io.EOF || !yield(one, err) || ended() {
				return
			}
		}
	}
}
