package trace

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// Explanation is why a shop has the stock of an article that it has: the last sum that was sent, term by term, and what
// the shop counts down from it by itself.
type Explanation struct {
	SKU    string `json:"sku"`
	Flow   string `json:"flow"`
	Target string `json:"target"`
	// Arrival is the file whose figure was sent last. Later files that said the same, or nothing, sent none.
	Arrival  ledger.Arrival `json:"arrival"`
	TrueAt   time.Time      `json:"true_at,omitzero"` // when the figure was true
	Before   time.Time      `json:"before,omitzero"`  // the same of the file before it, where that counts
	Terms    []Term         `json:"terms"`
	Result   string         `json:"result"` // the sum of the terms
	Delivery int64          `json:"delivery"`
	State    string         `json:"state"` // of the delivery
	SentAt   time.Time      `json:"sent_at,omitzero"`
	Note     string         `json:"note,omitempty"` // why the result is not what the shop has
	// Since are the orders that were placed since it was sent; the shop has counted them down by itself. Expected is what it
	// should have by now.
	Since    []flow.OpenOrder `json:"since,omitempty"`
	Expected string           `json:"expected,omitempty"`
}

// Term is one summand with its source.
type Term struct {
	What     string          `json:"what"`
	Quantity string          `json:"quantity"`
	From     []From          `json:"from,omitempty"`    // rows of the file
	Order    *flow.OpenOrder `json:"order,omitempty"`   // the order that is subtracted
	Setting  string          `json:"setting,omitempty"` // of the profile
	Place    *finding.Place  `json:"place,omitempty"`   // where the setting stands; nil for a default
	Note     string          `json:"note,omitempty"`
}

// Explain gives an explanation for each flow that has sent the article to a shop. None and no error mean that none has.
func Explain(ctx context.Context, c Config, sku string) ([]Explanation, error) {
	t := &tracer{Config: c, versions: map[string]versioned{}}
	var all []Explanation
	for _, f := range c.Home.Flows() {
		if f.From.Kind != document.Stock || f.To.Connection.IsFolder() {
			continue
		}
		var d ledger.Delivery
		err := c.Ledger.View(ctx, func(tx *ledger.Tx) error {
			var err error
			d, err = lastStock(tx, f.ID(), sku)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("stock of %s: %w", sku, err)
		}
		if d.ID == 0 {
			continue
		}
		e, err := t.explain(ctx, f, &d, sku)
		if err != nil {
			return nil, fmt.Errorf("stock of %s, delivery d%d: %w", sku, d.ID, err)
		}
		all = append(all, e)
	}
	return all, nil
}

// lastStock finds the newest delivery of a flow that has an article; one without an ID when there is none among those that
// are looked through.
func lastStock(tx *ledger.Tx, flow, sku string) (ledger.Delivery, error) {
	filter := ledger.DeliveryFilter{Flow: flow, Kind: string(document.Stock), Newest: true, Limit: scanPage, WithDocs: true}
	for scanned := 0; scanned < maxScanned; scanned += scanPage {
		page, err := tx.Deliveries(filter)
		if err != nil {
			return ledger.Delivery{}, err
		}
		for _, d := range page {
			if !bytes.Contains(d.Docs, skuMark(document.Stock, sku)) {
				continue
			}
			docs, err := document.ParseLines(d.Docs)
			if err != nil {
				return d, fmt.Errorf("delivery d%d: %w", d.ID, err)
			}
			if slices.ContainsFunc(docs, func(doc *document.Document) bool { return doc.Get("sku").Text() == sku }) {
				return d, nil
			}
		}
		if len(page) < scanPage {
			break
		}
		filter.After = page[len(page)-1].ID
	}
	return ledger.Delivery{}, nil
}

func (t *tracer) explain(ctx context.Context, today *profiles.Flow, d *ledger.Delivery, sku string) (Explanation, error) {
	chains, err := t.arrival(ctx, d.Arrival, []goal{{arrival: d.Arrival, delivery: d.ID, sku: sku, why: "article"}})
	if err != nil {
		return Explanation{}, err
	}
	chain := chains[0]
	e := Explanation{SKU: sku, Flow: d.Flow, Target: d.Target, Arrival: chain.Arrival, Delivery: d.ID, State: d.State, SentAt: d.DoneAt}
	by := today
	if chain.Check != nil && chain.Check.Profile != "" {
		if by, err = t.flowOf(ctx, d, chain.Check.Profile); err != nil {
			return e, err
		}
	}
	sum, fig, _, err := gateway.Reckoned(by, d, sku, func() (gateway.Platform, error) { return t.shop(by.To.Connection.ID()) })
	if err != nil {
		e.Note = err.Error()
	}
	e.TrueAt, e.Before, e.Result = fig.At, fig.Before, sum.Result.Reduce().String()
	for _, term := range sum.Terms {
		e.Terms = append(e.Terms, termOf(term, by, chain.Documents))
	}
	e.tell(chain)
	if d.State != ledger.DeliveryDone || e.Note != "" {
		return e, nil
	}
	return e, t.Ledger.View(ctx, func(tx *ledger.Tx) error { return e.since(tx, by, sum.Result) })
}

// flowOf gives a delivery's flow in one version of its profile; today's where that is gone.
func (t *tracer) flowOf(ctx context.Context, d *ledger.Delivery, version string) (*profiles.Flow, error) {
	all, err := t.candidates(ctx, d)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.flow.Profile.Version == version {
			return c.flow, nil
		}
	}
	return all[0].flow, nil // candidates has today's at least
}

