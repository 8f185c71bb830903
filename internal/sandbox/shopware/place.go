package shopware

import (
	"strconv"
	"time"
)

// store writes all rows of the order and takes the goods out of stock.
func (p *placement) store() error {
	billing := p.address(p.order.Billing)
	shipping := billing
	if p.order.Shipping != nil {
		shipping = p.address(*p.order.Shipping)
	}
	delivery, payment := p.shop.newID(), p.shop.newID()
	p.storeOrder(billing, delivery, payment)
	p.storeCustomer()
	p.storeLines()
	p.storeDelivery(delivery, shipping)
	p.insert("order_transaction", payment, map[string]any{"orderId": p.id, "paymentMethodId": p.order.PaymentMethod,
		"amount": p.amount(), "stateId": p.shop.machines["order_transaction"].stateID(p.order.PaymentState)})
	for _, l := range p.lines {
		if l.product != nil {
			p.sell(l.product.id, l.price.quantity)
		}
	}
	return nil
}

// insert stores a row made when the order was placed.
func (p *placement) insert(entity, id string, values map[string]any) *row {
	return p.shop.insert(entity, id, momentOf(p.at), values)
}

// amount is what is to be paid, as a calculated price.
func (p *placement) amount() jsonText {
	whole := p.whole
	whole.unit, whole.total = p.total, p.total
	return whole.json()
}

func (p *placement) storeOrder(billing, delivery, payment string) {
	o := &p.order
	values := map[string]any{
		"orderNumber": o.Number, "billingAddressId": billing, "currencyId": defaultCurrency, "languageId": systemLanguage,
		"salesChannelId": p.shop.channel.id, "orderDateTime": p.at, "price": p.cart, "shippingCosts": p.shipping.json(),
		"currencyFactor": number("1"), "deepLinkCode": idOf("deep link", p.id), "taxCalculationType": or(o.TaxCalculation, horizontal),
		"stateId": p.shop.machines["order"].stateID("open"), "itemRounding": rounding(), "totalRounding": rounding(),
		"customerComment": o.Comment,
	}
	if len(o.CustomFields) > 0 {
		values["customFields"] = o.CustomFields
	}
	if p.shop.config.Release != "6.6" {
		values["primaryOrderDeliveryId"], values["primaryOrderTransactionId"] = delivery, payment
	}
	stored := p.insert("order", p.id, values).clone(6)
	p.deriveOrder(&record{entity: p.shop.schema.entities["order"], row: stored})
	p.shop.store.put(p.shop.store.tables["order"], stored)
}

func (p *placement) address(a Address) string {
	id := p.shop.newID()
	values := p.addressValues(a)
	values["orderId"] = p.id
	values["vatId"] = p.order.Customer.VATID
	p.insert("order_address", id, values)
	return id
}

// addressValues are the fields that addresses of orders and of customers share.
func (p *placement) addressValues(a Address) map[string]any {
	c := &p.order.Customer
	return map[string]any{
		"countryId": idOf("country", a.Country), "salutationId": salutationID(or(a.Salutation, c.Salutation)),
		"firstName": or(a.FirstName, or(c.FirstName, "-")), "lastName": or(a.LastName, c.LastName), "company": a.Company,
		"department": a.Department, "street": or(a.Street, "-"), "additionalAddressLine1": a.Additional, "zipcode": a.Zip,
		"city": or(a.City, "-"), "phoneNumber": a.Phone,
	}
}

func salutationID(key string) string { return idOf("salutation", or(key, "not_specified")) }

func (p *placement) storeCustomer() {
	c := &p.order.Customer
	id, number := p.customer()
	values := map[string]any{"orderId": p.id, "customerId": id, "email": c.Email, "salutationId": salutationID(c.Salutation),
		"firstName": or(c.FirstName, "-"), "lastName": c.LastName, "company": c.Company, "customerNumber": number}
	if c.VATID != "" {
		values["vatIds"] = []any{c.VATID}
	}
	p.insert("order_customer", p.shop.newID(), values)
}

