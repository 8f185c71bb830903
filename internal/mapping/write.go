package mapping

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// Envelope is what stands around the messages of an interchange.
type Envelope struct {
	Syntax                        string // version of the syntax, "3" when not said
	Charset                       string // syntax identifier, "UNOC" when not said
	Sender, SenderQualifier       string
	Recipient, RecipientQualifier string
	Time                          time.Time // of preparation
	Control                       string    // reference of the interchange (0020)
	MessageReference              string    // of the first message (0062), "1" when not said; the next are counted on
	Test, AskAcknowledgement      bool
	Decimal                       byte // decimal mark: '.' when not said, or ','
	WithoutUNA                    bool
	Newline                       string // behind each segment: "", "\n" or "\r\n"

	IDoc map[string]string // fields of the control record: ports, types and numbers of sender and receiver
}

// WriteOptions says how a file is written.
type WriteOptions struct {
	Envelope Envelope // EDIFACT only
	// Outside says what happens to characters that the target's character set does not have, where a line of the mapping
	// does not say it: Refuse, also when empty, or Transliterate. Keys are always refused.
	Outside string
	// Trace collects where each value stands in the output; nil collects nothing.
	Trace *WriteTrace
	// Remember is told each value that a line of the mapping wants to be remembered, and the numbers given by `sequence:`.
	Remember func(Written)
}

// WriteTrace collects where each written value stands.
type WriteTrace struct{ Values []Written }

// Written is one value in the output.
type Written struct {
	Doc   int             // index of the document
	Path  string          // in the document, "lines[2].sku"; "" for constants
	Rule  finding.Place   // line of the mapping
	Place finding.Place   // bytes in the output
	Value string          // as it was written, before escapes
	Item  *document.Group // the document or item that it belongs to; nil for constants
}

// Encode gives the bytes of a file for documents. Findings of severity error say which document and which value cannot be
// written; then there are no bytes. Place.Record of a finding is the number of its document, from 1. The error says what
// is wrong with the envelope.
func (m *Mapping) Encode(docs []*document.Document, opt WriteOptions) ([]byte, finding.List, error) {
	w := &writer{m: m, opt: opt, mark: '.', numbers: map[string]int{}}
	for i, d := range docs {
		if d.Kind != m.kind {
			return nil, nil, fmt.Errorf("mapping %s writes %s documents, not %s", m.name, m.kind, d.Kind)
		}
		w.begin(i, d)
		w.checks(d)
	}
	var out []byte
	var err error
	switch m.format {
	case EDIFACT:
		out, err = w.interchange(docs)
	case XML, JSON:
		out, err = w.treeFile(docs)
	case IDoc:
		out, err = w.idocs(docs)
	default:
		out, err = w.rows(docs)
	}
	if w.found.list.HasErrors() {
		return nil, w.found.list, nil
	}
	if err != nil {
		return nil, w.found.list, fmt.Errorf("write with mapping %s: %w", m.name, err)
	}
	return out, w.found.list, nil
}

// writer turns documents into values at places.
type writer struct {
	m     *Mapping
	opt   WriteOptions
	found collection
	has   func(rune) bool // the target's characters
	mark  byte            // decimal mark of the interchange
	doc   int
	key   string
	// numbers are those of the documents so far, where each is a group of one message or an element of one file.
	numbers map[string]int
}

func (w *writer) begin(i int, d *document.Document) {
	w.doc, w.key = i, strings.ReplaceAll(d.Key(), document.KeySeparator, " ")
}

// checks makes the mapping's checks of a document.
func (w *writer) checks(d *document.Document) {
	for _, k := range w.m.checks {
		if f, failed := k.run(&d.Group, func() finding.Place { return w.place("") }); failed {
			w.found.add(f)
		}
	}
}

// place names a value of the document that is written.
func (w *writer) place(path string) finding.Place {
	return finding.Place{Record: int64(w.doc) + 1, Path: strings.TrimSpace(string(w.m.kind) + " " + w.key + " " + path)}
}

func (w *writer) problem(name string, rule *rule, path, hint, format string, args ...any) {
	f := finding.Finding{Rule: name, Severity: finding.Error, Place: w.place(path), Message: fmt.Sprintf(format, args...), Hint: hint}
	if rule != nil {
		f.Related, f.Source = &rule.place, rule.source
	}
	w.found.add(f)
}

// output is one value ready to be written.
type output struct {
	rule   *rule
	parts  []string
	format string // of a DTM
	path   string
	item   *document.Group
}

// limits is what the place of a value allows.
type limits struct {
	width   int
	accepts func(string) bool // nil: any text
	what    string            // "n..6"
}

