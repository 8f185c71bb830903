package gateway

import (
	"regexp"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// Numbers that we give are remembered: the ERP answers with the line number of our order, not with the shop's.

// lineNumbers is the scheme under which the line numbers of an order are remembered, as "10234/30". Two shops may have
// orders of one number: each has a scheme of its own.
const lineNumbers = "order.lines.number"

// schemeOf gives the scheme of a field for the orders of a shop; those of files have none of their own.
func schemeOf(field string, c *profiles.Connection) string {
	if c == nil || c.IsFolder() {
		return field
	}
	return field + "@" + c.ID()
}

// remember records what a file's mapping wants to be remembered: for each number the article of its line.
func (p *planner) remember(tx *ledger.Tx, f *profiles.Flow, d *ledger.Delivery, doc *document.Document, id int64) error {
	write, _ := outgoing(f, d.Kind)
	if write == nil || len(write.Remembered()) == 0 {
		return nil
	}
	known, err := readFacts(d.Facts)
	if err != nil {
		return err
	}
	var failed error
	opt := mapping.WriteOptions{Outside: f.Charset.Outside, Remember: func(w mapping.Written) {
		if w.Item == nil || failed != nil {
			return
		}
		scheme := schemeOf(string(doc.Kind)+"."+indices().ReplaceAllString(w.Path, ""), f.From.Connection)
		failed = tx.PutKey(scheme, doc.Key()+"/"+w.Value, id, w.Item.Get("sku").Text())
	}}
	if n, ok := known.Numbers[controlSeries]; ok {
		opt.Envelope = flow.Envelope(f, known.At, n)
	}
	// What cannot be written is told by the delivery itself, which encodes again.
	_, _, _ = write.Encode([]*document.Document{doc}, opt)
	return failed
}

// indices matches the numbers of items in a path, "lines[2].number".
func indices() *regexp.Regexp { return regexp.MustCompile(`\[\d+\]`) }

// recall fills in the articles of shipped lines that name the line of our order alone.
func recall(tx *ledger.Tx, f *profiles.Flow, doc *document.Document) error {
	if doc.Kind != document.Shipment {
		return nil
	}
	for _, line := range doc.List("lines") {
		number := line.Get("order_line").Text()
		if number == "" || line.Get("sku").Text() != "" {
			continue
		}
		order := line.Get("order").Text()
		if order == "" {
			order = doc.Get("order").Text()
		}
		known, err := tx.Keys(schemeOf(lineNumbers, f.To.Connection), order+"/"+number)
		if err != nil {
			return err
		}
		if len(known) > 0 {
			line.Set("sku", document.TextValue(known[len(known)-1].Data))
		}
	}
	return nil
}
