package document

import (
	"slices"
	"strings"
	"unsafe"
)

// Document is one business document.
type Document struct {
	Kind Kind
	Group
	arena []byte
}

// Group is the values of one level: of a document or of one item of a list.
type Group struct {
	shape   *Shape
	values  []Value
	lists   [][]*Group // by slot; nil until a list is used
	origins []origin   // by slot; nil unless traced
}

// New makes an empty document. It panics on a kind that is not in the table.
func New(k Kind) *Document {
	s := ShapeOf(k)
	if s == nil {
		panic("document: unknown kind " + string(k))
	}
	return &Document{Kind: k, Group: Group{shape: s, values: make([]Value, len(s.Fields))}}
}

// NewGroup makes an empty group of a shape, for an item that is put into a list later.
func NewGroup(s *Shape) *Group { return &Group{shape: s, values: make([]Value, len(s.Fields))} }

// Reset empties a document for the next use. Values set with SetBytes before are invalid afterwards.
func (d *Document) Reset() {
	clear(d.values)
	clear(d.lists)
	clear(d.origins)
	d.arena = d.arena[:0]
}

// Rewind forgets the texts and origins of a document, all of whose values are about to be set again: a Reset without
// emptying. Values set with TextOf before are invalid afterwards.
func (d *Document) Rewind() {
	d.arena = d.arena[:0]
	clear(d.origins)
}

// TextOf makes a text value whose bytes live in the document until Reset: no allocation per value.
func (d *Document) TextOf(b []byte) Value {
	if len(b) == 0 {
		return TextValue("")
	}
	at := len(d.arena)
	d.arena = append(d.arena, b...)
	return TextValue(shared(d.arena[at:]))
}

// PutText sets a slot of the document itself to a text over bytes that stay as they are as long as the value is used: those
// of a record, until it is emitted. Clone copies them.
func (d *Document) PutText(slot int, b []byte) { d.PutString(slot, shared(b)) }

// PutString sets a slot to a text. It and PutNumber are Put for loops over millions of rows: a Value that is made first and
// copied then costs several times as much.
func (g *Group) PutString(slot int, s string) {
	v := &g.values[slot]
	v.kind, v.flag, v.num, v.text = textual, false, Decimal{}, s
}

// PutNumber sets a slot to a number.
func (g *Group) PutNumber(slot int, n Decimal) {
	v := &g.values[slot]
	v.kind, v.flag, v.num, v.text = number, false, n, ""
}

// shared makes a text over bytes that the caller leaves alone as long as the text is used.
func shared(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Clone copies a document so that it outlives the next Reset of the original.
func (d *Document) Clone() *Document { return &Document{Kind: d.Kind, Group: *d.Group.Clone()} }

// Key is the business key: the key fields, joined with the unit separator where there are several; missing parts at the end are left out.
func (d *Document) Key() string {
	var parts []string
	for _, name := range KeyFields(d.Kind) {
		parts = append(parts, d.values[d.shape.mustSlot(name)].Text())
	}
	for len(parts) > 1 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return strings.Clone(strings.Join(parts, KeySeparator)) // of a single part Join gives the text itself, which Reset ends
}

// Number is the first field of the business key: the number of an order or invoice, the article number of a price.
func (d *Document) Number() string {
	return strings.Clone(d.values[d.shape.mustSlot(KeyFields(d.Kind)[0])].Text())
}

// Label is the business key as people read it: its parts with a blank between them.
func (d *Document) Label() string { return strings.ReplaceAll(d.Key(), KeySeparator, " ") }

// KeySeparator stands between the parts of a business key.
const KeySeparator = "\x1f"

// Shape gives the schema of the group.
func (g *Group) Shape() *Shape { return g.shape }

// At gives the value in a slot.
func (g *Group) At(slot int) Value { return g.values[slot] }

// Put sets the value in a slot.
func (g *Group) Put(slot int, v Value) { g.values[slot] = v }

// Get gives a value by the name of its field on this level; missing when there is no such field.
func (g *Group) Get(name string) Value {
	if i, ok := g.shape.slots[name]; ok {
		return g.values[i]
	}
	return Value{}
}

// Set sets a value by the name of its field. It panics on a name that the table does not have: names in code are constants.
func (g *Group) Set(name string, v Value) { g.values[g.shape.mustSlot(name)] = v }

// List gives the items of a list by the name of its field.
func (g *Group) List(name string) []*Group {
	slot, ok := g.shape.slots[name]
	if !ok || g.lists == nil {
		return nil
	}
	return g.lists[slot]
}

// Add appends an empty item to the list of that name and gives it. It panics on a name that is not a list.
func (g *Group) Add(name string) *Group {
	item := NewGroup(g.itemShape(name))
	g.AddItem(name, item)
	return item
}

// AddItem appends an item to the list of that name.
func (g *Group) AddItem(name string, item *Group) {
	slot := g.shape.mustSlot(name)
	if g.lists == nil {
		g.lists = make([][]*Group, len(g.values))
	}
	g.lists[slot] = append(g.lists[slot], item)
}

// KeepItems leaves those items in the list of that name for which keep says so.
func (g *Group) KeepItems(name string, keep func(item *Group) bool) {
	if slot, ok := g.shape.slots[name]; ok && g.lists != nil {
		g.lists[slot] = slices.DeleteFunc(g.lists[slot], func(item *Group) bool { return !keep(item) })
	}
}

func (g *Group) itemShape(name string) *Shape {
	f := g.shape.Fields[g.shape.mustSlot(name)]
	if f.Type != List {
		panic("document: " + g.shape.Name + "." + name + " is not a list")
	}
	return f.Items
}

// Clear empties the list of that name.
func (g *Group) Clear(name string) {
	if slot := g.shape.mustSlot(name); g.lists != nil {
		g.lists[slot] = nil
	}
}

// Clone copies a group with all its items and texts.
func (g *Group) Clone() *Group {
	c := &Group{shape: g.shape, values: slices.Clone(g.values), origins: cloneOrigins(g.origins)}
	for i := range c.values {
		c.values[i].text = strings.Clone(c.values[i].text)
	}
	if g.lists != nil {
		c.lists = make([][]*Group, len(g.lists))
		for slot, items := range g.lists {
			for _, item := range items {
				c.lists[slot] = append(c.lists[slot], item.Clone())
			}
		}
	}
	return c
}

// Visit calls fn for every value that is not missing, with its full path ("lines[2].sku", list items counted from 1), in the table's order.
func (d *Document) Visit(fn func(path string, g *Group, slot int)) { d.visit("", fn) }

func (g *Group) visit(prefix string, fn func(string, *Group, int)) {
	for slot, f := range g.shape.Fields {
		if f.Type == List {
			for i, item := range g.List(f.Name) {
				item.visit(prefix+f.Name+"["+itoa(i+1)+"].", fn)
			}
			continue
		}
		if !g.values[slot].IsMissing() {
			fn(prefix+f.Name, g, slot)
		}
	}
}
