package idoc

import (
	"bytes"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/internal/text"
)

// Segment is one segment of an IDoc, or its control record. It is valid until the next Read.
type Segment struct {
	name    string
	release string
	def     *definition // nil: not known
	place   *place      // in the basic type; nil: not known
	number  int
	level   int
	idoc    int

	rec     *flatfile.Record // of a flat file
	base    int              // where its fields begin in the record
	body    []byte           // it, without its line end
	head    []byte           // what is before the fields, where each of its characters is a byte
	checked int              // so many bytes of the body are printable ASCII; -1: they cannot be
	values  []value          // of an XML file
	where   finding.Place
	raw     []byte
	text    []byte // memory of Value
}

// value is a field of a segment in XML.
type value struct {
	name  string
	text  string
	place finding.Place
}

// Name gives the segment's name in the XML form, E1EDP01, or that of the control record, EDI_DC40.
func (s *Segment) Name() string { return s.name }

// Release gives the release that a flat file names, "008", or "".
func (s *Segment) Release() string { return s.release }

// IsControl tells whether it is the control record.
func (s *Segment) IsControl() bool { return s.name == ControlName }

// IDoc gives the ordinal of the IDoc in the file, from 1.
func (s *Segment) IDoc() int { return s.idoc }

// Number gives the number of the segment in its IDoc, from 1, and 0 for the control record.
func (s *Segment) Number() int { return s.number }

// Level gives the depth of the segment in its IDoc: 1 at the top, 0 for the control record.
func (s *Segment) Level() int { return s.level }

// Known tells whether the segment is among the definitions, so that a flat one has fields.
func (s *Segment) Known() bool { return s.def != nil }

// Fields gives the number of fields: those of the definition, or those that stand in a segment in XML.
func (s *Segment) Fields() int {
	if s.rec == nil {
		return len(s.values)
	}
	if s.def == nil {
		return 0
	}
	return len(s.def.fields)
}

// Field gives the name of a field.
func (s *Segment) Field(i int) string {
	if s.rec == nil {
		return s.values[i].name
	}
	return s.def.fields[i].Name
}

// Index finds a field by its name, or gives -1.
func (s *Segment) Index(name string) int {
	if s.rec != nil {
		if s.def != nil {
			if i, ok := s.def.index[name]; ok {
				return i
			}
		}
		return -1
	}
	for i := range s.values {
		if s.values[i].name == name {
			return i
		}
	}
	return -1
}

// AppendText appends the value of a field as UTF-8, without blanks around it. Its error is a *flatfile.CharsetError.
func (s *Segment) AppendText(dst []byte, i int) ([]byte, error) {
	if s.rec == nil {
		return append(dst, bytes.Trim([]byte(s.values[i].text), " ")...), nil
	}
	f := &s.def.fields[i]
	from := s.base + s.def.starts[i]
	to := min(from+f.Length, len(s.body))
	if from > to || !s.plain(to) {
		return s.rec.AppendTrimmed(dst, from, f.Length, f.Name)
	}
	to = max(from, text.TrimEnd(s.body[:to]))
	for from < to && s.body[from] == ' ' {
		from++
	}
	return append(dst, s.body[from:to]...), nil
}

// plain tells whether all that stands before a place is printable ASCII, so that characters are bytes.
func (s *Segment) plain(to int) bool {
	if to <= s.checked {
		return true
	}
	if s.checked < 0 {
		return false
	}
	// A little more is looked at than is asked for: the next field will be asked for, and few long looks cost less.
	if ahead := min(to+32, len(s.body)); text.Printable(s.body[s.checked:ahead]) {
		s.checked = ahead
	} else if text.Printable(s.body[s.checked:to]) {
		s.checked = to
	} else {
		return false
	}
	return true
}

// Text gives the value of a field as UTF-8, without blanks around it.
func (s *Segment) Text(i int) (string, error) {
	b, err := s.AppendText(nil, i)
	return string(b), err
}

// Value gives the value of a field by its name, "" when it does not stand there or cannot be decoded.
func (s *Segment) Value(name string) string {
	s.text = s.appendValue(s.text[:0], name)
	return string(s.text)
}

// appendValue appends what Value gives.
func (s *Segment) appendValue(dst []byte, name string) []byte {
	if i := s.Index(name); i >= 0 {
		dst, _ = s.AppendText(dst, i) // on an error that is dst as it was
	}
	return dst
}

// part gives some characters of the head of a data record.
func (s *Segment) part(at, length int) []byte {
	if s.head != nil {
		return s.head[at : at+length]
	}
	return s.rec.Part(at, length)
}

// Place gives the place of a field, with the blanks behind it.
func (s *Segment) Place(i int) finding.Place {
	var p finding.Place
	if s.rec == nil {
		p = s.values[i].place
	} else {
		p = s.rec.PartPlace(s.base+s.def.starts[i], s.def.fields[i].Length, s.def.fields[i].Name)
	}
	return s.named(p)
}

// Where gives the place of the segment as a whole.
func (s *Segment) Where() finding.Place {
	if s.rec == nil {
		return s.named(s.where)
	}
	return s.named(s.rec.Where())
}

// named puts the coordinates of an IDoc into a place.
func (s *Segment) named(p finding.Place) finding.Place {
	p.Record, p.Segment, p.Tag = int64(s.idoc), s.number, s.name
	return p
}

// Raw gives the segment as it stands in the file: a line with its line end, or an element in XML, as UTF-8.
func (s *Segment) Raw() []byte {
	if s.rec == nil {
		return s.raw
	}
	return s.rec.Raw()
}
