package trace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/internal/platforms"
	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
	"github.com/batchgate/batchgate/internal/trace"
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
	conf trace.Config
}

type scratchFile struct{ *os.File }

func (s scratchFile) Close() error {
	_ = s.File.Close()
	return os.Remove(s.Name())
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, dir: t.TempDir(), shop: sandbox.New(sandbox.Config{})}
	if err := os.CopyFS(w.dir, profiles.Scaffold()); err != nil {
		t.Fatal(err)
	}
	for _, dir := range append(profiles.ScaffoldFolders(), "data") {
		if err := os.MkdirAll(filepath.Join(w.dir, dir), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	w.edit("profiles/weber-erp.yaml", "root: erp}", "root: erp, stable_for: 0s}")
	w.edit("connections.yaml", "  platform: shopware\n", "  platform: shopware\n  rate: 1000\n") // this shop needs no rest between calls
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

// edit replaces a text in a file of the home.
func (w *world) edit(name, old, now string) {
	w.Helper()
	path := filepath.Join(w.dir, name)
	text, err := os.ReadFile(path)
	if err != nil {
		w.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		w.Fatalf("%s has no %q", name, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, now, 1)), 0o600); err != nil {
		w.Fatal(err)
	}
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
	led, err := ledger.Open(w.Context(), ledger.Options{DSN: filepath.Join(w.dir, "data/batchgate.db")})
	if err != nil {
		w.Fatal(err)
	}
	store, err := archive.NewFolder(filepath.Join(w.dir, "data/archive"))
	if err != nil {
		w.Fatal(err)
	}
	platform := func(c *profiles.Connection) (gateway.Platform, error) {
		return platforms.Open(c, platforms.Options{HTTP: w.shop.Client().Transport})
	}
	scratch := func() (flow.Scratch, error) {
		f, err := os.CreateTemp(w.TempDir(), "run")
		return scratchFile{f}, err
	}
	arch := archive.New(store, led)
	w.led = led
	w.conf = trace.Config{Home: home, Ledger: led, Archive: arch, Platform: platform, Scratch: scratch}
	w.gate = gateway.New(gateway.Config{Home: home, Ledger: led, Archive: arch, Now: time.Now, Log: slog.New(slog.DiscardHandler), Platform: platform, Scratch: scratch,
		Folder: func(ctx context.Context, c *profiles.Connection) (*transports.Endpoint, error) {
			return transports.Open(ctx, transports.Options{Name: c.ID(), Transport: c.Transport, Root: c.Root})
		}})
	gate := w.gate
	w.Cleanup(func() { _ = gate.Close(); _ = led.Close() })
}

// pin archives the profiles of the home, as a starting gateway does.
func (w *world) pin() {
	w.Helper()
	for _, p := range w.conf.Home.Profiles {
		b := p.Bundle()
		err := w.led.Do(w.Context(), func(tx *ledger.Tx) error {
			if err := tx.PutBlob(archive.Hash(b), b); err != nil {
				return err
			}
			return tx.PutProfile(p.Version, p.Partner, archive.Hash(b), tx.Now())
		})
		if err != nil {
			w.Fatal(err)
		}
	}
}

func (w *world) put(name, content string) {
	w.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, "erp", name), []byte(content), 0o600); err != nil {
		w.Fatal(err)
	}
}

// patience ends a run that goes in circles.
const patience = time.Minute

func (w *world) run() {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	pass, err := w.gate.Run(ctx)
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range pass.Errors {
		w.Error(e)
	}
}

func (w *world) read(name string) string {
	w.Helper()
	b, err := os.ReadFile(filepath.Join(w.dir, "erp", filepath.FromSlash(name)))
	if err != nil {
		w.Fatal(err)
	}
	return string(b)
}

func (w *world) trace(term string) []trace.Chain {
	w.Helper()
	chains, err := trace.Trace(w.Context(), w.conf, term)
	if err != nil {
		w.Fatal(err)
	}
	return chains
}

