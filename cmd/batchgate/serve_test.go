package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// While serve runs, a file becomes stock and an order becomes a file; interrupted, it ends in order and leaves nothing half
// done.
func TestServeCarriesBothWaysUntilItIsInterrupted(t *testing.T) {
	shop := shopware.New(shopware.Config{})
	catalogue, orders := shopware.Demo(1)
	if err := shop.Seed(catalogue); err != nil {
		t.Fatal(err)
	}
	answered := make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shop.ServeHTTP(w, r)
		select {
		case answered <- struct{}{}:
		default:
		}
	}))
	defer server.Close()
	home := filepath.Join(t.TempDir(), "home")
	if err := makeHome(home); err != nil {
		t.Fatal(err)
	}
	profile := filepath.Join(home, "profiles", "weber-erp.yaml")
	text, err := os.ReadFile(profile)
	if err != nil {
		t.Fatal(err)
	}
	quick := strings.Replace(string(text), "root: erp}", "root: erp, stable_for: 0s, poll: 1s}", 1)
	if err := os.WriteFile(profile, []byte(quick), 0o600); err != nil {
		t.Fatal(err)
	}
	addLine(t, filepath.Join(home, "connections.yaml"), "  poll: 1s\n  rate: 1000\n")
	for name, value := range map[string]string{"SHOP_URL": server.URL, "SHOP_ID": "sandbox", "SHOP_SECRET": "sandbox-secret"} {
		t.Setenv(name, value)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, []string{"serve", "--home", home}, streams{strings.NewReader(""), io.Discard, io.Discard})
	}()
	until := func(what string, there func() bool) {
		t.Helper()
		for !there() {
			select {
			case <-answered:
			case s := <-status:
				t.Fatalf("serve ended with %d before %s", s, what)
			}
		}
	}
	drop(t, home, "out/STOCK1.CSV", "Artikelnr;Lager;Bestand\r\nBG-1010;10;1234\r\n")
	until("the stock was written", func() bool { got, _ := shop.Stock("BG-1010"); return got == 1234 })
	number, err := shop.PlaceOrder(orders[0])
	if err != nil {
		t.Fatal(err)
	}
	until("the order was marked", func() bool {
		o, _ := shop.Order(number)
		return o.CustomFields["batchgate_exported"] != nil
	})
	interrupt()
	if s := <-status; s != exitDone {
		t.Errorf("exit status %d", s)
	}
	files, err := filepath.Glob(filepath.Join(home, "erp", "in", "*.EDI"))
	if err != nil || len(files) != 1 {
		t.Errorf("files of the order: %v %v", files, err)
	}
}
