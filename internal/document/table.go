package document

// The schema table, with table_invoice.go and table_goods.go. A new field is one line here; a new kind is a shape and its line in ShapeOf and KeyFields.

const (
	money    = "currency of the document"
	percent  = "percent"
	quantity = "unit of the line"
)

func addressFields(prefix, who string) []Field {
	return []Field{
		{Name: prefix + ".name", Meaning: "name of " + who},
		{Name: prefix + ".company", Meaning: "company of " + who},
		{Name: prefix + ".department", Meaning: "department of " + who},
		{Name: prefix + ".street", Meaning: "street and number of " + who},
		{Name: prefix + ".street2", Meaning: "additional address line of " + who},
		{Name: prefix + ".zip", Meaning: "postal code of " + who},
		{Name: prefix + ".city", Meaning: "city of " + who},
		{Name: prefix + ".region", Meaning: "state or province of " + who},
		{Name: prefix + ".country", Meaning: "country of " + who + ", ISO 3166-1 alpha-2"},
		{Name: prefix + ".phone", Meaning: "telephone of " + who},
		{Name: prefix + ".number", Meaning: "number of " + who + ", a GLN or the sender's own"},
	}
}

var rateShape = newShape("order.rates",
	Field{Name: "rate", Type: Number, Unit: percent, Meaning: "VAT rate"},
	Field{Name: "net", Type: Number, Unit: money, Meaning: "part of the amount at this rate, without VAT"},
	Field{Name: "tax", Type: Number, Unit: money, Meaning: "VAT of that part"},
)

func adjustmentShape(name string) *Shape {
	return newShape(name,
		Field{Name: "type", Meaning: "discount, shipping, payment, packing, rounding or other"},
		Field{Name: "label", Meaning: "text of the charge or discount"},
		Field{Name: "sign", Meaning: "A for a discount (allowance), C for a charge"},
		Field{Name: "net", Type: Number, Unit: money, Meaning: "amount without VAT; a discount is negative"},
		Field{Name: "tax", Type: Number, Unit: money, Meaning: "VAT of the amount; a discount's is negative"},
		Field{Name: "gross", Type: Number, Unit: money, Meaning: "amount with VAT; a discount is negative"},
		Field{Name: "rate", Type: Number, Unit: percent, Meaning: "VAT rate, where it has only one"},
		Field{Name: "rates", Type: List, Meaning: "the amount by VAT rate", Items: rateShape},
	)
}

var paymentShape = newShape("order.payments",
	Field{Name: "method", Meaning: "gift_card or other"},
	Field{Name: "reference", Meaning: "code of the gift card"},
	Field{Name: "label", Meaning: "text of the payment"},
	Field{Name: "amount", Type: Number, Unit: money, Meaning: "amount, with VAT"},
)

var orderLineShape = newShape("order.lines",
	Field{Name: "number", Meaning: "line number that the ERP sees"},
	Field{Name: "kind", Meaning: "shipping, payment, packing, discount, rounding or other, where the line is a charge or discount; missing for goods"},
	Field{Name: "id", Meaning: "the platform's own identifier of the line"},
	Field{Name: "sku", Meaning: "article number"},
	Field{Name: "gtin", Meaning: "GTIN (EAN) of the article"},
	Field{Name: "buyer_sku", Meaning: "article number of the buyer"},
	Field{Name: "name", Meaning: "article text"},
	Field{Name: "quantity", Type: Number, Unit: quantity, Meaning: "ordered quantity"},
	Field{Name: "unit", Meaning: "unit of the quantity, UN/ECE Recommendation 20, PCE for pieces"},
	Field{Name: "price", Type: Number, Unit: money, Meaning: "price of one unit without VAT, before discounts"},
	Field{Name: "net", Type: Number, Unit: money, Meaning: "amount of the line without VAT"},
	Field{Name: "tax", Type: Number, Unit: money, Meaning: "VAT of the line"},
	Field{Name: "gross", Type: Number, Unit: money, Meaning: "amount of the line with VAT"},
	Field{Name: "rate", Type: Number, Unit: percent, Meaning: "VAT rate of the line"},
	Field{Name: "deliver_at", Type: Time, Meaning: "wanted delivery date of the line"},
	Field{Name: "note", Meaning: "free text of the line"},
	Field{Name: "action", Volatile: true, Meaning: "in a change of an order: added, deleted, changed or unchanged"},
)

