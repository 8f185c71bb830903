package mapping

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"
	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// block is where the fields of a repeated block stand.
type block struct {
	at      path     // "SG2[NAD.3035=IV]"; only in EDIFACT
	tree    treePath // XML, JSON
	segment string   // "E1EDKA1[PARVW=WE]"; only in IDocs
	write   []string // prefixes of the fields to write, in order; nil: the block's own
}

// maxDepth is how deep lists and blocks may nest.
const maxDepth = 8

// fields reads a `map:`, the fields of a list, or those of a block. prefix stands before the names.
func (c *compiler) fields(s *scope, n *yaml.Node, prefix string, b *block) {
	if c.depth++; c.depth > maxDepth {
		c.fault(n, ruleSyntax, "", "lists and blocks nest deeper than %d", maxDepth)
		c.depth--
		return
	}
	defer func() { c.depth-- }()
	for _, e := range c.entries(n) {
		if c.isListSetting(s, e.key.Value) && prefix == "" {
			continue
		}
		name := prefix + e.key.Value
		switch {
		case hasKey(e.value, "at") || hasKey(e.value, "use"):
			c.block(s, e, name, b)
		case hasKey(e.value, "each"):
			c.list(s, e, name)
		default:
			c.field(s, e, name, b)
		}
	}
}

// isListSetting tells the keys of a list apart from its fields.
func (c *compiler) isListSetting(s *scope, key string) bool {
	return s.parent != nil && (key == "each" || key == "of" || key == "write")
}

func hasKey(n *yaml.Node, key string) bool {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}

// block reads `bill_to: {at: "...", use: address, write: "..."}`.
func (c *compiler) block(s *scope, e entry, name string, outer *block) {
	v := c.settings(e.value, "at", "use", "write")
	use := v["use"]
	if use == nil {
		c.fault(e.value, ruleKey, "", "use is missing: the name of a block")
		return
	}
	body, ok := c.blocks[use.Value]
	if !ok {
		c.fault(use, ruleKey, didYouMean(use.Value, sortedKeys(c.blocks)), "there is no block %q", finding.Cut(use.Value))
		return
	}
	c.used[use.Value] = true
	b := &block{}
	if c.isTree() {
		if !c.treeBlock(v["at"], b, outer) {
			return
		}
	} else if at := v["at"]; at != nil && c.m.format == IDoc {
		if b.segment = at.Value; outer != nil && outer.segment != "" {
			b.segment = outer.segment + "/" + at.Value
		}
	} else if at != nil {
		if c.m.format != EDIFACT {
			c.fault(at, ruleKey, "", "at is a group of EDIFACT; columns have none")
			return
		}
		p, err := parsePath(at.Value)
		if err == nil && p.hasPlace {
			err = &pathError{at: p.segment.at, message: "at ends with a group, as SG2[NAD.3035=IV]"}
		}
		if err != nil {
			c.pathFault(at, err)
			return
		}
		b.at = p
		if outer != nil {
			b.at = p.under(outer.at)
		}
		if _, _, ok := c.edi.groups(at, b.at, s); !ok {
			return
		}
	}
	if !hasPrefix(s.shape, name+".") {
		c.fault(e.key, ruleField, didYouMean(name, prefixes(s.shape)), "%s has no fields %s.…", s.shape.Name, finding.Cut(name))
		return
	}
	if w := v["write"]; w != nil {
		var err error
		if b.write, err = blockChoice(w.Value, s.shape, body); err != nil {
			c.expressionFault(w, err)
			return
		}
	}
	c.fields(s, body, name+".", b)
}

// under puts a path below a group.
func (p path) under(at path) path {
	if p.absolute || p.up > 0 {
		return p
	}
	out := p
	out.up, out.absolute = at.up, at.absolute
	out.groups = append(append([]pathGroup(nil), at.groups...), p.groups...)
	return out
}

func hasPrefix(s *document.Shape, prefix string) bool {
	for _, f := range s.Fields {
		if strings.HasPrefix(f.Name, prefix) {
			return true
		}
	}
	return false
}

