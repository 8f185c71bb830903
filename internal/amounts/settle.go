package amounts

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// Names of findings.
const (
	ruleDifference = "amounts.difference" // parts and total differ
	ruleNet        = "amounts.net"        // the parts are not those that the shop added up
	ruleRate       = "amounts.rate"       // an amount without one VAT rate
	ruleArticle    = "amounts.article"    // a charge that has no article number
	ruleAmount     = "amounts.missing"    // a part without an amount
)

// Settle fills the totals of an order, its VAT by rate, and makes lines of charges and discounts where the rule wants that.
// The order has its lines, charges, discounts and payments. Findings of severity error say that it must not leave.
func (r Rule) Settle(d *document.Document, s Stated) finding.List {
	w := &settling{Rule: r, doc: d, stated: s, order: d.Get("number").Text()}
	if r.Charges == Lines {
		w.asLines()
	}
	w.add()
	w.reckon()
	if w.checkNet(); !w.found.HasErrors() {
		w.close()
	}
	w.put()
	return w.found
}

// settling is the work on one order.
type settling struct {
	Rule
	doc    *document.Document
	stated Stated
	order  string
	found  finding.List

	goods, charges, discounts document.Decimal // net; discounts as a positive amount
	rates                     []Rate           // of the parts, then as reckoned
	tax, rounding, total      document.Decimal
	prepaid                   document.Decimal
}

func (w *settling) problem(rule string, severity finding.Severity, path, hint, format string, args ...any) {
	w.found = append(w.found, finding.Finding{Rule: rule, Severity: severity, Place: finding.Place{Path: strings.TrimSpace("order " + w.order + " " + path)},
		Message: fmt.Sprintf(format, args...), Hint: hint})
}

// add sums the parts up.
func (w *settling) add() {
	for i, l := range w.doc.List("lines") {
		path := fmt.Sprintf("lines[%d]", i+1)
		net, tax := w.amount(l, "net", path), w.amount(l, "tax", path)
		w.goods = w.goods.Add(net)
		rate, known := l.Get("rate").Number()
		switch {
		case known:
			w.addRate(rate, net, tax)
		case !net.IsZero() || !tax.IsZero():
			w.problem(ruleRate, finding.Error, path, "split the article in the shop, so that each line has one rate", "line %q has not one VAT rate, and a line can state only one", l.Get("sku").Text())
		}
	}
	for _, g := range w.doc.List("charges") {
		w.charges = w.charges.Add(w.adjustment(g, "charges"))
	}
	for _, g := range w.doc.List("discounts") {
		w.discounts = w.discounts.Sub(w.adjustment(g, "discounts"))
	}
	for _, g := range w.doc.List("payments") {
		w.prepaid = w.prepaid.Add(w.amount(g, "amount", "payments"))
	}
}

func (w *settling) adjustment(g *document.Group, path string) document.Decimal {
	if len(g.List("rates")) == 0 {
		rate, _ := g.Get("rate").Number()
		w.addRate(rate, w.amount(g, "net", path), w.amount(g, "tax", path))
	}
	for _, p := range g.List("rates") {
		rate, _ := p.Get("rate").Number()
		w.addRate(rate, w.amount(p, "net", path), w.amount(p, "tax", path))
	}
	return w.amount(g, "net", path)
}

func (w *settling) amount(g *document.Group, field, path string) document.Decimal {
	v, ok := g.Get(field).Number()
	if !ok {
		w.problem(ruleAmount, finding.Error, path+"."+field, "", "the amount is missing, so that nothing can be added up")
	}
	return v
}

func (w *settling) addRate(rate, net, tax document.Decimal) {
	for i := range w.rates {
		if w.rates[i].Rate.Cmp(rate) == 0 {
			w.rates[i].Net, w.rates[i].Tax = w.rates[i].Net.Add(net), w.rates[i].Tax.Add(tax)
			return
		}
	}
	w.rates = append(w.rates, Rate{rate, net, tax})
}

// reckon finds the VAT of each rate.
func (w *settling) reckon() {
	hundred := document.Int(100)
	for i := range w.rates {
		r := &w.rates[i]
		if w.VAT == RatesVAT {
			tax, err := r.Net.Mul(r.Rate).Quo(hundred, w.stated.Places)
			if err != nil {
				w.problem(ruleRate, finding.Error, "taxes", "", "the VAT of %s at %s %% cannot be reckoned: %v", r.Net, r.Rate, err)
			}
			r.Tax = tax
		} else if s, ok := w.statedRate(r.Rate); ok {
			r.Tax = s.Tax
		}
		w.tax = w.tax.Add(r.Tax)
	}
}

func (w *settling) statedRate(rate document.Decimal) (Rate, bool) {
	for _, s := range w.stated.Taxes {
		if s.Rate.Cmp(rate) == 0 {
			return s, true
		}
	}
	return Rate{}, false
}

func (w *settling) net() document.Decimal { return w.goods.Add(w.charges).Sub(w.discounts) }

