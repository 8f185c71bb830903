package jsonfile

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// at looks at what begins with a byte; it gives a record when one was read.
func (r *Reader) at(c byte) (*Record, error) {
	n := len(r.around)
	switch {
	case c == 0:
		return nil, r.atEnd()
	case r.over:
		return nil, r.syntax(fmt.Sprintf("%q stands behind the root", c))
	case n == 0:
		return r.root(c)
	}
	l := &r.around[n-1]
	closing := byte('}')
	if l.array {
		closing = ']'
	}
	if c == closing && l.count == 0 {
		return nil, r.leave()
	}
	if l.count > 0 {
		if c == closing {
			return nil, r.leave()
		}
		if c != ',' {
			return nil, r.syntax(fmt.Sprintf(`"," or %q is missing`, closing))
		}
		r.f.p++
		var err error
		if c, err = r.f.peek(); err != nil {
			return nil, err
		}
		if c == 0 {
			return nil, r.atEnd()
		}
	}
	l.count++
	if l.array {
		return r.element(c, l)
	}
	return r.member(c, l)
}

func (r *Reader) atEnd() error {
	if r.over {
		return io.EOF
	}
	if len(r.around) == 0 {
		return r.ending(ruleEmpty, "the file holds no value", flatfile.ErrEmpty)
	}
	return errTruncated
}

// root looks at the value of the file.
func (r *Reader) root(c byte) (*Record, error) {
	switch {
	case c == '[' && len(r.o.Record) == 0:
		return nil, r.enter(level{array: true, records: true})
	case c == '[' || c == '{' && len(r.o.Record) > 0:
		return nil, r.enter(level{array: c == '['})
	case len(r.o.Record) > 0:
		return nil, r.shape("the file is no object, and the records are looked for in %s", strings.Join(r.o.Record, "."))
	}
	return r.take("")
}

// enter opens the object or array at p.
func (r *Reader) enter(l level) error {
	if len(r.around) >= r.o.MaxDepth {
		return r.ending(ruleDepth, fmt.Sprintf("objects and arrays nest deeper than %d", r.o.MaxDepth), flatfile.ErrTooLong)
	}
	r.f.p++
	r.around = append(r.around, l)
	if l.records && r.trail.opened != nil {
		r.trail.opened(r.f.w.Offset + int64(r.f.p))
	}
	return nil
}

// leave ends the innermost object or array.
func (r *Reader) leave() error {
	n := len(r.around) - 1
	if r.around[n].records && r.trail.closed != nil {
		r.trail.closed(r.f.w.Offset + int64(r.f.p))
	}
	r.f.p++
	r.around = r.around[:n]
	r.over = n == 0
	return nil
}

// element looks at an element of an array on the way, or of the records.
func (r *Reader) element(c byte, l *level) (*Record, error) {
	path := l.path + "/" + strconv.Itoa(l.count-1)
	if l.records {
		return r.take(path)
	}
	if c != '{' {
		return nil, r.shape("an element of %s is no object", orRoot(l.path))
	}
	return nil, r.enter(level{depth: l.depth, path: path})
}

func orRoot(path string) string {
	if path == "" {
		return "the root"
	}
	return path
}

// member looks at a member of an object around the records.
func (r *Reader) member(c byte, l *level) (*Record, error) {
	if c != '"' {
		return nil, r.syntax("a name in quotes is missing")
	}
	r.f.rest()
	if err := r.f.value(false); err != nil {
		return nil, err
	}
	t := Tree{raw: slices.Clone(r.f.w.Data()[:r.f.p])}
	if w := (&parser{t: &t, max: 1}).parse(); w != nil {
		return nil, r.syntaxAt(w)
	}
	name := t.Text(0)
	c, err := r.f.peek()
	if err != nil {
		return nil, err
	}
	if c != ':' {
		return nil, r.syntax(`":" is missing behind the name`)
	}
	r.f.p++
	if c, err = r.f.peek(); err != nil {
		return nil, err
	}
	path := l.path + "/" + pointerStep(name)
	if name != r.o.Record[l.depth] {
		return nil, r.beside(l, name, path)
	}
	last := l.depth+1 == len(r.o.Record)
	switch {
	case c == '[':
		return nil, r.enter(level{array: true, records: last, depth: l.depth + 1, path: path})
	case last:
		return r.take(path)
	case c == '{':
		return nil, r.enter(level{depth: l.depth + 1, path: path})
	}
	return nil, r.shape("%s is neither an object nor an array", path)
}

// beside keeps or passes over a member that does not lead to the records.
func (r *Reader) beside(l *level, name, path string) error {
	wanted := slices.ContainsFunc(r.o.Keep, func(k []string) bool {
		return len(k) == l.depth+1 && k[l.depth] == name && slices.Equal(k[:l.depth], r.o.Record[:l.depth])
	})
	r.f.rest()
	if !wanted {
		return r.f.value(true)
	}
	if err := r.f.value(false); err != nil {
		return err
	}
	t := &Tree{}
	r.ready(t, path)
	t.raw = slices.Clone(r.f.w.Data()[:r.f.p])
	if w := (&parser{t: t, max: r.o.MaxDepth}).parse(); w != nil {
		return r.syntaxAt(w)
	}
	if l.held += len(t.raw); l.held > r.o.MaxRecord {
		return r.ending(ruleTooLong, "what is to be kept with the records is longer than the limit of a record", flatfile.ErrTooLong)
	}
	if r.number > 0 {
		r.found.Add(finding.Finding{Rule: ruleLate, Severity: finding.Error, Place: t.Place(0),
			Message: fmt.Sprintf("%s stands behind records, which were read without it", path), Hint: "it has to stand before the records that it belongs to"})
	}
	l.kept = append(l.kept, Member{name, t})
	return nil
}

// ready gives a tree its place in the file.
func (r *Reader) ready(t *Tree, path string) {
	t.file, t.record, t.offset, t.line, t.column, t.path = r.file, 0, r.f.w.Offset, r.f.w.Line, r.f.w.Column, path
}
