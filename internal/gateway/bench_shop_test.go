package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"

	"github.com/batchgate/batchgate/internal/platforms/shopware"
)

// instantShop answers at once what the gateway asks of a shop, over HTTP on loopback, and knows nothing.
type instantShop struct {
	*httptest.Server
	tb     testing.TB
	calls  atomic.Int64
	last   atomic.Int64 // when the last answer was written, in ns
	orders []byte       // one order as the shop gives it, with the marks below for what differs
	count  int          // how many orders there are
}

// What differs between the orders that the shop gives.
const (
	orderIDMark     = "0123456789abcdef0123456789abcdef"
	orderNumberMark = "MARK-NUMBER"
)

func newInstantShop(tb testing.TB) *instantShop {
	s := &instantShop{tb: tb}
	s.Server = httptest.NewServer(s)
	tb.Cleanup(s.Close)
	return s
}

func (s *instantShop) lastAnswer() time.Time { return time.Unix(0, s.last.Load()) }

func (s *instantShop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.tb.Error(err)
	}
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/api/oauth/token":
		_, _ = io.WriteString(w, `{"access_token":"t","expires_in":600}`)
	case "/api/search/product":
		s.products(w, body)
	case "/api/search/order":
		s.searchOrders(w, body)
	default:
		if strings.HasPrefix(r.URL.Path, "/api/search/") {
			_, _ = io.WriteString(w, `{"total":0,"data":[]}`)
			break
		}
		_, _ = io.WriteString(w, `{"extensions":[],"data":{},"notFound":{},"deleted":{}}`)
	}
	s.calls.Add(1)
	s.last.Store(time.Now().UnixNano())
}

type search struct {
	Page   int `json:"page"`
	Limit  int `json:"limit"`
	Filter []struct {
		Field string          `json:"field"`
		Value json.RawMessage `json:"value"`
	} `json:"filter"`
}

func (s *instantShop) read(body []byte) (c search, numbers []string) {
	if err := json.Unmarshal(body, &c); err != nil {
		s.tb.Error(err)
	}
	for _, f := range c.Filter {
		if strings.HasSuffix(f.Field, "Number") {
			_ = json.Unmarshal(f.Value, &numbers)
		}
	}
	return c, numbers
}

func (s *instantShop) products(w io.Writer, body []byte) {
	_, numbers := s.read(body)
	var b bytes.Buffer
	b.WriteString(`{"data":[`)
	for i, n := range numbers {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%032x","productNumber":%q}`, i, n)
	}
	b.WriteString(`]}`)
	_, _ = w.Write(b.Bytes())
}

// searchOrders gives one order that can be shipped for each number asked for, or a page of new ones.
func (s *instantShop) searchOrders(w io.Writer, body []byte) {
	c, numbers := s.read(body)
	var rows []string
	for _, n := range numbers {
		rows = append(rows, `{"id":"0b","orderNumber":"`+n+`","stateMachineState":{"technicalName":"in_progress"},"deliveries":[{"id":"0c`+n+`",`+
			`"trackingCodes":[],"customFields":null,"stateMachineState":{"technicalName":"open"}}],"lineItems":[{"id":"0d","type":"product","quantity":4,"payload":{"productNumber":"BG-1001"}}]}`)
	}
	if len(numbers) == 0 {
		for i := max(c.Page-1, 0) * c.Limit; i < min(max(c.Page, 1)*c.Limit, s.count); i++ {
			row := bytes.ReplaceAll(s.orders, []byte(orderIDMark), fmt.Appendf(nil, "%032x", i))
			rows = append(rows, string(bytes.ReplaceAll(row, []byte(orderNumberMark), fmt.Appendf(nil, "%d", 100000+i))))
		}
	}
	_, _ = io.WriteString(w, fmt.Sprintf(`{"total":%d,"data":[%s]}`, s.count, strings.Join(rows, ",")))
}

// sell makes the shop have orders like the first one of the sandbox.
func (s *instantShop) sell(count int) {
	shop := sandbox.New(sandbox.Config{})
	catalogue, orders := sandbox.Demo(1)
	if err := shop.Seed(catalogue); err != nil {
		s.tb.Fatal(err)
	}
	if _, err := shop.PlaceOrder(orders[0]); err != nil {
		s.tb.Fatal(err)
	}
	source := shopware.New(shopware.Config{URL: "http://shop.example", ClientID: "sandbox", HTTP: shop.Client().Transport,
		Secret: func() (string, error) { return "sandbox-secret", nil }}).Orders(shopware.OrderOptions{})
	for a, err := range source.Poll(s.tb.Context(), "", nil) {
		if err != nil {
			s.tb.Fatal(err)
		}
		var order struct {
			ID     string `json:"id"`
			Number string `json:"orderNumber"`
		}
		if err := json.Unmarshal(a.Body, &order); err != nil {
			s.tb.Fatal(err)
		}
		s.orders = bytes.ReplaceAll(bytes.ReplaceAll(a.Body, []byte(order.ID), []byte(orderIDMark)), []byte(`"`+order.Number+`"`), []byte(`"`+orderNumberMark+`"`))
	}
	s.count = count
}

// rawCalls makes calls with a bare client, half of them searches and half writes as the gateway makes them, and gives the
// time that they take.
func (s *instantShop) rawCalls(n int) time.Duration {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: inFlight}}
	defer client.CloseIdleConnections()
	find := `{"limit":500,"filter":[{"type":"equalsAny","field":"orderNumber","value":["%d"]}],"associations":{"deliveries":{"associations":{"stateMachineState":{}}},` +
		`"lineItems":{"sort":[{"field":"position","order":"ASC"}]},"stateMachineState":{}}}`
	write := `{"tracking":{"entity":"order_delivery","action":"upsert","payload":[{"customFields":{"batchgate_despatches":{"LS%d":{"0d":4}}},"id":"0c1","trackingCodes":["00340434"]}]}}`
	var next atomic.Int64
	var group sync.WaitGroup
	start := time.Now()
	for range inFlight {
		group.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				path, body := "/api/search/order", find
				if i%2 == 0 {
					path, body = "/api/_action/sync", write
				}
				r, err := client.Post(s.URL+path, "application/json", strings.NewReader(fmt.Sprintf(body, i)))
				if err != nil {
					s.tb.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
			}
		})
	}
	group.Wait()
	return time.Since(start)
}
