// Package gateway is the loops: take in what sources offer, plan, deliver, settle.
//
// Every arrival walks the states of the ledger: seen, claimed, archived, planned, released, settled. A state is committed
// before anything outside hangs on it, and each walk may be taken up again where a killed process left it.
package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
	"github.com/batchgate/batchgate/transports"
)

// Platform is a shop as the gateway uses it; the command hands it over.
type Platform interface {
	Source(f *profiles.Flow) flow.Source
	Reader(f *profiles.Flow) flow.Reader
	Target(f *profiles.Flow) flow.Target
}

// Config is what a gateway works with.
type Config struct {
	Home    *profiles.Home
	Ledger  *ledger.Ledger
	Archive *archive.Archive
	// Folder connects to a connection's files, Platform to its shop.
	Folder   func(ctx context.Context, c *profiles.Connection) (*transports.Endpoint, error)
	Platform func(c *profiles.Connection) (Platform, error)
	Scratch  func() (flow.Scratch, error)
	Now      func() time.Time
	Log      *slog.Logger
	// AskFirst refuses the first look at a source that would take more than its flows let go without asking: see
	// [FirstLoadError].
	AskFirst bool
}

// Gateway runs the flows of a home.
type Gateway struct {
	Config
	courier *courier

	tools       sync.Pool // of *flow.Tools
	assortments assortments

	compacting sync.Mutex // one new snapshot at a time: an older one must not replace a newer

	mu        sync.Mutex
	endpoints map[string]*transports.Endpoint
	shops     map[string]Platform
	begun     map[string]bool // sources that were looked at before
}

// New makes a gateway; nothing is connected or read yet.
func New(c Config) *Gateway {
	g := &Gateway{Config: c, endpoints: map[string]*transports.Endpoint{}, shops: map[string]Platform{}, begun: map[string]bool{},
		tools: sync.Pool{New: func() any { return flow.NewTools() }}}
	g.courier = &courier{ledger: c.Ledger, now: c.Now, keep: g.keep}
	return g
}

// Close ends the connections.
func (g *Gateway) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var err error
	for _, e := range g.endpoints {
		err = errors.Join(err, e.Close())
	}
	clear(g.endpoints)
	return err
}

func (g *Gateway) endpoint(ctx context.Context, c *profiles.Connection) (*transports.Endpoint, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if e, ok := g.endpoints[c.ID()]; ok {
		return e, nil
	}
	e, err := g.Folder(ctx, c)
	if err != nil {
		return nil, err
	}
	g.endpoints[c.ID()] = e
	return e, nil
}

func (g *Gateway) shop(c *profiles.Connection) (Platform, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p, ok := g.shops[c.ID()]; ok {
		return p, nil
	}
	p, err := g.Platform(c)
	if err != nil {
		return nil, err
	}
	g.shops[c.ID()] = p
	return p, nil
}

// keep archives bytes that go out: large ones at once, small ones in the commit that mentions them.
func (g *Gateway) keep(ctx context.Context, body []byte) (string, func(*ledger.Tx) error, error) {
	taken, err := g.Archive.Take(ctx, bytes.NewReader(body))
	if err != nil {
		return "", nil, err
	}
	return taken.Hash, func(tx *ledger.Tx) error {
		if taken.Small == nil {
			return nil
		}
		return tx.PutBlob(taken.Hash, taken.Small)
	}, nil
}

// intake is one source with the flows that take from it.
type intake struct {
	id     string // the source's name in the ledger
	flows  []*profiles.Flow
	folder bool
}

// sourceID names a source in the ledger: a folder of a connection, which flows may share, or a flow's own look at a platform.
func sourceID(f *profiles.Flow) string {
	if f.From.Connection.IsFolder() {
		return f.From.Connection.ID() + ":" + f.From.Folder
	}
	return f.From.Connection.ID() + ":" + f.ID()
}

// Takes tells whether a flow takes an arrival: its source is the arrival's, and the name fits.
func Takes(f *profiles.Flow, a *ledger.Arrival) bool {
	return sourceID(f) == a.Source && (!f.From.Connection.IsFolder() || f.From.Matches(a.Name))
}

// intakes groups the flows of running profiles by their sources, in the order of the home.
func (g *Gateway) intakes() []*intake {
	var all []*intake
	byID := map[string]*intake{}
	for _, f := range g.Home.Flows() {
		if !f.Profile.Status.Runs() {
			continue
		}
		id := sourceID(f)
		in, ok := byID[id]
		if !ok {
			in = &intake{id: id, folder: f.From.Connection.IsFolder()}
			byID[id] = in
			all = append(all, in)
		}
		in.flows = append(in.flows, f)
	}
	return all
}

