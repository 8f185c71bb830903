package edifact

import (
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/finding"
)

func (r *Reader) openInterchange(s *Segment) {
	r.take(InterchangeStart, s)
	i := ParseInterchange(s)
	i.HasUNA = r.dec.una
	i.Syntax = r.dec.syntax
	r.interchange, r.ev.Interchange = i, i
	r.messages, r.groups, r.stray = 0, 0, false
	r.references.reset()
	if i.Interactive {
		return
	}
	r.mandatory(s, []need{{0, 0, "syntax identifier (0001)"}, {1, 0, "sender (0004)"}, {2, 0, "recipient (0010)"}, {3, 0, "date (0017)"}, {3, 1, "time (0019)"}, {4, 0, "control reference (0020)"}})
	key := i.Sender.String() + "\x00" + i.Recipient.String() + "\x00" + i.Control
	if i.Control != "" && r.controls.before(key) {
		r.report(r.valued(RuleDuplicateControl, s, 4, i.Control, fmt.Sprintf("control reference %q stands in this file twice", i.Control)))
	}
}

// openImplied opens an interchange that has no UNB. The segment stays held.
func (r *Reader) openImplied(s *Segment) bool {
	if r.interchange != nil {
		return false
	}
	r.ev.Kind, r.ev.End = InterchangeStart, r.dec.w.offset(s.before)
	r.interchange = &Interchange{Syntax: r.dec.syntax, HasUNA: r.dec.una, Separators: r.dec.ctx.separators}
	r.ev.Interchange = r.interchange
	r.messages, r.groups, r.stray = 0, 0, false
	r.references.reset()
	r.report(about(RuleUNBMissing, s.Place(-1, -1, -1), "no UNB stands before "+s.Tag()))
	return true
}

func (r *Reader) openGroup(s *Segment) {
	r.take(GroupStart, s)
	r.group = ParseGroup(s)
	r.ev.Group = r.group
	r.groups++
	r.inGroup, r.stray = 0, false
}

func (r *Reader) openMessage(s *Segment) {
	r.take(MessageStart, s)
	r.message = ParseMessageHeader(s)
	r.ev.Message = r.message
	r.segments, r.stray = 1, false
	r.countMessage()
	if r.message.Interactive {
		r.mandatory(s, []need{{0, 0, "message type (0065)"}})
		return
	}
	r.mandatory(s, []need{{0, 0, "reference (0062)"}, {1, 0, "message type (0065)"}})
	if r.message.Reference != "" && r.references.before(r.message.Reference) {
		r.report(r.valued(RuleDuplicateMessage, s, 0, r.message.Reference, fmt.Sprintf("message reference %q is used twice", r.message.Reference)))
	}
}

// need is an element that a header must have.
type need struct {
	element, component int
	name               string
}

// mandatory reports what a header lacks, in one finding.
func (r *Reader) mandatory(s *Segment, needs []need) {
	var names []string
	var place finding.Place
	for _, n := range needs {
		if len(s.Bytes(n.element, 0, n.component)) > 0 {
			continue
		}
		if names == nil {
			place = s.Place(n.element, 0, n.component)
		}
		names = append(names, n.name)
	}
	if names == nil {
		return
	}
	f := about(RuleEnvelopeMandatory, place, s.Tag()+" lacks "+strings.Join(names, ", "))
	f.Source = r.dec.ctx.charset.show(s.Raw())
	r.report(f)
}

func (r *Reader) endMessage(s *Segment) {
	if r.message == nil {
		if r.openImplied(s) {
			return
		}
		r.take(StraySegment, s)
		r.countMessage() // its UNH is what is missing
		r.outside(about(RuleUNHMissing, s.Place(-1, -1, -1), "UNT ends no message"))
		r.stray = false
		return
	}
	r.segments++
	r.take(MessageEnd, s)
	header, counted := r.message, r.segments
	r.leaveMessage(true)
	count, reference := 0, 1
	if header.Interactive {
		count, reference = 1, 0
		if len(s.Bytes(count, 0, 0)) == 0 {
			count = -1
		}
	}
	if count >= 0 {
		r.checkCount(RuleUNTCount, s, count, counted, "segments")
	}
	if !header.Interactive || len(s.Bytes(reference, 0, 0)) > 0 {
		r.checkReference(RuleUNTReference, s, reference, header.Reference, header.Place)
	}
}

