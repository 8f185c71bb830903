package xmlfile

import (
	"bytes"
	"slices"
)

// Name is a name of a file, namespace and local part, as a number of its reader. Equal names are equal numbers.
type Name int32

// NoName is the number of no name.
const NoName Name = -1

const xmlNamespace = "http://www.w3.org/XML/1998/namespace"

// names gives numbers to the names of a file.
type names struct {
	known  []qualified
	number map[qualified]Name
	scopes int
}

func newNames() *names { return &names{number: map[qualified]Name{}} }

// of gives the number of a name.
func (n *names) of(q qualified) (Name, bool) {
	if id, ok := n.number[q]; ok {
		return id, true
	}
	if len(n.known) >= maxNames {
		return NoName, false
	}
	id := Name(len(n.known))
	n.number[q] = id
	n.known = append(n.known, q)
	return id, true
}

// binding is one declaration of a namespace; "" is the prefix of the default one.
type binding struct{ prefix, space string }

// scope is a set of namespaces in force, with the names that were resolved in it.
type scope struct {
	parent   *scope
	own      []binding
	elements map[string]Name // by the name as it stands
	attrs    map[string]Name
	inner    []*scope // made within, for elements that declare the same again
}

func newScope(parent *scope, own []binding) *scope {
	return &scope{parent: parent, own: own, elements: map[string]Name{}, attrs: map[string]Name{}}
}

// maxInner is how many sets of namespaces within one are remembered.
const maxInner = 16

// within gives the scope of an element that declares namespaces.
func (n *names) within(s *scope, own []binding) (*scope, bool) {
	for _, in := range s.inner {
		if slices.Equal(in.own, own) {
			return in, true
		}
	}
	if n.scopes++; n.scopes > maxScopes {
		return s, false
	}
	in := newScope(s, slices.Clone(own))
	if len(s.inner) < maxInner {
		s.inner = append(s.inner, in)
	}
	return in, true
}

// space finds what a prefix stands for.
func (s *scope) space(prefix string) (string, bool) {
	for ; s != nil; s = s.parent {
		for _, b := range s.own {
			if b.prefix == prefix {
				return b.space, true
			}
		}
	}
	switch prefix {
	case "":
		return "", true
	case "xml":
		return xmlNamespace, true
	}
	return "", false
}

// resolve gives the number of a name as it stands in a tag, and why there is none.
func (n *names) resolve(s *scope, raw []byte, attribute bool) (Name, string) {
	cache := s.elements
	if attribute {
		cache = s.attrs
	}
	if id, ok := cache[string(raw)]; ok {
		return id, ""
	}
	if !isName(raw) {
		return NoName, "%q is not a name"
	}
	prefix, local, found := bytes.Cut(raw, []byte{':'})
	if !found {
		prefix, local = nil, raw
	}
	q := qualified{local: string(local)}
	if found || !attribute {
		var known bool
		if q.space, known = s.space(string(prefix)); !known {
			return NoName, "the prefix of %q is declared nowhere"
		}
	}
	id, ok := n.of(q)
	if !ok {
		return NoName, "%q is a name too many: the file has more than 100000"
	}
	cache[string(raw)] = id
	return id, ""
}
