package profiles

import (
	"slices"
	"strings"

	"github.com/batchgate/batchgate/internal/amounts"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/option"
)

func amountsTable() *option.Table {
	what := append([]string{"article", "gift_card"}, slices.DeleteFunc(amounts.Types(), func(t string) bool { return t == amounts.Rounding })...)
	return &option.Table{Name: "amounts", Help: "how the amounts of an order are made to add up", Options: []option.Option{
		{Name: "total", Type: option.Choice, Default: amounts.ShopTotal, Allowed: []string{amounts.ShopTotal, amounts.PartsTotal}, Help: "whose total wins: the shop's, which the buyer paid, or the sum of the parts"},
		{Name: "vat", Type: option.Choice, Default: amounts.ShopVAT, Allowed: []string{amounts.ShopVAT, amounts.RatesVAT}, Help: "take VAT as the shop states it, or reckoned anew of the net amount of each rate, as many ERPs do"},
		{Name: "difference", Type: option.Choice, Default: amounts.ToRounding, Allowed: []string{amounts.ToRounding, amounts.ToTax, amounts.Hold}, Help: "where what the parts differ from the total by goes: totals.rounding, the VAT, or nowhere, so that the order is held"},
		{Name: "tolerance", Type: option.Decimal, Default: "0.02", Help: "what may differ, in the order's currency; an order that differs by more is held"},
		{Name: "charges", Type: option.Choice, Default: amounts.Allowances, Allowed: []string{amounts.Allowances, amounts.Lines}, Help: "charges and discounts leave as such, or as lines of articles"},
		{Name: "articles", Type: option.Map, Names: amounts.Types(), Example: "{shipping: FRACHT, discount: RABATT}", Help: "article numbers of charges and discounts that leave as lines, by their type"},
		{Name: "line_types", Type: option.Map, Allowed: what, Example: `{surcharge: payment, "promotion:GC-*": gift_card}`, Help: "what the shop's own types of order lines are, by the type alone or with a pattern of the line's code; a gift card is a payment and lowers no VAT"},
	}}
}

func (l *flowLoader) amounts() {
	v := l.v.Block("amounts")
	l.f.Amounts = Amounts{LineTypes: v.Map("line_types"), Rule: amounts.Rule{Total: v.Text("total"), VAT: v.Text("vat"), Difference: v.Text("difference"),
		Tolerance: v.Decimal("tolerance"), Charges: v.Text("charges"), Articles: v.Map("articles")}}
	if l.f.Amounts.Tolerance.Sign() < 0 {
		l.fault(v, "tolerance", "option.value", "write 0 where nothing may differ", "tolerance is negative")
	}
}

// checkAmounts looks whether what the rule gives has a place in the file.
func (l *flowLoader) checkAmounts() {
	m, v := l.f.Write, l.v.Block("amounts")
	if l.f.From.Connection == nil || l.f.From.Connection.IsFolder() || m == nil || m.Kind() != document.Order {
		return
	}
	writes := func(field string) bool { return slices.Contains(m.Written(), field) }
	total := writes("totals.total") || writes("totals.payable")
	a := l.f.Amounts
	rounding := a.Difference == amounts.ToRounding && a.Total == amounts.ShopTotal && (a.Charges != amounts.Lines || a.Articles[amounts.Rounding] == "")
	if total && rounding && !writes("totals.rounding") {
		l.fault(v, "difference", "profile.amounts", "write totals.rounding in the mapping, or choose another place: amounts: {difference: tax}",
			"mapping %s writes a total but has no place for totals.rounding, where differences of a cent go", m.Name())
	}
	uses := func(list string) bool {
		return slices.ContainsFunc(m.Written(), func(f string) bool { return f == list || strings.HasPrefix(f, list+".") })
	}
	if total && a.Charges == amounts.Allowances && !uses("charges") && !uses("discounts") {
		l.fault(v, "charges", "profile.amounts", "write charges and discounts in the mapping, or let them leave as lines: amounts: {charges: lines, articles: {shipping: FRACHT}}",
			"mapping %s writes a total but neither charges nor discounts", m.Name())
	}
}
