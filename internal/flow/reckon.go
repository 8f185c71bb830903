package flow

import (
	"fmt"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/profiles"
)

// The stock that a shop gets is the ERP's figure less what it does not know yet: the open web orders that it has not
// counted. [Reckon] makes the sum, term by term, so that every one can be shown.

// OpenOrder is a web order that holds some of an article, with how far the ERP has come with it.
type OpenOrder struct {
	Order    string    `json:"order"`
	Quantity string    `json:"quantity"`
	Placed   time.Time `json:"placed,omitzero"`
	Arrival  int64     `json:"arrival,omitempty"`  // that told of it
	Delivery int64     `json:"delivery,omitempty"` // that carries it to the ERP
	File     string    `json:"file,omitempty"`     // in which it went
	Exported time.Time `json:"exported,omitzero"`
	Fetched  time.Time `json:"fetched,omitzero"`
	Answered time.Time `json:"answered,omitzero"`
	Rejected bool      `json:"rejected,omitempty"` // so says the answer
	Before   bool      `json:"before,omitempty"`   // placed before the flow that takes the shop's orders begins: the ERP has it by other means
	Shipped  []Parcel  `json:"shipped,omitempty"`
}

// Parcel is what one despatch advice has shipped of an article of an order.
type Parcel struct {
	Advice   string    `json:"advice"`
	Quantity string    `json:"quantity"`
	At       time.Time `json:"at,omitzero"`
	Closes   bool      `json:"closes,omitempty"` // nothing more will come
	Arrival  int64     `json:"arrival,omitempty"`
}

// Figure is when a file's figures were true.
type Figure struct {
	At time.Time `json:"at"`
	// Before is that of the file before it; zero when there was none.
	Before time.Time `json:"before,omitzero"`
}

// Term is one summand of a reckoning.
type Term struct {
	What     string           `json:"what"` // figure, unit, fraction, order, buffer, below_zero, cap, shop
	Quantity document.Decimal `json:"-"`    // what it adds; below zero what it takes off
	Order    *OpenOrder       `json:"order,omitempty"`
	Note     string           `json:"note,omitempty"`
	Setting  string           `json:"setting,omitempty"` // of the profile, "stock.buffer"
}

// Reckoning is what a shop gets of an article, and why.
type Reckoning struct {
	Terms  []Term
	Result document.Decimal // the sum of all terms
}

// Unreckonable says why a figure gives no stock.
type Unreckonable struct{ Rule, Message string }

func (u *Unreckonable) Error() string { return u.Message }

// Reckon gives the stock that a shop gets of a document, whose figure was true at a time. open is what web orders hold of
// the article, and holds what a shop that subtracts open orders by itself holds for them. The error is an *Unreckonable.
func Reckon(s *profiles.Stock, doc *document.Document, open []OpenOrder, fig Figure, holds document.Decimal) (Reckoning, error) {
	figure, ok := doc.Get("on_hand").Number()
	if !ok {
		return Reckoning{}, &Unreckonable{"stock.missing", "the article has no quantity on hand"}
	}
	var r Reckoning
	r.add(Term{What: "figure", Quantity: figure})
	if err := r.unit(s, doc); err != nil {
		return r, err
	}
	if m, ok := doc.Get("counted_at").Moment(); ok && m.Precision != document.Day {
		fig.At = m.Time
	}
	for i := range open {
		if err := r.order(s, &open[i], fig); err != nil {
			return r, err
		}
	}
	buffer := s.Buffer
	setting := "stock.buffer"
	if off, ok := doc.Get("close_out").Flag(); ok && off && s.CloseOutBuffer != s.Buffer {
		buffer, setting = s.CloseOutBuffer, "stock.close_out_buffer"
	}
	if buffer != 0 {
		r.add(Term{What: "buffer", Quantity: document.Int(int64(-buffer)), Setting: setting})
	}
	if r.Result.Sign() < 0 && !s.BelowZero {
		r.add(Term{What: "below_zero", Quantity: r.Result.Neg(), Note: "the shop gets no figure below zero", Setting: "stock.below_zero"})
	}
	if most := document.Int(int64(s.Cap)); s.Cap >= 0 && r.Result.Cmp(most) > 0 {
		r.add(Term{What: "cap", Quantity: most.Sub(r.Result), Note: fmt.Sprintf("at most %d", s.Cap), Setting: "stock.cap"})
	}
	if !holds.IsZero() {
		r.add(Term{What: "shop", Quantity: holds, Note: "the shop subtracts its open orders by itself", Setting: "stock.shop"})
	}
	return r, nil
}

func (r *Reckoning) add(t Term) {
	r.Terms = append(r.Terms, t)
	r.Result = r.Result.Add(t.Quantity)
}

