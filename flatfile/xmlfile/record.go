package xmlfile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// begin readies a tree for the element whose start tag was just read.
func (r *Reader) begin(t *Tree) {
	r.rewind()
	w := &r.s.w
	t.nodes, t.attrs = t.nodes[:0], t.attrs[:0]
	t.file, t.record, t.offset, t.line, t.column, t.size = r.file, 0, w.Offset, w.Line, w.Column, w.Size
	t.path = r.outerPath()
	r.faults = r.faults[:0]
	r.scopes = r.scopes[:0]
}

// rewind makes the token just read the first of what is kept.
func (r *Reader) rewind() {
	n := r.s.tok.start
	if n == 0 {
		return
	}
	r.s.w.Pass(n)
	r.s.p -= n
	move := func(s *span) { s.start, s.end = s.start-n, s.end-n }
	r.s.tok.start, r.s.tok.end = 0, r.s.tok.end-n
	move(&r.s.tok.name)
	for i := range r.s.attrs {
		move(&r.s.attrs[i].name)
		move(&r.s.attrs[i].value)
	}
	for i := range r.s.faults {
		r.s.faults[i].at -= n
	}
}

// take reads the record whose start tag was just read.
func (r *Reader) take() (*Record, error) {
	r.number++
	rec := &r.rec
	rec.names = r.names
	r.begin(&rec.Tree)
	rec.record, rec.around, rec.whole = r.number, r.around, true
	for i := range r.around {
		r.around[i].records = true
	}
	r.trail.start = r.s.w.Offset
	err := r.subtree(&rec.Tree)
	if err != nil {
		err = r.mend(rec, err)
	}
	r.scopes = r.scopes[:0]
	if err != nil {
		return nil, err
	}
	r.trail.end = r.s.w.Offset + r.s.w.Size(r.s.w.Data()[:r.s.p])
	r.over = len(r.around) == 0
	if len(r.faults) == 0 {
		return rec, nil
	}
	found := slices.Clone(r.faults)
	for _, f := range found {
		r.found.Add(f)
	}
	return rec, &flatfile.RowError{Findings: found}
}

// subtree reads the element whose start tag was just read, with all that is in it.
func (r *Reader) subtree(t *Tree) error {
	r.s.drop = false
	at := -1
	for {
		d := r.s.w.Data()
		if r.s.p > r.plan.MaxRecord {
			return errTooLong
		}
		switch r.s.tok.kind {
		case tokenOpen:
			sc, wrong := r.declared(d)
			if wrong != nil {
				r.s.fault(wrong.at, 1, wrong.rule, wrong.message, "")
			}
			if err := r.element(t, sc, at); err != nil {
				return err
			}
			at = len(t.nodes) - 1
			if r.s.tok.empty {
				at = r.closeNode(t, at, r.s.tok.end)
			}
		case tokenClose:
			n := &t.nodes[at]
			if tag := d[r.s.tok.name.start:r.s.tok.name.end]; !bytes.Equal(tag, d[n.start+1:n.rawNameEnd]) {
				return &lost{at: r.s.tok.start, rule: ruleNesting, message: fmt.Sprintf("</%s> stands where </%s> is wanted", tag, d[n.start+1:n.rawNameEnd])}
			}
			at = r.closeNode(t, at, r.s.tok.start)
		case tokenText, tokenCDATA:
			r.text(t, at, d)
		case tokenDoctype:
			return &lost{at: r.s.tok.start, rule: ruleSyntax, message: "a document type declaration stands before the root element"}
		case tokenEnd:
			n := &t.nodes[at]
			return r.ending(ruleTruncated, fmt.Sprintf("the file ends before </%s>", d[n.start+1:n.rawNameEnd]), flatfile.ErrTruncated)
		}
		if len(r.s.faults) > 0 {
			r.tokenFaults(t, max(at, 0), r.s.w.Data())
		}
		if at < 0 {
			t.raw = r.s.w.Data()[:r.s.p]
			return nil
		}
		if err := r.s.next(); err != nil {
			return err
		}
	}
}

// element adds the element of the start tag just read.
func (r *Reader) element(t *Tree, sc *scope, parent int) error {
	d, tok := r.s.w.Data(), &r.s.tok
	depth := len(r.scopes) + len(r.around)
	if depth >= r.plan.MaxDepth {
		return &lost{at: tok.start, rule: ruleDepth, message: fmt.Sprintf("elements nest deeper than %d", r.plan.MaxDepth), cause: flatfile.ErrTooLong}
	}
	n := node{parent: int32(parent), attrs: int32(len(t.attrs)), start: uint32(tok.start), inner: uint32(tok.end), rawNameEnd: uint32(tok.name.end)}
	raw := d[tok.name.start:tok.name.end]
	var why string
	if n.name, why = r.names.resolve(sc, raw, false); why != "" {
		r.s.fault(tok.name.start, len(raw), ruleNamespace, fmt.Sprintf(why, raw), "")
	}
	r.scopes = append(r.scopes, sc)
	for i := range r.s.attrs {
		a := &r.s.attrs[i]
		raw := d[a.name.start:a.name.end]
		if isDeclaration(raw) {
			continue
		}
		id, why := r.names.resolve(sc, raw, true)
		if why != "" {
			r.s.fault(a.name.start, len(raw), ruleNamespace, fmt.Sprintf(why, raw), "")
		}
		for k := int(n.attrs); k < len(t.attrs) && id != NoName; k++ {
			if t.attrs[k].name == id {
				r.s.fault(a.name.start, len(raw), ruleAttribute, fmt.Sprintf("the attribute %s stands twice", raw), "")
			}
		}
		t.attrs = append(t.attrs, treeAttr{id, uint32(a.name.start), span32{uint32(a.value.start), uint32(a.value.end)}, a.odd})
	}
	t.nodes = append(t.nodes, n)
	return nil
}

