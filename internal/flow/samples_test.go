package flow_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/sharedtest"
	"github.com/batchgate/batchgate/profiles"
)

// Real orders, despatch advices and inventory reports go through the example's mappings, whatever directory they name and
// whoever sent them: nothing panics, every message comes to an end, what is not broken and names what a document must have
// gives documents.
func TestRealInterchangesGoThroughTheExampleFlows(t *testing.T) {
	dir := sharedtest.Path(t, "samples/edifact/real")
	var flows []*profiles.Flow
	for _, f := range example(t) {
		if f.Read.Format() != "edifact" {
			continue
		}
		open := *f
		profile := *f.Profile
		profile.Identities, open.Profile = nil, &profile
		test := false
		open.Take = profiles.Take{Message: f.Read.Message(), Test: &test}
		flows = append(flows, &open)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files, messages, documents := 0, 0, 0
	for _, e := range entries {
		kind, _, _ := strings.Cut(e.Name(), "-")
		if kind != "orders" && kind != "desadv" && kind != "invrpt" {
			continue
		}
		files++
		path := filepath.Join(dir, e.Name())
		_, err := flow.Read(func() (io.ReadCloser, error) { return os.Open(path) }, flows, flow.ReadOptions{Name: e.Name(), Trace: true}, flow.Sink{
			Document: func(m *flow.Message, d *document.Document) error {
				documents++
				if d.Key() == "" {
					t.Errorf("%s: a %s without a key", e.Name(), d.Kind)
				}
				d.Visit(func(path string, g *document.Group, slot int) {
					if o, ok := g.Origin(slot); ok && o.Place.Length > 0 && o.Place.Offset+int64(o.Place.Length) > m.End && m.End > 0 {
						t.Errorf("%s: %s comes from byte %d, behind its message", e.Name(), path, o.Place.Offset)
					}
				})
				return nil
			},
			End: func(m *flow.Message) error {
				messages++
				if m.Flow != nil && !m.Broken && m.Documents == 0 && m.Refused == 0 && m.Type != "INVRPT" {
					t.Errorf("%s: message %s is not broken and gives nothing: %v", e.Name(), m.Reference, m.Findings)
				}
				return nil
			},
		})
		if err != nil {
			t.Errorf("%s: %v", e.Name(), err)
		}
	}
	t.Logf("%d files, %d messages, %d documents", files, messages, documents)
	if files < 40 || documents < 30 {
		t.Errorf("only %d files with %d documents were read", files, documents)
	}
}
