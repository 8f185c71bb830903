package gateway_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/internal/platforms/shopware"
	"github.com/batchgate/batchgate/profiles"
	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/local"
)

// inFlight is how many calls, or files, are under way at the same time, in the gateway and in what it is measured against.
const inFlight = 32

const benchConnections = `
shop: {platform: shopware, url: env:SHOP_URL, client_id: id, client_secret: env:SHOP_SECRET, in_flight: %d}
`

const benchProfile = `
partner: erp
status: live
identities: {unb: ["4301234000009:14"]}
us: {unb: "4012345000009:14"}
zone: Europe/Berlin
connections:
  erp: {transport: local, root: erp, stable_for: 0s, in_flight: %d}
flows:
`

const stockFlow = `
  stock:
    from: {connection: erp, folder: out, match: "STOCK*.CSV"}
    mapping: stock-list
    to: shop
    full_file: {missing: hold}
`

const despatchFlow = `
  despatch:
    from: {connection: erp, folder: out, match: "*.EDI"}
    mapping: desadv-d96a
    to: shop
    shipment: {ship: false}
`

const ordersFlow = `
  orders:
    from: {connection: shop, kind: order, start_at: 2026-01-01}
    mapping: orders-d96a
    to: {connection: erp, folder: in, name: "ORD{control:6}.EDI"}
    charset: {level: UNOC, outside: transliterate}
`

const stockList = `
format: delimited
delimiter: ";"
charset: windows-1252
header: {required: [Artikelnr, Bestand]}
document: {kind: stock, each: row}
map:
  sku:     {path: Artikelnr, as: text}
  on_hand: {path: Bestand, as: {decimal: ","}}
`

// mill is a home with one flow, an ERP's folders, and what was counted while it worked.
type mill struct {
	testing.TB
	dir   string
	gate  *gateway.Gateway
	led   *ledger.Ledger
	arch  *archive.Archive
	home  *profiles.Home
	syncs atomic.Int64 // of files and folders
}

func newMill(tb testing.TB, flow string) *mill {
	tb.Helper()
	m := &mill{TB: tb, dir: tb.TempDir()}
	m.must(os.CopyFS(m.dir, profiles.Scaffold()))
	for _, dir := range []string{"erp/out", "erp/in", "data"} {
		m.must(os.MkdirAll(filepath.Join(m.dir, dir), 0o750))
	}
	m.must(os.Remove(filepath.Join(m.dir, "profiles/weber-erp.yaml")))
	for name, text := range map[string]string{
		"profiles/erp.yaml":        fmt.Sprintf(benchProfile, inFlight) + flow,
		"connections.yaml":         fmt.Sprintf(benchConnections, inFlight),
		"mappings/stock-list.yaml": stockList,
	} {
		m.must(os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o600))
	}
	return m
}

func (m *mill) must(err error) {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
}

