package flow

import "fmt"

// spiller takes full runs: it sorts them, takes out what the sieve holds back, and writes what is left to a scratch file.
type spiller struct {
	scratch func() (Scratch, error)
	sieves  func() (*Sieve, error) // waits for the sieve; nil without one
	sieve   *Sieve
	rest    *run    // rows that have passed the sieve, of several runs, as long as they fit in memory
	file    Scratch // nil as long as everything did
	spans   []span  // of the sorted runs in the file
	at      int64   // its end
}

type span struct{ from, length int64 }

// take sorts a run and leaves it empty.
func (s *spiller) take(r *run) error {
	r.sort()
	if s.sieves != nil {
		var err error
		if s.sieve, err = s.sieves(); err != nil {
			return fmt.Errorf("compare: %w", err)
		}
		s.sieves = nil
	}
	if s.sieve == nil {
		err := s.spill(r)
		r.reset()
		return err
	}
	if s.rest == nil {
		s.rest = &run{}
	}
	for i := range r.rows {
		row := &r.rows[i]
		if s.sieve.hold(row.hash, row.fingerprint, row.message) {
			continue
		}
		doc := r.doc(row)
		if s.rest.full(len(doc)) && len(s.rest.rows) > 0 {
			s.rest.sort()
			if err := s.spill(s.rest); err != nil {
				return err
			}
			s.rest.reset()
		}
		s.rest.add(row.hash, row.fingerprint, row.message, doc)
	}
	r.reset()
	return nil
}

// spill writes a sorted run.
func (s *spiller) spill(r *run) (err error) {
	if s.file == nil {
		if s.file, err = s.scratch(); err != nil {
			return fmt.Errorf("compare: scratch file: %w", err)
		}
	}
	n, err := r.spill(s.file)
	if err != nil {
		return fmt.Errorf("compare: scratch file: %w", err)
	}
	s.spans = append(s.spans, span{s.at, n})
	s.at += n
	return nil
}

// close removes the scratch file.
func (s *spiller) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
