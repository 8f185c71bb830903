package gateway

import (
	"context"
	"errors"
	"fmt"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// document takes one document. A platform's stock goes into the comparison, lists that become a file are gathered; others
// wait until their message was read whole.
func (p *planner) document(ctx context.Context, m *flow.Message, d *document.Document) error {
	if p.only != nil && !p.only[m.N] || p.tooOld(m.Flow) {
		return nil
	}
	if d.Kind == document.Stock && !m.Flow.To.Connection.IsFolder() {
		s, err := p.stockPlan(ctx, m.Flow)
		if err != nil || !s.takes(d.Get("sku").Text()) {
			return err
		}
		return s.compare.Add(m.N, d)
	}
	if d.Kind.IsList() {
		return p.listed(ctx, m, d)
	}
	key := fmt.Sprintf("%d/%s", m.N, m.Flow.ID())
	p.docs[key] = append(p.docs[key], d.Clone())
	return nil
}

// single plans a document that goes out alone: an order, a shipment.
func (p *planner) single(m *flow.Message, d *document.Document) {
	p.n++
	f, a, n := m.Flow, p.arrival, p.n
	row := &ledger.Document{Arrival: a.ID, N: n, Message: m.N, Flow: f.ID(), Kind: string(d.Kind), Key: d.Key(), Fingerprint: int64(d.Fingerprint()), State: "planned"}
	state, reason := ledger.DeliveryPlanned, ""
	switch f.Function(d.Get("function").Text()) {
	case "ignore":
		row.State = "ignored"
	case "hold":
		state, reason = ledger.DeliveryHeld, fmt.Sprintf("message function %s is held by the profile", d.Get("function").Text())
	}
	if !p.ours(f, d) {
		row.State = "ignored"
	}
	p.write(func(tx *ledger.Tx) error { return bookOrder(tx, f, a, d) })
	if d.Kind == document.Order && !f.From.Connection.IsFolder() && a.Replay == 0 {
		p.write(func(tx *ledger.Tx) error { return p.order(tx, m, d, row) })
		return
	}
	p.write(func(tx *ledger.Tx) error {
		if err := p.judge(tx, f, d, row, &state, &reason); err != nil || row.State != "planned" {
			return errors.Join(err, tx.InsertDocument(row))
		}
		delivery, err := p.delivery(tx, f, string(d.Kind), d.Key(), fmt.Sprint(n))
		if err != nil {
			return err
		}
		delivery.State, delivery.Reason, delivery.Key = state, reason, orderKey(d)
		if err := recall(tx, f, d); err != nil {
			return err
		}
		delivery.Docs, delivery.Count = document.AppendLine(nil, d), 1
		if err := p.reserve(tx, f, delivery, d.Number()); err != nil {
			return err
		}
		if err := tx.InsertDelivery(delivery); err != nil {
			return err
		}
		row.Delivery = delivery.ID
		if err := p.use(tx, f, delivery); err != nil {
			return err
		}
		if err := p.book(tx, f, delivery, d); err != nil {
			return err
		}
		if err := tx.InsertDocument(row); err != nil {
			return err
		}
		return p.remember(tx, f, delivery, d, row.ID)
	})
}

// judge compares a document with the last of its key: the same again has no second effect, and the profile says what an
// order or invoice with other content is.
func (p *planner) judge(tx *ledger.Tx, f *profiles.Flow, d *document.Document, row *ledger.Document, state, reason *string) error {
	if p.arrival.Replay > 0 || row.State != "planned" {
		return nil
	}
	last, err := before(tx, row, orderKey(d))
	switch {
	case errors.Is(err, ledger.ErrNotFound):
	case err != nil:
		return err
	case last.Fingerprint == row.Fingerprint:
		row.State = "repeated"
	case profiles.Numbered(d.Kind) && *state == ledger.DeliveryPlanned:
		again, err := reissued(tx, f.Partner, last.Arrival)
		if err != nil || again {
			return err
		}
		*state, *reason, err = p.sameNumber(tx, f, d, row, last)
		return err
	}
	return nil
}

// before finds the newest document of the same key that counts: not one whose file failed or that was to be ignored, and
// not one whose delivery is dead, which is sent again by being dropped again.
//
// Of a despatch advice only the part about the same order counts.
func before(tx *ledger.Tx, row *ledger.Document, order string) (ledger.Document, error) {
	for after := int64(0); ; {
		some, err := tx.Documents(ledger.DocumentFilter{Flow: row.Flow, Kind: row.Kind, Key: row.Key, States: []string{"planned", "repeated", "held"},
			After: after, Newest: true, Limit: 1})
		if err != nil {
			return ledger.Document{}, err
		}
		if len(some) == 0 {
			return ledger.Document{}, ledger.ErrNotFound
		}
		last := some[0]
		after = last.ID
		shipment := row.Kind == string(document.Shipment)
		if last.Delivery == 0 {
			if shipment && last.Fingerprint != row.Fingerprint {
				continue
			}
			return last, nil
		}
		if d, err := tx.Delivery(last.Delivery); err != nil || d.State != ledger.DeliveryDead && (!shipment || d.Key == order) {
			return last, err
		}
	}
}

// ready tells whether a flow's ready rule lets a document go.
func (p *planner) ready(f *profiles.Flow, d *document.Document) (bool, error) {
	if f.ReadyWhen == nil {
		return true, nil
	}
	return f.ReadyWhen.Holds(d)
}

// orderKey is the key under which order is kept: whatever is about one order stays in its order, and so does what has one number.
func orderKey(d *document.Document) string {
	if d.Kind == document.Shipment && d.Get("order").Text() != "" {
		return "order " + d.Get("order").Text()
	}
	return string(d.Kind) + " " + d.Number()
}