// unit turns the ERP's units into the shop's pieces.
func (r *Reckoning) unit(s *profiles.Stock, doc *document.Document) error {
	factor, setting := s.Factor, "stock.unit_factor"
	if len(s.Units) > 0 {
		unit := doc.Get("unit").Text()
		known, ok := s.Units[unit]
		if !ok {
			return &Unreckonable{"stock.unit", fmt.Sprintf("the profile does not say how many pieces a unit %q has: add it to stock.units", unit)}
		}
		factor, setting = known, "stock.units."+unit
	}
	if factor.Cmp(document.Int(1)) != 0 {
		r.add(Term{What: "unit", Quantity: r.Result.Mul(factor).Sub(r.Result), Note: "× " + factor.Reduce().String(), Setting: setting})
	}
	whole := wholePieces(r.Result)
	switch part := whole.Sub(r.Result); {
	case part.IsZero():
	case s.RoundDown:
		r.add(Term{What: "fraction", Quantity: part, Note: "parts of a piece are left out", Setting: "stock.fraction"})
	default:
		return &Unreckonable{"stock.fraction", fmt.Sprintf("%s is no whole number of pieces: mend the figure, or write fraction: down", r.Result.Reduce())}
	}
	return nil
}

// wholePieces rounds towards fewer.
func wholePieces(d document.Decimal) document.Decimal {
	whole := d.Round(0)
	if whole.Cmp(d) > 0 {
		whole = whole.Sub(document.Int(1))
	}
	return whole
}

// order takes off what an order holds that the figure does not know of. A counted one is named with nothing.
func (r *Reckoning) order(s *profiles.Stock, o *OpenOrder, fig Figure) error {
	held, note, err := o.held(fig.At)
	if err != nil {
		return &Unreckonable{"stock.order", fmt.Sprintf("order %s: %v", o.Order, err)}
	}
	if held.Sign() <= 0 {
		return nil
	}
	if why, ok := o.counted(s.Counts, fig); ok {
		r.add(Term{What: "order", Order: o, Note: why + ": the figure has it taken off", Setting: "stock.counts_web_orders"})
		return nil
	}
	r.add(Term{What: "order", Quantity: held.Neg(), Order: o, Note: o.progress(fig.At) + note, Setting: "stock.counts_web_orders"})
	return nil
}

// held is what of the order lay on the shelves when the figure was true: what had not been shipped, and is to be.
func (o *OpenOrder) held(at time.Time) (held document.Decimal, note string, err error) {
	if held, err = document.ParseDecimal(o.Quantity); err != nil {
		return held, "", err
	}
	for _, p := range o.Shipped {
		if p.At.After(at) {
			continue
		}
		if p.Closes {
			return document.Decimal{}, "", nil
		}
		q, err := document.ParseDecimal(p.Quantity)
		if err != nil {
			return held, "", err
		}
		held = held.Sub(q)
		note += fmt.Sprintf(", %s shipped with %s", q, p.Advice)
	}
	return held, note, nil
}

// counted tells whether the ERP's figure has the order taken off, and by what one knows.
func (o *OpenOrder) counted(from string, fig Figure) (why string, ok bool) {
	if o.Rejected || from == "never" {
		return "", false
	}
	since, limit, word := o.Exported, fig.At, "exported"
	switch from {
	case "exported":
	case "fetched":
		if since, word = o.Fetched, "fetched"; since.IsZero() {
			since, word = o.Answered, "acknowledged"
		}
	case "acknowledged":
		since, word = o.Answered, "acknowledged"
	case "next file":
		limit = fig.Before // that file may have been written before the order was taken in; this one was not
	}
	if o.Before {
		return "from before the cut-over", true
	}
	if since.IsZero() || since.After(limit) {
		return "", false
	}
	return word + " " + clockText(since), true
}

// progress says how far an order that is subtracted has come.
func (o *OpenOrder) progress(at time.Time) string {
	if o.Before {
		return "from before the cut-over, not yet shipped"
	}
	for _, s := range []struct {
		word string
		at   time.Time
	}{{"acknowledged", o.Answered}, {"fetched", o.Fetched}, {"exported", o.Exported}} {
		if s.at.IsZero() {
			continue
		}
		if o.Rejected {
			return "rejected " + clockText(o.Answered)
		}
		late := ""
		if s.at.After(at) {
			late = ", after the figure"
		}
		return s.word + " " + clockText(s.at) + late
	}
	if o.Delivery != 0 {
		return "not yet exported"
	}
	return "waits, not yet exported"
}

func clockText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// StockSalt is of the settings that decide what a shop gets of a figure; see [Fingerprint].
func StockSalt(s *profiles.Stock) uint64 {
	if key := s.Key(); key != "" {
		return xxh3.HashString(key)
	}
	return 0
}
