package xmlfile

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// readable makes text for people of bytes.
func readable(b []byte) string {
	return finding.Cut(strings.ToValidUTF8(strings.TrimSpace(string(b[:min(len(b), 2*finding.MaxValue)])), "�"))
}

// outerFaults ends the reading at a fault that stands outside of the records.
func (r *Reader) outerFaults() error {
	if len(r.s.faults) == 0 || r.s.tok.kind == tokenOpen && r.isRecord() {
		return nil
	}
	f := r.s.faults[0]
	e := &lost{at: f.at, rule: f.rule, message: f.message}
	if f.rule == ruleCharset {
		e.cause = flatfile.ErrCharset
	}
	return e
}

// isRecord tells whether the start tag just read is that of a record.
func (r *Reader) isRecord() bool {
	if len(r.record) == 0 {
		return len(r.around) == 0 && !r.over
	}
	return len(r.around) == len(r.record)-1 && r.tagName() == r.record[len(r.around)]
}

// tagName resolves the name of the start tag just read, in the namespaces that it declares itself.
func (r *Reader) tagName() Name {
	d := r.s.w.Data()
	sc, _ := r.declared(d)
	id, _ := r.names.resolve(sc, d[r.s.tok.name.start:r.s.tok.name.end], false)
	return id
}

// outer looks at a token outside of the records; true when a record begins.
func (r *Reader) outer() (bool, error) {
	switch r.s.tok.kind {
	case tokenEnd:
		return false, r.outerEnd()
	case tokenText, tokenCDATA:
		return false, r.outerText()
	case tokenDoctype:
		return false, r.doctype()
	case tokenClose:
		return false, r.outerClose()
	case tokenOpen:
		return r.outerOpen()
	}
	return false, nil
}

func (r *Reader) outerEnd() error {
	if r.over {
		return io.EOF
	}
	if len(r.around) == 0 {
		return r.ending(ruleEmpty, "the file holds no element", flatfile.ErrEmpty)
	}
	e := r.ending(ruleTruncated, fmt.Sprintf("the file ends before </%s>", r.around[len(r.around)-1].tag), flatfile.ErrTruncated)
	e.Finding.Hint = "it may still be being written, or was cut off on its way"
	return e
}

// outerText notes text that stands between records. Before and behind the root it is a fault (XML 1.0, 2.1).
func (r *Reader) outerText() error {
	d := r.s.w.Data()
	t := span{r.s.tok.start, r.s.tok.end}
	if r.s.tok.kind == tokenText && !r.s.tok.cut && r.s.form(d, t) == blankText {
		return nil
	}
	if len(r.around) == 0 {
		message := "text stands behind the root element"
		if !r.over {
			message = "the file does not begin with an element: it is not XML, or something stands before it"
		}
		return &lost{at: t.start, rule: ruleSyntax, message: message}
	}
	if err := r.outerFaults(); err != nil {
		return err
	}
	f := finding.Finding{Rule: ruleStray, Severity: finding.Note, Place: r.place(t.start, t.end), Value: readable(d[t.start:t.end]),
		Message: "text stands between the records, and is not read"}
	f.Place.Path = r.outerPath()
	r.found.Add(f)
	return nil
}

func (r *Reader) doctype() error {
	if len(r.around) > 0 || r.over {
		return &lost{at: r.s.tok.start, rule: ruleSyntax, message: "a document type declaration stands before the root element"}
	}
	d := r.s.w.Data()[r.s.tok.start:r.s.tok.end]
	f := finding.Finding{Rule: ruleDoctype, Severity: finding.Note, Place: r.place(r.s.tok.start, r.s.tok.end), Value: readable(d),
		Message: "the document type declaration is not read: nothing is fetched, no entity is expanded"}
	if bytes.Contains(d, []byte("<!ENTITY")) {
		f.Severity = finding.Warning
		f.Message = "the document type declaration has entities of its own, which are not expanded"
	}
	r.found.Add(f)
	return nil
}

func (r *Reader) outerClose() error {
	tag := string(r.s.w.Data()[r.s.tok.name.start:r.s.tok.name.end])
	n := len(r.around)
	if n == 0 {
		return &lost{at: r.s.tok.start, rule: ruleNesting, message: fmt.Sprintf("</%s> ends nothing", tag)}
	}
	if open := &r.around[n-1]; open.tag != tag {
		return &lost{at: r.s.tok.start, rule: ruleNesting, message: fmt.Sprintf("</%s> stands where </%s> is wanted", tag, open.tag)}
	}
	r.leave()
	return nil
}

// leave ends the innermost element around the records.
func (r *Reader) leave() {
	n := len(r.around) - 1
	r.scope = r.around[n].scope
	r.around = r.around[:n]
	r.over = n == 0
	if r.trail.closed != nil {
		r.trail.closed(r.s.w.Offset + r.s.w.Size(r.s.w.Data()[:r.s.p]))
	}
}

