package trace

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// reading reads the archived bytes of an arrival again, once for each flow and version of its profile, and keeps the
// documents that are asked for.
type reading struct {
	arrival *ledger.Arrival
	wanted  map[string]map[string]bool // keys, by flow
	done    map[string]*rereadDocs
}

// rereadDocs are documents that were read again, by key.
type rereadDocs struct {
	byKey map[string][]rereadDoc
	by    string // field by which rows are taken together
	sum   []string
	fault string // why a message or the file cannot be read to its end; "" when nothing is wrong
}

// rereadDoc is one document with its origins.
type rereadDoc struct {
	message int
	doc     *document.Document
}

var noRows = &rereadDocs{}

// newReading prepares the reading of an arrival: which documents are wanted of which flow.
func newReading(r *recorded, goals []goal) *reading {
	again := &reading{arrival: &r.arrival, wanted: map[string]map[string]bool{}, done: map[string]*rereadDocs{}}
	want := func(flow, key string) {
		if again.wanted[flow] == nil {
			again.wanted[flow] = map[string]bool{}
		}
		again.wanted[flow][key] = true
	}
	for _, g := range goals {
		for _, d := range g.documents {
			want(d.Flow, d.Key)
		}
		d, ok := r.delivery[g.delivery]
		if !ok {
			continue
		}
		for line := range strings.Lines(string(d.Docs)) {
			doc, err := document.ParseJSON([]byte(line))
			if err == nil && (g.sku == "" || doc.Get("sku").Text() == g.sku) { // a line that is not readable fails when it is encoded
				want(d.Flow, doc.Key())
			}
		}
	}
	return again
}

// of gives what a flow reads from the arrival.
func (a *reading) of(ctx context.Context, t *tracer, f *profiles.Flow) (*rereadDocs, error) {
	name := f.ID() + " " + f.Profile.Version
	if known, ok := a.done[name]; ok {
		return known, nil
	}
	docs := &rereadDocs{byKey: map[string][]rereadDoc{}}
	if f.Read != nil {
		docs.by, docs.sum = f.Read.Grouping()
	}
	if err := a.read(ctx, t, f, docs); err != nil {
		return noRows, err
	}
	a.done[name] = docs
	return docs, nil
}

// maxObject bounds what a platform gave as one object, in bytes.
const maxObject = 32 << 20

func (a *reading) read(ctx context.Context, t *tracer, f *profiles.Flow, docs *rereadDocs) error {
	if a.arrival.Hash == "" {
		return errors.New("the arrival was never archived")
	}
	wanted := a.wanted[f.ID()]
	keep := func(message int, d *document.Document) {
		key := docs.key(d)
		if !wanted[key] {
			return
		}
		for _, part := range flow.ByOrder(d.Clone()) {
			docs.byKey[key] = append(docs.byKey[key], rereadDoc{message, part})
		}
	}
	if !f.From.Connection.IsFolder() {
		shop, err := t.shop(f.From.Connection.ID())
		if err != nil {
			return err
		}
		body, err := t.Archive.Read(ctx, a.arrival.Hash, maxObject)
		if err != nil {
			return err
		}
		all, _, err := shop.Reader(f).Read(body, true)
		for _, d := range all {
			keep(1, d)
		}
		return err
	}
	open := func() (io.ReadCloser, error) {
		r, err := t.Archive.Open(ctx, a.arrival.Hash)
		if err != nil {
			return nil, err
		}
		return archive.Checked(r, a.arrival.Hash), nil
	}
	found, err := flow.Read(open, []*profiles.Flow{f}, flow.ReadOptions{Name: a.arrival.Name, Trace: true}, flow.Sink{
		Document: func(m *flow.Message, d *document.Document) error {
			if f.Read.Format() == mapping.EDIFACT {
				keep(m.N, d)
			} else {
				keep(0, d) // the number of rows as a message depends on the flows that are read with this one
			}
			return ctx.Err()
		},
		End: func(m *flow.Message) error {
			if m.Broken {
				docs.drop(m.N, f.Read.Format() != mapping.EDIFACT)
				docs.fault = cmp.Or(docs.fault, firstError(m.Findings))
			}
			return nil
		},
	})
	if found.HasErrors() {
		docs.fault = cmp.Or(docs.fault, firstError(found))
	}
	return err
}

