package idoc

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// xmlReader reads IDocs of an XML file, one at a time.
type xmlReader struct {
	in   *xmlfile.Reader
	o    xmlfile.Options
	tree *xmlfile.Record
	next int // the element to look at
	bad  error
}

// beginXML opens an XML file: its root has any name, and IDOC children.
func (r *Reader) beginXML(first []byte) error {
	r.xml = &xmlReader{o: xmlOptions(first, r.o)}
	r.xml.in = xmlfile.NewReader(r.in, r.xml.o)
	r.xml.in.SetFile(r.file)
	return nil
}

// xmlOptions finds the name of the root, so that each IDoc is a record. Where it cannot be found, the root is.
func xmlOptions(first []byte, o Options) xmlfile.Options {
	x := xmlfile.Options{MaxRecord: o.MaxIDoc}
	for rest := first; ; {
		at := bytes.IndexByte(rest, '<')
		if at < 0 || at+1 >= len(rest) {
			return x
		}
		rest = rest[at+1:]
		if rest[0] == '?' || rest[0] == '!' {
			continue
		}
		end := bytes.IndexAny(rest, " \t\r\n/>")
		if end <= 0 || bytes.ContainsAny(rest[:end], ":\x00") {
			return x
		}
		if name := string(rest[:end]); name != "IDOC" {
			x.Record = name + "/IDOC"
		}
		return x
	}
}

// readXML gives the next segment of an XML file.
func (r *Reader) readXML() (*Segment, error) {
	x := r.xml
	for {
		if x.tree != nil {
			if seg := r.nextElement(); seg != nil {
				faults := r.standXML(seg)
				if x.bad != nil && seg.IsControl() { // the whole IDoc is broken
					err := x.bad
					x.bad = nil
					r.refuse(faults)
					return seg, err
				}
				return seg, r.refuse(faults)
			}
			if x.tree = nil; x.o.Record == "" && r.last == 0 && !r.headed {
				return nil, r.noIDoc()
			}
		}
		rec, err := x.in.Read()
		if _, ok := errors.AsType[*flatfile.RowError](err); err != nil && (!ok || rec == nil) {
			if err != io.EOF || r.idoc > 0 {
				if err == io.EOF {
					r.end()
				}
				r.err = err
				return nil, err
			}
			return nil, r.noIDoc()
		}
		r.end()
		r.idoc++
		r.last, r.open, r.basic, r.headed = 0, r.open[:0], nil, false
		x.tree, x.next, x.bad = rec, 1, err
	}
}

// noIDoc is the error for an XML file of another kind.
func (r *Reader) noIDoc() error {
	f := finding.Finding{Rule: ruleControl, Severity: finding.Error, Place: finding.Place{File: r.file}, Message: "the file holds no IDOC element", Hint: "an IDoc in XML has IDOC elements below its root"}
	r.found.Add(f)
	r.err = &flatfile.Error{Finding: f, Err: flatfile.ErrEmpty}
	return r.err
}

// nextElement gives the next element of the IDoc that is a segment.
func (r *Reader) nextElement() *Segment {
	t := &r.xml.tree.Tree
	for i := r.xml.next; i < t.Len(); i++ {
		if !isSegment(t, i) {
			continue
		}
		r.xml.next = i + 1
		s := &r.seg
		s.rec, s.values, s.release, s.idoc = nil, s.values[:0], "", r.idoc
		s.name, s.where, s.raw = t.Local(i), t.Place(i), t.Raw(i)
		s.level = 0
		for p := t.Parent(i); p >= 0; p = t.Parent(p) {
			if isSegment(t, p) {
				s.level++
			}
		}
		for child := range t.Children(i) {
			if !isSegment(t, child) {
				s.values = append(s.values, value{t.Local(child), t.Text(child), t.TextPlace(child)})
			}
		}
		return s
	}
	return nil
}

// isSegment tells segments from fields: they have the attribute SEGMENT, or names as segments have.
func isSegment(t *xmlfile.Tree, i int) bool {
	if _, ok := t.Attr(i, "SEGMENT"); ok {
		return true
	}
	name := t.Local(i)
	return name == ControlName || strings.HasPrefix(name, "E1") || strings.HasPrefix(name, "Z1")
}

// standXML finds where a segment stands in its basic type, and says what it has that is not known.
func (r *Reader) standXML(s *Segment) finding.List {
	s.def, s.place = r.o.Definitions.segments[s.name], nil
	if s.IsControl() {
		s.number, r.headed = 0, true
		return append(r.enter(s), r.fieldsKnown(s)...)
	}
	r.last++
	s.number = r.last
	s.level++
	var faults finding.List
	if !r.headed {
		r.headed = true
		faults = append(faults, s.fault(ruleControl, "the IDoc begins with %s, not with its control record", finding.Cut(s.name)))
	}
	faults = append(faults, r.push(s, &known{name: s.name}, min(s.level-2, len(r.open)-1), 0, false)...)
	if s.def == nil {
		return faults
	}
	return append(faults, r.fieldsKnown(s)...)
}

// fieldsKnown warns of fields that the definition does not have, and of values that are too long.
func (r *Reader) fieldsKnown(s *Segment) finding.List {
	var faults finding.List
	for i := range s.values {
		at, ok := s.def.index[s.values[i].name]
		switch {
		case !ok:
			f := s.fault(ruleField, "%s has no field %s", s.name, finding.Cut(s.values[i].name))
			f.Severity, f.Place = finding.Note, s.Place(i)
			faults = append(faults, f)
		case len([]rune(s.values[i].text)) > s.def.fields[at].Length:
			f := s.fault(ruleLong, "%s is longer than %d characters", s.values[i].name, s.def.fields[at].Length)
			f.Severity, f.Place, f.Value = finding.Warning, s.Place(i), finding.Cut(s.values[i].text)
			faults = append(faults, f)
		}
	}
	return faults
}
