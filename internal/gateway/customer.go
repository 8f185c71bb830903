package gateway

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// Which number a buyer has in the ERP: the shop's, one that we give, or one that the ERP gave.

// customerNumbers is the scheme under which the number that we gave is remembered, by shop and its customer number.
const customerNumbers = "customer.number"

// number gives an order's buyer the number by which the ERP knows it. missing says that there is none yet.
func numberBuyer(tx *ledger.Tx, f *profiles.Flow, d *document.Document) (missing bool, err error) {
	shop := d.Get("buyer.shop_number").Text()
	guest, _ := d.Get("buyer.guest").Flag()
	c := f.Customers
	switch {
	case guest || shop == "":
		if c.Guests != "" {
			d.Set("buyer.number", document.TextValue(c.Guests))
		}
		return false, nil
	case c.Number == "from_erp":
		d.Set("buyer.number", d.Get("buyer.erp_number"))
		return d.Get("buyer.number").Text() == "", nil
	case c.Number == "series":
		number := d.Get("buyer.erp_number").Text()
		if number == "" {
			if number, err = givenNumber(tx, f, shop); err != nil {
				return false, err
			}
		}
		d.Set("buyer.number", document.TextValue(number))
	}
	return false, nil
}

// usedUpError says that a range of numbers has no further one.
type usedUpError struct{ series profiles.Series }

func (e *usedUpError) Error() string {
	return fmt.Sprintf("the range of customer numbers %d to %d is used up: give another range in customers.series, and release it", e.series.First, e.series.Last)
}

// givenNumber gives a customer of a shop the next number of the range, once and for all.
func givenNumber(tx *ledger.Tx, f *profiles.Flow, customer string) (string, error) {
	value := f.From.Connection.ID() + "/" + customer
	known, err := tx.Keys(customerNumbers, value)
	if err != nil {
		return "", err
	}
	if len(known) > 0 {
		return known[0].Data, nil
	}
	n, err := tx.NextNumber(f.Customers.Series.Name)
	if err != nil {
		return "", err
	}
	n += f.Customers.Series.First - 1
	if last := f.Customers.Series.Last; last > 0 && n > last {
		return "", &usedUpError{f.Customers.Series}
	}
	number := strconv.FormatInt(n, 10)
	return number, tx.PutKey(customerNumbers, value, 0, number)
}

// customerOf makes the document of an order's buyer; nil for a guest.
func customerOf(order *document.Document) *document.Document {
	guest, _ := order.Get("buyer.guest").Flag()
	if guest || order.Get("buyer.shop_number").Text() == "" {
		return nil
	}
	c := document.New(document.Customer)
	for from, to := range map[string]string{"buyer.number": "number", "buyer.shop_number": "shop_number", "buyer.id": "id", "buyer.email": "email",
		"buyer.name": "name", "buyer.vat_id": "vat_id", "language": "language", "channel": "channel"} {
		c.Set(to, order.Get(from))
	}
	for slot, f := range order.Shape().Fields {
		if strings.HasPrefix(f.Name, "bill_to.") {
			c.Set(f.Name, order.At(slot))
		}
	}
	return c
}

// sendCustomer plans a file about an order's buyer where the ERP does not know it as it is now. state is that of the delivery.
func (p *planner) sendCustomer(tx *ledger.Tx, f *profiles.Flow, order *document.Document, row *ledger.Document, state string) error {
	c := customerOf(order)
	if f.Customers.Mapping == nil || c == nil {
		return nil
	}
	known := c.Clone()
	known.Set("number", document.Value{}) // the ERP gave it, or knows it with the rest
	doc := &ledger.Document{Arrival: row.Arrival, N: row.N, Message: row.Message, Flow: row.Flow, Kind: string(document.Customer), Key: c.Get("shop_number").Text(),
		Fingerprint: int64(known.Fingerprint()), State: "planned"}
	if told, err := isTold(tx, doc); err != nil || told {
		return err
	}
	d, err := p.delivery(tx, f, doc.Kind, doc.Key, fmt.Sprint(row.N))
	if err != nil {
		return err
	}
	d.State, d.Docs, d.Count = state, document.AppendLine(nil, c), 1
	if err := p.reserve(tx, f, d, doc.Key); err != nil {
		return err
	}
	d.Key = customerLane(order)
	if err := tx.InsertDelivery(d); err != nil {
		return err
	}
	if err := p.use(tx, f, d); err != nil {
		return err
	}
	doc.Delivery = d.ID
	return tx.InsertDocument(doc)
}

// isTold tells whether the ERP knows a customer as it is now, or will as soon as what is on its way has gone out.
func isTold(tx *ledger.Tx, c *ledger.Document) (bool, error) {
	last, err := tx.LatestDocument(c.Flow, c.Kind, c.Key)
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	if err != nil || last.Fingerprint != c.Fingerprint {
		return false, err
	}
	state, _, err := tx.DeliveryState(last.Delivery)
	return state != ledger.DeliveryDropped && state != ledger.DeliverySuperseded, err
}

// customerFirst lets an order wait until the file about its customer that was planned before it has gone out, or a person
// has given that up. Mostly the lane sees to it; files of one fixed name have a lane of their own.
func (j *job) customerFirst(ctx context.Context) error {
	if !j.route.customers || j.row.Kind != string(document.Order) || len(j.delivery.Docs) == 0 || j.begun() {
		return nil
	}
	var before []ledger.Delivery
	err := j.courier.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		before, err = tx.Deliveries(ledger.DeliveryFilter{Flow: j.row.Flow, Kind: string(document.Customer), Key: customerLane(j.delivery.Docs[0]),
			After: j.row.ID, Newest: true, Limit: 1})
		return err
	})
	if err != nil {
		return &ledgerError{err}
	}
	if len(before) == 0 {
		return nil
	}
	switch c := before[0]; c.State {
	case ledger.DeliveryDone, ledger.DeliveryDropped, ledger.DeliverySuperseded:
		return nil
	case ledger.DeliveryDead, ledger.DeliveryHeld:
		return flow.Wait(30*time.Second, "the file about its customer, d%d, has not gone out: retry or drop that one", c.ID)
	default:
		return flow.Wait(time.Second, "the file about its customer, d%d, goes out first", c.ID)
	}
}

// orderLane is the key under which an order goes out. Where customers go before their orders, all orders of a customer
// follow its file.
func orderLane(f *profiles.Flow, order *document.Document) string {
	if f.Customers.Mapping != nil && order.Get("buyer.shop_number").Text() != "" {
		return customerLane(order)
	}
	return orderKey(order)
}

// customerLane is the key under which files about the buyer of an order go out.
func customerLane(order *document.Document) string {
	return string(document.Customer) + " " + order.Get("buyer.shop_number").Text()
}

// numbered gives the buyer of an order that went out, and the number that its shop does not know yet.
func (g *Gateway) numbered(ctx context.Context, delivery int64) (buyer, number string) {
	var docs []*document.Document
	err := g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		d, err := tx.Delivery(delivery)
		if err == nil {
			docs, err = document.ParseLines(d.Docs)
		}
		return err
	})
	if err != nil || len(docs) != 1 {
		return "", ""
	}
	d := docs[0]
	if number = d.Get("buyer.number").Text(); number == d.Get("buyer.erp_number").Text() || d.Get("buyer.shop_number").Text() == "" {
		return "", ""
	}
	return d.Get("buyer.id").Text(), number
}
