package shopware_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/platforms/shopware"
	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
)

const syncPath = "/api/_action/sync"

func stock(sku, pieces string) *document.Document {
	d := document.New(document.Stock)
	d.Set("sku", document.TextValue(sku))
	n, err := document.ParseDecimal(pieces)
	if err != nil {
		panic(err)
	}
	d.Set("on_hand", document.NumberValue(n))
	return d
}

func (w *world) wantStock(sku string, want int64) {
	w.t.Helper()
	if got, ok := w.sim.Stock(sku); !ok || got != want {
		w.t.Errorf("stock of %s is %d, want %d", sku, got, want)
	}
}

func TestStockGoesInWithOneCall(t *testing.T) {
	w := newWorld(t)
	p, err := deliver(t, w.shop.Target(shopware.TargetOptions{}), stock("BG-1001", "17"), stock("BG-1003", "0.00"), stock("BG-1004", "-2"))
	if err != nil {
		t.Fatal(err)
	}
	wantRefusals(t, p.refused)
	w.wantStock("BG-1001", 17)
	w.wantStock("BG-1003", 0)
	w.wantStock("BG-1004", -2)
	if len(p.steps) != 1 || p.steps[0].Once {
		t.Errorf("%+v", p.steps)
	}
	if w := p.trace.Written[1]; w.Field != "on_hand" || w.Value != "17" || w.Place.Path != "stock /stock/payload/0/stock" {
		t.Errorf("%+v", w)
	}
}

func TestArticlesThatCannotGoAreRefusedAndTheOthersGo(t *testing.T) {
	w := newWorld(t)
	docs := []*document.Document{stock("FOREIGN", "1"), stock("BG-1002", "2.5"), stock("BG-1001", "9")}
	before, _ := w.sim.Stock("BG-1002")
	p, err := deliver(t, w.shop.Target(shopware.TargetOptions{UnknownSKU: "ignore"}), docs...)
	if err != nil {
		t.Fatal(err)
	}
	wantRefusals(t, p.refused, "shopware.unknown-sku", "shopware.stock-fraction")
	if !p.refused[0].Ignored || p.refused[1].Ignored || p.refused[1].Doc != 1 {
		t.Errorf("%+v", p.refused)
	}
	w.wantStock("BG-1001", 9)
	w.wantStock("BG-1002", before)
	p, err = deliver(t, w.shop.Target(shopware.TargetOptions{UnknownSKU: "hold"}), docs[0])
	if err != nil || len(p.steps) > 0 {
		t.Error(err, p.steps)
	}
	wantRefusals(t, p.refused, "shopware.unknown-sku")
	if p.refused[0].Ignored {
		t.Error("an unknown article that is to be held was ignored")
	}
}

