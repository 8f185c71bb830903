package mapping

import (
	"fmt"

	"github.com/expr-lang/expr/ast"

	"github.com/batchgate/batchgate/internal/document"
)

// listCall compiles a function over lists; nil when the name is none.
func (c *exprCompiler) listCall(n ast.Node, name string, args []ast.Node) (*expression, error) {
	switch name {
	case "sum", "any", "all", "none", "filter", "find":
		if len(args) != 2 {
			return nil, c.fault(n, "it is written "+functions[name], "%s has %d arguments, not 2", name, len(args))
		}
		return c.walk(n, name, args)
	case "count":
		if len(args) == 2 {
			return c.walk(n, name, args)
		}
		return c.oneList(n, name, args)
	case "first", "last", "by_rate":
		return c.oneList(n, name, args)
	case "concat":
		return c.concat(n, args)
	case "as_lines":
		return c.asLines(n, args)
	}
	return nil, nil
}

// listOf compiles a part that must be a list.
func (c *exprCompiler) listOf(n ast.Node) (*expression, error) {
	e, err := c.compile(n)
	if err != nil {
		return nil, err
	}
	if e.kind != exprList {
		return nil, c.fault(n, "", "this must be a list, and is %s", e)
	}
	return e, nil
}

// walk compiles a function with a list and an expression over each of its items.
func (c *exprCompiler) walk(n ast.Node, name string, args []ast.Node) (*expression, error) {
	list, err := c.listOf(args[0])
	if err != nil {
		return nil, err
	}
	each, err := c.predicate(args[1], list.shape)
	if err != nil {
		return nil, err
	}
	want := document.Flag
	if name == "sum" {
		want = document.Number
	}
	if each.kind != exprValue || each.typ != want {
		return nil, c.fault(args[1], "it is written "+functions[name], "this must be a %s, and is %s", want, each)
	}
	level := c.depth + len(c.pointers)
	run := func(f *frame, visit func(item, document.Value) (bool, error)) error {
		items, err := list.list(f)
		if err != nil {
			return err
		}
		inner := frame{items: append(f.items[:level:level], item{}), value: f.value}
		for _, it := range items {
			inner.items[level] = it
			v, err := each.value(&inner)
			if err != nil {
				return err
			}
			if more, err := visit(it, v); err != nil || !more {
				return err
			}
		}
		return nil
	}
	switch name {
	case "sum":
		return &expression{typ: document.Number, value: func(f *frame) (document.Value, error) { return sumOf(f, run) }}, nil
	case "filter":
		return &expression{kind: exprList, typ: document.List, shape: list.shape, list: func(f *frame) (kept []item, err error) {
			err = run(f, func(it item, v document.Value) (bool, error) {
				if yes, _ := v.Flag(); yes {
					kept = append(kept, it)
				}
				return true, nil
			})
			return kept, err
		}}, nil
	case "find":
		return &expression{kind: exprItem, shape: list.shape, item: func(f *frame) (found item, err error) {
			err = run(f, func(it item, v document.Value) (bool, error) {
				yes, _ := v.Flag()
				if yes {
					found = it
				}
				return !yes, nil
			})
			return found, err
		}}, nil
	}
	return tally(name, run), nil
}

type walker = func(*frame, func(item, document.Value) (bool, error)) error

// sumOf adds the numbers of a list. An item without the number makes the sum unknown, that is missing.
func sumOf(f *frame, run walker) (document.Value, error) {
	total, known := document.Int(0), true
	err := run(f, func(_ item, v document.Value) (bool, error) {
		d, ok := v.Number()
		if !ok {
			known = false
			return false, nil
		}
		var err error
		total, err = bounded(total.Add(d))
		return true, err
	})
	if err != nil || !known {
		return document.Value{}, err
	}
	return document.NumberValue(total), nil
}

