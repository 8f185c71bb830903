package shopware

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
)

// TargetOptions say how documents go into the shop.
type TargetOptions struct {
	UnknownSKU      string    // "ignore" or "hold": what an article means that the shop does not have
	UnknownOrder    string    // "ignore" or "hold"
	Ship            bool      // mark orders shipped; false sets tracking codes only
	SendMail        bool      // let the shop mail its customer
	Close           bool      // what a despatch advice leaves of an order will not come any more
	Since           time.Time // orders that were placed earlier are none of ours; zero: no limit
	UnknownCustomer string    // "ignore" or "hold"
	CustomerField   string    // custom field of customers that holds the ERP's number
	Figure          string    // what the shop's stock means: "available", "physical", "auto" (by its version), or "" where that does not matter
}

// Target is the shop as a target of stock and shipments.
type Target struct {
	shop *Shop
	opt  TargetOptions
}

// Target gives the shop as a target.
func (s *Shop) Target(opt TargetOptions) *Target { return &Target{s, opt} }

// Tables of look-ups.
const (
	productTable  = "product"  // article number -> id, and what is held of it where the shop's stock is physical
	orderTable    = "order"    // order number -> orderFacts as JSON
	customerTable = "customer" // customer number, or "mail:" and an address -> id
)

// productsKept is how long the id of an article may be used again.
const productsKept = time.Hour

// Needs names the articles or orders that the documents speak of.
func (t *Target) Needs(d *flow.Delivery) []flow.Need {
	var needs []flow.Need
	for _, doc := range d.Docs {
		switch doc.Kind {
		case document.Stock:
			needs = append(needs, flow.Need{Table: productTable, Key: doc.Get("sku").Text()})
		case document.Shipment:
			for _, o := range flow.OrdersOf(doc) {
				needs = append(needs, flow.Need{Table: orderTable, Key: o})
			}
		case document.Customer:
			needs = append(needs, flow.Need{Table: customerTable, Key: customerKey(doc)})
		}
	}
	return needs
}

