package mapping

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// Expressions are written in the grammar of expr-lang and evaluated here, over document values: numbers are exact
// decimals, names are fields of the schema table, and nothing reaches a clock, a random source or the outside.
//
// A missing value stays missing: a sum, product or comparison with one has no result, and a condition with no result
// does not hold. Texts are joined as if a missing one were empty.

// maxExpression is the longest text of an expression in bytes.
const maxExpression = 4096

// exprKind says what an expression gives.
type exprKind uint8

const (
	exprValue exprKind = iota // a value of a type
	exprList                  // a list of items
	exprItem                  // one item, or none
	exprNil                   // the word nil
)

// expression is a compiled expression or a part of one. Only the function that fits its kind is set.
type expression struct {
	kind     exprKind
	typ      document.Type   // of a value
	shape    *document.Shape // of items
	value    func(*frame) (document.Value, error)
	list     func(*frame) ([]item, error)
	item     func(*frame) (item, error)
	constant bool     // the value does not depend on the document
	fields   []string // fields of the document that it reads, as "totals.net", without those of items
	place    finding.Place
	source   string
}

// frame is what an expression is evaluated over: the document, the items around the place, and items of the lists that
// the expression walks through, outermost first.
type frame struct {
	items []item
	value document.Value // what was read, in `read:`
}

// item is one item of a list, or the document.
type item struct {
	group *document.Group
	path  string // "lines[2]", "" for the document
	// origins are the paths of fields that come from elsewhere, by slot; nil where all are path + "." + name.
	origins map[int]string
}

// fieldPath gives the path of a field in the document.
func (it item) fieldPath(slot int) string {
	if p, ok := it.origins[slot]; ok {
		return p
	}
	name := it.group.Shape().Fields[slot].Name
	if it.path == "" {
		return name
	}
	return it.path + "." + name
}

// String describes what an expression gives, for messages.
func (e *expression) String() string {
	switch e.kind {
	case exprList:
		return "a list"
	case exprItem:
		return "an item of a list"
	case exprNil:
		return "nil"
	}
	return "a " + e.typ.String()
}

// exprError is a fault at a place of an expression.
type exprError struct {
	at      int // rune offset
	message string
	hint    string
}

func (e *exprError) Error() string { return e.message }

// exprScope is what names mean in an expression: the shapes of the document and of the items around it.
type exprScope struct {
	shapes []*document.Shape
	value  *document.Type // type of the word `value`, nil where there is none
}

// compileExpression reads an expression. Its error is an *exprError.
func compileExpression(src string, sc exprScope) (*expression, error) {
	if len(src) > maxExpression {
		return nil, &exprError{message: fmt.Sprintf("the expression is longer than %d bytes", maxExpression)}
	}
	if !utf8.ValidString(src) {
		return nil, &exprError{message: "the expression is not UTF-8"}
	}
	tree, err := parseExpression(src)
	if err != nil {
		return nil, err
	}
	c := exprCompiler{source: []rune(src), scope: sc, depth: len(sc.shapes)}
	e, err := c.compile(tree)
	if err != nil {
		return nil, err
	}
	e.fields, e.source = c.fields, src
	return e, nil
}

// parseExpression gives the syntax tree.
func parseExpression(src string) (node ast.Node, err error) {
	tree, err := parser.Parse(src)
	if err != nil {
		e := &exprError{message: strings.TrimSpace(err.Error())}
		var at *file.Error
		if errors.As(err, &at) {
			e.at, e.message = at.From, at.Message
		}
		return nil, e
	}
	return tree.Node, nil
}

// exprCompiler turns a syntax tree into functions.
type exprCompiler struct {
	source   []rune
	scope    exprScope
	depth    int // frames around the expression
	pointers []*document.Shape
	fields   []string
}

func (c *exprCompiler) fault(n ast.Node, hint, format string, args ...any) error {
	return &exprError{at: n.Location().From, message: fmt.Sprintf(format, args...), hint: hint}
}

