package xmlfile

import (
	"bytes"
	"io"

	"github.com/batchgate/batchgate/flatfile/internal/window"
)

type tokenKind uint8

const (
	tokenEnd     tokenKind = iota // of the file
	tokenText                     // characters
	tokenCDATA                    // a CDATA section
	tokenOpen                     // a start tag
	tokenClose                    // an end tag
	tokenComment                  // a comment
	tokenPI                       // a processing instruction, the XML declaration too
	tokenDoctype                  // a document type declaration
)

// token is one piece of the file. Places are counted from what the window keeps.
type token struct {
	kind       tokenKind
	start, end int
	name       span // of a tag
	empty      bool // a start tag that ends itself
	cut        bool // the beginning of it was given up, because nobody wants it
}

type span struct{ start, end int }

// scanner cuts a file into tokens.
type scanner struct {
	w      window.Window
	set    charset
	p      int // where the next token begins
	tok    token
	attrs  []attribute // of the start tag
	drop   bool        // nobody wants the text of long tokens
	faults []fault     // of the token: it ends where it ends, but something in it is wrong
}

// attribute is an attribute of a start tag.
type attribute struct {
	name, value span
	odd         bool // the value holds references or white space to be taken as blanks
}

// fault is something wrong that does not hide where tokens end.
type fault struct {
	at, length    int
	rule, message string
	hint          string
}

func (s *scanner) fault(at, length int, rule, message, hint string) {
	s.faults = append(s.faults, fault{at, length, rule, message, hint})
}

// lost is the error for something that hides where tokens end.
type lost struct {
	at            int
	rule, message string
	cause         error
}

func (e *lost) Error() string { return e.message }

// next reads the next token. Its errors are *lost, errTooLong, errTruncated, or what the source failed with.
func (s *scanner) next() error {
	s.faults = s.faults[:0]
	s.tok = token{start: s.p}
	for {
		d := s.w.Data()
		if s.p < len(d) {
			done, err := s.try(d)
			if err != nil || done {
				s.p = s.tok.end
				return err
			}
		}
		if s.w.More() {
			continue
		}
		switch {
		case s.w.Err() != nil && s.w.Err() != io.EOF:
			return s.w.Err()
		case s.w.Full():
			if !s.giveUp() {
				return errTooLong
			}
		case s.p >= len(d):
			s.tok = token{kind: tokenEnd, start: s.p, end: s.p}
			return nil
		case d[s.p] != '<' && !s.tok.cut || s.tok.cut && s.tok.kind == tokenText:
			s.tok.kind, s.tok.end = tokenText, len(d)
			s.p = len(d)
			return nil
		default:
			return errTruncated
		}
	}
}

// giveUp makes room within a long token that nobody wants. Tags are never given up.
func (s *scanner) giveUp() bool {
	d := s.w.Data()
	if !s.drop || s.p > 0 || s.tok.kind == tokenOpen || s.tok.kind == tokenClose || len(d) < 16 {
		return false
	}
	s.tok.cut = true
	s.w.Pass(len(d) - 3)
	return true
}

// try scans the token at p. It gives false when the token is not all there yet.
func (s *scanner) try(d []byte) (bool, error) {
	if s.tok.cut {
		return s.tryRest(d), nil
	}
	p := s.p
	if d[p] != '<' {
		s.tok.kind = tokenText
		n := bytes.IndexByte(d[p:], '<')
		s.tok.end = p + n
		return n >= 0, nil
	}
	if p+1 >= len(d) {
		return false, nil
	}
	switch d[p+1] {
	case '/':
		return s.tryClose(d)
	case '?':
		s.tok.kind = tokenPI
		return s.until(d, p+2, "?>"), nil
	case '!':
		return s.tryMarkup(d)
	}
	return s.tryOpen(d)
}

// terminators end the tokens whose beginning may be given up.
var terminators = map[tokenKind]string{tokenText: "<", tokenCDATA: "]]>", tokenPI: "?>", tokenComment: "-->", tokenDoctype: ">"}

// tryRest looks for the end of a token whose beginning was given up.
func (s *scanner) tryRest(d []byte) bool {
	if s.tok.kind == tokenText {
		n := bytes.IndexByte(d, '<')
		s.tok.end = n
		return n >= 0
	}
	return s.until(d, 0, terminators[s.tok.kind])
}

// until ends the token behind the first of some terminators.
func (s *scanner) until(d []byte, from int, terminator string) bool {
	if from > len(d) {
		return false
	}
	n := bytes.Index(d[from:], []byte(terminator))
	s.tok.end = from + n + len(terminator)
	return n >= 0
}

func (s *scanner) tryClose(d []byte) (bool, error) {
	p := s.p + 2
	s.tok.kind = tokenClose
	end := nameEnd(d, p)
	s.tok.name = span{p, end}
	q := skipBlanks(d, end)
	switch {
	case q >= len(d):
		return false, nil
	case d[q] != '>' || end == p:
		return false, s.lose(q, "an end tag holds a name and nothing else")
	}
	s.tok.end = q + 1
	return true, nil
}

