package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// planner makes the plan of one arrival: what its documents lead to. Rows go to the ledger as they come, in state planned;
// nothing starts before the whole arrival was read, compared and guarded, and its release is one commit.
type planner struct {
	g       *Gateway
	arrival *ledger.Arrival
	commit  commit
	flows   []*profiles.Flow
	fresh   bool // it was archived a moment ago: nothing of it was planned before
	open    func() (io.ReadCloser, error)
	ahead   bool // it is not archived yet: nothing may be written

	rows     []func(*ledger.Tx) error // not yet written
	docs     map[string][]*document.Document
	stock    map[string]*stockPlan
	stocks   []*stockPlan
	broken   map[int]bool // messages none of whose documents may take effect
	rejected bool         // an interchange whose envelope is wrong: the file as a whole is not trusted
	n        int          // documents so far
	failed   int64
	good     int64
	only     map[int]bool // messages to be planned; nil means all
	foreign  foreign      // despatch advices of orders that are not the shop's

	// Of an order of a platform: what it waits for and until when at most, why it is held, what became of it at once and why.
	waits      []string
	waitsUntil time.Time
	holds      string
	ended      flow.Outcome
	why        string
	unnumbered bool // its buyer has no number of the ERP yet
	counted    bool // it was held before, and counts among the arrival's documents already
}

// writeAfter is how many rows of a plan are written in one commit.
const writeAfter = 500

func (g *Gateway) newPlanner(in *intake, j *journey) *planner {
	return &planner{g: g, arrival: j.Arrival, commit: j.commit, flows: in.flowsFor(j.Name), docs: map[string][]*document.Document{}, stock: map[string]*stockPlan{}, broken: map[int]bool{}}
}

// plan reads an archived arrival, unless that was done while it was archived, and writes what it leads to.
func (g *Gateway) plan(ctx context.Context, in *intake, j *journey) error {
	p, found, ok := j.takeReading()
	if !ok {
		p = g.newPlanner(in, j)
	}
	defer p.close()
	if !ok {
		p.open = g.open(ctx, j.Hash)
		if j.body != nil {
			p.fresh, p.open = true, func() (io.ReadCloser, error) { return io.NopCloser(newReader(j.body)), nil }
		}
		var err error
		if err = p.begin(ctx); err == nil {
			found, err = p.read(ctx, in)
		}
		if err != nil {
			return err
		}
	}
	if found.HasErrors() || p.rejected {
		return p.fail(ctx, found)
	}
	p.note(nil, found)
	p.noteForeign()
	for _, s := range p.stocks {
		if err := s.finish(ctx); err != nil {
			return err
		}
	}
	return p.release(ctx)
}

// begin finds out whether the whole arrival is planned, or only messages that a person released, and takes back what an
// earlier attempt has written.
func (p *planner) begin(ctx context.Context) error {
	if p.fresh {
		return nil
	}
	var messages []ledger.Message
	err := p.g.Ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		messages, err = tx.Messages(p.arrival.ID)
		return err
	})
	if err != nil || len(messages) == 0 && p.arrival.State == ledger.ArrivalArchived {
		return err
	}
	for _, m := range messages {
		if m.State == messageReleased {
			if p.only == nil {
				p.only = map[int]bool{}
			}
			p.only[m.N] = true
		}
	}
	return p.commit(ctx, func(tx *ledger.Tx) error {
		if p.only == nil {
			return tx.Unplan(p.arrival.ID)
		}
		documents, err := tx.Documents(ledger.DocumentFilter{Arrival: p.arrival.ID})
		p.n = len(documents)
		return err
	})
}

func (p *planner) close() {
	for _, s := range p.stocks {
		if err := s.compare.Close(); err != nil {
			p.g.Log.Warn("scratch file", "error", err)
		}
	}
}

// read hands the arrival's documents over.
func (p *planner) read(ctx context.Context, in *intake) (finding.List, error) {
	if !in.folder {
		return nil, p.readPlatform(ctx, in.flows[0])
	}
	tools := p.g.tools.Get().(*flow.Tools)
	defer p.g.tools.Put(tools)
	return flow.Read(p.open, p.flows, flow.ReadOptions{Name: p.arrival.Name, Tools: tools}, flow.Sink{
		Document: func(m *flow.Message, d *document.Document) error { return p.document(ctx, m, d) },
		End:      func(m *flow.Message) error { return p.end(ctx, m) },
		Interchange: func(i *edifact.Interchange, c *acknowledge.Contrl, flows []*profiles.Flow) error {
			return p.answer(i, c, flows)
		},
		Answer: p.answered,
	})
}