// The shop answers a product that was deleted since the look-up as an incomplete new one.
func TestOneBadRecordDoesNotHoldUpItsBatch(t *testing.T) {
	w := newWorld(t)
	target := w.shop.Target(shopware.TargetOptions{})
	d := &flow.Delivery{Docs: []*document.Document{stock("BG-1001", "11"), stock("GONE", "12"), stock("BG-1002", "13")}}
	found, keep, err := target.Lookup(t.Context(), "product", []string{"BG-1001", "BG-1002"})
	if err != nil || keep <= 0 {
		t.Fatal(err, keep)
	}
	found["GONE"] = strings.Repeat("0f", 16)
	body, _, _, err := target.Encode(d, facts{"product": found}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := target.Steps(d, body)[0].Do(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	wantRefusals(t, r.Refused, "shopware.refused")
	if r.Refused[0].Doc != 1 || r.Refused[0].Key != d.Docs[1].Key() {
		t.Errorf("%+v", r.Refused[0])
	}
	w.wantStock("BG-1001", 11)
	w.wantStock("BG-1002", 13)
}

// A firewall before the shop may dislike one record and answer with a 400 of its own, which points at none.
func TestARefusalWithoutPointersIsFoundByHalves(t *testing.T) {
	w := newWorld(t)
	p, err := prepare(t, w.shop.Target(shopware.TargetOptions{}), stock("BG-1001", "21"), stock("BG-1002", "22"), stock("BG-1003", "23"))
	if err != nil {
		t.Fatal(err)
	}
	bad := w.sim.Fault(sandbox.Fault{Kind: sandbox.Status, Status: http.StatusBadRequest, Path: syncPath, Body: `"stock":22`, Times: -1})
	defer bad()
	if err := p.run(t, 0); err != nil {
		t.Fatal(err)
	}
	wantRefusals(t, p.refused, "shopware.refused")
	if len(p.refused) == 1 && p.refused[0].Doc != 1 {
		t.Errorf("%+v", p.refused)
	}
	w.wantStock("BG-1001", 21)
	w.wantStock("BG-1003", 23)
}

func TestATokenThatExpiresMidWayIsRenewed(t *testing.T) {
	w := newWorld(t)
	p, err := prepare(t, w.shop.Target(shopware.TargetOptions{}), stock("BG-1001", "31"))
	if err != nil {
		t.Fatal(err)
	}
	w.sim.Advance(time.Hour)
	if err := p.run(t, 0); err != nil {
		t.Fatal(err)
	}
	w.wantStock("BG-1001", 31)
	var statuses []int
	for _, e := range w.sim.Journal() {
		statuses = append(statuses, e.Status)
	}
	if len(statuses) != 5 || statuses[2] != http.StatusUnauthorized {
		t.Errorf("token, look-up, sync refused, token, sync: %v", statuses)
	}
}

func TestAFailureSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		fault   sandbox.Fault
		kind    flow.FailureKind
		after   time.Duration
		written bool
	}{
		"too many requests":        {sandbox.Fault{Kind: sandbox.Status, Status: 429, RetryAfter: 7 * time.Second}, flow.TryLater, 7 * time.Second, false},
		"too many, unsaid till":    {sandbox.Fault{Kind: sandbox.Status, Status: 429}, flow.TryLater, time.Second, false},
		"no rights":                {sandbox.Fault{Kind: sandbox.Status, Status: 403}, flow.NeedsPerson, 0, false},
		"maintenance":              {sandbox.Fault{Kind: sandbox.Down, RetryAfter: time.Minute, Times: 1}, flow.Unknown, time.Minute, false},
		"lost request":             {sandbox.Fault{Kind: sandbox.DropBeforeWrite}, flow.Unknown, 0, false},
		"lost answer":              {sandbox.Fault{Kind: sandbox.DropAnswerAfterWrite}, flow.Unknown, 0, true},
		"deadlock in the database": {sandbox.Fault{Kind: sandbox.Deadlock}, flow.Unknown, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p, err := prepare(t, w.shop.Target(shopware.TargetOptions{}), stock("BG-1001", "41"))
			if err != nil {
				t.Fatal(err)
			}
			c.fault.Path = syncPath
			lift := w.sim.Fault(c.fault)
			wantFailure(t, p.run(t, 0), c.kind, c.after)
			lift()
			if got, _ := w.sim.Stock("BG-1001"); (got == 41) != c.written {
				t.Errorf("the stock is %d", got)
			}
			if err := p.run(t, 0); err != nil {
				t.Errorf("repeated: %v", err)
			}
			w.wantStock("BG-1001", 41)
		})
	}
}

func TestALostLookUpIsTriedLater(t *testing.T) {
	w := newWorld(t)
	w.sim.Fault(sandbox.Fault{Kind: sandbox.DropAnswerAfterWrite, Path: "/api/search/"})
	_, err := prepare(t, w.shop.Target(shopware.TargetOptions{}), stock("BG-1001", "1"))
	wantFailure(t, err, flow.TryLater, 0)
	w.sim.Fault(sandbox.Fault{Kind: sandbox.Status, Status: 502, Path: "/api/search/"})
	_, err = prepare(t, w.shop.Target(shopware.TargetOptions{}), stock("BG-1001", "1"))
	wantFailure(t, err, flow.TryLater, 0)
}

func TestNobodyListeningIsTriedLater(t *testing.T) {
	shop := shopware.New(shopware.Config{URL: "http://127.0.0.1:1", Secret: func() (string, error) { return "x", nil }})
	_, err := prepare(t, shop.Target(shopware.TargetOptions{}), stock("BG-1001", "1"))
	wantFailure(t, err, flow.TryLater, 0)
}

func TestAWrongSecretNeedsAPersonAndIsNotShown(t *testing.T) {
	sim := sandbox.New(sandbox.Config{})
	shop := shopware.New(shopware.Config{URL: "http://shop.example", ClientID: "sandbox", HTTP: sim.Client().Transport,
		Secret: func() (string, error) { return "not-the-secret", nil }})
	_, err := prepare(t, shop.Target(shopware.TargetOptions{}), stock("BG-1001", "1"))
	wantFailure(t, err, flow.NeedsPerson, 0)
	if strings.Contains(err.Error(), "not-the-secret") {
		t.Errorf("the secret is in %q", err)
	}
}
