package shopware

import (
	"fmt"
	"math/big"
	"strconv"
	"time"
)

// Order is what a buyer orders. The shop computes prices, taxes and totals from it.
type Order struct {
	Number         string         `json:"number,omitempty"` // the next of the shop where empty
	Time           time.Time      `json:"time,omitzero"`    // the shop's now where zero
	Customer       Customer       `json:"customer"`
	Billing        Address        `json:"billing"`
	Shipping       *Address       `json:"shipping,omitempty"` // the billing address where nil
	Lines          []Line         `json:"lines"`
	ShippingMethod string         `json:"shippingMethod,omitempty"` // technical name; the first of the shop where empty
	ShippingCost   Money          `json:"shippingCost,omitempty"`
	Discount       *Discount      `json:"discount,omitempty"`
	Extras         []Extra        `json:"extras,omitempty"`
	PaymentMethod  string         `json:"paymentMethod,omitempty"`  // technical name; the first of the shop where empty
	PaymentState   string         `json:"paymentState,omitempty"`   // "open" where empty; "paid", "authorized", "failed" ...
	TaxStatus      string         `json:"taxStatus,omitempty"`      // gross (where empty), net or tax-free: what the prices are
	TaxCalculation string         `json:"taxCalculation,omitempty"` // horizontal (where empty): by position; vertical: by rate
	CashRounding   Money          `json:"cashRounding,omitempty"`   // step to which the total is rounded, "0.05"
	Comment        string         `json:"comment,omitempty"`
	CustomFields   map[string]any `json:"customFields,omitempty"`
}

// Customer is the buyer. Without a number they are a guest.
type Customer struct {
	Number     string `json:"number,omitempty"`
	Email      string `json:"email"`
	Salutation string `json:"salutation,omitempty"` // mr, mrs, not_specified
	FirstName  string `json:"firstName"`
	LastName   string `json:"lastName"`
	Company    string `json:"company,omitempty"`
	VATID      string `json:"vatId,omitempty"`
}

// Address is a postal address; empty names are the customer's.
type Address struct {
	Salutation string `json:"salutation,omitempty"`
	FirstName  string `json:"firstName,omitempty"`
	LastName   string `json:"lastName,omitempty"`
	Company    string `json:"company,omitempty"`
	Department string `json:"department,omitempty"`
	Street     string `json:"street"`
	Additional string `json:"additional,omitempty"`
	Zip        string `json:"zip,omitempty"`
	City       string `json:"city"`
	Country    string `json:"country"` // ISO, two letters
	Phone      string `json:"phone,omitempty"`
}

// Line is a product in the order.
type Line struct {
	Product  string `json:"product"` // number
	Quantity int64  `json:"quantity"`
	Price    Money  `json:"price,omitempty"` // of one; the product's where empty
}

// Discount is a promotion: a percentage of the goods, or an amount.
type Discount struct {
	Code    string `json:"code,omitempty"`
	Label   string `json:"label,omitempty"`
	Percent Money  `json:"percent,omitempty"`
	Amount  Money  `json:"amount,omitempty"`
}

// Extra is a position that is no product: what plugins and people add, such as a surcharge for a way to pay, a gift card
// that pays a part, a free text.
type Extra struct {
	Type    string `json:"type"` // as the shop stores it: custom, credit, or a plugin's own
	Label   string `json:"label"`
	Code    string `json:"code,omitempty"`   // goes into the payload
	Number  string `json:"number,omitempty"` // goes into the payload as productNumber
	Price   Money  `json:"price"`            // negative where it is taken off
	TaxRate Money  `json:"taxRate,omitempty"`
	NoTax   bool   `json:"noTax,omitempty"` // else, without a rate, it is spread over the rates of the goods
}

// PlaceOrder places an order as the shop's checkout does: it takes the goods out of stock and gives the order's
// number. An order that the shop cannot take (unknown product, country or method, no lines) is an error and changes
// nothing.
func (s *Shop) PlaceOrder(o Order) (number string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.newWriter(nil)
	p := placement{writer: w, shop: s, order: o, id: s.newID(), at: o.Time}
	if p.at.IsZero() {
		p.at = s.now()
	}
	if err := p.place(); err != nil {
		s.store.rollback()
		return "", fmt.Errorf("place an order in the sandbox shop: %w", err)
	}
	s.store.commit()
	return p.order.Number, nil
}

