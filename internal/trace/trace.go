package trace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
)

// MaxChains bounds the chains of one trace. The newest are given.
const MaxChains = 50

// Trace finds what a term means and gives a chain for each delivery of it, the oldest first: an order number, the key of
// any document, a SKU, a file's name, a control reference, a hash or its first eight digits, "a12" for an arrival, "d7"
// for a delivery. Of a SKU, the chains are its last changes of stock, and have its values alone. No chains and no error
// mean that nothing is known by that term.
//
// Bytes that are missing or altered, a profile that is gone and the like end no trace: the chain tells of them. Errors are
// those of the ledger.
func Trace(ctx context.Context, c Config, term string) ([]Chain, error) {
	var goals []goal
	err := c.Ledger.View(ctx, func(tx *ledger.Tx) error {
		var err error
		goals, err = find(tx, term)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("trace %q: %w", term, err)
	}
	t := &tracer{Config: c, versions: map[string]versioned{}}
	byArrival := map[int64][]goal{}
	var order []int64
	for _, g := range goals {
		if byArrival[g.arrival] == nil {
			order = append(order, g.arrival)
		}
		byArrival[g.arrival] = append(byArrival[g.arrival], g)
	}
	slices.Sort(order)
	var chains []Chain
	for _, id := range order {
		some, err := t.arrival(ctx, id, byArrival[id])
		if err != nil {
			return nil, fmt.Errorf("trace %q: arrival a%d: %w", term, id, err)
		}
		chains = append(chains, some...)
	}
	return chains, nil
}

// tracer follows the goals of one trace.
type tracer struct {
	Config
	versions map[string]versioned // profiles out of the archive
}

// recorded is what the ledger knows of one arrival and of the deliveries that are traced.
type recorded struct {
	arrival   ledger.Arrival
	messages  []ledger.Message
	findings  []ledger.Finding
	events    []ledger.Event
	settling  []ledger.Attempt
	documents map[int64][]ledger.Document // by delivery
	delivery  map[int64]ledger.Delivery
	attempts  map[int64][]ledger.Attempt
}

// arrival gives the chains of one arrival.
func (t *tracer) arrival(ctx context.Context, id int64, goals []goal) ([]Chain, error) {
	slices.SortStableFunc(goals, func(a, b goal) int { return cmp.Compare(a.delivery, b.delivery) })
	var r recorded
	err := t.Ledger.View(ctx, func(tx *ledger.Tx) error {
		var err error
		r, err = read(tx, id, goals)
		return err
	})
	if err != nil {
		return nil, err
	}
	again := newReading(&r, goals)
	var chains []Chain
	for _, g := range goals {
		chain := Chain{Why: g.why, More: g.more, Arrival: r.arrival, Settling: r.settling}
		if d, ok := r.delivery[g.delivery]; ok {
			if err := t.delivery(ctx, &chain, &r, again, g, d); err != nil {
				return nil, err
			}
		} else {
			t.undelivered(ctx, &chain, again, g)
		}
		chain.tell(&r, g)
		chains = append(chains, chain)
	}
	return chains, ctx.Err()
}

func read(tx *ledger.Tx, id int64, goals []goal) (r recorded, err error) {
	if r.arrival, err = tx.Arrival(id); err != nil {
		return r, err
	}
	var errs [4]error
	r.messages, errs[0] = tx.Messages(id)
	r.findings, errs[1] = tx.Findings(id)
	r.events, errs[2] = tx.Events(ledger.EventFilter{Arrival: id})
	r.settling, errs[3] = tx.Attempts("arrival", id)
	if err := errors.Join(errs[:]...); err != nil {
		return r, err
	}
	r.documents, r.delivery, r.attempts = map[int64][]ledger.Document{}, map[int64]ledger.Delivery{}, map[int64][]ledger.Attempt{}
	for _, g := range goals {
		if g.delivery == 0 {
			r.documents[0] = append(r.documents[0], g.documents...)
			continue
		}
		d, err := tx.Delivery(g.delivery)
		if err != nil {
			return r, err
		}
		r.delivery[d.ID] = d
		if r.documents[d.ID], err = tx.Documents(ledger.DocumentFilter{Delivery: d.ID}); err != nil {
			return r, err
		}
		if r.attempts[d.ID], err = tx.Attempts("delivery", d.ID); err != nil {
			return r, err
		}
	}
	return r, nil
}

// tell adds what the ledger knows around the delivery: messages, findings and events that concern it.
func (c *Chain) tell(r *recorded, g goal) {
	flows, in := map[string]bool{}, map[int]bool{}
	for _, d := range c.Documents {
		flows[d.Flow] = true
		in[d.Message] = true
	}
	if c.Delivery != nil {
		flows[c.Delivery.Flow] = true
	}
	for _, m := range r.messages {
		whole := len(c.Documents) == 0 && (g.messages == nil || g.messages[m.N])
		if whole || flows[m.Flow] && (in[m.N] || in[0]) { // 0: not known, a file of rows
			c.Messages = append(c.Messages, m)
		}
	}
	for _, f := range r.findings {
		if f.Delivery != 0 && f.Delivery != g.delivery || f.Flow != "" && len(flows) > 0 && !flows[f.Flow] {
			continue
		}
		if g.sku != "" && f.Value != g.sku && !slices.Contains(f.Examples, g.sku) {
			continue
		}
		c.Findings = append(c.Findings, f)
	}
	for _, e := range r.events {
		if e.Delivery == 0 || e.Delivery == g.delivery {
			c.Events = append(c.Events, e)
		}
	}
}

// undelivered is what of an arrival has no delivery: the documents as they were read, by today's profile.
func (t *tracer) undelivered(ctx context.Context, c *Chain, again *reading, g goal) {
	c.Count = len(g.documents)
	for _, row := range g.documents {
		d := Document{Flow: row.Flow, Kind: row.Kind, Key: row.Key, Message: row.Message, State: row.State}
		f, ok := t.Home.Flow(row.Flow)
		if !ok {
			d.Note = "the flow is in no profile of this home any more: it cannot be read again"
			c.Documents = append(c.Documents, d)
			continue
		}
		rows, err := again.of(ctx, t, f)
		if err != nil {
			d.Note = err.Error()
		} else if one := rows.single(row.Key, row.Message, uint64(row.Fingerprint)); one != nil {
			d.Values = valuesOf(one.doc, []rereadDoc{*one})
		} else {
			d.Note = "today's profile does not give this document from the archived bytes any more"
		}
		c.Documents = append(c.Documents, d)
	}
}

// delivery fills a chain with one delivery, encoded again, and its documents, read again.
func (t *tracer) delivery(ctx context.Context, c *Chain, r *recorded, again *reading, g goal, d ledger.Delivery) error {
	c.Count, c.Attempts, c.File = d.Count, r.attempts[d.ID], cmp.Or(gateway.FileOf(r.attempts[d.ID]), d.Name)
	shown := d
	shown.Docs = nil
	c.Delivery = &shown
	result, err := t.encodeAgain(ctx, &d)
	if err != nil {
		return err
	}
	c.Check = result.check
	rows, readErr := noRows, error(nil)
	if result.flow != nil && len(result.docs) > 0 {
		if rows, readErr = again.of(ctx, t, result.flow); readErr != nil {
			result.disagree("the archived bytes cannot be read again: " + readErr.Error())
		}
	}
	to := map[int][]writtenTo{}
	for _, w := range result.trace.Written {
		if w.Place.File == "" && d.Name != "" {
			w.Place.File = d.Name
		}
		if w.Field == "" {
			c.Fixed = append(c.Fixed, To{Place: w.Place, Rule: w.Rule, Value: w.Value})
			continue
		}
		to[w.Doc] = append(to[w.Doc], writtenTo{w.Field, To{Place: w.Place, Rule: w.Rule, Value: w.Value}})
	}
	for i, doc := range result.docs {
		if g.sku != "" && doc.Get("sku").Text() != g.sku {
			continue
		}
		one := t.document(&d, r.documents[d.ID], doc, rows, readErr == nil && result.flow != nil, &result)
		one.addTo(to[i])
		for _, refused := range result.refused {
			if refused.Doc == i {
				one.Refused = &refused
			}
		}
		c.Documents = append(c.Documents, one)
	}
	if g.sku != "" {
		c.Fixed = nil
	}
	return nil
}

// document describes one document of a delivery with the places that it was read from.
func (t *tracer) document(d *ledger.Delivery, known []ledger.Document, doc *document.Document, rows *rereadDocs, readable bool, result *encodedAgain) Document {
	one := Document{Flow: d.Flow, Kind: string(doc.Kind), Key: doc.Key()}
	for _, row := range known {
		if row.Key == one.Key || doc.Kind.IsList() {
			one.Message, one.State = row.Message, row.State
		}
	}
	if !readable {
		one.Values = valuesOf(doc, nil)
		return one
	}
	from := rows.from(doc, one.Message, result.flow)
	one.Values = valuesOf(doc, from.docs)
	if one.Message == 0 && len(from.docs) > 0 {
		one.Message = from.docs[0].message
	}
	switch {
	case len(from.docs) == 0 && from.absent != "":
		one.Note = from.absent
	case len(from.docs) == 0:
		one.Note = "the archived bytes do not give this document any more"
		result.disagree("reading the archived bytes again does not give " + one.Kind + " " + keyText(one.Key))
		if rows.fault != "" {
			result.note(rows.fault)
		}
	case !from.same:
		one.Note = "reading the archived bytes again gives other values"
		result.disagree("reading the archived bytes again gives other values for " + one.Kind + " " + keyText(one.Key))
	}
	return one
}
