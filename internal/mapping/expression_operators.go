package mapping

import (
	"fmt"

	"github.com/expr-lang/expr/ast"

	"github.com/batchgate/batchgate/internal/document"
)

// quotientDigits is how many digits after the point a division keeps until it is rounded.
const quotientDigits = 30

type valueFunc = func(*frame) (document.Value, error)

func (c *exprCompiler) unary(n *ast.UnaryNode) (*expression, error) {
	want := document.Number
	if n.Operator == "not" || n.Operator == "!" {
		want = document.Flag
	}
	of, err := c.typed(n.Node, want)
	if err != nil {
		return nil, err
	}
	if want == document.Flag {
		return condition(func(f *frame) (bool, error) {
			yes, err := holds(of, f)
			return !yes, err
		}), nil
	}
	if n.Operator == "+" {
		return of, nil
	}
	return &expression{typ: want, constant: of.constant, value: func(f *frame) (document.Value, error) {
		v, err := of.value(f)
		if d, ok := v.Number(); ok {
			v = document.NumberValue(d.Neg())
		}
		return v, err
	}}, nil
}

// condition makes an expression of a yes or no.
func condition(test func(*frame) (bool, error)) *expression {
	return &expression{typ: document.Flag, value: func(f *frame) (document.Value, error) {
		yes, err := test(f)
		return document.FlagValue(yes), err
	}}
}

// holds tells whether a condition is true; one without a result is not.
func holds(e *expression, f *frame) (bool, error) {
	v, err := e.value(f)
	yes, _ := v.Flag()
	return yes, err
}

// typed compiles a part that must be a value of one type.
func (c *exprCompiler) typed(n ast.Node, want document.Type) (*expression, error) {
	e, err := c.compile(n)
	if err != nil {
		return nil, err
	}
	if e.kind != exprValue || e.typ != want {
		return nil, c.fault(n, "", "this must be a %s, and is %s", want, e)
	}
	return e, nil
}

// scalar compiles a part that must be a value.
func (c *exprCompiler) scalar(n ast.Node) (*expression, error) {
	e, err := c.compile(n)
	if err != nil {
		return nil, err
	}
	if e.kind != exprValue && e.kind != exprNil {
		return nil, c.fault(n, "use a function over the list: sum, count, any, all, first", "%s is not a value", e)
	}
	return e, nil
}

func (c *exprCompiler) binary(n *ast.BinaryNode) (*expression, error) {
	switch n.Operator {
	case "??":
		return c.coalesce(n)
	case "and", "&&", "or", "||":
		return c.logic(n)
	case "+", "-", "*", "/", "%":
		return c.arithmetic(n)
	case "==", "!=", "<", "<=", ">", ">=":
		return c.comparison(n)
	case "in":
		return c.in(n)
	case "contains", "startsWith", "endsWith":
		return c.textTest(n)
	case "matches":
		return c.matches(n)
	}
	return nil, c.fault(n, "", "the operator %s is not known here", n.Operator)
}

// coalesce is a ?? b: b where a has nothing in it.
func (c *exprCompiler) coalesce(n *ast.BinaryNode) (*expression, error) {
	left, right, err := c.pair(n)
	if err != nil {
		return nil, err
	}
	return &expression{typ: left.typ, constant: left.constant && right.constant, value: func(f *frame) (document.Value, error) {
		v, err := left.value(f)
		if err != nil || !v.IsBlank() {
			return v, err
		}
		return right.value(f)
	}}, nil
}

// pair compiles both sides, which must be values of one type. nil takes the type of the other side.
func (c *exprCompiler) pair(n *ast.BinaryNode) (left, right *expression, err error) {
	if left, err = c.scalar(n.Left); err != nil {
		return nil, nil, err
	}
	if right, err = c.scalar(n.Right); err != nil {
		return nil, nil, err
	}
	return left, right, c.sameType(n, left, right)
}

