package gateway

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// messageFate is what became of a message, once that is decided.
type messageFate struct {
	n       int            // ordinal in the arrival
	flow    *profiles.Flow // that answers it; nil when no flow took it
	refused bool           // it, or a part of it, took no effect
	errors  finding.List   // why, in words for its sender
}

// arrivalFates judges the messages of an arrival by what the ledger knows of them.
type arrivalFates struct {
	flows      map[string]*profiles.Flow
	messages   []ledger.Message
	documents  []ledger.Document
	deliveries []ledger.Delivery
	findings   []ledger.Finding
	first      map[int64]ledger.Delivery // of documents that had come before, by their ID: what carried them then
}

func readFates(tx *ledger.Tx, flows []*profiles.Flow, arrival int64) (*arrivalFates, error) {
	a := &arrivalFates{flows: map[string]*profiles.Flow{}, first: map[int64]ledger.Delivery{}}
	for _, f := range flows {
		a.flows[f.ID()] = f
	}
	var err error
	if a.messages, err = tx.Messages(arrival); err != nil {
		return nil, err
	}
	if a.documents, err = tx.Documents(ledger.DocumentFilter{Arrival: arrival}); err != nil {
		return nil, err
	}
	if a.deliveries, err = tx.Deliveries(ledger.DeliveryFilter{Arrival: arrival}); err != nil {
		return nil, err
	}
	if a.findings, err = tx.Findings(arrival); err != nil {
		return nil, err
	}
	return a, a.readFirst(tx)
}

// readFirst finds what carried repeated documents when they came first.
func (a *arrivalFates) readFirst(tx *ledger.Tx) error {
	for _, doc := range a.documents {
		if doc.State != "repeated" {
			continue
		}
		earlier, err := tx.Documents(ledger.DocumentFilter{Flow: doc.Flow, Kind: doc.Kind, Key: doc.Key, States: []string{"planned"}, Newest: true, After: doc.ID})
		if err != nil {
			return err
		}
		i := slices.IndexFunc(earlier, func(e ledger.Document) bool { return e.Fingerprint == doc.Fingerprint && e.Delivery != 0 })
		if i < 0 {
			continue
		}
		d, err := tx.Delivery(earlier[i].Delivery)
		if err != nil {
			return err
		}
		a.first[doc.ID] = d
	}
	return nil
}

// decided gives the fates of the messages that are to be answered with an APERAK and are not yet.
func (a *arrivalFates) decided() ([]messageFate, error) {
	told, err := a.answered()
	if err != nil {
		return nil, err
	}
	var all []messageFate
	for first := 0; first < len(a.messages); {
		n := a.messages[first].N
		next := first
		for next < len(a.messages) && a.messages[next].N == n {
			next++
		}
		rows := a.messages[first:next]
		first = next
		if told[n] || !answerable(rows[0].Type) {
			continue
		}
		if fate, ok := a.fate(rows); ok && fate.wanted() {
			all = append(all, fate)
		}
	}
	return all, nil
}

// answerable tells whether messages of a type are answered: what is no message of EDIFACT is not, and no answer is, lest two
// programs answer each other for ever.
func answerable(messageType string) bool {
	return messageType != "" && messageType != "CONTRL" && messageType != "APERAK"
}

// answered finds the messages that have their answer: an APERAK, or a CONTRL that rejects them.
func (a *arrivalFates) answered() (map[int]bool, error) {
	told := map[int]bool{}
	for _, d := range a.deliveries {
		switch {
		case d.Kind == flow.KindAperak:
			told[messageOf(d)] = true
		case d.Kind == flow.KindContrl && d.State != ledger.DeliveryDropped:
			fa, err := readFacts(d.Facts)
			if err != nil {
				return nil, fmt.Errorf("delivery d%d: %w", d.ID, err)
			}
			said, _ := fa.Lookup(d.Kind, d.Kind)
			var c acknowledge.Contrl
			if err := json.Unmarshal([]byte(said), &c); err != nil {
				return nil, fmt.Errorf("delivery d%d: recorded acknowledgement: %w", d.ID, err)
			}
			for _, m := range a.messages {
				if m.Control == c.Control && m.Sender == c.Sender.ID && c.Outcome(m.Reference) == acknowledge.Rejected {
					told[m.N] = true
				}
			}
		}
	}
	return told, nil
}

