package acknowledge

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
)

// What the segments of APERAK have room for.
const (
	mostReferences = 9
	lineLength     = 70 // 4440
	mostLines      = 5
)

// Encode writes the answer as an interchange of its own, from the recipient to the sender of the one that is answered.
// Version is that of the directory, D:96A where none is given; its APERAK has to have BGM, RFF, ERC and FTX as D.96A has.
// Characters that the level lacks are written as ? in texts; in a reference they are an error.
func (a *Aperak) Encode(e Envelope) ([]byte, error) {
	h := edifact.MessageHeader{Type: "APERAK", Agency: "UN", Version: "D", Release: "96A"}
	if e.Version != "" {
		h.Version, h.Release, _ = strings.Cut(e.Version, ":")
	}
	i := edifact.Interchange{Syntax: a.Syntax, Sender: a.Recipient, Recipient: a.Sender, Test: a.Test}
	document := a.document(e.Directories, h.Version+":"+h.Release)
	out, err := e.atLevel([]string{"UNOC", a.Syntax.Identifier}, func(level string) ([]byte, error) {
		set, _ := edifact.LookupCharset(level)
		return e.write(level, i, h, func(s *segments) { s.aperak(a, e, set, document) })
	})
	if err != nil {
		return nil, fmt.Errorf("APERAK %s: %w", a.Number, err)
	}
	return out, nil
}

// document gives the code of what kind of answer it is (1001), empty in releases that have none: the response type says it.
func (a *Aperak) document(known *directory.Set, version string) string {
	code := "312"
	if a.Action == Rejected {
		code = "313"
	}
	if r, err := known.Open(version); err != nil || !r.CodeList("1001").Has([]byte(code)) {
		return ""
	}
	return code
}

func (s *segments) aperak(a *Aperak, e Envelope, set edifact.Charset, document string) {
	response := "AP"
	if a.Action == Rejected {
		response = "RE"
	}
	s.b.Reset("BGM").Element(document).Element(cut(a.Number, 35)).Element("9").Element(response)
	s.write()
	s.b.Reset("DTM").Element("137", e.Time.Format("200601021504"), "203")
	s.write()
	for _, r := range a.References[:min(len(a.References), mostReferences)] {
		s.reference(r)
	}
	for _, x := range a.Errors[:min(len(a.Errors), mostErrors)] {
		s.b.Reset("ERC").Element(cut(x.Code, 8))
		s.write()
		if lines := lines(x.Text, set); len(lines) > 0 {
			s.b.Reset("FTX").Element("AAO").Element("").Element("").Element(lines...)
			s.write()
		}
		for _, r := range x.References[:min(len(x.References), 1)] {
			s.reference(r)
		}
	}
}

func (s *segments) reference(r Reference) {
	if r.Number != "" {
		s.b.Reset("RFF").Element(cut(r.Qualifier, 3), cut(r.Number, 35))
		s.write()
	}
}

// lines cuts a text into the lines of FTX, between words where that is possible. What has no room is left out.
func lines(text string, set edifact.Charset) []string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || !set.Has(r) {
			return '?'
		}
		return r
	}, text)
	var all []string
	rest := []rune(strings.TrimSpace(clean))
	for len(rest) > 0 && len(all) < mostLines {
		end := min(len(rest), lineLength)
		if end < len(rest) {
			for at := end; at > lineLength/2; at-- {
				if rest[at] == ' ' {
					end = at
					break
				}
			}
		}
		all = append(all, strings.TrimSpace(string(rest[:end])))
		rest = []rune(strings.TrimSpace(string(rest[end:])))
	}
	return all
}
