package flow

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// What a changed order is to the partner: which fields differ, and which lines were added, deleted or changed.

// Message functions (BGM 1225) of an order that takes back or takes the place of one that went out.
const (
	FunctionCancel  = "1"
	FunctionChange  = "4"
	FunctionReplace = "5"
)

// Actions of a line in a change.
const (
	lineAdded     = "added"
	lineDeleted   = "deleted"
	lineChanged   = "changed"
	lineUnchanged = "unchanged"
)

// BeforeChange gives a document that went out as its source gave it: without what a change adds to it.
func BeforeChange(sent *document.Document) *document.Document {
	d := sent.Clone()
	if d.Get("function").Text() == FunctionChange {
		d.Set("function", document.Value{})
	}
	d.KeepItems("lines", func(l *document.Group) bool { return l.Get("action").Text() != lineDeleted })
	for _, l := range d.List("lines") {
		l.Set("number", document.Value{})
		l.Set("action", document.Value{})
	}
	return d
}

// AsRead gives a document that went out as reading its source gave it: without what planning adds to a platform's order.
func AsRead(f *profiles.Flow, sent *document.Document) *document.Document {
	if sent.Kind != document.Order || f.From.Connection.IsFolder() {
		return sent
	}
	d := BeforeChange(sent)
	d.Set("function", document.Value{})
	if f.Customers.Number != "shop" || f.Customers.Guests != "" {
		d.Set("buyer.number", d.Get("buyer.shop_number"))
	}
	return d
}

// LooksSame tells whether the partner would see no difference: both documents, written by today's mapping, give the same
// bytes. What the mapping leaves out does not count.
func LooksSame(f *profiles.Flow, a, b *document.Document) bool {
	if f.Write == nil {
		return a.Fingerprint() == b.Fingerprint()
	}
	first, ok := written(f, a)
	second, also := written(f, b)
	return ok && also && bytes.Equal(first, second)
}

// written writes a document with the same number and time for all.
func written(f *profiles.Flow, d *document.Document) ([]byte, bool) {
	opt := mapping.WriteOptions{Outside: f.Charset.Outside, Envelope: Envelope(f, time.Unix(0, 0), 1)}
	plain := d.Clone()
	plain.Set("function", document.Value{})
	b, found, err := f.Write.Encode([]*document.Document{plain}, opt)
	return b, err == nil && !found.HasErrors()
}

// OrderChange makes the document of a change: the order as it is now, each line with its number in the partner's eyes and
// with what happened to it.
func OrderChange(f *profiles.Flow, sent, now *document.Document) *document.Document {
	change := now.Clone()
	numbers, last, step := lineNumbersOf(f, sent)
	before := map[string]*document.Group{}
	for _, l := range sent.List("lines") {
		if l.Get("action").Text() != lineDeleted {
			before[lineName(l)] = l
		}
	}
	for _, l := range change.List("lines") {
		old, ok := before[lineName(l)]
		delete(before, lineName(l))
		switch {
		case !ok:
			last += step
			l.Set("number", document.TextValue(strconv.FormatInt(last, 10)))
			l.Set("action", document.TextValue(lineAdded))
			continue
		case sameLine(old, l):
			l.Set("action", document.TextValue(lineUnchanged))
		default:
			l.Set("action", document.TextValue(lineChanged))
		}
		l.Set("number", document.TextValue(numbers[old]))
	}
	for _, l := range sent.List("lines") {
		if before[lineName(l)] != l {
			continue
		}
		gone := l.Clone()
		gone.Set("number", document.TextValue(numbers[l]))
		gone.Set("action", document.TextValue(lineDeleted))
		for _, field := range []string{"quantity", "net", "tax", "gross"} {
			gone.Set(field, document.NumberValue(document.Int(0)))
		}
		change.AddItem("lines", gone)
	}
	return change
}

// lineName finds a line again in another state of its order.
func lineName(l *document.Group) string {
	if id := l.Get("id").Text(); id != "" {
		return id
	}
	return l.Get("sku").Text()
}

func sameLine(a, b *document.Group) bool {
	for slot, f := range a.Shape().Fields {
		if !f.Volatile && f.Name != "number" && !a.At(slot).Equal(b.At(slot)) {
			return false
		}
	}
	return true
}

// lineNumbersOf gives the numbers under which the partner knows the lines of a document that went out, the greatest of
// them, and how far apart they are.
func lineNumbersOf(f *profiles.Flow, sent *document.Document) (numbers map[*document.Group]string, last, step int64) {
	numbers, step = map[*document.Group]string{}, 1
	opt := mapping.WriteOptions{Outside: f.Charset.Outside, Envelope: Envelope(f, time.Unix(0, 0), 1), Remember: func(w mapping.Written) {
		if w.Item != nil && strings.HasPrefix(w.Path, "lines[") && strings.HasSuffix(w.Path, ".number") {
			numbers[w.Item] = w.Value
		}
	}}
	if f.Write != nil {
		_, _, _ = f.Write.Encode([]*document.Document{sent}, opt) // it could be written when it went out
	}
	for i, l := range sent.List("lines") {
		if n := l.Get("number").Text(); n != "" {
			numbers[l] = n
		}
		if numbers[l] == "" {
			numbers[l] = strconv.Itoa(i + 1)
		}
		n, err := strconv.ParseInt(numbers[l], 10, 64)
		if err == nil && i == 0 {
			step = max(n, 1)
		}
		last = max(last, n)
	}
	return numbers, last, step
}

// maxDifferences is how many fields a reason names.
const maxDifferences = 6

// Differences names the fields in which a document differs from an earlier state of it, with both values.
func Differences(before, now *document.Document) string {
	old := values(before)
	var all []string
	now.Visit(func(path string, g *document.Group, slot int) {
		v := g.At(slot).Text()
		was, ok := old[path]
		delete(old, path)
		if !g.Shape().Fields[slot].Volatile && (!ok || was != v) {
			all = append(all, fmt.Sprintf("%s %q instead of %q", path, v, was))
		}
	})
	before.Visit(func(path string, g *document.Group, slot int) {
		if was, left := old[path]; left && !g.Shape().Fields[slot].Volatile {
			all = append(all, fmt.Sprintf("%s %q is gone", path, was))
		}
	})
	if len(all) > maxDifferences {
		all = append(all[:maxDifferences], fmt.Sprintf("and %d more", len(all)-maxDifferences))
	}
	return strings.Join(all, ", ")
}

func values(d *document.Document) map[string]string {
	all := map[string]string{}
	d.Visit(func(path string, g *document.Group, slot int) { all[path] = g.At(slot).Text() })
	return all
}
