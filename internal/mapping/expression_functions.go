package mapping

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// functions are what an expression can call, with how they are called. Those over lists are in expression_lists.go.
var functions = map[string]string{
	"round": "round(number, digits)", "floor": "floor(number)", "ceil": "ceil(number)", "abs": "abs(number)",
	"min": "min(number, number, ...)", "max": "max(number, number, ...)", "number": "number(text)",
	"text": "text(value)", "upper": "upper(text)", "lower": "lower(text)", "trim": "trim(text)", "len": "len(text)",
	"left": "left(text, characters)", "right": "right(text, characters)", "after": "after(text, characters)", "replace": "replace(text, old, new)",
	"trimPrefix": "trimPrefix(text, start)", "trimSuffix": "trimSuffix(text, end)", "blank": "blank(value)",
	"sum": "sum(list, .field)", "count": "count(list) or count(list, condition)", "any": "any(list, condition)",
	"all": "all(list, condition)", "none": "none(list, condition)", "filter": "filter(list, condition)",
	"find": "find(list, condition)", "first": "first(list)", "last": "last(list)", "concat": "concat(list, list, ...)",
	"by_rate": "by_rate(list)", "as_lines": "as_lines(list, 'SKU')",
}

func (c *exprCompiler) call(n ast.Node, name string, args []ast.Node) (*expression, error) {
	usage, known := functions[name]
	if !known {
		hint := "the functions are " + strings.Join(sortedKeys(functions), ", ")
		if near := finding.Nearest(name, sortedKeys(functions)); near != "" {
			hint = fmt.Sprintf("did you mean %s?", functions[near])
		}
		return nil, c.fault(n, hint, "there is no function %q", finding.Cut(name))
	}
	if e, err := c.listCall(n, name, args); e != nil || err != nil {
		return e, err
	}
	counts := map[string]int{"round": 2, "left": 2, "right": 2, "after": 2, "replace": 3, "trimPrefix": 2, "trimSuffix": 2}
	want, several := max(counts[name], 1), name == "min" || name == "max"
	if several && len(args) == 0 || !several && len(args) != want {
		return nil, c.fault(n, "it is written "+usage, "%s has %d arguments, not %d", name, len(args), want)
	}
	switch name {
	case "round", "floor", "ceil", "abs", "min", "max":
		return c.numberCall(n, name, args)
	case "blank":
		of, err := c.scalar(args[0])
		if err != nil {
			return nil, err
		}
		return condition(func(f *frame) (bool, error) {
			v, err := of.value(f)
			return v.IsBlank(), err
		}), nil
	case "text":
		of, err := c.scalar(args[0])
		if err != nil {
			return nil, err
		}
		return mapped(of, document.Text, func(v document.Value) (document.Value, error) { return document.TextValue(v.Text()), nil }), nil
	}
	return c.textCall(name, args)
}

// mapped applies a function to a value that is there.
func mapped(of *expression, t document.Type, fn func(document.Value) (document.Value, error)) *expression {
	return &expression{typ: t, constant: of.constant, value: func(f *frame) (document.Value, error) {
		v, err := of.value(f)
		if err != nil || v.IsMissing() {
			return document.Value{}, err
		}
		return fn(v)
	}}
}

func (c *exprCompiler) numberCall(n ast.Node, name string, args []ast.Node) (*expression, error) {
	if name == "round" {
		return c.round(n, args)
	}
	var of []*expression
	for _, a := range args {
		e, err := c.typed(a, document.Number)
		if err != nil {
			return nil, err
		}
		of = append(of, e)
	}
	return &expression{typ: document.Number, value: func(f *frame) (document.Value, error) {
		var out document.Decimal
		for i, e := range of {
			v, err := e.value(f)
			d, ok := v.Number()
			if err != nil || !ok {
				return document.Value{}, err
			}
			if i == 0 || name == "min" && d.Cmp(out) < 0 || name == "max" && d.Cmp(out) > 0 {
				out = d
			}
		}
		switch name {
		case "abs":
			out = out.Abs()
		case "floor", "ceil":
			whole := truncate(out)
			switch {
			case name == "floor" && whole.Cmp(out) > 0:
				whole = whole.Sub(document.Int(1))
			case name == "ceil" && whole.Cmp(out) < 0:
				whole = whole.Add(document.Int(1))
			}
			out = whole
		}
		return document.NumberValue(out), nil
	}}, nil
}

