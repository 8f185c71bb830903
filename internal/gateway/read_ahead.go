package gateway

import (
	"context"
	"errors"
	"io"
	"sync"
)

// reading is a large file that is read for its plan while it is archived: from the very bytes that the archive takes, so
// that both take the time of the slower. Nothing is written before the bytes are archived. It counts only when it came to a
// good end; else the file is read again from the archive as any other.
type reading struct {
	planner *planner
	journey *journey
	read    bool          // the file was read to its end
	stored  chan struct{} // closed when the bytes are archived, or will not be
	given   bool          // they will not be; set before stored is closed
	ended   chan struct{}
	err     error
}

// errNotYet ends a reading that would have to write to the ledger before its bytes are archived.
var errNotYet = errors.New("the file is not archived yet")

// readAhead starts the reading of a file and gives the reader from which it is to be archived.
func (g *Gateway) readAhead(ctx context.Context, in *intake, j *journey, file io.ReadCloser) (*reading, io.ReadCloser) {
	r := &reading{planner: g.newPlanner(in, j), journey: j, stored: make(chan struct{}), ended: make(chan struct{})}
	arrival := *j.Arrival // which changes while it is archived
	through := newRelay(file)
	r.planner.open, r.planner.arrival, r.planner.early = through.second, &arrival, r
	go func() {
		defer close(r.ended)
		defer through.leave()
		r.err = r.planner.prepare(ctx, in)
	}()
	return r, through
}

// wasRead says that the file was read to its end: from now on it waits with what is to be written.
func (r *reading) wasRead() {
	if r != nil {
		r.read = true
	}
}

// archived says that the bytes are archived, or that they will not be.
func (r *reading) archived(ok bool) {
	if r == nil {
		return
	}
	select {
	case <-r.stored:
	default:
		r.given = !ok
		close(r.stored)
	}
}

// mayWrite waits until the planner may write to the ledger.
func (r *reading) mayWrite(ctx context.Context) error {
	if r == nil {
		return nil
	}
	if !r.read {
		return errNotYet
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-r.stored:
	}
	if r.given {
		return errNotYet
	}
	*r.planner.arrival = *r.journey.Arrival
	return nil
}

// result waits for the end of the reading and gives the planner that has made the plan; false when it does not count.
func (r *reading) result() (*planner, bool) {
	if r == nil {
		return nil, false
	}
	<-r.ended
	r.planner.close()
	if r.err != nil {
		return nil, false
	}
	*r.planner.arrival = *r.journey.Arrival // rows that are not yet written look at it
	r.planner.early, r.planner.arrival = nil, r.journey.Arrival
	return r.planner, true
}

// drop gives up a reading whose file is not planned now.
func (r *reading) drop() {
	r.archived(false)
	_, _ = r.result()
}

// relay is a reader that a second reader follows, a few chunks behind. The second may leave; the first does not wait then.
type relay struct {
	io.ReadCloser
	full, free chan []byte // full is closed at the end of the file, or when the first gives up
	end        func()
	complete   bool // the end of the file was seen; set before full is closed
	taken      bool // there is a second reader
	left       chan struct{}
	leave      func()
}

const (
	relayChunk  = 256 << 10
	relayChunks = 4
)

func newRelay(r io.ReadCloser) *relay {
	t := &relay{ReadCloser: r, full: make(chan []byte, relayChunks), free: make(chan []byte, relayChunks), left: make(chan struct{})}
	t.end = sync.OnceFunc(func() { close(t.full) })
	t.leave = sync.OnceFunc(func() { close(t.left) })
	for range relayChunks {
		t.free <- nil
	}
	return t
}

// Read reads and passes on what it has read.
func (t *relay) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	for rest := p[:n]; len(rest) > 0; {
		select {
		case <-t.left:
			rest = nil
		case chunk := <-t.free:
			some := min(len(rest), relayChunk)
			t.full <- append(chunk[:0], rest[:some]...)
			rest = rest[some:]
		}
	}
	if err == io.EOF {
		t.complete = true
		t.end()
	}
	return n, err
}

// Close ends the file for the second reader, too: with an error when its end was not seen.
func (t *relay) Close() error {
	t.end()
	return t.ReadCloser.Close()
}

// second opens the second reader, once.
func (t *relay) second() (io.ReadCloser, error) {
	if t.taken {
		return nil, errNotYet
	}
	t.taken = true
	return &follower{relay: t}, nil
}

type follower struct {
	relay *relay
	chunk []byte
	at    int
}

func (f *follower) Read(p []byte) (int, error) {
	if f.at == len(f.chunk) {
		if f.chunk != nil {
			f.relay.free <- f.chunk
		}
		var ok bool
		f.chunk, ok = <-f.relay.full
		f.at = 0
		switch {
		case !ok && f.relay.complete:
			return 0, io.EOF
		case !ok:
			return 0, io.ErrUnexpectedEOF
		}
	}
	n := copy(p, f.chunk[f.at:])
	f.at += n
	return n, nil
}

func (f *follower) Close() error {
	f.relay.leave()
	return nil
}
