package idoc

import "bytes"

// numbers are those in the head of a data record. What is not ok is blank, or no number.
type numbers struct {
	number, parent, level       int // SEGNUM, PSGNUM, HLEVEL
	okNumber, okParent, okLevel bool
}

// numbers reads the numbers of a data record.
func (s *Segment) numbers() (n numbers) {
	n.number, n.okNumber = digits(s.part(numberAt, 6))
	n.parent, n.okParent = digits(s.part(parentAt, 6))
	n.level, n.okLevel = digits(s.part(levelAt, 2))
	return n
}

// digits reads a number; blanks are none.
func digits(b []byte) (n int, ok bool) {
	b = bytes.Trim(b, " ")
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, len(b) > 0
}

// sameDocument tells whether the DOCNUM of a data record is that of the control record, or one of them is blank.
func (r *Reader) sameDocument(s *Segment) bool {
	doc := bytes.TrimSpace(s.part(docAt, docLength))
	if !bytes.Equal(doc, r.docnum) && len(r.docnum) > 0 && len(doc) > 0 {
		return false
	}
	if s.head != nil {
		r.doc = docWords(s.head[clientAt:])
	}
	return true
}