// checkNet compares the parts with what the shop says they are, in all and by rate: a position that was not understood
// shows here.
func (w *settling) checkNet() {
	hint := "look at the order in the shop; it may hold a kind of position that amounts: {line_types: ...} does not name yet, or amounts: {tolerance: ...} is too small"
	if s := w.stated.Net; s != nil && w.beyond(s.Sub(w.net())) {
		w.problem(ruleNet, finding.Error, "totals.net", hint, "the parts do not add up: %s = %s without VAT, and the shop says %s", w.parts(), w.net(), s)
		return
	}
	for _, s := range w.stated.Taxes {
		var part Rate
		for _, r := range w.rates {
			if r.Rate.Cmp(s.Rate) == 0 {
				part = r
			}
		}
		if w.beyond(s.Net.Sub(part.Net)) {
			w.problem(ruleNet, finding.Error, "taxes", hint, "the parts at %s %% VAT do not add up: they make %s without VAT, and the shop says %s", s.Rate, part.Net, s.Net)
		}
	}
}

func (w *settling) beyond(difference document.Decimal) bool {
	return difference.Abs().Cmp(w.Tolerance) > 0
}

func (w *settling) parts() string {
	return fmt.Sprintf("lines %s + charges %s - discounts %s", w.goods, w.charges, w.discounts)
}

// close finds the total, and a place for what the parts differ from it by.
func (w *settling) close() {
	sum := w.net().Add(w.tax)
	difference := w.stated.Total.Sub(sum)
	rest := difference.Sub(w.stated.Cash)
	arithmetic := fmt.Sprintf("%s + VAT %s = %s, and the shop's total is %s", w.parts(), w.tax, sum, w.stated.Total)
	if !w.stated.Cash.IsZero() {
		arithmetic += fmt.Sprintf(", with its own rounding of %s", w.stated.Cash)
	}
	w.total = w.stated.Total
	switch {
	case w.beyond(rest):
		w.problem(ruleDifference, finding.Error, "totals.total", "look at the order in the shop, or write a larger amounts: {tolerance: ...}", "%s: %s differ, and the tolerance is %s", arithmetic, rest.Abs(), w.Tolerance)
		return
	case w.Total == PartsTotal:
		w.total = sum
		w.say(rest, arithmetic, "the sum of the parts goes out")
		return
	case rest.IsZero():
	case w.Difference == Hold:
		w.problem(ruleDifference, finding.Error, "totals.total", "write amounts: {difference: rounding} or tax, to say where such differences go", "%s: %s differ", arithmetic, rest.Abs())
		return
	case w.Difference == ToTax:
		w.say(rest, arithmetic, fmt.Sprintf("%s goes into the VAT", rest))
		w.toTax(rest)
		difference = w.stated.Cash
	default:
		w.say(rest, arithmetic, fmt.Sprintf("%s goes into the rounding", rest))
	}
	w.round(difference)
}

func (w *settling) say(rest document.Decimal, arithmetic, what string) {
	if !rest.IsZero() {
		w.problem(ruleDifference, finding.Note, "totals.total", "", "%s; %s", arithmetic, what)
	}
}

// toTax puts a difference into the VAT of the rate with the largest amount.
func (w *settling) toTax(rest document.Decimal) {
	w.tax = w.tax.Add(rest)
	largest := -1
	for i, r := range w.rates {
		if largest < 0 || r.Net.Abs().Cmp(w.rates[largest].Net.Abs()) > 0 {
			largest = i
		}
	}
	if largest >= 0 {
		w.rates[largest].Tax = w.rates[largest].Tax.Add(rest)
	}
}

// round puts a difference into the rounding, or into a line of its own.
func (w *settling) round(difference document.Decimal) {
	if difference.IsZero() {
		return
	}
	if w.Charges != Lines || w.Articles[Rounding] == "" {
		w.rounding = difference
		return
	}
	l := w.line(Rounding, w.doc)
	for field, v := range map[string]document.Decimal{"price": difference, "net": difference, "gross": difference, "tax": {}, "rate": {}} {
		l.Set(field, document.NumberValue(v))
	}
	w.goods = w.goods.Add(difference)
	w.addRate(document.Decimal{}, difference, document.Decimal{})
}

// put writes the totals into the document.
func (w *settling) put() {
	set := func(field string, v document.Decimal) {
		w.doc.Set(field, document.NumberValue(v.Round(w.stated.Places)))
	}
	set("totals.goods", w.goods)
	set("totals.charges", w.charges)
	set("totals.discounts", w.discounts)
	set("totals.net", w.net())
	set("totals.tax", w.tax)
	set("totals.total", w.total)
	set("totals.payable", w.total.Sub(w.prepaid))
	if !w.rounding.IsZero() {
		set("totals.rounding", w.rounding)
	}
	if len(w.doc.List("payments")) > 0 {
		set("totals.prepaid", w.prepaid)
	}
	for _, r := range w.rates {
		g := w.doc.Add("taxes")
		g.Set("rate", document.NumberValue(r.Rate))
		g.Set("net", document.NumberValue(r.Net.Round(w.stated.Places)))
		g.Set("tax", document.NumberValue(r.Tax.Round(w.stated.Places)))
	}
}