// constantOf makes an expression that always gives one value.
func constantOf(t document.Type, v document.Value) *expression {
	return &expression{typ: t, constant: true, value: func(*frame) (document.Value, error) { return v, nil }}
}

func (c *exprCompiler) compile(n ast.Node) (*expression, error) {
	switch n := n.(type) {
	case *ast.NilNode:
		e := constantOf(document.Text, document.Value{})
		e.kind = exprNil
		return e, nil
	case *ast.IntegerNode, *ast.FloatNode:
		return c.number(n)
	case *ast.StringNode:
		return constantOf(document.Text, document.TextValue(n.Value)), nil
	case *ast.BoolNode:
		return constantOf(document.Flag, document.FlagValue(n.Value)), nil
	case *ast.IdentifierNode:
		return c.field(n, n.Value)
	case *ast.ChainNode:
		return c.compile(n.Node)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.PointerNode:
		return c.pointer(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		if name, ok := n.Callee.(*ast.IdentifierNode); ok {
			return c.call(n, name.Value, n.Arguments)
		}
		return nil, c.fault(n, "", "only functions can be called")
	case nil:
		return nil, &exprError{message: "the expression is empty"}
	}
	return nil, c.fault(n, "", "this form of expression is not known here")
}

// number reads a number as it is written; a float never comes into it.
func (c *exprCompiler) number(n ast.Node) (*expression, error) {
	loc := n.Location()
	text := ""
	if loc.From >= 0 && loc.To <= len(c.source) && loc.From <= loc.To {
		text = strings.ReplaceAll(string(c.source[loc.From:loc.To]), "_", "")
	}
	if strings.HasPrefix(text, ".") {
		text = "0" + text
	}
	d, err := document.ParseDecimal(strings.TrimSuffix(text, "."))
	if err != nil {
		return nil, c.fault(n, "write it in plain digits, as 12.50", "%q is not a number", text)
	}
	return constantOf(document.Number, document.NumberValue(d)), nil
}

// member reads a dotted name, or a field of an item.
func (c *exprCompiler) member(n *ast.MemberNode) (*expression, error) {
	if name, ok := dotted(n); ok {
		return c.field(n, name)
	}
	if name, base, ok := dottedTail(n); ok {
		switch base := base.(type) {
		case *ast.PointerNode:
			return c.pointerField(base, name)
		default:
			of, err := c.compile(base)
			if err != nil {
				return nil, err
			}
			return c.itemField(n, of, name)
		}
	}
	return nil, c.fault(n, "use first(list), last(list) or find(list, condition)", "an item cannot be taken by its number")
}

// dotted joins "totals.net" from its parts; false when its base is not a plain name.
func dotted(n ast.Node) (string, bool) {
	name, base, ok := dottedTail(n)
	if id, plain := base.(*ast.IdentifierNode); ok && plain {
		return id.Value + "." + name, true
	}
	return "", false
}

// dottedTail takes the names off a node: "a.b" and the node before them.
func dottedTail(n ast.Node) (name string, base ast.Node, ok bool) {
	m, ok := n.(*ast.MemberNode)
	if !ok {
		return "", n, false
	}
	property, ok := m.Property.(*ast.StringNode)
	if !ok {
		return "", n, false
	}
	inner := m.Node
	if chain, ok := inner.(*ast.ChainNode); ok {
		inner = chain.Node
	}
	if before, base, ok := dottedTail(inner); ok {
		return before + "." + property.Value, base, true
	}
	return property.Value, inner, true
}

// field finds a name: in the innermost item that has it, outwards to the document. A field of the document that an item
// hides is named with its kind, "order.number".
func (c *exprCompiler) field(n ast.Node, name string) (*expression, error) {
	if name == "value" && c.scope.value != nil {
		return &expression{typ: *c.scope.value, value: func(f *frame) (document.Value, error) { return f.value, nil }}, nil
	}
	for level := len(c.scope.shapes) - 1; level >= 0; level-- {
		if slot, ok := c.scope.shapes[level].Slot(name); ok {
			if level == 0 {
				c.fields = append(c.fields, name)
			}
			return fieldOf(c.scope.shapes[level], slot, func(f *frame) item { return f.items[level] }), nil
		}
	}
	root := c.scope.shapes[0]
	if rest, ok := strings.CutPrefix(name, root.Name+"."); ok {
		if slot, ok := root.Slot(rest); ok {
			c.fields = append(c.fields, rest)
			return fieldOf(root, slot, func(f *frame) item { return f.items[0] }), nil
		}
	}
	var known []string
	for _, s := range c.scope.shapes {
		known = append(known, s.Names()...)
	}
	hint := ""
	if near := finding.Nearest(name, known); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return nil, c.fault(n, hint, "%s has no field %q", c.scope.shapes[len(c.scope.shapes)-1].Name, finding.Cut(name))
}

// fieldOf reads a slot of an item.
func fieldOf(s *document.Shape, slot int, of func(*frame) item) *expression {
	f := s.Fields[slot]
	if f.Type == document.List {
		return &expression{kind: exprList, typ: document.List, shape: f.Items, list: func(fr *frame) ([]item, error) {
			return itemsOf(of(fr), slot), nil
		}}
	}
	return &expression{typ: f.Type, value: func(fr *frame) (document.Value, error) {
		it := of(fr)
		if it.group == nil {
			return document.Value{}, nil
		}
		return it.group.At(slot), nil
	}}
}

// itemsOf gives the items of a list with their paths.
func itemsOf(it item, slot int) []item {
	if it.group == nil {
		return nil
	}
	name := it.group.Shape().Fields[slot].Name
	groups := it.group.List(name)
	items := make([]item, len(groups))
	for i, g := range groups {
		items[i] = item{group: g, path: fmt.Sprintf("%s[%d]", it.fieldPath(slot), i+1)}
	}
	return items
}

// pointer is the "#" of a predicate: the item that it looks at.
func (c *exprCompiler) pointer(n *ast.PointerNode) (*expression, error) {
	if len(c.pointers) == 0 || n.Name != "" {
		return nil, c.fault(n, "", "# stands for the item within a function over a list")
	}
	level := c.depth + len(c.pointers) - 1
	return &expression{kind: exprItem, shape: c.pointers[len(c.pointers)-1], item: func(f *frame) (item, error) { return f.items[level], nil }}, nil
}

func (c *exprCompiler) pointerField(n *ast.PointerNode, name string) (*expression, error) {
	of, err := c.pointer(n)
	if err != nil {
		return nil, err
	}
	return c.itemField(n, of, name)
}

// itemField reads a field of an item.
func (c *exprCompiler) itemField(n ast.Node, of *expression, name string) (*expression, error) {
	if of.kind != exprItem {
		return nil, c.fault(n, "use first(list).field, or a function over the list", "%s has no fields", of)
	}
	slot, ok := of.shape.Slot(name)
	if !ok {
		hint := ""
		if near := finding.Nearest(name, of.shape.Names()); near != "" {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		return nil, c.fault(n, hint, "%s has no field %q", of.shape.Name, finding.Cut(name))
	}
	f := of.shape.Fields[slot]
	if f.Type == document.List {
		return &expression{kind: exprList, typ: document.List, shape: f.Items, list: func(fr *frame) ([]item, error) {
			it, err := of.item(fr)
			if err != nil {
				return nil, err
			}
			return itemsOf(it, slot), nil
		}}, nil
	}
	return &expression{typ: f.Type, value: func(fr *frame) (document.Value, error) {
		it, err := of.item(fr)
		if err != nil || it.group == nil {
			return document.Value{}, err
		}
		return it.group.At(slot), nil
	}}, nil
}