var orderShape = newShape("order", concat(
	[]Field{
		{Name: "number", Meaning: "order number that the buyer knows"},
		{Name: "id", Meaning: "the platform's own identifier of the order"},
		{Name: "function", Meaning: "what the message does: 9 original, 1 cancellation, 5 replacement, 31 copy (BGM 1225)"},
		{Name: "ordered_at", Type: Time, Meaning: "when the order was placed"},
		{Name: "deliver_at", Type: Time, Meaning: "wanted delivery date"},
		{Name: "state", Volatile: true, Meaning: "state of the order in the platform"},
		{Name: "channel", Meaning: "sales channel of the platform"},
		{Name: "language", Meaning: "language of the order"},
		{Name: "currency", Meaning: "currency, ISO 4217"},
		{Name: "tax_status", Meaning: "gross, net or tax-free: how the shop reckoned prices"},
		{Name: "note", Meaning: "buyer's remark"},
		{Name: "payment.method", Meaning: "payment method"},
		{Name: "payment.state", Volatile: true, Meaning: "state of the newest payment that did not fail"},
		{Name: "payment.reference", Meaning: "reference of the payment"},
		{Name: "shipping.method", Meaning: "shipping method"},
		{Name: "buyer.number", Meaning: "customer number, GLN or the sender's own number of the buyer"},
		{Name: "buyer.email", Meaning: "e-mail of the buyer"},
		{Name: "buyer.name", Meaning: "name of the buyer"},
		{Name: "buyer.vat_id", Meaning: "VAT identification of the buyer"},
		{Name: "buyer.guest", Type: Flag, Meaning: "whether the buyer has no account"},
		{Name: "buyer.id", Volatile: true, Meaning: "the platform's own identifier of the buyer"},
		{Name: "buyer.shop_number", Volatile: true, Meaning: "customer number that the platform gave"},
		{Name: "buyer.erp_number", Volatile: true, Meaning: "customer number of the ERP, as it stands in the platform"},
		{Name: "supplier.number", Meaning: "GLN or number of the supplier"},
		{Name: "exported", Volatile: true, Meaning: "mark of an export that the order carries in the platform, with the mark's name"},
		{Name: "tags", Type: List, Volatile: true, Meaning: "tags of the order in the platform", Items: newShape("order.tags",
			Field{Name: "name", Meaning: "the tag"},
		)},
		{Name: "attributes", Type: List, Meaning: "the platform's own fields that the profile names", Items: newShape("order.attributes",
			Field{Name: "name", Meaning: "name in the profile"},
			Field{Name: "value", Meaning: "value in the platform, as text"},
		)},
	},
	addressFields("bill_to", "the invoice address"),
	addressFields("ship_to", "the delivery address"),
	[]Field{
		{Name: "lines", Type: List, Meaning: "what was ordered", Items: orderLineShape},
		{Name: "charges", Type: List, Meaning: "shipping, payment fees and other charges", Items: adjustmentShape("order.charges")},
		{Name: "discounts", Type: List, Meaning: "discounts and vouchers", Items: adjustmentShape("order.discounts")},
		{Name: "payments", Type: List, Meaning: "what was paid before, such as gift cards", Items: paymentShape},
		{Name: "taxes", Type: List, Meaning: "the whole order by VAT rate", Items: rateShape},
		{Name: "totals.goods", Type: Number, Unit: money, Meaning: "sum of the lines without VAT"},
		{Name: "totals.charges", Type: Number, Unit: money, Meaning: "sum of the charges without VAT"},
		{Name: "totals.discounts", Type: Number, Unit: money, Meaning: "sum of the discounts without VAT, as a positive amount"},
		{Name: "totals.net", Type: Number, Unit: money, Meaning: "amount without VAT"},
		{Name: "totals.tax", Type: Number, Unit: money, Meaning: "VAT"},
		{Name: "totals.rounding", Type: Number, Unit: money, Meaning: "what the total differs from net and VAT by; missing where nothing differs"},
		{Name: "totals.total", Type: Number, Unit: money, Meaning: "amount with VAT: net + VAT + rounding"},
		{Name: "totals.prepaid", Type: Number, Unit: money, Meaning: "sum of the payments made before; missing where there are none"},
		{Name: "totals.payable", Type: Number, Unit: money, Meaning: "amount to pay: total - prepaid"},
	})...)

