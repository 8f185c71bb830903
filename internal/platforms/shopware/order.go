package shopware

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/amounts"
	"github.com/batchgate/batchgate/internal/document"
)

// Reader turns the JSON of one order, as a search gave it, into an order document.
type Reader struct {
	Amounts amounts.Rule
	// LineTypes says what the shop's own types of order lines are, by "TYPE" or "TYPE:PATTERN" of the code or article
	// number: "article", "gift_card", or a type of charges and discounts.
	LineTypes     map[string]string
	Marks         []string          // custom fields, or tags as "tag:NAME", that say that an order was exported
	CustomerField string            // custom field of customers that holds the ERP's number
	Attributes    map[string]string // custom fields that the document gets as attributes, by the attributes' names
}

// Read gives the order. Amounts of a gross shop are turned into net ones by the taxes that the shop itself calculated.
func (r Reader) Read(body []byte, trace bool) ([]*document.Document, finding.List, error) {
	root, err := parse(body)
	if err != nil {
		return nil, nil, err
	}
	return r.read(root, trace)
}

func (r Reader) read(root node, trace bool) ([]*document.Document, finding.List, error) {
	doc := document.New(document.Order)
	status := first(root.at("taxStatus"), root.at("price", "taxStatus")).text()
	o := orderReader{filler: filler{&doc.Group, trace}, doc: doc, lineTypes: r.LineTypes, gross: status == "gross", places: places(root)}
	o.customerField = r.CustomerField
	o.head(root)
	o.marks(root, r)
	o.address("bill_to", root.at("billingAddress"))
	delivery := mainDelivery(root)
	o.address("ship_to", delivery.at("shippingOrderAddress"))
	o.text("shipping.method", first(delivery.at("shippingMethod", "technicalName"), delivery.at("shippingMethod", "name")))
	o.payment(root)
	o.lines(root)
	o.shipping(root, delivery)
	o.found = append(o.found, r.Amounts.Settle(doc, o.stated(root))...)
	o.origins(root)
	if doc.Get("number").Text() == "" {
		return nil, nil, fmt.Errorf("the shop's order has no orderNumber")
	}
	return []*document.Document{doc}, o.found, nil
}

type orderReader struct {
	filler
	customerField string
	doc           *document.Document
	lineTypes     map[string]string
	gross         bool
	places        int // digits of amounts
	found         finding.List

	cards    document.Decimal // what gift cards paid, with VAT
	cardTax  []ratePart       // VAT that the shop reckoned for them, by rate
	cardsNet document.Decimal
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
	o.text("buyer.id", customer.at("customerId"))
	if !guest {
		o.text("buyer.number", customer.at("customerNumber"))
		o.text("buyer.shop_number", customer.at("customerNumber"))
		o.text("buyer.erp_number", customer.at("customer", "customFields", o.customerField))
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
