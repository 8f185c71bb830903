package mapping

import (
	"slices"

	"github.com/batchgate/batchgate/finding"
)

// keepFindings is how many findings of one rule are kept one by one; the others are counted.
const keepFindings = 100

// keepExamples is how many examples a counted finding names.
const keepExamples = 5

// collection is what was found in a file, in bounded memory.
type collection struct {
	list    finding.List
	kept    map[string]int
	counted map[string]int // key of a counted finding to its place in list
	refused int            // documents with an error
	dropped int            // documents left out
}

// add takes in a finding; beyond the hundredth of its rule it is only counted.
func (c *collection) add(f finding.Finding) {
	if c.kept == nil {
		c.kept, c.counted = map[string]int{}, map[string]int{}
	}
	if c.kept[f.Rule] < keepFindings {
		c.kept[f.Rule]++
		c.list = append(c.list, f)
		return
	}
	c.count(f.Rule, f, f.Place.String())
}

// count adds to a counted finding, or begins it.
func (c *collection) count(key string, f finding.Finding, example string) {
	if c.counted == nil {
		c.kept, c.counted = map[string]int{}, map[string]int{}
	}
	at, ok := c.counted[key]
	if !ok {
		if len(c.counted) >= 10*keepFindings {
			return
		}
		at = len(c.list)
		c.counted[key] = at
		c.list = append(c.list, f)
	}
	g := &c.list[at]
	g.Count++
	if len(g.Examples) < keepExamples && !slices.Contains(g.Examples, example) {
		g.Examples = append(g.Examples, finding.Cut(example))
	}
}

// drop counts what `unknown: drop` left out, by rule.
func (c *collection) drop(rule *rule, code string, at standing) {
	key := ruleDropped + rule.scope.fieldPath(rule.field)
	if i, ok := c.counted[key]; ok && len(c.list[i].Examples) >= keepExamples {
		c.list[i].Count++
		return
	}
	place, line := at.place()
	c.count(key, finding.Finding{Rule: ruleDropped, Severity: finding.Note, Place: place, Source: finding.Cut(line), Related: &rule.place,
		Message: "left out, because " + rule.scope.fieldPath(rule.field) + " has a code that the list does not have, and the mapping says unknown: drop"}, code)
}

// sorted gives all findings in the order of the file.
func (c *collection) sorted() finding.List {
	out := slices.Clone(c.list)
	slices.SortStableFunc(out, func(a, b finding.Finding) int {
		switch {
		case a.Place.Offset < b.Place.Offset:
			return -1
		case a.Place.Offset > b.Place.Offset:
			return 1
		}
		return 0
	})
	return out
}
