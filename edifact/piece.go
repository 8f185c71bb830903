package edifact

import "io"

// newPieceDecoder makes a decoder for messages that were detached from a file.
func newPieceDecoder(opt *options) *Decoder {
	d := &Decoder{opt: *opt, inside: true, found: true, w: window{stride: chunkSize}}
	d.ctx = segmentContext{file: d.opt.file, lineBreaks: d.opt.lineBreaks, tags: newTagCache()}
	d.seg.ctx = &d.ctx
	return d
}

// openPiece makes a reader read a message that was detached, from bytes that begin at an offset of the file, and gives its
// first event.
func (r *Reader) openPiece(b []byte, base int64, m *detached) error {
	r.dec.openPiece(b[m.from-base:m.to-base:m.to-base], m)
	s, err := r.dec.ReadSegment()
	if err != nil {
		return err
	}
	s.before = 0
	r.dec.Findings() // which MessageStart has already
	r.interchange, r.group, r.message = m.interchange, m.group, m.header
	r.segments, r.held, r.cut, r.stray, r.done, r.err = 1, false, false, false, false, nil
	r.ev = Event{Kind: MessageStart, Segment: s, Interchange: m.interchange, Group: m.group, Message: m.header, Findings: m.findings, End: m.end}
	return nil
}

func (d *Decoder) openPiece(b []byte, m *detached) {
	w := &d.w
	w.buf, w.end, w.base, w.err = b, len(b), m.from, io.EOF
	w.marks, w.m0, w.looked, w.keep = w.marks[:0], 0, 0, 0
	if d.ctx.framing != m.framing {
		d.ctx.framing = m.framing
		w.class.fill(&d.ctx.framing)
	}
	d.err, d.object, d.trailer = nil, nil, nil
	d.pos, d.before, d.line, d.lineStart = int(m.start-m.from), 0, m.line, m.lineStart
	d.syntax, d.una = m.interchange.Syntax, m.interchange.HasUNA
	d.count, d.judge, d.notes = ordinals{}, judgement{}, findings{}
}
