// Package document is batchgate's own model of business documents: orders, stock, shipments, invoices,
// prices, products.
//
// The model is one table (table.go): kind, field, type, unit, meaning. Everything that must know fields reads that
// table: mappings, comparison with the baseline, lineage, previews, connectors. A [Document] is a flat run of slots in
// the table's order; lists are runs of their own. A slot is a [Value], for which missing, empty and zero are three
// different things.
package document

import (
	"fmt"
	"slices"
)

// Kind is a kind of business document.
type Kind string

// The kinds of documents.
const (
	Order    Kind = "order"
	Stock    Kind = "stock"
	Shipment Kind = "shipment"
	Customer Kind = "customer"
	Invoice  Kind = "invoice" // credit notes too: their type says what they are
	Price    Kind = "price"   // of one article
	Product  Kind = "product" // an article of a catalogue
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{Order, Stock, Shipment, Customer, Invoice, Price, Product} }

// Type is the type of a field's values.
type Type uint8

// The types of fields.
const (
	Text   Type = iota // any text, UTF-8
	Number             // an exact decimal
	Time               // a date or a point in time, with its precision and zone
	Flag               // true or false
	List               // a list of groups of fields
)

// String gives the type's name as users read it.
func (t Type) String() string {
	return [...]string{"text", "number", "time", "flag", "list"}[t]
}

// Field is one row of the schema table.
type Field struct {
	Name    string // dotted within its level, "bill_to.name"
	Type    Type
	Unit    string // "currency of the order", "percent", "unit of the line"
	Meaning string
	Items   *Shape // the fields of a list's items; nil for other types
	// Volatile marks what changes without the document being another one: when it was counted, how far it is paid. It
	// does not count in fingerprints.
	Volatile bool
}

// Shape is one level of the schema: the fields of a document or of a list's items. A field's index is its slot.
type Shape struct {
	Name   string // "order", "order.lines"
	Fields []Field
	slots  map[string]int
}

// Slot finds a field by its name on this level.
func (s *Shape) Slot(name string) (int, bool) {
	i, ok := s.slots[name]
	return i, ok
}

// Names lists the names of the level's fields, in the table's order.
func (s *Shape) Names() []string {
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		names[i] = f.Name
	}
	return names
}

// mustSlot is for names that the package itself states.
func (s *Shape) mustSlot(name string) int {
	i, ok := s.slots[name]
	if !ok {
		panic(fmt.Sprintf("document: %s has no field %q", s.Name, name))
	}
	return i
}

func newShape(name string, fields ...Field) *Shape {
	s := &Shape{Name: name, Fields: fields, slots: make(map[string]int, len(fields))}
	for i, f := range fields {
		s.slots[f.Name] = i
	}
	return s
}

// ShapeOf gives the schema of a kind, nil for an unknown kind.
func ShapeOf(k Kind) *Shape {
	switch k {
	case Order:
		return orderShape
	case Stock:
		return stockShape
	case Shipment:
		return shipmentShape
	case Customer:
		return customerShape
	case Invoice:
		return invoiceShape
	case Price:
		return priceShape
	case Product:
		return productShape
	}
	return nil
}

// IsList tells whether documents of a kind are lines of a list that goes together: stock, prices and products, not an
// order or invoice.
func (k Kind) IsList() bool { return k == Stock || k == Price || k == Product }

// HasFunction tells whether documents of a kind say what their message is for: an original, a cancellation.
func (k Kind) HasFunction() bool {
	s := ShapeOf(k)
	if s == nil {
		return false
	}
	_, ok := s.slots["function"]
	return ok
}

// KeyFields names the fields that together are a kind's business key.
func KeyFields(k Kind) []string {
	switch k {
	case Stock:
		return []string{"sku", "location"}
	case Order, Shipment:
		return []string{"number"}
	case Invoice:
		return []string{"number", "supplier.number"}
	case Price:
		return []string{"sku", "list", "group", "customer", "currency", "unit", "type", "valid_from"}
	case Product:
		return []string{"sku", "catalog"}
	case Customer:
		return []string{"shop_number", "email"}
	}
	return nil
}

// Valid tells whether a kind is in the table.
func (k Kind) Valid() bool { return slices.Contains(Kinds(), k) }
