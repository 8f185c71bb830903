package trace

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// predictor reads an arrival as planning a replay of it would, and counts instead of writing.
type predictor struct {
	Config
	arrival  *ledger.Arrival
	out      Prediction
	docs     map[string][]*document.Document // of the message that is read, by flow
	lines    map[string]int64                // of its lists that become a file, by flow
	stock    map[string]*stockPrediction
	order    []*stockPrediction
	broken   map[int]bool
	told     []Effect // answers to messages of the interchange that is read
	read     int64    // documents of messages that are whole
	rejected bool
}

func predict(ctx context.Context, c Config, a *ledger.Arrival, flows []*profiles.Flow) (Prediction, error) {
	p := &predictor{Config: c, arrival: a, out: Prediction{Arrival: a.ID, Name: a.Name}, docs: map[string][]*document.Document{}, lines: map[string]int64{},
		stock: map[string]*stockPrediction{}, broken: map[int]bool{}}
	defer p.close()
	found, err := p.readAll(ctx, flows)
	if err != nil {
		return p.out, err
	}
	p.note(found)
	if found.HasErrors() || p.rejected {
		p.failWhole(found)
		return p.out, nil
	}
	for _, s := range p.order {
		if err := s.finish(ctx); err != nil {
			return p.out, err
		}
	}
	if n := p.out.Counts.Again; n > 0 {
		p.out.Warnings = append(p.out.Warnings, fmt.Sprintf("%d documents took effect before and would do so a second time", n))
	}
	return p.out, nil
}

func (p *predictor) close() {
	for _, s := range p.order {
		_ = s.compare.Close() // a scratch file of a question
	}
}

func (p *predictor) readAll(ctx context.Context, flows []*profiles.Flow) (finding.List, error) {
	if !flows[0].From.Connection.IsFolder() {
		return nil, p.readObject(ctx, flows[0])
	}
	open := func() (io.ReadCloser, error) {
		r, err := p.Archive.Open(ctx, p.arrival.Hash)
		if err != nil {
			return nil, err
		}
		return archive.Checked(r, p.arrival.Hash), nil
	}
	return flow.Read(open, flows, flow.ReadOptions{Name: p.arrival.Name}, flow.Sink{
		Document:    func(m *flow.Message, d *document.Document) error { return p.document(ctx, m, d) },
		End:         func(m *flow.Message) error { return p.end(ctx, m) },
		Interchange: p.answer,
	})
}

func (p *predictor) readObject(ctx context.Context, f *profiles.Flow) error {
	shop, err := p.Platform(f.From.Connection)
	if err != nil {
		return err
	}
	body, err := p.Archive.Read(ctx, p.arrival.Hash, maxObject)
	if err != nil {
		return err
	}
	docs, found, err := shop.Reader(f).Read(body, false)
	m := &flow.Message{N: 1, Flow: f, Findings: found}
	if err != nil {
		m.Findings = append(m.Findings, finding.Finding{Rule: "platform.object", Severity: finding.Error, Place: finding.Place{File: p.arrival.Name}, Message: err.Error()})
	}
	m.Broken = m.Findings.HasErrors()
	for _, d := range docs {
		m.Documents++
		if err := p.document(ctx, m, d); err != nil {
			return err
		}
	}
	return p.end(ctx, m)
}

func (p *predictor) document(ctx context.Context, m *flow.Message, d *document.Document) error {
	if d.Kind == document.Stock && !m.Flow.To.Connection.IsFolder() {
		s, err := p.stockOf(ctx, m.Flow)
		if err != nil {
			return err
		}
		if s.has != nil && !s.has(d.Get("sku").Text()) {
			p.out.Counts.Ignored++
			return nil
		}
		return s.compare.Add(m.N, d)
	}
	if d.Kind.IsList() {
		p.lines[m.Flow.ID()]++
		return ctx.Err()
	}
	p.docs[m.Flow.ID()] = append(p.docs[m.Flow.ID()], d.Clone())
	return ctx.Err()
}

