package shopware

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
)

// Prices are computed as the shop's cart does: taxes per position, rounded to cents there and then added up
// ("horizontal"), or once more of the sums of each rate ("vertical"). What has no rate of its own, a discount or the shipping costs, is spread over the rates of the
// goods by their share of the price.

// taxStatus says what prices are.
const (
	gross   = "gross"
	net     = "net"
	taxFree = "tax-free"
)

// How the taxes of a whole order are calculated.
const (
	horizontal = "horizontal" // the sum of those of the positions
	vertical   = "vertical"   // of the sum of the positions, by rate
)

// rule is a tax rate and the share, in per cent, of a price that it covers.
type rule struct{ rate, share *big.Rat }

// taxed is a part of a price under one rate with its tax.
type taxed struct{ rate, price, tax *big.Rat }

// price is the calculated price of a position.
type price struct {
	unit, total *big.Rat
	quantity    int64
	rules       []rule
	taxes       []taxed
}

// calculate gives the price of a quantity at a unit price.
func calculate(unit *big.Rat, quantity int64, rules []rule, status string) price {
	p := price{unit: unit, quantity: quantity, rules: rules, total: cents(times(unit, big.NewRat(quantity, 1)))}
	if status == taxFree {
		p.rules = nil
		return p
	}
	for _, r := range rules {
		part := times(p.total, over(r.share, hundred()))
		divisor := hundred()
		if status == gross {
			divisor = plus(hundred(), r.rate)
		}
		p.taxes = append(p.taxes, taxed{r.rate, part, cents(times(part, over(r.rate, divisor)))})
	}
	return p
}

// sum adds positions up: totals, and taxes by rate.
func sum(prices []price) price {
	s := price{unit: new(big.Rat), total: new(big.Rat), quantity: 1}
	for _, p := range prices {
		s.total = plus(s.total, p.total)
		for _, t := range p.taxes {
			s.addTax(t)
		}
		for _, r := range p.rules {
			s.addRule(r)
		}
	}
	s.unit = s.total
	return s
}

func (p *price) addTax(t taxed) {
	i := slices.IndexFunc(p.taxes, func(known taxed) bool { return known.rate.Cmp(t.rate) == 0 })
	if i < 0 {
		p.taxes = append(p.taxes, t)
		return
	}
	p.taxes[i].price, p.taxes[i].tax = plus(p.taxes[i].price, t.price), plus(p.taxes[i].tax, t.tax)
}

func (p *price) addRule(r rule) {
	if !slices.ContainsFunc(p.rules, func(known rule) bool { return known.rate.Cmp(r.rate) == 0 }) {
		p.rules = append(p.rules, rule{r.rate, hundred()})
	}
}

// spread gives the rules of what is spread over the rates of p.
func (p *price) spread() []rule {
	var rules []rule
	for _, t := range p.taxes {
		if p.total.Sign() != 0 {
			rules = append(rules, rule{t.rate, times(over(t.price, p.total), hundred())})
		}
	}
	return rules
}

func (p *price) tax() *big.Rat {
	all := new(big.Rat)
	for _, t := range p.taxes {
		all = plus(all, t.tax)
	}
	return all
}

func (p *price) taxesJSON() []any {
	list := []any{}
	for _, t := range p.taxes {
		list = append(list, map[string]any{"tax": exact(t.tax), "taxRate": exact(t.rate), "price": exact(t.price)})
	}
	return list
}

func (p *price) rulesJSON() []any {
	list := []any{}
	for _, r := range p.rules {
		list = append(list, map[string]any{"taxRate": exact(r.rate), "percentage": exact(r.share)})
	}
	return list
}

// json is the calculated price as the shop shows it.
func (p *price) json() jsonText {
	return jsonText(marshal(map[string]any{"unitPrice": exact(p.unit), "quantity": p.quantity, "totalPrice": exact(p.total),
		"calculatedTaxes": p.taxesJSON(), "taxRules": p.rulesJSON(), "referencePrice": nil, "listPrice": nil, "regulationPrice": nil,
		"apiAlias": "calculated_price"}))
}

// byRate calculates the taxes of sums anew.
func (p *price) byRate(status string) {
	for i, t := range p.taxes {
		divisor := hundred()
		if status == gross {
			divisor = plus(hundred(), t.rate)
		}
		p.taxes[i].tax = cents(times(t.price, over(t.rate, divisor)))
	}
}

// cartJSON is the price of a whole order, and its total, rounded to a step.
func cartJSON(positions, all price, status string, step *big.Rat) (text jsonText, total *big.Rat) {
	raw, netTotal := all.total, all.total
	switch status {
	case gross:
		netTotal = cents(minus(all.total, all.tax()))
	case net:
		raw = cents(plus(all.total, all.tax()))
	}
	steps, _ := new(big.Rat).SetString(over(raw, step).FloatString(0))
	total = times(steps, step)
	return jsonText(marshal(map[string]any{"netPrice": exact(netTotal), "totalPrice": exact(total), "rawTotal": exact(raw),
		"positionPrice": exact(positions.total), "calculatedTaxes": all.taxesJSON(), "taxRules": all.rulesJSON(), "taxStatus": status,
		"apiAlias": "cart_price"})), total
}

func exact(r *big.Rat) json.Number { return json.Number(decimal(r)) }

// decimal writes a number with at least one and at most thirteen places, as the shop writes its floats.
func decimal(r *big.Rat) string {
	s := strings.TrimRight(r.FloatString(13), "0")
	if strings.HasSuffix(s, ".") {
		s += "0"
	}
	if s == "-0.0" {
		return "0.0"
	}
	return s
}

// cents rounds half away from zero to two places.
func cents(r *big.Rat) *big.Rat {
	rounded, _ := new(big.Rat).SetString(r.FloatString(2))
	return rounded
}

func hundred() *big.Rat            { return big.NewRat(100, 1) }
func plus(a, b *big.Rat) *big.Rat  { return new(big.Rat).Add(a, b) }
func minus(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
func times(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func over(a, b *big.Rat) *big.Rat  { return new(big.Rat).Quo(a, b) }
