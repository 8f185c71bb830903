package idoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/internal/records"
	"github.com/batchgate/batchgate/flatfile/internal/text"
	"github.com/batchgate/batchgate/flatfile/internal/window"
)

// Options say how a file is read.
type Options struct {
	// Charset is the character set of a flat file: "" is utf-8. XML says its own.
	Charset string
	// TrustBOM lets a byte order mark overrule Charset.
	TrustBOM bool
	// Definitions are the segments known: nil is Standard().
	Definitions *Definitions
	// Limits says what becomes of segments that stand too often, or not often enough.
	Limits Limits
	// MaxIDoc is the limit of one IDoc in XML in bytes, which is held as a whole: 0 is 16 MiB.
	MaxIDoc int
}

// Reader reads the segments of a file, flat or XML. A flat file of any size takes the memory of one segment.
type Reader struct {
	in      io.Reader
	o       Options
	file    string
	flat    *flatfile.Reader
	xml     *xmlReader
	begun   bool
	err     error
	seg     Segment
	found   finding.Collector
	limited finding.List  // about limits of basic types
	limits  map[limit]int // where they stand in it

	idoc       int
	headed     bool // the IDoc has its control record
	controlDef *definition
	unchecked  int    // how much of a record is known to be printable ASCII before it is looked at: -1 where nothing ever is
	named      string // the basic type of the IDoc that is read
	basic      *place // its segments; nil: the basic type is not known
	docnum     []byte
	last       int           // SEGNUM
	doc        [3]uint64     // what stands as MANDT and DOCNUM in the data record before, which was right
	began      finding.Place // of the control record
	top        []int32       // how often the segments at the top stand
	open       []open        // the segments around the one read last, and it
	names      map[string]*known
	recent     [64]*known // some of names, by a hash that costs less than the map's
}

// open is a segment that others may stand in.
type open struct {
	number, hlevel int
	place          *place
	known          *known
	counts         []int32 // of what stands in it, by the index of its place
}

// set makes it that of another segment.
func (o *open) set(number, hlevel int, p *place, k *known) {
	o.number, o.hlevel, o.place, o.known = number, hlevel, p, k
	if p != nil && len(p.children) > 0 { // what has none is never asked for them
		o.counts = counters(o.counts, p)
	}
}

// grow makes the list of open segments so long, keeping the memory of those there were.
func (r *Reader) grow(n int) { r.open = slices.Grow(r.open, max(0, n-len(r.open)))[:n] }

// known is what a name in a flat file stands for.
type known struct {
	flat, name, release string
	words               [4]uint64 // those of flat
	def                 *definition
	end, exact          int    // where its fields end in a record, and those of its release; 0: not known
	around, place       *place // where it stood last, and in what
}

// in gives the place of a segment within another one.
func (k *known) in(around *place) *place {
	if k.around != around {
		k.around, k.place = around, around.child(k.name)
	}
	return k.place
}

// NewReader gives a reader of a file, whatever its form. What is wrong with the options is the error of the first Read.
func NewReader(r io.Reader, o Options) *Reader {
	if o.Definitions == nil {
		o.Definitions = Standard()
	}
	return &Reader{in: r, o: o, names: map[string]*known{}, controlDef: o.Definitions.segments[ControlName]}
}

// SetFile gives the name that places name as their file. It is to be set before the first Read.
func (r *Reader) SetFile(name string) { r.file = name }

// Findings gives everything that was found so far.
func (r *Reader) Findings() finding.List {
	all := append(r.found.List(), r.limited...)
	if r.flat != nil {
		all = append(all, r.flat.Findings()...)
	}
	if r.xml != nil {
		all = append(all, r.xml.in.Findings()...)
	}
	all.Sort()
	return all
}

// IsXML tells which form the file has. It is known after the first Read.
func (r *Reader) IsXML() bool { return r.xml != nil }

// Whole gives the IDoc that is read as it stands in an XML file, as UTF-8; nil in a flat file, whose segments are its parts.
func (r *Reader) Whole() []byte {
	if r.xml == nil || r.xml.tree == nil {
		return nil
	}
	whole, _ := r.xml.tree.Whole()
	return whole
}

