package shopware

import (
	"slices"
	"strings"

	"github.com/batchgate/batchgate/internal/document"
)

// tagMark begins a mark that is a tag, and not a custom field.
const tagMark = "tag:"

// marks reads what people and other programs have put on the order: tags, custom fields, the marks of an export.
func (o *orderReader) marks(root node, r Reader) {
	var tags []string
	for _, t := range root.at("tags").items() {
		tags = append(tags, t.at("name").text())
		filler{o.doc.Add("tags"), o.trace}.text("name", t.at("name"))
	}
	names := make([]string, 0, len(r.Attributes))
	for name := range r.Attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		from := root.at("customFields", r.Attributes[name])
		if from.text() == "" {
			continue
		}
		f := filler{o.doc.Add("attributes"), o.trace}
		f.put("name", document.TextValue(name), from)
		f.text("value", from)
	}
	for _, mark := range r.Marks {
		if tag, ok := strings.CutPrefix(mark, tagMark); ok {
			if slices.Contains(tags, tag) {
				o.put("exported", document.TextValue(mark), root.at("tags"))
				return
			}
			continue
		}
		from := root.at("customFields", mark)
		if v := from.text(); v != "" && v != "false" && v != "0" {
			o.put("exported", document.TextValue(mark+" "+v), from)
			return
		}
	}
}
