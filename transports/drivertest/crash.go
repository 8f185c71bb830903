package drivertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

func crashTests() []test {
	return []test{
		{"CancelAtEachStepOfPlacingLeavesNothingHalf", cancelPlacing},
		{"AtEachStepOfPlacingEndsInOneFile", func(b *bench) { crashPlacing(b, false) }},
		{"AtEachStepOfPlacingWithAPartnerWhoFetchesEndsInOneFetch", func(b *bench) { crashPlacing(b, true) }},
		{"AtEachStepOfMovingEndsInOneFile", crashMoving},
		{"AtEachStepOfWriteSmallEndsInOneFile", crashWriteSmall},
		{"LostAnswerOfEachStepOfPlacingEndsInOneFile", lostAnswers},
	}
}

// errDead is what every call of a killed process gives.
var errDead = errors.New("the process is dead")

// maxSteps is more calls than any operation tried here makes.
const maxSteps = 60

// placingSteps is a little more than the calls that placing a small file makes.
const placingSteps = 9

// everyStep gives both moments of each call to be tried.
func everyStep(yield func(Step) bool) {
	for n := 1; n <= maxSteps; n++ {
		for _, after := range []bool{false, true} {
			if !yield(Step{N: n, After: after}) {
				return
			}
		}
	}
}

// dying lets work run in a process that dies at a step: that call, and all later ones, do not come back. Then the process
// is over.
func (b *bench) dying(step Step, work func(ep *transports.Endpoint)) {
	dead := false
	conn := Watch(b.connect(), func(s Step) error {
		dead = dead || s.N == step.N && s.After == step.After
		if dead {
			return errDead
		}
		return nil
	})
	work(transports.New("test", conn))
	conn.Kill()
}

func cancelPlacing(b *bench) {
	whole := randomBytes(100_000)
	b.makeDir("out")
	for step := range everyStep {
		ep, ctx, last := b.cancelledAt(step)
		_, err := ep.Stage(ctx, "out/.a.batchgate", bytes.NewReader(whole), int64(len(whole)))
		staged := err == nil
		if err == nil {
			err = ep.Publish(ctx, "out/.a.batchgate", "out/a")
		}
		left := b.names("out")
		switch {
		case !staged && len(left) != 0:
			b.Errorf("cancelled at %+v while staging: %q is left", step, left)
		case staged && len(left) != 1:
			b.Errorf("cancelled at %+v: %q is left", step, left)
		case staged:
			b.holds("out/"+left[0], whole)
		}
		if err != nil {
			b.wants(fmt.Sprintf("cancelled at %+v", step), err, driver.Cancelled)
		}
		for _, name := range left {
			b.ok(b.conn.Remove(b.ctx, "out/"+name))
		}
		if step.N > last() {
			return
		}
	}
	b.Errorf("placing a file takes more than %d steps", maxSteps)
}

// outbox is what a gateway remembers durably while it places a file.
type outbox struct {
	staged, published bool
}

// place goes on from what is remembered, as a gateway does after a restart.
func (o *outbox) place(ctx context.Context, ep *transports.Endpoint, content string) error {
	if !o.staged {
		if _, err := ep.Stage(ctx, "out/.a.batchgate", strings.NewReader(content), int64(len(content))); err != nil {
			return err
		}
		o.staged = true
	}
	if err := ep.Publish(ctx, "out/.a.batchgate", "out/a"); err != nil && transports.KindOf(err) != driver.NotFound {
		return err
	}
	o.published = true
	return nil
}

// crashPlacing dies at each step, and then at each step of the next start too.
func crashPlacing(b *bench, fetching bool) {
	const content = "UNB+UNOC:3'"
	b.makeDir("out")
	for first := range everyStep {
		for second := range everyStep {
			var o outbox
			fetched := 0
			for _, end := range []Step{first, second, {}} {
				if !o.published {
					b.dying(end, func(ep *transports.Endpoint) {
						_ = o.place(b.ctx, ep, content) // dying is what is tried here
					})
				}
				if fetching {
					fetched += b.fetch("out/a", content)
				}
			}
			fetched += b.fetch("out/a", content)
			if !o.published || fetched != 1 {
				b.Fatalf("dead at %+v and %+v: published %v, there %d times", first, second, o.published, fetched)
			}
			b.lists("out")
			if second.N > placingSteps {
				break
			}
		}
		if first.N > placingSteps {
			return
		}
	}
}

// fetch takes a file as a partner does, and gives how many there were.
func (b *bench) fetch(name, want string) int {
	b.Helper()
	if _, err := b.conn.Stat(b.ctx, name); err != nil {
		b.wants("stat", err, driver.NotFound)
		return 0
	}
	b.holds(name, []byte(want))
	b.ok(b.conn.Remove(b.ctx, name))
	return 1
}

func crashMoving(b *bench) {
	b.makeDir("in")
	for step := range everyStep {
		folder := fmt.Sprintf("processed/%d_%t", step.N, step.After)
		b.put("in/a.edi", []byte("a"))
		b.dying(step, func(ep *transports.Endpoint) {
			_, _ = ep.Move(b.ctx, "in/a.edi", folder+"/a.edi") // dying is what is tried here
		})
		_, err := b.endpoint().Move(b.ctx, "in/a.edi", folder+"/a.edi")
		if err != nil {
			b.wants("move after a restart", err, driver.NotFound)
		}
		b.lists("in")
		b.lists(folder, "a.edi")
		b.holds(folder+"/a.edi", []byte("a"))
		if step.N > 15 {
			return
		}
	}
}

func crashWriteSmall(b *bench) {
	for step := range everyStep {
		name := fmt.Sprintf("%d_%t.reason.txt", step.N, step.After)
		b.dying(step, func(ep *transports.Endpoint) {
			_ = ep.WriteSmall(b.ctx, name, []byte("why")) // dying is what is tried here
		})
		b.ok(b.endpoint().WriteSmall(b.ctx, name, []byte("why")))
		b.lists(".", name)
		b.holds(name, []byte("why"))
		b.ok(b.conn.Remove(b.ctx, name))
		if step.N > 15 {
			return
		}
	}
}

// lostAnswers lets each call in turn happen and its answer get lost, while the process lives and tries again.
func lostAnswers(b *bench) {
	const content = "UNB+UNOC:3'"
	b.makeDir("out")
	for n := 1; n <= 15; n++ {
		conn := Watch(b.connect(), func(s Step) error {
			if s.N == n && s.After {
				return driver.Faultf(driver.Temporary, "connection reset")
			}
			return nil
		})
		ep := transports.New("test", conn)
		var o outbox
		for attempt := 0; !o.published && attempt < 3; attempt++ {
			if err := o.place(b.ctx, ep, content); err != nil {
				b.wants(fmt.Sprintf("answer %d lost", n), err, driver.Temporary)
				conn.Kill()
			}
		}
		if got := b.fetch("out/a", content); got != 1 {
			b.Errorf("answer %d lost: file there %d times", n, got)
		}
		b.lists("out")
	}
}