// placement is an order on its way into the shop.
type placement struct {
	*writer
	shop      *Shop
	order     Order
	id        string
	at        time.Time
	status    string
	lines     []orderLine
	goods     price // the products alone
	positions price // with the discount
	shipping  price
	total     *big.Rat
	cart      jsonText
	whole     price
}

// orderLine is a position with its price.
type orderLine struct {
	id      string
	product *row   // nil for a discount and extras
	extra   *Extra // nil for products and the discount
	label   string
	price   price
}

func (p *placement) place() error {
	for _, step := range []func() error{p.prepare, p.priceLines, p.priceRest, p.store} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (p *placement) prepare() error {
	o, s := &p.order, p.shop
	p.status = or(o.TaxStatus, gross)
	o.PaymentState = or(o.PaymentState, "open")
	switch {
	case s.channel.id == "":
		return fmt.Errorf("the shop is empty: seed it first")
	case len(o.Lines) == 0:
		return fmt.Errorf("an order needs lines")
	case p.status != gross && p.status != net && p.status != taxFree:
		return fmt.Errorf("tax status %q is not gross, net or tax-free", p.status)
	case !s.machines["order_transaction"].has(o.PaymentState):
		return fmt.Errorf("payment state %q is not known", o.PaymentState)
	case o.TaxCalculation != "" && o.TaxCalculation != horizontal && o.TaxCalculation != vertical:
		return fmt.Errorf("tax calculation %q is not horizontal or vertical", o.TaxCalculation)
	case o.Customer.Email == "" || o.Customer.LastName == "":
		return fmt.Errorf("a customer needs an e-mail address and a last name")
	}
	for _, a := range []*Address{&o.Billing, o.Shipping} {
		if a != nil && s.store.get("country", idOf("country", a.Country)) == nil {
			return fmt.Errorf("country %q is not one the shop sells to", a.Country)
		}
	}
	var err error
	if o.PaymentMethod, err = s.method("payment_method", o.PaymentMethod); err != nil {
		return err
	}
	if o.ShippingMethod, err = s.method("shipping_method", o.ShippingMethod); err != nil {
		return err
	}
	for o.Number == "" {
		s.counters["order number"]++
		if number := strconv.FormatInt(10000+s.counters["order number"], 10); s.orderByNumber(number) == nil {
			o.Number = number
		}
	}
	if s.orderByNumber(o.Number) != nil {
		return fmt.Errorf("order %q is there already", o.Number)
	}
	return nil
}

// method finds a way to pay or ship by its technical name, and gives its id; the first where the name is empty.
func (s *Shop) method(entity, name string) (string, error) {
	t := s.store.tables[entity]
	if name == "" {
		for _, r := range t.list {
			if r != nil {
				return r.id, nil
			}
		}
	}
	if r := t.byUnique(t.entity.column("technicalName"), name); r != nil {
		return r.id, nil
	}
	return "", fmt.Errorf("%s %q is not known", entity, name)
}

func (s *Shop) orderByNumber(number string) *row {
	t := s.store.tables["order"]
	return t.byUnique(t.entity.column("orderNumber"), number)
}

func (p *placement) priceLines() error {
	products := p.shop.store.tables["product"]
	e := products.entity
	for _, l := range p.order.Lines {
		r := products.byUnique(e.column("productNumber"), l.Product)
		switch {
		case r == nil:
			return fmt.Errorf("product %q is not known", l.Product)
		case l.Quantity <= 0 || l.Quantity > 1_000_000:
			return fmt.Errorf("product %q: quantity %d is not from 1 to 1000000", l.Product, l.Quantity)
		}
		rate, unit, err := p.unitPrice(r, l)
		if err != nil {
			return fmt.Errorf("product %q: %w", l.Product, err)
		}
		p.lines = append(p.lines, orderLine{id: p.shop.newID(), product: r, label: r.text(e.column("name")),
			price: calculate(unit, l.Quantity, []rule{{rate, hundred()}}, p.status)})
	}
	return nil
}

// unitPrice gives the price of one and its tax rate.
func (p *placement) unitPrice(product *row, l Line) (rate, unit *big.Rat, err error) {
	e := p.shop.schema.entities["product"]
	rate = new(big.Rat)
	if tax := p.shop.store.get("tax", product.text(e.column("taxId"))); tax != nil {
		if r, ok := parseNumber(textOf(tax.get(p.shop.schema.entities["tax"].column("taxRate")))); ok {
			rate = r
		}
	}
	if l.Price != "" {
		unit, err = l.Price.rat("price")
		return rate, unit, err
	}
	member := gross
	if p.status != gross {
		member = net
	}
	text, _ := product.get(e.column("price")).(jsonText)
	rows, _ := plain(text).([]any)
	for _, row := range rows {
		m, _ := row.(map[string]any)
		if m["currencyId"] != defaultCurrency {
			continue
		}
		if r, ok := parseNumber(asText(m[member])); ok {
			return rate, cents(r), nil
		}
	}
	return nil, nil, fmt.Errorf("it has no price in the default currency")
}

// priceRest prices what is spread over the goods, and the whole.
func (p *placement) priceRest() error {
	var prices []price
	for _, l := range p.lines {
		prices = append(prices, l.price)
	}
	p.goods = sum(prices)
	if d := p.order.Discount; d != nil {
		amount, err := d.amount(p.goods.total)
		if err != nil {
			return err
		}
		discount := calculate(new(big.Rat).Neg(amount), 1, p.goods.spread(), p.status)
		p.lines = append(p.lines, orderLine{id: p.shop.newID(), label: or(d.Label, or(d.Code, "Rabatt")), price: discount})
		prices = append(prices, discount)
	}
	for i := range p.order.Extras {
		extra, err := p.priceExtra(&p.order.Extras[i])
		if err != nil {
			return err
		}
		p.lines, prices = append(p.lines, extra), append(prices, extra.price)
	}
	p.positions = sum(prices)
	cost := new(big.Rat)
	if p.order.ShippingCost != "" {
		var err error
		if cost, err = p.order.ShippingCost.rat("shipping cost"); err != nil {
			return err
		}
	}
	p.shipping = calculate(cost, 1, p.goods.spread(), p.status)
	p.whole = sum(append(prices, p.shipping))
	if p.order.TaxCalculation == vertical {
		p.whole.byRate(p.status)
	}
	step, err := p.cashStep()
	if err != nil {
		return err
	}
	p.cart, p.total = cartJSON(p.positions, p.whole, p.status, step)
	return nil
}

// cashStep gives the step to which the total is rounded.
func (p *placement) cashStep() (*big.Rat, error) {
	if p.order.CashRounding == "" {
		return big.NewRat(1, 100), nil
	}
	step, err := p.order.CashRounding.rat("cash rounding")
	if err == nil && step.Sign() <= 0 {
		err = fmt.Errorf("cash rounding %s is no step", p.order.CashRounding)
	}
	return step, err
}

// priceExtra prices a position that is no product.
func (p *placement) priceExtra(x *Extra) (orderLine, error) {
	unit, err := x.Price.rat("price")
	if err != nil {
		return orderLine{}, fmt.Errorf("extra %q: %w", x.Label, err)
	}
	rules := p.goods.spread()
	if x.TaxRate != "" {
		rate, err := x.TaxRate.rat("tax rate")
		if err != nil {
			return orderLine{}, fmt.Errorf("extra %q: %w", x.Label, err)
		}
		rules = []rule{{rate, hundred()}}
	}
	if x.NoTax {
		rules = nil
	}
	return orderLine{id: p.shop.newID(), extra: x, label: x.Label, price: calculate(unit, 1, rules, p.status)}, nil
}

func (d *Discount) amount(goods *big.Rat) (*big.Rat, error) {
	if d.Percent == "" {
		return d.Amount.rat("discount")
	}
	percent, err := d.Percent.rat("discount")
	if err != nil {
		return nil, err
	}
	return cents(times(goods, over(percent, hundred()))), nil
}