// outerOpen looks at a start tag outside of the records.
func (r *Reader) outerOpen() (bool, error) {
	d := r.s.w.Data()
	if r.over {
		return false, &lost{at: r.s.tok.start, rule: ruleNesting, message: "a second root element begins"}
	}
	if r.isRecord() {
		return true, nil
	}
	depth := len(r.around)
	sc, err := r.declaredHere(d)
	if err != nil {
		return false, err
	}
	tag := string(d[r.s.tok.name.start:r.s.tok.name.end])
	id, why := r.names.resolve(sc, []byte(tag), false)
	if why != "" {
		return false, &lost{at: r.s.tok.start, rule: ruleNamespace, message: fmt.Sprintf(why, tag)}
	}
	switch {
	case depth < len(r.record)-1 && id == r.record[depth]:
		return false, r.enter(tag, sc)
	case depth == 0:
		return false, r.wrongRoot(id)
	case r.wanted(depth, id):
		return false, r.keepElement()
	}
	return false, r.skipElement()
}

// wanted tells whether an element is one of Options.Keep.
func (r *Reader) wanted(depth int, id Name) bool {
	for _, k := range r.keep {
		if len(k) == depth+1 && k[depth] == id {
			return true
		}
	}
	return false
}

func (r *Reader) wrongRoot(id Name) error {
	show := func(q qualified) string {
		if q.space == "" {
			return q.local + " without a namespace"
		}
		return q.local + " of " + q.space
	}
	e := r.ending(ruleRoot, fmt.Sprintf("the root element is %s, not %s", show(r.names.get(id)), show(r.plan.record[0])), ErrRoot)
	e.Finding.Place.Length = r.s.tok.end
	e.Finding.Source = r.excerpt(0)
	if got, want := r.names.get(id), r.plan.record[0]; got.local == want.local {
		e.Finding.Hint = fmt.Sprintf("declare the namespace that the file uses: %q", got.space)
	}
	return e
}

// enter opens an element around the records.
func (r *Reader) enter(tag string, sc *scope) error {
	t := Tree{names: r.names}
	r.begin(&t)
	if err := r.element(&t, sc, -1); err != nil {
		return err
	}
	r.scopes = r.scopes[:0]
	if len(r.s.faults) > 0 {
		r.tokenFaults(&t, 0, r.s.w.Data())
	}
	if len(r.faults) > 0 {
		return r.treeFault()
	}
	end := r.s.tok.end
	t.raw = append([]byte(nil), r.s.w.Data()[:end]...)
	t.nodes[0].inner, t.nodes[0].innerEnd, t.nodes[0].stop, t.nodes[0].end = uint32(end), uint32(end), uint32(end), 1
	if r.trail.opened != nil {
		r.trail.opened(r.s.w.Offset)
	}
	r.around = append(r.around, frame{tag: tag, scope: r.scope, tree: t})
	r.scope = sc
	if r.s.tok.empty {
		r.leave()
	}
	return nil
}

// treeFault ends the reading at a fault of an element around the records.
func (r *Reader) treeFault() error {
	f := r.faults[0]
	r.faults = r.faults[:0]
	return &flatfile.Error{Finding: f, Err: ErrSyntax}
}

// keepElement reads an element that is wanted with the records behind it.
func (r *Reader) keepElement() error {
	t := &Tree{names: r.names}
	r.begin(t)
	err := r.subtree(t)
	if err == errTooLong {
		return r.ending(ruleTooLong, "an element outside of the records is longer than the limit of a record", flatfile.ErrTooLong)
	}
	if err != nil {
		return err
	}
	if len(r.faults) > 0 {
		return r.treeFault()
	}
	f := &r.around[len(r.around)-1]
	t.raw = append([]byte(nil), t.raw...)
	if f.held += len(t.raw); f.held > r.plan.MaxRecord {
		return r.ending(ruleTooLong, "what is to be kept with the records is longer than the limit of a record", flatfile.ErrTooLong)
	}
	if f.records {
		r.found.Add(finding.Finding{Rule: ruleLate, Severity: finding.Error, Place: t.Place(0), Source: readable(t.raw),
			Message: fmt.Sprintf("%s stands behind records, which were read without it", t.Local(0)), Hint: "it has to stand before the records that it belongs to"})
	}
	f.kept = append(f.kept, t)
	return nil
}

// skipElement passes over an element that nobody wants, of any size.
func (r *Reader) skipElement() error {
	if r.s.tok.empty {
		return nil
	}
	open := []string{string(r.s.w.Data()[r.s.tok.name.start:r.s.tok.name.end])}
	return r.skip(open)
}

// skip passes over the rest of some open elements.
func (r *Reader) skip(open []string) error {
	for len(open) > 0 {
		r.rest()
		r.s.drop = true
		if err := r.s.next(); err != nil {
			return err
		}
		d := r.s.w.Data()
		tag := r.s.tok.name
		switch {
		case r.s.tok.kind == tokenEnd:
			return r.ending(ruleTruncated, fmt.Sprintf("the file ends before </%s>", open[len(open)-1]), flatfile.ErrTruncated)
		case r.s.tok.kind == tokenClose:
			if string(d[tag.start:tag.end]) != open[len(open)-1] {
				return &lost{at: r.s.tok.start, rule: ruleNesting, message: fmt.Sprintf("</%s> stands where </%s> is wanted", d[tag.start:tag.end], open[len(open)-1])}
			}
			open = open[:len(open)-1]
		case r.s.tok.kind == tokenOpen && !r.s.tok.empty:
			if len(open)+len(r.around) >= r.plan.MaxDepth {
				return r.ending(ruleDepth, fmt.Sprintf("elements nest deeper than %d", r.plan.MaxDepth), flatfile.ErrTooLong)
			}
			open = append(open, string(d[tag.start:tag.end]))
		}
	}
	return nil
}