// tally compiles any, all, none and count.
func tally(name string, run walker) *expression {
	counts := func(f *frame) (yes, all int64, err error) {
		err = run(f, func(_ item, v document.Value) (bool, error) {
			all++
			if hit, _ := v.Flag(); hit {
				yes++
			}
			return true, nil
		})
		return yes, all, err
	}
	if name == "count" {
		return &expression{typ: document.Number, value: func(f *frame) (document.Value, error) {
			yes, _, err := counts(f)
			return document.NumberValue(document.Int(yes)), err
		}}
	}
	return condition(func(f *frame) (bool, error) {
		yes, all, err := counts(f)
		switch name {
		case "any":
			return yes > 0, err
		case "all":
			return yes == all, err
		}
		return yes == 0, err
	})
}

// predicate compiles the expression that a function over a list applies to each item.
func (c *exprCompiler) predicate(n ast.Node, shape *document.Shape) (*expression, error) {
	if p, ok := n.(*ast.PredicateNode); ok {
		n = p.Node
	}
	c.pointers = append(c.pointers, shape)
	e, err := c.compile(n)
	c.pointers = c.pointers[:len(c.pointers)-1]
	return e, err
}

// oneList compiles the functions with one list alone.
func (c *exprCompiler) oneList(n ast.Node, name string, args []ast.Node) (*expression, error) {
	if len(args) != 1 {
		return nil, c.fault(n, "it is written "+functions[name], "%s has %d arguments, not 1", name, len(args))
	}
	of, err := c.listOf(args[0])
	if err != nil {
		return nil, err
	}
	switch name {
	case "count":
		return &expression{typ: document.Number, value: func(f *frame) (document.Value, error) {
			items, err := of.list(f)
			return document.NumberValue(document.Int(int64(len(items)))), err
		}}, nil
	case "by_rate":
		if !isAdjustment(of.shape) {
			return nil, c.fault(n, "it takes charges, discounts or both: by_rate(concat(charges, discounts))", "%s has no parts by VAT rate", of.shape.Name)
		}
		return &expression{kind: exprList, typ: document.List, shape: of.shape, list: func(f *frame) ([]item, error) {
			items, err := of.list(f)
			return byRate(items), err
		}}, nil
	}
	return &expression{kind: exprItem, shape: of.shape, item: func(f *frame) (item, error) {
		items, err := of.list(f)
		switch {
		case err != nil || len(items) == 0:
			return item{}, err
		case name == "first":
			return items[0], nil
		}
		return items[len(items)-1], nil
	}}, nil
}

// concat puts lists of the same fields behind one another.
func (c *exprCompiler) concat(n ast.Node, args []ast.Node) (*expression, error) {
	if len(args) == 0 {
		return nil, c.fault(n, "it is written "+functions["concat"], "concat has no lists")
	}
	var lists []*expression
	for _, a := range args {
		e, err := c.listOf(a)
		if err != nil {
			return nil, err
		}
		if len(lists) > 0 && !sameFields(lists[0].shape, e.shape) {
			return nil, c.fault(a, "as_lines(list, 'SKU') makes lines of charges and discounts", "%s and %s have different fields", lists[0].shape.Name, e.shape.Name)
		}
		lists = append(lists, e)
	}
	return &expression{kind: exprList, typ: document.List, shape: lists[0].shape, list: func(f *frame) ([]item, error) {
		var all []item
		for _, l := range lists {
			items, err := l.list(f)
			if err != nil {
				return nil, err
			}
			if isAdjustment(l.shape) {
				items = withSign(items)
			}
			all = append(all, items...)
		}
		return all, nil
	}}, nil
}

// sameFields tells whether two shapes have the same fields in the same slots.
func sameFields(a, b *document.Shape) bool {
	if a == b {
		return true
	}
	if len(a.Fields) != len(b.Fields) {
		return false
	}
	for i := range a.Fields {
		if a.Fields[i].Name != b.Fields[i].Name || a.Fields[i].Type != b.Fields[i].Type {
			return false
		}
	}
	return true
}

// isAdjustment tells whether a shape is that of charges or discounts.
func isAdjustment(s *document.Shape) bool {
	_, sign := s.Slot("sign")
	_, rates := s.Slot("rates")
	return sign && rates
}

