package gateway

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/fnv"
	"strings"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
)

// listPlan gathers the lines of a list that go into a folder: the prices, articles or stock of one message become one
// file, or several where there are more than fit into one.
type listPlan struct {
	p      *planner
	m      *flow.Message
	name   string // of the price list or catalogue, where it has one
	kind   document.Kind
	docs   []byte // of the file so far
	count  int
	prints hash.Hash64
	parts  int
	broken bool
	made   []*madePart
}

// madePart is a part of a list as it stands in the ledger, 0 where it does not yet: a long list is written while its
// message is still read.
type madePart struct{ document, delivery int64 }

// listed takes a line of a list.
func (p *planner) listed(ctx context.Context, m *flow.Message, d *document.Document) error {
	key := fmt.Sprintf("%d/%s", m.N, m.Flow.ID())
	l := p.lists[key]
	if l == nil {
		l = &listPlan{p: p, m: m, kind: d.Kind, name: listName(d), prints: fnv.New64a()}
		p.lists[key] = l
	}
	l.docs = document.AppendLine(l.docs, d)
	l.count++
	_ = binary.Write(l.prints, binary.BigEndian, d.Fingerprint()) // a hash takes everything
	if l.count < m.Flow.ListSize() {
		return nil
	}
	l.cut()
	return p.flush(ctx, true)
}

// listName gives the number of the price list or catalogue that a line is of.
func listName(d *document.Document) string {
	if d.Kind == document.Product {
		return strings.Clone(d.Get("catalog").Text()) // the document is the reader's
	}
	return strings.Clone(d.Get("list").Text())
}

// endList ends the list of a message. Nothing of a broken one goes out.
func (p *planner) endList(m *flow.Message, key string) {
	l := p.lists[key]
	if l == nil {
		return
	}
	delete(p.lists, key)
	if m.Broken {
		l.broken = true
		p.write(l.drop)
		return
	}
	l.cut()
}

// cut plans a file of the lines so far.
func (l *listPlan) cut() {
	if l.count == 0 {
		return
	}
	p, f, a := l.p, l.m.Flow, l.p.arrival
	p.n++
	l.parts++
	row := &ledger.Document{Arrival: a.ID, N: p.n, Message: l.m.N, Flow: f.ID(), Kind: string(l.kind), Key: l.key(), Fingerprint: int64(l.prints.Sum64()), State: "planned"}
	docs, count := l.docs, l.count
	l.docs, l.count = nil, 0
	l.prints.Reset()
	part := &madePart{}
	l.made = append(l.made, part)
	p.write(func(tx *ledger.Tx) error {
		if l.broken {
			return nil
		}
		if err := l.repeated(tx, row); err != nil || row.State != "planned" {
			return errors.Join(err, tx.InsertDocument(row))
		}
		d, err := p.delivery(tx, f, row.Kind, row.Key, fmt.Sprint(row.N))
		if err != nil {
			return err
		}
		d.Docs, d.Count, d.Key = docs, count, row.Kind // one file after the other, in order
		if err := p.reserve(tx, f, d, l.number()); err != nil {
			return err
		}
		if err := tx.InsertDelivery(d); err != nil {
			return err
		}
		row.Delivery = d.ID
		if err := errors.Join(p.use(tx, f, d), tx.InsertDocument(row)); err != nil {
			return err
		}
		*part = madePart{row.ID, d.ID}
		return nil
	})
}

// number is what {number} stands for in the name of the file.
func (l *listPlan) number() string {
	if l.name == "" {
		return string(l.kind)
	}
	return l.name
}

// key tells the parts of a list apart.
func (l *listPlan) key() string {
	if l.parts == 1 {
		return l.number()
	}
	return fmt.Sprintf("%s part %d", l.number(), l.parts)
}

// repeated finds out whether the same lines went out last: prices and articles that are the same have no second effect,
// and stock that is the same is true once more.
func (l *listPlan) repeated(tx *ledger.Tx, row *ledger.Document) error {
	if l.kind == document.Stock || l.p.arrival.Replay > 0 {
		return nil
	}
	last, err := before(tx, row, "")
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err == nil && last.Fingerprint == row.Fingerprint {
		row.State = "repeated"
	}
	return err
}

// drop takes back what was planned of a message that turned out to be broken.
func (l *listPlan) drop(tx *ledger.Tx) error {
	for _, part := range l.made {
		if part.delivery == 0 {
			continue
		}
		d, err := tx.Delivery(part.delivery)
		if err != nil {
			return err
		}
		d.State, d.Reason = ledger.DeliveryDropped, "its message is broken"
		row, err := tx.Document(part.document)
		if err != nil {
			return err
		}
		row.State = "failed"
		if err := errors.Join(tx.UpdateDelivery(&d), tx.UpdateDocument(&row)); err != nil {
			return err
		}
	}
	return nil
}
