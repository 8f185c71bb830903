package shopware

import (
	"fmt"
	"math/big"
	"strings"
)

// Money is an amount or a rate as decimal text, "29.95".
type Money string

func (m Money) rat(what string) (*big.Rat, error) {
	if r, ok := parseNumber(string(m)); ok {
		return r, nil
	}
	return nil, fmt.Errorf("%s %q is not a decimal number", what, string(m))
}

// Catalogue is what a shop is filled with. Empty parts are filled with a few usual ones.
type Catalogue struct {
	SalesChannel    string    `json:"salesChannel,omitempty"`
	Currency        string    `json:"currency,omitempty"` // ISO 4217
	Countries       []Country `json:"countries,omitempty"`
	PaymentMethods  []Method  `json:"paymentMethods,omitempty"`
	ShippingMethods []Method  `json:"shippingMethods,omitempty"`
	Products        []Product `json:"products,omitempty"`
}

// Country is one that the shop sells to; ISO has two letters.
type Country struct {
	ISO  string `json:"iso"`
	Name string `json:"name"`
}

// Method is a way to pay or to ship.
type Method struct {
	TechnicalName string `json:"technicalName"`
	Name          string `json:"name"`
}

// Product is an article of the shop. One of Gross and Net may be empty: it is computed with the rate.
type Product struct {
	Number   string `json:"number"`
	Name     string `json:"name"`
	EAN      string `json:"ean,omitempty"`
	Stock    int64  `json:"stock"`
	Gross    Money  `json:"gross,omitempty"`
	Net      Money  `json:"net,omitempty"`
	TaxRate  Money  `json:"taxRate"` // in per cent
	Closeout bool   `json:"closeout,omitempty"`
	Inactive bool   `json:"inactive,omitempty"`
}

// channel is the sales channel that orders come from.
type channel struct{ id string }

// Seed fills the shop, and may be called again to add more. Products have ids made from their numbers. A product that
// is there already, or a price that is no number, is an error, and nothing is added.
func (s *Shop) Seed(c Catalogue) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.newWriter(nil)
	if err := w.seed(c); err != nil {
		s.store.rollback()
		return fmt.Errorf("seed the sandbox shop: %w", err)
	}
	s.store.commit()
	return nil
}

func (w *writer) seed(c Catalogue) error {
	s := w.shop
	if c.Currency != "" {
		s.installCurrency(c.Currency)
	}
	if len(c.Countries) == 0 {
		c.Countries = []Country{{"DE", "Deutschland"}, {"AT", "Österreich"}, {"CH", "Schweiz"}, {"SE", "Sverige"}}
	}
	for _, country := range c.Countries {
		s.insert("country", idOf("country", country.ISO), w.now, map[string]any{"iso": country.ISO, "name": country.Name, "active": true})
	}
	w.seedMethods("payment_method", c.PaymentMethods, []Method{{"payment_invoice", "Rechnung"}, {"payment_prepayment", "Vorkasse"}})
	w.seedMethods("shipping_method", c.ShippingMethods, []Method{{"shipping_standard", "Standardversand"}})
	w.seedChannel(or(c.SalesChannel, "Sandbox"))
	for i := range c.Products {
		if err := w.seedProduct(&c.Products[i]); err != nil {
			return fmt.Errorf("product %q: %w", c.Products[i].Number, err)
		}
	}
	return nil
}

func (w *writer) seedMethods(entity string, given, usual []Method) {
	if len(given) == 0 && len(w.shop.store.tables[entity].rows) == 0 {
		given = usual
	}
	for _, m := range given {
		values := map[string]any{"technicalName": m.TechnicalName, "name": m.Name, "active": true}
		if entity == "shipping_method" {
			values["deliveryTimeId"] = idOf("delivery_time")
		}
		w.shop.insert(entity, idOf(entity, m.TechnicalName), w.now, values)
	}
}