// delivered gives the chain of a term that has a delivery of a kind; there must be one.
func (w *world) delivered(term, kind string) trace.Chain {
	w.Helper()
	var all []trace.Chain
	for _, c := range w.trace(term) {
		if c.Delivery != nil && c.Delivery.Kind == kind {
			all = append(all, c)
		}
	}
	if len(all) != 1 {
		w.Fatalf("%d chains of %q with a delivery of %s:\n%s", len(all), term, kind, w.print(w.trace(term)...))
	}
	return all[0]
}

func (w *world) print(chains ...trace.Chain) string {
	w.Helper()
	var b bytes.Buffer
	for _, c := range chains {
		if err := trace.Print(&b, c); err != nil {
			w.Fatal(err)
		}
	}
	return b.String()
}

func value(t *testing.T, d trace.Document, field string) trace.Value {
	t.Helper()
	for _, v := range d.Values {
		if v.Field == field {
			return v
		}
	}
	t.Fatalf("no value %s in %+v", field, d)
	return trace.Value{}
}

const order = "10234"

func TestAnOrderGoesBackToTheShopsAnswerAndForthToTheFilesBytes(t *testing.T) {
	w := newWorld(t)
	w.run()
	c := w.delivered(order, "order")
	if !c.Check.Agrees || len(c.Check.Notes) > 0 {
		t.Errorf("the recomputation: %+v", c.Check)
	}
	number := value(t, c.Documents[0], "number")
	if len(number.From) != 1 || number.From[0].Place.Path != "/orderNumber" || number.From[0].Raw != order || number.From[0].Rule.Path == "" {
		t.Errorf("number came from %+v", number.From)
	}
	if len(number.To) != 1 || number.To[0].Place.Tag != "BGM" || !strings.HasSuffix(number.To[0].Rule.File, "orders-d96a.yaml") || number.To[0].Rule.Line == 0 {
		t.Fatalf("number went to %+v", number.To)
	}
	file := w.read(c.File)
	written := 0
	for _, v := range c.Documents[0].Values {
		for _, to := range v.To {
			at := file[to.Place.Offset : to.Place.Offset+int64(to.Place.Length)]
			if plain := strings.ReplaceAll(at, "?", ""); !strings.Contains(plain, strings.ReplaceAll(to.Value, "?", "")) && strings.IndexFunc(to.Value, func(r rune) bool { return r > 126 }) < 0 {
				t.Errorf("%s: %q stands where %q is said to be", v.Field, at, to.Value)
			}
			written++
		}
	}
	if written < 10 {
		t.Errorf("only %d values written", written)
	}
	if len(c.Attempts) < 2 || len(c.Settling) == 0 || c.Arrival.Outcome != "processed" {
		t.Errorf("attempts %d, settling %d, %s", len(c.Attempts), len(c.Settling), c.Arrival.Outcome)
	}
	text := w.print(c)
	for _, want := range []string{`number = 10234 <- /orderNumber "10234" (shopware: number) -> ` + c.Delivery.Name + ":", "segment 2 BGM", "orders-d96a.yaml:", "the same bytes come out", "publish, try 1: done"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if same := w.trace(fmt.Sprintf("d%d", c.Delivery.ID)); len(same) != 1 || same[0].Delivery.ID != c.Delivery.ID || same[0].Arrival.ID != c.Arrival.ID {
		t.Errorf("by the delivery: %+v", same)
	}
	if same := w.trace(c.Delivery.Name); len(same) != 1 || same[0].Delivery.ID != c.Delivery.ID {
		t.Errorf("by the file's name: %+v", same)
	}
}

const (
	header = "Artikelnr;Lager;Bestand\r\n"
	stock  = header + "BG-1001;10;5\r\nBG-1002;10;3\r\nBG-1001;20;7\r\nFREMD;10;1\r\n"
)

func TestAnArticleGoesFromItsRowsToTheSyncCall(t *testing.T) {
	w := newWorld(t)
	w.put("out/STOCK1.CSV", stock)
	w.run()
	c := w.delivered("BG-1001", "stock")
	if len(c.Documents) != 1 || c.Count != 3 {
		t.Fatalf("%d documents of %d", len(c.Documents), c.Count)
	}
	onHand := value(t, c.Documents[0], "on_hand")
	if onHand.Value != "12" || len(onHand.From) != 2 {
		t.Fatalf("%+v", onHand)
	}
	for i, want := range []string{"5", "7"} {
		f := onHand.From[i]
		if at := stock[f.Place.Offset : f.Place.Offset+int64(f.Place.Length)]; at != want || f.Raw != want || f.Value != want {
			t.Errorf("row %d: %q at %+v", i, at, f)
		}
		if f.Place.File != "STOCK1.CSV" || f.Place.Line != []int{2, 4}[i] || f.Rule.Line == 0 {
			t.Errorf("row %d: %+v", i, f)
		}
	}
	if location := value(t, c.Documents[0], "location"); len(location.From) != 2 || location.From[0].Raw != "10" {
		t.Errorf("the warehouses of the sum: %+v", location)
	}
	if len(onHand.To) != 1 || !regexp.MustCompile(`^stock /stock/payload/\d+/stock$`).MatchString(onHand.To[0].Place.Path) || onHand.To[0].Value != "12" {
		t.Errorf("went to %+v", onHand.To)
	}
	if !c.Check.Agrees || len(c.Check.Notes) > 0 {
		t.Errorf("%+v", c.Check)
	}
	if text := w.print(c); strings.Contains(text, "BG-1002") || strings.Contains(text, "FREMD") || !strings.Contains(text, "on_hand = 12") {
		t.Errorf("a trace of one article:\n%s", text)
	}
	if refused := w.delivered("FREMD", "stock").Documents[0].Refused; refused == nil || refused.Rule != "shopware.unknown-sku" {
		t.Errorf("the article that the shop does not have: %+v", refused)
	}
	// Only changes make chains: the second file changes one article.
	w.put("out/STOCK2.CSV", strings.Replace(stock, "BG-1002;10;3", "BG-1002;10;4", 1))
	w.run()
	if n := len(w.trace("BG-1001")); n != 1 {
		t.Errorf("%d chains of an article that stayed", n)
	}
	if n := len(w.trace("BG-1002")); n != 2 {
		t.Errorf("%d chains of an article that changed", n)
	}
}

const retail = "UNA:+.? 'UNB+UNOC:3+4005555000013:14+4012345000009:14+261125:0930+501++++1'" +
	"UNH+1+ORDERS:D:96A:UN'BGM+220+R-77+9'DTM+137:20261125:102'NAD+BY+4005555000013::9'NAD+SU+4012345000009::9'LIN+1++4099999000017:EN'PIA+1+BG-1001:SA'QTY+21:4:PCE'UNS+S'UNT+10+1'" +
	"UNH+2+ORDERS:D:96A:UN'BGM+220+R-78+9'DTM+137:20261125:102'NAD+BY+4005555000013::9'NAD+SU+4012345000009::9'LIN+1++4099999000017:EN'PIA+1+BG-1001:SA'QTY+21:6:PCE'UNS+S'UNT+10+2'UNZ+2+501'"

func TestAControlReferenceGivesTheInterchangeAndItsAcknowledgement(t *testing.T) {
	w := newWorld(t)
	w.put("edi/R1.EDI", retail)
	w.run()
	var orders, answers int
	for _, c := range w.trace("501") {
		switch {
		case c.Delivery == nil:
			t.Errorf("a chain without a delivery: %+v", c)
		case c.Delivery.Kind == "order":
			orders++
			quantity := value(t, c.Documents[0], "lines[1].quantity")
			from := quantity.From[0]
			if at := retail[from.Place.Offset : from.Place.Offset+int64(from.Place.Length)]; at != quantity.Value || from.Place.Tag != "QTY" {
				t.Errorf("quantity %s at %q", quantity.Value, at)
			}
			if len(quantity.To) != 1 || quantity.To[0].Place.Line != 2 {
				t.Errorf("%+v", quantity.To)
			}
		default:
			answers++
		}
		if !c.Check.Agrees {
			t.Errorf("d%d: %+v", c.Delivery.ID, c.Check)
		}
	}
	if orders != 2 || answers != 1 {
		t.Errorf("%d orders, %d acknowledgements", orders, answers)
	}
	if c := w.delivered("R-78", "order"); len(c.Messages) != 1 || c.Messages[0].N != 2 {
		t.Errorf("the second order's message: %+v", c.Messages)
	}
	// Our own interchanges are found by their numbers too.
	control := regexp.MustCompile(`UNB\+[^']*\+(\d+)'`)
	w.run()
	own := w.delivered(order, "order")
	ref := control.FindStringSubmatch(w.read(own.File))[1]
	found := false
	for _, c := range w.trace(ref) {
		found = found || c.Delivery != nil && c.Delivery.ID == own.Delivery.ID
	}
	if !found {
		t.Errorf("control reference %s does not lead to d%d", ref, own.Delivery.ID)
	}
}

func TestAHashOrItsBeginningFindsWhatHasIt(t *testing.T) {
	w := newWorld(t)
	w.put("out/STOCK1.CSV", stock)
	w.run()
	c := w.delivered("BG-1001", "stock")
	for _, term := range []string{archive.Hash([]byte(stock)), archive.Hash([]byte(stock))[:10], c.Delivery.BodyHash, c.Delivery.BodyHash[:8], fmt.Sprintf("a%d", c.Arrival.ID), "STOCK1.CSV"} {
		all := w.trace(term)
		if len(all) != 1 || all[0].Delivery.ID != c.Delivery.ID || len(all[0].Documents) != 3 {
			t.Errorf("%s: %d chains", term, len(all))
		}
	}
	if all := w.trace("nobody knows this"); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

func TestAChangedMappingIsSaid(t *testing.T) {
	const mapping, old, now = "mappings/orders-d96a.yaml", "fit: {parts: 4, width: 35, outside: transliterate}", "fit: {parts: 4, width: 9, outside: transliterate}"
	for _, pinned := range []bool{true, false} {
		t.Run(fmt.Sprintf("pinned=%v", pinned), func(t *testing.T) {
			w := newWorld(t)
			if pinned {
				w.pin()
			}
			w.run()
			w.edit(mapping, old, now)
			w.start()
			c := w.delivered(order, "order")
			if c.Check.Agrees != pinned {
				t.Errorf("agrees: %v", c.Check.Agrees)
			}
			text := w.print(c)
			want := []string{"the profile has changed since", "today's would give other bytes"}
			if !pinned {
				want = []string{"DOES NOT AGREE", "other bytes come out now, from byte", "is not in the archive"}
			}
			for _, s := range want {
				if !strings.Contains(text, s) {
					t.Errorf("no %q in\n%s", s, text)
				}
			}
		})
	}
}

func TestAMappingThatReadsOtherValuesIsSaid(t *testing.T) {
	w := newWorld(t)
	w.put("out/STOCK1.CSV", stock)
	w.run()
	w.edit("mappings/stock-csv.yaml", `{decimal: ","}`, `{decimal: "."}`)
	w.edit("mappings/stock-csv.yaml", "unknown: drop", "unknown: pass")
	w.edit("mappings/stock-csv.yaml", "group: {by: sku, sum: on_hand}", "")
	w.edit("profiles/weber-erp.yaml", "stock: {means: available, counts_web_orders: fetched}", "")
	w.start()
	c := w.delivered("BG-1001", "stock")
	if c.Check.Agrees || !strings.Contains(w.print(c), "archived bytes") {
		t.Errorf("\n%s", w.print(c))
	}
}

func TestAlteredBytesAreSaid(t *testing.T) {
	w := newWorld(t)
	long := header
	for i := range 400 { // more than lies in the ledger
		long += fmt.Sprintf("%0200d;10;5\r\n", i)
	}
	long += "BG-1001;10;5\r\n"
	w.put("out/STOCK1.CSV", long)
	w.run()
	hash := archive.Hash([]byte(long))
	path := filepath.Join(w.dir, "data/archive", hash[:2], hash[2:])
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(long, "BG-1001;10;5", "BG-1001;10;6", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	c := w.delivered("BG-1001", "stock")
	if text := w.print(c); !strings.Contains(text, archive.ErrAltered.Error()) || c.Check.Agrees {
		t.Errorf("\n%s", text)
	}
}

func TestWhatHadNoEffectHasAChainWithoutADelivery(t *testing.T) {
	w := newWorld(t)
	w.put("edi/R1.EDI", retail)
	w.run()
	w.put("edi/R2.EDI", strings.Replace(retail, "+501", "+502", 2))
	w.run()
	repeated := 0
	for _, c := range w.trace("R-77") {
		if c.Delivery == nil {
			repeated++
			if c.Documents[0].State != "repeated" || value(t, c.Documents[0], "number").From[0].Raw != "R-77" || !strings.Contains(w.print(c), "nothing was sent") {
				t.Errorf("%+v", c.Documents)
			}
		}
	}
	if repeated != 1 {
		t.Errorf("%d chains of the repetition", repeated)
	}
}

func TestChainsAreJSON(t *testing.T) {
	w := newWorld(t)
	w.put("out/STOCK1.CSV", stock)
	w.run()
	for _, c := range append(w.trace("BG-1001"), w.trace(order)...) {
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back trace.Chain
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if w.print(back) != w.print(c) {
			t.Errorf("then:\n%s\nfirst:\n%s", w.print(back), w.print(c))
		}
	}
}

const report = "UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+94'" +
	"UNH+1+INVRPT:D:96A:UN'BGM+35+IR1+9'DTM+137:20261125:102'LIN+1++BG-1002:SA'PIA+1+BG-1002:SA'LOC+18+10'QTY+145:8:PCE'UNT+8+1'" +
	"UNH+2+INVRPT:D:96A:UN'BGM+35+IR2+9'DTM+137:20261125:102'LIN+1++BG-1001:SA'PIA+1+BG-1001:SA'LOC+18+10'QTY+145:33:PCE'UNT+8+2'UNZ+2+94'"

func TestAnArticleOfAReportNamesItsMessage(t *testing.T) {
	w := newWorld(t)
	w.put("out/IR.EDI", report)
	w.run()
	c := w.delivered("BG-1001", "stock")
	if len(c.Messages) != 1 || c.Messages[0].Reference != "2" || !c.Check.Agrees {
		t.Errorf("%+v %+v", c.Messages, c.Check)
	}
	from := value(t, c.Documents[0], "on_hand").From[0].Place
	if at := report[from.Offset : from.Offset+int64(from.Length)]; at != "33" || from.Message != "2" {
		t.Errorf("%q at %+v", at, from)
	}
}

func TestAFlowThatIsGoneIsSaid(t *testing.T) {
	w := newWorld(t)
	w.run()
	w.edit("profiles/weber-erp.yaml", "  orders:\n", "  shop-orders:\n")
	w.start()
	c := w.delivered(order, "order")
	if c.Check.Agrees || !strings.Contains(w.print(c), "is in no profile of this home") || value(t, c.Documents[0], "number").Value != order {
		t.Errorf("\n%s", w.print(c))
	}
}
