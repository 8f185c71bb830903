package guideline

import (
	"slices"
	"strings"

	"github.com/batchgate/batchgate/edifact/directory"
)

// step is one part of a path: "SG2[BY,SU]".
type step struct {
	id     string
	values []string
	node   *directory.Node
}

// key names the step's qualifiers.
func (s step) key() string { return strings.Join(s.values, ",") }

// parsePath reads a path; the error ends the sentence that begins with the path.
func parsePath(path string) (steps []step, problem string) {
	for rest, more := path, true; more; {
		var s step
		end := strings.IndexAny(rest, "/[")
		switch {
		case end < 0:
			s.id, rest, more = rest, "", false
		case rest[end] == '/':
			s.id, rest = rest[:end], rest[end+1:]
		default:
			inside, after, closed := strings.Cut(rest[end+1:], "]")
			if !closed {
				return nil, "lacks ]"
			}
			s.id = rest[:end]
			for v := range strings.SplitSeq(inside, ",") {
				if v = strings.TrimSpace(v); v != "" {
					s.values = append(s.values, v)
				}
			}
			if len(s.values) == 0 {
				return nil, "has no qualifier between [ and ]"
			}
			rest, more = strings.CutPrefix(after, "/")
			if !more && after != "" {
				return nil, "has something behind ]"
			}
		}
		if s.id == "" {
			return nil, "has an empty part"
		}
		steps = append(steps, s)
	}
	return steps, ""
}

// locate finds the rows of a path below a group.
func locate(from *directory.Node, steps []step) error {
	at := from
	for i := range steps {
		next, err := at.Find(steps[i].id)
		if err != nil {
			return err
		}
		steps[i].node, at = next, next
	}
	return nil
}

// trigger gives the segment that stands for a row.
func trigger(n *directory.Node) string {
	if n.Group {
		return n.Trigger().ID
	}
	return n.ID
}

// segmentOf gives the definition of a row's segment.
func (g *Guideline) segmentOf(n *directory.Node) *directory.Segment { return g.segment(trigger(n)) }

// segment gives a segment of the message's directory, or else of the service segments.
func (g *Guideline) segment(tag string) *directory.Segment {
	if s, ok := g.Message.Release.Segment(tag); ok {
		return s
	}
	for _, syntax := range []int{3, 4} {
		if r, err := directory.OpenService(syntax); err == nil {
			if s, ok := r.Segment(tag); ok {
				return s
			}
		}
	}
	return nil
}

// qualifierOf gives the element that tells the occurrences of a segment apart: its first.
func qualifierOf(s *directory.Segment) string {
	if s == nil || len(s.Fields) == 0 {
		return ""
	}
	f := s.Fields[0]
	if f.Composite == nil {
		return f.ID
	}
	if len(f.Composite.Components) == 0 {
		return ""
	}
	return f.ID + "." + f.Composite.Components[0].ID
}

// spotsOf gives the places of an element in syntax 1 to 3 and in syntax 4.
func spotsOf(s *directory.Segment, path string) [2][]directory.Spot {
	return [2][]directory.Spot{s.Find(path, 3), s.Find(path, 4)}
}

// firstSpot gives the first place alone, which is that of a qualifier.
func firstSpot(s *directory.Segment, path string) [2][]directory.Spot {
	spots := spotsOf(s, path)
	for i := range spots {
		spots[i] = slices.Clip(spots[i][:min(len(spots[i]), 1)])
	}
	return spots
}
