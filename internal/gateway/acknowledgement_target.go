package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/profiles"
)

// acknowledgementTarget places a CONTRL or APERAK. What it says was recorded when it was decided, as a fact that has the
// name of its kind.
type acknowledgementTarget struct {
	placing
	zone      *time.Location // of the time that it tells
	directory string         // release of APERAK, "D.96A"
	known     *directory.Set
}

func newAcknowledgementTarget(f *profiles.Flow, kind string, e *files) *acknowledgementTarget {
	a := acknowledgementOf(f, kind)
	t := &acknowledgementTarget{placing: placing{endpoint: e, folder: a.Folder, exists: "wait"}, zone: f.Zone, directory: a.Directory, known: f.Profile.Directories}
	if a.Connection != nil {
		t.again = a.Connection.Poll
	}
	return t
}

// acknowledgementOf gives what a flow says of a kind of acknowledgements.
func acknowledgementOf(f *profiles.Flow, kind string) profiles.Acknowledgement {
	if kind == flow.KindAperak {
		return f.Acknowledge.Aperak
	}
	return f.Acknowledge.Contrl
}

// Needs is empty.
func (t *acknowledgementTarget) Needs(*flow.Delivery) []flow.Need { return nil }

// Lookup is never called.
func (t *acknowledgementTarget) Lookup(_ context.Context, table string, _ []string) (map[string]string, time.Duration, error) {
	return nil, 0, flow.Stop("a folder has no look-up %q", table)
}

// Encode writes the interchange with the answer that was recorded.
func (t *acknowledgementTarget) Encode(d *flow.Delivery, f flow.Facts, _ *flow.Trace) ([]byte, []flow.Refusal, finding.List, error) {
	recorded, ok := f.Lookup(d.Kind, d.Kind)
	if !ok {
		return nil, nil, nil, fmt.Errorf("no answer was recorded for this acknowledgement")
	}
	control, err := f.Number(controlSeries)
	if err != nil {
		return nil, nil, nil, err
	}
	e := acknowledge.Envelope{Control: strconv.FormatInt(control, 10), Time: f.Now().In(t.zone)}
	var body []byte
	if d.Kind == flow.KindAperak {
		body, err = t.aperak(recorded, e)
	} else {
		body, err = contrl(recorded, e)
	}
	return body, nil, nil, err
}

func contrl(recorded string, e acknowledge.Envelope) ([]byte, error) {
	var c acknowledge.Contrl
	if err := json.Unmarshal([]byte(recorded), &c); err != nil {
		return nil, fmt.Errorf("recorded acknowledgement: %w", err)
	}
	return c.Encode(e)
}

// aperak writes an APERAK, whose number is the control number of its interchange: no other has it.
func (t *acknowledgementTarget) aperak(recorded string, e acknowledge.Envelope) ([]byte, error) {
	var a acknowledge.Aperak
	if err := json.Unmarshal([]byte(recorded), &a); err != nil {
		return nil, fmt.Errorf("recorded acknowledgement: %w", err)
	}
	a.Number, e.Version, e.Directories = e.Control, strings.Replace(t.directory, ".", ":", 1), t.known
	return a.Encode(e)
}

// Steps places the file.
func (t *acknowledgementTarget) Steps(d *flow.Delivery, body []byte) []flow.Step {
	p := t.placing
	p.name, p.delivery = d.Name, d.ID
	return p.steps(body)
}
