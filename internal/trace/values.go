package trace

import (
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// writtenTo is a place that a field was written to.
type writtenTo struct {
	field string
	to    To
}

// valuesOf lists the values of a document with the places that they were read from. Fields that rows have and the
// document has not any more, as the warehouse of a sum, are listed too.
func valuesOf(doc *document.Document, rows []rereadDoc) []Value {
	var values []Value
	at := map[string]int{}
	doc.Visit(func(path string, g *document.Group, slot int) {
		at[path] = len(values)
		values = append(values, Value{Field: path, Value: finding.Cut(g.At(slot).Text())})
	})
	for _, row := range rows {
		row.doc.Visit(func(path string, g *document.Group, slot int) {
			o, ok := g.Origin(slot)
			if !ok {
				return
			}
			i, known := at[path]
			if !known {
				i = len(values)
				at[path] = i
				values = append(values, Value{Field: path})
			}
			from := From{Place: o.Place, Raw: o.Raw, Rule: o.Rule}
			if text := finding.Cut(g.At(slot).Text()); text != values[i].Value {
				from.Value = text
			}
			values[i].From = append(values[i].From, from)
		})
	}
	return values
}

// addTo adds where the values went. A field that the document does not have was reckoned by its rule, or is its default.
func (d *Document) addTo(all []writtenTo) {
	at := map[string]int{}
	for i, v := range d.Values {
		at[v.Field] = i
	}
	for _, w := range all {
		i, ok := at[w.field]
		if !ok {
			i = len(d.Values)
			at[w.field] = i
			d.Values = append(d.Values, Value{Field: w.field})
		}
		d.Values[i].To = append(d.Values[i].To, w.to)
	}
}
