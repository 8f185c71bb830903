package flow

import (
	"slices"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/profiles"
)

// levels gives findings the severity that a flow's profile wants, without those that it switches off.
func levels(f *profiles.Flow, found finding.List) finding.List {
	if f == nil {
		return slices.Clip(found)
	}
	return f.Rules.ApplyAll(found)
}

// agreedLevels applies the levels of all flows that a part of a file is for: where they differ, the strictest counts.
// Without a flow the findings stay as they are.
func agreedLevels(flows []*profiles.Flow, found finding.List) finding.List {
	if len(flows) == 0 {
		return found
	}
	var out finding.List
	for _, one := range found {
		strictest, stays := one, false
		for _, f := range flows {
			levelled, on := levelOf(f, one)
			if on && (!stays || levelled.Severity > strictest.Severity) {
				strictest, stays = levelled, true
			}
		}
		if stays {
			out = append(out, strictest)
		}
	}
	return out
}

func levelOf(f *profiles.Flow, one finding.Finding) (finding.Finding, bool) {
	if f == nil {
		return one, true
	}
	return f.Rules.Apply(one)
}

// acknowledge lets the acknowledgement of the interchange grow. It tells the sender of faults at the levels that the profile
// gives them.
func (rd *interchangeReader) acknowledge(ev *edifact.Event, more finding.List) *acknowledge.Contrl {
	if len(ev.Findings) == 0 {
		return rd.answer.Event(ev, rd.agreed(ev, more))
	}
	levelled := *ev
	levelled.Findings = rd.agreed(ev, ev.Findings)
	return rd.answer.Event(&levelled, rd.agreed(ev, more))
}

// agreed gives findings the levels of those that the part of the file is for: the flows that take the message; behind messages
// those that took one of the interchange; else those that may.
func (rd *interchangeReader) agreed(ev *edifact.Event, found finding.List) finding.List {
	if len(found) == 0 {
		return nil
	}
	var flows []*profiles.Flow
	switch {
	case ev.Interchange == nil: // around all interchanges
		flows = rd.flows
	case ev.Message == nil && len(rd.took) > 0:
		flows = rd.took
	case ev.Message == nil || rd.service != nil:
		flows = rd.flowsOf(ev.Interchange)
	default:
		for _, one := range rd.now {
			flows = append(flows, one.message.Flow)
		}
	}
	return agreedLevels(flows, found)
}