// prefixes lists the names before the first dot.
func prefixes(s *document.Shape) []string {
	seen := map[string]bool{}
	for _, f := range s.Fields {
		if before, _, ok := strings.Cut(f.Name, "."); ok {
			seen[before] = true
		}
	}
	return sortedKeys(seen)
}

// blockChoice reads "ship_to ?? bill_to": the first block that has any value is written.
func blockChoice(src string, s *document.Shape, body *yaml.Node) ([]string, error) {
	tree, err := parseExpression(src)
	if err != nil {
		return nil, err
	}
	var names []string
	var walk func(n ast.Node) error
	walk = func(n ast.Node) error {
		switch n := n.(type) {
		case *ast.BinaryNode:
			if n.Operator == "??" {
				if err := walk(n.Left); err != nil {
					return err
				}
				return walk(n.Right)
			}
		case *ast.IdentifierNode:
			if hasPrefix(s, n.Value+".") {
				names = append(names, n.Value)
				return nil
			}
			return &exprError{at: n.Location().From, message: fmt.Sprintf("%s has no fields %s.…", s.Name, finding.Cut(n.Value)), hint: didYouMean(n.Value, prefixes(s))}
		}
		return &exprError{message: "a block is chosen among blocks", hint: "write ship_to ?? bill_to"}
	}
	return names, walk(tree)
}

// list reads `lines: {each: SG25, of: ..., ...}`.
func (c *compiler) list(s *scope, e entry, name string) {
	v := mapped1(c.quietEntries(e.value))
	l := &scope{number: len(c.m.scopes), name: name, parent: s, depth: s.depth + 1, slot: -1, place: c.placeOf(e.key), leaves: v["write"]}
	if l.leaves != nil && c.m.format != EDIFACT && !c.isTree() {
		c.fault(l.leaves, ruleKey, "", "write: in a list is for EDIFACT, XML and JSON; a column has a field")
	}
	slot, known := s.shape.Slot(name)
	if known {
		if f := s.shape.Fields[slot]; f.Type == document.List {
			l.slot, l.shape = slot, f.Items
		} else {
			c.fault(e.key, ruleType, "", "%s is a %s, not a list", name, f.Type)
			return
		}
	}
	if of := v["of"]; of != nil {
		list, err := compileExpression(of.Value, exprScope{shapes: s.shapes()})
		switch {
		case err != nil:
		case list.kind != exprList:
			err = &exprError{message: fmt.Sprintf("of makes a list, and this is %s", list)}
		case known && !sameFields(list.shape, l.shape):
			err = &exprError{message: fmt.Sprintf("%s are not %s", list.shape.Name, l.shape.Name)}
		}
		if err != nil {
			c.expressionFault(of, err)
			return
		}
		l.of = list
		if l.shape == nil {
			l.shape = list.shape
		}
		l.route = routeOf(of.Value, s.shape)
	}
	if l.shape == nil {
		c.fault(e.key, ruleField, didYouMean(name, listNames(s.shape)), "%s has no list %q", s.shape.Name, finding.Cut(name))
		return
	}
	for _, other := range s.lists {
		if other.name == name {
			c.fault(e.key, ruleField, "", "%s is mapped twice", name)
			return
		}
	}
	each, ok := c.text(v["each"])
	if !ok {
		return
	}
	switch {
	case c.m.format == EDIFACT:
		ok = c.edi.each(v["each"], l)
	case c.isTree():
		ok = c.treeEach(v["each"], l)
	case c.m.format == IDoc:
		ok = c.eachSegment(v["each"], l)
	default:
		ok = c.eachRow(v["each"], each, l)
	}
	if !ok {
		return
	}
	c.m.scopes = append(c.m.scopes, l)
	s.lists = append(s.lists, l)
	c.fields(l, e.value, "", nil)
}

func listNames(s *document.Shape) []string {
	var names []string
	for _, f := range s.Fields {
		if f.Type == document.List {
			names = append(names, f.Name)
		}
	}
	return names
}

// ruleKeys are the keys of a field's line.
var ruleKeys = []string{"path", "first", "as", "zone", "codes", "unknown", "default", "read", "write", "fit", "sequence", "remember", "ref", "required", "join"}

