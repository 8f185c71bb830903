package profiles

import (
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/internal/option"
)

func customersTable() *option.Table {
	before := &option.Table{Name: "before_order", Help: "a file about each new or changed customer before its order", Options: []option.Option{
		{Name: "mapping", Type: option.Text, Required: true, Example: "customers-csv", Help: "mapping that writes customers"},
		{Name: "folder", Type: option.Folder, Help: "folder below the connection's root; without it that of to", Check: checkFolder},
		{Name: "name", Type: option.Text, Required: true, Example: `"KUND{series:5}.CSV"`, Help: "name of the files", Check: checkTemplate},
	}}
	return &option.Table{Name: "customers", Help: "which number the buyer of an order has, and when the ERP is told about a customer", Options: []option.Option{
		{Name: "guests", Type: option.Text, Example: `"99999"`, Help: "number of the collective account of buyers without an account", Check: notEmpty},
		{Name: "number", Type: option.Choice, Default: "shop", Allowed: []string{"shop", "series", "from_erp"}, Help: "shop is the shop's own number, series one that is given here and kept, from_erp the one that stands in field; an order waits for it"},
		{Name: "series", Type: option.Block, Block: seriesTable(), Help: "numbers that are given here"},
		{Name: "field", Type: option.Text, Default: "erp_customer_number", Help: "custom field of the shop's customers that holds the ERP's number", Check: checkField},
		{Name: "write_back", Type: option.Flag, Default: "false", Help: "write the numbers of series into field"},
		{Name: "before_order", Type: option.Block, Block: before, OnDemand: true, Help: "a file about each new or changed customer before its order"},
	}}
}

func (l *flowLoader) customers() {
	v := l.v.Block("customers")
	c := &l.f.Customers
	l.f.UnknownCustomer = l.v.Text("unknown_customer")
	c.Guests, c.Number, c.Field, c.WriteBack = v.Text("guests"), v.Text("number"), v.Text("field"), v.Flag("write_back")
	s := v.Block("series")
	c.Series = Series{Name: orText(s.Text("name"), l.f.ID()+" customers"), First: int64(s.Int("first")), Last: int64(s.Int("last"))}
	if s.Has("last") && c.Series.Last <= c.Series.First {
		l.fault(s, "last", "option.value", "write the largest number of the range, such as 79999", "last %d is not above first %d", c.Series.Last, c.Series.First)
	}
	if c.Number != "series" {
		for _, name := range []string{"series", "write_back"} {
			if v.Given(name) {
				l.fault(v, name, "profile.misplaced", "write number: series, or leave it out", "%s means nothing where number is %s", name, c.Number)
			}
		}
	}
	b := v.Block("before_order")
	c.Folder = l.f.To.Folder
	if b.Has("folder") {
		c.Folder = cleanFolder(b.Text("folder"))
	}
	c.Name, _ = ParseName(b.Text("name"))
	if c.Name.Uses("source") {
		l.fault(b, "name", "profile.name", "use {number}, {control} or {series}", "{source} is the name of a file, and the source is a platform")
	}
}

// customerMapping compiles the mapping that writes customers.
func (l *flowLoader) customerMapping(codes map[string]*mapping.CodeList) {
	b := l.v.Block("customers").Block("before_order")
	m := l.compile(b, mappingUse{"mapping", b.Text("mapping")}, codes)
	if m != nil && m.Kind() != document.Customer {
		l.fault(b, "mapping", "profile.kind", "choose a mapping of customers", "mapping %s writes %s", m.Name(), m.Kind())
		return
	}
	l.f.Customers.Mapping = m
}
