package validate

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// Validator checks messages, one after another. It is not safe for use by several goroutines at once.
type Validator struct {
	opt      options
	programs map[programKey]*chosen
	layouts  map[layoutKey]*layout

	// Of the message that is read.
	header  *edifact.MessageHeader
	chosen  *chosen
	program *program // nil when its directory is not known
	syntax  int
	decimal byte // the only decimal mark allowed, 0 when point and comma are

	segments int // read so far
	levels   []level
	routes   []route // where else reading may go on behind a fault
	past     history
	stamps   []uint32 // by row: the occurrence of its group in which it was there last
	serial   uint32
	missing  []missed
	last     int32 // the segment of the table that was matched last
	stray    stray // the segment at a wrong place that was reported last
	placed   bool  // the last segment has a place in the table
	seg      *edifact.Segment
	wide     bool // characters are not bytes

	notes finding.List
	count int // findings made
	extra int // of them beyond the limit
	tail  int // index of the finding about trailing separators, or -1
}

// stray is a segment at a wrong place.
type stray struct {
	tag     string
	at      int // its ordinal in the message
	finding int // -1 when none was made
}

type programKey struct {
	syntax                        int
	messageType, version, release string
}

type layoutKey struct {
	release string
	syntax  int
	tag     string
}

// chosen is what is known about a kind of message: the program to check it by, or why there is none.
type chosen struct {
	program *program
	release *directory.Release
	reason  rule
	text    string
}

// New makes a validator.
func New(opts ...Option) *Validator {
	v := &Validator{programs: map[programKey]*chosen{}, layouts: map[layoutKey]*layout{}, tail: -1}
	v.opt.most = defaultMost
	for i := range rules {
		v.opt.levels[i] = rules[i].Severity
	}
	for _, o := range opts {
		o(&v.opt)
	}
	return v
}

// Event takes an event of an edifact.Reader and gives what is wrong: with headers and trailers of the interchange at
// once, with a message at its end.
func (v *Validator) Event(ev *edifact.Event) finding.List {
	switch ev.Kind {
	case edifact.MessageStart:
		v.Start(ev.Interchange, ev.Message)
		v.Segment(ev.Segment)
	case edifact.SegmentRead:
		v.Segment(ev.Segment)
	case edifact.MessageEnd:
		if ev.Segment != nil {
			v.Segment(ev.Segment)
		}
		return v.End()
	case edifact.InterchangeStart, edifact.GroupStart, edifact.GroupEnd, edifact.InterchangeEnd:
		if ev.Segment != nil && !ev.Interchange.Interactive {
			return v.Envelope(ev.Interchange, ev.Segment)
		}
	}
	return nil
}

// Start begins a message. Its segments follow, UNH and UNT with them; End gives the findings. What a message before
// has left over is forgotten.
func (v *Validator) Start(i *edifact.Interchange, h *edifact.MessageHeader) {
	v.header = h
	v.begin(i)
	key := programKey{v.syntax, h.Type, h.Version, h.Release}
	v.chosen = v.programs[key]
	if v.chosen == nil {
		v.chosen = v.choose(h)
		if len(v.programs) >= maxPrograms {
			clear(v.programs)
		}
		v.programs[key] = v.chosen
	}
	v.program = v.chosen.program
	if v.program == nil {
		v.report(v.chosen.reason, h.Place, h.String(), v.chosen.text)
		return
	}
	if len(v.stamps) < len(v.program.nodes) || v.serial > 1<<31 {
		v.stamps, v.serial = make([]uint32, max(len(v.stamps), len(v.program.nodes))), 0
	}
	v.serial++ // no stamp of another message is of this one
	v.levels = append(v.levels[:0], level{serial: v.serial})
	v.routes, v.segments = v.routes[:0], 0
	v.past.forget()
	v.last, v.placed, v.stray = 0, false, stray{}
}

// maxPrograms bounds what is kept of message types in a stream that names ever new ones.
const maxPrograms = 256

func (v *Validator) begin(i *edifact.Interchange) {
	v.syntax = min(max(i.Syntax.Number, 1), 4)
	v.decimal = 0
	if i.HasUNA && v.syntax < 4 && (i.Separators.Decimal == '.' || i.Separators.Decimal == ',') {
		v.decimal = i.Separators.Decimal
	}
	v.notes, v.missing, v.seg = nil, v.missing[:0], nil
	v.wide = false
	v.count, v.extra, v.tail = 0, 0, -1
}

// Segment takes the next segment of the message.
func (v *Validator) Segment(s *edifact.Segment) {
	if v.program == nil {
		return
	}
	v.take(s)
	v.segments++
	v.placed = false
	id := v.program.tags.find(v.key())
	if v.program.twoUNS && id >= 0 && s.Tag() == "UNS" && string(s.Bytes(0, 0, 0)) == "S" {
		id = v.program.tags.find(tagKey([]byte(secondUNS)))
	}
	if id < 0 {
		v.stranger(s.Tag())
		return
	}
	if depth, child := v.program.match(v.levels, id); depth >= 0 {
		v.past.remember(id, v.levels)
		v.advance(depth, child)
		if len(v.routes) > 0 {
			v.follow(id)
			v.meet()
		}
		v.placed = true
	} else if v.placed = v.reroute(id); !v.placed {
		v.placed = v.lost(id)
	}
	v.last = id
	switch l := v.program.layout[id]; {
	case l == nil:
	case !v.clean(l, s):
		v.check(l, s.Tag() == "UNH" || s.Tag() == "UNT")
	case l.depends != nil:
		v.dependencies(l)
	}
}

// stranger handles a segment that the message does not have. Security segments of syntax 4 stand in any message.
func (v *Validator) stranger(tag string) {
	if v.seg.Place(-1, -1, -1).Tag == "" {
		return // no tag at all, which the decoder reports
	}
	l := v.layout(v.chosen.release, tag)
	switch {
	case l == nil:
		v.report(segmentUnknown, v.seg.Place(-1, -1, -1), tag, fmt.Sprintf("%s has no segment %q", v.chosen.release.Name(), tag))
	case strings.HasPrefix(tag, "US") || tag == "UGH" || tag == "UGT":
		v.check(l, false)
	default:
		v.report(segmentUnexpected, v.seg.Place(-1, -1, -1), tag, fmt.Sprintf("%s has no segment %s", v.program.name, tag))
	}
}

// End ends the message and gives what is wrong with it.
func (v *Validator) End() finding.List {
	list := v.notes[:0]
	for _, f := range v.notes {
		if f.Rule != "" {
			list = append(list, f)
		}
	}
	v.notes, v.program = nil, nil
	return list
}

// Envelope checks UNB, UNG, UNE or UNZ by the definition of its syntax version. It must not be called between Start and
// End. What edifact.Reader checks of them, that mandatory elements are there, is left out.
func (v *Validator) Envelope(i *edifact.Interchange, s *edifact.Segment) finding.List {
	v.begin(i)
	v.take(s)
	if l := v.layout(v.service(), s.Tag()); l != nil {
		v.check(l, s.Tag() != "UNG")
	}
	return v.End()
}

// take makes a segment the one that is checked.
func (v *Validator) take(s *edifact.Segment) {
	if v.seg == nil {
		v.wide = s.Charset().Name() == "utf-8"
	}
	v.seg = s
}

// key gives the segment's tag as a number.
func (v *Validator) key() uint32 {
	if marks, start := v.seg.Marks(); edifact.MarkEnd(marks[0])-start == 3 && edifact.MarkPlain(marks[0]) {
		return tagKey(v.seg.Raw()[:3])
	}
	return tagKey([]byte(v.seg.Tag()))
}
