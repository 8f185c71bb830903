package mapping

import (
	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// grouping reads `group: {by: sku, sum: on_hand}`.
func (c *compiler) grouping(n *yaml.Node) {
	if n == nil {
		return
	}
	s := c.settings(n, "by", "sum")
	if s["by"] == nil || s["sum"] == nil {
		c.fault(n, ruleKey, "write group: {by: sku, sum: on_hand}", "by or sum is missing")
		return
	}
	if by, ok := c.text(s["by"]); ok && c.mappedField(s["by"], by, document.Text) {
		c.m.groupBy = by
	}
	for _, sum := range c.texts(s["sum"]) {
		if c.mappedField(sum, sum.Value, document.Number) {
			c.m.groupSum = append(c.m.groupSum, sum.Value)
		}
	}
}

// mappedField checks a name of a field of the document that must have a type and a line in the map.
func (c *compiler) mappedField(n *yaml.Node, name string, t document.Type) bool {
	slot, ok := c.m.shape.Slot(name)
	if !ok {
		c.fault(n, ruleField, didYouMean(name, c.m.shape.Names()), "%s has no field %q", c.m.kind, finding.Cut(name))
		return false
	}
	if got := c.m.shape.Fields[slot].Type; got != t {
		c.fault(n, ruleType, "", "%s is a %s, and a %s is wanted here", name, got, t)
		return false
	}
	for _, r := range c.m.root.rules {
		if r.field == name {
			return true
		}
	}
	c.fault(n, ruleField, "", "%s is not mapped", name)
	return false
}
