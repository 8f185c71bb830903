package shopware

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// start is the time of the test shops.
var start = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func fixed() time.Time { return start }

// api is a client of a test shop. It builds requests from plain text, as another program would.
type api struct {
	t      testing.TB
	shop   *Shop
	client *http.Client
	token  string
	header map[string]string
}

func newAPI(t testing.TB, cfg Config) *api {
	t.Helper()
	if cfg.Now == nil {
		cfg.Now = fixed
	}
	s := New(cfg)
	if err := s.Seed(smallCatalogue()); err != nil {
		t.Fatal(err)
	}
	a := &api{t: t, shop: s, client: s.Client()}
	a.login()
	return a
}

func smallCatalogue() Catalogue {
	return Catalogue{Products: []Product{
		{Number: "A-1", Name: "Schraube", Stock: 10, Gross: "29.95", TaxRate: "19"},
		{Number: "A-2", Name: "Müsli", Stock: 20, Gross: "7.49", TaxRate: "7"},
		{Number: "B-1", Name: "Restposten", Stock: 2, Gross: "5", TaxRate: "19", Closeout: true},
	}}
}

func buyer() Customer {
	return Customer{Email: "k@example.org", FirstName: "Karl", LastName: "Käufer"}
}

func home() Address {
	return Address{Street: "Weg 1", Zip: "10115", City: "Berlin", Country: "DE"}
}

func (a *api) login() {
	status, body := a.raw("POST", "/api/oauth/token", `{"grant_type":"client_credentials","client_id":"sandbox","client_secret":"sandbox-secret"}`)
	if status != 200 {
		a.t.Fatalf("token: %d %s", status, body)
	}
	a.token = decoded(a.t, body)["access_token"].(string)
}

// raw sends a request and gives the answer's status and bytes.
func (a *api) raw(method, path, body string) (int, []byte) {
	a.t.Helper()
	resp, err := a.send(method, path, body)
	if err != nil {
		a.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return resp.StatusCode, b
}

func (a *api) send(method, path, body string) (*http.Response, error) {
	r, err := http.NewRequest(method, "http://shop.test"+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	for k, v := range a.header {
		r.Header.Set(k, v)
	}
	return a.client.Do(r)
}

// ok sends a request that must succeed.
func (a *api) ok(method, path, body string) map[string]any {
	a.t.Helper()
	status, b := a.raw(method, path, body)
	if status/100 != 2 {
		a.t.Fatalf("%s %s: %d %s", method, path, status, b)
	}
	if len(b) == 0 {
		return nil
	}
	return decoded(a.t, b)
}

// refused sends a request that must be refused with this status and code, and gives the first error.
func (a *api) refused(method, path, body string, status int, code string) map[string]any {
	a.t.Helper()
	got, b := a.raw(method, path, body)
	if got != status {
		a.t.Fatalf("%s %s %s: status %d, want %d: %s", method, path, body, got, status, b)
	}
	first := decoded(a.t, b)["errors"].([]any)[0].(map[string]any)
	if first["code"] != code {
		a.t.Fatalf("%s %s %s: code %v, want %s: %s", method, path, body, first["code"], code, b)
	}
	return first
}

func (a *api) sync(body string) map[string]any {
	a.t.Helper()
	return a.ok("POST", "/api/_action/sync", body)
}

// search gives the rows of a search.
func (a *api) search(entity, body string) []map[string]any {
	a.t.Helper()
	var rows []map[string]any
	for _, v := range a.ok("POST", "/api/search/"+entity, body)["data"].([]any) {
		rows = append(rows, v.(map[string]any))
	}
	return rows
}

func (a *api) order(o Order) OrderState {
	a.t.Helper()
	if o.Customer.Email == "" {
		o.Customer, o.Billing = buyer(), home()
	}
	if o.Lines == nil {
		o.Lines = []Line{{Product: "A-1", Quantity: 3}, {Product: "A-2", Quantity: 2}}
	}
	number, err := a.shop.PlaceOrder(o)
	if err != nil {
		a.t.Fatal(err)
	}
	state, _ := a.shop.Order(number)
	return state
}

func (a *api) stock(number string) int64 {
	a.t.Helper()
	n, ok := a.shop.Stock(number)
	if !ok {
		a.t.Fatalf("no product %s", number)
	}
	return n
}

func decoded(t testing.TB, b []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		t.Fatalf("answer is no object: %v: %s", err, b)
	}
	return m
}

func productID(number string) string { return idOf("product", number) }

func pointer(problem map[string]any) string {
	source, _ := problem["source"].(map[string]any)
	p, _ := source["pointer"].(string)
	return p
}

// dump is the whole state of a shop, for comparing.
func dump(s *Shop) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var b []byte
	v := view{shop: s}
	for _, e := range s.schema.order {
		t := s.store.tables[e.name]
		rows := append([]*row(nil), t.list...)
		kept := rows[:0]
		for _, r := range rows {
			if r != nil {
				kept = append(kept, r)
			}
		}
		sortRows(kept, e, nil)
		for _, r := range kept {
			b = append(v.append(b, e, r, nil), '\n')
		}
	}
	return string(b)
}

// checkIndexes proves that indexes name the rows and nothing else.
func checkIndexes(s *Shop) error {
	for name, t := range s.store.tables {
		live := 0
		for i, r := range t.list {
			if r == nil {
				continue
			}
			live++
			if r.place != i || t.rows[r.id] != r {
				return fmt.Errorf("%s: row %s is not in its place", name, r.id)
			}
		}
		if live != len(t.rows) || len(t.list)-live != t.holes {
			return fmt.Errorf("%s: %d rows, %d in the list with %d holes", name, len(t.rows), live, t.holes)
		}
		for i, fields := range t.entity.unique {
			want := 0
			for _, r := range t.rows {
				if key := uniqueKey(r, fields); key != "" {
					want++
					if t.unique[i][key] != r.id {
						return fmt.Errorf("%s: unique key %q names %s, not %s", name, key, t.unique[i][key], r.id)
					}
				}
			}
			if want != len(t.unique[i]) {
				return fmt.Errorf("%s: %d unique keys, want %d", name, len(t.unique[i]), want)
			}
		}
		for i, f := range t.entity.indexed {
			entries := 0
			for parent, ids := range t.children[i] {
				for _, id := range ids {
					entries++
					if r := t.rows[id]; r == nil || r.text(f) != parent {
						return fmt.Errorf("%s: index %s of %s names %s", name, f.name, parent, id)
					}
				}
			}
			want := 0
			for _, r := range t.rows {
				if r.text(f) != "" {
					want++
				}
			}
			if entries != want {
				return fmt.Errorf("%s: index %s has %d entries, want %d", name, f.name, entries, want)
			}
		}
	}
	return nil
}
