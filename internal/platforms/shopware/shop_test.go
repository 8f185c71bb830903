package shopware_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/platforms/shopware"
	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// world is a sandbox shop and the connector to it; every request between them is checked against the vendor's document.
type world struct {
	t      *testing.T
	sim    *sandbox.Shop
	shop   *shopware.Shop
	cursor string // behind the orders that placed has seen
}

// newWorld gives a shop with its demo content.
func newWorld(t *testing.T) *world {
	t.Helper()
	sim := sandbox.New(sandbox.Config{})
	catalogue, orders := sandbox.Demo(1)
	if err := sim.Seed(catalogue); err != nil {
		t.Fatal(err)
	}
	for _, o := range orders {
		if _, err := sim.PlaceOrder(o); err != nil {
			t.Fatal(err)
		}
	}
	wire := &recorder{next: sim.Client().Transport}
	t.Cleanup(func() { checkRequests(t, wire.requests) })
	return &world{t: t, sim: sim, shop: shopware.New(shopware.Config{URL: "http://shop.example/", ClientID: "sandbox", HTTP: wire, Page: 2,
		Secret: func() (string, error) { return "sandbox-secret", nil }})}
}

// recorder keeps what was sent.
type recorder struct {
	next     http.RoundTripper
	requests []request
}

type request struct {
	method, path string
	header       http.Header
	body         []byte
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	req.Body = io.NopCloser(bytes.NewReader(body))
	r.requests = append(r.requests, request{req.Method, req.URL.Path, req.Header, body})
	return r.next.RoundTrip(req)
}

// facts are what a delivery has recorded from outside.
type facts map[string]map[string]string

func (facts) Now() time.Time                            { return time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC) }
func (facts) Number(string) (int64, error)              { return 0, errors.New("no number is wanted") }
func (f facts) Lookup(table, key string) (string, bool) { v, ok := f[table][key]; return v, ok }

// prepared is a delivery whose bytes are fixed.
type prepared struct {
	steps   []flow.Step
	refused []flow.Refusal
	trace   flow.Trace
	body    []byte
}

// prepare looks up what a delivery needs and encodes it.
func prepare(t *testing.T, target *shopware.Target, docs ...*document.Document) (prepared, error) {
	t.Helper()
	d := &flow.Delivery{Docs: docs}
	keys, known := map[string][]string{}, facts{}
	for _, n := range target.Needs(d) {
		keys[n.Table] = append(keys[n.Table], n.Key)
	}
	for table, keys := range keys {
		found, _, err := target.Lookup(t.Context(), table, keys)
		if err != nil {
			return prepared{}, err
		}
		known[table] = maps.Clone(found)
	}
	var p prepared
	body, refused, found, err := target.Encode(d, known, &p.trace)
	if err != nil || found.HasErrors() {
		t.Fatal(err, found)
	}
	p.body, p.refused, p.steps = body, refused, target.Steps(d, body)
	return p, nil
}

// run carries out the steps from one on, until one fails.
func (p *prepared) run(t *testing.T, from int) error {
	t.Helper()
	for _, s := range p.steps[from:] {
		r, err := s.Do(t.Context(), flow.Evidence{})
		p.refused = append(p.refused, r.Refused...)
		if err != nil {
			return err
		}
	}
	return nil
}

// deliver carries documents out as the gateway does, without its records.
func deliver(t *testing.T, target *shopware.Target, docs ...*document.Document) (prepared, error) {
	t.Helper()
	p, err := prepare(t, target, docs...)
	if err != nil {
		return p, err
	}
	return p, p.run(t, 0)
}

func wantFailure(t *testing.T, err error, kind flow.FailureKind, after time.Duration) {
	t.Helper()
	if err == nil {
		t.Error("no failure")
		return
	}
	if f := flow.FailureOf(err); f.Kind != kind || f.After != after {
		t.Errorf("%v: kind %d after %v, want %d after %v", err, f.Kind, f.After, kind, after)
	}
}

func wantRefusals(t *testing.T, got []flow.Refusal, rules ...string) {
	t.Helper()
	same := len(got) == len(rules)
	for i := 0; same && i < len(rules); i++ {
		same = got[i].Rule == rules[i]
	}
	if !same {
		t.Errorf("refused %+v, want %v", got, rules)
	}
}
