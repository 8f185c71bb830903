package directory

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/finding"
)

// A file of a release is JSON lines, which people can read, compare and mend: a line for each element, composite, segment
// and message, each before what uses it.
type fileLine struct {
	Directory string      `json:"directory,omitempty"`
	Element   string      `json:"element,omitempty"`
	Composite string      `json:"composite,omitempty"`
	Segment   string      `json:"segment,omitempty"`
	Message   string      `json:"message,omitempty"`
	Name      string      `json:"name,omitempty"`
	Format    string      `json:"format,omitempty"`
	Codes     [][2]string `json:"codes,omitempty"`
	Fields    []fileField `json:"fields,omitempty"`
	Depends   []string    `json:"depends,omitempty"` // "D5(040,030)"
	Rows      []fileRow   `json:"rows,omitempty"`
}

type fileField struct {
	ID       string `json:"id"`
	Position int    `json:"pos,omitempty"`
	Status   string `json:"status"`
	Repeat   int    `json:"repeat,omitempty"`
	Marked   bool   `json:"marked,omitempty"`
}

type fileRow struct {
	ID       string `json:"id"`
	Level    int    `json:"level,omitempty"` // groups around it
	Status   string `json:"status"`
	Max      int    `json:"max"`
	Position string `json:"pos,omitempty"`
	Section  string `json:"section,omitempty"`
	Marked   bool   `json:"marked,omitempty"`
}

// maxLine is the length of one line of a file in bytes.
const maxLine = 16 << 20

