package mapping

import (
	"github.com/batchgate/batchgate/flatfile/jsonfile"
	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// treePlan is what a mapping of a format whose records are trees knows.
type treePlan struct {
	xml        bool
	names      []treeName
	number     map[treeName]int32
	namespaces []xmlfile.Namespace // in the order in which they are written
	root       []treePart          // the root element with the conditions that tell files apart
	each       []treePart          // from the root to the element that is a document
	places     []*treePlace
	fixed      []*treePlace
	order      map[int32]map[int32]int // rank of a child by its parent's name
	ordered    map[int32]bool          // parents whose order is said

	xmlOptions  xmlfile.Options
	xmlWriter   xmlfile.WriterOptions
	jsonOptions jsonfile.Options
	jsonWriter  jsonfile.WriterOptions
	keepBlanks  bool // white space around texts counts
}

// treeName is a name of elements, or of attributes.
type treeName struct {
	space, local string
	attribute    bool
}

// treePart is one step of a path, made ready.
type treePart struct {
	name       int32
	conditions []treeTest
	nth        int
}

// chosen tells whether a step chooses among elements of its name.
func (p treePart) chosen() bool { return len(p.conditions) > 0 || p.nth > 0 }

type treeTest struct {
	parts  []treePart
	values []string
	not    bool
}

// treePlace is a place where a value may stand.
type treePlace struct {
	number   int
	rule     *rule // nil of a constant
	up       int
	absolute bool
	parts    []treePart
	path     string
	fixed    *fixedRule
}

// of gives the number of a name.
func (t *treePlan) of(n treeName) int32 {
	if id, ok := t.number[n]; ok {
		return id
	}
	id := int32(len(t.names))
	t.number[n] = id
	t.names = append(t.names, n)
	return id
}

// written gives a name as it stands in a file that is written.
func (t *treePlan) written(id int32) string {
	n := t.names[id]
	if !t.xml {
		return n.local
	}
	if n.space == "" {
		return n.local
	}
	for _, ns := range t.namespaces {
		if ns.Name == n.space && (ns.Prefix != "" || !n.attribute) {
			if ns.Prefix == "" {
				return n.local
			}
			return ns.Prefix + ":" + n.local
		}
	}
	return n.local
}

// rank gives the place of a child among those of its parent, in the order of its first mention where none is said.
func (t *treePlan) rank(parent, child int32) int {
	if r, ok := t.order[parent][child]; ok {
		return r
	}
	return len(t.order[parent])
}

// mention gives a child a place behind those known.
func (t *treePlan) mention(parent, child int32) {
	if t.order[parent] == nil {
		t.order[parent] = map[int32]int{}
	}
	if _, known := t.order[parent][child]; !known {
		t.order[parent][child] = len(t.order[parent])
	}
}
