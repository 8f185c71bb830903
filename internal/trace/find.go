package trace

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// goal is one chain to be made: a delivery of an arrival, or documents of it that have none.
type goal struct {
	arrival   int64
	delivery  int64
	documents []ledger.Document // without a delivery
	sku       string            // only this article of a list; "" for all
	messages  map[int]bool      // only these messages; nil for all
	why       string
	more      int
}

// part marks what the ledger finds last and least surely.
const part = "part of the file name"

// find gives what a term may mean, the newest MaxChains.
func find(tx *ledger.Tx, term string) ([]goal, error) {
	term = strings.TrimSpace(term)
	if term == "" {
		return nil, nil
	}
	f := finder{tx: tx, term: term, known: map[string]bool{}}
	hits, err := tx.Search(term)
	if err != nil {
		return nil, err
	}
	sure := slices.ContainsFunc(hits, func(h ledger.Hit) bool { return h.Why != part })
	for _, h := range hits {
		if sure && h.Why == part {
			continue
		}
		if err := f.hit(h); err != nil {
			return nil, err
		}
	}
	if err := f.numbered(); err != nil {
		return nil, err
	}
	if err := f.article(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(f.goals, func(a, b goal) int {
		return cmp.Or(cmp.Compare(b.arrival, a.arrival), cmp.Compare(b.delivery, a.delivery))
	})
	return f.goals[:min(len(f.goals), MaxChains)], nil
}

// finder collects goals.
type finder struct {
	tx    *ledger.Tx
	term  string
	goals []goal
	known map[string]bool
}

func (f *finder) add(g goal) {
	name := fmt.Sprintf("a%d d%d", g.arrival, g.delivery)
	for _, d := range g.documents {
		name += fmt.Sprintf(" %d", d.ID)
	}
	if !f.known[name] {
		f.known[name] = true
		f.goals = append(f.goals, g)
	}
}

func (f *finder) hit(h ledger.Hit) error {
	switch h.Kind {
	case "arrival":
		return f.arrival(h)
	case "document":
		row, err := f.tx.Document(h.ID)
		if err != nil {
			return missing(err)
		}
		return f.document(row, h.Why)
	}
	d, err := f.tx.Delivery(h.ID)
	if err != nil {
		return missing(err)
	}
	f.add(goal{arrival: d.Arrival, delivery: d.ID, why: h.Why})
	return nil
}

// missing passes over rows that are gone, as retention removes them.
func missing(err error) error {
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	return err
}

func (f *finder) document(row ledger.Document, why string) error {
	g := goal{arrival: row.Arrival, delivery: row.Delivery, why: why}
	if row.Delivery == 0 {
		g.documents = []ledger.Document{row}
	}
	f.add(g)
	return f.answersTo(row)
}

// answersTo adds what the sender of a document was told about its message.
func (f *finder) answersTo(row ledger.Document) error {
	answers, err := f.tx.Deliveries(ledger.DeliveryFilter{Arrival: row.Arrival, Kind: flow.KindAperak})
	if err != nil || len(answers) == 0 {
		return err
	}
	messages, err := f.tx.Messages(row.Arrival)
	for _, m := range messages {
		for _, d := range answers {
			if m.N == row.Message && answersMessage(d, m) {
				f.add(goal{arrival: row.Arrival, delivery: d.ID, why: "answer to its message"})
			}
		}
	}
	return err
}

// answersMessage tells whether an acknowledgement is about a message or its interchange, which its key names.
func answersMessage(d ledger.Delivery, m ledger.Message) bool {
	switch d.Kind {
	case flow.KindContrl:
		return strings.HasSuffix(d.Key, " "+m.Control)
	case flow.KindAperak:
		return strings.HasSuffix(d.Key, " "+m.Control+" "+m.Reference)
	}
	return false
}

// arrival takes all deliveries of an arrival, or those of the messages that a reference names.
func (f *finder) arrival(h ledger.Hit) error {
	only, named, err := f.messages(h)
	if err != nil {
		return err
	}
	documents, err := f.tx.Documents(ledger.DocumentFilter{Arrival: h.ID})
	if err != nil {
		return err
	}
	of := map[int64]bool{}
	rest := goal{arrival: h.ID, messages: only, why: h.Why}
	for _, d := range documents {
		if only != nil && !only[d.Message] {
			continue
		}
		of[d.Delivery] = true
		if d.Delivery == 0 && len(rest.documents) < MaxChains {
			rest.documents = append(rest.documents, d)
		}
	}
	deliveries, err := f.tx.Deliveries(ledger.DeliveryFilter{Arrival: h.ID})
	if err != nil {
		return err
	}
	n := 0
	for _, d := range deliveries {
		answers := slices.ContainsFunc(named, func(m ledger.Message) bool { return answersMessage(d, m) })
		if only != nil && !of[d.ID] && !answers && d.Kind != string(document.Stock) {
			continue
		}
		if n++; n <= MaxChains {
			f.add(goal{arrival: h.ID, delivery: d.ID, messages: only, why: h.Why})
		}
	}
	if n > MaxChains {
		f.goals[len(f.goals)-1].more = n - MaxChains
	}
	if n == 0 || len(rest.documents) > 0 {
		f.add(rest)
	}
	return nil
}

// messages gives the messages of an arrival that a reference names, and their ordinals; nil when the whole arrival is meant.
func (f *finder) messages(h ledger.Hit) (only map[int]bool, named []ledger.Message, err error) {
	if !strings.HasSuffix(h.Why, "reference") {
		return nil, nil, nil
	}
	all, err := f.tx.Messages(h.ID)
	only = map[int]bool{}
	for _, m := range all {
		if m.Control == f.term || m.Reference == f.term {
			only[m.N], named = true, append(named, m)
		}
	}
	return only, named, err
}

// numbered finds what is about an order or an invoice, by its number: the lane of an order holds its shipments as well.
func (f *finder) numbered() error {
	for _, kind := range []document.Kind{document.Order, document.Invoice} {
		about, err := f.tx.Deliveries(ledger.DeliveryFilter{Key: string(kind) + " " + f.term, Newest: true, Limit: MaxChains})
		if err != nil {
			return err
		}
		for _, d := range about {
			f.add(goal{arrival: d.Arrival, delivery: d.ID, why: "about the " + string(kind)})
		}
	}
	return nil
}

// The bounds of looking for an article: how many deliveries of stock are looked through, the newest first, how many at
// once, and how many changes are given.
const (
	maxScanned = 10_000
	scanPage   = 200
	maxChanges = 10
)

// article looks for a SKU in the documents of deliveries of lists: stock, prices, products.
func (f *finder) article() error {
	for _, kind := range document.Kinds() {
		if !kind.IsList() {
			continue
		}
		if err := f.articleIn(kind); err != nil {
			return err
		}
	}
	return nil
}

func (f *finder) articleIn(kind document.Kind) error {
	mark := skuMark(kind, f.term)
	filter := ledger.DeliveryFilter{Kind: string(kind), Newest: true, Limit: scanPage, WithDocs: true}
	found := 0
	for scanned := 0; scanned < maxScanned; scanned += scanPage {
		page, err := f.tx.Deliveries(filter)
		if err != nil {
			return err
		}
		for _, d := range page {
			if bytes.Contains(d.Docs, mark) {
				f.add(goal{arrival: d.Arrival, delivery: d.ID, sku: f.term, why: "article"})
				if found++; found == maxChanges {
					return nil
				}
			}
		}
		if len(page) < scanPage {
			return nil
		}
		filter.After = page[len(page)-1].ID
	}
	return nil
}

// skuMark is what a document of an article has in its JSON, which is one line: what does not hold it needs no reading.
func skuMark(kind document.Kind, sku string) []byte {
	quoted := document.New(kind)
	quoted.Set("sku", document.TextValue(sku))
	return bytes.Trim(quoted.AppendJSON(nil), "{}")
}
