package guideline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

// report makes a finding.
func (c *Checker) report(rule string, place finding.Place, value, format string, args ...any) {
	if len(c.found) >= mostFindings {
		if c.more == 0 {
			c.found = append(c.found, finding.Finding{Rule: RuleMore, Severity: ruleOf(RuleMore).Severity, Place: place, Message: "further findings are only counted", Hint: ruleOf(RuleMore).Hint})
		}
		c.more++
		c.found[len(c.found)-1].Count = c.more
		return
	}
	def := ruleOf(rule)
	c.found = append(c.found, finding.Finding{Rule: rule, Severity: def.Severity, Place: place, Value: finding.Cut(strings.ToValidUTF8(value, "�")),
		Message: strings.ToValidUTF8(fmt.Sprintf(format, args...), "�"), Hint: def.Hint, Clause: c.g.Name})
}

// merge puts both lists together. A fault that the directory's findings name already is left out.
func (c *Checker) merge(found finding.List) finding.List {
	if len(c.found) == 0 && len(c.agreed) == 0 {
		return found
	}
	lost := map[string]bool{} // tags that the directory misses, or has found at another place
	faulty := map[finding.Place]bool{}
	kept := found[:0:0]
	for _, f := range found {
		if f.Rule == validate.RuleCodeUnknown {
			if slices.Contains(c.agreed, f.Place) || slices.ContainsFunc(c.found, func(o finding.Finding) bool { return o.Place == f.Place }) {
				continue // the guideline has the code, or says more about it
			}
		}
		kept = append(kept, f)
		switch f.Rule {
		case validate.RuleSegmentMissing, validate.RuleSegmentOrder, validate.RuleSegmentUnexpected, validate.RuleSegmentUnknown:
			lost[f.Value] = true
		}
		faulty[f.Place], faulty[element(f.Place)] = true, true
	}
	for _, f := range c.found {
		switch {
		case f.Rule == RuleSegmentMissing && lost[f.Value]:
		case f.Place.Element > 0 && (faulty[f.Place] || f.Rule == RuleElementMissing && faulty[element(f.Place)]):
		default:
			kept = append(kept, f)
		}
	}
	kept.Sort()
	return kept
}

// element gives the place of the element around.
func element(p finding.Place) finding.Place {
	return finding.Place{Message: p.Message, Segment: p.Segment, Element: p.Element}
}
