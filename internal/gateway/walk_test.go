package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/internal/platforms"
	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
	"github.com/batchgate/batchgate/profiles"
	"github.com/batchgate/batchgate/transports"
)

// world is the example home with a sandbox shop and the ERP's folders.
type world struct {
	*testing.T
	dir  string
	shop *sandbox.Shop
	gate *gateway.Gateway
	led  *ledger.Ledger
	more map[string]*sandbox.Shop // further shops by their connections
	skew atomic.Int64             // how far the gateway's clock is ahead, in nanoseconds
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.skew.Load())) }

func (w *world) later(d time.Duration) { w.skew.Add(int64(d)) }

type scratchFile struct{ *os.File }

func (s scratchFile) Close() error {
	_ = s.File.Close()
	return os.Remove(s.Name())
}

func newWorld(t *testing.T, edit func(profile string) string, more ...string) *world {
	t.Helper()
	w := &world{T: t, dir: t.TempDir(), shop: sandbox.New(sandbox.Config{})}
	if err := os.CopyFS(w.dir, profiles.Scaffold()); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"erp/out", "erp/in", "erp/tmp", "erp/edi", "erp/edi-out", "erp/import", "data"} {
		if err := os.MkdirAll(filepath.Join(w.dir, dir), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	connections, err := os.OpenFile(filepath.Join(w.dir, "connections.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = connections.WriteString("  rate: 1000\n") // the shop of a test needs no rest between calls
	if err := errors.Join(err, connections.Close()); err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(more); i += 2 { // further files: name, content
		if err := os.WriteFile(filepath.Join(w.dir, more[i]), []byte(more[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	profile := filepath.Join(w.dir, "profiles/weber-erp.yaml")
	text, err := os.ReadFile(profile)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "root: erp}", "root: erp, stable_for: 0s}", 1)
	changed = strings.Replace(changed, "stock: {means: available, counts_web_orders: fetched}\n", "", 1) // tests of stock say it themselves
	if edit != nil {
		changed = edit(changed)
	}
	if err := os.WriteFile(profile, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	catalogue, orders := sandbox.Demo(1)
	if err := w.shop.Seed(catalogue); err != nil {
		t.Fatal(err)
	}
	for _, o := range orders {
		if _, err := w.shop.PlaceOrder(o); err != nil {
			t.Fatal(err)
		}
	}
	w.start()
	return w
}

// start opens the home, as a new process does.
func (w *world) start() {
	w.Helper()
	home, found := profiles.LoadDir(w.dir, profiles.Options{Getenv: func(name string) (string, bool) {
		v, ok := map[string]string{"SHOP_URL": "http://shop.example", "SHOP_ID": "sandbox", "SHOP_SECRET": "sandbox-secret"}[name]
		return v, ok
	}})
	if found.HasErrors() {
		w.Fatal(found)
	}
	var err error
	if w.led, err = ledger.Open(w.Context(), ledger.Options{DSN: filepath.Join(w.dir, "data/batchgate.db")}); err != nil {
		w.Fatal(err)
	}
	store, err := archive.NewFolder(filepath.Join(w.dir, "data/archive"))
	if err != nil {
		w.Fatal(err)
	}
	w.gate = gateway.New(gateway.Config{Home: home, Ledger: w.led, Archive: archive.New(store, w.led), Now: w.now, Log: slog.New(slog.DiscardHandler),
		Folder: func(ctx context.Context, c *profiles.Connection) (*transports.Endpoint, error) {
			return transports.Open(ctx, transports.Options{Name: c.ID(), Transport: c.Transport, Root: c.Root})
		},
		Platform: func(c *profiles.Connection) (gateway.Platform, error) {
			shop := w.shop
			if other, ok := w.more[c.Name]; ok {
				shop = other
			}
			return platforms.Open(c, platforms.Options{HTTP: shop.Client().Transport})
		},
		Scratch: func() (flow.Scratch, error) {
			f, err := os.CreateTemp(w.TempDir(), "run")
			return scratchFile{f}, err
		}})
	led, gate := w.led, w.gate
	w.Cleanup(func() { _ = gate.Close(); _ = led.Close() })
}

func (w *world) put(name, content string) {
	w.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, "erp", name), []byte(content), 0o600); err != nil {
		w.Fatal(err)
	}
}

// patience ends a run that goes in circles.
const patience = time.Minute

func (w *world) run() gateway.Pass {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	pass, err := w.gate.Run(ctx)
	if err != nil {
		for _, a := range w.arrivals() {
			w.Logf("%s: %s %s: %s", a.Name, a.State, a.Outcome, a.Reason)
		}
		w.Fatal(err)
	}
	for _, e := range pass.Errors {
		w.Error(e)
	}
	return pass
}

// files lists the ERP's files, those of one folder.
func (w *world) files(folder string) []string {
	w.Helper()
	var all []string
	root := filepath.Join(w.dir, "erp", folder)
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(root, path)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

func (w *world) read(name string) string {
	w.Helper()
	b, err := os.ReadFile(filepath.Join(w.dir, "erp", name))
	if err != nil {
		w.Fatal(err)
	}
	return string(b)
}

// effects counts the shop's changes of a field or entity: "product.stock".
func (w *world) effects(entity, field string) int {
	n := 0
	for _, e := range w.shop.Journal() {
		for _, f := range e.Effects {
			if f.Entity == entity && (field == "" || f.Field == field) {
				n++
			}
		}
	}
	return n
}

func (w *world) arrivals() (all []ledger.Arrival) {
	w.Helper()
	err := w.led.View(w.Context(), func(tx *ledger.Tx) error {
		var err error
		all, err = tx.Arrivals(ledger.ArrivalFilter{})
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

const header = "Artikelnr;Lager;Bestand\r\n"

func TestStockFilesReachTheShopOnlyWithWhatDiffers(t *testing.T) {
	w := newWorld(t, nil)
	w.put("out/STOCK1.CSV", header+"BG-1001;10;5\r\nBG-1001;20;7\r\nBG-1002;10;3\r\nFREMD;10;1\r\n")
	w.run()
	if got, _ := w.shop.Stock("BG-1001"); got != 12 {
		t.Errorf("BG-1001: %d, want two warehouses summed", got)
	}
	if len(w.files("out")) != 1 || !strings.HasPrefix(w.files("out")[0], "processed/") {
		t.Errorf("the file lies in %v", w.files("out"))
	}
	before := w.effects("product", "stock")
	w.put("out/STOCK2.CSV", header+"BG-1001;10;5\r\nBG-1001;20;7\r\nBG-1002;10;4\r\nFREMD;10;1\r\n")
	w.run()
	if n := w.effects("product", "stock") - before; n != 1 {
		t.Errorf("%d stocks written for one that differs", n)
	}
	for _, a := range w.arrivals() {
		if a.Source == "weber-erp/erp:out" && (a.State != ledger.ArrivalSettled || a.Outcome != string(flow.Processed)) {
			t.Errorf("%s: %s %s: %s", a.Name, a.State, a.Outcome, a.Reason)
		}
	}
}

func TestOrdersBecomeFilesOnceAndAreMarked(t *testing.T) {
	w := newWorld(t, nil)
	w.run()
	first := w.files("in")
	if len(first) == 0 {
		for _, a := range w.arrivals() {
			t.Log(a.Name, a.State, a.Outcome, a.Reason)
		}
		t.Fatal("no order came out")
	}
	orders := 0
	for _, name := range first {
		if strings.HasSuffix(name, ".EDI") {
			orders++
			if text := w.read("in/" + name); !strings.HasPrefix(text, "UNA") || !strings.Contains(text, "UNB+UNOC:3+4012345000009:14+4301234000009:14+") {
				t.Errorf("%s: %.100s", name, text)
			}
		}
	}
	if marks := w.effects("order", ""); marks < orders {
		t.Errorf("%d marks for %d orders", marks, orders)
	}
	w.run()
	w.start() // a restart
	w.run()
	if again := w.files("in"); !slices.Equal(first, again) {
		t.Errorf("then: %v, first %v", again, first)
	}
}

func TestADespatchAdviceShipsItsOrder(t *testing.T) {
	w := newWorld(t, nil)
	order, _ := w.shop.Order("10234")
	lines := ""
	n := 0
	for _, l := range order.Lines {
		if l.Product == "" {
			continue
		}
		n++
		lines += fmt.Sprintf("LIN+%d'PIA+1+%s:SA'QTY+12:%d:PCE'", n, l.Product, l.Quantity)
	}
	w.put("out/DES1.EDI", "UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+91'UNH+1+DESADV:D:96A:UN'BGM+351+LS1+9'DTM+137:20261125:102'RFF+ON:10234'"+
		"CPS+1'PAC+1'PCI+33E'RFF+CN:00340001'"+lines+fmt.Sprintf("UNT+%d+1'UNZ+1+91'", 9+3*n))
	w.run()
	got, _ := w.shop.Order("10234")
	if got.Deliveries[0].State != "shipped" || !slices.Equal(got.Deliveries[0].TrackingCodes, []string{"00340001"}) {
		for _, a := range w.arrivals() {
			t.Log(a.Name, a.State, a.Outcome, a.Reason)
		}
		t.Errorf("%+v", got.Deliveries[0])
	}
}

const retail = "UNH+1+ORDERS:D:96A:UN'BGM+220+R-77+9'DTM+137:20261125:102'NAD+BY+4005555000013::9'NAD+SU+4012345000009::9'LIN+1++4099999000017:EN'PIA+1+BG-1001:SA'QTY+21:4:PCE'UNS+S'UNT+10+1'"

func TestARetailersOrderBecomesCSVAndIsAcknowledged(t *testing.T) {
	w := newWorld(t, nil)
	file := "UNA:+.? 'UNB+UNOC:3+4005555000013:14+4012345000009:14+261125:0930+501++++1'" + retail + "UNZ+1+501'"
	w.put("edi/R1.EDI", file)
	w.run()
	if got := w.files("import"); len(got) != 1 {
		for _, a := range w.arrivals() {
			t.Log(a.Name, a.State, a.Outcome, a.Reason)
		}
		t.Fatalf("import: %v", got)
	}
	if text := w.read("import/" + w.files("import")[0]); !strings.Contains(text, "R-77") || !strings.Contains(text, "BG-1001") {
		t.Errorf("%q", text)
	}
	answers := w.files("edi-out")
	if len(answers) != 1 {
		t.Fatalf("edi-out: %v", answers)
	}
	answer := w.read("edi-out/" + answers[0])
	if !strings.Contains(answer, "UCI+501+4005555000013:14+4012345000009:14+7") {
		t.Errorf("%q", answer)
	}
	// The same file again: no second order, the same acknowledgement once it was fetched.
	if err := os.Remove(filepath.Join(w.dir, "erp/edi-out", answers[0])); err != nil {
		t.Fatal(err)
	}
	w.put("edi/R1-again.EDI", file)
	w.run()
	if got := w.files("import"); len(got) != 1 {
		t.Errorf("a second order: %v", got)
	}
	if again := w.files("edi-out"); len(again) != 1 || w.read("edi-out/"+again[0]) != answer {
		t.Errorf("the acknowledgement of the repetition: %v", again)
	}
	last := w.arrivals()[len(w.arrivals())-1]
	if last.Outcome != string(flow.Repeated) {
		t.Errorf("%s: %s %s", last.Name, last.Outcome, last.Reason)
	}
}

func TestTwoStockFlowsToOneShopDoNotTrustEachOthersBaseline(t *testing.T) {
	w := newWorld(t, nil)
	w.put("out/STOCK1.CSV", header+"BG-1001;10;5\r\nBG-1002;10;3\r\n")
	w.run()
	w.put("out/IR.EDI", "UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+94'UNH+1+INVRPT:D:96A:UN'BGM+35+IR1+9'DTM+137:20261125:102'"+
		"LIN+1++BG-1001:SA'PIA+1+BG-1001:SA'LOC+18+10'QTY+145:33:PCE'UNT+8+1'UNZ+1+94'")
	w.run()
	if got, _ := w.shop.Stock("BG-1001"); got != 33 {
		t.Fatalf("after the report: %d", got)
	}
	w.put("out/STOCK2.CSV", header+"BG-1001;10;5\r\nBG-1002;10;3\r\n")
	before := w.effects("product", "stock")
	w.run()
	if got, _ := w.shop.Stock("BG-1001"); got != 5 || w.effects("product", "stock")-before != 1 {
		t.Errorf("the same figure again: %d, %d written", got, w.effects("product", "stock")-before)
	}
}

func TestOfTwoFilesDroppedTogetherTheLaterOneWins(t *testing.T) {
	for range 5 {
		w := newWorld(t, nil)
		for i := range 12 {
			w.put(fmt.Sprintf("out/STOCK%d.CSV", i+1), header+fmt.Sprintf("BG-1001;10;%d\r\nBG-1002;10;%d\r\n", 100+i, 200-i))
		}
		w.run()
		if a, _ := w.shop.Stock("BG-1001"); a != 111 {
			t.Fatalf("BG-1001: %d", a)
		}
		if b, _ := w.shop.Stock("BG-1002"); b != 189 {
			t.Fatalf("BG-1002: %d", b)
		}
	}
}

func TestUnsentChangesOfADeltaAreNotLostToTheNext(t *testing.T) {
	w := newWorld(t, func(profile string) string {
		return strings.Replace(profile, "    full_file: {missing: leave}     # leave, zero or hold what the file does not name\n", "", 1)
	})
	w.put("out/STOCK1.CSV", header+"BG-1001;10;5\r\nBG-1002;10;3\r\n")
	w.run()
	w.put("out/STOCK2.CSV", header+"BG-1001;10;7\r\nBG-1002;10;8\r\n")
	w.put("out/STOCK3.CSV", header+"BG-1001;10;5\r\n")
	w.run()
	a, _ := w.shop.Stock("BG-1001")
	b, _ := w.shop.Stock("BG-1002")
	if a != 5 || b != 8 {
		t.Errorf("BG-1001: %d, BG-1002: %d, want 5 and 8", a, b)
	}
}

func TestAFileThatTheERPTookIsRecordedAsFetched(t *testing.T) {
	w := newWorld(t, nil)
	w.run()
	if err := os.Remove(filepath.Join(w.dir, "erp/in/ORD000001.EDI")); err != nil {
		t.Fatal(err)
	}
	w.run()
	err := w.led.View(t.Context(), func(tx *ledger.Tx) error {
		all, err := tx.Deliveries(ledger.DeliveryFilter{Kind: "order"})
		for _, d := range all {
			if d.FetchedAt.IsZero() == (d.Name == "ORD000001.EDI") {
				t.Errorf("%s fetched at %v", d.Name, d.FetchedAt)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestVanishedArticlesFollowTheProfile(t *testing.T) {
	for rule, check := range map[string]func(t *testing.T, w *world){
		"leave": func(t *testing.T, w *world) {
			if got, _ := w.shop.Stock("BG-1002"); got != 3 {
				t.Errorf("left: %d", got)
			}
		},
		"zero": func(t *testing.T, w *world) {
			if got, _ := w.shop.Stock("BG-1002"); got != 0 {
				t.Errorf("zeroed: %d", got)
			}
		},
		"hold": func(t *testing.T, w *world) {
			a := w.arrivals()[len(w.arrivals())-1]
			if a.State != ledger.ArrivalHeld || !strings.Contains(a.Reason, "1 known articles are missing") {
				t.Errorf("%s %s", a.State, a.Reason)
			}
		},
	} {
		t.Run(rule, func(t *testing.T) {
			w := newWorld(t, func(profile string) string {
				return strings.Replace(profile, "missing: leave", "missing: "+rule, 1)
			})
			w.put("out/STOCK1.CSV", header+"BG-1001;10;5\r\nBG-1002;10;3\r\nBG-1003;10;3\r\nBG-1004;10;3\r\n")
			w.run()
			w.put("out/STOCK2.CSV", header+"BG-1001;10;5\r\nBG-1003;10;3\r\nBG-1004;10;3\r\n")
			w.run()
			check(t, w)
		})
	}
}

func TestADespatchAdviceMayNameOurLineNumbersAlone(t *testing.T) {
	w := newWorld(t, nil)
	w.run() // order 10234 goes out with lines 10 and 20
	w.put("out/DES1.EDI", "UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+91'UNH+1+DESADV:D:96A:UN'BGM+351+LS1+9'DTM+137:20261125:102'RFF+ON:10234'"+
		"CPS+1'LIN+1'QTY+12:3:PCE'RFF+ON:10234:10'LIN+2'QTY+12:1:PCE'RFF+ON:10234:20'UNT+12+1'UNZ+1+91'")
	w.run()
	got, _ := w.shop.Order("10234")
	if got.Deliveries[0].State != "shipped_partially" {
		for _, a := range w.arrivals() {
			t.Log(a.Name, a.State, a.Outcome, a.Reason)
		}
		t.Errorf("%+v", got.Deliveries[0])
	}
}