var stockShape = newShape("stock",
	Field{Name: "sku", Meaning: "article number"},
	Field{Name: "gtin", Meaning: "GTIN (EAN) of the article"},
	Field{Name: "location", Meaning: "warehouse"},
	Field{Name: "on_hand", Type: Number, Unit: quantity, Meaning: "quantity on hand"},
	Field{Name: "unit", Meaning: "unit of the quantity"},
	Field{Name: "counted_at", Type: Time, Volatile: true, Meaning: "when the quantity was true"},
	Field{Name: "close_out", Type: Flag, Meaning: "whether the article is sold off: sold as long as there is any, and not ordered again"},
)

var shipmentShape = newShape("shipment",
	Field{Name: "number", Meaning: "number of the despatch advice"},
	Field{Name: "function", Meaning: "what the message does: 9 original, 1 cancellation, 5 replacement, 31 copy (BGM 1225)"},
	Field{Name: "shipped_at", Type: Time, Meaning: "when the goods left"},
	Field{Name: "order", Meaning: "number of the order that is shipped"},
	Field{Name: "carrier", Meaning: "carrier"},
	Field{Name: "tracking", Meaning: "tracking number of the whole shipment"},
	Field{Name: "packages", Type: List, Meaning: "the packages", Items: newShape("shipment.packages",
		Field{Name: "sscc", Meaning: "serial shipping container code"},
		Field{Name: "tracking", Meaning: "the carrier's tracking number"},
	)},
	Field{Name: "lines", Type: List, Meaning: "what is shipped", Items: newShape("shipment.lines",
		Field{Name: "order", Meaning: "number of the line's order, where it differs from line to line"},
		Field{Name: "order_line", Meaning: "line number in the order"},
		Field{Name: "sku", Meaning: "article number"},
		Field{Name: "gtin", Meaning: "GTIN (EAN) of the article"},
		Field{Name: "quantity", Type: Number, Unit: quantity, Meaning: "shipped quantity"},
		Field{Name: "closed", Type: Flag, Meaning: "whether nothing more of the line will come, though less was shipped than ordered"},
	)},
	Field{Name: "complete", Type: Flag, Meaning: "whether nothing more of the orders will come"},
)

var customerShape = newShape("customer", concat(
	[]Field{
		{Name: "number", Meaning: "customer number of the ERP"},
		{Name: "shop_number", Meaning: "customer number that the platform gave"},
		{Name: "id", Meaning: "the platform's own identifier of the customer"},
		{Name: "email", Meaning: "e-mail of the customer"},
		{Name: "name", Meaning: "name of the customer"},
		{Name: "vat_id", Meaning: "VAT identification of the customer"},
		{Name: "language", Meaning: "language of the customer"},
		{Name: "channel", Meaning: "sales channel of the platform"},
	},
	addressFields("bill_to", "the invoice address"))...)

func concat(runs ...[]Field) []Field {
	var all []Field
	for _, r := range runs {
		all = append(all, r...)
	}
	return all
}