// field reads one line: a place, or a place with settings.
func (c *compiler) field(s *scope, e entry, name string, b *block) {
	slot, ok := s.shape.Slot(name)
	if !ok {
		c.fault(e.key, ruleField, didYouMean(name, s.shape.Names()), "%s has no field %q", s.shape.Name, finding.Cut(name))
		return
	}
	f := s.shape.Fields[slot]
	if f.Type == document.List {
		c.fault(e.key, ruleType, "write its place as `each:` and its fields below it", "%s is a list", name)
		return
	}
	r := &rule{number: len(c.m.rules), field: name, slot: slot, typ: f.Type, scope: s, place: c.placeOf(e.key), source: c.lines.Source(e.key.Line)}
	r.key = isKey(name)
	for _, other := range s.rules {
		if other.slot == slot {
			c.fault(e.key, ruleField, `two places of one field are alternatives: first: [...]`, "%s is mapped twice, first in line %d", name, other.place.Line)
			return
		}
	}
	v := map[string]*yaml.Node{"path": e.value}
	if e.value.Kind == yaml.MappingNode {
		v = c.settings(e.value, ruleKeys...)
	}
	if !c.conversion(e, v, r) {
		return
	}
	if b != nil && b.write != nil {
		r.blocks, r.others = b.write, otherSlots(s.shape, b.write, name)
	}
	if !c.where(e, v, r, b) {
		return
	}
	c.m.rules = append(c.m.rules, r)
	s.rules = append(s.rules, r)
}

// otherSlots gives the slots of a block's field in each of the blocks to choose from; -1 where one has no such field.
func otherSlots(s *document.Shape, blocks []string, field string) []int {
	_, rest, _ := strings.Cut(field, ".")
	var slots []int
	for _, name := range blocks {
		slot, ok := s.Slot(name + "." + rest)
		if !ok {
			slot = -1
		}
		slots = append(slots, slot)
	}
	return slots
}

// isKey tells the fields whose values are never changed to fit: numbers, article numbers, references.
func isKey(field string) bool {
	last := field[strings.LastIndexByte(field, '.')+1:]
	switch last {
	case "number", "id", "sku", "gtin", "buyer_sku", "order", "order_line", "sscc", "tracking", "reference", "vat_id", "email", "sign",
		"shipment", "contract", "credited", "legal_id", "account", "bank", "endpoint", "customer", "list", "code", "manufacturer_sku":
		return true
	}
	return false
}

// where reads the place of a field.
func (c *compiler) where(e entry, v map[string]*yaml.Node, r *rule, b *block) bool {
	n := v["path"]
	if first := v["first"]; first != nil {
		if n != nil {
			c.fault(first, ruleKey, "", "path and first exclude each other")
			return false
		}
		n = first
	}
	if n == nil {
		if r.read == nil {
			c.fault(e.value, ruleKey, "write its place as `path:`", "%s has no place", r.field)
		}
		return r.read != nil
	}
	if c.m.format == EDIFACT {
		return c.edi.field(n, r, b)
	}
	if c.isTree() {
		return c.treeField(n, r, b)
	}
	if c.m.format == IDoc {
		return c.idocField(n, r, b)
	}
	return c.column(n, r)
}

// references reads `ref: order.lines.number`.
func (c *compiler) reference(n *yaml.Node, r *rule) {
	text, ok := c.text(n)
	if !ok {
		return
	}
	kind, field, _ := strings.Cut(text, ".")
	shape := document.ShapeOf(document.Kind(kind))
	if shape == nil {
		c.fault(n, ruleValue, "write ref: order.number", "%q is no kind of document", finding.Cut(kind))
		return
	}
	to := field
	if list, rest, ok := strings.Cut(field, "."); ok {
		if slot, known := shape.Slot(list); known && shape.Fields[slot].Type == document.List {
			shape, field = shape.Fields[slot].Items, rest
		}
	}
	if _, ok := shape.Slot(field); !ok {
		c.fault(n, ruleField, didYouMean(field, shape.Names()), "%s has no field %q", shape.Name, finding.Cut(field))
		return
	}
	r.ref = Reference{Field: r.scope.fieldPath(r.field), Kind: document.Kind(kind), To: to}
}