// end judges the documents of a message that was read.
func (p *predictor) end(ctx context.Context, m *flow.Message) error {
	p.note(m.Findings)
	p.out.Counts.Failed += m.Refused
	if m.Flow == nil {
		p.out.Counts.Held++
		p.effect(Effect{Kind: "message", Key: m.Reference, Message: m.N, Action: ActionHold, Reason: fmt.Sprintf("no flow takes message %s, %s %s from %s", m.Reference, m.Type, m.Version, m.Sender)})
		return nil
	}
	p.tell(m)
	docs := p.docs[m.Flow.ID()]
	lines := p.lines[m.Flow.ID()]
	delete(p.docs, m.Flow.ID())
	delete(p.lines, m.Flow.ID())
	if m.Broken {
		p.broken[m.N] = true
		p.out.Counts.Failed += max(m.Documents, 1-m.Refused)
		p.effect(Effect{Flow: m.Flow.ID(), Kind: "message", Key: m.Reference, Message: m.N, Action: ActionFail, Reason: firstError(m.Findings)})
		return nil
	}
	p.read += m.Documents
	return p.Ledger.View(ctx, func(tx *ledger.Tx) error {
		if err := p.list(tx, m, lines); err != nil {
			return err
		}
		for _, d := range docs {
			for _, part := range flow.ByOrder(d) {
				if err := p.single(tx, m, part); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// list judges the lines of a list, which go out together.
func (p *predictor) list(tx *ledger.Tx, m *flow.Message, lines int64) error {
	if lines == 0 {
		return nil
	}
	size := int64(m.Flow.ListSize())
	p.out.Counts.Send += lines
	p.out.Counts.Deliveries += (lines + size - 1) / size
	e := Effect{Flow: m.Flow.ID(), Target: m.Flow.To.Connection.ID(), Kind: string(m.Flow.From.Kind), Key: fmt.Sprintf("%d lines", lines), Message: m.N, Action: ActionSend}
	before, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: p.arrival.ID, Flow: e.Flow, Kind: e.Kind, States: []string{ledger.DeliveryDone}, Newest: true, Limit: 1})
	if err != nil {
		return err
	}
	if len(before) > 0 {
		p.out.Counts.Again += lines
		e.Action, e.Before, e.Reason = ActionAgain, before[0].ID, fmt.Sprintf("went out before with d%d %s", before[0].ID, before[0].Name)
	}
	p.effect(e)
	return nil
}

// single judges a document that goes out alone.
func (p *predictor) single(tx *ledger.Tx, m *flow.Message, d *document.Document) error {
	e := Effect{Flow: m.Flow.ID(), Target: m.Flow.To.Connection.ID(), Kind: string(d.Kind), Key: d.Key(), Message: m.N, Action: ActionSend}
	if !flow.Ours(m.Flow, d) {
		e.Action, e.Reason = ActionIgnore, "the order's number is none of the shop's"
		p.out.Counts.Ignored++
		p.effect(e)
		return nil
	}
	code := d.Get("function").Text()
	switch m.Flow.Function(code) {
	case "ignore":
		e.Action, e.Reason = ActionIgnore, fmt.Sprintf("message function %s is ignored by the profile", code)
		p.out.Counts.Ignored++
	case "hold":
		e.Action, e.Reason = ActionHold, fmt.Sprintf("message function %s is held by the profile", code)
		p.out.Counts.Held++
		p.out.Counts.Deliveries++
	default:
		before, err := carried(tx, e)
		if err != nil {
			return err
		}
		p.out.Counts.Send++
		p.out.Counts.Deliveries++
		if before.ID != 0 {
			p.out.Counts.Again++
			e.Action, e.Before = ActionAgain, before.ID
			e.Reason = fmt.Sprintf("went out before with d%d %s", before.ID, before.Name)
		}
	}
	p.effect(e)
	return nil
}

// carried finds the newest delivery that carried a document of the same key out.
func carried(tx *ledger.Tx, e Effect) (ledger.Delivery, error) {
	docs, err := tx.Documents(ledger.DocumentFilter{Flow: e.Flow, Kind: e.Kind, Key: e.Key, Newest: true, Limit: MaxChains})
	for _, row := range docs {
		if row.Delivery == 0 {
			continue
		}
		d, err := tx.Delivery(row.Delivery)
		if err != nil && missing(err) != nil {
			return ledger.Delivery{}, err
		}
		if err == nil && d.State == ledger.DeliveryDone {
			return d, nil
		}
	}
	return ledger.Delivery{}, err
}

// tell notes the APERAK that answers a message, as far as reading it decides that.
func (p *predictor) tell(m *flow.Message) {
	a, refused := m.Flow.Acknowledge.Aperak, m.Broken || m.Refused > 0
	if a.Never() || a.When == "errors" && !refused {
		return
	}
	e := Effect{Flow: m.Flow.ID(), Target: a.Connection.ID(), Kind: flow.KindAperak, Key: m.Reference, Message: m.N, Action: ActionSend, Reason: "the message is answered"}
	if refused {
		e.Reason = "the message is refused"
	}
	if last := len(p.told) - 1; last >= 0 && p.told[last].Message == m.N { // another flow takes it, too: the first one answers
		if refused {
			p.told[last].Reason = e.Reason
		}
		return
	}
	p.told = append(p.told, e)
}

// answer counts the acknowledgements of an interchange: CONTRL, and APERAK for the messages that it does not reject.
func (p *predictor) answer(i *edifact.Interchange, c *acknowledge.Contrl, flows []*profiles.Flow) error {
	p.rejected = p.rejected || c.Action == acknowledge.Rejected
	told, contrl := p.told, p.contrl(i, flows)
	p.told = nil
	for _, e := range told {
		if !contrl || c.Outcome(e.Key) != acknowledge.Rejected {
			p.out.Counts.Deliveries++
			p.effect(e)
		}
	}
	return nil
}

// contrl counts the CONTRL about an interchange, where a flow wants one.
func (p *predictor) contrl(i *edifact.Interchange, flows []*profiles.Flow) bool {
	for _, f := range flows {
		if a := f.Acknowledge.Contrl; a.Never() || a.When == "asked" && !i.AsksAcknowledgement() {
			continue
		}
		p.out.Counts.Deliveries++
		p.effect(Effect{Flow: f.ID(), Target: f.Acknowledge.Contrl.Connection.ID(), Kind: flow.KindContrl, Key: i.Control, Action: ActionSend, Reason: "the interchange is acknowledged"})
		return true
	}
	return false
}

// failWhole is what becomes of a file that is not trusted: nothing takes effect but its rejection.
func (p *predictor) failWhole(found finding.List) {
	reason := "the interchange is rejected as a whole"
	if found.HasErrors() {
		reason = firstError(found)
	}
	var answers []Effect
	for _, e := range p.out.Effects {
		if e.Kind == flow.KindContrl {
			answers = append(answers, e)
		}
	}
	p.out.Counts = Counts{Failed: max(p.out.Counts.Failed+p.read, 1), Deliveries: int64(len(answers))}
	p.out.Effects, p.out.LeftOut, p.out.Warnings = answers, 0, nil
	p.effect(Effect{Kind: "file", Key: p.arrival.Name, Action: ActionFail, Reason: reason})
}

func (p *predictor) effect(e Effect) {
	if len(p.out.Effects) >= MaxEffects {
		p.out.LeftOut++
		return
	}
	p.out.Effects = append(p.out.Effects, e)
}

// maxFindings is how many findings a prediction keeps.
const maxFindings = 200

func (p *predictor) note(found finding.List) {
	room := maxFindings - len(p.out.Findings)
	p.out.Findings = append(p.out.Findings, slices.Clone(found[:min(len(found), max(room, 0))])...)
}

func firstError(l finding.List) string {
	for _, f := range l {
		if f.Severity == finding.Error {
			return f.String()
		}
	}
	return "the message is not complete"
}
