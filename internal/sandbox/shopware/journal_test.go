package shopware

import (
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestJournalTellsWhatEachRequestChanged(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{})
	a.shop.ClearJournal()
	a.header = map[string]string{"indexing-behavior": "use-queue-indexing", "sw-skip-trigger-flow": "1"}
	body := stockBody("4")
	a.sync(body)
	a.header = nil
	a.move("order_delivery", o.Deliveries[0].ID, "ship", ``)
	a.sync(`[{"entity":"tag","action":"upsert","payload":[{"id":"` + idOf("tag") + `","name":"neu"}]}]`)
	a.sync(`[{"entity":"tag","action":"delete","payload":[{"id":"` + idOf("tag") + `"}]}]`)
	a.refused("POST", "/api/_action/sync", stockBody(`"x"`), 400, codeType)
	got := a.shop.Journal()
	if len(got) != 5 {
		t.Fatalf("%d entries, want 5", len(got))
	}
	first := got[0]
	if first.Number != 2 || first.Method != "POST" || first.Path != "/api/_action/sync" || first.Body != body || first.Status != 200 || !first.Time.Equal(start) ||
		first.Header["Indexing-Behavior"] != "use-queue-indexing" || first.Header["Sw-Skip-Trigger-Flow"] != "1" {
		t.Errorf("first entry %+v", first)
	}
	for i, want := range [][]Effect{
		{{Kind: Changed, Entity: "product", ID: productID("A-1"), Field: "stock", Old: int64(7), New: int64(4)}},
		{{Kind: Transition, Entity: "order_delivery", ID: o.Deliveries[0].ID, Field: "ship", Old: "open", New: "shipped"},
			{Kind: Mailed, Entity: "order_delivery", ID: o.Deliveries[0].ID, Field: "state_enter.order_delivery.state.shipped", New: "k@example.org"}},
		{{Kind: Created, Entity: "tag", ID: idOf("tag")}},
		{{Kind: Deleted, Entity: "tag", ID: idOf("tag")}},
		nil,
	} {
		if !reflect.DeepEqual(got[i].Effects, want) {
			t.Errorf("entry %d: effects %+v, want %+v", i, got[i].Effects, want)
		}
	}
	if got[4].Status != 400 || !strings.Contains(got[4].Answer, codeType) {
		t.Errorf("refusal %+v", got[4])
	}
}

func TestJournalKeepsNoSecrets(t *testing.T) {
	a := newAPI(t, Config{})
	a.raw("POST", "/api/oauth/token", `{"client_secret":"sandbox-secret"`)
	a.raw("POST", "/api/oauth/token", `{"grant_type":"password","client_id":"administration","username":"u","password":"sandbox-secret"}`)
	a.ok("GET", "/api/_info/version", "")
	b, err := json.Marshal(a.shop.Journal())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"sandbox-secret", a.token} {
		if strings.Contains(string(b), secret) {
			t.Errorf("the journal has %q", secret)
		}
	}
}

func TestJournalIsBounded(t *testing.T) {
	a := newAPI(t, Config{JournalLimit: 3})
	for range 10 {
		a.ok("GET", "/api/_info/version", "")
	}
	if got := a.shop.Journal(); len(got) != 3 || got[2].Number != 11 || a.shop.Requests() != 11 {
		t.Errorf("%d entries, %d requests", len(got), a.shop.Requests())
	}
	b := newAPI(t, Config{JournalBytes: 5000})
	for range 10 {
		b.sync(stockBody("1") + strings.Repeat(" ", 1000))
	}
	if got := b.shop.Journal(); len(got) < 2 || len(got) > 4 {
		t.Errorf("%d entries", len(got))
	}
	c := newAPI(t, Config{NoJournal: true})
	c.sync(stockBody("1"))
	if got := c.shop.Journal(); len(got) != 0 || c.shop.Requests() != 2 {
		t.Errorf("%d entries, %d requests", len(got), c.shop.Requests())
	}
}

