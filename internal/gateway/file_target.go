package gateway

import (
	"context"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// Series of numbers that are reserved with a delivery.
const (
	controlSeries = "control" // control references of our interchanges
	fileSeries    = "series"  // numbers in file names
)

// changeKind is the kind of deliveries that change or cancel an order that went out before.
const changeKind = "order-change"

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

// outgoing gives how deliveries of a kind become files: the mapping that writes them, and where they go.
func outgoing(f *profiles.Flow, kind string) (*mapping.Mapping, profiles.To) {
	to := f.To
	switch kind {
	case string(document.Customer):
		if f.Customers.Mapping != nil {
			to.Folder, to.Name, to.Done, to.Series.Name = f.Customers.Folder, f.Customers.Name, "", to.Series.Name+" customer files"
			return f.Customers.Mapping, to
		}
	case changeKind:
		if !f.AfterExport.Name.IsZero() {
			to.Name = f.AfterExport.Name
		}
		if m := f.AfterExport.Mapping; m != nil {
			return m, to
		}
	}
	return f.Write, to
}
