package edifact

import (
	"errors"
	"io"
	"sync"
)

// Work is what ReadParallel does with a file. T is what comes of one message.
type Work[T any] struct {
	// New makes a worker; it is called once for each goroutine. The worker's function gets all events of one message in
	// their order, from MessageStart to MessageEnd; what it returns at MessageEnd is the result of the message.
	New func() func(*Event) T
	// Result gets the results of the messages, in the order of the file.
	Result func(T) error
	// Event gets all other events, in the order of the file and between the results. It may be nil.
	Event func(*Event) error
}

// ReadParallel reads a file on several goroutines: whole messages are handed to workers, while the envelope and all order
// is kept by one. The events are those that a Reader gives. Memory is bounded: messages of more than 1 MiB, those that hold
// binary objects, and what is broken are read by the one alone. Result and Event are called one at a time; an error of
// theirs ends the reading and is returned. Loss of framing is an *Error, as with a Reader.
func ReadParallel[T any](r io.Reader, workers int, work Work[T], opts ...Option) error {
	if work.Event == nil {
		work.Event = func(*Event) error { return nil }
	}
	p := &parallel[T]{in: NewReader(r, opts...), work: work,
		jobs: make(chan *job[T], 2*workers), queue: make(chan *job[T], 4*workers), stop: make(chan struct{})}
	p.in.dec.w.stride = jumpSize
	var all sync.WaitGroup
	for range max(workers, 1) {
		all.Go(p.worker)
	}
	told := make(chan error, 1)
	go func() { told <- p.tell() }()
	err := p.cut()
	close(p.jobs)
	close(p.queue)
	all.Wait()
	if refused := <-told; refused != nil {
		return refused
	}
	return err
}

// parallel is one file that is read in parallel.
type parallel[T any] struct {
	in   *Reader
	work Work[T]
	own  func(*Event) T // for messages that no worker gets

	jobs  chan *job[T] // to be done, in any order
	queue chan *job[T] // the same and others, in the order of the file
	stop  chan struct{}
	free  sync.Pool
	next  *job[T] // messages that are collected
}

// job is some messages of one file, or one event between them.
type job[T any] struct {
	bytes    []byte
	messages []detached
	results  []T
	done     chan struct{} // closed when the results are there
	event    *Event
	err      error
}

const (
	jobSize  = 128 << 10 // bytes that a job holds before it is handed on
	jumpSize = 512       // bytes looked through at once where messages are leapt over: hardly more than their UNH
)

// cut goes through the file and hands out its messages.
func (p *parallel[T]) cut() error {
	for {
		ev, err := p.in.Next()
		if err == io.EOF {
			return p.hand()
		}
		if err != nil {
			return errors.Join(p.hand(), err)
		}
		switch {
		case ev.Kind == MessageStart && p.detach(ev):
			if len(p.next.bytes) < jobSize {
				continue
			}
			err = p.hand()
		case ev.Message != nil:
			err = p.message(ev)
		default:
			err = p.between(ev)
		}
		if err != nil {
			return err
		}
	}
}

// errStopped says that nobody wants more: Result or Event has returned an error.
var errStopped = errors.New("stopped")

// hand hands the collected messages to the workers.
func (p *parallel[T]) hand() error {
	j := p.next
	p.next = nil
	if j == nil {
		return nil
	}
	if err := p.put(j); err != nil {
		return err
	}
	p.jobs <- j
	return nil
}

// put puts a job into the order of the file.
func (p *parallel[T]) put(j *job[T]) error {
	select {
	case <-p.stop:
		return errStopped
	case p.queue <- j:
		return nil
	}
}

// message reads a message here and now.
func (p *parallel[T]) message(ev *Event) error {
	if p.own == nil {
		p.own = p.work.New()
	}
	result := p.own(ev)
	if ev.Kind != MessageEnd {
		return nil
	}
	j := &job[T]{results: []T{result}, done: make(chan struct{})}
	close(j.done)
	return errors.Join(p.hand(), p.put(j))
}

// between queues an event between messages.
func (p *parallel[T]) between(ev *Event) error {
	kept := *ev
	if ev.Segment != nil {
		kept.Segment = ev.Segment.Clone()
	}
	return errors.Join(p.hand(), p.put(&job[T]{event: &kept}))
}

// worker does jobs.
func (p *parallel[T]) worker() {
	do := p.work.New()
	in := &Reader{dec: newPieceDecoder(p.in.dec)}
	for j := range p.jobs {
		for i := range j.messages {
			result, err := readDetached(in, j.bytes, &j.messages[i], do)
			if err != nil {
				j.err = err
				break
			}
			j.results = append(j.results, result)
		}
		close(j.done)
	}
}

// tell passes on what there is, in the order of the file.
func (p *parallel[T]) tell() (err error) {
	for j := range p.queue {
		if err != nil {
			continue
		}
		if j.event != nil {
			err = p.work.Event(j.event)
		} else {
			<-j.done
			err = j.err
			for i := 0; i < len(j.results) && err == nil; i++ {
				err = p.work.Result(j.results[i])
			}
			p.recycle(j)
		}
		if err != nil {
			close(p.stop)
		}
	}
	return err
}

// recycle keeps the memory of a job for another.
func (p *parallel[T]) recycle(j *job[T]) {
	if cap(j.bytes) > 0 {
		clear(j.messages)
		p.free.Put(&job[T]{bytes: j.bytes[:0], messages: j.messages[:0]})
	}
}