// lose says that it cannot be told any more where tokens end; the token ends behind its first character.
func (s *scanner) lose(at int, message string) error {
	s.tok.end = s.p + 1
	return &lost{at: at, rule: ruleSyntax, message: message}
}

// tryMarkup scans what begins with "<!".
func (s *scanner) tryMarkup(d []byte) (bool, error) {
	p := s.p
	rest := d[p:]
	for _, m := range []struct {
		kind       tokenKind
		begin, end string
	}{{tokenComment, "<!--", "-->"}, {tokenCDATA, "<![CDATA[", "]]>"}, {tokenDoctype, "<!DOCTYPE", ""}} {
		if len(rest) < len(m.begin) {
			if bytes.HasPrefix([]byte(m.begin), rest) {
				return false, nil
			}
			continue
		}
		if !bytes.HasPrefix(rest, []byte(m.begin)) {
			continue
		}
		s.tok.kind = m.kind
		switch m.kind {
		case tokenDoctype:
			return s.tryDoctype(d), nil
		case tokenComment:
			done := s.until(d, p+4, m.end)
			if done {
				s.judgeComment(d)
			}
			return done, nil
		}
		return s.until(d, p+len(m.begin), m.end), nil
	}
	return false, s.lose(p, `"<!" begins a comment, a CDATA section or a document type declaration, and this is none`)
}

// judgeComment refuses "--" within a comment (XML 1.0, 2.5).
func (s *scanner) judgeComment(d []byte) {
	body := d[s.tok.start+4 : s.tok.end-3]
	if i := bytes.Index(body, []byte("--")); i >= 0 || bytes.HasSuffix(body, []byte("-")) {
		s.fault(s.tok.start, 4, ruleSyntax, `a comment holds "--"`, "")
	}
}

// tryDoctype scans to the end of a document type declaration: quotes, comments and an internal subset may stand in it.
func (s *scanner) tryDoctype(d []byte) bool {
	depth := 0
	for p := s.p + 9; p < len(d); p++ {
		switch c := d[p]; {
		case c == '"' || c == '\'':
			n := bytes.IndexByte(d[p+1:], c)
			if n < 0 {
				return false
			}
			p += n + 1
		case bytes.HasPrefix(d[p:], []byte("<!--")):
			n := bytes.Index(d[p:], []byte("-->"))
			if n < 0 {
				return false
			}
			p += n + 2
		case c == '[' || c == '<':
			depth++
		case c == ']' || c == '>' && depth > 0:
			depth--
		case c == '>':
			s.tok.end = p + 1
			return true
		}
	}
	return false
}

// tryOpen scans a start tag with its attributes.
func (s *scanner) tryOpen(d []byte) (bool, error) {
	s.tok.kind = tokenOpen
	s.attrs = s.attrs[:0]
	s.faults = s.faults[:0]
	p := nameEnd(d, s.p+1)
	s.tok.name = span{s.p + 1, p}
	if p == s.p+1 && p < len(d) {
		return false, s.lose(s.p, `"<" begins a tag: written as text it is &lt;`)
	}
	for {
		q := skipBlanks(d, p)
		if q >= len(d) {
			return false, nil
		}
		switch d[q] {
		case '>':
			s.tok.end, s.tok.empty = q+1, false
			return true, nil
		case '/':
			if q+1 >= len(d) {
				return false, nil
			}
			if d[q+1] != '>' {
				return false, s.lose(q, `"/" in a start tag stands before its ">"`)
			}
			s.tok.end, s.tok.empty = q+2, true
			return true, nil
		}
		if q == p {
			return false, s.lose(q, "attributes have blanks between them")
		}
		next, err := s.attribute(d, q)
		if next < 0 || err != nil {
			return false, err
		}
		p = next
	}
}

// attribute scans one attribute and gives the place behind it, -1 when it is not all there yet.
func (s *scanner) attribute(d []byte, p int) (int, error) {
	end := nameEnd(d, p)
	if end == p {
		return 0, s.lose(p, "an attribute begins with its name")
	}
	q := skipBlanks(d, end)
	if q >= len(d) {
		return -1, nil
	}
	if d[q] != '=' {
		return 0, s.lose(q, "an attribute is written name=\"value\"")
	}
	if q = skipBlanks(d, q+1); q >= len(d) {
		return -1, nil
	}
	quote := d[q]
	if quote != '"' && quote != '\'' {
		return 0, s.lose(q, "the value of an attribute stands in quotes")
	}
	n := bytes.IndexByte(d[q+1:], quote)
	if n < 0 {
		return -1, nil
	}
	a := attribute{name: span{p, end}, value: span{q + 1, q + 1 + n}}
	v := d[a.value.start:a.value.end]
	for i, c := range v {
		if c == '<' {
			return 0, s.lose(a.value.start+i, `"<" cannot stand in an attribute: written as text it is &lt;, and perhaps a quote is missing before it`)
		}
		if classes[c]&(special|blank) != 0 && c != ' ' && c != ']' {
			a.odd = true
		}
	}
	if a.odd {
		s.checkText(d, a.value)
	}
	if len(s.attrs) >= maxAttributes {
		return 0, s.lose(p, "the element has more than 1000 attributes")
	}
	s.attrs = append(s.attrs, a)
	return a.value.end + 1, nil
}
