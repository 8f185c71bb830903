package shopware

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func stockBody(n string) string {
	return `[{"entity":"product","action":"upsert","payload":[{"id":"` + productID("A-1") + `","stock":` + n + `}]}]`
}

func TestFaultsLoseRequestsOrAnswers(t *testing.T) {
	for kind, stock := range map[FaultKind]int64{DropBeforeWrite: 10, DropAnswerAfterWrite: 55} {
		a := newAPI(t, Config{})
		a.shop.Fault(Fault{Kind: kind, Method: "POST", Path: "/api/_action/sync"})
		a.search("product", `{}`) // another path
		_, err := a.send("POST", "/api/_action/sync", stockBody("55"))
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: error %v", kind, err)
		}
		if got := a.stock("A-1"); got != stock {
			t.Errorf("%s: stock %d, want %d", kind, got, stock)
		}
		e := a.shop.Journal()
		last := e[len(e)-1]
		if last.Fault != string(kind) || (len(last.Effects) > 0) != (kind == DropAnswerAfterWrite) {
			t.Errorf("%s: journal %+v", kind, last)
		}
		a.sync(stockBody("56")) // once only
	}
}

func TestFaultsBreakRealConnectionsToo(t *testing.T) {
	a := newAPI(t, Config{})
	server := httptest.NewServer(a.shop)
	defer server.Close()
	a.shop.Fault(Fault{Kind: DropAnswerAfterWrite})
	r, _ := http.NewRequest("POST", server.URL+"/api/_action/sync", strings.NewReader(stockBody("55")))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+a.token)
	if resp, err := server.Client().Do(r); err == nil {
		resp.Body.Close()
		t.Error("the answer came through")
	}
	if got := a.stock("A-1"); got != 55 {
		t.Errorf("stock %d, want 55", got)
	}
}

func TestFaultsAnswerInsteadOfTheShop(t *testing.T) {
	a := newAPI(t, Config{})
	a.shop.Fault(Fault{Kind: Status, Status: 429, RetryAfter: 1500 * time.Millisecond})
	resp, err := a.send("POST", "/api/_action/sync", stockBody("1"))
	if err != nil || resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "2" {
		t.Errorf("answer %v %v", resp, err)
	}
	a.shop.Fault(Fault{Kind: Deadlock})
	a.refused("POST", "/api/_action/sync", stockBody("1"), 500, "1213")
	lift := a.shop.Fault(Fault{Kind: Down, RetryAfter: time.Minute})
	for range 3 {
		a.refused("GET", "/api/_info/version", "", 503, "FRAMEWORK__API_SERVICE_UNAVAILABLE")
	}
	lift()
	a.ok("GET", "/api/_info/version", "")
	if a.stock("A-1") != 10 {
		t.Error("a request that met a fault was done")
	}
}

func TestFaultsCountTheirRequests(t *testing.T) {
	a := newAPI(t, Config{})
	a.shop.Fault(Fault{Kind: Status, Status: 502, Path: "/api/_info", Nth: 2, Times: 2})
	a.shop.Fault(Fault{Kind: Status, Status: 504, Body: `"stock":7`, Times: -1})
	var got []int
	for range 4 {
		status, _ := a.raw("GET", "/api/_info/version", "")
		got = append(got, status)
	}
	if want := []int{200, 502, 502, 200}; !equalInts(got, want) {
		t.Errorf("statuses %v, want %v", got, want)
	}
	a.sync(stockBody("6"))
	a.refused("POST", "/api/_action/sync", stockBody("7"), 504, "0")
	a.refused("POST", "/api/_action/sync", stockBody("7"), 504, "0")
	if len(a.shop.Faults()) != 1 {
		t.Errorf("faults %v", a.shop.Faults())
	}
	a.shop.ClearFaults()
	a.sync(stockBody("7"))
}

func equalInts(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestSlowFaultsRespectTheRequestsContext(t *testing.T) {
	for kind, stock := range map[FaultKind]int64{Slow: 10, SlowAnswer: 55} {
		synctest.Test(t, func(t *testing.T) {
			a := newAPI(t, Config{})
			a.shop.Fault(Fault{Kind: kind, Delay: time.Minute, Times: 2})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			r, _ := http.NewRequestWithContext(ctx, "POST", "http://shop.test/api/_action/sync", strings.NewReader(stockBody("55")))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+a.token)
			if _, err := a.client.Do(r); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: error %v", kind, err)
			}
			if got := a.stock("A-1"); got != stock {
				t.Errorf("%s: stock %d, want %d", kind, got, stock)
			}
			before := time.Now()
			a.sync(stockBody("56"))
			if waited := time.Since(before); waited != time.Minute {
				t.Errorf("%s: waited %v", kind, waited)
			}
		})
	}
}

func TestFaultsThatCanDoNothingAreMistakes(t *testing.T) {
	for _, f := range []Fault{{}, {Kind: "odd"}, {Kind: Status}, {Kind: Status, Status: 200}, {Kind: Slow}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v was taken", f)
				}
			}()
			New(Config{}).Fault(f)
		}()
	}
}
