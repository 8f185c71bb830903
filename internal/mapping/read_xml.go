package mapping

import (
	"io"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// xmlSource is a record of an XML file with the elements around it, as nodes.
type xmlSource struct {
	trees    []*xmlfile.Tree
	elements []int32 // by the file's names: the mapping's
	attrs    []int32
	plan     *treePlan
	names    func(xmlfile.Name) (space, local string)
}

// number gives the mapping's number of a name of the file.
func (x *xmlSource) number(n xmlfile.Name, attribute bool) int32 {
	known := &x.elements
	if attribute {
		known = &x.attrs
	}
	if n < 0 {
		return -1
	}
	for int(n) >= len(*known) {
		space, local := x.names(xmlfile.Name(len(*known)))
		id, ok := x.plan.number[treeName{space, local, attribute}]
		if !ok {
			id = -1
		}
		*known = append(*known, id)
	}
	return (*known)[n]
}

// add appends the nodes of a tree below a parent.
func (x *xmlSource) add(nodes []treeNode, tree *xmlfile.Tree, parent int32) []treeNode {
	part := int32(len(x.trees))
	x.trees = append(x.trees, tree)
	// Attributes stand among the nodes, so that elements move by those before them.
	at := make([]int32, 0, 64)
	if tree.Len() > cap(at) {
		at = make([]int32, 0, tree.Len())
	}
	for i := range tree.Len() {
		up := parent
		if i > 0 {
			up = at[tree.Parent(i)]
		}
		me := int32(len(nodes))
		at = append(at, me)
		nodes = append(nodes, treeNode{name: x.number(tree.Name(i), false), parent: up, source: int32(i), part: part})
		from, to := tree.Attrs(i)
		for k := from; k < to; k++ {
			nodes = append(nodes, treeNode{name: x.number(tree.AttrName(k), true), parent: me, end: int32(len(nodes)) + 1, source: int32(^k), part: part})
		}
	}
	last := int32(len(nodes))
	for i := range tree.Len() {
		end := last
		if e := tree.End(i); e < tree.Len() {
			end = at[e]
		}
		nodes[at[i]].end = end
	}
	return nodes
}

func (x *xmlSource) appendText(dst []byte, n *treeNode) []byte {
	if n.source < 0 {
		return x.trees[n.part].AppendAttr(dst, int(^n.source))
	}
	return x.trees[n.part].AppendText(dst, int(n.source))
}

func (x *xmlSource) place(n *treeNode) finding.Place {
	tree := x.trees[n.part]
	if n.source < 0 {
		k := int(^n.source)
		return tree.AttrPlace(owner(tree, k), k)
	}
	return tree.TextPlace(int(n.source))
}

// owner finds the element of an attribute.
func owner(tree *xmlfile.Tree, k int) int {
	for i := range tree.Len() {
		if from, to := tree.Attrs(i); k >= from && k < to {
			return i
		}
	}
	return 0
}

func (x *xmlSource) raw(n *treeNode) string {
	tree := x.trees[n.part]
	if n.source < 0 {
		return text(tree.RawAttr(int(^n.source)))
	}
	return text(tree.RawText(int(n.source)))
}

// label names a node for what no line takes: elements with text of their own, and attributes.
func (x *xmlSource) label(nodes []treeNode, n *treeNode) (uint64, func() string) {
	tree := x.trees[n.part]
	if n.source < 0 {
		k := int(^n.source)
		i := int(nodes[n.parent].source)
		return uint64(tree.AttrName(k)+1)<<32 | uint64(tree.Name(i)+1)<<1 | 1, func() string { return tree.PathOf(i) + "/@" + tree.AttrLocal(k) }
	}
	i := int(n.source)
	if !tree.HasText(i) {
		return 0, nil
	}
	parent := xmlfile.NoName
	if p := tree.Parent(i); p >= 0 {
		parent = tree.Name(p)
	}
	return uint64(tree.Name(i)+1)<<32 | uint64(parent+1)<<1, func() string { return tree.PathOf(i) }
}

// readXML reads a whole XML file.
func (m *Mapping) readXML(in io.Reader, file string, opt ReadOptions) (finding.List, error) {
	xr := xmlfile.NewReader(in, m.tree.xmlOptions)
	xr.SetFile(file)
	r := m.NewReader(opt)
	src := &xmlSource{plan: m.tree, names: xr.NameOf}
	r.tree.source = src
	err := eachRecord(xr.Read, func(rec *xmlfile.Record, broken bool) error {
		if broken {
			r.brokenTree(rec.Number())
			return nil
		}
		return r.takeXML(src, rec)
	})
	return r.endFile(xr.Findings(), err)
}

// takeXML reads the document of one record.
func (r *Reader) takeXML(src *xmlSource, rec *xmlfile.Record) error {
	t := r.tree
	t.nodes, src.trees = t.nodes[:0], src.trees[:0]
	parent := int32(-1)
	for depth := range rec.Around() {
		me := int32(len(t.nodes))
		t.nodes = src.add(t.nodes, rec.Outer(depth), parent)
		for _, kept := range rec.Kept(depth) {
			t.nodes = src.add(t.nodes, kept, me)
		}
		parent = me
	}
	at := len(t.nodes)
	t.nodes = src.add(t.nodes, &rec.Tree, parent)
	for up := parent; up >= 0; up = t.nodes[up].parent {
		t.nodes[up].end = int32(len(t.nodes))
	}
	t.record = rec.Number()
	if !r.treeFits(0, r.m.tree.root[0].conditions) {
		r.problem(ruleFixed, src.place(&t.nodes[0]), "", nil, "the root element is not of the kind that the mapping is for", "take the file with another mapping")
		r.bad = true
	}
	return r.takeTree(at)
}

// takesXML tells by the first bytes of a file whether it is one for the mapping: by its root element and the conditions there.
func (m *Mapping) takesXML(head []byte) bool {
	tree, names := xmlfile.Head(head, m.tree.xmlOptions)
	if tree == nil {
		return false
	}
	src := &xmlSource{plan: m.tree, names: names}
	r := m.NewReader(ReadOptions{})
	r.tree.source = src
	r.tree.nodes = src.add(nil, tree, -1)
	root := &m.tree.root[0]
	return r.tree.nodes[0].name == root.name && r.treeFits(0, root.conditions)
}