func (w *writer) seedChannel(name string) {
	s := w.shop
	s.channel.id = idOf("sales_channel")
	values := map[string]any{"name": name, "languageId": systemLanguage, "customerGroupId": idOf("customer_group"),
		"currencyId": defaultCurrency, "navigationCategoryId": idOf("category"), "accessKey": "SANDBOX" + idOf("channel")[:20],
		"typeId": idOf("sales_channel_type"), "homeEnabled": true, "active": true, "taxCalculationType": "horizontal"}
	for _, entity := range []string{"payment_method", "shipping_method", "country"} {
		rows := w.table(s.schema.entities[entity]).list
		for _, r := range rows {
			if r == nil {
				continue
			}
			if values[camel(entity)+"Id"] == nil {
				values[camel(entity)+"Id"] = r.id
			}
			link := "sales_channel_" + entity
			s.insert(link, linkKey(s.schema.entities[link], s.channel.id, r.id), w.now,
				map[string]any{"salesChannelId": s.channel.id, camel(entity) + "Id": r.id})
		}
	}
	s.insert("sales_channel", s.channel.id, w.now, values)
}

// linkKey is the id of a mapping row that joins a sales channel and another row, in the order of the entity's keys.
func linkKey(link *entity, channel, other string) string {
	if link.keys[0].name == "salesChannelId" {
		return channel + "-" + other
	}
	return other + "-" + channel
}

func (w *writer) seedProduct(p *Product) error {
	s := w.shop
	if strings.TrimSpace(p.Number) == "" || p.Name == "" {
		return fmt.Errorf("a product needs a number and a name")
	}
	products := s.store.tables["product"]
	if products.byUnique(products.entity.column("productNumber"), p.Number) != nil {
		return fmt.Errorf("the number is there already")
	}
	gross, net, rate, err := p.prices()
	if err != nil {
		return err
	}
	id := idOf("product", p.Number)
	values := map[string]any{"productNumber": p.Number, "name": p.Name, "ean": p.EAN, "stock": p.Stock, "taxId": w.tax(rate),
		"price": jsonText(`[{"currencyId":"` + defaultCurrency + `","net":` + decimal(net) + `,"gross":` + decimal(gross) + `,"linked":true}]`)}
	if p.Closeout {
		values["isCloseout"] = true
	}
	if p.Inactive {
		values["active"] = false
	}
	values["available"] = !p.Closeout || p.Stock >= 1
	s.insert("product", id, w.now, values)
	s.insert("product_visibility", idOf("visibility", p.Number), w.now, map[string]any{"productId": id, "salesChannelId": s.channel.id, "visibility": 30})
	return nil
}

// prices gives both prices and the rate; the missing price is computed and kept to twelve places, as a shop does.
func (p *Product) prices() (gross, net, rate *big.Rat, err error) {
	if rate, err = p.TaxRate.rat("tax rate"); err != nil {
		return nil, nil, nil, err
	}
	factor := new(big.Rat).Add(big.NewRat(1, 1), new(big.Rat).Quo(rate, big.NewRat(100, 1)))
	if p.Gross == "" && p.Net == "" {
		return nil, nil, nil, fmt.Errorf("a product needs a price, gross or net")
	}
	if p.Gross != "" {
		if gross, err = p.Gross.rat("gross price"); err != nil {
			return nil, nil, nil, err
		}
	}
	if p.Net != "" {
		if net, err = p.Net.rat("net price"); err != nil {
			return nil, nil, nil, err
		}
	}
	if factor.Sign() <= 0 {
		return nil, nil, nil, fmt.Errorf("tax rate %q is too low", string(p.TaxRate))
	}
	if gross == nil {
		gross = new(big.Rat).Mul(net, factor)
	}
	if net == nil {
		net = new(big.Rat).Quo(gross, factor)
	}
	return gross, net, rate, nil
}

// tax gives the id of the tax with a rate, made where it is missing.
func (w *writer) tax(rate *big.Rat) string {
	text := decimal(rate)
	id := idOf("tax", text)
	if w.shop.store.get("tax", id) == nil {
		w.shop.insert("tax", id, w.now, map[string]any{"taxRate": number(text), "name": strings.TrimSuffix(text, ".0") + " %"})
	}
	return id
}
