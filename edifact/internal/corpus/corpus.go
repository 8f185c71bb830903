// Package corpus makes files of invented interchanges, of any size and always the same for a seed, to measure and test by.
// They are valid by their directories, but for one message of more lines than these allow.
package corpus

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/batchgate/batchgate/edifact"
)

// Types are the message types that can be made.
func Types() []string { return []string{"ORDERS", "INVOIC", "DESADV", "PRICAT", "INVRPT"} }

// Releases are the directories by which they can be made.
func Releases() []string { return []string{"96A", "01B"} }

// Options say what to make. The zero value makes ORDERS of D.96A with the separators of the standard.
type Options struct {
	Seed       uint64
	Size       int64  // bytes that the file has at least
	Type       string // one of Types
	Release    string // one of Releases
	Separators edifact.Separators
	Newline    string // behind each segment: "", "\n", "\r\n"
	Released   bool   // most texts hold service characters
	OneMessage bool   // one message in one interchange, in syntax 4; otherwise 20 messages to an interchange
	OneFile    bool   // all messages in one interchange, in syntax 4
}

// Manifest says what was made.
type Manifest struct {
	Bytes                            int64
	Interchanges, Messages, Segments int // segments with UNH and UNT, without the envelope
	Lines                            int
}

// maker makes one file.
type maker struct {
	opt   Options
	rnd   *rand.Rand
	w     *edifact.InterchangeWriter
	b     edifact.Builder
	count Manifest
	err   error
}

// Generate writes a file.
func Generate(w io.Writer, o Options) (Manifest, error) {
	if o.Type == "" {
		o.Type = Types()[0]
	}
	if o.Release == "" {
		o.Release = Releases()[0]
	}
	if !slices.Contains(Types(), o.Type) || !slices.Contains(Releases(), o.Release) {
		return Manifest{}, fmt.Errorf("no corpus of %s D.%s; known are %v of %v", o.Type, o.Release, Types(), Releases())
	}
	opts := []edifact.EncodeOption{edifact.WithNewlines(o.Newline)}
	if o.Separators != (edifact.Separators{}) {
		opts = append(opts, edifact.WithSeparators(o.Separators))
	}
	m := maker{opt: o, rnd: rand.New(rand.NewPCG(o.Seed, 7)), w: edifact.NewInterchangeWriter(w, opts...)}
	for m.err == nil && m.w.Encoder().Offset() < o.Size {
		m.interchange()
	}
	m.count.Bytes = m.w.Encoder().Offset()
	return m.count, m.err
}

func (m *maker) must(err error) {
	if m.err == nil {
		m.err = err
	}
}

func (m *maker) interchange() {
	m.count.Interchanges++
	version := "3"
	if m.opt.OneMessage || m.opt.OneFile {
		version = "4" // whose counts have ten digits
	}
	i := edifact.Interchange{
		Syntax:    edifact.Syntax{Identifier: "UNOC", Version: version},
		Sender:    edifact.Party{ID: "4098765000003", Qualifier: "14"},
		Recipient: edifact.Party{ID: "4012345000009", Qualifier: "14"},
		Control:   strconv.Itoa(m.count.Interchanges),
	}
	i.SetPrepared(time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC))
	m.must(m.w.Begin(i))
	for n := 1; m.err == nil; n++ {
		m.message(n)
		switch {
		case m.opt.OneMessage, !m.opt.OneFile && n == 20:
		case m.opt.OneFile && m.w.Encoder().Offset() < m.opt.Size, !m.opt.OneFile:
			continue
		}
		break
	}
	m.must(m.w.End())
}

func (m *maker) message(n int) {
	associations := map[string]string{"ORDERS": "EAN008", "INVOIC": "EAN008", "DESADV": "EAN005", "PRICAT": "EAN006", "INVRPT": "EAN003"}
	m.must(m.w.BeginMessage(edifact.MessageHeader{Reference: strconv.Itoa(n), Type: m.opt.Type, Version: "D", Release: m.opt.Release,
		Agency: "UN", Association: associations[m.opt.Type]}))
	m.count.Messages++
	m.count.Segments += 2
	m.head()
	lines := 30 + m.rnd.IntN(31)
	for n := 0; m.err == nil && (n < lines || m.opt.OneMessage && m.w.Encoder().Offset() < m.opt.Size); n++ {
		m.count.Lines++
		m.line(1 + n%999_999)
	}
	m.foot()
	m.must(m.w.EndMessage())
}

// put writes a segment of elements; a component is a string, a composite a list of them.
func (m *maker) put(tag string, elements ...[]string) {
	m.b.Reset(tag)
	for _, e := range elements {
		m.b.Element(e...)
	}
	m.must(m.w.WriteSegment(&m.b))
	m.count.Segments++
}

// c is a composite.
func c(components ...string) []string { return components }

func (m *maker) number(n int) string { return strconv.Itoa(1 + m.rnd.IntN(n)) }

// amount gives a number with two digits behind the decimal mark.
func (m *maker) amount() string {
	mark := "."
	if m.opt.Separators.Decimal == ',' {
		mark = ","
	}
	return m.number(500) + mark + strconv.Itoa(10+m.rnd.IntN(90))
}

func (m *maker) gtin() []string {
	code := "EN"
	if m.opt.Release == "01B" {
		code = "SRV"
	}
	return c("4012345"+strconv.Itoa(100_000+m.rnd.IntN(900_000)), code)
}

// text gives the name of an article.
func (m *maker) text() string {
	things := [...]string{"Gartenschere 20 cm", "Spaten mit T-Griff", "Gie\u00dfkanne 10 l, gr\u00fcn", "Schubkarre", "Laubrechen verstellbar"}
	if m.opt.Released {
		things = [...]string{"what's new?", "3'4+5:6", "price + tax: 5'", "??'++::", "it's 10:30 + 5'"}
	}
	return things[m.rnd.IntN(len(things))]
}
