package mapping

import (
	"errors"
	"io"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// eachRecord hands all records of a file to take, the broken ones too. Its error is one that ends the file, or that of take.
func eachRecord[T any](next func() (T, error), take func(rec T, broken bool) error) error {
	for {
		rec, err := next()
		broken := false
		if err != nil {
			_, broken = errors.AsType[*flatfile.RowError](err)
		}
		switch {
		case err == nil || broken:
			err = take(rec, broken)
		case err == io.EOF:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// endFile ends a file that was read up to err, and gives all that was found.
func (r *Reader) endFile(file finding.List, err error) (finding.List, error) {
	found, endErr := r.End()
	if err == nil {
		err = endErr
	}
	all := append(file, found...)
	all.Sort()
	return all, err
}