// closeNode ends an element and gives the one around it.
func (r *Reader) closeNode(t *Tree, i, innerEnd int) int {
	n := &t.nodes[i]
	n.end, n.innerEnd, n.stop = int32(len(t.nodes)), uint32(max(innerEnd, int(n.inner))), uint32(r.s.p)
	r.scopes = r.scopes[:len(r.scopes)-1]
	return int(n.parent)
}

// text adds a text to an element.
func (r *Reader) text(t *Tree, at int, d []byte) {
	b := span{r.s.tok.start, r.s.tok.end}
	n := &t.nodes[at]
	if r.s.tok.kind == tokenCDATA {
		r.s.checkChars(d, b)
		n.form = mixedText
		return
	}
	form := r.s.form(d, b)
	switch {
	case n.form == mixedText:
	case n.form == noText && form != brokenText && !(form == blankText && bytes.IndexByte(d[b.start:b.end], '\r') >= 0):
		n.form, n.text = oneText, span32{uint32(b.start), uint32(b.end)}
	default:
		n.form = mixedText
	}
}

// isDeclaration tells whether an attribute declares a namespace.
func isDeclaration(name []byte) bool {
	return len(name) >= 5 && string(name[:5]) == "xmlns" && (len(name) == 5 || name[5] == ':')
}

// declared gives the namespaces in force at the start tag just read, and what is wrong with those that it declares.
func (r *Reader) declared(d []byte) (*scope, *lost) {
	sc := r.scope
	if n := len(r.scopes); n > 0 {
		sc = r.scopes[n-1]
	}
	r.own = r.own[:0]
	for i := range r.s.attrs {
		a := &r.s.attrs[i]
		raw := d[a.name.start:a.name.end]
		if !isDeclaration(raw) {
			continue
		}
		prefix := ""
		if len(raw) > 6 {
			prefix = string(raw[6:])
		}
		space := string(appendText(nil, d[a.value.start:a.value.end], true))
		switch {
		case len(raw) == 6, prefix != "" && space == "", prefix == "xmlns", (prefix == "xml") != (space == xmlNamespace):
			return sc, &lost{at: a.name.start, rule: ruleNamespace, message: fmt.Sprintf("%s=%q cannot be declared", raw, space)}
		case slices.ContainsFunc(r.own, func(b binding) bool { return b.prefix == prefix }):
			return sc, &lost{at: a.name.start, rule: ruleAttribute, message: fmt.Sprintf("the attribute %s stands twice", raw)}
		}
		r.own = append(r.own, binding{prefix, space})
	}
	if len(r.own) == 0 {
		return sc, nil
	}
	in, ok := r.names.within(sc, r.own)
	if !ok {
		return sc, &lost{at: r.s.tok.start, rule: ruleLimit, message: "the file declares more than 10000 sets of namespaces"}
	}
	return in, nil
}

// declaredHere is declared with its fault as an error.
func (r *Reader) declaredHere(d []byte) (*scope, error) {
	sc, l := r.declared(d)
	if l != nil {
		return sc, l
	}
	return sc, nil
}

// tokenFaults makes findings of what is wrong within a token of a record.
func (r *Reader) tokenFaults(t *Tree, at int, d []byte) {
	t.raw = d
	for _, f := range r.s.faults {
		p := t.placeOf(at, f.at, f.at+f.length, "")
		r.faults = append(r.faults, finding.Finding{Rule: f.rule, Severity: finding.Error, Place: p, Value: readable(d[f.at : f.at+f.length]),
			Message: f.message, Hint: f.hint, Source: r.excerpt(f.at)})
	}
	r.s.faults = r.s.faults[:0]
}

