package gateway

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
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
	lists    map[string]*listPlan // by message and flow
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
	return &planner{g: g, arrival: j.Arrival, commit: j.commit, flows: in.flowsFor(j.Name), docs: map[string][]*document.Document{}, lists: map[string]*listPlan{}, stock: map[string]*stockPlan{}, broken: map[int]bool{}}
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
			if j.first != nil {
				p.write(j.first)
			}
			p.fresh, p.open = true, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(j.body)), nil }
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
	p.endList(m, key)
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
		return p.save(tx, &planned)
	})
}

// save writes the arrival; of a fresh one also that it is archived.
func (p *planner) save(tx *ledger.Tx, a *ledger.Arrival) error {
	if p.fresh {
		return tx.UpdateArrival(a)
	}
	return tx.AdvanceArrival(a)
}
