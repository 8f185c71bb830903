package idoc

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// Form says how a file is written.
type Form uint8

const (
	// Padded: data records of 1063 characters.
	Padded Form = iota
	// Exact: data records as long as their segment in its release, as SAP's own converter writes them.
	Exact
	// Trimmed: no blanks at the end of records.
	Trimmed
	// Endless: data records of 1063 characters without line ends.
	Endless
	// XML: nested elements.
	XML
)

// WriteOptions say how a file is written.
type WriteOptions struct {
	Form Form
	// Charset is the character set of a flat file: "" is utf-8. XML is utf-8.
	Charset string
	// LineEnd is what a flat record ends with: "" is CR LF.
	LineEnd string
	// Definitions are the segments known: nil is Standard().
	Definitions *Definitions
	// Releases are the releases by which segments are named in a flat file, "008" for E1EDP01, where they are not those
	// that SAP's own samples have.
	Releases map[string]string
}

// Writer writes IDocs. What it writes a Reader reads back with the same values.
type Writer struct {
	o       WriteOptions
	out     *flatfile.FixedWriter // of a flat file
	xml     *xmlWriter
	err     error
	idoc    int
	control []string // the values of the control record
	basic   *place
	open    []*place // around the segment written last, and it
	numbers []int    // of these
	number  int
}

// NewWriter gives a writer. Options that make no sense are the error of the first call.
func NewWriter(w io.Writer, o WriteOptions) *Writer {
	if o.Definitions == nil {
		o.Definitions = Standard()
	}
	out := &Writer{o: o}
	if o.Form > XML {
		out.err = &flatfile.Error{Finding: finding.Finding{Rule: "idoc.options", Severity: finding.Error, Message: "there is no such form of IDocs"}, Err: flatfile.ErrOptions}
		return out
	}
	if o.Form == XML {
		out.xml = &xmlWriter{w: w}
		return out
	}
	out.out = flatfile.NewFixedWriter(w, out.layout())
	return out
}

// layout is the layout of the flat file: a type for each segment, whose record is one field.
func (w *Writer) layout() flatfile.Layout {
	l := flatfile.Layout{Charset: w.o.Charset, Characters: true, LineEnd: w.o.LineEnd, MaxRecord: 8 << 10}
	switch w.o.Form {
	case Endless:
		l.ByType = true
	case Trimmed:
		l.ShortRows, l.Trim = true, true
	}
	add := func(name, mark string, n int) {
		l.Types = append(l.Types, flatfile.RecordType{Name: name, Value: mark, Length: n, Fields: []flatfile.FixedField{{Name: "record", Length: n}}})
	}
	add(ControlName, ControlName, controlLength)
	for _, name := range slices.Sorted(maps.Keys(w.o.Definitions.segments)) {
		if name == ControlName {
			continue
		}
		release, n := w.release(w.o.Definitions.segments[name])
		if w.o.Form != Exact {
			n = dataLength
		}
		add(name, fmt.Sprintf("%-30s", toFlat(name, release)), headLength+n)
	}
	return l
}

// Begin begins an IDoc: its control record has the values of the fields named, TABNAM put in. IDOCTYP must be known and
// DOCNUM given.
func (w *Writer) Begin(control map[string]string) error {
	if w.err != nil {
		return w.err
	}
	def := w.o.Definitions.segments[ControlName]
	values := make([]string, len(def.fields))
	for name, v := range control {
		i, ok := def.index[name]
		if !ok {
			return w.refuse(ControlName, name, v, "the control record has no such field", flatfile.ErrOptions)
		}
		values[i] = v
	}
	values[0] = ControlName
	basic := w.o.Definitions.types[control["IDOCTYP"]]
	switch {
	case basic == nil:
		return w.refuse(ControlName, "IDOCTYP", control["IDOCTYP"], "the basic type is not known", flatfile.ErrOptions)
	case strings.Trim(control["DOCNUM"], "0123456789") != "" || control["DOCNUM"] == "":
		return w.refuse(ControlName, "DOCNUM", control["DOCNUM"], "the number of the IDoc is no number", flatfile.ErrOptions)
	}
	if err := w.finish(); err != nil {
		return err
	}
	text, err := w.fields(def, values)
	if err != nil {
		return err
	}
	w.idoc++
	w.control, w.basic, w.open, w.numbers, w.number = values, basic, w.open[:0], w.numbers[:0], 0
	if w.xml != nil {
		return w.fail(w.xml.begin(control["IDOCTYP"], def, values))
	}
	return w.fail(w.out.Write(ControlName, []string{text}))
}

// Segment writes a segment at a level, 1 at the top, below the segment of the level above written last. values are those
// of its fields by their names. A *flatfile.ValueError says why it cannot be written: nothing of it is.
func (w *Writer) Segment(name string, level int, values map[string]string) error {
	if w.err != nil {
		return w.err
	}
	def := w.o.Definitions.segments[name]
	switch {
	case w.basic == nil:
		return w.refuse(name, "", "", "there is no control record before it", flatfile.ErrOptions)
	case def == nil || def.name == ControlName:
		return w.refuse(name, "", "", "the segment is not known", flatfile.ErrOptions)
	case level < 1 || level > len(w.open)+1:
		return w.refuse(name, "", "", fmt.Sprintf("there is no segment of level %d for it to stand in", level-1), flatfile.ErrOptions)
	}
	at := w.basic
	if level > 1 {
		at = w.open[level-2]
	}
	place := at.child(name)
	if place == nil {
		return w.refuse(name, "", "", "it cannot stand "+where(at), flatfile.ErrOptions)
	}
	all := make([]string, len(def.fields))
	for field, v := range values {
		i, ok := def.index[field]
		if !ok {
			return w.refuse(name, field, v, "the segment has no such field", flatfile.ErrOptions)
		}
		all[i] = v
	}
	text, err := w.fields(def, all)
	if err != nil {
		return err
	}
	if err := w.inRelease(def, all); err != nil {
		return err
	}
	if w.number >= 999999 {
		return w.refuse(name, "", "", "an IDoc has at most 999999 segments", flatfile.ErrTooLong)
	}
	return w.put(def, place, level, all, text)
}

