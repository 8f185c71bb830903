package shopware

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// Reader turns the JSON of one order, as a search gave it, into an order document.
type Reader struct{}

// Read gives the order. Amounts of a gross shop are turned into net ones by the taxes that the shop itself calculated.
func (Reader) Read(body []byte, trace bool) ([]*document.Document, finding.List, error) {
	root, err := parse(body)
	if err != nil {
		return nil, nil, err
	}
	doc := document.New(document.Order)
	o := orderReader{filler: filler{&doc.Group, trace}, doc: doc, gross: root.at("taxStatus").text() == "gross" || root.at("price", "taxStatus").text() == "gross"}
	o.head(root)
	o.address("bill_to", root.at("billingAddress"))
	delivery := mainDelivery(root)
	o.address("ship_to", delivery.at("shippingOrderAddress"))
	o.text("shipping.method", first(delivery.at("shippingMethod", "technicalName"), delivery.at("shippingMethod", "name")))
	o.payment(root)
	o.lines(root)
	o.shipping(root)
	o.totals(root)
	if doc.Get("number").Text() == "" {
		return nil, nil, fmt.Errorf("the shop's order has no orderNumber")
	}
	return []*document.Document{doc}, o.found, nil
}

type orderReader struct {
	filler
	doc   *document.Document
	gross bool
	found finding.List

	goods, charges, discounts document.Decimal // net sums
}

func (o *orderReader) head(root node) {
	o.text("number", root.at("orderNumber"))
	o.text("id", root.at("id"))
	if m, ok := root.at("orderDateTime").time(); ok {
		o.put("ordered_at", document.TimeValue(m), root.at("orderDateTime"))
	}
	o.text("state", root.at("stateMachineState", "technicalName"))
	o.text("channel", first(root.at("salesChannel", "name"), root.at("salesChannelId")))
	o.text("language", first(root.at("language", "locale", "code"), root.at("language", "name")))
	o.text("currency", root.at("currency", "isoCode"))
	o.text("tax_status", first(root.at("taxStatus"), root.at("price", "taxStatus")))
	o.text("note", root.at("customerComment"))
	customer := root.at("orderCustomer")
	o.text("buyer.email", customer.at("email"))
	if name := fullName(customer); name != "" {
		o.put("buyer.name", document.TextValue(name), customer.at("lastName"))
	}
	if vat := customer.at("vatIds").items(); len(vat) > 0 {
		o.text("buyer.vat_id", vat[0])
	}
	guest, known := customer.at("customer", "guest").value.(bool)
	if known {
		o.put("buyer.guest", document.FlagValue(guest), customer.at("customer", "guest"))
	}
	if !guest {
		o.text("buyer.number", customer.at("customerNumber"))
	}
}

func (o *orderReader) address(prefix string, a node) {
	if a.missing() {
		return
	}
	if name := fullName(a); name != "" {
		o.put(prefix+".name", document.TextValue(name), a.at("lastName"))
	}
	o.text(prefix+".company", a.at("company"))
	o.text(prefix+".department", a.at("department"))
	o.text(prefix+".street", a.at("street"))
	o.text(prefix+".street2", a.at("additionalAddressLine1"))
	o.text(prefix+".zip", a.at("zipcode"))
	o.text(prefix+".city", a.at("city"))
	o.text(prefix+".region", a.at("countryState", "shortCode"))
	o.text(prefix+".country", a.at("country", "iso"))
	o.text(prefix+".phone", a.at("phoneNumber"))
}

// payment takes the newest transaction that did not fail: several of them are normal, a failed one and then a paid one.
func (o *orderReader) payment(root node) {
	var best node
	for _, t := range root.at("transactions").items() {
		if best.missing() || rank(t) > rank(best) || rank(t) == rank(best) && t.at("createdAt").text() > best.at("createdAt").text() {
			best = t
		}
	}
	o.text("payment.state", best.at("stateMachineState", "technicalName"))
	o.text("payment.method", first(best.at("paymentMethod", "technicalName"), best.at("paymentMethod", "name")))
	o.text("payment.reference", best.at("customFields", "transaction_reference"))
}

func rank(transaction node) int {
	switch transaction.at("stateMachineState", "technicalName").text() {
	case "failed", "cancelled":
		return 0
	}
	return 1
}

// mainDelivery is the one that carries the goods: a promotion on shipping makes a second one with negative costs.
func mainDelivery(root node) node {
	if d := root.at("primaryOrderDelivery"); !d.missing() {
		return d
	}
	var best node
	for _, d := range root.at("deliveries").items() {
		cost, _ := d.at("shippingCosts", "totalPrice").amount()
		most, _ := best.at("shippingCosts", "totalPrice").amount()
		if best.missing() || cost.Cmp(most) > 0 {
			best = d
		}
	}
	return best
}