// maxObject bounds what a platform gives as one object, in bytes.
const maxObject = 32 << 20

func (p *planner) readPlatform(ctx context.Context, f *profiles.Flow) error {
	shop, err := p.g.shop(f.From.Connection)
	if err != nil {
		return err
	}
	body, err := p.g.Archive.Read(ctx, p.arrival.Hash, maxObject)
	if err != nil {
		return err
	}
	m := &flow.Message{N: 1, Flow: f}
	docs, found, err := shop.Reader(f).Read(body, false)
	m.Findings = found
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

// document takes one document. Stock goes into the comparison; others wait until their message was read whole.
func (p *planner) document(ctx context.Context, m *flow.Message, d *document.Document) error {
	if p.only != nil && !p.only[m.N] || p.tooOld(m.Flow) {
		return nil
	}
	if d.Kind == document.Stock {
		s, err := p.stockPlan(ctx, m.Flow)
		if err != nil || !s.takes(d.Get("sku").Text()) {
			return err
		}
		return s.compare.Add(m.N, d)
	}
	key := fmt.Sprintf("%d/%s", m.N, m.Flow.ID())
	p.docs[key] = append(p.docs[key], d.Clone())
	return nil
}

// end takes a message that was read.
func (p *planner) end(ctx context.Context, m *flow.Message) error {
	if p.only != nil {
		if !p.only[m.N] {
			return nil
		}
		p.write(func(tx *ledger.Tx) error { return tx.DropMessage(p.arrival.ID, m.N, "") })
	}
	row := &ledger.Message{Arrival: p.arrival.ID, N: m.N, Reference: m.Reference, Type: m.Type, Version: m.Version, Sender: m.Sender, Recipient: m.Recipient,
		Control: m.Control, State: "planned", Rows: m.Documents + m.Refused, Documents: m.Documents, Offset: m.Offset, Length: m.End - m.Offset}
	p.note(m.Flow, m.Findings)
	p.failed += m.Refused
	switch {
	case m.Flow == nil:
		row.State, row.Reason = "held", fmt.Sprintf("no flow takes message %s, %s %s from %s", m.Reference, m.Type, m.Version, m.Sender)
	case m.Broken && mendable(m):
		p.broken[m.N] = true
		row.State, row.Reason = "held", firstError(m.Findings)
	case m.Broken:
		p.broken[m.N] = true
		p.failed += max(m.Documents, 1-m.Refused)
		row.State, row.Reason = "failed", firstError(m.Findings)
	case p.tooOld(m.Flow):
		row.State, row.Reason = documentPassedOver, "the file is older than the flow's start_at"
	default:
		p.good += m.Documents
	}
	if m.Flow != nil {
		row.Flow = m.Flow.ID()
	}
	p.write(func(tx *ledger.Tx) error { return tx.PutMessage(row) })
	key := fmt.Sprintf("%d/%s", m.N, row.Flow)
	docs := p.docs[key]
	delete(p.docs, key)
	if !m.Broken && m.Flow != nil {
		for _, d := range docs {
			parts := flow.ByOrder(d)
			p.good += int64(len(parts) - 1) // each order's part takes effect by itself
			for _, part := range parts {
				p.single(m, part)
			}
		}
	}
	return p.flush(ctx, false)
}

// mendable tells whether the profile or the shop can be changed so that a message is right when it is read again: a file
// stays as it is, unless all that it lacks is a code in a code list.
func mendable(m *flow.Message) bool {
	return !m.Flow.From.Connection.IsFolder() || len(m.Findings) > 0 && unknownCodes(m.Findings)
}

func firstError(l finding.List) string {
	for _, f := range l {
		if f.Severity == finding.Error {
			return f.String()
		}
	}
	return "the message is not complete"
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
		delivery.Docs, delivery.Count = appendDoc(nil, d), 1
		if err := p.reserve(tx, f, delivery, d.Key()); err != nil {
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
// order with other content is.
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
	case d.Kind == document.Order && *state == ledger.DeliveryPlanned:
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

// orderKey is the key under which order is kept: whatever is about one order stays in its order.
func orderKey(d *document.Document) string {
	if d.Kind == document.Shipment && d.Get("order").Text() != "" {
		return "order " + d.Get("order").Text()
	}
	return string(document.Order) + " " + d.Key()
}

// delivery makes a delivery of this arrival.
func (p *planner) delivery(tx *ledger.Tx, f *profiles.Flow, kind, key, n string) (*ledger.Delivery, error) {
	origin := p.arrival.ID
	if p.arrival.ReplayOf != 0 {
		origin = p.arrival.ReplayOf
	}
	return &ledger.Delivery{Arrival: p.arrival.ID, Flow: f.ID(), Target: f.To.Connection.ID(), Kind: kind,
		Effect: fmt.Sprintf("a%d/%s/%s/%s/%s/%d", origin, f.ID(), kind, key, n, p.arrival.Replay), State: ledger.DeliveryPlanned,
		Facts: (&facts{At: p.g.Now().UTC().Truncate(time.Second)}).record(), Profile: f.Profile.Version, CreatedAt: p.g.Now()}, nil
}

// reserve gives a file its numbers and its name, with the delivery and for good.
func (p *planner) reserve(tx *ledger.Tx, f *profiles.Flow, d *ledger.Delivery, number string) error {
	if !f.To.Connection.IsFolder() {
		return nil
	}
	fa, err := readFacts(d.Facts)
	if err != nil {
		return err
	}
	fa.Numbers = map[string]int64{}
	name := profiles.NameFacts{Number: number, Source: p.arrival.Name, Time: f.Schedule.Day(inZone(f, fa.At))}
	write, to := outgoing(f, d.Kind)
	if write.Format() == mapping.EDIFACT || write.Format() == mapping.IDoc || to.Name.Uses(controlSeries) {
		if name.Control, err = tx.ReserveControl(f.Profile.Us.String(), partnerID(f)); err != nil {
			return err
		}
		fa.Numbers[controlSeries] = name.Control
	}
	if to.Name.Uses(fileSeries) {
		n, err := tx.NextNumber(to.Series.Name)
		if err != nil {
			return err
		}
		name.Series = to.Series.Number(n)
		fa.Numbers[fileSeries] = name.Series
	}
	d.Facts = fa.record()
	if d.Name, err = to.Name.Expand(name); err == nil && !to.Name.Unique() {
		// Files of one name follow each other: the next goes out when the ERP has taken the one before.
		d.Key = "file " + path.Join(to.Folder, d.Name)
	}
	return err
}

// use records which delivery a control number belongs to.
func (p *planner) use(tx *ledger.Tx, f *profiles.Flow, d *ledger.Delivery) error {
	fa, err := readFacts(d.Facts)
	if err != nil {
		return err
	}
	if n, ok := fa.Numbers[controlSeries]; ok {
		return tx.ControlUse(f.Profile.Us.String(), partnerID(f), n, d.ID)
	}
	return nil
}

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
	d, err := p.delivery(tx, f, contrlKind, i.Control, "1")
	if err != nil {
		return err
	}
	d.Target, d.Key = f.Acknowledge.Contrl.Connection.ID(), contrlKind+" "+i.Sender.String()+" "+i.Control
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
		if d.Name, err = f.Acknowledge.Contrl.Name.Expand(profiles.NameFacts{Control: n, Number: i.Control, Source: p.arrival.Name, Time: inZone(f, fa.At)}); err != nil {
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
		answers, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: a.ID, Kind: contrlKind, Key: d.Key})
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

// maxFindings is how many findings of a message the ledger keeps.
const maxFindings = 200

func (p *planner) note(f *profiles.Flow, l finding.List) {
	if len(l) == 0 {
		return
	}
	if len(l) > maxFindings {
		more := finding.Finding{Rule: "flow.more", Severity: finding.Note, Message: "further findings are left out", Count: len(l) - maxFindings}
		l = append(l[:maxFindings:maxFindings], more)
	}
	id := ""
	if f != nil {
		id = f.ID()
	}
	p.write(func(tx *ledger.Tx) error { return tx.AddFindings(p.arrival.ID, 0, id, l) })
}

func (p *planner) write(row func(*ledger.Tx) error) { p.rows = append(p.rows, row) }

// flush writes the rows so far when they are many, or when all must be written.
func (p *planner) flush(ctx context.Context, all bool) error {
	if len(p.rows) < writeAfter && !all {
		return nil
	}
	if p.ahead {
		return errNotYet
	}
	rows := p.rows
	p.rows = nil
	planned := *p.arrival
	planned.State = ledger.ArrivalPlanned
	return p.commit(ctx, func(tx *ledger.Tx) error {
		for _, row := range rows {
			if err := row(tx); err != nil {
				return err
			}
		}
		return tx.UpdateArrival(&planned)
	})
}

// release lets everything that was planned start, in one commit. A guard that fired leaves it planned.
func (p *planner) release(ctx context.Context) error {
	rows := p.rows
	p.rows = nil
	var a ledger.Arrival
	err := p.commit(ctx, func(tx *ledger.Tx) error {
		for _, row := range rows {
			if err := row(tx); err != nil {
				return err
			}
		}
		a = p.released()
		if err := tx.UpdateArrival(&a); err != nil || a.State != ledger.ArrivalReleased {
			return err
		}
		_, err := tx.Release(a.ID)
		return err
	})
	if err == nil {
		*p.arrival = a
	}
	return err
}

// released gives the arrival as its plan leaves it.
func (p *planner) released() ledger.Arrival {
	a := *p.arrival
	if p.only == nil {
		a.Rows, a.Documents, a.Failed = 0, 0, 0
	}
	if !p.counted {
		a.Rows, a.Documents, a.Failed = a.Rows+p.good+p.failed, a.Documents+p.good, a.Failed+p.failed
	}
	a.Tries, a.RunAt, a.Reason = 0, time.Time{}, p.holds
	a.State = ledger.ArrivalReleased
	if len(p.flows) > 0 {
		a.Profile = p.flows[0].Profile.Version
	}
	for _, s := range p.stocks {
		a.Reason += s.guard
	}
	switch {
	case a.Reason != "":
		a.State = ledger.ArrivalHeld
	case len(p.waits) > 0:
		a.State, a.Reason, a.RunAt = ledger.ArrivalWaiting, p.waits[0], p.waitsUntil
	case p.ended != "":
		a.Outcome, a.Reason = string(p.ended), p.why
	}
	return a
}

// fail gives up an arrival that is not trusted as a whole: nothing of it takes effect but its rejection.
func (p *planner) fail(ctx context.Context, found finding.List) error {
	a := *p.arrival
	a.State, a.Outcome, a.Failed, a.Documents, a.Tries, a.RunAt = ledger.ArrivalReleased, string(flow.Failed), max(p.failed+p.good, 1), 0, 0, time.Time{}
	a.Reason = firstError(found)
	if !found.HasErrors() {
		a.Reason = "the interchange is rejected as a whole"
	}
	rows := p.rows
	err := p.commit(ctx, func(tx *ledger.Tx) error {
		for _, row := range rows {
			if err := row(tx); err != nil {
				return err
			}
		}
		planned, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: a.ID, States: []string{ledger.DeliveryPlanned, ledger.DeliveryHeld}})
		if err != nil {
			return err
		}
		for _, d := range planned {
			if d.Kind == contrlKind {
				continue
			}
			d.State, d.Reason = ledger.DeliveryDropped, "its file failed as a whole"
			if err := tx.UpdateDelivery(&d); err != nil {
				return err
			}
		}
		if err := failDocuments(tx, a.ID); err != nil {
			return err
		}
		if err := unbook(tx, a.ID); err != nil {
			return err
		}
		if err := tx.AddFindings(a.ID, 0, "", found); err != nil {
			return err
		}
		if _, err := tx.Release(a.ID); err != nil {
			return err
		}
		return tx.UpdateArrival(&a)
	})
	if err == nil {
		*p.arrival = a
	}
	return err
}

// failDocuments records that documents took no effect, so that they are none of a repetition when their file comes again.
func failDocuments(tx *ledger.Tx, arrival int64) error {
	planned, err := tx.Documents(ledger.DocumentFilter{Arrival: arrival, States: []string{"planned"}})
	for _, d := range planned {
		d.State = "failed"
		if err := tx.UpdateDocument(&d); err != nil {
			return err
		}
	}
	return err
}