// The signs of adjustments (5463).
const (
	allowance = "A"
	charge    = "C"
)

// withSign says of charges and discounts which they are, where they do not say it themselves.
func withSign(items []item) []item {
	out := make([]item, len(items))
	for i, it := range items {
		out[i] = it
		if !it.group.Get("sign").IsBlank() {
			continue
		}
		sign := charge
		if it.group.Shape().Name == "order.discounts" {
			sign = allowance
		}
		copied := it.group.Clone()
		copied.Set("sign", document.TextValue(sign))
		out[i].group = copied
	}
	return out
}

// byRate makes one item of each VAT rate of a charge or discount. Type, label and sign stay visible in each.
func byRate(items []item) []item {
	var out []item
	for _, it := range withSign(items) {
		rates := it.group.List("rates")
		if len(rates) == 0 {
			out = append(out, it)
			continue
		}
		for i, r := range rates {
			g := document.NewGroup(it.group.Shape())
			part := item{group: g, path: it.path, origins: map[int]string{}}
			for _, name := range []string{"type", "label", "sign"} {
				g.Set(name, it.group.Get(name))
			}
			for _, name := range []string{"net", "tax", "rate"} {
				g.Set(name, r.Get(name))
				slot, _ := g.Shape().Slot(name)
				part.origins[slot] = fmt.Sprintf("%s.rates[%d].%s", it.path, i+1, name)
			}
			if gross, ok := addValues(r.Get("net"), r.Get("tax")); ok {
				g.Set("gross", gross)
			}
			out = append(out, part)
		}
	}
	return out
}

func addValues(a, b document.Value) (document.Value, bool) {
	x, okX := a.Number()
	y, okY := b.Number()
	return document.NumberValue(x.Add(y)), okX && okY
}

// asLines makes order lines of charges or discounts: one for each VAT rate, of quantity 1, under a given article number.
func (c *exprCompiler) asLines(n ast.Node, args []ast.Node) (*expression, error) {
	if len(args) != 2 {
		return nil, c.fault(n, "it is written "+functions["as_lines"], "as_lines has %d arguments, not 2", len(args))
	}
	of, err := c.listOf(args[0])
	if err != nil {
		return nil, err
	}
	sku, ok := args[1].(*ast.StringNode)
	if !ok || sku.Value == "" {
		return nil, c.fault(args[1], "it is written "+functions["as_lines"], "the article number must be a text in quotes")
	}
	lines := lineShape()
	if !isAdjustment(of.shape) {
		return nil, c.fault(args[0], "", "%s are no charges or discounts", of.shape.Name)
	}
	return &expression{kind: exprList, typ: document.List, shape: lines, list: func(f *frame) ([]item, error) {
		items, err := of.list(f)
		if err != nil {
			return nil, err
		}
		var out []item
		for _, it := range byRate(items) {
			out = append(out, lineOf(it, lines, sku.Value))
		}
		return out, nil
	}}, nil
}

// lineShape gives the fields of order lines.
func lineShape() *document.Shape {
	order := document.ShapeOf(document.Order)
	slot, _ := order.Slot("lines")
	return order.Fields[slot].Items
}

// lineOf makes a line of one charge or discount.
func lineOf(it item, lines *document.Shape, sku string) item {
	g := document.NewGroup(lines)
	out := item{group: g, path: it.path, origins: map[int]string{}}
	put := func(to, from string) {
		g.Set(to, it.group.Get(from))
		slot, _ := lines.Slot(to)
		fromSlot, _ := it.group.Shape().Slot(from)
		out.origins[slot] = it.fieldPath(fromSlot)
	}
	put("name", "label")
	for _, name := range []string{"net", "tax", "gross", "rate"} {
		put(name, name)
	}
	put("price", "net")
	g.Set("sku", document.TextValue(sku))
	g.Set("quantity", document.NumberValue(document.Int(1)))
	g.Set("unit", document.TextValue("PCE"))
	for _, name := range []string{"sku", "quantity", "unit"} {
		slot, _ := lines.Slot(name)
		out.origins[slot] = it.path
	}
	return out
}