func (o *orderReader) lines(root node) {
	for _, l := range root.at("lineItems").items() {
		switch l.at("type").text() {
		case "promotion", "discount", "credit":
			kind := "discount"
			net := o.adjustment(o.doc.Add("discounts"), kind, "A", l.at("label"), l.at("price"))
			o.discounts = o.discounts.Add(net)
		default:
			o.line(l)
		}
	}
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
	o.goods = o.goods.Add(net)
	if f.group.Get("sku").Text() == "" {
		o.found = append(o.found, finding.Finding{Rule: "shopware.line-without-number", Severity: finding.Error, Place: finding.Place{Path: l.pointer},
			Value: l.at("label").text(), Message: "an order line has no article number", Hint: "give the article a number in the shop"})
	}
}

func (o *orderReader) shipping(root node) {
	costs := root.at("shippingCosts")
	total, ok := costs.at("totalPrice").amount()
	if !ok || total.IsZero() {
		return
	}
	net := o.adjustment(o.doc.Add("charges"), "shipping", "C", node{"Versand", ""}, costs)
	o.charges = o.charges.Add(net)
}

// adjustment fills a charge or discount with its parts by VAT rate and gives its net amount.
func (o *orderReader) adjustment(g *document.Group, kind, sign string, label, price node) document.Decimal {
	f := filler{g, o.trace}
	net, tax, rates := o.split(price)
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
	return net
}

type ratePart struct {
	rate, net, tax document.Decimal
	from           node
}

// split turns a calculated price into net and tax, in all and by rate, by the taxes that the shop calculated.
func (o *orderReader) split(price node) (net, tax document.Decimal, rates []ratePart) {
	total, _ := price.at("totalPrice").amount()
	for _, t := range price.at("calculatedTaxes").items() {
		r := ratePart{from: t}
		r.rate, _ = t.at("taxRate").amount()
		r.rate = r.rate.Reduce() // the shop writes 7.0
		r.tax, _ = t.at("tax").amount()
		r.net, _ = t.at("price").amount()
		r.tax, r.net = r.tax.Round(2), r.net.Round(2)
		if o.gross {
			r.net = r.net.Sub(r.tax)
		}
		tax = tax.Add(r.tax)
		rates = append(rates, r)
	}
	net = total.Round(2)
	if o.gross {
		net = net.Sub(tax)
	}
	return net, tax.Round(2), rates
}

// totals lets the shop's total win: what rounding by position and by rate leaves over is in the tax.
func (o *orderReader) totals(root node) {
	payable, _ := root.at("amountTotal").amount()
	payable = payable.Round(2)
	net := o.goods.Add(o.charges).Add(o.discounts)
	tax := payable.Sub(net)
	o.amount("totals.goods", o.goods.Round(2), root.at("positionPrice"))
	o.amount("totals.charges", o.charges.Round(2), root.at("shippingCosts", "totalPrice"))
	o.amount("totals.discounts", o.discounts.Neg().Round(2), root.at("positionPrice"))
	o.amount("totals.net", net.Round(2), root.at("amountNet"))
	o.amount("totals.tax", tax.Round(2), root.at("amountTotal"))
	o.amount("totals.payable", payable, root.at("amountTotal"))
	shopNet, ok := root.at("amountNet").amount()
	if !ok {
		return
	}
	// One cent for each position and charge is what rounding can make.
	allowed := document.NewDecimal(int64(len(root.at("lineItems").items())+1), 2)
	if diff := shopNet.Round(2).Sub(net).Abs(); diff.Cmp(allowed) > 0 {
		o.found = append(o.found, finding.Finding{Rule: "shopware.totals", Severity: finding.Error, Place: finding.Place{Path: "/amountNet"}, Value: shopNet.String(),
			Message: fmt.Sprintf("the order's parts do not add up: goods %s + charges %s - discounts %s = %s, the shop says %s without VAT",
				o.goods, o.charges, o.discounts.Neg(), net, shopNet),
			Hint: "look at the order in the shop; it may hold a kind of position that is not known here"})
	}
}

// first gives the first node that holds a text.
func first(nodes ...node) node {
	for _, n := range nodes {
		if n.text() != "" {
			return n
		}
	}
	return node{}
}

func fullName(n node) string {
	return strings.TrimSpace(n.at("firstName").text() + " " + n.at("lastName").text())
}