// round is round(number, digits), half up.
func (c *exprCompiler) round(n ast.Node, args []ast.Node) (*expression, error) {
	of, err := c.typed(args[0], document.Number)
	if err != nil {
		return nil, err
	}
	digits, err := c.wholeNumber(args[1], 0, quotientDigits)
	if err != nil {
		return nil, err
	}
	return mapped(of, document.Number, func(v document.Value) (document.Value, error) {
		d, ok := v.Number()
		if !ok {
			return document.Value{}, nil
		}
		return document.NumberValue(d.Round(digits)), nil
	}), nil
}

// wholeNumber reads an argument that must be a number in the text of the expression.
func (c *exprCompiler) wholeNumber(n ast.Node, least, most int) (int, error) {
	e, err := c.typed(n, document.Number)
	if err != nil {
		return 0, err
	}
	if e.constant {
		v, _ := e.value(nil)
		d, _ := v.Number()
		if i, ok := d.Int64(); ok && i >= int64(least) && i <= int64(most) {
			return int(i), nil
		}
	}
	return 0, c.fault(n, "", "this must be a whole number from %d to %d", least, most)
}

func (c *exprCompiler) textCall(name string, args []ast.Node) (*expression, error) {
	of, err := c.typed(args[0], document.Text)
	if err != nil {
		return nil, err
	}
	text := func(fn func(string) string) *expression {
		return mapped(of, document.Text, func(v document.Value) (document.Value, error) { return document.TextValue(fn(v.Text())), nil })
	}
	switch name {
	case "upper":
		return text(strings.ToUpper), nil
	case "lower":
		return text(strings.ToLower), nil
	case "trim":
		return text(strings.TrimSpace), nil
	case "len":
		return mapped(of, document.Number, func(v document.Value) (document.Value, error) {
			return document.NumberValue(document.Int(int64(utf8.RuneCountInString(v.Text())))), nil
		}), nil
	case "number":
		return mapped(of, document.Number, func(v document.Value) (document.Value, error) {
			if v.IsBlank() {
				return document.Value{}, nil
			}
			d, err := document.ParseDecimal(v.Text())
			return document.NumberValue(d), err
		}), nil
	case "left", "right", "after":
		n, err := c.wholeNumber(args[1], 0, 1000)
		if err != nil {
			return nil, err
		}
		if name == "after" {
			return text(func(s string) string { return strings.TrimPrefix(s, end(s, n, true)) }), nil
		}
		return text(func(s string) string { return end(s, n, name == "left") }), nil
	}
	var more []string
	for _, a := range args[1:] {
		s, ok := a.(*ast.StringNode)
		if !ok {
			return nil, c.fault(a, "it is written "+functions[name], "this must be a text in quotes")
		}
		more = append(more, s.Value)
	}
	switch name {
	case "trimPrefix":
		return text(func(s string) string { return strings.TrimPrefix(s, more[0]) }), nil
	case "trimSuffix":
		return text(func(s string) string { return strings.TrimSuffix(s, more[0]) }), nil
	}
	if more[0] == "" {
		return nil, c.fault(args[1], "", "an empty text cannot be replaced")
	}
	return text(func(s string) string { return strings.ReplaceAll(s, more[0], more[1]) }), nil
}

// end gives the first or last n characters of a text.
func end(s string, n int, first bool) string {
	runes := []rune(s)
	switch {
	case len(runes) <= n:
		return s
	case first:
		return string(runes[:n])
	}
	return string(runes[len(runes)-n:])
}