// customer finds the customer by number, or makes one; a guest is made anew for each order.
func (p *placement) customer() (id, number string) {
	s, c := p.shop, &p.order.Customer
	t := s.store.tables["customer"]
	number = c.Number
	if known := t.byUnique(t.entity.column("customerNumber"), number); number != "" && known != nil {
		return known.id, number
	}
	for number == "" {
		s.counters["customer number"]++
		candidate := strconv.FormatInt(50000+s.counters["customer number"], 10)
		if t.byUnique(t.entity.column("customerNumber"), candidate) == nil {
			number = candidate
		}
	}
	id = s.newID()
	address := s.newID()
	values := p.addressValues(p.order.Billing)
	values["customerId"] = id
	p.insert("customer_address", address, values)
	values = map[string]any{"groupId": idOf("customer_group"), "salesChannelId": s.channel.id, "languageId": systemLanguage,
		"defaultBillingAddressId": address, "defaultShippingAddressId": address, "customerNumber": number, "email": c.Email,
		"salutationId": salutationID(c.Salutation), "firstName": or(c.FirstName, "-"), "lastName": c.LastName, "company": c.Company,
		"guest": c.Number == ""}
	if c.Company != "" {
		values["accountType"] = "business"
	}
	if c.VATID != "" {
		values["vatIds"] = []any{c.VATID}
	}
	if s.config.Release == "6.6" {
		values["defaultPaymentMethodId"] = p.order.PaymentMethod
	}
	p.insert("customer", id, values)
	return id, number
}

func (p *placement) storeLines() {
	products := p.shop.schema.entities["product"]
	for i, l := range p.lines {
		values := map[string]any{"orderId": p.id, "quantity": l.price.quantity, "label": l.label, "price": l.price.json(),
			"unitPrice": number(decimal(l.price.unit)), "totalPrice": number(decimal(l.price.total)), "position": i + 1}
		switch {
		case l.extra != nil:
			extraValues(values, l.extra)
		case l.product == nil:
			p.discountValues(values)
		default:
			number := l.product.text(products.column("productNumber"))
			values["type"], values["productId"] = "product", l.product.id
			values["identifier"], values["referencedId"] = l.product.id, l.product.id
			values["states"] = []any{"is-physical"}
			values["payload"] = map[string]any{"productNumber": number, "taxId": l.product.text(products.column("taxId")),
				"isCloseout": l.product.get(products.column("isCloseout")), "stock": l.product.whole(products.column("stock"))}
			values["priceDefinition"] = map[string]any{"type": "quantity", "price": exact(l.price.unit), "quantity": l.price.quantity,
				"taxRules": l.price.rulesJSON(), "isCalculated": true}
		}
		p.insert("order_line_item", l.id, values)
	}
}

func extraValues(values map[string]any, x *Extra) {
	payload := map[string]any{}
	for key, text := range map[string]string{"code": x.Code, "productNumber": x.Number} {
		if text != "" {
			payload[key] = text
		}
	}
	values["type"], values["good"], values["stackable"] = x.Type, false, false
	values["identifier"], values["payload"] = idOf("extra", x.Type+x.Label+x.Code), payload
}

func (p *placement) discountValues(values map[string]any) {
	d := p.order.Discount
	kind, amount := "absolute", d.Amount
	if d.Percent != "" {
		kind, amount = "percentage", d.Percent
	}
	values["type"], values["good"] = "promotion", false
	values["stackable"] = false
	values["identifier"] = idOf("promotion", d.Code)
	values["referencedId"] = d.Code
	values["payload"] = map[string]any{"code": d.Code, "discountScope": "cart", "discountType": kind, "value": string(amount),
		"discountId": idOf("discount", d.Code), "promotionId": idOf("promotion", d.Code)}
}

func (p *placement) storeDelivery(id, address string) {
	day := p.at.Truncate(24 * time.Hour)
	p.insert("order_delivery", id, map[string]any{"orderId": p.id, "shippingOrderAddressId": address,
		"shippingMethodId": p.order.ShippingMethod, "stateId": p.shop.machines["order_delivery"].stateID("open"),
		"shippingDateEarliest": day.AddDate(0, 0, 1), "shippingDateLatest": day.AddDate(0, 0, 3), "shippingCosts": p.shipping.json()})
	for _, l := range p.lines {
		if l.product == nil {
			continue
		}
		p.insert("order_delivery_position", p.shop.newID(), map[string]any{"orderDeliveryId": id, "orderLineItemId": l.id,
			"price": l.price.json(), "unitPrice": number(decimal(l.price.unit)), "totalPrice": number(decimal(l.price.total)), "quantity": l.price.quantity})
	}
}
