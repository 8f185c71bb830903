package mapping

import (
	"github.com/expr-lang/expr/ast"

	"github.com/batchgate/batchgate/internal/document"
)

// route says where the items of a list that is made of others go when they are read: the inverse of `of:`. Charges and
// discounts are told apart by their sign, lines made of them by their article number.
type route []routeTarget

type routeTarget struct {
	list string
	sku  string // only lines of this article number, as as_lines made them
}

// routeOf gives the inverse of an expression of `of:`; nil where it has none, so that the list is only written.
func routeOf(src string, s *document.Shape) route {
	tree, err := parseExpression(src)
	if err != nil {
		return nil
	}
	r, ok := appendTargets(nil, tree, s, "")
	if !ok {
		return nil
	}
	return r
}

func appendTargets(r route, n ast.Node, s *document.Shape, sku string) (route, bool) {
	name, args := "", []ast.Node(nil)
	switch n := n.(type) {
	case *ast.IdentifierNode:
		slot, ok := s.Slot(n.Value)
		return append(r, routeTarget{list: n.Value, sku: sku}), ok && s.Fields[slot].Type == document.List
	case *ast.BuiltinNode:
		name, args = n.Name, n.Arguments
	case *ast.CallNode:
		if id, ok := n.Callee.(*ast.IdentifierNode); ok {
			name, args = id.Value, n.Arguments
		}
	}
	switch {
	case name == "by_rate" && len(args) == 1, name == "filter" && len(args) == 2:
		return appendTargets(r, args[0], s, sku)
	case name == "as_lines" && len(args) == 2:
		text, ok := args[1].(*ast.StringNode)
		if !ok {
			return r, false
		}
		return appendTargets(r, args[0], s, text.Value)
	case name == "concat":
		ok := true
		for _, a := range args {
			if r, ok = appendTargets(r, a, s, sku); !ok {
				return r, false
			}
		}
		return r, len(args) > 0
	}
	return r, false
}

// put adds an item that was read to the list it belongs to.
func (r route) put(parent, it *document.Group) {
	sku := it.Get("sku").Text()
	var plain, byArticle route
	for _, t := range r {
		switch {
		case t.sku == "":
			plain = append(plain, t)
		case t.sku == sku:
			byArticle = append(byArticle, t)
		}
	}
	if len(byArticle) > 0 {
		byArticle.bySign(parent, adjustmentOf(parent, byArticle[0].list, it))
		return
	}
	plain.bySign(parent, it)
}

// bySign adds an item to the list that its sign tells, or to the first. A discount's amounts are negative in documents.
func (r route) bySign(parent, it *document.Group) {
	if len(r) == 0 {
		return
	}
	list := r[0].list
	if isAdjustment(it.Shape()) {
		allowed := isAllowance(it)
		for _, t := range r {
			if t.list == "discounts" && allowed || t.list == "charges" && !allowed {
				list = t.list
				break
			}
		}
		if allowed {
			makeNegative(it)
		}
	}
	copyItem(parent.Add(list), it)
}

func isAllowance(it *document.Group) bool {
	if sign := it.Get("sign"); !sign.IsBlank() {
		return sign.Text() == allowance
	}
	net, ok := it.Get("net").Number()
	return ok && net.Sign() < 0
}

func makeNegative(it *document.Group) {
	for _, name := range []string{"net", "tax", "gross"} {
		if d, ok := it.Get(name).Number(); ok && d.Sign() > 0 {
			it.Set(name, document.NumberValue(d.Neg()))
		}
	}
}

// copyItem moves all values of an item to another with the same fields, with where they came from.
func copyItem(to, from *document.Group) {
	for slot, f := range from.Shape().Fields {
		if f.Type == document.List {
			for _, g := range from.List(f.Name) {
				to.AddItem(f.Name, g)
			}
			continue
		}
		to.Put(slot, from.At(slot))
		if o, ok := from.Origin(slot); ok {
			to.Trace(slot, o)
		}
	}
}

// adjustmentOf turns a line back into the charge or discount that it stands for.
func adjustmentOf(parent *document.Group, list string, line *document.Group) *document.Group {
	slot, _ := parent.Shape().Slot(list)
	out := document.NewGroup(parent.Shape().Fields[slot].Items)
	put := func(to, from string) {
		slot, ok := out.Shape().Slot(to)
		fromSlot, known := line.Shape().Slot(from)
		if !ok || !known {
			return
		}
		out.Put(slot, line.At(fromSlot))
		if o, ok := line.Origin(fromSlot); ok {
			out.Trace(slot, o)
		}
	}
	put("label", "name")
	for _, name := range []string{"net", "tax", "gross", "rate"} {
		put(name, name)
	}
	return out
}