func (c *exprCompiler) sameType(n ast.Node, a, b *expression) error {
	switch {
	case a.kind == exprNil:
		a.typ = b.typ
	case b.kind == exprNil:
		b.typ = a.typ
	case a.typ != b.typ:
		return c.fault(n, "make both the same type: text(number), number(text)", "%s and %s cannot stand together", a, b)
	}
	return nil
}

func (c *exprCompiler) logic(n *ast.BinaryNode) (*expression, error) {
	left, err := c.typed(n.Left, document.Flag)
	if err != nil {
		return nil, err
	}
	right, err := c.typed(n.Right, document.Flag)
	if err != nil {
		return nil, err
	}
	and := n.Operator == "and" || n.Operator == "&&"
	return condition(func(f *frame) (bool, error) {
		yes, err := holds(left, f)
		if err != nil || yes != and {
			return yes, err
		}
		return holds(right, f)
	}), nil
}

func (c *exprCompiler) arithmetic(n *ast.BinaryNode) (*expression, error) {
	left, right, err := c.pair(n)
	if err != nil {
		return nil, err
	}
	e := &expression{typ: left.typ, constant: left.constant && right.constant}
	switch {
	case left.typ == document.Text && n.Operator == "+":
		e.value = joinTexts(left.value, right.value)
		return e, nil
	case left.typ != document.Number:
		return nil, c.fault(n, "", "%s reckons with numbers, and this is %s", n.Operator, left)
	}
	op := n.Operator
	e.value = func(f *frame) (document.Value, error) {
		a, b, ok, err := twoNumbers(left.value, right.value, f)
		if err != nil || !ok {
			return document.Value{}, err
		}
		d, err := reckon(op, a, b)
		if err != nil {
			return document.Value{}, err
		}
		return document.NumberValue(d), nil
	}
	return e, nil
}

func joinTexts(left, right valueFunc) valueFunc {
	return func(f *frame) (document.Value, error) {
		a, err := left(f)
		if err != nil {
			return a, err
		}
		b, err := right(f)
		if err != nil || b.IsMissing() {
			return a, err
		}
		if a.IsMissing() {
			return b, nil
		}
		return document.TextValue(a.Text() + b.Text()), nil
	}
}

// twoNumbers evaluates two numbers; ok is false when one is not there.
func twoNumbers(left, right valueFunc, f *frame) (a, b document.Decimal, ok bool, err error) {
	v, err := left(f)
	if err != nil {
		return a, b, false, err
	}
	w, err := right(f)
	if err != nil {
		return a, b, false, err
	}
	a, okA := v.Number()
	b, okB := w.Number()
	return a, b, okA && okB, nil
}

func reckon(op string, a, b document.Decimal) (document.Decimal, error) {
	switch op {
	case "+":
		return bounded(a.Add(b))
	case "-":
		return bounded(a.Sub(b))
	case "*":
		return bounded(a.Mul(b))
	case "/":
		d, err := a.Quo(b, quotientDigits)
		return d.Reduce(), err
	}
	q, err := a.Quo(b, quotientDigits)
	if err != nil {
		return q, err
	}
	whole := truncate(q)
	return bounded(a.Sub(whole.Mul(b)))
}

// errTooLong is what a result beyond the digits of a decimal gives.
var errTooLong = fmt.Errorf("the result has more than %d digits: round it", document.MaxDigits)

// bounded refuses numbers that grow without end.
func bounded(d document.Decimal) (document.Decimal, error) {
	if d.Scale() > document.MaxDigits {
		return document.Decimal{}, errTooLong
	}
	if text := d.Abs().String(); len(text) > document.MaxDigits+2 {
		return document.Decimal{}, errTooLong
	}
	return d, nil
}

func truncate(d document.Decimal) document.Decimal {
	r := d.Round(0)
	switch {
	case d.Sign() > 0 && r.Cmp(d) > 0:
		return r.Sub(document.Int(1))
	case d.Sign() < 0 && r.Cmp(d) < 0:
		return r.Add(document.Int(1))
	}
	return r
}
