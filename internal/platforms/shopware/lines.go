package shopware

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// What a line of the shop can be, besides a type of charges and discounts.
const (
	articleLine  = "article"
	giftCardLine = "gift_card"
)

func (o *orderReader) lines(root node) {
	items := root.at("lineItems").items()
	parents := map[string]bool{}
	for _, l := range items {
		parents[l.at("parentId").text()] = true
	}
	for _, l := range items {
		kind := o.lineKind(l)
		switch {
		case l.at("type").text() == "container" && parents[l.at("id").text()]:
			// What is in it are lines of their own.
		case kind == articleLine:
			o.line(l)
		case kind == giftCardLine:
			o.giftCard(l)
		default:
			o.adjustment(kind, l.at("label"), l.at("price"))
		}
	}
}

// lineKind finds out what a line is: by the profile, else by the shop's own types. A line that may be anything is taken for
// an article, which needs a number.
func (o *orderReader) lineKind(l node) string {
	kind := l.at("type").text()
	for _, code := range []node{l.at("payload", "code"), l.at("payload", "productNumber"), l.at("referencedId")} {
		if code.text() == "" {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(o.lineTypes)) {
			if matches(name, kind+":"+code.text()) {
				return o.lineTypes[name]
			}
		}
	}
	if what, ok := o.lineTypes[kind]; ok {
		return what
	}
	switch kind {
	case "promotion", "discount", "credit":
		return "discount"
	}
	return articleLine
}

func matches(pattern, s string) bool {
	ok, err := path.Match(pattern, s)
	return ok && err == nil
}

func (o *orderReader) line(l node) {
	f := filler{o.doc.Add("lines"), o.trace}
	f.text("id", l.at("id"))
	f.text("sku", l.at("payload", "productNumber"))
	f.text("gtin", first(l.at("payload", "ean"), l.at("product", "ean")))
	f.text("name", l.at("label"))
	quantity, _ := l.at("quantity").amount()
	f.amount("quantity", quantity, l.at("quantity"))
	f.put("unit", document.TextValue("PCE"), node{})
	net, tax, rates := o.split(l.at("price"))
	f.amount("net", net, l.at("price", "totalPrice"))
	f.amount("tax", tax, l.at("price", "calculatedTaxes"))
	f.amount("gross", net.Add(tax), l.at("price", "totalPrice"))
	if len(rates) == 1 {
		f.amount("rate", rates[0].rate, rates[0].from.at("taxRate"))
	}
	if price, err := net.Quo(quantity, 4); err == nil {
		f.amount("price", price, l.at("price", "unitPrice"))
	}
	if f.group.Get("sku").Text() == "" {
		o.found = append(o.found, finding.Finding{Rule: "shopware.line-without-number", Severity: finding.Error, Place: finding.Place{Path: l.pointer},
			Value: l.at("label").text(), Message: fmt.Sprintf("an order line of type %q has no article number", l.at("type").text()),
			Hint: fmt.Sprintf("give the article a number in the shop, or say what such lines are: amounts: {line_types: {%s: payment}}", l.at("type").text())})
	}
}

// giftCard takes a line that pays: neither its amount nor its VAT lowers those of the order.
func (o *orderReader) giftCard(l node) {
	net, tax, rates := o.split(l.at("price"))
	paid := net.Add(tax).Neg()
	f := filler{o.doc.Add("payments"), o.trace}
	f.put("method", document.TextValue(giftCardLine), node{})
	f.text("reference", first(l.at("payload", "code"), l.at("referencedId")))
	f.text("label", l.at("label"))
	f.amount("amount", paid, l.at("price", "totalPrice"))
	o.cards, o.cardsNet, o.cardTax = o.cards.Add(paid), o.cardsNet.Sub(net), append(o.cardTax, rates...)
	if paid.Sign() < 0 {
		o.found = append(o.found, finding.Finding{Rule: "shopware.gift-card", Severity: finding.Error, Place: finding.Place{Path: l.pointer}, Value: l.at("label").text(),
			Message: fmt.Sprintf("a line that the profile takes for a payment by gift card raises the order by %s", paid.Neg()),
			Hint:    "a gift card that is sold is an article; name the paying ones alone, as line_types: {\"promotion:GC-*\": gift_card}"})
	}
}
