package gateway

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/batchgate/batchgate/finding"
)

// reading is a large file that is read for its plan while it is archived: from the very bytes that the archive takes, so
// that both take the time of the slower. It writes nothing, and counts only when it came to a good end and the bytes were
// archived; else the file is read again from the archive as any other.
type reading struct {
	planner *planner
	ended   chan struct{}
	found   finding.List
	err     error
}

// errNotYet ends a reading that would have to write to the ledger before its bytes are archived.
var errNotYet = errors.New("the file is not archived yet")

// readAhead starts the reading of a file and gives the reader from which it is to be archived.
func (g *Gateway) readAhead(ctx context.Context, in *intake, j *journey, file io.ReadCloser) (*reading, io.ReadCloser) {
	r := &reading{planner: g.newPlanner(in, j), ended: make(chan struct{})}
	through := newRelay(file)
	r.planner.open, r.planner.ahead = through.second, true
	go func() {
		defer close(r.ended)
		r.found, r.err = r.planner.read(ctx, in)
		through.leave()
	}()
	return r, through
}

// result waits for the end of the reading and gives the planner with what it has read; false when it does not count.
func (r *reading) result() (*planner, finding.List, bool) {
	if r == nil {
		return nil, nil, false
	}
	<-r.ended
	if r.err != nil {
		r.planner.close()
		return nil, nil, false
	}
	r.planner.ahead = false
	return r.planner, r.found, true
}

// drop gives up a reading whose file is not planned now.
func (r *reading) drop() {
	if p, _, ok := r.result(); ok {
		p.close()
	}
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
