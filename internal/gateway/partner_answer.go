package gateway

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// answered records what a partner says about something that we sent. A rejection is held, so that a person sees it; what
// answers nothing that is known is said.
func (p *planner) answered(m *flow.Message, a flow.Answer) {
	if p.only != nil {
		if !p.only[m.N] {
			return
		}
		p.write(func(tx *ledger.Tx) error { return tx.DropMessage(p.arrival.ID, m.N, "") })
	}
	p.good++
	row := &ledger.Message{Arrival: p.arrival.ID, N: m.N, Reference: m.Reference, Type: m.Type, Version: m.Version, Sender: m.Sender, Recipient: m.Recipient,
		Control: m.Control, State: "planned", Offset: m.Offset, Length: m.End - m.Offset}
	again := p.only != nil // a person has seen it
	p.write(func(tx *ledger.Tx) error {
		sent, err := p.sent(tx, a)
		if err != nil {
			return err
		}
		for i := range sent {
			if err := p.mark(tx, &sent[i], a); err != nil {
				return err
			}
		}
		f := judgeAnswer(a, sent)
		if f.Rule != "" && !again {
			f.Place = finding.Place{File: p.arrival.Name, Offset: m.Offset, Length: int(m.End - m.Offset), Message: m.Reference}
			if err := tx.AddFindings(p.arrival.ID, 0, "", finding.List{f}); err != nil {
				return err
			}
		}
		if f.Severity == finding.Error && !again {
			row.State, row.Reason = "held", f.Message
		}
		return tx.PutMessage(row)
	})
}

// judgeAnswer says what a person has to know about an answer; nothing when all is well.
func judgeAnswer(a flow.Answer, sent []ledger.Delivery) finding.Finding {
	var names []string
	for _, d := range sent {
		names = append(names, fmt.Sprintf("%s (delivery d%d, %s)", d.Key, d.ID, d.Name))
	}
	what := strings.Join(names, ", ")
	if what == "" {
		what = "interchange " + a.Control
		if a.Message == "APERAK" {
			what = strings.Join(a.References, ", ")
		}
	}
	said := ""
	if a.Words != "" {
		said = ": " + a.Words
	}
	switch {
	case a.Action == acknowledge.Rejected:
		return finding.Finding{Rule: "answer.rejected", Severity: finding.Error, Message: fmt.Sprintf("%s rejects %s%s", a.Message, what, said),
			Hint: "mend the cause and send it again with batchgate replay; release the file when that is settled"}
	case a.Action == acknowledge.Unclear:
		return finding.Finding{Rule: "answer.unclear", Severity: finding.Error, Message: fmt.Sprintf("%s tells of errors in %s and does not say whether it is rejected%s", a.Message, what, said),
			Hint: "ask the partner; release the file when that is settled"}
	case len(sent) == 0:
		return finding.Finding{Rule: "answer.unknown", Severity: finding.Warning, Message: fmt.Sprintf("%s answers %s, which we have not sent to %s", a.Message, what, a.Recipient),
			Hint: "perhaps it answers what was sent before batchgate, or by another system"}
	}
	return finding.Finding{}
}

// mark records the answer with a delivery. A rejection by the application stands, whatever CONTRL says about the syntax.
func (p *planner) mark(tx *ledger.Tx, d *ledger.Delivery, a flow.Answer) error {
	if d.Acked == acknowledge.Rejected.String() && a.Message == "CONTRL" && a.Action != acknowledge.Rejected {
		return nil
	}
	d.Acked, d.AckedAt = a.Action.String(), p.g.Now()
	return tx.UpdateDelivery(d)
}

// sent finds what an answer is about: by the control reference of our interchange, or by the numbers of our orders.
func (p *planner) sent(tx *ledger.Tx, a flow.Answer) ([]ledger.Delivery, error) {
	if a.Message == "CONTRL" {
		return p.byControl(tx, a.Control, a)
	}
	var all []ledger.Delivery
	for _, number := range a.References {
		found, err := p.byKey(tx, number, a)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			if found, err = p.byControl(tx, number, a); err != nil {
				return nil, err
			}
		}
		for _, d := range found {
			if !slices.ContainsFunc(all, func(before ledger.Delivery) bool { return before.ID == d.ID }) {
				all = append(all, d)
			}
		}
	}
	return all, nil
}

// byKey finds the files that carried an order or invoice to who answers.
func (p *planner) byKey(tx *ledger.Tx, number string, a flow.Answer) ([]ledger.Delivery, error) {
	var ours []ledger.Delivery
	for _, kind := range []document.Kind{document.Order, document.Invoice} {
		all, err := tx.Deliveries(ledger.DeliveryFilter{Key: string(kind) + " " + number, States: []string{ledger.DeliveryDone}})
		if err != nil {
			return nil, err
		}
		for _, d := range all {
			if d.Name != "" && p.wentTo(d, a) {
				ours = append(ours, d)
			}
		}
	}
	return ours, nil
}

// byControl finds the delivery of an interchange of ours to who answers.
func (p *planner) byControl(tx *ledger.Tx, control string, a flow.Answer) ([]ledger.Delivery, error) {
	known, err := tx.FindControl(control)
	if err != nil {
		return nil, err
	}
	var all []ledger.Delivery
	for _, k := range known {
		own, _, _ := strings.Cut(k.Own, ":")
		if own != "" && a.Sender.ID != "" && own != a.Sender.ID {
			continue
		}
		d, err := tx.Delivery(k.Delivery)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if p.wentTo(d, a) {
			all = append(all, d)
		}
	}
	return all, nil
}

// wentTo tells whether a delivery went to who answers: a partner of this arrival with that identity.
func (p *planner) wentTo(d ledger.Delivery, a flow.Answer) bool {
	for _, f := range p.flows {
		if strings.HasPrefix(d.Flow, f.Partner+"/") && (a.Recipient.ID == "" || f.Profile.Knows(a.Recipient.ID, a.Recipient.Qualifier)) {
			return true
		}
	}
	return false
}
