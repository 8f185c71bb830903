package gateway

import (
	"encoding/json"
	"time"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// partnerID names the partner in the series of control numbers.
func partnerID(f *profiles.Flow) string {
	if len(f.Profile.Identities) > 0 {
		return f.Profile.Identities[0].String()
	}
	return f.Partner
}

// answer plans the acknowledgement of an interchange, where a flow that takes from it wants one.
func (p *planner) answer(i *edifact.Interchange, c *acknowledge.Contrl, flows []*profiles.Flow) error {
	if c.Action == acknowledge.Rejected {
		p.rejected = true
	}
	for _, f := range flows {
		a := f.Acknowledge
		if p.only != nil || a == nil || a.Contrl.When == "never" || a.Contrl.When == "asked" && !i.AsksAcknowledgement() {
			continue
		}
		recorded, err := json.Marshal(c)
		if err != nil {
			return err
		}
		p.write(func(tx *ledger.Tx) error { return p.planAnswer(tx, f, i, string(recorded)) })
		break
	}
	return nil
}

func (p *planner) planAnswer(tx *ledger.Tx, f *profiles.Flow, i *edifact.Interchange, recorded string) error {
	d, err := p.delivery(tx, f, flow.KindContrl, i.Control, "1")
	if err != nil {
		return err
	}
	d.Target, d.Key = f.Acknowledge.Contrl.Connection.ID(), flow.KindContrl+" "+i.Sender.String()+" "+i.Control
	if err := p.sameAnswer(tx, d); err != nil {
		return err
	}
	if d.Name == "" {
		fa := &facts{At: p.g.Now().UTC().Truncate(time.Second), Found: map[string]map[string]string{contrlFact: {contrlFact: recorded}}}
		n, err := tx.ReserveControl(f.Profile.Us.String(), i.Sender.String())
		if err != nil {
			return err
		}
		fa.Numbers = map[string]int64{controlSeries: n}
		d.Facts = fa.record()
		if d.Name, err = f.Acknowledge.Contrl.Name.Expand(profiles.NameFacts{Control: n, Number: i.Control, Source: p.arrival.Name, Time: fa.At.In(f.Zone)}); err != nil {
			return err
		}
	}
	return tx.InsertDelivery(d)
}

// sameAnswer takes over what an earlier arrival of the same bytes was answered with: the same bytes again.
func (p *planner) sameAnswer(tx *ledger.Tx, d *ledger.Delivery) error {
	earlier, err := tx.Arrivals(ledger.ArrivalFilter{Hash: p.arrival.Hash, Source: p.arrival.Source})
	if err != nil {
		return err
	}
	for _, a := range earlier {
		if a.ID >= p.arrival.ID {
			continue
		}
		answers, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: a.ID, Kind: flow.KindContrl, Key: d.Key})
		if err != nil {
			return err
		}
		if len(answers) > 0 {
			d.Facts, d.Name = answers[0].Facts, answers[0].Name
			return nil
		}
	}
	return nil
}
