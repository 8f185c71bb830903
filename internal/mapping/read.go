package mapping

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/idoc"
	"github.com/batchgate/batchgate/internal/document"
)

// ReadOptions says what a reader does with what it reads.
type ReadOptions struct {
	// Trace gives each value its origin: the line of the mapping, the place in the file, and the bytes there.
	Trace bool
	// Emit takes each document without an error in it. The document is the reader's: it is valid until Emit returns and
	// must not be changed; Clone keeps it. An error of Emit ends the reading.
	Emit func(*document.Document) error
	// Refused takes the raw rows of each document that is not emitted because of an error, line ends included. It may be
	// nil; messages of EDIFACT are not given to it.
	Refused func(row []byte)
}

// Reader turns the segments of one message, or the rows of one file, into documents. A document is emitted as soon as it
// is complete. Memory does not grow with the file where a document is a group or row.
type Reader struct {
	m     *Mapping
	opt   ReadOptions
	found collection
	err   error // of Emit
	plain bool  // the document has nothing to check but its key
	key   int   // slot of the key's first field

	doc      *document.Document
	groups   []*document.Group // by scope: the item that is open, or nil
	paths    []int             // by scope: how many items were opened in the document, for messages
	hits     []hit             // by candidate; of rows by rule
	bad      bool              // the document has an error
	dropped  bool              // the document is left out
	drop     []bool            // by scope: the item is left out
	deferred []later
	stated   []stated
	scratch  []byte
	aux      []byte

	edi  *ediReader
	row  *rowReader
	tree *treeReader
	idoc *idocReader
}

type hitState uint8

const (
	noHit hitState = iota
	goodHit
	badHit  // a value that could not be converted, or two for one field
	dropHit // a code that is not in the list, and `unknown: drop`
)

// hit is what was found at a candidate's places.
type hit struct {
	state  hitState
	alt    int    // which of the alternatives matched
	raw    []byte // the text, for comparison with a second one
	isText bool   // the value is raw itself, or code
	code   string // the code of a list: memory of the list's own
	coded  bool
	value  document.Value
	origin document.Origin
}

// NewReader makes a reader of one message, or of one file of rows.
func (m *Mapping) NewReader(opt ReadOptions) *Reader {
	key, _ := m.shape.Slot(keyField(m.kind))
	r := &Reader{key: key, plain: len(m.required) == 0 && len(m.checks) == 0, m: m, opt: opt, doc: document.New(m.kind), groups: make([]*document.Group, len(m.scopes)),
		paths: make([]int, len(m.scopes)), drop: make([]bool, len(m.scopes))}
	if m.format == EDIFACT {
		r.hits = make([]hit, len(m.candidates))
		r.edi = newEDIReader(m)
		if !m.perGroup {
			r.groups[0] = &r.doc.Group
		}
		return r
	}
	if m.tree != nil {
		r.hits, r.tree = make([]hit, len(m.tree.places)), newTreeReader()
		return r
	}
	if m.format == IDoc {
		r.hits = make([]hit, len(m.candidates))
		r.idoc = &idocReader{missed: map[string]*miss{}}
		return r
	}
	r.hits = make([]hit, len(m.rules))
	r.row = &rowReader{}
	return r
}

// Push takes the next segment of a message, from UNH to UNT. Its error is that of Emit.
func (r *Reader) Push(seg *edifact.Segment) error {
	if r.err == nil && r.edi != nil {
		r.err = r.segment(seg)
	}
	return r.err
}

// PushRow takes the next row of a file that Bind was called for. Its error is that of Emit.
func (r *Reader) PushRow(rec *flatfile.Record) error {
	if r.err == nil && r.row != nil {
		r.err = r.takeRow(rec)
	}
	return r.err
}

// End emits the last document and gives all that was found, what no line took counted. The error is that of Emit.
func (r *Reader) End() (finding.List, error) {
	if r.err == nil {
		switch {
		case r.edi != nil:
			r.err = r.endMessage()
		case r.idoc != nil:
			r.err = r.endIDocs()
		case r.tree != nil:
			r.endTrees()
		default:
			r.err = r.endRows()
		}
	}
	return r.found.sorted(), r.err
}

// Refusals gives how many documents were not emitted because of an error, and how many were left out by `unknown: drop`.
func (r *Reader) Refusals() (refused, dropped int) { return r.found.refused, r.found.dropped }

// standing is where a value stands: a place in a segment, or a column of a row. Its place is worked out when asked for.
type standing struct {
	seg    *edifact.Segment
	pos    fieldPos
	rec    *flatfile.Record
	column int // or field of the segment of an IDoc
	tree   *treeReader
	node   *treeNode
	idoc   *idoc.Segment
}

// place gives the place, and the segment or row as text.
func (s standing) place() (finding.Place, string) {
	if s.seg != nil {
		return s.seg.Place(s.pos.element, s.pos.repeat, s.pos.component), text(s.seg.Raw())
	}
	if s.tree != nil {
		return s.tree.source.place(s.node), s.tree.source.raw(s.node)
	}
	if s.idoc != nil {
		return s.idoc.Place(s.column), strings.TrimRight(text(s.idoc.Raw()), " \r\n")
	}
	return s.rec.Place(s.column), rowText(s.rec)
}

