package mapping

import (
	"fmt"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// Condition is a condition over a document, as a profile's ready_when has it. It may be used by several goroutines.
type Condition struct {
	expression *expression
	kind       document.Kind
}

// CompileCondition reads a condition over documents of a kind. place is where its text begins; findings stand at the
// place of the fault within it, as far as it is on one line.
func CompileCondition(src string, kind document.Kind, place finding.Place) (*Condition, finding.List) {
	shape := document.ShapeOf(kind)
	if shape == nil {
		return nil, finding.List{{Rule: ruleValue, Severity: finding.Error, Place: place, Message: fmt.Sprintf("there is no kind of document %q", finding.Cut(string(kind)))}}
	}
	e, err := compileExpression(src, exprScope{shapes: []*document.Shape{shape}})
	if err == nil && (e.kind != exprValue || e.typ != document.Flag) {
		err = &exprError{message: fmt.Sprintf("a condition is true or false, and this is %s", e), hint: `compare it: field == "value"`}
	}
	if err != nil {
		return nil, finding.List{expressionFinding(err, place, src)}
	}
	return &Condition{expression: e, kind: kind}, nil
}

// Holds tells whether the condition is true of a document. A comparison with a missing value is not true. The error says
// what could not be reckoned, as a division by zero.
func (c *Condition) Holds(d *document.Document) (bool, error) {
	if d.Kind != c.kind {
		return false, fmt.Errorf("condition %q is over %s documents, not %s", c.expression.source, c.kind, d.Kind)
	}
	yes, err := holds(c.expression, &frame{items: []item{{group: &d.Group}}})
	if err != nil {
		return false, fmt.Errorf("condition %q: %w", c.expression.source, err)
	}
	return yes, nil
}

// String gives the condition as it was written.
func (c *Condition) String() string { return c.expression.source }
