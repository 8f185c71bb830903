package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// Series of numbers that are reserved with a delivery.
const (
	controlSeries = "control" // control references of our interchanges
	fileSeries    = "series"  // numbers in file names
)

// fileTarget turns documents into files of a folder.
type fileTarget struct {
	flow     *profiles.Flow
	write    *mapping.Mapping
	to       profiles.To
	endpoint *files
}

func newFileTarget(f *profiles.Flow, kind string, e *files) *fileTarget {
	t := &fileTarget{flow: f, endpoint: e}
	t.write, t.to = outgoing(f, kind)
	return t
}

// Needs is empty: a folder is asked for nothing.
func (t *fileTarget) Needs(*flow.Delivery) []flow.Need { return nil }

// Lookup is never called.
func (t *fileTarget) Lookup(_ context.Context, table string, _ []string) (map[string]string, time.Duration, error) {
	return nil, 0, flow.Stop("a folder has no look-up %q", table)
}

// Encode writes the file by the flow's mapping.
func (t *fileTarget) Encode(d *flow.Delivery, f flow.Facts, trace *flow.Trace) ([]byte, []flow.Refusal, finding.List, error) {
	opt := mapping.WriteOptions{Outside: t.flow.Charset.Outside}
	if flow.HasControl(t.write) {
		control, err := f.Number(controlSeries)
		if err != nil {
			return nil, nil, nil, err
		}
		opt.Envelope = flow.Envelope(t.flow, f.Now(), control)
	}
	if trace != nil {
		opt.Trace = &mapping.WriteTrace{}
	}
	body, found, err := t.write.Encode(d.Docs, opt)
	if trace != nil {
		for _, w := range opt.Trace.Values {
			trace.Add(flow.Written{Doc: w.Doc, Field: w.Path, Rule: w.Rule, Place: w.Place, Value: w.Value})
		}
	}
	if err == nil {
		found = append(found, flow.CheckWritten(t.flow, d.Name, body)...)
	}
	return body, nil, found, err
}

// Steps places the file.
func (t *fileTarget) Steps(d *flow.Delivery, body []byte) []flow.Step {
	p := placing{endpoint: t.endpoint, folder: t.to.Folder, temp: t.to.Temp, delivery: d.ID, name: d.Name, exists: t.to.Exists, again: t.to.Connection.Poll}
	if t.to.Done != "" {
		p.done = t.to.DoneName(d.Name)
	}
	return p.steps(body)
}

// contrlFact is the fact in which the answer to an interchange is recorded.
const contrlFact = "contrl"

// contrlTarget places a CONTRL message.
type contrlTarget struct{ placing }

// Needs is empty.
func (t *contrlTarget) Needs(*flow.Delivery) []flow.Need { return nil }

// Lookup is never called.
func (t *contrlTarget) Lookup(_ context.Context, table string, _ []string) (map[string]string, time.Duration, error) {
	return nil, 0, flow.Stop("a folder has no look-up %q", table)
}

// Encode writes the interchange with the answer that was recorded when the file was read.
func (t *contrlTarget) Encode(_ *flow.Delivery, f flow.Facts, _ *flow.Trace) ([]byte, []flow.Refusal, finding.List, error) {
	recorded, ok := f.Lookup(contrlFact, contrlFact)
	if !ok {
		return nil, nil, nil, fmt.Errorf("no answer was recorded for this acknowledgement")
	}
	var c acknowledge.Contrl
	if err := json.Unmarshal([]byte(recorded), &c); err != nil {
		return nil, nil, nil, fmt.Errorf("recorded acknowledgement: %w", err)
	}
	control, err := f.Number(controlSeries)
	if err != nil {
		return nil, nil, nil, err
	}
	body, err := c.Encode(acknowledge.Envelope{Control: strconv.FormatInt(control, 10), Time: f.Now()})
	return body, nil, nil, err
}

// Steps places the file.
func (t *contrlTarget) Steps(d *flow.Delivery, body []byte) []flow.Step {
	p := t.placing
	p.name, p.delivery = d.Name, d.ID
	return p.steps(body)
}

func newReader(b []byte) io.Reader { return bytes.NewReader(b) }
