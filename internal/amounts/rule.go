// Package amounts makes the amounts of an order add up by one stated rule, before anything leaves:
//
//	goods + charges - discounts = net
//	net + VAT + rounding        = total
//	total - prepaid             = payable
//
// The rule says whose total wins, how VAT is reckoned, how much may differ, and where the difference goes. A difference
// that the rule does not allow is a finding that shows the arithmetic. A gift card is a payment: it never lowers VAT.
package amounts

import (
	"github.com/batchgate/batchgate/internal/document"
)

// Whose total wins.
const (
	ShopTotal  = "shop"  // what the buyer was told and paid
	PartsTotal = "parts" // the sum of the parts, as the ERP will reckon it
)

// How VAT is reckoned.
const (
	ShopVAT  = "shop"  // as the shop states it
	RatesVAT = "rates" // anew, of the net amount of each rate
)

// Where a difference between parts and total goes.
const (
	ToRounding = "rounding" // into totals.rounding
	ToTax      = "tax"      // into the VAT of the rate with the largest amount
	Hold       = "hold"     // nowhere: the order is held
)

// How charges and discounts leave.
const (
	Allowances = "allowances" // as charges and discounts
	Lines      = "lines"      // as lines of articles
)

// Rule says how the amounts of an order are made to add up.
type Rule struct {
	Total      string
	VAT        string
	Difference string
	Tolerance  document.Decimal
	Charges    string
	Articles   map[string]string // article number by the type of a charge or discount, for Lines
}

// Types are the types of charges and discounts, which Articles may name.
func Types() []string {
	return []string{"shipping", "discount", "payment", "packing", "other", Rounding}
}

// Rounding is the type of a line that carries a rounding difference.
const Rounding = "rounding"

// Default is the rule of a profile that says nothing.
func Default() Rule {
	return Rule{Total: ShopTotal, VAT: ShopVAT, Difference: ToRounding, Tolerance: document.NewDecimal(2, 2), Charges: Allowances}
}

// Stated is what a shop states of an order as a whole.
type Stated struct {
	Total  document.Decimal  // with VAT, before gift cards are taken off
	Net    *document.Decimal // nil where it does not say
	Cash   document.Decimal  // part of Total that is the shop's own rounding, to 0.05 for one
	Taxes  []Rate            // VAT by rate; empty where it does not say
	Places int               // digits after the point of its amounts
}

// Rate is what falls under one VAT rate.
type Rate struct{ Rate, Net, Tax document.Decimal }