// fate gives what became of a message, by the rows of all flows that took it; false while that is not decided, or where
// there is nothing to say.
func (a *arrivalFates) fate(rows []ledger.Message) (fate messageFate, decided bool) {
	fate.n = rows[0].N
	for i := range rows {
		m := &rows[i]
		switch {
		case m.State == documentPassedOver:
			continue
		case m.State == "held" || m.State == messageReleased:
			return fate, false
		case m.State != "planned" || m.Rows > m.Documents:
			fate.refuse(a.errorsIn(m)...)
		}
		if !a.effects(&fate, m) {
			return fate, false
		}
		if f := a.flows[m.Flow]; f != nil && fate.flow == nil && !f.Acknowledge.Aperak.Never() {
			fate.flow = f
		}
		decided = decided || m.Flow == "" || fate.flow != nil
	}
	if fate.refused && len(fate.errors) == 0 {
		fate.refuse(finding.Finding{Message: "the message was not accepted"})
	}
	return fate, decided
}

// wanted tells whether the profile wants a fate to be told.
func (m *messageFate) wanted() bool {
	return m.refused || m.flow != nil && m.flow.Acknowledge.Aperak.When == "always"
}

func (m *messageFate) refuse(why ...finding.Finding) {
	m.refused = true
	for _, f := range why {
		f.Severity = finding.Error
		same := func(g finding.Finding) bool { return g.Rule == f.Rule && g.Place == f.Place && g.Message == f.Message }
		if !slices.ContainsFunc(m.errors, same) { // two flows may find the same
			m.errors = append(m.errors, f)
		}
	}
}

// effects looks what became of a message's documents; false while something is unfinished. The stock of a file is compared
// as a whole, so that what became of it holds for each of its messages.
func (a *arrivalFates) effects(fate *messageFate, m *ledger.Message) bool {
	if f := a.flows[m.Flow]; f != nil && f.From.Kind == document.Stock {
		fate.refuseAny(a.errorsOfStock(m.Flow))
		for i := range a.deliveries {
			if d := &a.deliveries[i]; d.Flow == m.Flow && d.Kind == string(document.Stock) && !a.delivered(fate, d, "stock") {
				return false
			}
		}
		return true
	}
	for _, doc := range a.documents {
		if doc.Message != m.N || doc.Flow != m.Flow {
			continue
		}
		what := doc.Kind + " " + strings.ReplaceAll(doc.Key, document.KeySeparator, "/")
		if doc.State == "failed" || doc.State == documentRejected {
			fate.refuse(finding.Finding{Message: what + " was not accepted"})
		}
		if d, ok := a.carrier(doc); ok && !a.delivered(fate, d, what) {
			return false
		}
	}
	return true
}

// carrier gives the delivery that carries a document, or did when it came first.
func (a *arrivalFates) carrier(doc ledger.Document) (*ledger.Delivery, bool) {
	if d, ok := a.first[doc.ID]; ok {
		return &d, true
	}
	i := slices.IndexFunc(a.deliveries, func(d ledger.Delivery) bool { return doc.Delivery != 0 && d.ID == doc.Delivery })
	if i < 0 {
		return nil, false
	}
	return &a.deliveries[i], true
}

// refuseAny refuses where there is a reason.
func (m *messageFate) refuseAny(why finding.List) {
	if len(why) > 0 {
		m.refuse(why...)
	}
}

// delivered looks what became of a delivery; false while it is unfinished.
func (a *arrivalFates) delivered(fate *messageFate, d *ledger.Delivery, what string) bool {
	if !final(d.State) {
		return false
	}
	var why finding.List
	for _, f := range a.findings {
		if f.Delivery == d.ID && f.Severity == finding.Error {
			why = append(why, inWords(f.Finding))
		}
	}
	if given := d.State == ledger.DeliveryDead || d.State == ledger.DeliveryDropped; given && len(why) == 0 {
		why = finding.List{{Message: what + " was not accepted"}} // why is our own matter: an outage, a person
	}
	fate.refuseAny(why)
	return true
}

// errorsIn gives the errors that were found in a message when it was read.
func (a *arrivalFates) errorsIn(m *ledger.Message) finding.List {
	var all finding.List
	for _, f := range a.findings {
		p := f.Place
		inside := p.Message == m.Reference && (p.Offset == 0 || p.Offset >= m.Offset && p.Offset < m.Offset+m.Length)
		if f.Delivery == 0 && f.Flow == m.Flow && f.Severity == finding.Error && inside {
			all = append(all, f.Finding)
		}
	}
	return all
}

// errorsOfStock gives the errors of a file's stock as a whole: articles that the shop does not have.
func (a *arrivalFates) errorsOfStock(flow string) finding.List {
	var all finding.List
	for _, f := range a.findings {
		if f.Delivery == 0 && f.Flow == flow && f.Severity == finding.Error && f.Place.Message == "" {
			all = append(all, inWords(f.Finding))
		}
	}
	return all
}

// inWords puts what a finding is about into its message: its sender sees nothing else of it.
func inWords(f finding.Finding) finding.Finding {
	about := strings.Join(f.Examples, ", ")
	if about == "" {
		about = f.Value
	}
	f.Place = finding.Place{}
	if about != "" {
		f.Message += ": " + about
	}
	return f
}
