package amounts

import (
	"cmp"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// asLines makes a line of each VAT rate of each charge and discount, and leaves no charges and discounts.
func (w *settling) asLines() {
	for _, list := range []string{"charges", "discounts"} {
		for _, g := range w.doc.List(list) {
			w.linesOf(g)
		}
		w.doc.Clear(list)
	}
}

func (w *settling) linesOf(g *document.Group) {
	kind := cmp.Or(g.Get("type").Text(), "other")
	if w.Articles[kind] == "" {
		w.problem(ruleArticle, finding.Error, kind, "write amounts: {articles: {"+kind+": NUMBER}}", "there is no article number for what is %s, which goes out as a line", kind)
	}
	parts := g.List("rates")
	if len(parts) == 0 {
		parts = []*document.Group{g}
	}
	for _, part := range parts {
		l := w.line(kind, g)
		copyValue(l, "name", g, "label")
		for _, field := range []string{"net", "tax", "rate"} {
			copyValue(l, field, part, field)
		}
		copyValue(l, "price", part, "net")
		net, _ := part.Get("net").Number()
		tax, _ := part.Get("tax").Number()
		l.Set("gross", document.NumberValue(net.Add(tax)))
	}
}

// line adds a line of quantity 1 for something that is no article.
func (w *settling) line(kind string, about interface{ Get(string) document.Value }) *document.Group {
	l := w.doc.Add("lines")
	l.Set("kind", document.TextValue(kind))
	l.Set("sku", document.TextValue(w.Articles[kind]))
	l.Set("name", document.TextValue(cmp.Or(about.Get("label").Text(), kind)))
	l.Set("quantity", document.NumberValue(document.Int(1)))
	l.Set("unit", document.TextValue("PCE"))
	return l
}

// copyValue copies a value that is there, with its origin.
func copyValue(to *document.Group, field string, from *document.Group, source string) {
	v := from.Get(source)
	if v.IsBlank() {
		return
	}
	to.Set(field, v)
	slot, ok := from.Shape().Slot(source)
	if !ok {
		return
	}
	if o, traced := from.Origin(slot); traced {
		to.SetFrom(field, v, o)
	}
}
