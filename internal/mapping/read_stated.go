package mapping

import (
	"fmt"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// stated is what a file says at the place of a line of `write:`: it is not a value of the document, but follows from
// others, such as the currency that stands at each amount.
type stated struct {
	rule  *rule
	items []item
	node  *treeNode
	text  string
}

// treeStated keeps what stands at the place of a line of `write:`, to be compared when the document is complete. What is
// always the same when it is written may be something else when it is read: it follows from nothing.
func (r *Reader) treeStated(rule *rule, at int) {
	r.eachText(rule.tree[0], at, func(node *treeNode, text string) {
		if text != "" && !rule.write.constant {
			r.stated = append(r.stated, stated{rule, r.itemsAround(rule.scope), node, text})
		}
	})
}

// compareStated says where a file states something else than what its own values give. The values count.
func (r *Reader) compareStated() {
	for _, s := range r.stated {
		v, err := s.rule.write.value(&frame{items: s.items})
		if err != nil || v.IsBlank() || s.same(v) {
			continue
		}
		r.found.add(finding.Finding{Rule: ruleStated, Severity: finding.Warning, Place: r.tree.source.place(s.node), Value: finding.Cut(s.text), Related: &s.rule.place,
			Message: fmt.Sprintf("%s is %q, and from the other values of the document it would be %q", s.rule.tree[0].path, finding.Cut(s.text), finding.Cut(v.Text())),
			Hint:    "the other values count; look whether the sender means what it says here"})
	}
	r.stated = r.stated[:0]
}

func (s *stated) same(v document.Value) bool {
	if v.IsNumber() {
		if there, err := s.rule.form.read([]byte(s.text), nil); err == nil {
			return there.Equal(v)
		}
	}
	return v.Text() == s.text
}