// take keeps what was found at a candidate's place. A second, different value for the same place is an error; of two
// alternatives the one that stands first in the mapping is taken.
func (r *Reader) take(h *hit, rule *rule, raw, aux []byte, alt int, at standing) {
	if h.state != noHit && alt > h.alt {
		return
	}
	if h.state == goodHit && alt == h.alt && rule.join != "" {
		h.raw = append(append(h.raw, rule.join...), raw...)
		return
	}
	if h.state != noHit && alt == h.alt {
		if !sameRaw(h.raw, raw, aux) {
			place, line := at.place()
			r.problem(ruleTwice, place, line, rule, fmt.Sprintf("%s has a second value %q, the first was %q", r.pathOf(rule), raw, h.raw),
				"say in the mapping which one is meant, by a condition on its qualifier")
			h.state = badHit
		}
		return
	}
	h.raw = append(h.raw[:0], raw...)
	if aux != nil {
		h.raw = append(append(h.raw, separator), aux...)
	}
	h.alt, h.state, h.isText, h.coded = alt, goodHit, false, false
	r.convert(h, rule, raw, aux, at)
	if r.opt.Trace {
		place, _ := at.place()
		h.origin = document.Origin{Rule: rule.place, Place: place}
	}
}

// separator stands between a value and its format code where both are kept together.
const separator = 0x1F

func sameRaw(kept, raw, aux []byte) bool {
	if aux == nil {
		return bytes.Equal(kept, raw)
	}
	return len(kept) == len(raw)+1+len(aux) && bytes.HasPrefix(kept, raw) && bytes.HasSuffix(kept, aux)
}

// convert makes a value of a text. at is asked when something is wrong.
func (r *Reader) convert(h *hit, rule *rule, raw, aux []byte, at standing) {
	if rule.codes != nil {
		code, known := rule.codes.read(raw)
		switch {
		case known:
			if h.code, h.coded = code, rule.typ != document.Number; !h.coded {
				h.value = rule.codeOf(code)
			}
			return
		case rule.unknown == dropUnknown:
			h.state = dropHit
			r.found.drop(rule, string(raw), at)
			return
		case rule.unknown == holdUnknown:
			place, line := at.place()
			r.problem(ruleCode, place, line, rule, fmt.Sprintf("%q is not in the code list %s of %s", raw, rule.codes.label(), r.pathOf(rule)),
				rule.codes.addHere("OURS", string(raw), didYouMean(string(raw), rule.codes.knownTheirs())))
			h.state = badHit
			return
		}
	}
	if rule.form.kind == formText {
		h.isText = true
		return
	}
	v, err := rule.form.read(raw, aux)
	if err != nil {
		place, line := at.place()
		r.wrongText(place, line, rule, err)
		h.state = badHit
		return
	}
	h.value = v
}

// label names a code list for messages.
func (l *CodeList) label() string {
	if l.name == "" {
		return "in the mapping"
	}
	return l.name
}

// wrongText reports a text that a conversion does not take.
func (r *Reader) wrongText(place finding.Place, line string, rule *rule, err error) {
	name, hint := ruleValue, ""
	if e, ok := err.(*conversionError); ok {
		name, hint = e.rule, e.hint
	}
	r.problem(name, place, line, rule, fmt.Sprintf("%s: %v", r.pathOf(rule), err), hint)
}

// problem adds an error about a value.
func (r *Reader) problem(name string, place finding.Place, line string, rule *rule, message, hint string) {
	f := finding.Finding{Rule: name, Severity: finding.Error, Place: place, Message: message, Hint: hint, Source: finding.Cut(line)}
	if rule != nil {
		f.Related = &rule.place
	}
	r.found.add(f)
}

// pathOf gives the path of a rule's field in the document, with the number of the items that are open.
func (r *Reader) pathOf(rule *rule) string {
	path := rule.field
	for s := rule.scope; s.parent != nil; s = s.parent {
		path = fmt.Sprintf("%s[%d].%s", s.name, max(r.paths[s.number], 1), path)
	}
	return path
}

// valueOf gives the value of a hit, with its text in the document's own memory.
func (r *Reader) valueOf(h *hit) document.Value {
	switch {
	case h.coded:
		return document.TextValue(h.code)
	case h.isText:
		return r.doc.TextOf(h.raw)
	}
	return h.value
}

// resolve fills the fields of an item, or of the document, from what was found.
func (r *Reader) resolve(s *scope, g *document.Group) {
	for _, rule := range s.rules {
		h := r.found1(rule)
		switch {
		case h == nil:
			if !rule.fallback.IsMissing() {
				g.Put(rule.slot, rule.fallback)
				if r.opt.Trace {
					g.Trace(rule.slot, document.Origin{Rule: rule.place})
				}
			}
			r.needItem(rule, g)
		case h.state == badHit:
			r.bad = true
		case h.state == dropHit:
			r.drop[s.number] = true
		default:
			g.Put(rule.slot, r.valueOf(h))
			if r.opt.Trace {
				g.Trace(rule.slot, h.origin)
			}
		}
	}
	for _, rule := range s.rules {
		if rule.read != nil {
			r.reckon(rule)
		}
	}
}

// found1 gives the hit of the rule's most preferred place that has one.
func (r *Reader) found1(rule *rule) *hit {
	for _, cand := range rule.places {
		if h := &r.hits[cand.number]; h.state != noHit {
			return h
		}
	}
	for _, p := range rule.tree {
		if h := &r.hits[p.number]; h.state != noHit {
			return h
		}
	}
	return nil
}
