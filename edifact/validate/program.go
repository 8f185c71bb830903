package validate

import (
	"github.com/batchgate/batchgate/edifact/directory"
)

// program is a message of a directory as flat tables.
type program struct {
	name   string // "ORDERS D.96A"
	tags   tagTable
	nodes  []node    // the children of a group stand next to each other
	groups []group   // groups[0] is the message
	first  []int32   // group*tags.n + tag -> the first child of the group that begins with the tag, or -1
	byTag  [][]int32 // segments of the table by tag, in order
	layout []*layout // by tag
	twoUNS bool      // UNS stands twice: its code tells which one it is
}

// node is one row of the segment table.
type node struct {
	row       *directory.Node
	group     int32 // index of the group that the row is, or -1
	parent    int32 // group around it
	index     int32 // among the children of its parent
	tag       int32 // of the segment, or of the group's trigger
	max       int32
	mandatory bool
	same      int32 // next child of the parent that begins with the same tag, or -1
}

// group is one group of the table.
type group struct {
	node  int32 // -1 for the message itself
	first int32 // its first child among the nodes
	count int32
	next  []int32 // for each child, and behind the last: the first mandatory child from there on, or count
}

// tagTable gives each tag of a message a small number.
type tagTable struct {
	n     int
	slots [512]struct {
		key uint32
		id  int32
	}
}

func tagKey(b []byte) uint32 {
	if len(b) != 3 {
		return 0
	}
	return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
}

func (t *tagTable) slot(key uint32) int {
	i := int(key*2654435761>>20) & (len(t.slots) - 1)
	for t.slots[i].key != 0 && t.slots[i].key != key {
		i = (i + 1) & (len(t.slots) - 1)
	}
	return i
}

// add gives the number of a tag, a new one for a new tag. Messages have at most some 80 tags.
func (t *tagTable) add(tag string) int32 {
	s := &t.slots[t.slot(tagKey([]byte(tag)))]
	if s.key == 0 {
		s.key, s.id = tagKey([]byte(tag)), int32(t.n)
		t.n++
	}
	return s.id
}

// find gives the number of a tag, or -1.
func (t *tagTable) find(key uint32) int32 {
	s := &t.slots[t.slot(key)]
	if s.key != key || key == 0 {
		return -1
	}
	return s.id
}

// secondUNS is a tag of its own for the second UNS of a message, which no segment can have.
const secondUNS = "uns"

// compile flattens a message.
func compile(m *directory.Message, layouts func(tag string) *layout) *program {
	p := &program{name: m.Type + " " + m.Release.Name()}
	p.addGroup(m.Root, -1)
	p.first = make([]int32, len(p.groups)*p.tags.n)
	for i := range p.first {
		p.first[i] = -1
	}
	p.byTag = make([][]int32, p.tags.n)
	p.layout = make([]*layout, p.tags.n)
	for g := range p.groups {
		p.index(int32(g))
	}
	p.addPlaces(0, layouts)
	return p
}

// addPlaces lists the segments of a group by their tags, in the order of the table.
func (p *program) addPlaces(g int32, layouts func(tag string) *layout) {
	for c := range p.groups[g].count {
		id := p.child(g, c)
		n := &p.nodes[id]
		if n.group >= 0 {
			p.addPlaces(n.group, layouts)
			continue
		}
		p.byTag[n.tag] = append(p.byTag[n.tag], id)
		p.layout[n.tag] = layouts(n.row.ID)
	}
}

// addGroup adds a group and everything in it, and gives its index.
func (p *program) addGroup(row *directory.Node, at int32) int32 {
	g, first := int32(len(p.groups)), int32(len(p.nodes))
	p.groups = append(p.groups, group{node: at, first: first, count: int32(len(row.Children))})
	sections := 0
	for i, child := range row.Children {
		n := node{row: child, group: -1, parent: g, index: int32(i), max: int32(child.Max), mandatory: child.Mandatory, same: -1}
		if tag := child.ID; !child.Group {
			if tag == "UNS" {
				if sections++; sections == 2 {
					tag, p.twoUNS = secondUNS, true
				}
			}
			n.tag = p.tags.add(tag)
		}
		p.nodes = append(p.nodes, n)
	}
	for i, child := range row.Children {
		if child.Group {
			id := first + int32(i)
			inner := p.addGroup(child, id)
			p.nodes[id].group, p.nodes[id].tag = inner, p.nodes[p.child(inner, 0)].tag
		}
	}
	return g
}

// index fills in what is looked up while matching.
func (p *program) index(g int32) {
	gr := &p.groups[g]
	gr.next = make([]int32, gr.count+1)
	gr.next[gr.count] = gr.count
	for c := gr.count - 1; c >= 0; c-- {
		n := &p.nodes[gr.first+c]
		gr.next[c] = gr.next[c+1]
		if n.mandatory {
			gr.next[c] = c
		}
		slot := &p.first[int(g)*p.tags.n+int(n.tag)]
		n.same = *slot
		*slot = c
	}
}

// child gives a child of a group as a node.
func (p *program) child(g, c int32) int32 { return p.groups[g].first + c }
