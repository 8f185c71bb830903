package profiles

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/option"
)

// Stock says what the ERP's figure of an article means, and what the shop gets of it.
type Stock struct {
	Means  string // "physical" or "available"
	Counts string // from when the figure has web orders taken off: "never", "exported", "fetched", "acknowledged" or "next file"
	// OpenFor is how long an order is subtracted at most.
	OpenFor time.Duration

	Buffer         int                         // pieces that are kept back
	CloseOutBuffer int                         // the same of articles that are sold off
	Cap            int                         // the most that is shown; -1: no limit
	Factor         document.Decimal            // pieces of the shop in one unit of the ERP
	Units          map[string]document.Decimal // the same by unit; empty: the unit does not matter
	RoundDown      bool                        // parts of a piece are left out; false: they are refused
	BelowZero      bool                        // the shop gets figures below zero; false: it gets 0
	Backorder      string                      // whether the shop may sell what is not there: "shop" leaves that to it, "yes" or "no"
	Shop           string                      // what the shop's own figure means: "auto", "available" or "physical"
}

// Key names all that decides what the shop gets of a figure: with another key every article is sent anew. It is "" where
// the figure is handed on as it is.
func (s *Stock) Key() string {
	if s == nil {
		return ""
	}
	parts := []string{"means " + s.Means, "counts " + s.Counts}
	add := func(given bool, format string, args ...any) {
		if given {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(s.Buffer != 0, "buffer %d", s.Buffer)
	add(s.CloseOutBuffer != s.Buffer, "close_out_buffer %d", s.CloseOutBuffer)
	add(s.Cap >= 0, "cap %d", s.Cap)
	add(s.Factor.Cmp(document.Int(1)) != 0, "unit_factor %s", s.Factor.Reduce())
	for _, unit := range slices.Sorted(maps.Keys(s.Units)) {
		add(true, "unit %q %s", unit, s.Units[unit].Reduce())
	}
	add(s.RoundDown, "fraction down")
	add(s.BelowZero, "below_zero keep")
	add(s.Backorder != "shop", "backorder %s", s.Backorder)
	add(s.Shop != "auto", "shop %s", s.Shop)
	return strings.Join(parts, "; ")
}

// maxOpenFor is how long an order may be subtracted, in days: what the ledger remembers.
const maxOpenFor = 366

func stockTable() *option.Table {
	return &option.Table{Name: "stock", Help: "what the ERP's stock figure means, and what the shop gets of it", Options: []option.Option{
		{Name: "means", Type: option.Choice, Required: true, Allowed: []string{"physical", "available"}, Example: "physical", Help: "physical is what lies on the shelves; available has orders that the ERP knows taken off"},
		{Name: "counts_web_orders", Type: option.Text, Example: "acknowledged", Check: checkCounts,
			Help: "from when the ERP's figure has a web order taken off: never (the default with physical), exported, fetched, acknowledged, or next file, which is the second file behind its export"},
		{Name: "open_for", Type: option.Duration, Default: "60d", Min: 3600, Max: maxOpenFor * 86400, Help: "an order that is older is no longer subtracted, whatever became of it"},
		{Name: "buffer", Type: option.Int, Default: "0", Max: 1 << 30, Help: "pieces that are kept back of every article"},
		{Name: "close_out_buffer", Type: option.Int, Max: 1 << 30, Example: "0", Help: "pieces that are kept back of articles that are sold off, where it differs from buffer"},
		{Name: "cap", Type: option.Int, Max: 1 << 30, Example: "50", Help: "the most that the shop gets to know of"},
		{Name: "unit_factor", Type: option.Decimal, Default: "1", Example: "12", Help: "pieces of the shop in one unit of the ERP"},
		{Name: "units", Type: option.Map, Example: "{PCE: 1, CT: 12}", Help: "the same by the unit that the file names; other units are refused"},
		{Name: "fraction", Type: option.Choice, Default: "refuse", Allowed: []string{"refuse", "down"}, Help: "what to do with a part of a piece: refuse the article, or leave the part out"},
		{Name: "below_zero", Type: option.Choice, Default: "zero", Allowed: []string{"zero", "keep"}, Help: "what the shop gets where more is ordered than there is: 0, or the figure below zero"},
		{Name: "backorder", Type: option.Choice, Default: "shop", Allowed: []string{"shop", "yes", "no"}, Help: "whether the shop may sell what is not there: shop leaves that as it is set there; a file that maps close_out decides it by article"},
		{Name: "shop", Type: option.Choice, Default: "auto", Allowed: []string{"auto", "available", "physical"}, Help: "what the shop's own figure means: available where it counts orders down in it, physical where it subtracts open orders by itself; auto asks the shop for its version"},
	}}
}

// countings are the words of counts_web_orders.
func countings() []string {
	return []string{"never", "exported", "fetched", "acknowledged", "next file"}
}

// counting takes "when acknowledged" as "acknowledged".
func counting(s string) string { return strings.TrimPrefix(s, "when ") }

func checkCounts(s string) error {
	if !slices.Contains(countings(), counting(s)) {
		return fmt.Errorf("is not one of %s", strings.Join(countings(), ", "))
	}
	return nil
}

// stock reads the settings of stock for a flow that brings stock into a shop.
func (l *flowLoader) stock() {
	into := l.f.From.Kind == document.Stock && l.f.To.Connection != nil && !l.f.To.Connection.IsFolder()
	if !into {
		if l.f.From.Kind.Valid() && l.f.To.Connection != nil {
			l.misplaced(l.own, "where no stock goes into a shop", "stock", "assortment")
		}
		return
	}
	if l.v.Has("assortment") {
		a := l.v.Block("assortment")
		l.f.Assortment = &Assortment{FreshFor: a.Duration("fresh_for"), AllEvery: a.Duration("all_every")}
	}
	if !l.v.Has("stock") {
		return
	}
	v := l.v.Block("stock")
	s := &Stock{Means: v.Text("means"), Counts: counting(v.Text("counts_web_orders")), OpenFor: v.Duration("open_for"), Buffer: v.Int("buffer"), Cap: -1,
		Factor: v.Decimal("unit_factor"), RoundDown: v.Text("fraction") == "down", BelowZero: v.Text("below_zero") == "keep", Backorder: v.Text("backorder"), Shop: v.Text("shop")}
	s.CloseOutBuffer = s.Buffer
	if v.Has("close_out_buffer") {
		s.CloseOutBuffer = v.Int("close_out_buffer")
	}
	if v.Has("cap") {
		s.Cap = v.Int("cap")
	}
	if s.Counts == "" && s.Means == "physical" {
		s.Counts = "never"
	}
	if s.Counts == "" && s.Means == "available" && !v.Stands("counts_web_orders") {
		l.fault(v, "means", "profile.stock", "write counts_web_orders: fetched, or acknowledged where the ERP answers", "it is not said from when the ERP's figure has web orders taken off")
	}
	if s.Means == "physical" && slices.Contains(countings(), s.Counts) && s.Counts != "never" { // half of it may come from the profile's own block
		l.fault(v, "counts_web_orders", "profile.stock", "write counts_web_orders: never beside means: physical, or means: available",
			"a physical figure has no web order taken off, %s or not: the shop would sell what open orders hold", s.Counts)
	}
	if s.Means == "available" && s.Counts == "never" {
		l.fault(v, "counts_web_orders", "profile.stock", "write means: physical, or from when the ERP takes web orders off", "an available figure that never counts web orders is a physical one")
	}
	l.stockUnits(v, s)
	if m := l.f.Read; m != nil {
		by, _ := m.Grouping()
		if by != "sku" && slices.Contains(m.Fields(), "location") {
			l.fault(v, "means", "profile.stock", "write group: {by: sku, sum: on_hand} in the mapping", "mapping %s gives a figure for each warehouse, and the shop has one for each article", m.Name())
		}
		if len(s.Units) > 0 && !slices.Contains(m.Fields(), "unit") {
			l.fault(v, "units", "profile.stock", "map unit, or write unit_factor", "mapping %s does not read a unit", m.Name())
		}
	}
	l.f.Stock = s
}

func (l *flowLoader) stockUnits(v option.Values, s *Stock) {
	if s.Factor.Sign() <= 0 {
		l.fault(v, "unit_factor", "option.value", "write how many pieces one unit has", "unit_factor is not above zero")
		s.Factor = document.Int(1)
	}
	s.Units = map[string]document.Decimal{}
	for _, p := range v.Pairs("units") {
		factor, err := document.ParseDecimal(p.Text)
		if err != nil || factor.Sign() <= 0 {
			l.fault(v, "units", "option.value", "write how many pieces one unit has", "units: %s: %q is not a number above zero", p.Key, p.Text)
			continue
		}
		s.Units[p.Key] = factor
	}
	if len(s.Units) > 0 && v.Given("unit_factor") {
		l.fault(v, "unit_factor", "profile.stock", "leave it out, and write the factor of each unit", "unit_factor stands beside units")
	}
}

// Assortment says that a flow asks the shop once which articles it has, and leaves out all others of a file.
type Assortment struct {
	FreshFor time.Duration // how long the shop's answer is good
	AllEvery time.Duration // how often all articles are asked for, and not only new ones
}

func assortmentTable() *option.Table {
	return &option.Table{Name: "assortment", Help: "ask the shop which articles it has, and leave out all others of a file before anything is made of them", Short: "fresh_for", Options: []option.Option{
		{Name: "fresh_for", Type: option.Duration, Default: "10m", Max: 7 * 86400, Help: "how long the answer is good; then new and changed articles are asked for before the next file is planned"},
		{Name: "all_every", Type: option.Duration, Default: "24h", Min: 60, Max: 30 * 86400, Help: "how often all articles are asked for, so that those that are gone are forgotten"},
	}}
}