func (r *Reader) endGroup(s *Segment) {
	if r.group == nil {
		r.take(StraySegment, s)
		r.report(about(RuleUNGMissing, s.Place(-1, -1, -1), "UNE ends no group"))
		return
	}
	r.take(GroupEnd, s)
	header, counted := r.group, r.inGroup
	r.leaveGroup(true)
	r.checkCount(RuleUNECount, s, 0, counted, "messages")
	r.checkReference(RuleUNEReference, s, 1, header.Reference, header.Place)
}

func (r *Reader) endInterchange(s *Segment) {
	if r.openImplied(s) {
		return
	}
	r.take(InterchangeEnd, s)
	header, counted, what := r.interchange, r.messages, "messages"
	if r.groups > 0 {
		counted, what = r.groups, "groups"
	}
	none := r.messages == 0
	r.leaveInterchange(true)
	if header.Interactive {
		if len(s.Bytes(1, 0, 0)) > 0 {
			r.checkCount(RuleUNZCount, s, 1, counted, what)
		}
		if len(s.Bytes(0, 0, 0)) > 0 {
			r.checkReference(RuleUNZReference, s, 0, header.Control, header.Place)
		}
		return
	}
	if none && header.introduced() {
		r.report(about(RuleNoMessage, s.Place(-1, -1, -1), "the interchange holds no message"))
	}
	r.checkCount(RuleUNZCount, s, 0, counted, what)
	if header.introduced() {
		r.checkReference(RuleUNZReference, s, 1, header.Control, header.Place)
	}
}

// leaveMessage makes the event the end of the message.
func (r *Reader) leaveMessage(complete bool) {
	r.ev.Kind, r.ev.Complete, r.ev.Count = MessageEnd, complete, r.segments
	r.message = nil
}

func (r *Reader) leaveGroup(complete bool) {
	r.ev.Kind, r.ev.Complete, r.ev.Count = GroupEnd, complete, r.inGroup
	r.group = nil
}

func (r *Reader) leaveInterchange(complete bool) {
	r.ev.Kind, r.ev.Complete, r.ev.Count = InterchangeEnd, complete, r.messages
	r.interchange = nil
}

// checkCount compares what a trailer says with what was counted.
func (r *Reader) checkCount(rule string, s *Segment, element, counted int, what string) {
	said := string(s.Bytes(element, 0, 0))
	n, err := strconv.Atoi(said)
	switch {
	case err != nil || n < 0:
		r.report(r.valued(rule, s, element, said, fmt.Sprintf("%s says %q for the number of %s, counted %d", s.Tag(), said, what, counted)))
	case n == counted, rule == RuleUNTCount && n == counted+r.dec.count.empty: // empty segments are reported
	default:
		r.report(r.valued(rule, s, element, said, fmt.Sprintf("%s says %d %s, counted %d", s.Tag(), n, what, counted)))
	}
}

// checkReference compares the reference of a trailer with that of its header.
func (r *Reader) checkReference(rule string, s *Segment, element int, want string, header finding.Place) {
	got := texts{s}.at(element, 0)
	if got == want || want == "" { // an empty one is reported at the header
		return
	}
	if s.breaks && string(unbroken([]byte(got))) == want {
		return // the line break is reported
	}
	f := r.valued(rule, s, element, got, fmt.Sprintf("%s has the reference %q, its header %q", s.Tag(), got, want))
	f.Related = &header
	r.report(f)
}

// valued starts a finding about an element.
func (r *Reader) valued(rule string, s *Segment, element int, value, message string) finding.Finding {
	f := about(rule, s.Place(element, 0, 0), message)
	f.Value, f.Source = finding.Cut(value), r.dec.ctx.charset.show(s.Raw())
	return f
}

// seen remembers references to find doubled ones, by hashes of 64 bits: that two different ones are taken for equal is as
// likely as one in many thousand millions. It forgets all when it has grown too large: of a file with more, only doubled
// ones that stand near each other are found.
type seen struct {
	seed  maphash.Seed
	names map[uint64]struct{}
}

const mostSeen = 1 << 16

func (s *seen) reset() { clear(s.names) }

// before tells whether a name was there before, and remembers it.
func (s *seen) before(name string) bool {
	if s.names == nil {
		s.names, s.seed = make(map[uint64]struct{}), maphash.MakeSeed()
	}
	if len(s.names) >= mostSeen {
		clear(s.names)
	}
	hash := maphash.String(s.seed, name)
	_, ok := s.names[hash]
	s.names[hash] = struct{}{}
	return ok
}

// forget takes a name back.
func (s *seen) forget(name string) {
	if s.names != nil {
		delete(s.names, maphash.String(s.seed, name))
	}
}