// Lookup asks the shop.
func (t *Target) Lookup(ctx context.Context, table string, keys []string) (map[string]string, time.Duration, error) {
	found := map[string]string{}
	physical := false
	if table == productTable {
		var err error
		if physical, err = t.physical(ctx); err != nil {
			return nil, 0, err
		}
	}
	for from := 0; from < len(keys); from += maxLimit {
		some := keys[from:min(from+maxLimit, len(keys))]
		var err error
		switch table {
		case productTable:
			err = t.products(ctx, some, physical, found)
		case orderTable:
			err = t.orders(ctx, some, found)
		case customerTable:
			err = t.customers(ctx, some, found)
		default:
			err = flow.Stop("the shop has no look-up %q", table)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	if table == productTable && !physical {
		return found, productsKept, nil
	}
	return found, 0, nil
}

// products finds the ids of articles, and behind them what a shop with physical stock holds for open orders.
func (t *Target) products(ctx context.Context, numbers []string, physical bool, found map[string]string) error {
	rows, err := t.shop.search(ctx, "product", criteria{Limit: maxLimit,
		Filter:   []filter{{Type: "equalsAny", Field: "productNumber", Value: numbers}},
		Includes: map[string][]string{"product": {"id", "productNumber", "stock", "availableStock"}}})
	if err != nil {
		return err
	}
	for _, row := range rows {
		var p struct {
			ID        string `json:"id"`
			Number    string `json:"productNumber"`
			Stock     int64  `json:"stock"`
			Available int64  `json:"availableStock"`
		}
		if err := json.Unmarshal(row, &p); err != nil {
			return flow.Later(0, fmt.Errorf("look up articles: the shop's answer is not readable: %w", err))
		}
		found[p.Number] = p.ID
		if physical {
			found[p.Number] += fmt.Sprint(" ", p.Stock-p.Available)
		}
	}
	return nil
}

// encoded is the body of a delivery: the calls of its steps.
type encoded struct {
	Calls []encodedCall `json:"calls"`
}

type encodedCall struct {
	Step string `json:"step"`
	// Sync calls write Payload; Docs names the document behind each record.
	Entity  string            `json:"entity,omitempty"`
	Payload []json.RawMessage `json:"payload,omitempty"`
	Docs    []int             `json:"docs,omitempty"`
	// Transitions move the state of one delivery.
	Delivery string `json:"delivery,omitempty"`
	To       string `json:"to,omitempty"`
	SendMail bool   `json:"send_mail,omitempty"`
}

// operation names the call's records within its request: the first word of the step, which holds no business key.
func (c encodedCall) operation() string {
	name, _, _ := strings.Cut(c.Step, " ")
	return name
}

// Encode gives the calls of all steps as one JSON document.
func (t *Target) Encode(d *flow.Delivery, f flow.Facts, trace *flow.Trace) ([]byte, []flow.Refusal, finding.List, error) {
	e := encoder{target: t, facts: f, trace: trace, several: len(d.Docs) > 1, orders: map[string]*orderFacts{}}
	stock := encodedCall{Step: "stock", Entity: "product"}
	customers := encodedCall{Step: "customer", Entity: "customer"}
	for i, doc := range d.Docs {
		switch doc.Kind {
		case document.Stock:
			e.stock(&stock, i, doc)
		case document.Shipment:
			e.shipment(i, doc)
		case document.Customer:
			e.customer(&customers, i, doc)
		default:
			return nil, nil, nil, fmt.Errorf("a Shopware shop takes stock, shipments and customers, not %s", doc.Kind)
		}
	}
	if len(stock.Payload) > 0 {
		e.out.Calls = append(e.out.Calls, stock)
	}
	if len(customers.Payload) > 0 {
		e.out.Calls = append(e.out.Calls, customers)
	}
	body, err := json.Marshal(e.out)
	return body, e.refused, nil, err
}

type encoder struct {
	target  *Target
	facts   flow.Facts
	trace   *flow.Trace
	out     encoded
	refused []flow.Refusal
	several bool                   // the delivery has several documents
	orders  map[string]*orderFacts // as the documents before have left them
}

func (e *encoder) refuse(doc int, key, rule string, ignored bool, format string, args ...any) {
	e.refused = append(e.refused, flow.Refusal{Doc: doc, Key: key, Rule: rule, Ignored: ignored, Message: fmt.Sprintf(format, args...)})
}

// wrote records where a document's value went: the step and the JSON pointer in its request.
func (e *encoder) wrote(doc int, field, step, pointer, value string) {
	e.trace.Add(flow.Written{Doc: doc, Field: field, Rule: finding.Place{Path: "shopware: " + field}, Place: finding.Place{Path: step + " " + pointer}, Value: value})
}

func (e *encoder) stock(c *encodedCall, i int, doc *document.Document) {
	sku := doc.Get("sku").Text()
	known, ok := e.facts.Lookup(productTable, sku)
	id, _, _ := strings.Cut(known, " ")
	if !ok {
		e.refuse(i, sku, "shopware.unknown-sku", e.target.opt.UnknownSKU == "ignore", "the shop has no article of this number")
		return
	}
	quantity, ok := doc.Get("on_hand").Number()
	if !ok {
		e.refuse(i, sku, "shopware.stock-missing", false, "the article has no quantity on hand")
		return
	}
	pieces, ok := quantity.Int64()
	if !ok {
		e.refuse(i, sku, "shopware.stock-fraction", false, "the shop counts whole pieces, and the quantity has a fraction")
		return
	}
	pointer := fmt.Sprintf("/stock/payload/%d", len(c.Payload))
	e.wrote(i, "sku", "stock", pointer+"/id", id)
	e.wrote(i, "on_hand", "stock", pointer+"/stock", fmt.Sprint(pieces))
	closeOut := ""
	if off, ok := doc.Get("close_out").Flag(); ok {
		e.wrote(i, "close_out", "stock", pointer+"/isCloseout", strconv.FormatBool(off))
		closeOut = fmt.Sprintf(`,"isCloseout":%t`, off)
	}
	c.Payload = append(c.Payload, json.RawMessage(fmt.Sprintf(`{"id":%q,"stock":%d%s}`, id, pieces, closeOut)))
	c.Docs = append(c.Docs, i)
}

// Steps gives one step for each call.
func (t *Target) Steps(d *flow.Delivery, body []byte) []flow.Step {
	var e encoded
	if err := json.Unmarshal(body, &e); err != nil {
		return []flow.Step{{Name: "read", Do: func(context.Context, flow.Evidence) (flow.Report, error) {
			return flow.Report{}, flow.Stop("the encoded calls are not readable: %w", err)
		}}}
	}
	var steps []flow.Step
	for _, c := range e.Calls {
		if c.Delivery != "" {
			steps = append(steps, t.transition(c))
			continue
		}
		steps = append(steps, flow.Step{Name: c.Step, Do: func(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
			return t.write(ctx, d, c)
		}})
	}
	return steps
}
