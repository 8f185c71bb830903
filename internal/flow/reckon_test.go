package flow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/profiles"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

// rules are those of a profile that says nothing but what the figure means.
func rules(means, counts string) *profiles.Stock {
	return &profiles.Stock{Means: means, Counts: counts, Cap: -1, Factor: document.Int(1), Backorder: "shop", Shop: "auto"}
}

func terms(r flow.Reckoning) string {
	var all []string
	for _, t := range r.Terms {
		name := t.What
		if t.Order != nil {
			name += " " + t.Order.Order
		}
		all = append(all, name+" "+t.Quantity.String())
	}
	return strings.Join(all, ", ") + " = " + r.Result.String()
}

func TestEveryTermOfTheSumHasItsRule(t *testing.T) {
	three := flow.OpenOrder{Order: "10001", Quantity: "3", Placed: minute(-9), Exported: minute(-8), Fetched: minute(-4), Answered: minute(-2)}
	shipped := three
	shipped.Shipped = []flow.Parcel{{Advice: "LS1", Quantity: "2", At: minute(-3)}}
	late := three
	late.Shipped = []flow.Parcel{{Advice: "LS1", Quantity: "3", At: minute(+3)}}
	closed := three
	closed.Shipped = []flow.Parcel{{Advice: "LS1", Quantity: "1", At: minute(-3), Closes: true}}
	rejected := three
	rejected.Rejected = true
	waiting := flow.OpenOrder{Order: "10002", Quantity: "1", Placed: minute(-1)}
	with := func(edit func(*profiles.Stock)) *profiles.Stock {
		s := rules("physical", "never")
		edit(s)
		return s
	}
	for _, c := range []struct {
		name  string
		rules *profiles.Stock
		doc   func(*document.Document)
		open  []flow.OpenOrder
		fig   flow.Figure
		holds int64
		want  string
	}{
		{name: "a physical figure has no order taken off", rules: rules("physical", "never"), open: []flow.OpenOrder{three, waiting}, want: "figure 10, order 10001 -3, order 10002 -1 = 6"},
		{name: "what was shipped before is not there", rules: rules("physical", "never"), open: []flow.OpenOrder{shipped}, want: "figure 10, order 10001 -1 = 9"},
		{name: "what was shipped after was still there", rules: rules("physical", "never"), open: []flow.OpenOrder{late}, want: "figure 10, order 10001 -3 = 7"},
		{name: "the rest of a closed order never leaves", rules: rules("physical", "never"), open: []flow.OpenOrder{closed}, want: "figure 10 = 10"},
		{name: "counted from its export", rules: rules("available", "exported"), open: []flow.OpenOrder{three, waiting}, want: "figure 10, order 10001 0, order 10002 -1 = 9"},
		{name: "counted when it was fetched", rules: rules("available", "fetched"), open: []flow.OpenOrder{three}, want: "figure 10, order 10001 0 = 10"},
		{name: "fetched after the figure", rules: rules("available", "fetched"), open: []flow.OpenOrder{three}, fig: flow.Figure{At: minute(-5)}, want: "figure 10, order 10001 -3 = 7"},
		{name: "counted when it was acknowledged", rules: rules("available", "acknowledged"), open: []flow.OpenOrder{three}, want: "figure 10, order 10001 0 = 10"},
		{name: "a rejected one is not counted", rules: rules("available", "acknowledged"), open: []flow.OpenOrder{rejected}, want: "figure 10, order 10001 -3 = 7"},
		{name: "the file behind the export does not count it", rules: rules("available", "next file"), open: []flow.OpenOrder{three}, fig: flow.Figure{At: noon, Before: minute(-30)}, want: "figure 10, order 10001 -3 = 7"},
		{name: "the file behind that does", rules: rules("available", "next file"), open: []flow.OpenOrder{three}, fig: flow.Figure{At: noon, Before: minute(-5)}, want: "figure 10, order 10001 0 = 10"},
		{name: "the figure's own time counts", rules: rules("available", "fetched"), open: []flow.OpenOrder{three},
			doc: func(d *document.Document) {
				d.Set("counted_at", document.TimeValue(document.Moment{Time: minute(-6), Precision: document.Minute}))
			},
			want: "figure 10, order 10001 -3 = 7"},
		{name: "a day is no time", rules: rules("available", "fetched"), open: []flow.OpenOrder{three},
			doc: func(d *document.Document) {
				d.Set("counted_at", document.TimeValue(document.Moment{Time: minute(-720)}))
			},
			want: "figure 10, order 10001 0 = 10"},
		{name: "buffer and cap", rules: with(func(s *profiles.Stock) { s.Buffer, s.CloseOutBuffer, s.Cap = 2, 2, 5 }), want: "figure 10, buffer -2, cap -3 = 5"},
		{name: "what is sold off has its own buffer", rules: with(func(s *profiles.Stock) { s.Buffer = 2 }),
			doc: func(d *document.Document) { d.Set("close_out", document.FlagValue(true)) }, want: "figure 10 = 10"},
		{name: "what is not sold off has the other", rules: with(func(s *profiles.Stock) { s.Buffer = 2 }),
			doc: func(d *document.Document) { d.Set("close_out", document.FlagValue(false)) }, want: "figure 10, buffer -2 = 8"},
		{name: "nothing below zero", rules: with(func(s *profiles.Stock) { s.Buffer, s.CloseOutBuffer = 12, 12 }), want: "figure 10, buffer -12, below_zero 2 = 0"},
		{name: "below zero where that is wanted", rules: with(func(s *profiles.Stock) { s.Buffer, s.CloseOutBuffer, s.BelowZero = 12, 12, true }), want: "figure 10, buffer -12 = -2"},
		{name: "cartons become pieces", rules: with(func(s *profiles.Stock) { s.Factor = document.Int(12) }), open: []flow.OpenOrder{three}, want: "figure 10, unit 110, order 10001 -3 = 117"},
		{name: "by the unit", rules: with(func(s *profiles.Stock) { s.Units = map[string]document.Decimal{"CT": document.NewDecimal(25, 1)} }),
			doc: func(d *document.Document) { d.Set("unit", document.TextValue("CT")) }, want: "figure 10, unit 15.0 = 25.0"},
		{name: "parts of a piece are left out", rules: with(func(s *profiles.Stock) { s.RoundDown, s.Factor = true, document.NewDecimal(25, 2) }), want: "figure 10, unit -7.50, fraction -0.50 = 2.00"},
		{name: "the shop subtracts by itself", rules: rules("physical", "never"), open: []flow.OpenOrder{three}, holds: 3, want: "figure 10, order 10001 -3, shop 3 = 10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := stock("A", "", 10)
			if c.doc != nil {
				c.doc(doc)
			}
			if c.fig.At.IsZero() {
				c.fig.At = noon
			}
			r, err := flow.Reckon(c.rules, doc, c.open, c.fig, document.Int(c.holds))
			if err != nil {
				t.Fatal(err)
			}
			if got := terms(r); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestWhatCannotBeReckonedIsRefused(t *testing.T) {
	units := rules("physical", "never")
	units.Units = map[string]document.Decimal{"PCE": document.Int(1)}
	for want, c := range map[string]struct {
		rules *profiles.Stock
		edit  func(*document.Document)
	}{
		"stock.missing":  {rules("physical", "never"), func(d *document.Document) { d.Set("on_hand", document.Value{}) }},
		"stock.unit":     {units, func(d *document.Document) { d.Set("unit", document.TextValue("KAR")) }},
		"stock.fraction": {rules("physical", "never"), func(d *document.Document) { d.Set("on_hand", document.NumberValue(document.NewDecimal(15, 1))) }},
	} {
		doc := stock("A", "", 1)
		c.edit(doc)
		_, err := flow.Reckon(c.rules, doc, nil, flow.Figure{At: noon}, document.Decimal{})
		if u, ok := errors.AsType[*flow.Unreckonable](err); !ok || u.Rule != want || u.Message == "" {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// erp is an ERP that ships web orders and counts them off its figure by one of the rules.
type erp struct {
	counts string
	shelf  int64
	orders []flow.OpenOrder
	left   []int64 // of each order what has not left
	files  []time.Time
}

// figure is what the ERP writes at a time, by its own books.
func (e *erp) figure(at time.Time) int64 {
	figure := e.shelf
	for i, o := range e.orders {
		since, by := map[string]time.Time{"exported": o.Exported, "fetched": o.Fetched, "acknowledged": o.Answered, "next file": o.Exported}[e.counts], at
		if e.counts == "next file" {
			if len(e.files) == 0 {
				continue
			}
			by = e.files[len(e.files)-1] // it writes its file and then takes in orders
		}
		if !since.IsZero() && !since.After(by) {
			figure -= e.left[i]
		}
	}
	return figure
}

// Whatever happens in whatever order: after a file the shop may sell what lies on the shelves and nobody has ordered yet.
func TestTheShopNeverSellsWhatIsSold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		e := &erp{counts: rapid.SampledFrom([]string{"never", "exported", "fetched", "acknowledged", "next file"}).Draw(rt, "counts"), shelf: rapid.Int64Range(0, 50).Draw(rt, "shelf")}
		means := "available"
		if e.counts == "never" {
			means = "physical"
		}
		var last flow.Figure
		for n := range rapid.IntRange(1, 40).Draw(rt, "events") {
			now := minute(n)
			some := func() int { return rapid.IntRange(0, len(e.orders)-1).Draw(rt, "order") }
			event := rapid.SampledFrom([]string{"order", "step", "ship", "restock", "file"}).Draw(rt, "event")
			if len(e.orders) == 0 && (event == "step" || event == "ship") {
				event = "order"
			}
			switch event {
			case "order":
				q := rapid.Int64Range(1, 5).Draw(rt, "quantity")
				e.orders, e.left = append(e.orders, flow.OpenOrder{Order: fmt.Sprint(10000 + n), Quantity: fmt.Sprint(q), Placed: now}), append(e.left, q)
			case "step":
				switch o := &e.orders[some()]; {
				case o.Exported.IsZero():
					o.Exported = now
				case o.Fetched.IsZero():
					o.Fetched = now
				case o.Answered.IsZero():
					o.Answered = now
				}
			case "ship": // only what the ERP has
				i := some()
				if o := &e.orders[i]; !o.Fetched.IsZero() && e.left[i] > 0 && e.shelf >= e.left[i] {
					q := rapid.Int64Range(1, e.left[i]).Draw(rt, "shipped")
					e.left[i], e.shelf = e.left[i]-q, e.shelf-q
					o.Shipped = append(o.Shipped, flow.Parcel{Advice: fmt.Sprint("LS", n), Quantity: fmt.Sprint(q), At: now})
				}
			case "restock":
				e.shelf += rapid.Int64Range(1, 20).Draw(rt, "came")
			case "file":
				fig := flow.Figure{At: now, Before: last.At}
				s := rules(means, e.counts)
				s.BelowZero = true
				r, err := flow.Reckon(s, stock("A", "", e.figure(now)), e.orders, fig, document.Decimal{})
				if err != nil {
					rt.Fatal(err)
				}
				free, sum := e.shelf, document.Decimal{}
				for _, left := range e.left {
					free -= left
				}
				for _, term := range r.Terms {
					sum = sum.Add(term.Quantity)
				}
				if r.Result.Cmp(document.Int(free)) != 0 || sum.Cmp(r.Result) != 0 {
					rt.Fatalf("the shop gets %s, and %d are free: %s", r.Result, free, terms(r))
				}
				e.files, last = append(e.files, now), fig
			}
		}
	})
}

func TestOnlySettingsThatCountMakeAnotherSalt(t *testing.T) {
	if flow.StockSalt(nil) != 0 {
		t.Error("without settings there is no salt")
	}
	seen := map[uint64]string{}
	for _, edit := range []func(*profiles.Stock){
		func(*profiles.Stock) {}, func(s *profiles.Stock) { s.Buffer, s.CloseOutBuffer = 2, 2 }, func(s *profiles.Stock) { s.Buffer = 2 }, func(s *profiles.Stock) { s.Cap = 0 },
		func(s *profiles.Stock) { s.Counts = "fetched" }, func(s *profiles.Stock) { s.Factor = document.Int(2) }, func(s *profiles.Stock) { s.BelowZero = true },
		func(s *profiles.Stock) { s.RoundDown = true }, func(s *profiles.Stock) { s.Backorder = "no" }, func(s *profiles.Stock) { s.Shop = "physical" },
		func(s *profiles.Stock) { s.Units = map[string]document.Decimal{"CT": document.Int(2)} },
	} {
		s := rules("physical", "never")
		edit(s)
		salt := flow.StockSalt(s)
		if before, ok := seen[salt]; ok {
			t.Errorf("%q and %q have one salt", before, s.Key())
		}
		seen[salt] = s.Key()
	}
	s := rules("physical", "never")
	s.OpenFor, s.Factor = time.Hour, document.NewDecimal(100, 2)
	if _, ok := seen[flow.StockSalt(s)]; !ok {
		t.Error("what changes no result changes the salt")
	}
}