// where names a place for messages.
func where(p *place) string {
	if p.name == "" {
		return "at the top"
	}
	return "in " + p.name
}

// put writes a segment that was checked.
func (w *Writer) put(def *definition, place *place, level int, values []string, text string) error {
	w.number++
	parent := 0
	if level > 1 {
		parent = w.numbers[level-2]
	}
	w.open, w.numbers = append(w.open[:level-1], place), append(w.numbers[:level-1], w.number)
	if w.xml != nil {
		return w.fail(w.xml.segment(def, level, values))
	}
	release, _ := w.release(def)
	hlevel := level + 1
	if def.name == "E1EDK01" {
		hlevel = 1 // as SAP writes it
	}
	head := fmt.Sprintf("%-30s%-3.3s%-16s%06d%06d%02d", toFlat(def.name, release), w.control[1], w.control[2], w.number, parent, hlevel)
	return w.fail(w.out.Write(def.name, []string{head + text}))
}

// release gives the release by which a segment is named, and how long it is in it.
func (w *Writer) release(def *definition) (release string, length int) {
	r := releases[def.name]
	length = def.length
	if r.length > 0 && r.length < length {
		length = r.length
	}
	if own, ok := w.o.Releases[def.name]; ok && own != r.release {
		return own, def.length
	}
	return r.release, length
}

// inRelease refuses a value that the release of a flat segment does not have.
func (w *Writer) inRelease(def *definition, values []string) error {
	release, length := w.release(def)
	for i, v := range values {
		if w.xml == nil && v != "" && def.starts[i]+def.fields[i].Length > length {
			return w.refuse(def.name, def.fields[i].Name, v, fmt.Sprintf("release %s of the segment does not have the field: name a newer release for it", release), flatfile.ErrTooLong)
		}
	}
	return nil
}

// fields makes the fields of a segment one text, each filled to its length, blanks at the end left out.
func (w *Writer) fields(def *definition, values []string) (string, error) {
	var b strings.Builder
	for i, v := range values {
		f := def.fields[i]
		n := utf8.RuneCountInString(v)
		switch {
		case n > f.Length:
			return "", w.refuse(def.name, f.Name, v, fmt.Sprintf("it is %d long, and the field is %d", n, f.Length), flatfile.ErrTooLong)
		case !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0xFFFE || r == 0xFFFF }):
			return "", w.refuse(def.name, f.Name, v, "it holds a line end, another control character, or no UTF-8", flatfile.ErrCharset)
		case strings.Trim(v, " ") != v:
			return "", w.refuse(def.name, f.Name, v, "blanks around a value are filling, and are not read back", flatfile.ErrOptions)
		}
		b.WriteString(v)
		b.WriteString(strings.Repeat(" ", f.Length-n))
	}
	return strings.TrimRight(b.String(), " "), nil
}

// refuse makes the error for a value that cannot be written.
func (w *Writer) refuse(segment, field, value, reason string, cause error) error {
	name := segment
	if field != "" {
		name += "." + field
	}
	return &flatfile.ValueError{Record: int64(w.idoc), Field: name, Value: finding.Cut(value), Reason: reason, Err: cause}
}

// fail keeps errors but those of a single value.
func (w *Writer) fail(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := err.(*flatfile.ValueError); !ok {
		w.err = err
	}
	return err
}

// finish ends the IDoc that is open.
func (w *Writer) finish() error {
	if w.basic == nil || w.xml == nil {
		return nil
	}
	return w.fail(w.xml.end())
}

// Place gives where a value of the segment written last stands, by its field.
func (w *Writer) Place(field string) finding.Place {
	p := finding.Place{}
	def := w.o.Definitions.segments[w.lastName()]
	i, ok := 0, false
	if def != nil {
		i, ok = def.index[field]
	}
	switch {
	case !ok:
	case w.xml != nil:
		p = w.xml.places[field]
	default:
		base := headLength
		if len(w.open) == 0 {
			base = 0
		}
		p = w.out.PlaceWithin(base+def.starts[i], def.fields[i].Length)
	}
	p.Record, p.Segment, p.Tag, p.Field = int64(w.idoc), w.number, w.lastName(), field
	return p
}

func (w *Writer) lastName() string {
	if len(w.open) == 0 {
		return ControlName
	}
	return w.open[len(w.open)-1].name
}

// Flush ends the file and writes what is buffered. It is to be called at the end.
func (w *Writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	if w.xml == nil {
		return w.fail(w.out.Flush())
	}
	if err := w.finish(); err != nil {
		return err
	}
	w.basic = nil
	return w.fail(w.xml.close())
}
