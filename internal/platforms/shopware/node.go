package shopware

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// node is a place in the shop's JSON, with its JSON pointer, so that every value can say where it came from.
type node struct {
	value   any
	pointer string
}

func parse(body []byte) (node, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return node{}, fmt.Errorf("the shop's answer is not readable JSON: %w", err)
	}
	return node{value: v}, nil
}

// at goes down by member names; a missing member gives an empty node.
func (n node) at(names ...string) node {
	for _, name := range names {
		m, _ := n.value.(map[string]any)
		n = node{m[name], n.pointer + "/" + name}
	}
	return n
}

// items gives the elements of a list.
func (n node) items() []node {
	list, _ := n.value.([]any)
	out := make([]node, len(list))
	for i, v := range list {
		out[i] = node{v, n.pointer + "/" + strconv.Itoa(i)}
	}
	return out
}

func (n node) missing() bool { return n.value == nil }

// text gives a text or number as text, "" for anything else.
func (n node) text() string {
	switch v := n.value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// amount gives a number exactly as it stands, without what a float left behind: more than 6 digits after the point are rounded.
func (n node) amount() (document.Decimal, bool) {
	v, ok := n.value.(json.Number)
	if !ok {
		return document.Decimal{}, false
	}
	d, err := document.ParseDecimal(v.String())
	if err != nil { // written with an exponent
		f, err := v.Float64()
		if err != nil {
			return document.Decimal{}, false
		}
		if d, err = document.ParseDecimal(strconv.FormatFloat(f, 'f', -1, 64)); err != nil {
			return document.Decimal{}, false
		}
	}
	if d.Scale() > 6 {
		d = d.Round(6).Reduce()
	}
	return d, true
}

func (n node) time() (document.Moment, bool) {
	t, err := time.Parse(time.RFC3339Nano, n.text())
	if err != nil {
		return document.Moment{}, false
	}
	return document.Moment{Time: t, Precision: document.Second}, true
}

// filler puts values into a group with their origins.
type filler struct {
	group *document.Group
	trace bool
}

func (f filler) put(field string, v document.Value, from node) {
	if !f.trace {
		f.group.Set(field, v)
		return
	}
	f.group.SetFrom(field, v, document.Origin{Rule: finding.Place{Path: "shopware: " + field}, Place: finding.Place{Path: from.pointer}, Raw: finding.Cut(from.text())})
}

// text puts a text that is there; an empty one counts as missing, as the shop writes both.
func (f filler) text(field string, from node) {
	if s := from.text(); s != "" {
		f.put(field, document.TextValue(s), from)
	}
}

func (f filler) amount(field string, d document.Decimal, from node) {
	f.put(field, document.NumberValue(d), from)
}
