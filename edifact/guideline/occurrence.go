package guideline

import (
	"fmt"
	"slices"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// first gives the value of a segment that tells its occurrences apart.
func first(s *edifact.Segment) []byte { return s.Bytes(0, 0, 0) }

// occurrence counts an occurrence at a row of an open group, and gives what is said about it; nil when it is not used.
func (c *Checker) occurrence(f *frame, node *directory.Node, s *edifact.Segment) *use {
	if f.group == nil {
		return nil
	}
	r := f.group.at[node]
	if r == nil {
		if c.g.refuse {
			c.reportUnused(node, s)
		}
		return nil
	}
	if r.index > f.at {
		c.passed(f, f.at, r.index, s.Place(-1, -1, -1))
		f.at = r.index
	}
	var u *use
	for _, v := range r.variants {
		if slices.Contains(v.values, string(c.qualifier(v, s))) {
			u = v
			break
		}
	}
	if r.total != nil && u != nil {
		c.count(r.total, node, s)
	}
	if u == nil {
		if u = r.total; u == nil {
			c.stray(r, s)
			return nil
		}
	}
	if u.unused {
		c.reportUnused(node, s)
		return nil
	}
	c.count(u, node, s)
	return u
}

func (c *Checker) qualifier(u *use, s *edifact.Segment) []byte {
	if spots := u.spots[c.syntax]; len(spots) > 0 {
		return s.Bytes(spots[0].Element, 0, max(spots[0].Component, 0))
	}
	return nil
}

func (c *Checker) count(u *use, node *directory.Node, s *edifact.Segment) {
	c.counts[u.id]++
	if u.max > 0 && c.counts[u.id] == u.max+1 && u.max < node.Max {
		c.report(RuleSegmentRepeat, s.Place(-1, -1, -1), s.Tag(), "%s stands more than %s, which the guideline %s allows", u.name, times(u.max), c.g.Name)
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// stray handles an occurrence whose qualifier the guideline does not have.
func (c *Checker) stray(r *row, s *edifact.Segment) {
	if !c.g.refuse {
		return
	}
	u := r.variants[0]
	c.strays[u.id]++
	place := s.Place(-1, -1, -1)
	if spots := u.spots[c.syntax]; len(spots) > 0 {
		place = s.Place(spots[0].Element, 0, max(spots[0].Component, 0))
	}
	var known []string
	for _, v := range r.variants {
		known = append(known, v.values...)
	}
	value := string(c.qualifier(u, s))
	c.report(RuleQualifier, place, value, "%s with %q is not used by the guideline %s, which has %s", s.Tag(), value, c.g.Name, orList(known))
}

func (c *Checker) reportUnused(node *directory.Node, s *edifact.Segment) {
	what := s.Tag()
	if node.Group {
		what = "group " + node.ID
	}
	c.report(RuleSegmentUnused, s.Place(-1, -1, -1), s.Tag(), "%s is not used by the guideline %s, %s of %s", what, c.g.Name, node.Path(), c.g.Message.Type)
}

// passed reports what is missing among the rows of a group that have been left: from where reading stood to before where
// it stands now.
func (c *Checker) passed(f *frame, from, to int, place finding.Place) {
	if f.blind {
		return
	}
	for _, r := range f.group.rows {
		if r.index < from || r.index >= to || r.again != nil {
			continue
		}
		stand := 0
		if len(r.variants) > 0 {
			stand = c.strays[r.variants[0].id]
		}
		missing := false
		for _, u := range r.variants {
			if !u.required || c.counts[u.id] > 0 {
				continue
			}
			if stand > 0 {
				stand--
				continue
			}
			c.reportMissing(r, u, place)
			missing = true
		}
		if u := r.total; u != nil && u.required && c.counts[u.id] == 0 && !missing && !r.node.Mandatory {
			c.reportMissing(r, u, place)
		}
	}
}

func (c *Checker) reportMissing(r *row, u *use, place finding.Place) {
	before := ""
	if place.Tag != "" {
		before = " before " + place.Tag
	}
	c.report(RuleSegmentMissing, place, trigger(r.node), "%s is missing%s; the guideline %s requires %s", trigger(r.node), before, c.g.Name, u.name)
}