// WriteFile writes a release as JSON lines.
func (r *Release) WriteFile(w io.Writer) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(fileLine{Directory: r.name}); err != nil {
		return err
	}
	for _, ids := range [][]string{sortedKeys(r.elements), sortedKeys(r.composites), sortedKeys(r.segments), r.types} {
		for _, id := range ids {
			line, err := r.line(id)
			if err != nil {
				return err
			}
			if err := enc.Encode(line); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// WriteLine writes the line of a message, segment, composite or element, as it stands in a file of the release. Another
// name is an [UnknownError].
func (r *Release) WriteLine(w io.Writer, id string) error {
	line, err := r.line(id)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(line)
}

// Only gives a release that has no messages but some, as a profile keeps what it was checked by. Types that the release does
// not have are passed over.
func (r *Release) Only(types ...string) *Release {
	only := *r
	only.types, only.messages = nil, map[string]func() *Message{}
	for _, name := range r.types {
		if slices.Contains(types, name) {
			only.types = append(only.types, name)
			only.messages[name] = r.messages[name]
		}
	}
	return &only
}

// line gives the line of something that has a name of its own: names of four digits are elements, and so on.
func (r *Release) line(id string) (fileLine, error) {
	if e, ok := r.elements[id]; ok {
		line := fileLine{Element: id, Name: e.Name, Format: e.Format.String()}
		list := r.CodeList(id)
		for _, code := range list.Values() {
			name, _ := list.Name(code)
			line.Codes = append(line.Codes, [2]string{code, name})
		}
		return line, nil
	}
	if c, ok := r.composites[id]; ok {
		return fileLine{Composite: id, Name: c.Name, Fields: fileFields(c.Components)}, nil
	}
	if s, ok := r.segments[id]; ok {
		line := fileLine{Segment: id, Name: s.Name, Fields: fileFields(s.Fields)}
		for _, d := range s.Dependencies {
			line.Depends = append(line.Depends, d.String())
		}
		return line, nil
	}
	m, err := r.Message(id)
	if err != nil {
		return fileLine{}, &UnknownError{Kind: "message, segment, composite or element", Name: id, Where: r.name, Nearest: finding.Nearest(id, slices.Concat(r.types, r.Segments(), sortedKeys(r.composites)))}
	}
	line := fileLine{Message: id, Name: m.Name}
	for _, n := range m.Nodes {
		row := fileRow{ID: n.ID, Level: n.level(), Status: statusOf(n.Mandatory), Max: n.Max, Position: n.Position, Marked: n.Marked}
		if n.Section != 0 {
			row.Section = string(rune(n.Section))
		}
		line.Rows = append(line.Rows, row)
	}
	return line, nil
}

// level counts the groups around a row.
func (n *Node) level() int {
	level := 0
	for at := n.Parent; at != nil && at.ID != ""; at = at.Parent {
		level++
	}
	return level
}

func statusOf(mandatory bool) string {
	if mandatory {
		return "M"
	}
	return "C"
}

func fileFields(fields []Field) []fileField {
	var all []fileField
	for _, f := range fields {
		one := fileField{ID: f.ID, Position: f.Position, Status: statusOf(f.Mandatory), Repeat: f.Repeat, Marked: f.Marked}
		if one.Repeat == 1 {
			one.Repeat = 0
		}
		all = append(all, one)
	}
	return all
}

// FileError says which line of a directory's file cannot be read, from 1, and why.
type FileError struct {
	Line int
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("line %d of the directory: %v", e.Line, e.Err) }

// Unwrap gives the reason.
func (e *FileError) Unwrap() error { return e.Err }

// ReadFile reads what WriteFile writes. What is wrong with the file is a [FileError].
func ReadFile(in io.Reader) (*Release, error) {
	r := newRelease("")
	lists := map[string]*CodeList{}
	r.lists = func() map[string]*CodeList { return lists }
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	n := 1
	for ; lines.Scan(); n++ {
		var line fileLine
		err := json.Unmarshal(lines.Bytes(), &line)
		if err == nil {
			err = r.take(&line, lists, n == 1)
		}
		if err != nil {
			return nil, &FileError{n, err}
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, &FileError{n, fmt.Errorf("it has more than %d bytes", maxLine)}
	} else if err != nil {
		return nil, err
	}
	if r.name == "" {
		return nil, &FileError{1, errors.New("the file is empty; batchgate directory import writes one")}
	}
	slices.Sort(r.types)
	return r, nil
}

// take adds a line to a release.
func (r *Release) take(line *fileLine, lists map[string]*CodeList, first bool) error {
	switch {
	case first && line.Directory == "":
		return fmt.Errorf(`it does not begin with {"directory": NAME}; batchgate directory import writes such files`)
	case first:
		name, err := ParseName(line.Directory)
		r.name = name
		return err
	case line.Element != "":
		f, ok := ParseFormat(line.Format)
		if !ok {
			return fmt.Errorf("element %s has the format %q", line.Element, line.Format)
		}
		r.elements[line.Element] = &Element{ID: line.Element, Name: line.Name, Format: f, HasCodes: len(line.Codes) > 0}
		if len(line.Codes) > 0 {
			l := &CodeList{names: map[string]string{}}
			for _, pair := range line.Codes {
				if _, twice := l.names[pair[0]]; !twice {
					l.order = append(l.order, pair[0])
				}
				l.names[pair[0]] = pair[1]
			}
			l.hash()
			lists[line.Element] = l
		}
	case line.Composite != "":
		fields, err := r.fromFile(line.Composite, line.Fields)
		for _, f := range fields {
			if f.Element == nil {
				return fmt.Errorf("composite %s names the composite %s", line.Composite, f.ID)
			}
		}
		r.composites[line.Composite] = &Composite{ID: line.Composite, Name: line.Name, Components: fields}
		return err
	case line.Segment != "":
		fields, err := r.fromFile(line.Segment, line.Fields)
		s := &Segment{Tag: line.Segment, Name: line.Name, Fields: fields}
		for _, text := range line.Depends {
			m := dependencyLine.FindStringSubmatch(text)
			if m == nil {
				return fmt.Errorf("segment %s depends on %q; write it as D5(040,030)", s.Tag, text)
			}
			s.Dependencies = append(s.Dependencies, newDependency(m[1], m[2]))
		}
		r.segments[s.Tag] = s
		return err
	case line.Message != "":
		return r.takeMessage(line)
	}
	return nil
}

func (r *Release) fromFile(of string, fields []fileField) ([]Field, error) {
	var all []Field
	for _, f := range fields {
		one := Field{ID: f.ID, Position: f.Position, Mandatory: f.Status == "M", Repeat: max(f.Repeat, 1), Marked: f.Marked, Composite: r.composites[f.ID], Element: r.elements[f.ID]}
		if one.Composite == nil && one.Element == nil || one.Composite != nil && len(one.Composite.Components) == 0 {
			return nil, fmt.Errorf("%s names %s, which stands in no line before", of, f.ID)
		}
		if f.Repeat > mostRepeats {
			return nil, fmt.Errorf("%s has %s %d times, more than %d", of, f.ID, f.Repeat, mostRepeats)
		}
		all = append(all, one)
	}
	return all, nil
}

// mostRepeats and mostLevels bound what a file can make us build.
const (
	mostRepeats = 9999
	mostLevels  = 11
)

func (r *Release) takeMessage(line *fileLine) error {
	m := &Message{Type: line.Message, Name: line.Name, Release: r, Root: &Node{Group: true, Mandatory: true, Max: 1}}
	parents := []*Node{m.Root}
	for i, row := range line.Rows {
		if row.Level < 0 || row.Level >= len(parents) || row.Level > mostLevels || row.Max < 1 {
			return fmt.Errorf("row %d of %s, %s, has level %d and max %d", i+1, m.Type, row.ID, row.Level, row.Max)
		}
		n := &Node{ID: row.ID, Mandatory: row.Status == "M", Max: row.Max, Position: row.Position, Marked: row.Marked, Parent: parents[row.Level]}
		if n.Group = len(row.ID) > 2 && row.ID[:2] == "SG" && row.ID[2] <= '9'; !n.Group && len(row.ID) != 3 {
			return fmt.Errorf("row %d of %s, %q, is neither a segment nor a group", i+1, m.Type, row.ID)
		}
		if row.Section != "" {
			n.Section = row.Section[0]
		}
		n.Parent.Children = append(n.Parent.Children, n)
		parents = parents[:row.Level+1]
		if n.Group {
			parents = append(parents, n)
		}
		m.Nodes = append(m.Nodes, n)
	}
	if err := m.check(); err != nil {
		return err
	}
	if _, twice := r.messages[m.Type]; !twice {
		r.types = append(r.types, m.Type)
	}
	r.messages[m.Type] = func() *Message { return m }
	return nil
}

// check wants what every user of a message relies on: UNH first, UNT last, and a segment as the trigger of each group.
func (m *Message) check() error {
	top := m.Root.Children
	if len(top) < 2 || top[0].ID != "UNH" || top[len(top)-1].ID != "UNT" {
		return fmt.Errorf("the table of %s does not go from UNH to UNT", m.Type)
	}
	for _, n := range m.Nodes {
		if n.Group && (n.Trigger() == nil || n.Trigger().Group) {
			return fmt.Errorf("group %s of %s does not begin with a segment", n.Path(), m.Type)
		}
	}
	return nil
}

// String gives the note as directories print it, "D5(040,030)".
func (d Dependency) String() string {
	var positions []string
	for _, p := range d.Positions {
		positions = append(positions, fmt.Sprintf("%03d", p))
	}
	return fmt.Sprintf("D%d(%s)", d.Kind, strings.Join(positions, ","))
}