func termOf(term flow.Term, f *profiles.Flow, docs []Document) Term {
	out := Term{What: term.What, Quantity: term.Quantity.Reduce().String(), Order: term.Order, Setting: term.Setting, Note: term.Note}
	if o, ok := f.Origin(term.Setting); ok && term.Setting != "" && o.Place.Line > 0 {
		out.Place = &o.Place
	}
	if term.What == "figure" && len(docs) > 0 {
		for _, v := range docs[0].Values {
			if v.Field == "on_hand" {
				out.From = v.From
			}
		}
	}
	return out
}

// tell adds what keeps the shop from having the result.
func (e *Explanation) tell(c Chain) {
	for _, d := range c.Documents {
		if d.Refused != nil {
			e.Note = d.Refused.Message
		} else if d.Note != "" {
			e.Note = d.Note
		}
	}
	switch {
	case e.Note != "":
	case c.Delivery.State != ledger.DeliveryDone:
		e.Note = strings.TrimSuffix(fmt.Sprintf("not sent yet: the delivery is %s: %s", c.Delivery.State, c.Delivery.Reason), ": ")
		if c.Arrival.State == ledger.ArrivalHeld {
			e.Note = "not sent yet: its file is held: " + c.Arrival.Reason
		}
	case c.Check != nil && !c.Check.Agrees:
		e.Note = strings.Join(c.Check.Notes, "; ")
	}
}

// since adds the orders that the shop has counted down by itself after the stock was sent: those that hold something and
// were not known then. Where nothing is subtracted, an order was known when it had come before the file.
func (e *Explanation) since(tx *ledger.Tx, f *profiles.Flow, result document.Decimal) error {
	known := map[string]bool{}
	for _, t := range e.Terms {
		if t.Order != nil {
			known[t.Order.Order] = true
		}
	}
	long := 60 * 24 * time.Hour
	if f.Stock != nil {
		long = f.Stock.OpenFor
	}
	orders, err := gateway.OpenOrders(tx, e.Target, e.SKU, e.SentAt, e.SentAt.Add(-long))
	for _, o := range orders {
		if known[o.Order] || f.Stock == nil && o.Arrival < e.Arrival.ID {
			continue
		}
		e.Since = append(e.Since, o)
		if q, err := document.ParseDecimal(o.Quantity); err == nil {
			result = result.Sub(q)
		}
	}
	e.Expected = result.Reduce().String()
	return err
}

// PrintExplanation writes an explanation for people. Times are in UTC.
func PrintExplanation(w io.Writer, e Explanation) error {
	p := printer{}
	p.line(0, "%s in %s, by flow %s", e.SKU, e.Target, e.Flow)
	p.line(1, "a%d %s, figures of %s", e.Arrival.ID, e.Arrival.Name, stamp(cmpTime(e.TrueAt, e.Arrival.ModTime)))
	width := 1
	for _, t := range e.Terms {
		width = max(width, len(t.Quantity)+1)
	}
	for i, t := range e.Terms {
		quantity := t.Quantity
		if i > 0 && !strings.HasPrefix(quantity, "-") {
			quantity = "+" + quantity
		}
		p.line(1, "%*s  %-8s %s", width, quantity, strings.ReplaceAll(t.What, "_", " "), t.source())
		for n, f := range t.From {
			if len(t.From) > 1 && n < maxPrinted {
				p.line(1, "%*s  %s", width, "", rowText(f))
			}
		}
	}
	p.line(1, "%*s  sent with d%d: %s", width, "= "+e.Result, e.Delivery, e.State)
	if !e.SentAt.IsZero() {
		p.line(2, "at %s", stamp(e.SentAt))
	}
	if e.Note != "" {
		p.line(1, "note: %s", e.Note)
	}
	for _, o := range e.Since {
		p.line(1, "since then: order %s of %s, %s, which the shop counts down by itself", o.Order, stamp(o.Placed), o.Quantity)
	}
	if e.Expected != "" {
		p.line(1, "the shop should have %s", e.Expected)
	}
	_, err := w.Write(p.out.Bytes())
	return err
}

func cmpTime(a, otherwise time.Time) time.Time {
	if a.IsZero() {
		return otherwise
	}
	return a
}

// source says in one line where a term comes from.
func (t Term) source() string {
	var parts []string
	if o := t.Order; o != nil {
		parts = append(parts, fmt.Sprintf("order %s of %s over %s: %s", o.Order, stamp(o.Placed), o.Quantity, t.Note))
		if o.File != "" {
			parts = append(parts, "in "+o.File)
		}
	} else if t.Note != "" {
		parts = append(parts, t.Note)
	}
	if len(t.From) == 1 {
		parts = append(parts, rowText(t.From[0]))
	} else if len(t.From) > 1 {
		parts = append(parts, fmt.Sprintf("%d rows", len(t.From)))
	}
	if t.Setting != "" {
		where := "default"
		if t.Place != nil {
			where = fmt.Sprintf("%s:%d", t.Place.File, t.Place.Line)
		}
		parts = append(parts, fmt.Sprintf("[%s, %s]", t.Setting, where))
	}
	return strings.Join(parts, ", ")
}

func rowText(f From) string {
	text := f.Place.File
	if f.Place.Line > 0 {
		text += fmt.Sprintf(":%d", f.Place.Line)
	}
	if f.Place.Tag != "" {
		text += fmt.Sprintf(" segment %d %s", f.Place.Segment, f.Place.Tag)
	}
	return strings.TrimSpace(fmt.Sprintf("%s byte %d %q", text, f.Place.Offset, f.Raw))
}
