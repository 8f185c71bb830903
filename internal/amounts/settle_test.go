package amounts_test

import (
	"strings"
	"testing"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/amounts"
	"github.com/batchgate/batchgate/internal/document"
)

func dec(s string) document.Decimal {
	d, err := document.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

func set(g interface{ Set(string, document.Value) }, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		g.Set(pairs[i], document.NumberValue(dec(pairs[i+1])))
	}
}

// simple is an order of 100.00 at 19 % with 10.00 shipping.
func simple() *document.Document {
	d := document.New(document.Order)
	d.Set("number", document.TextValue("1"))
	set(d.Add("lines"), "net", "100.00", "tax", "19.00", "rate", "19")
	c := d.Add("charges")
	c.Set("type", document.TextValue("shipping"))
	set(c, "net", "10.00", "tax", "1.90", "rate", "19")
	return d
}

func settle(d *document.Document, r amounts.Rule, s amounts.Stated) finding.List {
	s.Places = 2
	return r.Settle(d, s)
}

func TestAnOrderThatAddsUpHasNoFindingAndNoRounding(t *testing.T) {
	d := simple()
	if found := settle(d, amounts.Default(), amounts.Stated{Total: dec("130.90")}); len(found) > 0 {
		t.Error(found)
	}
	for field, want := range map[string]string{"goods": "100.00", "charges": "10.00", "discounts": "0.00", "net": "110.00", "tax": "20.90", "total": "130.90",
		"payable": "130.90", "rounding": "", "prepaid": ""} {
		if got := d.Get("totals." + field).Text(); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
}

func TestTheToleranceIsAllowedAndACentMoreIsNot(t *testing.T) {
	for total, rounding := range map[string]string{"130.92": "0.02", "130.88": "-0.02", "130.93": "", "130.87": ""} {
		d := simple()
		found := settle(d, amounts.Default(), amounts.Stated{Total: dec(total)})
		if got := d.Get("totals.rounding").Text(); got != rounding || found.HasErrors() != (rounding == "") {
			t.Errorf("%s: rounding %q, found %v", total, got, found)
		}
	}
}

func TestTheShopsOwnRoundingDoesNotCountAgainstTheTolerance(t *testing.T) {
	d := simple()
	found := settle(d, amounts.Default(), amounts.Stated{Total: dec("131.00"), Cash: dec("0.10")})
	if len(found) > 0 || d.Get("totals.rounding").Text() != "0.10" {
		t.Errorf("rounding %q, found %v", d.Get("totals.rounding").Text(), found)
	}
}

func TestWhatCannotBeStatedIsHeld(t *testing.T) {
	lines := amounts.Default()
	lines.Charges = amounts.Lines
	mixed := simple()
	mixed.List("lines")[0].Set("rate", document.Value{})
	missing := simple()
	missing.List("charges")[0].Set("net", document.Value{})
	net := dec("115.00")
	for name, c := range map[string]struct {
		doc    *document.Document
		rule   amounts.Rule
		stated amounts.Stated
		says   string
	}{
		"a charge without an article": {simple(), lines, amounts.Stated{Total: dec("130.90")}, "no article number for what is shipping"},
		"a line of several rates":     {mixed, amounts.Default(), amounts.Stated{Total: dec("130.90")}, "has not one VAT rate"},
		"a missing amount":            {missing, amounts.Default(), amounts.Stated{Total: dec("130.90")}, "the amount is missing"},
		"a position not understood":   {simple(), amounts.Default(), amounts.Stated{Total: dec("130.90"), Net: &net}, "lines 100.00 + charges 10.00 - discounts 0 = 110.00 without VAT, and the shop says 115.00"},
	} {
		found := settle(c.doc, c.rule, c.stated)
		if !found.HasErrors() || !strings.Contains(found[0].Message, c.says) {
			t.Errorf("%s: %v", name, found)
		}
	}
}
