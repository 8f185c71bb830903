package idoc

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/finding"
)

// The names of what this package checks. They are stable: profiles refer to them.
const (
	ruleControl   = "idoc.control"
	ruleType      = "idoc.type"
	ruleNumber    = "idoc.segment-number"
	ruleHierarchy = "idoc.hierarchy"
	ruleLevel     = "idoc.level"
	ruleDocument  = "idoc.document-number"
	ruleUnknown   = "idoc.segment-unknown"
	ruleField     = "idoc.field-unknown"
	ruleLong      = "idoc.segment-long"
	ruleDamaged   = "idoc.damaged"
	ruleLimit     = "idoc.segment-limit"
)

// ErrRelease is the cause of the error for a file of a release before 4.0.
var ErrRelease = errors.New("old control record")

// fault makes an error about a segment.
func (s *Segment) fault(rule, format string, args ...any) finding.Finding {
	f := finding.Finding{Rule: rule, Severity: finding.Error, Place: s.Where(), Message: fmt.Sprintf(format, args...)}
	f.Source = finding.Cut(strings.ToValidUTF8(strings.TrimRight(string(s.Raw()[:min(len(s.Raw()), finding.MaxValue+8)]), " \r\n"), "?"))
	return f
}

// stand finds where a data record stands in the hierarchy, and says what is wrong with its numbers.
func (r *Reader) stand(s *Segment, k *known) finding.List {
	var faults finding.List
	s.place = nil
	n := s.numbers()
	number, parent := n.number, n.parent
	switch {
	case !n.okNumber:
		faults = append(faults, s.numberFault("SEGNUM", numberAt, 6, "is no number"))
	case number <= r.last:
		f := s.numberFault("SEGNUM", numberAt, 6, fmt.Sprintf("does not come after %06d, that of the record before", r.last))
		faults = append(faults, f)
	}
	if !n.okNumber || number <= r.last {
		number = r.last + 1
	}
	s.number = number
	r.last = number
	if !r.sameDocument(s) {
		faults = append(faults, s.partFault(ruleDocument, "DOCNUM", docAt, docLength, fmt.Sprintf("is not %s, that of the control record", r.docnum), "a record of another IDoc stands here, or one is missing"))
	}
	at := -1
	switch {
	case n.okParent && parent > 0:
		for at = len(r.open) - 1; at >= 0 && r.open[at].number != parent; at-- {
		}
		if at < 0 {
			faults = append(faults, s.partFault(ruleHierarchy, "PSGNUM", parentAt, 6, "is the number of no segment that this one could stand in", "a record is missing, or they are out of order"))
			at = r.parentByName(s)
		}
	case !n.okParent || r.basic != nil && k.in(r.basic) == nil:
		at = r.parentByName(s)
	}
	faults = append(faults, r.push(s, k, at, n.level, n.okLevel)...)
	if s.def == nil {
		f := s.fault(ruleUnknown, "the segment %s is not known, and its fields are not read", finding.Cut(s.name))
		f.Severity, f.Hint = finding.Warning, "describe it in the mapping under segments"
		return append(faults, f)
	}
	if len(s.body) > k.end && s.goesOn() {
		f := s.fault(ruleLong, "the segment goes on behind %s, the last field known", s.def.fields[len(s.def.fields)-1].Name)
		f.Place = s.named(s.rec.PartPlace(headLength+s.def.length, dataLength, ""))
		f.Severity, f.Hint = finding.Warning, "it is of a newer release: describe its further fields in the mapping"
		faults = append(faults, f)
	}
	return faults
}

// goesOn tells whether there is something behind the last field known. Characters of several bytes only make fields stand
// further behind than bytes are counted, so that blanks there are enough.
func (s *Segment) goesOn() bool {
	end := headLength + s.def.length
	return !onlyBlanks(s.body[end:]) && len(bytes.TrimRight(s.rec.Part(end, dataLength), " ")) > 0
}