// Segments ranges over the segments. It yields what Read returns and stops behind an error that ends the reading.
func (r *Reader) Segments() iter.Seq2[*Segment, error] {
	return records.All(r.Read, func() bool { return r.err != nil })
}

// Read gives the next segment, and io.EOF when there is none. With a *flatfile.RowError comes the broken segment, and the
// next Read goes on; so it does after a *flatfile.FileError. Any other error ends the reading and is returned again.
func (r *Reader) Read() (*Segment, error) {
	if r.err != nil {
		return nil, r.err
	}
	if !r.begun {
		r.begun = true
		if err := r.begin(); err != nil {
			r.err = err
			return nil, err
		}
	}
	if r.xml != nil {
		return r.readXML()
	}
	return r.readFlat()
}

// sniffed is how many bytes tell the form of a file: a control record in any character set, and what is behind it.
const sniffed = 4 * (controlLength + 2)

// begin finds the form of the file.
func (r *Reader) begin() error {
	first, err := window.Peek(r.in, sniffed)
	if err != nil && err != io.EOF { // a shorter file gives what it has
		f := finding.Finding{Rule: "flatfile.source", Severity: finding.Error, Place: finding.Place{File: r.file}, Message: fmt.Sprintf("reading stopped after %d bytes: %v", len(first), err)}
		r.found.Add(f)
		return &flatfile.Error{Finding: f, Err: err}
	}
	r.in = window.Rejoin(first, err, r.in)
	start := bytes.TrimLeft(bytes.ReplaceAll(bytes.TrimLeft(first, "\xEF\xBB\xBF\xFE\xFF"), []byte{0}, nil), " \t\r\n")
	switch {
	case bytes.HasPrefix(start, []byte("<")):
		return r.beginXML(first)
	case bytes.HasPrefix(start, []byte("EDI_DC")) && !bytes.HasPrefix(start, []byte(ControlName)):
		return r.oldRelease(start)
	}
	l := flatfile.Layout{Charset: r.o.Charset, TrustBOM: r.o.TrustBOM, Characters: true, ShortRows: true, Unsearched: true, MaxRecord: 8 << 10, Types: []flatfile.RecordType{
		{Name: "control", Value: ControlName, Length: controlLength}, {Name: "data", Length: headLength + dataLength}}}
	if len(start) >= controlLength && !bytes.ContainsAny(start, "\r\n") {
		l.ByType = true
	}
	r.flat = flatfile.NewFixedReader(r.in, l)
	r.flat.SetFile(r.file)
	if !r.flat.ASCII() {
		r.unchecked = -1
	}
	return nil
}

// oldRelease refuses the control record of a release before 4.0.
func (r *Reader) oldRelease(text []byte) error {
	name, _, _ := bytes.Cut(text, []byte(" "))
	f := finding.Finding{Rule: ruleControl, Severity: finding.Error, Place: finding.Place{File: r.file, Line: 1, Column: 1, Length: len(name)}, Value: finding.Cut(string(name)),
		Message: fmt.Sprintf("the control record is %s, not EDI_DC40: it is of a release before 4.0, whose fields stand elsewhere", finding.Cut(string(name))),
		Hint:    "let SAP send record types of version 3, from release 4.x on, in the port (transaction WE21)"}
	r.found.Add(f)
	return &flatfile.Error{Finding: f, Err: ErrRelease}
}

// readFlat reads a record of a flat file.
func (r *Reader) readFlat() (*Segment, error) {
	rec, err := r.flat.Read()
	if err != nil {
		return r.notRead(rec, err)
	}
	s := &r.seg
	s.rec, s.idoc, s.body, s.checked = rec, r.idoc, rec.Body(), r.unchecked
	if r.standsWell(s) {
		return s, nil
	}
	if rec.Type() == "control" {
		return r.control(s)
	}
	return r.data(s)
}

// notRead gives what could not be read, and why.
func (r *Reader) notRead(rec *flatfile.Record, err error) (*Segment, error) {
	if row, ok := errors.AsType[*flatfile.RowError](err); ok && rec != nil {
		r.seg = Segment{rec: rec, body: rec.Body(), checked: -1, idoc: r.idoc, number: r.last, text: r.seg.text}
		return &r.seg, row
	}
	if err == io.EOF {
		r.end()
	}
	if _, ok := errors.AsType[*flatfile.FileError](err); !ok {
		r.err = err
	}
	return nil, err
}

