package mapping

import (
	"regexp"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/batchgate/batchgate/internal/document"
)

func (c *exprCompiler) comparison(n *ast.BinaryNode) (*expression, error) {
	left, right, err := c.pair(n)
	if err != nil {
		return nil, err
	}
	op := n.Operator
	if op == "==" || op == "!=" {
		return condition(func(f *frame) (bool, error) {
			a, b, err := twoValues(left, right, f)
			return sameValue(a, b) == (op == "=="), err
		}), nil
	}
	if left.typ == document.Flag {
		return nil, c.fault(n, "", "flags have no order")
	}
	return condition(func(f *frame) (bool, error) {
		a, b, err := twoValues(left, right, f)
		if err != nil || a.IsBlank() || b.IsBlank() {
			return false, err
		}
		order := compareValues(a, b)
		switch op {
		case "<":
			return order < 0, nil
		case "<=":
			return order <= 0, nil
		case ">":
			return order > 0, nil
		}
		return order >= 0, nil
	}), nil
}

func twoValues(left, right *expression, f *frame) (a, b document.Value, err error) {
	if a, err = left.value(f); err != nil {
		return a, b, err
	}
	b, err = right.value(f)
	return a, b, err
}

// sameValue is the == of expressions: missing equals missing, numbers by amount, times by the point in time.
func sameValue(a, b document.Value) bool {
	if m, ok := a.Moment(); ok {
		if o, ok := b.Moment(); ok {
			return m.Time.Equal(o.Time)
		}
	}
	return a.Equal(b)
}

func compareValues(a, b document.Value) int {
	if x, ok := a.Number(); ok {
		y, _ := b.Number()
		return x.Cmp(y)
	}
	if x, ok := a.Moment(); ok {
		y, _ := b.Moment()
		return x.Time.Compare(y.Time)
	}
	return strings.Compare(a.Text(), b.Text())
}

// in is value in [a, b, c].
func (c *exprCompiler) in(n *ast.BinaryNode) (*expression, error) {
	list, ok := n.Right.(*ast.ArrayNode)
	if !ok {
		return nil, c.fault(n, `write value in ["a", "b"]`, "after in comes a list of values")
	}
	left, err := c.scalar(n.Left)
	if err != nil {
		return nil, err
	}
	var values []*expression
	for _, node := range list.Nodes {
		v, err := c.scalar(node)
		if err != nil {
			return nil, err
		}
		if err := c.sameType(node, left, v); err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return condition(func(f *frame) (bool, error) {
		a, err := left.value(f)
		if err != nil {
			return false, err
		}
		for _, v := range values {
			b, err := v.value(f)
			if err != nil || sameValue(a, b) {
				return err == nil, err
			}
		}
		return false, nil
	}), nil
}

func (c *exprCompiler) textTest(n *ast.BinaryNode) (*expression, error) {
	left, err := c.typed(n.Left, document.Text)
	if err != nil {
		return nil, err
	}
	right, err := c.typed(n.Right, document.Text)
	if err != nil {
		return nil, err
	}
	test := strings.Contains
	switch n.Operator {
	case "startsWith":
		test = strings.HasPrefix
	case "endsWith":
		test = strings.HasSuffix
	}
	return condition(func(f *frame) (bool, error) {
		a, b, err := twoValues(left, right, f)
		return err == nil && !a.IsMissing() && test(a.Text(), b.Text()), err
	}), nil
}

func (c *exprCompiler) matches(n *ast.BinaryNode) (*expression, error) {
	left, err := c.typed(n.Left, document.Text)
	if err != nil {
		return nil, err
	}
	pattern, ok := n.Right.(*ast.StringNode)
	if !ok {
		return nil, c.fault(n, "", "after matches comes a pattern in quotes")
	}
	re, err := regexp.Compile(pattern.Value)
	if err != nil {
		return nil, c.fault(n.Right, "patterns are those of Go (RE2)", "the pattern is wrong: %v", err)
	}
	return condition(func(f *frame) (bool, error) {
		v, err := left.value(f)
		return err == nil && !v.IsMissing() && re.MatchString(v.Text()), err
	}), nil
}

func (c *exprCompiler) conditional(n *ast.ConditionalNode) (*expression, error) {
	test, err := c.typed(n.Cond, document.Flag)
	if err != nil {
		return nil, err
	}
	yes, err := c.scalar(n.Exp1)
	if err != nil {
		return nil, err
	}
	no, err := c.scalar(n.Exp2)
	if err != nil {
		return nil, err
	}
	if err := c.sameType(n, yes, no); err != nil {
		return nil, err
	}
	return &expression{typ: yes.typ, value: func(f *frame) (document.Value, error) {
		ok, err := holds(test, f)
		if err != nil {
			return document.Value{}, err
		}
		if ok {
			return yes.value(f)
		}
		return no.value(f)
	}}, nil
}
