package mapping

import (
	"bytes"
	"hash/fnv"
	"io"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile/jsonfile"
	"github.com/batchgate/batchgate/internal/document"
)

// jsonSource is a record of a JSON file with the members around it, as nodes. Arrays are none: their elements stand there
// under the array's name.
type jsonSource struct {
	trees []*jsonfile.Tree
	plan  *treePlan
	known map[string]int32
	at    []int32 // by value: its node, or that around an array
	named []int32 // by value: its name
	name  []byte
}

// number gives the mapping's number of a name.
func (j *jsonSource) number(name []byte) int32 {
	if id, ok := j.known[string(name)]; ok {
		return id
	}
	id, ok := j.plan.number[treeName{local: string(name)}]
	if !ok {
		id = -1
	}
	if len(j.known) < 100_000 {
		j.known[string(name)] = id
	}
	return id
}

// add appends the nodes of a value under a name below a parent.
func (j *jsonSource) add(nodes []treeNode, tree *jsonfile.Tree, name, parent int32) []treeNode {
	part := int32(len(j.trees))
	j.trees = append(j.trees, tree)
	j.at, j.named = j.at[:0], j.named[:0]
	for i := range tree.Len() {
		up, own := parent, name
		if i > 0 {
			p := tree.Parent(i)
			up, own = j.at[p], j.named[p]
			var isMember bool
			if j.name, isMember = tree.AppendName(j.name[:0], i); isMember {
				own = j.number(j.name)
			}
		}
		j.named = append(j.named, own)
		if tree.Kind(i) == jsonfile.Array {
			j.at = append(j.at, up)
			continue
		}
		j.at = append(j.at, int32(len(nodes)))
		nodes = append(nodes, treeNode{name: own, parent: up, source: int32(i), part: part, null: tree.Kind(i) == jsonfile.Null})
	}
	last := int32(len(nodes))
	for i := tree.Len() - 1; i >= 0; i-- {
		if tree.Kind(i) == jsonfile.Array {
			continue
		}
		n := &nodes[j.at[i]]
		n.end = last
		if e := tree.End(i); e < tree.Len() {
			n.end = j.firstFrom(tree, e, last)
		}
	}
	return nodes
}

// firstFrom gives the node of the first value from one on that is no array.
func (j *jsonSource) firstFrom(tree *jsonfile.Tree, i int, last int32) int32 {
	for ; i < tree.Len(); i++ {
		if tree.Kind(i) != jsonfile.Array {
			return j.at[i]
		}
	}
	return last
}

func (j *jsonSource) appendText(dst []byte, n *treeNode) []byte {
	tree, i := j.trees[n.part], int(n.source)
	from := len(dst)
	dst = tree.AppendText(dst, i)
	if tree.Kind(i) == jsonfile.Number && bytes.ContainsAny(dst[from:], "eE") {
		return appendPlain(dst[:from], string(dst[from:]))
	}
	return dst
}

// appendPlain appends a number of JSON without its exponent: 1.5E+1 is 15. One of more digits than a decimal has stays as
// it is.
func appendPlain(dst []byte, number string) []byte {
	at := strings.IndexAny(number, "eE")
	exponent, err := strconv.Atoi(strings.TrimPrefix(number[at+1:], "+"))
	if err != nil || exponent > document.MaxDigits || exponent < -document.MaxDigits {
		return append(dst, number...)
	}
	digits, negative := strings.CutPrefix(number[:at], "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if negative {
		dst = append(dst, '-')
	}
	for ; exponent > 0; exponent-- {
		if fraction == "" {
			fraction = "0"
		}
		whole, fraction = whole+fraction[:1], fraction[1:]
	}
	for ; exponent < 0; exponent++ {
		if whole == "" {
			whole = "0"
		}
		whole, fraction = whole[:len(whole)-1], whole[len(whole)-1:]+fraction
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	dst = append(dst, whole...)
	if fraction != "" {
		dst = append(append(dst, '.'), fraction...)
	}
	return dst
}

func (j *jsonSource) place(n *treeNode) finding.Place { return j.trees[n.part].Place(int(n.source)) }

func (j *jsonSource) raw(n *treeNode) string { return text(j.trees[n.part].Raw(int(n.source))) }

// label names a node for what no line takes: values that are there.
func (j *jsonSource) label(_ []treeNode, n *treeNode) (uint64, func() string) {
	tree, i := j.trees[n.part], int(n.source)
	switch tree.Kind(i) {
	case jsonfile.Object, jsonfile.Array, jsonfile.Null:
		return 0, nil
	}
	h := fnv.New64a()
	var names []string
	for ; i >= 0; i = tree.Parent(i) {
		if j.name, _ = tree.AppendName(j.name[:0], i); len(j.name) > 0 {
			_, _ = h.Write(append(j.name, '.'))
			names = append([]string{string(j.name)}, names...)
		}
	}
	return h.Sum64() | 1, func() string { return strings.Join(names, ".") }
}

// readJSON reads a whole JSON file.
func (m *Mapping) readJSON(in io.Reader, file string, opt ReadOptions) (finding.List, error) {
	jr := jsonfile.NewReader(in, m.tree.jsonOptions)
	jr.SetFile(file)
	r := m.NewReader(opt)
	src := &jsonSource{plan: m.tree, known: map[string]int32{}}
	r.tree.source = src
	err := eachRecord(jr.Read, func(rec *jsonfile.Record, broken bool) error {
		if broken {
			r.brokenTree(rec.Number())
			return nil
		}
		return r.takeJSON(src, rec)
	})
	return r.endFile(jr.Findings(), err)
}

// takeJSON reads the document of one record.
func (r *Reader) takeJSON(src *jsonSource, rec *jsonfile.Record) error {
	t, plan := r.tree, r.m.tree
	t.nodes, src.trees = t.nodes[:0], src.trees[:0]
	parent, name := int32(-1), plan.root[0].name
	empty := &jsonfile.Tree{}
	for depth := range plan.each {
		me := int32(len(t.nodes))
		t.nodes = append(t.nodes, treeNode{name: name, parent: parent, part: int32(len(src.trees))})
		src.trees = append(src.trees, empty)
		for _, kept := range rec.Kept(depth) {
			t.nodes = src.add(t.nodes, kept.Tree, src.number([]byte(kept.Name)), me)
		}
		parent, name = me, plan.each[depth].name
	}
	at := len(t.nodes)
	t.nodes = src.add(t.nodes, &rec.Tree, name, parent)
	for up := parent; up >= 0; up = t.nodes[up].parent {
		t.nodes[up].end = int32(len(t.nodes))
	}
	t.record = rec.Number()
	if at == len(t.nodes) || rec.Kind(0) != jsonfile.Object {
		r.problem(ruleType, rec.Place(0), text(rec.Raw(0)), nil, "the record is "+rec.Kind(0).String()+", and an object is wanted", "")
		r.brokenTree(t.record)
		return nil
	}
	return r.takeTree(at)
}