// control begins an IDoc.
func (r *Reader) control(s *Segment) (*Segment, error) {
	r.end()
	r.idoc++
	s.name, s.release, s.def, s.place, s.base, s.number, s.level, s.idoc = ControlName, "", r.controlDef, nil, 0, 0, 0, r.idoc
	r.last, r.open, r.headed = 0, r.open[:0], true
	r.doc = [3]uint64{}
	r.docnum, _ = s.AppendText(r.docnum[:0], fieldDocument) // on an error it is empty, and not compared with
	if s.checked >= controlDocEnd {
		r.doc = docWords(s.body[controlDocEnd-docLength-clientLength:])
	}
	var faults finding.List
	if len(s.body) != controlLength {
		faults = s.damaged()
	}
	return s, r.refuse(append(faults, r.enter(s)...))
}

// enter finds the basic type of an IDoc.
func (r *Reader) enter(s *Segment) (faults finding.List) {
	defer func() { r.top = counters(r.top, r.basic) }()
	r.began = s.Where()
	if s.rec != nil {
		s.text, _ = s.AppendText(s.text[:0], fieldType)
	} else {
		s.text = s.appendValue(s.text[:0], "IDOCTYP")
	}
	if r.basic != nil && string(s.text) == r.named {
		return nil
	}
	r.named = string(s.text)
	if r.basic = r.o.Definitions.types[r.named]; r.basic != nil {
		return nil
	}
	if r.named == "" {
		f := s.fault(ruleControl, "the control record names no basic type (IDOCTYP)")
		f.Severity = finding.Warning
		return finding.List{f}
	}
	f := s.fault(ruleType, "the basic type %s is not known: its segments are not checked against it", finding.Cut(r.named))
	f.Severity, f.Place = finding.Note, s.Place(s.Index("IDOCTYP"))
	return finding.List{f}
}

// data takes a data record.
func (r *Reader) data(s *Segment) (*Segment, error) {
	s.head = nil // it is shorter, or has characters of several bytes
	if len(s.body) >= headLength && s.plain(headLength) {
		s.head = s.body[:headLength]
	}
	k := r.lookUp(s.part(0, nameLength))
	s.name, s.release, s.def, s.base = k.name, k.release, k.def, headLength
	if n := len(s.body); n != k.end && n != k.exact && n != headLength+dataLength {
		if faults := s.damaged(); len(faults) > 0 {
			s.number, s.level, s.place = r.last, len(r.open), nil
			return s, r.refuse(faults)
		}
	}
	if r.idoc == 0 {
		s.number, s.level, s.place = 0, 0, nil
		return s, r.refuse(finding.List{s.fault(ruleControl, "the file begins with %s, not with a control record", finding.Cut(s.name))})
	}
	return s, r.refuse(r.stand(s, k))
}

// manyNames is how many names of segments are remembered. No basic type has so many: a damaged file may.
const manyNames = 10_000

// lookUp finds what a name in the file stands for.
func (r *Reader) lookUp(flat []byte) *known {
	k := r.names[string(flat)]
	if k == nil {
		k = r.newName(flat)
		if len(r.names) >= manyNames { // not to be remembered
			return k
		}
		r.names[k.flat] = k
	}
	if len(flat) == nameLength && text.Printable(flat) {
		k.words = nameWords(flat)
		r.recent[slot(k.words[0], k.words[1])] = k
	}
	return k
}

// newName finds what a name stands for that was not met yet.
func (r *Reader) newName(flat []byte) *known {
	k := &known{flat: string(flat)}
	k.name, k.release = r.o.Definitions.fromFlat(bytes.TrimRight(flat, " "))
	if k.def = r.o.Definitions.segments[k.name]; k.def != nil {
		k.end = headLength + k.def.length
		k.exact = k.end
		if known := releases[k.name]; known.release == k.release && known.length > 0 {
			k.exact = headLength + known.length
		}
	}
	return k
}

// refuse keeps what was found, and makes an error of it when one is severe.
func (r *Reader) refuse(faults finding.List) error {
	for _, f := range faults {
		r.found.Add(f)
	}
	if faults.HasErrors() {
		return &flatfile.RowError{Findings: faults}
	}
	return nil
}