// start opens the home for a shop at an address.
func (m *mill) start(url string) {
	m.Helper()
	env := map[string]string{"SHOP_URL": url, "SHOP_SECRET": "secret"}
	home, found := profiles.LoadDir(m.dir, profiles.Options{Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if found.HasErrors() {
		m.Fatal(found)
	}
	m.home = home
	var err error
	m.led, err = ledger.Open(m.Context(), ledger.Options{DSN: filepath.Join(m.dir, "data/batchgate.db")})
	m.must(err)
	store, err := archive.NewFolder(filepath.Join(m.dir, "data/archive"))
	m.must(err)
	m.arch = archive.New(store, m.led)
	m.gate = gateway.New(gateway.Config{Home: home, Ledger: m.led, Archive: m.arch, Now: time.Now, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Folder: func(_ context.Context, c *profiles.Connection) (*transports.Endpoint, error) {
			conn, err := local.Open(c.Root)
			return transports.New(c.ID(), counting{conn, &m.syncs}), err
		},
		Platform: func(c *profiles.Connection) (gateway.Platform, error) {
			return platform{shopware.New(shopware.Config{URL: c.URL, ClientID: "id", Secret: func() (string, error) { return "secret", nil }, Page: 100})}, nil
		},
		Scratch: func() (flow.Scratch, error) {
			f, err := os.CreateTemp(filepath.Join(m.dir, "data"), "run")
			return scratchFile{f}, err
		}})
}

func (m *mill) stop() {
	m.Helper()
	m.must(errors.Join(m.gate.Close(), m.led.Close()))
}

func (m *mill) run() {
	m.Helper()
	pass, err := m.gate.Run(m.Context())
	m.must(errors.Join(append(pass.Errors, err)...))
}

// settled fails unless n arrivals were processed.
func (m *mill) settled(n int) {
	m.Helper()
	m.must(m.led.View(m.Context(), func(tx *ledger.Tx) error {
		all, err := tx.Arrivals(ledger.ArrivalFilter{})
		done := 0
		for _, a := range all {
			if a.State == ledger.ArrivalSettled && a.Outcome == string(flow.Processed) {
				done++
			} else {
				m.Logf("%s: %s %s %s", a.Name, a.State, a.Outcome, a.Reason)
			}
		}
		if done != n {
			m.Fatalf("%d arrivals of %d processed, %d wanted", done, len(all), n)
		}
		return err
	}))
}

// platform is a shop without the limit of calls a second that profiles set.
type platform struct{ shop *shopware.Shop }

func (p platform) Source(f *profiles.Flow) flow.Source {
	return p.shop.Orders(shopware.OrderOptions{StartAt: f.From.StartAt, Field: f.Exported.Field})
}
func (p platform) Reader(f *profiles.Flow) flow.Reader {
	return shopware.Reader{Amounts: f.Amounts.Rule}
}
func (p platform) Target(f *profiles.Flow) flow.Target {
	return p.shop.Target(shopware.TargetOptions{UnknownSKU: f.UnknownSKU, UnknownOrder: f.UnknownOrder, Ship: f.Shipment.Ship})
}

// counting counts what is brought to the disk.
type counting struct {
	driver.Conn
	syncs *atomic.Int64
}

func (c counting) SyncDir(ctx context.Context, dir string) error {
	c.syncs.Add(1)
	return c.Conn.SyncDir(ctx, dir)
}

func (c counting) Create(ctx context.Context, name string) (driver.Writer, error) {
	w, err := c.Conn.Create(ctx, name)
	return countingWriter{w, c.syncs}, err
}

// Together counts as one sync.
func (c counting) Together(ctx context.Context, dir string) (func() error, error) {
	bulk, ok := c.Conn.(driver.Bulk)
	if !ok {
		return nil, driver.Faultf(driver.Unsupported, "one by one")
	}
	c.syncs.Add(1)
	return bulk.Together(ctx, dir)
}

type countingWriter struct {
	driver.Writer
	syncs *atomic.Int64
}

func (w countingWriter) Sync() error {
	w.syncs.Add(1)
	return w.Writer.Sync()
}

const (
	stockRows = 1_000_000
	// childHome is the home that a copy of the test binary works through, and childShop the shop's address.
	childHome = "BATCHGATE_GATEWAY_HOME"
	childShop = "BATCHGATE_GATEWAY_SHOP"
)

// stockFile makes a stock list; each round differs from the one before in one row of a hundred.
func stockFile(round int) []byte {
	var b bytes.Buffer
	b.WriteString("Artikelnr;Bezeichnung;Lager;Bestand;Einheit;EAN;Datum\r\n")
	for i := range stockRows {
		stock := i * 7 % 900
		if i%100 < round {
			stock++
		}
		fmt.Fprintf(&b, "ART-%07d;Winkelschleifer %d mm, Modell %d;10;%d,00;PCE;40123%08d;25.11.2026\r\n", i, 115+i%5*10, i%977, stock, i)
	}
	return b.Bytes()
}

// csvPass reads a file with encoding/csv and does nothing with it.
func csvPass(tb testing.TB, file []byte) time.Duration {
	start := time.Now()
	r := csv.NewReader(bytes.NewReader(file))
	r.Comma, r.ReuseRecord = ';', true
	for {
		if _, err := r.Read(); err == io.EOF {
			return time.Since(start)
		} else if err != nil {
			tb.Fatal(err)
		}
	}
}

// know makes what a file says the baseline of the shop.
func (m *mill) know(file []byte) {
	m.Helper()
	f, _ := m.home.Flow("erp/stock")
	c, err := flow.NewCompare(flow.CompareOptions{Kind: document.Stock, Scratch: m.gate.Scratch})
	m.must(err)
	defer c.Close()
	_, err = f.Read.ReadRows(bytes.NewReader(file), "f", mapping.ReadOptions{Emit: func(d *document.Document) error { return c.Add(1, d) }})
	m.must(err)
	var snapshot bytes.Buffer
	_, err = c.Finish(nil, nil, func(change flow.Change) error {
		snapshot.Write(flow.AppendEntry(nil, flow.Entry{Hash: flow.HashKey(change.Key), Fingerprint: change.Fingerprint, Key: change.Key}))
		return nil
	})
	m.must(err)
	taken, err := m.arch.Take(m.Context(), &snapshot)
	m.must(err)
	m.must(m.led.Do(m.Context(), func(tx *ledger.Tx) error { return tx.SetBaseline("erp/stock>shop", taken.Hash, stockRows, 0) }))
}

// BenchmarkStockFile takes a file of a million rows of which one in a hundred differs from what the shop has. x-csv is the
// time from the file in its folder to the last call answered, as multiples of one encoding/csv pass over the same bytes;
// x-csv-settled the time until the file was moved away. peak-MB is the greatest memory of a process that does just that.
func BenchmarkStockFile(b *testing.B) {
	if dir := os.Getenv(childHome); dir != "" {
		m := &mill{TB: b, dir: dir}
		m.start(os.Getenv(childShop))
		defer m.stop()
		m.run()
		fmt.Printf("peak %d\n", peakKB(b))
		return
	}
	shop := newInstantShop(b)
	m := newMill(b, stockFlow)
	m.start(shop.URL)
	m.know(stockFile(0))
	var called, settled, limit time.Duration
	peak, rounds := 0, 0
	drop := func() []byte {
		rounds++
		file := stockFile(rounds)
		m.must(os.WriteFile(filepath.Join(m.dir, "erp/out", fmt.Sprintf("STOCK%d.CSV", rounds)), file, 0o600))
		return file
	}
	for b.Loop() {
		if peak == 0 {
			drop()
			m.stop()
			peak = m.child(shop.URL)
			m.start(shop.URL)
		}
		limit += csvPass(b, drop())
		start := time.Now()
		m.run()
		settled += time.Since(start)
		called += shop.lastAnswer().Sub(start)
	}
	m.settled(rounds)
	m.stop()
	b.ReportMetric(float64(called)/float64(limit), "x-csv")
	b.ReportMetric(float64(settled)/float64(limit), "x-csv-settled")
	b.ReportMetric(float64(limit.Milliseconds())/float64(b.N), "csv-ms")
	b.ReportMetric(float64(peak)/1000, "peak-MB")
}

// child works through the home in another process and gives its greatest memory in kB.
func (m *mill) child(url string) int {
	m.Helper()
	cmd := exec.CommandContext(m.Context(), os.Args[0], "-test.run", "^$", "-test.bench", "^BenchmarkStockFile$", "-test.benchtime", "1x")
	cmd.Env = append(os.Environ(), childHome+"="+m.dir, childShop+"="+url)
	out, err := cmd.CombinedOutput()
	_, rest, _ := strings.Cut(string(out), "peak ")
	peak, scanErr := strconv.Atoi(strings.Fields(rest + " -")[0])
	if err != nil || scanErr != nil {
		m.Fatalf("%v, %v: %s", err, scanErr, out)
	}
	return peak
}

// peakKB is the greatest memory of this process so far, as Linux counts it.
func peakKB(tb testing.TB) (kb int) {
	tb.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Skip("needs Linux, which tells the peak of memory")
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	_, err = fmt.Sscan(rest, &kb)
	if err != nil {
		tb.Fatal(err)
	}
	return kb
}

// cpuTime is what the processors have spent on this process, to the hundredth of a second, as Linux counts it; 0 elsewhere.
func cpuTime() time.Duration {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // behind the name, which may hold blanks
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

const manyFiles = 10_000

// despatch is a despatch advice of one order.
func despatch(i int) string {
	return fmt.Sprintf("UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+%d'UNH+1+DESADV:D:96A:UN'BGM+351+LS%06d+9'DTM+137:20261125:102'"+
		"DTM+11:20261125:102'RFF+ON:%d'NAD+BY+4012345000009::9'NAD+CA+++DHL'CPS+1'PAC+1++CT'PCI+33E'RFF+CN:00340434%010d'LIN+1++4099999000017:EN'PIA+1+BG-1001:SA'QTY+12:4:PCE'UNT+15+1'UNZ+1+%d'",
		i+1, i, 100000+i, i, i+1)
}

// BenchmarkDespatchAdvices takes files of one despatch advice each, for each of which the order is looked up in the shop
// and its delivery written. flushes/document counts commits of the ledger and syncs of files and folders; x-raw-calls is
// the rate of calls against that of a bare HTTP client with as many calls in flight, over the same shop.
func BenchmarkDespatchAdvices(b *testing.B) {
	shop := newInstantShop(b)
	var called, settled, raw, cpu, rawCPU time.Duration
	var flushes, commits, calls int64
	for b.Loop() {
		m := newMill(b, despatchFlow)
		for i := range manyFiles {
			m.must(os.WriteFile(filepath.Join(m.dir, "erp/out", fmt.Sprintf("DES%06d.EDI", i)), []byte(despatch(i)), 0o600))
		}
		m.start(shop.URL)
		before := shop.calls.Load()
		beforeCommits, beforeCPU := m.led.Commits(), cpuTime()
		start := time.Now()
		m.run()
		settled += time.Since(start)
		cpu += cpuTime() - beforeCPU
		called += shop.lastAnswer().Sub(start)
		calls += shop.calls.Load() - before
		commits += m.led.Commits() - beforeCommits
		flushes += m.led.Commits() - beforeCommits + m.syncs.Load()
		m.settled(manyFiles)
		m.stop()
		beforeCPU = cpuTime()
		raw += shop.rawCalls(2 * manyFiles)
		rawCPU += cpuTime() - beforeCPU
	}
	documents := float64(b.N) * manyFiles
	b.ReportMetric(float64(flushes)/documents, "flushes/document")
	b.ReportMetric(float64(commits)/documents, "commits/document")
	b.ReportMetric(float64(calls)/settled.Seconds()/(2*documents/raw.Seconds()), "x-raw-calls")
	b.ReportMetric(float64(calls)/called.Seconds()/(2*documents/raw.Seconds()), "x-raw-calls-to-last")
	b.ReportMetric(documents/settled.Seconds(), "documents/s")
	b.ReportMetric(float64(cpu.Microseconds())/documents, "cpu-µs/document")
	b.ReportMetric(float64(rawCPU.Microseconds())/documents, "raw-cpu-µs/document")
}

// BenchmarkOrdersToFiles takes orders of a shop into files, one each, and marks them in the shop.
func BenchmarkOrdersToFiles(b *testing.B) {
	shop := newInstantShop(b)
	shop.sell(manyFiles)
	var settled, cpu time.Duration
	var flushes, commits int64
	for b.Loop() {
		m := newMill(b, ordersFlow)
		m.start(shop.URL)
		before, beforeCPU := m.led.Commits(), cpuTime()
		start := time.Now()
		m.run()
		settled += time.Since(start)
		cpu += cpuTime() - beforeCPU
		commits += m.led.Commits() - before
		flushes += m.led.Commits() - before + m.syncs.Load()
		m.settled(manyFiles)
		m.stop()
	}
	documents := float64(b.N) * manyFiles
	b.ReportMetric(float64(flushes)/documents, "flushes/file")
	b.ReportMetric(float64(commits)/documents, "commits/file")
	b.ReportMetric(documents/settled.Seconds(), "files/s")
	b.ReportMetric(float64(cpu.Microseconds())/documents, "cpu-µs/file")
}
