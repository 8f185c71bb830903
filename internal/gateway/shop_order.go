package gateway

import (
	"errors"
	"fmt"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// Orders of a platform live on after they went out: they are paid late, edited, cancelled. Each state of an order that a look
// shows is an arrival of its own, and is judged by what went out of the order before.

// cancelledState is the state of an order that was taken back.
const cancelledState = "cancelled"

// sentOrder is the newest state of an order that went out, or is on its way.
type sentOrder struct {
	row      ledger.Document
	delivery ledger.Delivery
	doc      *document.Document
}

// order plans one state of a platform's order.
func (p *planner) order(tx *ledger.Tx, m *flow.Message, d *document.Document, row *ledger.Document) error {
	p.waits, p.holds, p.ended, p.counted = nil, "", "", false
	if d.Get("state").Text() == cancelledState {
		d.Set("function", document.TextValue(flow.FunctionCancel)) // counts in the fingerprint, as the state does not
	}
	missing, err := numberBuyer(tx, m.Flow, d)
	p.unnumbered = missing
	row.Fingerprint = int64(d.Fingerprint())
	if used, ok := errors.AsType[*usedUpError](err); ok {
		return p.hold(tx, m, row, fmt.Sprintf("order %s: %v", row.Key, used))
	}
	if err != nil {
		return err
	}
	sent, decided, err := p.history(tx, row)
	switch {
	case err != nil:
		return err
	case sent == nil:
		return p.newOrder(tx, m, d, row, decided)
	case decided && p.only == nil:
		row.State = "repeated"
		return p.putDocument(tx, row)
	}
	return p.changedOrder(tx, m, d, row, sent)
}

// history finds the newest state of the order that went out; nil when none did. decided tells that the last word about
// the order was about the very state that is judged.
func (p *planner) history(tx *ledger.Tx, row *ledger.Document) (sent *sentOrder, decided bool, err error) {
	first := true
	for after := int64(0); ; {
		some, err := tx.Documents(ledger.DocumentFilter{Flow: row.Flow, Kind: row.Kind, Key: row.Key,
			States: []string{"planned", "repeated", documentRejected, documentIgnored}, After: after, Newest: true, Limit: 20})
		if err != nil || len(some) == 0 {
			return nil, decided, err
		}
		for _, last := range some {
			after = last.ID
			if last.Arrival == row.Arrival || last.State == "repeated" {
				continue
			}
			state := ""
			var delivery ledger.Delivery
			if last.Delivery != 0 {
				if delivery, err = tx.Delivery(last.Delivery); err != nil {
					return nil, false, err
				}
				state = delivery.State
			}
			if state == ledger.DeliveryDead || state == ledger.DeliverySuperseded || state == "" && last.State == "planned" {
				continue // it never went out, and is sent again in its new state
			}
			if first {
				decided, first = last.Fingerprint == row.Fingerprint, false
			}
			if state == "" || state == ledger.DeliveryDropped {
				continue
			}
			docs, err := document.ParseLines(delivery.Docs)
			if err != nil || len(docs) != 1 {
				return nil, false, errors.Join(err, fmt.Errorf("delivery d%d: %d documents are recorded, not one", delivery.ID, len(docs)))
			}
			return &sentOrder{last, delivery, docs[0]}, decided, nil
		}
	}
}

// States of documents that say that nothing more is to happen for them.
const (
	documentIgnored  = "ignored"  // by the profile
	documentRejected = "rejected" // by a person
	documentHeld     = "held"     // a person decides
)

// newOrder plans an order of which nothing went out yet. One that a person rejected while it was not ready goes out when it
// becomes ready, and is not asked about before.
func (p *planner) newOrder(tx *ledger.Tx, m *flow.Message, d *document.Document, row *ledger.Document, decided bool) error {
	if err := supersede(tx, row); err != nil {
		return err
	}
	exported, err := p.exportedElsewhere(tx, m.Flow, d)
	if err != nil {
		return err
	}
	ready, err := p.ready(m.Flow, d)
	if err != nil {
		return p.wait(tx, m, d, row, err.Error())
	}
	switch {
	case d.Get("state").Text() == cancelledState:
		return p.endOrder(tx, row, flow.Cancelled, fmt.Sprintf("order %s was cancelled in the shop before it went out", row.Key))
	case p.only != nil: // a person let it go
	case exported != "":
		return p.endOrder(tx, row, flow.PassedOver, fmt.Sprintf("order %s carries the mark %s: it was exported before", row.Key, exported))
	case !ready && decided:
		row.State = "repeated"
		return p.putDocument(tx, row)
	case !ready:
		return p.wait(tx, m, d, row, fmt.Sprintf("%s is not so", m.Flow.ReadyWhen))
	}
	state := ledger.DeliveryPlanned
	wait := p.unnumbered && p.only == nil
	if wait {
		state = ledger.DeliveryReady // the ERP gives the number when it knows the customer
	}
	if err := p.sendCustomer(tx, m.Flow, d, row, state); err != nil {
		return err
	}
	if wait {
		return p.wait(tx, m, d, row, fmt.Sprintf("customer %s has no number of the ERP yet", d.Get("buyer.shop_number").Text()))
	}
	return p.send(tx, m.Flow, string(d.Kind), d, row)
}

// exportedElsewhere gives the mark of an export that this home knows nothing of. What another flow of ours has exported
// from the same shop carries the mark too, and says nothing about this one.
func (p *planner) exportedElsewhere(tx *ledger.Tx, f *profiles.Flow, d *document.Document) (string, error) {
	mark := d.Get("exported").Text()
	if mark == "" {
		return "", nil
	}
	ours, err := tx.Documents(ledger.DocumentFilter{Kind: string(d.Kind), Key: d.Key(), States: []string{"planned"}, Newest: true, Limit: maxSameNumber})
	for _, o := range ours {
		if other, ok := p.g.Home.Flow(o.Flow); ok && other.From.Connection == f.From.Connection {
			return "", nil
		}
	}
	return mark, err
}

// maxSameNumber is how many documents of one number are looked at.
const maxSameNumber = 100

// supersede ends what failed of the order's earlier states: the new state goes in its place.
func supersede(tx *ledger.Tx, row *ledger.Document) error {
	planned, err := tx.Documents(ledger.DocumentFilter{Flow: row.Flow, Kind: row.Kind, Key: row.Key, States: []string{"planned"}})
	for _, old := range planned {
		if old.Delivery == 0 || old.Arrival == row.Arrival {
			continue
		}
		d, err := tx.Delivery(old.Delivery)
		if err != nil {
			return err
		}
		if d.State != ledger.DeliveryDead {
			continue
		}
		d.State, d.Reason = ledger.DeliverySuperseded, d.Reason+"; a newer state of the order came"
		if err := tx.UpdateDelivery(&d); err != nil {
			return err
		}
	}
	return err
}

// endOrder ends an order of which nothing goes out.
func (p *planner) endOrder(tx *ledger.Tx, row *ledger.Document, outcome flow.Outcome, reason string) error {
	p.ended, p.why = outcome, reason
	row.State = documentIgnored
	return p.putDocument(tx, row)
}

// wait lets an order wait until it is ready, or asks a person when it has waited too long.
func (p *planner) wait(tx *ledger.Tx, m *flow.Message, d *document.Document, row *ledger.Document, why string) error {
	reason := fmt.Sprintf("order %s is not ready (payment %s, %s): %s", row.Key, textOr(d, "payment.state", "unknown"), textOr(d, "payment.method", "unknown"), why)
	since, ok := d.Get("ordered_at").Moment()
	if within := m.Flow.ReadyWithin; within > 0 && ok {
		p.waitsUntil = since.Time.Add(within)
		if !p.waitsUntil.After(p.g.Now()) {
			return p.hold(tx, m, row, fmt.Sprintf("%s, and has not been since %s, longer than ready_within allows: release it to send it all the same, or reject it",
				reason, since.Time.Format(time.DateOnly)))
		}
	}
	p.waits = []string{reason}
	return nil
}

func textOr(d *document.Document, field, otherwise string) string {
	if s := d.Get(field).Text(); s != "" {
		return s
	}
	return otherwise
}

// hold asks a person; the message is planned again when it is released.
func (p *planner) hold(tx *ledger.Tx, m *flow.Message, row *ledger.Document, reason string) error {
	p.holds = reason
	row.State = documentHeld
	if err := p.putDocument(tx, row); err != nil {
		return err
	}
	messages, err := tx.Messages(row.Arrival)
	for _, one := range messages {
		if one.N == m.N {
			one.State, one.Reason = "held", reason
			err = errors.Join(err, tx.PutMessage(&one))
		}
	}
	return err
}

// sameOrder tells whether an order still looks as it went out. Where the profile is another by now, what the shop gave then
// is read by today's: a changed profile changes no order.
func (p *planner) sameOrder(tx *ledger.Tx, f *profiles.Flow, sent *sentOrder, before, now *document.Document) (bool, error) {
	if flow.LooksSame(f, before, now) || sent.delivery.Profile == f.Profile.Version {
		return flow.LooksSame(f, before, now), nil
	}
	a, err := tx.Arrival(sent.row.Arrival)
	if err != nil {
		return false, err
	}
	body, ok, err := tx.Blob(a.Hash)
	if err != nil || !ok { // a large one lies outside the ledger
		return false, err
	}
	shop, err := p.g.shop(f.From.Connection)
	if err != nil {
		return false, err
	}
	docs, _, err := shop.Reader(f).Read(body, false)
	if err != nil || len(docs) != 1 {
		return false, nil // it cannot be compared, and a person is told
	}
	return flow.LooksSame(f, docs[0], now), nil
}

// changedOrder plans an order that went out before and is another now.
func (p *planner) changedOrder(tx *ledger.Tx, m *flow.Message, d *document.Document, row *ledger.Document, sent *sentOrder) error {
	before := flow.BeforeChange(sent.doc)
	if before.Get("buyer.shop_number").Equal(d.Get("buyer.shop_number")) {
		before.Set("buyer.number", d.Get("buyer.number")) // the same customer under another number is no change
	}
	cancelled, was := d.Get("function").Text() == flow.FunctionCancel, before.Get("function").Text() == flow.FunctionCancel
	if cancelled == was {
		same, err := p.sameOrder(tx, m.Flow, sent, before, d)
		if err != nil {
			return err
		}
		if same {
			row.State = "repeated"
			return p.putDocument(tx, row)
		}
	}
	what, policy, happened := document.TextValue(flow.FunctionChange), m.Flow.AfterExport.Edited, "changed"
	if cancelled {
		what, policy, happened = document.TextValue(flow.FunctionCancel), m.Flow.AfterExport.Cancelled, "cancelled"
	}
	reason := fmt.Sprintf("order %s was %s in the shop after it went out as %s (d%d)", row.Key, happened, sent.delivery.Name, sent.delivery.ID)
	differs := flow.Differences(before, d)
	if differs != "" && !cancelled {
		reason += ": " + differs
	}
	if p.only != nil {
		policy = "send" // a person let it go
	}
	told := finding.Finding{Rule: "order." + happened, Severity: finding.Warning, Message: reason}
	if policy == "ignore" {
		told.Severity = finding.Note
	}
	if p.only == nil {
		if err := tx.AddFindings(row.Arrival, 0, row.Flow, finding.List{told}); err != nil {
			return err
		}
	}
	switch policy {
	case "ignore":
		row.State = documentIgnored
		return p.putDocument(tx, row)
	case "hold":
		return p.hold(tx, m, row, reason+"; release it to send it, or tell the partner yourself and reject it")
	}
	change := flow.OrderChange(m.Flow, sent.doc, d)
	change.Set("function", what)
	if err := p.sendCustomer(tx, m.Flow, d, row, ledger.DeliveryPlanned); err != nil {
		return err
	}
	return p.send(tx, m.Flow, changeKind, change, row)
}

// send plans the delivery of a document.
func (p *planner) send(tx *ledger.Tx, f *profiles.Flow, kind string, d *document.Document, row *ledger.Document) error {
	delivery, err := p.delivery(tx, f, kind, d.Key(), fmt.Sprint(row.N))
	if err != nil {
		return err
	}
	delivery.Key, delivery.Docs, delivery.Count = orderLane(f, d), document.AppendLine(nil, d), 1
	if err := p.reserve(tx, f, delivery, d.Key()); err != nil {
		return err
	}
	if err := tx.InsertDelivery(delivery); err != nil {
		return err
	}
	row.State, row.Delivery = "planned", delivery.ID
	if err := errors.Join(p.use(tx, f, delivery), p.putDocument(tx, row)); err != nil {
		return err
	}
	if kind == string(document.Order) {
		if err := p.book(tx, f, delivery, d); err != nil {
			return err
		}
	}
	return p.remember(tx, f, delivery, d, row.ID)
}

// putDocument records the document, in place of one of the same arrival that was held.
func (p *planner) putDocument(tx *ledger.Tx, row *ledger.Document) error {
	held, err := tx.Documents(ledger.DocumentFilter{Arrival: row.Arrival, Kind: row.Kind, Key: row.Key, States: []string{documentHeld}, Limit: 1})
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return tx.InsertDocument(row)
	}
	row.ID, row.N, p.counted = held[0].ID, held[0].N, true
	return tx.UpdateDocument(row)
}
