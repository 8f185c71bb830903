package edifact

import (
	"io"
	"iter"
	"sync"
)

// Part is what ReadParallel gives of a file: what was made of a message, or an event that stands outside of messages.
type Part[T any] struct {
	// Event is nil for a message. Unlike the events of a Reader it stays valid.
	Event *Event
	// Result is what was made of the message.
	Result T
}

// ReadParallel reads a file on several goroutines. Each message is given to the function message, with the events that a
// Reader gives of it, MessageStart to MessageEnd; they are valid while the function goes through them. It is called on any
// of the goroutines, and for several messages at once. What it returns comes out in the order of the file, between the events
// that stand outside of messages. Whoever leaves the loop ends the reading.
//
// Memory is bounded: messages of more than 1 MiB, those that hold binary objects, and what is broken are read by one
// goroutine alone, while the others wait. Loss of framing is an *Error in the last pair, as with a Reader.
func ReadParallel[T any](r io.Reader, workers int, message func(events iter.Seq[*Event]) T, opts ...Option) iter.Seq2[Part[T], error] {
	return func(yield func(Part[T], error) bool) {
		p := &parallel[T]{in: NewReader(r, opts...), message: message, queue: make(chan *batch[T], 2*max(workers, 1)), stop: make(chan struct{})}
		p.in.dec.w.toShare()
		var all sync.WaitGroup
		for range max(workers, 1) {
			all.Go(p.work)
		}
		go func() {
			all.Wait()
			close(p.queue)
		}()
		defer func() {
			close(p.stop)
			all.Wait()
		}()
		p.tell(yield)
	}
}

// parallel is one file that is read in parallel. Its goroutines take turns: one at a time goes through the file, looks for
// nothing but where its messages end, and keeps the envelope. When it has found some it leaves the file to the next, and
// reads them closely.
type parallel[T any] struct {
	message func(iter.Seq[*Event]) T

	turn    sync.Mutex // guards what follows
	in      *Reader
	waiting bool // the event of the reader has not been dealt with
	ended   bool

	queue chan *batch[T] // in the order of the file
	stop  chan struct{}  // closed when nobody wants more
}

// batch is some parts of a file that stand next to each other.
type batch[T any] struct {
	parts []Part[T]
	err   error         // behind the last part
	done  chan struct{} // closed when all parts are there
}

// task is a batch in the hands of a goroutine.
type task[T any] struct {
	*batch[T]
	messages []detached // still to be read
	bytes    []byte     // in which they stand
	base     int64      // offset in the file of the first of them
}

// mostParts is how many parts a batch has at most.
const mostParts = 256

// work takes turns until the file ends.
func (p *parallel[T]) work() {
	var t task[T]
	in := &Reader{dec: newPieceDecoder(&p.in.dec.opt)}
	for p.take(&t) {
		for i := range t.messages {
			m := &t.messages[i]
			if err := in.openPiece(t.bytes, t.base, m); err != nil {
				t.parts, t.err = t.parts[:m.part], err
				break
			}
			t.parts[m.part].Result = p.message(in.rest)
		}
		close(t.done)
	}
}

// take takes a turn; false at the end of the file.
func (p *parallel[T]) take(t *task[T]) bool {
	p.turn.Lock()
	defer p.turn.Unlock()
	if p.ended {
		return false
	}
	t.batch = &batch[T]{done: make(chan struct{})}
	t.messages = t.messages[:0]
	p.collect(t)
	select {
	case p.queue <- t.batch:
		return true
	case <-p.stop:
		p.ended = true
		return false
	}
}

// collect goes through the file until a batch is full.
func (p *parallel[T]) collect(t *task[T]) {
	d := p.in.dec
	defer func() { t.bytes, t.base = d.handOver(t.bytes) }()
	for len(t.parts) < mostParts && !d.w.isSpent(d.pos) {
		ev, err := p.event()
		switch {
		case err != nil:
			if p.ended = true; err != io.EOF {
				t.err = err
			}
			return
		case ev.Kind == MessageStart:
			if p.waiting = !p.start(t, ev); p.waiting {
				return
			}
		default:
			t.parts = append(t.parts, Part[T]{Event: ev.clone()})
		}
	}
}

// event gives the event that waits, or the next.
func (p *parallel[T]) event() (*Event, error) {
	if p.waiting {
		return &p.in.ev, nil
	}
	return p.in.Next()
}

// start deals with a message that begins; false when that has to wait for the next turn.
func (p *parallel[T]) start(t *task[T], ev *Event) bool {
	d := p.in.dec
	switch stop := d.messageEnd(); {
	case stop == notYet:
		return false
	case stop == notApart:
		if len(t.messages) > 0 {
			return false // their bytes would have to be kept
		}
		t.parts = append(t.parts, Part[T]{Result: p.alone()})
	default:
		m := d.detach(stop, ev)
		m.part = len(t.parts)
		t.messages, t.parts = append(t.messages, m), append(t.parts, Part[T]{})
		p.in.message = nil
	}
	return true
}

// alone reads a message here and now.
func (p *parallel[T]) alone() T {
	result := p.message(p.in.rest)
	p.in.rest(func(*Event) bool { return true })
	return result
}

// rest goes through the events of a message, from the one that the reader has given last. It is an iter.Seq.
func (r *Reader) rest(yield func(*Event) bool) {
	for yield(&r.ev) && r.ev.Kind != MessageEnd {
		if _, err := r.Next(); err != nil {
			return // not before FileEnd
		}
	}
}

// tell passes on what there is, in the order of the file.
func (p *parallel[T]) tell(yield func(Part[T], error) bool) {
	for b := range p.queue {
		<-b.done
		for _, part := range b.parts {
			if !yield(part, nil) {
				return
			}
		}
		if b.err != nil {
			yield(Part[T]{}, b.err)
			return
		}
	}
}

// clone gives a copy of an event that stays valid.
func (ev *Event) clone() *Event {
	kept := *ev
	if ev.Segment != nil {
		kept.Segment = ev.Segment.Clone()
	}
	return &kept
}