// mend finds the end of a record that could not be read to its end, where that can be told. Its error ends the reading.
func (r *Reader) mend(rec *Record, err error) error {
	l, isLost := errors.AsType[*lost](err)
	e, ended := errors.AsType[*flatfile.Error](err)
	switch {
	case len(rec.nodes) == 0: // its own start tag
		return err
	case err == errTooLong:
		return r.tooLong(rec)
	case ended && errors.Is(e, flatfile.ErrTruncated), err == errTruncated:
		l = &lost{at: r.s.p, rule: ruleTruncated, message: "the record does not end"}
	case !isLost:
		return err
	}
	d := r.s.w.Data()
	n := &rec.nodes[0]
	tag := d[n.start+1 : n.rawNameEnd]
	end, found := r.resume(tag)
	if !found {
		return err
	}
	d = r.s.w.Data()
	rec.raw = d[:end]
	at, inner := min(l.at, end), openAt(rec, len(rec.nodes)-1)
	rec.cut(uint32(end))
	r.faults = append(r.faults, finding.Finding{Rule: l.rule, Severity: finding.Error, Place: rec.placeOf(min(inner, len(rec.nodes)-1), at, min(at+1, end), ""),
		Message: l.message, Hint: "the record is not read; those behind it are", Source: r.excerpt(at)})
	r.s.p = end
	return nil
}

// cut ends a broken record, and the elements open in it, at a place.
func (t *Tree) cut(end uint32) {
	for i := len(t.nodes) - 1; i > 0 && t.nodes[i].start >= end; i-- {
		t.attrs, t.nodes = t.attrs[:t.nodes[i].attrs], t.nodes[:i]
	}
	for i := range t.nodes {
		n := &t.nodes[i]
		if n.stop == 0 || n.stop > end {
			n.stop, n.innerEnd = end, end
		}
		if n.end == 0 || int(n.end) > len(t.nodes) {
			n.end = int32(len(t.nodes))
		}
		n.inner = min(n.inner, end)
		if n.text.end > end {
			n.form, n.text = noText, span32{}
		}
	}
}

// openAt gives the innermost element that was open when reading stopped.
func openAt(rec *Record, last int) int {
	for last > 0 && rec.nodes[last].stop != 0 {
		last = int(rec.nodes[last].parent)
	}
	return last
}

// resume finds where a broken record ends: behind the first end tag of its name, or before the next start tag of its name
// or the end tag of the element around it, where that comes first. The root of a file is followed by nothing.
func (r *Reader) resume(tag []byte) (int, bool) {
	if len(r.around) == 0 {
		return 0, false
	}
	from := 1
	for {
		d := r.s.w.Data()
		for p := from; ; p++ {
			n := bytes.IndexByte(d[p:], '<')
			if n < 0 {
				break
			}
			p += n
			if end, ok := endsRecord(d, p, tag); ok {
				return end, true
			}
			if endsElement(d[p:], r.around[len(r.around)-1].tag) {
				return p, true
			}
		}
		from = max(1, len(d)-len(tag)-len(r.around[len(r.around)-1].tag)-3)
		if !r.s.w.More() {
			return 0, false
		}
	}
}

// endsElement tells whether a tag is the end tag of a name.
func endsElement(d []byte, tag string) bool {
	n := len(tag) + 2
	return len(d) > n && d[1] == '/' && string(d[2:n]) == tag && classes[d[n]]&namePart == 0
}

// endsRecord tells whether a record of a name ends at a tag, and where.
func endsRecord(d []byte, p int, tag []byte) (int, bool) {
	rest := d[p+1:]
	ends := len(rest) > 0 && rest[0] == '/'
	if ends {
		rest = rest[1:]
	}
	if len(rest) <= len(tag) || !bytes.HasPrefix(rest, tag) || classes[rest[len(tag)]]&namePart != 0 {
		return 0, false
	}
	if !ends {
		return p, true
	}
	n := bytes.IndexByte(rest, '>')
	return p + 2 + n + 1, n >= 0
}

// tooLong passes over a record that is longer than the limit.
func (r *Reader) tooLong(rec *Record) error {
	d := r.s.w.Data()
	var open []string
	for i := openAt(rec, len(rec.nodes)-1); i >= 0; i = int(rec.nodes[i].parent) {
		open = append(open, string(d[rec.nodes[i].start+1:rec.nodes[i].rawNameEnd]))
	}
	slices.Reverse(open)
	tag := d[:rec.nodes[0].inner]
	rec.raw, rec.whole = append([]byte(nil), tag...), false
	rec.nodes, rec.attrs = rec.nodes[:1], rec.attrs[:rec.attrsEnd()]
	root := &rec.nodes[0]
	root.end, root.innerEnd, root.stop, root.form = 1, root.inner, root.inner, noText
	r.faults = append(r.faults, finding.Finding{Rule: ruleTooLong, Severity: finding.Error, Place: rec.Place(0), Source: readable(tag),
		Message: fmt.Sprintf("the record is longer than the limit of %d bytes", r.plan.MaxRecord), Hint: "the record is not read; raise max_record if it is right"})
	r.s.p = r.s.tok.start // the token that did not fit is read again
	return r.skip(open)
}

func (t *Tree) attrsEnd() int {
	if len(t.nodes) > 1 {
		return int(t.nodes[1].attrs)
	}
	return len(t.attrs)
}
