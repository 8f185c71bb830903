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

// answer plans the CONTRL about an interchange, where a flow that takes from it wants one.
func (p *planner) answer(i *edifact.Interchange, c *acknowledge.Contrl, flows []*profiles.Flow) error {
	if c.Action == acknowledge.Rejected {
		p.rejected = true
	}
	for _, f := range flows {
		a := f.Acknowledge.Contrl
		if p.only != nil || a.Never() || a.When == "asked" && !i.AsksAcknowledgement() {
			continue
		}
		recorded, err := json.Marshal(c)
		if err != nil {
			return err
		}
		sender, control := i.Sender.String(), i.Control
		p.write(func(tx *ledger.Tx) error {
			d, err := p.delivery(tx, f, flow.KindContrl, control, "1")
			if err != nil {
				return err
			}
			d.Key = flow.KindContrl + " " + sender + " " + control
			return p.acknowledge(tx, f, d, sender, string(recorded))
		})
		break
	}
	return nil
}

// acknowledge inserts the delivery of an acknowledgement to who sent what it answers: with a number and a name of its own,
// or those with which the same bytes were answered the same before.
func (p *planner) acknowledge(tx *ledger.Tx, f *profiles.Flow, d *ledger.Delivery, sender, recorded string) error {
	a := acknowledgementOf(f, d.Kind)
	d.Target = a.Connection.ID()
	before, err := p.sameAnswer(tx, d, recorded)
	if err != nil {
		return err
	}
	d.Facts, d.Name = before.Facts, before.Name
	if before.ID == 0 {
		fa := &facts{At: p.g.Now().UTC().Truncate(time.Second), Found: map[string]map[string]string{d.Kind: {d.Kind: recorded}}}
		n, err := tx.ReserveControl(f.Profile.Us.String(), sender)
		if err != nil {
			return err
		}
		fa.Numbers = map[string]int64{controlSeries: n}
		d.Facts = fa.record()
		if d.Name, err = a.Name.Expand(profiles.NameFacts{Control: n, Time: fa.At.In(f.Zone)}); err != nil {
			return err
		}
	}
	if err := tx.InsertDelivery(d); err != nil || d.Kind == flow.KindContrl { // which nobody acknowledges
		return err
	}
	fa, err := readFacts(d.Facts)
	if err != nil {
		return err
	}
	if before.ID != 0 {
		return tx.MoveControl(f.Profile.Us.String(), sender, fa.Numbers[controlSeries], d.ID)
	}
	return tx.ControlUse(f.Profile.Us.String(), sender, fa.Numbers[controlSeries], d.ID)
}

// sameAnswer finds the same answer to an earlier arrival of the same bytes: they get the same bytes again. Without one it
// gives an empty delivery.
func (p *planner) sameAnswer(tx *ledger.Tx, d *ledger.Delivery, recorded string) (ledger.Delivery, error) {
	earlier, err := tx.Arrivals(ledger.ArrivalFilter{Hash: p.arrival.Hash, Source: p.arrival.Source})
	if err != nil {
		return ledger.Delivery{}, err
	}
	for _, a := range earlier {
		if a.ID >= p.arrival.ID {
			continue
		}
		answers, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: a.ID, Kind: d.Kind, Key: d.Key})
		if err != nil {
			return ledger.Delivery{}, err
		}
		for _, before := range answers {
			fa, err := readFacts(before.Facts)
			if err != nil {
				return ledger.Delivery{}, err
			}
			if said, _ := fa.Lookup(d.Kind, d.Kind); said == recorded {
				return before, nil
			}
		}
	}
	return ledger.Delivery{}, nil
}
