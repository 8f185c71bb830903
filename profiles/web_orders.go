package profiles

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/option"
)

// WebOrders tells the shop's orders from those that were taken on the telephone or before the shop was connected.
type WebOrders struct {
	Numbers []string  // patterns, and ranges as 10000-69999; empty: any number
	Since   time.Time // orders that were placed earlier are none of ours; zero: no limit
}

// Has tells whether an order number may be the shop's.
func (w *WebOrders) Has(number string) bool {
	return w == nil || len(w.Numbers) == 0 || slices.ContainsFunc(w.Numbers, func(rule string) bool {
		if from, to, ok := numberRange(rule); ok {
			return isDigits(number) && compareDigits(number, from) >= 0 && compareDigits(number, to) <= 0
		}
		ok, err := path.Match(rule, number)
		return ok && err == nil
	})
}

// numberRange reads "10000-69999".
func numberRange(rule string) (from, to string, ok bool) {
	from, to, ok = strings.Cut(rule, "-")
	return from, to, ok && isDigits(from) && isDigits(to)
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// compareDigits compares whole numbers of any length; leading zeros do not count.
func compareDigits(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func checkOrderNumbers(rule string) error {
	if from, to, ok := numberRange(rule); ok {
		if compareDigits(from, to) > 0 {
			return fmt.Errorf("is a range whose end comes before its beginning")
		}
		return nil
	}
	if _, err := path.Match(rule, ""); err != nil || strings.TrimSpace(rule) == "" {
		return fmt.Errorf("is neither a pattern, as SW*, nor a range, as 10000-69999")
	}
	return nil
}

func webOrdersTable() *option.Table {
	return &option.Table{Name: "web_orders", Help: "tells the shop's orders from others that the ERP ships: those are counted and left alone", Short: "numbers", Options: []option.Option{
		{Name: "numbers", Type: option.Texts, Example: `["10000-69999", "SW*"]`, Help: "numbers of the shop's orders, as ranges and patterns; without it any number may be the shop's", Check: checkOrderNumbers},
		{Name: "since", Type: option.Time, Example: "2026-12-01", Help: "orders of the shop that were placed earlier are left alone, too"},
	}}
}

func (l *flowLoader) webOrders() {
	if !l.v.Has("web_orders") {
		return
	}
	if k := l.f.From.Kind; k.Valid() && k != document.Shipment {
		l.misplaced(l.own, "for documents of kind "+string(k), "web_orders")
		return
	}
	v := l.v.Block("web_orders")
	l.f.WebOrders = &WebOrders{Numbers: v.Texts("numbers"), Since: v.Time("since", l.f.Zone)}
}
