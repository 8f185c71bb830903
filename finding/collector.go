package finding

import "slices"

// keepErrors is how many errors of one rule a Collector keeps one by one.
const keepErrors = 100

// keepExamples is how many examples a counted finding names.
const keepExamples = 5

// Collector keeps the findings of a file in bounded memory: of each rule the first hundred errors, the first warning or
// note, and then a count. The zero value is ready.
type Collector struct {
	list  List
	kept  map[string]int
	group map[string]int // rule to the place in list of its counted finding
}

// Add takes in a finding.
func (c *Collector) Add(f Finding) {
	if c.kept == nil {
		c.kept, c.group = map[string]int{}, map[string]int{}
	}
	limit := 1
	if f.Severity == Error {
		limit = keepErrors
	}
	if c.kept[f.Rule] < limit {
		c.kept[f.Rule]++
		if limit == 1 {
			c.group[f.Rule] = len(c.list)
		}
		c.list = append(c.list, f)
		return
	}
	at, counted := c.group[f.Rule]
	if !counted {
		c.group[f.Rule] = len(c.list)
		f.Count, f.Examples = max(f.Count, 1), []string{f.Place.String()}
		c.list = append(c.list, f)
		return
	}
	g := &c.list[at]
	if g.Count == 0 {
		g.Count, g.Examples = 1, []string{g.Place.String()}
	}
	g.Count += max(f.Count, 1)
	if len(g.Examples) < keepExamples {
		g.Examples = append(g.Examples, f.Place.String())
	}
}

// List gives what was kept, in the order in which it came.
func (c *Collector) List() List { return slices.Clone(c.list) }
