package directory

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/finding"
)

// Message is the segment table of a message type in one release.
type Message struct {
	Type, Name string
	Release    *Release
	// Root is the message itself as a group without a tag: its children are the top level, from UNH to UNT.
	Root *Node
	// Nodes is all rows in the order of the table, Root left out.
	Nodes []*Node
}

// Node is one row of a segment table: a segment or a group.
type Node struct {
	// ID is a tag, "NAD", or the name of a group, "SG2". It is empty for the root.
	ID        string
	Group     bool
	Mandatory bool
	// Max is how often the node may stand in a row, inside of one occurrence of its parent.
	Max int
	// Position is the number printed in the directory, "0120", empty where none is printed.
	Position string
	// Section is 'H' for the header, 'D' for detail, 'S' for the summary, where the directory says so, else 0.
	Section byte
	// Marked says that the release intends to delete the node in the next.
	Marked   bool
	Children []*Node
	// Parent is the group around the node, the root at the top level, nil for the root.
	Parent *Node
}

// Trigger gives the segment that begins a group, and nil for a segment.
func (n *Node) Trigger() *Node {
	if len(n.Children) == 0 {
		return nil
	}
	return n.Children[0]
}

// Path gives the way from the root, "SG25/SG28/PRI".
func (n *Node) Path() string {
	if n.Parent == nil || n.Parent.ID == "" {
		return n.ID
	}
	return n.Parent.Path() + "/" + n.ID
}

// Find gives the node at a path from the top of the message, "SG25/SG28/PRI", or an [UnknownError] that says which
// part is not there and what is. A segment that stands more than once at a level (UNS in some messages) is found at
// its first place.
func (m *Message) Find(path string) (*Node, error) {
	return m.Root.find(path, m.Type+" "+m.Release.name)
}

// Find gives the node at a path relative to a group.
func (n *Node) Find(path string) (*Node, error) { return n.find(path, n.Path()) }

func (n *Node) find(path, where string) (*Node, error) {
	at := n
	for _, part := range strings.Split(path, "/") {
		next := at.child(part)
		if next == nil {
			return nil, at.unknown(part, where)
		}
		at, where = next, where+"/"+part
	}
	return at, nil
}

func (n *Node) child(id string) *Node {
	for _, c := range n.Children {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// unknown tells where else a missing part stands, or what is spelled alike.
func (n *Node) unknown(part, where string) error {
	kind := "segment"
	if strings.HasPrefix(part, "SG") {
		kind = "group"
	}
	e := &UnknownError{Kind: kind, Name: part, Where: where}
	top := n
	for top.Parent != nil {
		top = top.Parent
	}
	if elsewhere := top.search(part); elsewhere != nil {
		e.Nearest = elsewhere.Path()
		return e
	}
	var known []string
	for _, c := range n.Children {
		known = append(known, c.ID)
	}
	e.Nearest = finding.Nearest(part, known)
	return e
}

// search finds a name anywhere below a node.
func (n *Node) search(id string) *Node {
	for _, c := range n.Children {
		if c.ID == id {
			return c
		}
		if found := c.search(id); found != nil {
			return found
		}
	}
	return nil
}

// loadMessage opens the message's own block and builds its tree.
func (r *Release) loadMessage(messageType, name string) *Message {
	m := &Message{Type: messageType, Name: name, Release: r, Root: &Node{Group: true, Mandatory: true, Max: 1}}
	inflate(r.shelf.messages[messageType]).catalogue(r.index, func(_ string, u *unpacker) { m.build(u) })
	return m
}

func (m *Message) build(u *unpacker) {
	width := u.number()
	parents := []*Node{m.Root}
	position := 0
	for range u.number() {
		flags, level := u.number(), u.number()
		n := &Node{Group: flags&1 != 0, Mandatory: flags&2 != 0, Marked: flags&4 != 0, Section: "\x00HDS"[flags>>3]}
		if n.Group {
			n.ID = fmt.Sprintf("SG%d", u.number())
		} else {
			n.ID = string(u.raw(3))
		}
		n.Max = u.number()
		if position += u.signed(); width > 0 && position > 0 {
			n.Position = fmt.Sprintf("%0*d", width, position)
		}
		n.Parent = parents[level]
		n.Parent.Children = append(n.Parent.Children, n)
		parents = append(parents[:level+1], n)
		m.Nodes = append(m.Nodes, n)
	}
}