// drop forgets the documents of a broken message: none of them took effect.
func (r *rereadDocs) drop(message int, all bool) {
	for key, docs := range r.byKey {
		kept := docs[:0]
		for _, d := range docs {
			if d.message != message && !all {
				kept = append(kept, d)
			}
		}
		r.byKey[key] = kept
	}
}

// key is the key under which a document goes out: where rows are taken together, that of the group.
func (r *rereadDocs) key(d *document.Document) string {
	if r.by == "" {
		return d.Key()
	}
	var parts []string
	for _, name := range document.KeyFields(d.Kind) {
		text := ""
		if name == r.by {
			text = d.Get(name).Text()
		}
		parts = append(parts, text)
	}
	return strings.TrimRight(strings.Join(parts, document.KeySeparator), document.KeySeparator)
}

// single finds one document: that of the message with the fingerprint, else the message's, else any of its key.
func (r *rereadDocs) single(key string, message int, fingerprint uint64) *rereadDoc {
	var best *rereadDoc
	rank := -1
	for i, d := range r.byKey[key] {
		n := 0
		if d.message == message {
			n++
		}
		if d.doc.Fingerprint() == fingerprint {
			n += 2
		}
		if n > rank {
			best, rank = &r.byKey[key][i], n
		}
	}
	return best
}

// origin is what a document that went out was made of.
type origin struct {
	docs   []rereadDoc
	same   bool   // it gives the document that went out
	absent string // why there is nothing, where that is right
}

// from finds what a document of a delivery was made of.
func (r *rereadDocs) from(doc *document.Document, message int, f *profiles.Flow) origin {
	if doc.Kind == document.Customer && !f.From.Connection.IsFolder() {
		return origin{absent: "made of an order's buyer"}
	}
	if doc.Kind != document.Stock {
		print := flow.AsRead(f, doc).Fingerprint()
		one := r.single(doc.Key(), message, print)
		if one == nil {
			return origin{}
		}
		return origin{docs: []rereadDoc{*one}, same: sameButFunction(one.doc, flow.AsRead(f, doc))}
	}
	rows := r.byKey[doc.Key()]
	if len(rows) == 0 {
		if n, ok := doc.Get("on_hand").Number(); ok && n.IsZero() && f.FullFile != nil && f.FullFile.Missing == "zero" {
			return origin{absent: "the file does not name the article, and the profile says: full_file: {missing: zero}"}
		}
		return origin{}
	}
	if r.by == "" {
		rows = rows[len(rows)-1:] // of several rows for one key the last counts
	}
	return origin{docs: rows, same: r.group(rows).Fingerprint() == doc.Fingerprint()}
}

// sameButFunction compares what was read with what went out, whose function may be what planning found: a change, a replacement.
func sameButFunction(read, sent *document.Document) bool {
	if read.Fingerprint() == sent.Fingerprint() {
		return true
	}
	if _, has := sent.Shape().Slot("function"); !has {
		return false
	}
	planned := read.Clone()
	planned.Set("function", sent.Get("function"))
	return planned.Fingerprint() == sent.Fingerprint()
}

// group makes one document of the rows of a group, as planning does.
func (r *rereadDocs) group(rows []rereadDoc) *document.Document {
	doc := rows[0].doc.Clone()
	if r.by == "" {
		return doc
	}
	for _, row := range rows[1:] {
		for _, name := range r.sum {
			b, ok := row.doc.Get(name).Number()
			if !ok {
				continue
			}
			if a, ok := doc.Get(name).Number(); ok {
				b = a.Add(b)
			}
			doc.Set(name, document.NumberValue(b))
		}
	}
	for _, name := range document.KeyFields(doc.Kind) {
		if name != r.by {
			doc.Set(name, document.Value{})
		}
	}
	return doc
}