// damaged says what is wrong with a line that holds a NUL byte or a carriage return. It is not for lines as long as their
// segment, or filled up with blanks: these are one record, and what their fields hold is seen when it is asked for.
func (s *Segment) damaged() finding.List {
	f := finding.Finding{}
	switch {
	case bytes.IndexByte(s.body, '\r') >= 0:
		f = s.fault(ruleDamaged, "the line holds a carriage return")
		f.Hint = "two records may stand in it, of which the second has no line of its own"
	case bytes.IndexByte(s.body, 0) >= 0:
		f = s.fault(ruleDamaged, "the line holds a NUL byte")
		f.Hint = "the file may be damaged, or still being written"
	default:
		return nil
	}
	return finding.List{f}
}

// push makes a segment the last one open, below the one at a place in the list.
func (r *Reader) push(s *Segment, k *known, at, hlevel int, okLevel bool) finding.List {
	var faults finding.List
	r.close(at)
	s.level = at + 2
	around := r.basic
	name := ""
	if at >= 0 {
		around, name = r.open[at].place, r.open[at].known.name
	}
	if around != nil {
		s.place = k.in(around)
		if s.place == nil && r.basic != nil {
			faults = append(faults, r.misplaced(s, name)...)
		}
	}
	if at >= 0 && okLevel && hlevel > 0 && r.open[at].hlevel > 0 && hlevel <= r.open[at].hlevel {
		f := s.partFault(ruleLevel, "HLEVEL", levelAt, 2, fmt.Sprintf("is not below %02d, that of %s", r.open[at].hlevel, name), "")
		f.Severity = finding.Warning
		faults = append(faults, f)
	}
	faults = append(faults, r.count(s, at)...)
	r.grow(at + 2)
	r.open[at+1].set(s.number, hlevel, s.place, k)
	return faults
}

// misplaced is what is to say about a segment that its basic type does not have there.
func (r *Reader) misplaced(s *Segment, name string) finding.List {
	where := "at the top"
	if name != "" {
		where = "in " + name
	}
	elsewhere := r.basic.find(s.name)
	if elsewhere == nil { // of an extension, or another release
		return nil
	}
	f := s.fault(ruleHierarchy, "%s cannot stand %s", s.name, where)
	if elsewhere.parent.name != "" {
		f.Hint = "it stands in " + elsewhere.parent.name
	} else {
		f.Hint = "it stands at the top"
	}
	if s.rec != nil {
		f.Place = s.named(s.rec.PartPlace(parentAt, 6, "PSGNUM"))
	}
	return finding.List{f}
}

// parentByName finds the open segment in which one without PSGNUM stands, by its basic type.
func (r *Reader) parentByName(s *Segment) int {
	for at := len(r.open) - 1; at >= 0; at-- {
		if p := r.open[at].place; p != nil && p.child(s.name) != nil {
			return at
		}
	}
	return -1
}

// numberFault is a fault of SEGNUM.
func (s *Segment) numberFault(field string, at, length int, what string) finding.Finding {
	return s.partFault(ruleNumber, field, at, length, what, "a record is missing or stands there twice, or they are out of order")
}

// partFault is a fault of a field of the data record's head.
func (s *Segment) partFault(rule, field string, at, length int, what, hint string) finding.Finding {
	text := strings.ToValidUTF8(string(s.rec.Part(at, length)), "?")
	f := s.fault(rule, "%s %q %s", field, text, what)
	f.Place = s.named(s.rec.PartPlace(at, length, field))
	f.Hint = hint
	return f
}

// blanks are as many as a record can have.
var blanks = strings.Repeat(" ", dataLength)

// onlyBlanks tells whether there is nothing but blanks.
func onlyBlanks(b []byte) bool {
	return len(b) <= len(blanks) && string(b) == blanks[:len(b)] || len(bytes.TrimRight(b, " ")) == 0
}