// value gives what a rule writes for an item. ok is false when there is nothing to write, or a fault was found.
func (w *writer) value(rule *rule, items []item, index int, lim limits) (output, bool) {
	it := items[len(items)-1]
	out := output{rule: rule, item: it.group}
	v, err := w.pick(rule, items, &out)
	if err != nil {
		w.problem(ruleReckon, rule, out.path, "", "%v", err)
		return out, false
	}
	numbered := false
	if v.IsBlank() && rule.sequence > 0 {
		v, numbered = document.TextValue(fmt.Sprint(rule.sequence*(index+1))), true
	}
	if v.IsBlank() {
		v = rule.fallback
	}
	if v.IsBlank() {
		return out, false
	}
	text, ok := w.text(rule, v, &out)
	if !ok || !w.fit(rule, text, lim, &out) {
		return out, false
	}
	if (rule.remember || numbered) && w.opt.Remember != nil {
		w.opt.Remember(Written{Doc: w.doc, Path: out.path, Rule: rule.place, Value: strings.Join(out.parts, " "), Item: it.group})
	}
	return out, true
}

// pick gives the value of a rule: its expression's, that of the block chosen, or the field's.
func (w *writer) pick(rule *rule, items []item, out *output) (document.Value, error) {
	it := items[len(items)-1]
	if rule.slot >= 0 {
		out.path = it.fieldPath(rule.slot)
	}
	if rule.write != nil {
		return rule.write.value(&frame{items: items})
	}
	slot := rule.slot
	if rule.others != nil {
		if slot = rule.others[chosenBlock(it.group, rule.blocks)]; slot < 0 {
			return document.Value{}, nil
		}
		out.path = it.fieldPath(slot)
	}
	return it.group.At(slot), nil
}

// chosenBlock gives the first of some blocks that has any value, or the last.
func chosenBlock(g *document.Group, blocks []string) int {
	for i, b := range blocks {
		for slot, f := range g.Shape().Fields {
			if strings.HasPrefix(f.Name, b+".") && !g.At(slot).IsBlank() {
				return i
			}
		}
	}
	return len(blocks) - 1
}

// text converts a value.
func (w *writer) text(rule *rule, v document.Value, out *output) (string, bool) {
	if rule.codes != nil {
		ours := codeText(v)
		code, known := rule.codes.write(ours)
		switch {
		case known:
			return code, true
		case rule.unknown != passUnknown:
			w.problem(ruleCode, rule, out.path, rule.codes.addHere(ours, "THEIRS", didYouMean(ours, rule.codes.knownOurs())), "%q is not in the code list %s", ours, rule.codes.label())
			return "", false
		}
		return v.Text(), true
	}
	text, format, err := rule.form.write(v, w.mark)
	if err != nil {
		w.problem(ruleReckon, rule, out.path, "", "%v", err)
		return "", false
	}
	out.format = format
	return text, true
}

// fit makes a text fit its place and says what was changed.
func (w *writer) fit(rule *rule, text string, lim limits, out *output) bool {
	if lim.accepts != nil && !lim.accepts(text) {
		w.problem(ruleTooLong, rule, out.path, "", "%q does not fit a place of %s", text, lim.what)
		return false
	}
	if rule.typ == document.Number && rule.codes == nil {
		out.parts = []string{text}
		return true
	}
	outside := w.opt.Outside
	if rule.key || outside == "" {
		outside = Refuse
	}
	done, err := rule.fit.apply(text, outside, lim.width, w.has)
	if err != nil {
		name, hint := ruleTooLong, ""
		if e, ok := errors.AsType[*fitError](err); ok {
			name, hint = e.rule, e.hint
		}
		w.problem(name, rule, out.path, hint, "%v", err)
		return false
	}
	out.parts = done.parts
	if done.changed {
		w.found.add(finding.Finding{Rule: ruleFit, Severity: finding.Warning, Place: w.place(out.path), Value: finding.Cut(text), Related: &rule.place,
			Message: fmt.Sprintf("%q is written as %q: %s", finding.Cut(text), finding.Cut(strings.Join(done.parts, " ")), done.why)})
	}
	return true
}

// itemsOf gives the items of a list that is written.
func (w *writer) itemsOf(s *scope, items []item) []item {
	parent := items[len(items)-1]
	if s.of == nil {
		return itemsOf(parent, s.slot)
	}
	list, err := s.of.list(&frame{items: items})
	if err != nil {
		f := finding.Finding{Rule: ruleReckon, Severity: finding.Error, Place: w.place(s.name), Related: &s.place, Message: fmt.Sprintf("%s: %v", s.name, err)}
		w.found.add(f)
	}
	return list
}

// sameNumbers refuses two items of a list under one number where the mapping gives numbers.
func (w *writer) sameNumbers(s *scope, seen map[string]int, out output, index int) {
	if out.rule.sequence == 0 || len(out.parts) == 0 {
		return
	}
	if first, twice := seen[out.parts[0]]; twice {
		what := s.name
		if s.parent == nil {
			what = "the file"
		}
		w.problem(ruleSequence, out.rule, out.path, "give all items of the list their number, or none", "items %d and %d of %s both have the number %s", first+1, index+1, what, out.parts[0])
		return
	}
	seen[out.parts[0]] = index
}

// wrote records where a value stands in the output.
func (w *writer) wrote(v Written) {
	if w.opt.Trace != nil {
		w.opt.Trace.Values = append(w.opt.Trace.Values, v)
	}
}