// source opens an intake's source.
func (g *Gateway) source(ctx context.Context, in *intake) (flow.Source, error) {
	first := in.flows[0]
	c := first.From.Connection
	if !in.folder {
		p, err := g.shop(c)
		if err != nil {
			return nil, err
		}
		return p.Source(first), nil
	}
	e, err := g.endpoint(ctx, c)
	if err != nil {
		return nil, err
	}
	src := &folderSource{endpoint: &files{Endpoint: e}, ledger: g.Ledger, id: in.id, partner: first.Partner, folder: first.From.Folder,
		processed: first.From.Processed, failed: first.From.Failed, flows: in.flows, now: g.Now, match: transports.Match{FoldCase: first.From.FoldCase}}
	for _, f := range in.flows {
		src.match.Include = append(src.match.Include, f.From.Match...)
		src.stableFor = max(src.stableFor, f.From.StableFor)
	}
	return src, nil
}

// targets lists the connections that deliveries may go to, with how many may be under way at once.
func (g *Gateway) targets() map[string]*profiles.Connection {
	all := map[string]*profiles.Connection{}
	for _, f := range g.Home.Flows() {
		all[f.To.Connection.ID()] = f.To.Connection
		for _, a := range []profiles.Acknowledgement{f.Acknowledge.Contrl, f.Acknowledge.Aperak} {
			if a.Connection != nil {
				all[a.Connection.ID()] = a.Connection
			}
		}
	}
	return all
}

// lanes makes a lane for each target.
func (g *Gateway) lanes(settle func(int64)) []*lane {
	targets := g.targets()
	var all []*lane
	for _, id := range slices.Sorted(maps.Keys(targets)) {
		all = append(all, &lane{target: id, inFlight: targets[id].InFlight, courier: g.courier, ledger: g.Ledger, now: g.Now, log: g.Log, settle: settle,
			route: g.route})
	}
	return all
}

// route finds how a delivery goes out with a crew, by the flow that it belongs to.
func (g *Gateway) route(ctx context.Context, c *crew, d ledger.Delivery) (route, error) {
	f, ok := g.Home.Flow(d.Flow)
	if !ok {
		return route{}, fmt.Errorf("flow %s is in no profile of this home any more: bring it back, or drop the delivery", d.Flow)
	}
	if flow.IsAcknowledgement(d.Kind) {
		to := acknowledgementOf(f, d.Kind).Connection
		if to == nil {
			return route{}, fmt.Errorf("flow %s has no acknowledge: {%s: ...} any more: bring it back, or drop the delivery", d.Flow, d.Kind)
		}
		e, err := g.endpoint(ctx, to)
		if err != nil {
			return route{}, err
		}
		quiet, _ := f.Schedule.Opens(g.Now())
		return route{target: newAcknowledgementTarget(f, d.Kind, c.files(ctx, e)), retry: retry(to.Retry), quiet: quiet}, nil
	}
	to := f.To.Connection
	if to.IsFolder() {
		e, err := g.endpoint(ctx, to)
		if err != nil {
			return route{}, err
		}
		quiet, _ := f.Schedule.Opens(g.Now())
		return route{target: newFileTarget(f, d.Kind, c.files(ctx, e)), retry: retry(f.Retry), quiet: quiet, customers: f.Customers.Mapping != nil}, nil
	}
	p, err := g.shop(to)
	if err != nil {
		return route{}, err
	}
	r := route{target: p.Target(f), retry: retry(f.Retry), settles: to.Options.Duration("call_limit")}
	if d.Kind == string(document.Stock) {
		r.baseline, r.voids, r.salt = flow.BaselineName(f), g.otherBaselines(f), flow.StockSalt(f.Stock)
		if f.Stock != nil {
			t := &stockTarget{Target: r.target, rules: f.Stock, shop: to.ID(), ledger: g.Ledger, arrival: d.Arrival, flow: f}
			r.target, r.provisional = t, t.provisional
		}
	}
	if d.Kind == string(document.Shipment) {
		r.book = func(tx *ledger.Tx, docs []*document.Document) error { return bookDelivered(tx, f, d.Arrival, docs) }
	}
	return r, nil
}

// otherBaselines names those of other stock flows to the same target: what this flow sends makes theirs untrue.
func (g *Gateway) otherBaselines(f *profiles.Flow) []string {
	var names []string
	for _, other := range g.Home.Flows() {
		if other != f && other.From.Kind == document.Stock && other.To.Connection == f.To.Connection {
			names = append(names, flow.BaselineName(other))
		}
	}
	return names
}
