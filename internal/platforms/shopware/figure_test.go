package shopware_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/platforms/shopware"
)

// oldShop is a shop of another release in front of the simulated one: it says so, and holds 4 of every article for open
// orders.
type oldShop struct {
	next    http.RoundTripper
	version string
}

func (o oldShop) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, "/_info/version") {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{"version":"` + o.version + `"}`)), Request: req, Header: http.Header{}}, nil
	}
	resp, err := o.next.RoundTrip(req)
	if err != nil || !strings.HasSuffix(req.URL.Path, "/search/product") {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(body, []byte(`"availableStock":`), []byte(`"availableStock":-4,"was":`))))
	resp.ContentLength = -1
	resp.Header.Del("Content-Length")
	return resp, err
}

func TestWhatAShopsStockMeansFollowsItsVersion(t *testing.T) {
	for _, c := range []struct {
		version, setting string
		holds            bool
		fault            string
	}{
		{"6.7.10.0", "auto", false, ""}, {"6.6.0.0", "auto", false, ""}, {"6.4.20.2", "auto", true, ""}, {"6.3.5.4", "auto", true, ""},
		{"6.5.8.1", "auto", false, "write stock: {shop: available}"}, {"6.5.8.1", "physical", true, ""}, {"6.5.8.1", "available", false, ""}, {"6.4.20.2", "", false, ""},
	} {
		t.Run(c.version+" "+c.setting, func(t *testing.T) {
			w := newWorld(t)
			shop := shopware.New(shopware.Config{URL: "http://shop.example/", ClientID: "sandbox", HTTP: oldShop{w.sim.Client().Transport, c.version},
				Secret: func() (string, error) { return "sandbox-secret", nil }})
			target := shop.Target(shopware.TargetOptions{Figure: c.setting})
			found, keep, err := target.Lookup(t.Context(), "product", []string{"BG-1001"})
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) || flow.FailureOf(err).Kind != flow.NeedsPerson {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err != nil || len(found) != 1 || (keep == 0) != c.holds {
				t.Fatalf("%v, kept for %v, %v", found, keep, err)
			}
			holds, err := target.Holds("BG-1001", facts{"product": found})
			if err != nil || holds.IsZero() == c.holds {
				t.Errorf("holds %s, %v", holds, err)
			}
			body, refused, _, err := target.Encode(&flow.Delivery{Docs: []*document.Document{stock("BG-1001", "5")}}, facts{"product": found}, nil)
			if err != nil || len(refused) > 0 || bytes.Contains(body, []byte(" ")) {
				t.Errorf("%s %v %v", body, refused, err)
			}
		})
	}
}

func TestAnArticleThatIsSoldOffIsOnCloseOut(t *testing.T) {
	w := newWorld(t)
	off, on := stock("BG-1001", "7"), stock("BG-1002", "7")
	off.Set("close_out", document.FlagValue(true))
	on.Set("close_out", document.FlagValue(false))
	p, err := deliver(t, w.shop.Target(shopware.TargetOptions{}), off, on)
	if err != nil || len(p.refused) > 0 {
		t.Fatal(err, p.refused)
	}
	body := string(p.body)
	if strings.Count(body, `"isCloseout":true`) != 1 || strings.Count(body, `"isCloseout":false`) != 1 {
		t.Error(body)
	}
	w.wantStock("BG-1001", 7)
}
