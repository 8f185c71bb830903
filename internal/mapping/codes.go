package mapping

import (
	"fmt"
	"slices"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// CodeList pairs our codes with the partner's. It is fixed once made and may be used by many mappings at once.
//
// Where two of our codes have the same code of the partner, reading gives the first of them; where one of ours has two of
// the partner's, both are read and the first is written.
type CodeList struct {
	name   string
	add    finding.Place     // where another pair would be written; none where it is not known
	form   string            // how one is written there, of ours and theirs
	ours   map[string]string // the partner's code to ours
	theirs map[string]string // our code to the partner's
}

// NewCodeList makes a list of pairs {ours, theirs}.
func NewCodeList(name string, pairs [][2]string) *CodeList {
	l := &CodeList{name: name, ours: make(map[string]string, len(pairs)), theirs: make(map[string]string, len(pairs))}
	for _, p := range pairs {
		if _, known := l.ours[p[1]]; !known {
			l.ours[p[1]] = p[0]
		}
		if _, known := l.theirs[p[0]]; !known {
			l.theirs[p[0]] = p[1]
		}
	}
	return l
}

// Open says where in a file another pair would be written, and how: "%[1]s;%[2]s" for ours and theirs.
func (l *CodeList) Open(at finding.Place, form string) *CodeList {
	l.add, l.form = at, form
	return l
}

// addHere tells a person what to write where, so that a code is known.
func (l *CodeList) addHere(ours, theirs, near string) string {
	if l.add.File == "" {
		return near
	}
	pair := fmt.Sprintf(l.form, ours, theirs)
	hint := fmt.Sprintf("add it here: %s, as %s", l.add, pair)
	if near != "" {
		hint = near + "; or " + hint
	}
	return hint
}

// codeOf gives our code as the value of a rule's field.
func (r *rule) codeOf(ours string) document.Value {
	if r.typ == document.Number {
		if d, err := document.ParseDecimal(ours); err == nil { // checked when it was compiled
			return document.NumberValue(d)
		}
	}
	return document.TextValue(ours)
}

// codeText gives a value as a code list has it: 19.00 is the code 19.
func codeText(v document.Value) string {
	if d, ok := v.Number(); ok {
		return d.Reduce().String()
	}
	return v.Text()
}

// Name gives the name of the list, "" for one that stands within a mapping.
func (l *CodeList) Name() string { return l.name }

// read gives our code for the partner's.
func (l *CodeList) read(theirs []byte) (string, bool) {
	ours, ok := l.ours[string(theirs)]
	return ours, ok
}

// write gives the partner's code for ours.
func (l *CodeList) write(ours string) (string, bool) {
	theirs, ok := l.theirs[ours]
	return theirs, ok
}

// knownTheirs lists the partner's codes, and knownOurs ours, sorted.
func (l *CodeList) knownTheirs() []string { return sortedKeys(l.ours) }
func (l *CodeList) knownOurs() []string   { return sortedKeys(l.theirs) }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// unknownCode says what happens to a code that a list does not have.
type unknownCode uint8

const (
	holdUnknown unknownCode = iota // an error: the document is held
	passUnknown                    // the code goes through as it is
	dropUnknown                    // the document, or the item of the list, is left out and counted
)

var unknownCodes = []string{"hold", "pass", "drop"}