func TestControlOverHTTP(t *testing.T) {
	s := New(Config{Now: fixed})
	catalogue, _ := Demo(1)
	if err := s.Seed(catalogue); err != nil {
		t.Fatal(err)
	}
	a := &api{t: t, shop: s, client: s.Client()}
	got := a.ok("POST", "/__sandbox/orders", `{"number":"900","customer":{"email":"a@example.org","firstName":"A","lastName":"B"},
		"billing":{"street":"S","city":"C","country":"SE"},"lines":[{"product":"BG-1001","quantity":2}],"shippingCost":"4.90"}`)
	if got["number"] != "900" {
		t.Errorf("placed %v", got)
	}
	a.ok("POST", "/__sandbox/transitions", `{"order":"900","entity":"order_transaction","action":"paid"}`)
	state := a.ok("GET", "/__sandbox/state", "")
	order := state["orders"].([]any)[0].(map[string]any)
	if order["transactions"].([]any)[0].(map[string]any)["state"] != "paid" || len(state["mails"].([]any)) != 1 ||
		state["products"].([]any)[0].(map[string]any)["stock"] != json.Number("38") {
		t.Errorf("state %v", order)
	}
	a.ok("POST", "/__sandbox/clock", `{"advance":"15m"}`)
	if now := a.ok("GET", "/__sandbox/clock", "")["now"]; now != "2026-03-02T12:15:00Z" {
		t.Errorf("clock %v", now)
	}
	a.ok("POST", "/__sandbox/faults", `{"kind":"status","path":"/api","status":429,"retryAfter":"7s"}`)
	resp, err := a.send("GET", "/api/_info/version", "")
	if err != nil || resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "7" {
		t.Errorf("fault: %v %v", resp, err)
	}
	a.ok("POST", "/__sandbox/faults", `{"kind":"down","delay":"1s"}`)
	if status, b := a.raw("GET", "/__sandbox/faults", ""); status != 200 || !strings.Contains(string(b), `"down"`) {
		t.Errorf("faults %s", b)
	}
	a.ok("DELETE", "/__sandbox/faults", "")
	a.login()
	a.ok("GET", "/api/_info/version", "")
	journal := a.ok("GET", "/__sandbox/journal?after=1", "")
	if n := len(journal["entries"].([]any)); n != 2 || journal["requests"] != json.Number("3") {
		t.Errorf("journal %v", journal)
	}
	a.ok("DELETE", "/__sandbox/journal", "")
	if n := len(s.Journal()); n != 0 {
		t.Errorf("%d entries", n)
	}
	a.ok("POST", "/__sandbox/workers", "{}")
}

func TestControlRefusesWhatItDoesNotKnow(t *testing.T) {
	a := newAPI(t, Config{})
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "nothing", "", 404}, {"PUT", "clock", "", 404}, {"GET", "journal?after=x", "", 400},
		{"POST", "clock", `{"advance":"-1s"}`, 400}, {"POST", "clock", `{"set":1}`, 400}, {"POST", "clock", ``, 400},
		{"POST", "orders", `{}`, 400}, {"POST", "orders", `{"x":1}`, 400}, {"POST", "transitions", `{"order":"none"}`, 400}, {"POST", "transitions", `[]`, 400},
		{"POST", "faults", `{"kind":"odd"}`, 400}, {"POST", "faults", `{"kind":"slow","delay":"soon"}`, 400}, {"POST", "faults", `[]`, 400},
	} {
		status, b := a.raw(c.method, "/__sandbox/"+c.path, c.body)
		if status != c.status || decoded(t, b)["error"] == nil {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, status, b)
		}
	}
}

func TestShopServesRealConnections(t *testing.T) {
	a := newAPI(t, Config{})
	server := httptest.NewServer(a.shop)
	defer server.Close()
	resp, err := server.Client().Get(server.URL + "/api/_info/health-check")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestNewRefusesReleasesItDoesNotKnow(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("release 6.5 was taken")
		}
	}()
	New(Config{Release: "6.5"})
}

func TestClockMovesForwardFromItsBase(t *testing.T) {
	s := New(Config{Now: fixed})
	s.Advance(time.Hour)
	s.Advance(time.Minute)
	if got := s.now(); !got.Equal(start.Add(61 * time.Minute)) {
		t.Errorf("now %v", got)
	}
}
