package flow_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/profiles"
)

func orderOf(t *testing.T, text string) *document.Document {
	t.Helper()
	d, err := document.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func lineTexts(d *document.Document) (all []string) {
	for _, l := range d.List("lines") {
		all = append(all, strings.Join([]string{l.Get("number").Text(), l.Get("sku").Text(), l.Get("quantity").Text(), l.Get("action").Text()}, " "))
	}
	return all
}

func exampleOrders(t *testing.T) *profiles.Flow {
	t.Helper()
	home, found := profiles.Load(profiles.Scaffold(), profiles.Options{Getenv: func(string) (string, bool) { return "http://shop.example", true }})
	if found.HasErrors() {
		t.Fatal(found)
	}
	f, _ := home.Flow("weber-erp/orders")
	return f
}

const sentText = `{"kind":"order","number":"W1","currency":"EUR","payment.method":"payment_invoice","lines":[
	{"id":"a","sku":"A","quantity":1,"net":5.00},{"id":"b","sku":"B","quantity":2,"net":6.00}]}`

func TestAChangeNamesEachLineAsThePartnerKnowsIt(t *testing.T) {
	f := exampleOrders(t)
	sent := orderOf(t, strings.ReplaceAll(sentText, "\n", ""))
	now := orderOf(t, `{"kind":"order","number":"W1","currency":"EUR","payment.method":"payment_invoice","lines":[{"id":"b","sku":"B","quantity":5,"net":15.00},{"id":"c","sku":"C","quantity":1,"net":1.00}]}`)
	change := flow.OrderChange(f, sent, now)
	if got, want := lineTexts(change), []string{"20 B 5 changed", "30 C 1 added", "10 A 0 deleted"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	change.Set("function", document.TextValue(flow.FunctionChange))
	if got := flow.BeforeChange(change); got.Fingerprint() != now.Fingerprint() {
		t.Errorf("what a change adds is not taken back: %s", got.AppendJSON(nil))
	}
	// The next change goes on from there: A stays away, B keeps its number.
	later := now.Clone()
	later.List("lines")[1].Set("quantity", document.NumberValue(document.Int(9)))
	if got, want := lineTexts(flow.OrderChange(f, change, later)), []string{"20 B 5 unchanged", "30 C 9 changed"}; !slices.Equal(got, want) {
		t.Errorf("the next change: %q, want %q", got, want)
	}
}

func TestOnlyWhatThePartnerSeesIsAChange(t *testing.T) {
	f := exampleOrders(t)
	sent := orderOf(t, strings.ReplaceAll(sentText, "\n", ""))
	for field, same := range map[string]bool{"note": true, "buyer.email": true, "payment.state": true, "number": false, "bill_to.city": false} {
		now := sent.Clone()
		now.Set(field, document.TextValue("other"))
		if flow.LooksSame(f, sent, now) != same {
			t.Errorf("%s: the partner sees the same: %v", field, !same)
		}
		if got := flow.Differences(sent, now); (got == "") != (field == "payment.state") {
			t.Errorf("%s: flow.Differences %q", field, got)
		}
	}
}
