package shopware

import (
	"github.com/batchgate/batchgate/internal/amounts"
	"github.com/batchgate/batchgate/internal/document"
)

// places gives how many digits after the point the order's amounts have.
func places(root node) int {
	n, ok := root.at("itemRounding", "decimals").amount()
	if i, whole := n.Int64(); ok && whole && i >= 0 && i <= 6 {
		return int(i)
	}
	return 2
}

func (o *orderReader) shipping(root, delivery node) {
	costs := root.at("shippingCosts")
	total, ok := costs.at("totalPrice").amount()
	if !ok || total.IsZero() {
		return
	}
	label := delivery.at("shippingMethod", "name")
	if label.missing() {
		label = node{"shipping", ""}
	}
	o.adjustment("shipping", label, costs)
}

// adjustment makes a charge, or a discount where the amount is negative, with its parts by VAT rate.
func (o *orderReader) adjustment(kind string, label, price node) {
	net, tax, rates := o.split(price)
	list, sign := "charges", "C"
	if net.Add(tax).Sign() < 0 {
		list, sign = "discounts", "A"
	}
	g := o.doc.Add(list)
	f := filler{g, o.trace}
	f.put("type", document.TextValue(kind), node{})
	f.text("label", label)
	f.put("sign", document.TextValue(sign), node{})
	f.amount("net", net, price.at("totalPrice"))
	f.amount("tax", tax, price.at("calculatedTaxes"))
	f.amount("gross", net.Add(tax), price.at("totalPrice"))
	if len(rates) == 1 {
		f.amount("rate", rates[0].rate, rates[0].from.at("taxRate"))
	}
	for _, r := range rates {
		part := filler{g.Add("rates"), o.trace}
		part.amount("rate", r.rate, r.from.at("taxRate"))
		part.amount("net", r.net, r.from.at("price"))
		part.amount("tax", r.tax, r.from.at("tax"))
	}
}

type ratePart struct {
	rate, net, tax document.Decimal
	from           node
}

// split turns a calculated price into net and tax, in all and by rate, by the taxes that the shop calculated. Parts are
// rounded so that they add up: what is left over is in the largest.
func (o *orderReader) split(price node) (net, tax document.Decimal, rates []ratePart) {
	total, _ := price.at("totalPrice").amount()
	total = total.Round(o.places)
	rates = o.parts(price)
	var sum document.Decimal
	largest := -1
	for i, r := range rates {
		sum = sum.Add(r.net)
		if largest < 0 || r.net.Abs().Cmp(rates[largest].net.Abs()) > 0 {
			largest = i
		}
	}
	if left := total.Sub(sum); largest >= 0 && left.Abs().Cmp(document.NewDecimal(int64(len(rates)), uint8(o.places))) <= 0 {
		rates[largest].net = rates[largest].net.Add(left)
	}
	net = total
	for i := range rates {
		r := &rates[i]
		tax = tax.Add(r.tax)
		if o.gross {
			r.net = r.net.Sub(r.tax)
			net = net.Sub(r.tax)
		}
	}
	if len(rates) == 0 { // no VAT at all: a tax-free order, or goods without a price to spread it over
		rates = []ratePart{{net: net, from: price}}
	}
	return net, tax.Round(o.places), rates
}

// parts gives a price by rate as the shop has it: net in a net shop, with VAT in others.
func (o *orderReader) parts(price node) []ratePart {
	var rates []ratePart
	for _, t := range price.at("calculatedTaxes").items() {
		r := ratePart{from: t}
		r.rate, _ = t.at("taxRate").amount()
		r.rate = r.rate.Reduce() // the shop writes 7.0
		r.tax, _ = t.at("tax").amount()
		r.net, _ = t.at("price").amount()
		r.tax, r.net = r.tax.Round(o.places), r.net.Round(o.places)
		rates = append(rates, r)
	}
	return rates
}

// origins says where in the shop's order the totals are found.
func (o *orderReader) origins(root node) {
	if !o.trace {
		return
	}
	for field, from := range map[string]node{"goods": root.at("positionPrice"), "charges": root.at("shippingCosts", "totalPrice"), "discounts": root.at("positionPrice"),
		"net": root.at("amountNet"), "tax": root.at("price", "calculatedTaxes"), "total": root.at("amountTotal"), "payable": root.at("amountTotal")} {
		o.put("totals."+field, o.group.Get("totals."+field), from)
	}
}

// stated gives what the shop says of the whole order, as if gift cards had not been there.
func (o *orderReader) stated(root node) amounts.Stated {
	price := root.at("price")
	total, _ := root.at("amountTotal").amount()
	s := amounts.Stated{Total: total.Round(o.places).Add(o.cards), Places: o.places}
	if net, ok := root.at("amountNet").amount(); ok {
		net = net.Round(o.places).Add(o.cardsNet)
		s.Net = &net
	}
	if raw, ok := price.at("rawTotal").amount(); ok {
		s.Cash = total.Sub(raw).Round(o.places)
	}
	for _, r := range o.parts(price) {
		if o.gross {
			r.net = r.net.Sub(r.tax)
		}
		for _, c := range o.cardTax {
			if c.rate.Cmp(r.rate) == 0 {
				r.net, r.tax = r.net.Sub(c.net), r.tax.Sub(c.tax)
			}
		}
		s.Taxes = append(s.Taxes, amounts.Rate{Rate: r.rate, Net: r.net, Tax: r.tax})
	}
	return s
}
