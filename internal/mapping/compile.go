package mapping

import (
	"errors"
	"fmt"
	slashpath "path"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are named in mappings, and Windows has no names of its own

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// Environment is what a mapping needs from outside.
type Environment struct {
	File string // name of the mapping's file, for places
	// Codes finds a code list by name; nil knows none.
	Codes func(name string) (*CodeList, bool)
	// Directories is where an EDIFACT directory is looked up; nil has the embedded ones.
	Directories *directory.Set
}

// compiler collects what a mapping says.
type compiler struct {
	*source
	env    Environment
	m      *Mapping
	zone   *time.Location
	codes  map[string]*CodeList
	blocks map[string]*yaml.Node
	used   map[string]bool // blocks
	edi    *ediCompiler
	decl   map[string]*yaml.Node // columns declared in `columns:`
	depth  int
}

// maxMapping is the largest mapping in bytes.
const maxMapping = 1 << 20

// Compile reads a mapping, one YAML document. It gives all faults at once, each with file, line, column, the line itself
// and the nearest known name. The mapping is nil when a fault is an error.
func Compile(src []byte, env Environment) (*Mapping, finding.List) {
	c := &compiler{
		source: newSource(env.File, src), env: env, codes: map[string]*CodeList{}, blocks: map[string]*yaml.Node{}, used: map[string]bool{},
		m: &Mapping{file: env.File, name: strings.TrimSuffix(slashpath.Base(env.File), slashpath.Ext(env.File)), mark: '.'},
	}
	if root := c.parse(src); root != nil {
		c.mapping(root)
	}
	c.found.Sort()
	if c.found.HasErrors() {
		return nil, c.found
	}
	return c.m, c.found
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// parse gives the top node of the text.
func (c *compiler) parse(src []byte) *yaml.Node {
	top := &yaml.Node{Line: 1, Column: 1}
	if len(src) > maxMapping {
		c.fault(top, ruleSyntax, "", "the mapping is longer than %d bytes", maxMapping)
		return nil
	}
	var doc yaml.Node
	err := safely(func() error { return yaml.Unmarshal(src, &doc) })
	if err != nil {
		if n := yamlLine.FindStringSubmatch(err.Error()); n != nil {
			top.Line, _ = strconv.Atoi(n[1])
		}
		c.fault(top, ruleSyntax, "", "this is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		c.fault(top, ruleSyntax, "write format, document and map", "a mapping is wanted here")
		return nil
	}
	return doc.Content[0]
}

// safely turns a panic of the YAML reader on odd input into an error.
func safely(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	return fn()
}

// The keys of a mapping.
var (
	commonKeys    = []string{"name", "format", "document", "map", "check", "group", "zone", "codes", "blocks"}
	edifactKeys   = []string{"message", "directory", "syntax", "agency", "association", "fixed", "write"}
	rowKeys       = []string{"charset", "columns", "line_end", "short_rows", "trust_bom", "max_record", "decimal", "records", "fixed"}
	delimitedKeys = []string{"delimiter", "quote", "escape", "header", "bom", "quoting", "skip", "comment", "one_line", "stray_quotes", "long_rows", "trailing_delimiter", "sep_line", "formulas", "mark_column"}
	fixedKeys     = []string{"layout", "record", "characters", "line_ends", "words", "skip_bytes", "trim"}
	treeKeys      = []string{"fixed", "write", "order", "max_record", "max_depth", "decimal", "trim", "indent", "line_end"}
	xmlKeys       = []string{"root", "namespaces", "charset", "doctype", "bom"}
	jsonKeys      = []string{"lines"}
	xlsxKeys      = []string{"sheet", "header", "header_row", "columns", "merged", "hidden_rows", "decimal", "max_file", "max_unpacked", "fixed"}
	formats       = []string{EDIFACT, Delimited, Fixed, XML, JSON, XLSX, IDoc}
)

func (c *compiler) mapping(root *yaml.Node) {
	for _, e := range c.quietEntries(root) {
		if e.key.Value == "format" {
			if i, ok := c.choice(e.value, formats); ok {
				c.m.format = formats[i]
			}
		}
	}
	known := append([]string(nil), commonKeys...)
	switch c.m.format {
	case EDIFACT:
		known = append(known, edifactKeys...)
	case Delimited:
		known = append(append(known, rowKeys...), delimitedKeys...)
	case Fixed:
		known = append(append(known, rowKeys...), fixedKeys...)
	case XML:
		known = append(append(known, treeKeys...), xmlKeys...)
	case XLSX:
		known = append(known, xlsxKeys...)
	case JSON:
		known = append(append(known, treeKeys...), jsonKeys...)
	case IDoc:
		known = append(known, idocKeys...)
	default:
		if _, said := mapped1(c.quietEntries(root))["format"]; !said {
			c.fault(root, ruleKey, "known are "+strings.Join(formats, ", "), "format is missing")
		}
		return
	}
	top := c.settings(root, known...)
	if n := top["name"]; n != nil {
		if name, ok := c.text(n); ok {
			c.m.name = name
		}
	}
	c.zone = c.zoneOf(top["zone"])
	c.codeLists(top["codes"])
	each := c.document(root, top["document"])
	if c.m.shape == nil {
		return
	}
	c.m.root = &scope{shape: c.m.shape, slot: -1, place: c.placeOf(root)}
	c.m.scopes = []*scope{c.m.root}
	if !c.format(root, top, each) {
		return
	}
	c.namedBlocks(top["blocks"])
	if n := top["map"]; n != nil {
		c.fields(c.m.root, n, "", nil)
	} else {
		c.fault(root, ruleKey, "", "map is missing")
	}
	c.unusedBlocks()
	c.finish(top)
}

// format reads the keys of the format.
func (c *compiler) format(root *yaml.Node, top map[string]*yaml.Node, each *yaml.Node) bool {
	if c.m.format == EDIFACT {
		return c.startEDIFACT(root, top, each)
	}
	if c.isTree() {
		return c.startTree(root, top, each)
	}
	if c.m.format == IDoc {
		return c.startIDoc(root, top, each)
	}
	c.startRows(root, top, each)
	return true
}

// finish reads what needs all fields.
func (c *compiler) finish(top map[string]*yaml.Node) {
	c.checks(top["check"])
	c.grouping(top["group"])
	switch c.m.format {
	case EDIFACT:
		c.finishEDIFACT(top)
	case XML, JSON:
		c.finishTree(top)
	case IDoc:
		c.finishIDoc(top)
	default:
		c.finishRows(top)
	}
	for _, r := range c.m.root.rules {
		if r.required {
			c.m.required = append(c.m.required, r)
		}
	}
}

// quietEntries gives pairs without a word about faults.
func (c *compiler) quietEntries(n *yaml.Node) []entry {
	var all []entry
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		all = append(all, entry{n.Content[i], n.Content[i+1]})
	}
	return all
}

func mapped1(entries []entry) map[string]*yaml.Node {
	m := map[string]*yaml.Node{}
	for _, e := range entries {
		m[e.key.Value] = e.value
	}
	return m
}

// document reads `document: order` or `document: {kind: stock, each: row}` and gives the node of each.
func (c *compiler) document(root, n *yaml.Node) *yaml.Node {
	if n == nil {
		c.fault(root, ruleKey, `write document: order`, "document is missing")
		return nil
	}
	kind, each := n, (*yaml.Node)(nil)
	if n.Kind == yaml.MappingNode {
		s := c.settings(n, "kind", "each")
		if kind, each = s["kind"], s["each"]; kind == nil {
			c.fault(n, ruleKey, "", "kind is missing")
			return nil
		}
	}
	var kinds []string
	for _, k := range document.Kinds() {
		kinds = append(kinds, string(k))
	}
	if i, ok := c.choice(kind, kinds); ok {
		c.m.kind = document.Kinds()[i]
		c.m.shape = document.ShapeOf(c.m.kind)
	}
	return each
}

func (c *compiler) zoneOf(n *yaml.Node) *time.Location {
	if n == nil {
		return nil
	}
	name, ok := c.text(n)
	if !ok {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		c.fault(n, ruleValue, "zones are named as Europe/Berlin", "there is no zone %q", finding.Cut(name))
		return time.UTC
	}
	return zone
}

// codeLists reads code lists that stand in the mapping itself.
func (c *compiler) codeLists(n *yaml.Node) {
	if n == nil {
		return
	}
	for _, e := range c.entries(n) {
		if list, ok := c.inlineCodes(e.value); ok {
			list.name = e.key.Value
			c.codes[e.key.Value] = list
		}
	}
}

// inlineCodes reads {ours: theirs}.
func (c *compiler) inlineCodes(n *yaml.Node) (*CodeList, bool) {
	var pairs [][2]string
	seen := map[string]string{}
	for _, e := range c.entries(n) {
		theirs, ok := c.text(e.value)
		if !ok {
			return nil, false
		}
		if other, twice := seen[theirs]; twice {
			c.warn(e.value, 0, ruleCodes, "", "%q is read as %q, the first of its pairs", theirs, other)
		} else {
			seen[theirs] = e.key.Value
		}
		pairs = append(pairs, [2]string{e.key.Value, theirs})
	}
	if len(pairs) == 0 {
		c.fault(n, ruleCodes, "write {ours: theirs}", "the code list is empty")
		return nil, false
	}
	return NewCodeList("", pairs).Open(c.placeOf(n), "%[1]s: %[2]q"), true
}

// findCodes finds a code list by name: in the mapping, else in the profile.
func (c *compiler) findCodes(n *yaml.Node) *CodeList {
	if n.Kind == yaml.MappingNode {
		list, _ := c.inlineCodes(n)
		return list
	}
	name, ok := c.text(n)
	if !ok {
		return nil
	}
	if list, ok := c.codes[name]; ok {
		return list
	}
	if c.env.Codes != nil {
		if list, ok := c.env.Codes(name); ok && list != nil {
			return list
		}
	}
	hint := didYouMean(name, sortedKeys(c.codes))
	if hint == "" {
		hint = "name a code list of the profile, or write {ours: theirs}"
	}
	c.fault(n, ruleCodes, hint, "there is no code list %q", finding.Cut(name))
	return nil
}

func (c *compiler) namedBlocks(n *yaml.Node) {
	if n == nil {
		return
	}
	for _, e := range c.entries(n) {
		c.blocks[e.key.Value] = e.value
	}
}

func (c *compiler) unusedBlocks() {
	for _, name := range sortedKeys(c.blocks) {
		if !c.used[name] {
			c.warn(c.blocks[name], 0, ruleKey, "", "block %q is not used", name)
		}
	}
}

// checks reads `check:`, one condition or several.
func (c *compiler) checks(n *yaml.Node) {
	if n == nil {
		return
	}
	for _, text := range c.texts(n) {
		e, err := compileExpression(text.Value, exprScope{shapes: c.m.root.shapes()})
		if err == nil && (e.kind != exprValue || e.typ != document.Flag) {
			err = &exprError{message: fmt.Sprintf("a check is true or false, and this is %s", e)}
		}
		if err != nil {
			c.expressionFault(text, err)
			continue
		}
		k := &check{expression: e, place: c.placeOf(text), source: c.lines.Source(text.Line)}
		for _, name := range e.fields {
			if slot, _ := c.m.shape.Slot(name); c.m.shape.Fields[slot].Type != document.List {
				k.slots = append(k.slots, slot)
			}
		}
		c.m.checks = append(c.m.checks, k)
	}
}

// pathFault adds what is wrong with a path.
func (c *compiler) pathFault(n *yaml.Node, err error) {
	at, hint := 0, ""
	if e, ok := errors.AsType[*pathError](err); ok {
		at, hint = e.at, e.hint
	}
	c.faultAt(n, at, rulePlace, hint, "%v", err)
}
