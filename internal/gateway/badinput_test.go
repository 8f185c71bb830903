package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
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
	transport "github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/drivertest"
	"github.com/batchgate/batchgate/transports/local"
)

// lab is a world with a clock of its own and with faults at its edges. Faults are set between runs.
type lab struct {
	*world
	ahead atomic.Int64
	step  func(drivertest.Step) error // sees every call of the ERP's folders
	call  func(*http.Request)         // sees every call of the shop
	put   func() error                // an error is that of the archive's store
}

func newLab(t *testing.T, edit func(string) string) *lab {
	t.Helper()
	l := &lab{world: newWorld(t, edit)}
	if err := errors.Join(l.gate.Close(), l.led.Close()); err != nil {
		t.Fatal(err)
	}
	home, found := profiles.LoadDir(l.dir, profiles.Options{Getenv: func(name string) (string, bool) {
		v, ok := map[string]string{"SHOP_URL": "http://shop.example", "SHOP_ID": "sandbox", "SHOP_SECRET": "sandbox-secret"}[name]
		return v, ok
	}})
	if found.HasErrors() {
		t.Fatal(found)
	}
	var err error
	if l.led, err = ledger.Open(t.Context(), ledger.Options{DSN: filepath.Join(l.dir, "data/batchgate.db"), Now: l.now}); err != nil {
		t.Fatal(err)
	}
	store, err := archive.NewFolder(filepath.Join(l.dir, "data/archive"))
	if err != nil {
		t.Fatal(err)
	}
	l.gate = gateway.New(gateway.Config{Home: home, Ledger: l.led, Archive: archive.New(faultyStore{store, l}, l.led), Now: l.now, Log: slog.New(slog.DiscardHandler),
		Folder: func(_ context.Context, c *profiles.Connection) (*transports.Endpoint, error) {
			conn, err := local.Open(c.Root)
			if err != nil {
				return nil, err
			}
			return transports.New(c.ID(), drivertest.Watch(conn, func(s drivertest.Step) error {
				if l.step == nil {
					return nil
				}
				return l.step(s)
			})), nil
		},
		Platform: func(c *profiles.Connection) (gateway.Platform, error) {
			return platforms.Open(c, platforms.Options{Now: l.now, HTTP: roundTripper(func(r *http.Request) (*http.Response, error) {
				if l.call != nil {
					l.call(r)
				}
				return l.shop.Client().Transport.RoundTrip(r)
			})})
		},
		Scratch: func() (flow.Scratch, error) {
			f, err := os.CreateTemp(l.TempDir(), "run")
			return scratchFile{f}, err
		}})
	gate, led := l.gate, l.led
	t.Cleanup(func() { _ = gate.Close(); _ = led.Close() })
	return l
}

type faultyStore struct {
	archive.Store
	lab *lab
}

func (s faultyStore) Put(ctx context.Context, r io.Reader) (archive.Ref, error) {
	if s.lab.put != nil {
		if err := s.lab.put(); err != nil {
			return archive.Ref{}, err
		}
	}
	return s.Store.Put(ctx, r)
}

func (l *lab) now() time.Time { return time.Now().Add(time.Duration(l.ahead.Load())) }

// pass runs once; sources may be out of reach.
func (l *lab) pass() gateway.Pass {
	l.Helper()
	ctx, cancel := context.WithTimeout(l.Context(), patience)
	defer cancel()
	p, err := l.gate.Run(ctx)
	if err != nil {
		l.Fatal(err)
	}
	return p
}

// later runs again when some time has gone by.
func (l *lab) later(d time.Duration) gateway.Pass {
	l.Helper()
	l.ahead.Add(int64(d))
	return l.pass()
}

// drop puts a file for the gateway, as the ERP does.
func (l *lab) drop(name, content string) {
	l.Helper()
	l.world.put(name, content)
}

// of gives the newest arrival of a name.
func (l *lab) of(name string) (a ledger.Arrival) {
	l.Helper()
	for _, one := range l.arrivals() {
		if one.Name == name {
			a = one
		}
	}
	if a.ID == 0 {
		l.Fatalf("no arrival %q", name)
	}
	return a
}

// wants compares an arrival's end: its outcome, or its state where it has none, and the reasons.
func (l *lab) wants(name string, end string, reasons ...string) ledger.Arrival {
	l.Helper()
	a := l.of(name)
	if got := string(a.State); a.Outcome != end && got != end {
		l.Errorf("%s: %s %s, want %s: %s", name, a.State, a.Outcome, end, a.Reason)
	}
	for _, r := range reasons {
		if !strings.Contains(a.Reason, r) {
			l.Errorf("%s: the reason is\n%s\nwithout %q", name, a.Reason, r)
		}
	}
	return a
}

// lies compares a file of the ERP's folders with what it should hold. {day} in its name is the folder of the day.
func (l *lab) lies(name, want string) {
	l.Helper()
	name = strings.Replace(name, "{day}", l.now().Format("2006/01/02"), 1)
	got, err := os.ReadFile(filepath.Join(l.dir, "erp", name))
	if err != nil {
		l.Errorf("%v; there are %q", err, l.files(strings.SplitN(name, "/", 2)[0]))
		return
	}
	if string(got) != want {
		l.Errorf("%s holds %q, want %q", name, got, want)
	}
}

// says looks for words in a file of the ERP's folders.
func (l *lab) says(name string, words ...string) {
	l.Helper()
	text := l.read(name)
	for _, w := range words {
		if !strings.Contains(text, w) {
			l.Errorf("%s says %q and not %q", name, text, w)
		}
	}
	if lines := strings.Split(text, "\n"); len(lines) > 1 && slices.Contains(lines[1:], lines[0]) {
		l.Errorf("%s says something twice: %q", name, text)
	}
}

func (l *lab) stock(want map[string]int64) {
	l.Helper()
	for sku, n := range want {
		if got, _ := l.shop.Stock(sku); got != n {
			l.Errorf("stock of %s is %d, want %d", sku, got, n)
		}
	}
}

// deliveries gives those of an arrival.
func (l *lab) deliveries(arrival int64) (all []ledger.Delivery) {
	l.Helper()
	err := l.led.View(l.Context(), func(tx *ledger.Tx) error {
		var err error
		all, err = tx.Deliveries(ledger.DeliveryFilter{Arrival: arrival})
		return err
	})
	if err != nil {
		l.Fatal(err)
	}
	return all
}

// findings gives the rules of an arrival's findings.
func (l *lab) findings(arrival int64) (rules []string) {
	l.Helper()
	err := l.led.View(l.Context(), func(tx *ledger.Tx) error {
		all, err := tx.Findings(arrival)
		for _, f := range all {
			rules = append(rules, f.Rule)
		}
		return err
	})
	if err != nil {
		l.Fatal(err)
	}
	return rules
}

const retailEnvelope = "UNA:+.? 'UNB+UNOC:3+4005555000013:14+4012345000009:14+261125:0930+501++++1'"

func TestABrokenInterchangeHasNoEffectAndTheMendedOneHas(t *testing.T) {
	whole := retailEnvelope + retail + "UNZ+1+501'"
	second := strings.NewReplacer("UNH+1+", "UNH+2+", "R-77", "R-78", "UNT+10+1", "UNT+10+2").Replace(retail)
	for name, c := range map[string]struct{ content, message, answer string }{
		"cut within a segment":    {retailEnvelope + retail + second[:60], "the file ends within a segment; the file is not complete", "UCI+501+4005555000013:14+4012345000009:14+4"},
		"cut behind a message":    {retailEnvelope + retail, "the file ends before UNZ; the file is not complete", "UCI+501+4005555000013:14+4012345000009:14+4"},
		"wrong UNT count":         {retailEnvelope + strings.Replace(retail, "UNT+10", "UNT+9", 1) + "UNZ+1+501'", "UNT says 9 segments, counted 10", "UCM+1+ORDERS:D:96A:UN+4+29"},
		"wrong UNZ count":         {retailEnvelope + retail + "UNZ+2+501'", "UNZ says 2 messages, counted 1", "UCI+501+4005555000013:14+4012345000009:14+4+29+UNZ"},
		"wrong UNZ reference":     {retailEnvelope + retail + "UNZ+1+502'", `UNZ has the reference "502"`, "UCI+501+4005555000013:14+4012345000009:14+4"},
		"undeclared byte":         {strings.Replace(whole, "UNOC", "UNOA", 1)[:110] + "\xfc" + strings.Replace(whole, "UNOC", "UNOA", 1)[110:], "byte 0xFC is not a character of UNOA", "UCM+1+ORDERS:D:96A:UN+4"},
		"no message":              {retailEnvelope + "UNZ+0+501'", "the interchange holds no message", "UCI+501+4005555000013:14+4012345000009:14+4"},
		"no bytes":                {"", "the file is empty; ask the sender for the file again", ""},
		"UNB alone":               {"UNB", "no interchange begins in this file", ""},
		"UNB without any element": {"UNB'", "UNB", ""},
		"no EDIFACT":              {"\x00\x01\xff hello", "no interchange begins in this file", ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, nil)
			l.drop("edi/R1.EDI", c.content)
			l.run()
			a := l.wants("R1.EDI", string(flow.Failed), c.message)
			l.lies("edi/failed/R1.EDI", c.content)
			l.says(fmt.Sprintf("edi/failed/R1.EDI.a%d.reason.txt", a.ID), c.message)
			if got := l.files("import"); len(got) > 0 {
				t.Errorf("import: %v", got)
			}
			answers := l.files("edi-out")
			if len(answers) > 1 || (len(answers) == 1) != (c.answer != "") {
				t.Fatalf("edi-out: %v", answers)
			}
			for _, answer := range answers {
				l.says("edi-out/"+answer, c.answer)
			}
			l.drop("edi/R2.EDI", whole)
			l.run()
			l.wants("R2.EDI", string(flow.Processed))
			if got := l.files("import"); len(got) != 1 || !strings.Contains(l.read("import/"+got[0]), "R-77") {
				t.Errorf("import after the mended file: %v", got)
			}
		})
	}
}

func TestABrokenMessageCostsNoOther(t *testing.T) {
	l := newLab(t, nil)
	bad := strings.NewReplacer("UNH+1+", "UNH+2+", "R-77", "R-78", "UNT+10+1", "UNT+10+2", "QTY+21:4:PCE", "QTY+21:vier:PCE").Replace(retail)
	file := retailEnvelope + retail + bad + "UNZ+2+501'"
	l.drop("edi/R1.EDI", file)
	l.run()
	a := l.wants("R1.EDI", string(flow.PartlyFailed), `lines[1].quantity: "vier" is not a number`)
	if a.Documents != 1 || a.Failed != 1 {
		t.Errorf("%d documents, %d failed", a.Documents, a.Failed)
	}
	l.lies("edi/processed/{day}/R1.EDI", file)
	if got := l.files("import"); len(got) != 1 {
		t.Errorf("import: %v", got)
	}
	l.drop("edi/R2.EDI", strings.Replace(file, "vier", "5", 1))
	l.run()
	if got := l.files("import"); len(got) != 2 {
		t.Errorf("import after the mended file: %v", got)
	}
}

func TestAFileOfRowsThatIsWrongAsAWholeHasNoEffect(t *testing.T) {
	for name, c := range map[string]struct{ content, message string }{
		"no bytes":        {"", "the file is empty: 0 bytes; a file without records is often a failed export"},
		"missing column":  {"Artikelnr;Bestand\r\nBG-1001;5\r\n", `column "Lager" is missing; the header has Artikelnr, Bestand`},
		"open quotes":     {header + "BG-1001;10;5\r\n\"BG-1002;10;4\r\n", "the file ends within the quotes opened here; ask for the whole file"},
		"other delimiter": {"Artikelnr,Lager,Bestand\r\nBG-1001,10,5\r\n", `column "Artikelnr" is missing`},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, nil)
			l.drop("out/STOCK1.CSV", c.content)
			l.run()
			a := l.wants("STOCK1.CSV", string(flow.Failed), c.message)
			l.lies("out/failed/STOCK1.CSV", c.content)
			l.says(fmt.Sprintf("out/failed/STOCK1.CSV.a%d.reason.txt", a.ID), c.message)
			if n := l.effects("product", "stock"); n > 0 {
				t.Errorf("%d stocks written", n)
			}
			l.drop("out/STOCK1.CSV", header+"BG-1001;10;5\r\n")
			l.run()
			l.stock(map[string]int64{"BG-1001": 5})
		})
	}
}

func TestAnUnknownColumnIsSaidAndNoFault(t *testing.T) {
	l := newLab(t, nil)
	l.drop("out/STOCK1.CSV", "Artikelnr;Lager;Bestand;Neu\r\nBG-1001;10;5;x\r\n")
	l.run()
	a := l.wants("STOCK1.CSV", string(flow.Processed))
	if got := l.findings(a.ID); !slices.Equal(got, []string{"flatfile.column-extra"}) {
		t.Errorf("findings %v", got)
	}
	l.stock(map[string]int64{"BG-1001": 5})
}

func TestGoodRowsGoOutAndTheOthersComeBackToBeMended(t *testing.T) {
	// Vanished articles become zero: the remainder names few, and must not be taken for a whole file.
	l := newLab(t, func(p string) string { return strings.Replace(p, "missing: leave", "missing: zero", 1) })
	bad := "BG-1002;10;f\xfcnf\r\nBG-1003;10\r\nBG-1004;10;4;5\r\nBG-\x811005;10;4\r\n"
	l.drop("out/STOCK1.CSV", header+"BG-1001;10;5\r\n"+bad+"BG-1006;10;6\r\n")
	l.run()
	a := l.wants("STOCK1.CSV", string(flow.PartlyFailed),
		`STOCK1.CSV:3:12 (record 2, field Bestand): error: on_hand: "fünf" is not a number`,
		"STOCK1.CSV:4:11 (record 3, field Bestand): error: the record has 2 of 3 fields: field Bestand is missing",
		"STOCK1.CSV:5:14 (record 4, field 4): error: the record has 4 fields, not 3",
		"STOCK1.CSV:6:4 (record 5, field Artikelnr): error: byte 0x81 is not a character of windows-1252; it is 'ü' in ibm850")
	if a.Documents != 2 || a.Failed != 4 {
		t.Errorf("%d documents, %d failed", a.Documents, a.Failed)
	}
	l.stock(map[string]int64{"BG-1001": 5, "BG-1006": 6})
	rest := fmt.Sprintf("STOCK1.rest-a%d.CSV", a.ID)
	l.lies("out/failed/"+rest, header+bad)
	l.says("out/failed/"+rest+fmt.Sprintf(".a%d.reason.txt", a.ID), "4:11", "is not a number", "0x81")

	mended := strings.NewReplacer("f\xfcnf", "5", "BG-1003;10\r", "BG-1003;10;3\r", ";4;5", ";4", "\x81", "").Replace(l.read("out/failed/" + rest))
	if err := os.Remove(filepath.Join(l.dir, "erp/out/failed", rest)); err != nil {
		t.Fatal(err)
	}
	l.drop("out/"+rest, mended)
	l.run()
	if b := l.wants(rest, string(flow.Processed)); b.RemainderOf != a.ID {
		t.Errorf("it counts as the remainder of a%d, not of a%d", b.RemainderOf, a.ID)
	}
	l.stock(map[string]int64{"BG-1001": 5, "BG-1002": 5, "BG-1003": 3, "BG-1004": 4, "BG-1005": 4, "BG-1006": 6})
}

func TestFailedRowsOfAnOldFileDoNotOverwriteANewerOne(t *testing.T) {
	l := newLab(t, nil)
	l.drop("out/STOCK1.CSV", header+"BG-1001;10;5\r\nBG-1002;10;x\r\n")
	l.run()
	rest := fmt.Sprintf("STOCK1.rest-a%d.CSV", l.of("STOCK1.CSV").ID)
	l.drop("out/STOCK2.CSV", header+"BG-1001;10;6\r\nBG-1002;10;9\r\n")
	l.run()
	l.drop("out/"+rest, header+"BG-1002;10;8\r\n")
	l.run()
	if a := l.wants(rest, string(flow.Processed)); !slices.Contains(l.findings(a.ID), "stock.overtaken") {
		t.Errorf("findings %v", l.findings(a.ID))
	}
	l.stock(map[string]int64{"BG-1001": 6, "BG-1002": 9})
}

// append writes on in a file of the ERP's folders.
func (l *lab) append(name, more string) {
	f, err := os.OpenFile(filepath.Join(l.dir, "erp", name), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(more)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		l.Error(err)
	}
}

func TestAFileThatGrowsWhileItIsLookedAtIsTakenWhole(t *testing.T) {
	half, rest := header+"BG-1001;10;5\r\nBG-1002;1", "0;3\r\nBG-1003;10;4\r\n"
	for name, c := range map[string]struct {
		op, file string
		after    bool
	}{
		"between two looks": {"list", "out", true},
		"before its claim":  {"rename", "out/STOCK1.CSV", false},
		"after its claim":   {"rename", "out/STOCK1.CSV", true},
		"before it is read": {"open", "out/.batchgate/a1-STOCK1.CSV", true},
		"while it is read":  {"read", "out/.batchgate/a1-STOCK1.CSV", true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, nil)
			l.drop("out/STOCK1.CSV", half)
			var once sync.Once
			l.step = func(s drivertest.Step) error {
				if s.Op == c.op && s.Name == c.file && s.After == c.after {
					once.Do(func() {
						where := "out/STOCK1.CSV"
						if _, err := os.Stat(filepath.Join(l.dir, "erp", where)); err != nil {
							where = "out/.batchgate/a1-STOCK1.CSV"
						}
						l.append(where, rest)
					})
				}
				return nil
			}
			l.run()
			for range 3 {
				l.later(time.Minute)
			}
			l.wants("STOCK1.CSV", string(flow.Processed))
			l.lies("out/processed/{day}/STOCK1.CSV", half+rest)
			l.stock(map[string]int64{"BG-1001": 5, "BG-1002": 3, "BG-1003": 4})
			if a := l.of("STOCK1.CSV"); a.ID != 1 || a.Hash != archive.Hash([]byte(half+rest)) {
				t.Errorf("a%d has hash %s", a.ID, a.Hash)
			}
		})
	}
}

func TestAFileThatGrowsAfterItWasTakenIsSaid(t *testing.T) {
	l := newLab(t, nil)
	half, rest := header+"BG-1001;10;5\r\n", "BG-1003;10;4\r\n"
	l.drop("out/STOCK1.CSV", half)
	var once sync.Once
	l.call = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/sync") && strings.Contains(r.Header.Get("Sw-Skip-Trigger-Flow"), "1") && len(l.files("out/.batchgate")) > 0 {
			once.Do(func() { l.append("out/.batchgate/a1-STOCK1.CSV", rest) })
		}
	}
	l.run()
	l.wants("STOCK1.CSV", string(flow.Processed), "the file was written to after its 39 bytes were taken: look what was added, and drop it again")
	l.lies("out/failed/STOCK1.CSV", half+rest)
	l.says("out/failed/STOCK1.CSV.a1.changed.txt", "drop it again when it is complete")
	l.stock(map[string]int64{"BG-1001": 5})
	if err := os.Rename(filepath.Join(l.dir, "erp/out/failed/STOCK1.CSV"), filepath.Join(l.dir, "erp/out/STOCK1.CSV")); err != nil {
		t.Fatal(err)
	}
	l.run()
	l.wants("STOCK1.CSV", string(flow.Processed))
	l.stock(map[string]int64{"BG-1001": 5, "BG-1003": 4})
}

func TestAFileThatIsReplacedWhileItIsTakenIsTwoFiles(t *testing.T) {
	first, second := header+"BG-1001;10;5\r\nBG-1002;10;3\r\n", header+"BG-1001;10;7\r\nBG-1002;10;3\r\n"
	l := newLab(t, nil)
	l.drop("out/STOCK1.CSV", first)
	var once sync.Once
	l.step = func(s drivertest.Step) error {
		if _, err := os.Stat(filepath.Join(l.dir, "erp/out/STOCK1.CSV")); s.Op == "rename" && s.After && err != nil {
			once.Do(func() { l.drop("out/STOCK1.CSV", second) })
		}
		return nil
	}
	l.run()
	l.lies("out/processed/{day}/STOCK1.CSV", first)
	l.lies("out/processed/{day}/STOCK1.2.CSV", second)
	l.stock(map[string]int64{"BG-1001": 7, "BG-1002": 3})
}

func TestAClaimedFileIsNotMixedUpWithTheNextOfItsName(t *testing.T) {
	first, second := header+"BG-1001;10;5\r\nBG-1002;10;3\r\n", header+"BG-1001;10;7\r\nBG-1002;10;3\r\n"
	l := newLab(t, nil)
	l.drop("out/STOCK1.CSV", first)
	l.step = func(s drivertest.Step) error {
		if s.Op == "open" {
			return transport.Faultf(transport.Temporary, "connection reset")
		}
		return nil
	}
	l.pass()
	l.wants("STOCK1.CSV", "claimed", "connection reset")
	l.step = nil
	l.drop("out/STOCK1.CSV", second)
	l.later(time.Minute)
	l.lies("out/processed/{day}/STOCK1.CSV", first)
	l.lies("out/processed/{day}/STOCK1.2.CSV", second)
	l.stock(map[string]int64{"BG-1001": 7, "BG-1002": 3})
}

func TestAFileBehindANewerOneIsNotSent(t *testing.T) {
	l := newLab(t, nil)
	rows := strings.Repeat("BG-1003;99;1\r\n", archive.SmallLimit/10)
	l.drop("out/STOCK1.CSV", header+"BG-1001;10;5\r\n"+rows)
	l.put = func() error { return errors.New("the store is away") }
	l.pass()
	l.wants("STOCK1.CSV", "claimed", "the store is away")
	l.put = nil
	l.drop("out/STOCK2.CSV", header+"BG-1001;10;7\r\n")
	l.pass()
	l.wants("STOCK2.CSV", string(flow.Processed))
	l.later(time.Hour)
	if a := l.wants("STOCK1.CSV", string(flow.Processed)); !slices.Contains(l.findings(a.ID), "stock.overtaken") {
		t.Errorf("findings %v", l.findings(a.ID))
	}
	l.stock(map[string]int64{"BG-1001": 7})
}

func TestOddNamesAreTakenAndStay(t *testing.T) {
	names := []string{"STOCK with blanks .CSV", "STOCK Bestände Ö.CSV", "STOCK Besta\u0308nde.CSV", "STOCK'%s&;.CSV", "STOCK" + strings.Repeat("x", 245) + ".CSV"}
	if runtime.GOOS != "windows" {
		names = append(names, "STOCK\n.CSV", "STOCK\xe4.CSV", `STOCK\xe4.CSV`, `STOCK\n.CSV`, "STOCK\t\u202e.CSV")
	}
	for _, name := range names {
		t.Run(transports.DisplayName(name), func(t *testing.T) {
			l := newLab(t, nil)
			content := header + "BG-1001;10;5\r\n"
			l.drop("out/"+name, content)
			l.run()
			l.stock(map[string]int64{"BG-1001": 5})
			l.lies("out/processed/{day}/"+name, content)
			broken := "Artikelnr;Bestand\r\n"
			l.drop("out/"+name, broken)
			l.run()
			l.lies("out/failed/"+name, broken)
			if got := l.files("out/failed"); len(got) != 2 {
				t.Errorf("failed: %q", got)
			}
			if all := l.files("out"); len(all) != 3 {
				t.Errorf("out: %q", all)
			}
		})
	}
}

func TestNamesThatLookAlikeInTheLedgerAreTwoFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a system that has such names: Windows has not")
	}
	l := newLab(t, nil)
	l.drop("out/STOCK\xe4.CSV", header+"BG-1001;10;5\r\n")
	l.drop(`out/STOCK\xe4.CSV`, header+"BG-1002;10;6\r\n")
	l.run()
	if got := l.files("out"); len(got) != 2 || !strings.HasPrefix(got[0], "processed/") || !strings.HasPrefix(got[1], "processed/") {
		t.Errorf("out: %q", got)
	}
}

func TestAShopThatIsDownForAnHourCostsTimeOnly(t *testing.T) {
	l := newLab(t, nil)
	lift := l.shop.Fault(sandbox.Fault{Kind: sandbox.Down, Times: -1})
	l.drop("out/STOCK1.CSV", header+"BG-1001;10;5\r\nBG-1002;10;3\r\n")
	l.drop("out/DES1.EDI", advice)
	l.pass()
	for range 12 {
		l.later(5 * time.Minute)
	}
	for _, name := range []string{"STOCK1.CSV", "DES1.EDI"} {
		for _, d := range l.deliveries(l.wants(name, "released").ID) {
			if d.State != ledger.DeliveryReady || !strings.Contains(d.Reason, "the shop answered 503") {
				t.Errorf("%s: %s: %s", d.Key, d.State, d.Reason)
			}
		}
	}
	if n := l.shop.Requests(); n > 300 {
		t.Errorf("%d calls in an hour of outage", n)
	}
	lift()
	for range 3 {
		l.later(time.Hour)
	}
	l.wants("STOCK1.CSV", string(flow.Processed))
	l.wants("DES1.EDI", string(flow.Processed))
	l.stock(map[string]int64{"BG-1001": 5, "BG-1002": 3})
	if order, _ := l.shop.Order("10234"); order.Deliveries[0].State != "shipped" {
		t.Errorf("%+v", order.Deliveries[0])
	}
	if got := l.files("in"); len(got) != 6 {
		t.Errorf("orders: %v", got)
	}
}

func TestAFullDiskCostsTimeOnly(t *testing.T) {
	l := newLab(t, nil)
	room := filepath.Join(l.dir, "data/archive")
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=16k,mode=0750", "tmpfs", room).CombinedOutput(); err != nil {
		t.Skipf("needs root, who can mount a small disk to fill: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", room).Run() })
	if err := os.Mkdir(filepath.Join(room, "incoming"), 0o750); err != nil {
		t.Fatal(err)
	}
	content := header + "BG-1001;10;5\r\n" + strings.Repeat("BG-1003;99;1\r\n", archive.SmallLimit/10)
	l.drop("out/STOCK1.CSV", content)
	l.pass()
	l.wants("STOCK1.CSV", "claimed", "no room left in the archive: free disk space and try again")
	if got := l.files("out"); len(got) != 1 {
		t.Errorf("out: %v", got)
	}
	if out, err := exec.Command("mount", "-o", "remount,size=16m", room).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	l.later(time.Hour)
	l.wants("STOCK1.CSV", string(flow.Processed))
	l.lies("out/processed/{day}/STOCK1.CSV", content)
	l.stock(map[string]int64{"BG-1001": 5})
}

func TestAFolderThatMayOnlyBeReadIsReadOnce(t *testing.T) {
	l := newLab(t, nil)
	deny := func(s drivertest.Step) error {
		if strings.HasPrefix(s.Name, "out/") && slices.Contains([]string{"rename", "create", "makedir", "remove"}, s.Op) {
			return transport.Faultf(transport.Denied, "permission denied")
		}
		return nil
	}
	l.step = deny
	content := header + "BG-1001;10;5\r\n"
	l.drop("out/STOCK1.CSV", content)
	for range 4 {
		l.pass()
		l.ahead.Add(int64(time.Hour))
	}
	a := l.wants("STOCK1.CSV", "released", "permission denied")
	if a.ID != 1 || len(l.deliveries(a.ID)) != 1 || l.effects("product", "stock") != 1 {
		t.Errorf("a%d, %d deliveries, %d effects", a.ID, len(l.deliveries(a.ID)), l.effects("product", "stock"))
	}
	l.stock(map[string]int64{"BG-1001": 5})
	// The next file of the same name is another one, and stays what it is when rights are given.
	next := header + "BG-1001;10;66\r\n"
	l.drop("out/STOCK1.CSV", next)
	l.pass()
	l.stock(map[string]int64{"BG-1001": 66})
	l.step = nil
	l.later(time.Hour)
	l.lies("out/processed/{day}/STOCK1.CSV", next)
	for _, a := range l.arrivals() {
		if a.Name == "STOCK1.CSV" && a.Outcome != string(flow.Processed) {
			t.Errorf("a%d is %s: %s", a.ID, a.State, a.Reason)
		}
	}
}

func TestATakenNameWaitsUntilItIsFree(t *testing.T) {
	l := newLab(t, nil)
	l.drop("in/ORD000002.EDI", "somebody else's")
	l.run()
	if got := l.files("in"); !slices.Equal(got, []string{"ORD000001.EDI", "ORD000001.OK", "ORD000002.EDI", "ORD000003.EDI", "ORD000003.OK"}) {
		t.Errorf("in: %v", got)
	}
	l.lies("in/ORD000002.EDI", "somebody else's")
	waiting := 0
	for _, a := range l.arrivals() {
		for _, d := range l.deliveries(a.ID) {
			if d.State == ledger.DeliveryReady {
				waiting++
				if d.Name != "ORD000002.EDI" || !strings.Contains(d.Reason, "in/ORD000002.EDI") || !strings.Contains(d.Reason, "taken") {
					t.Errorf("%s: %s", d.Name, d.Reason)
				}
			}
		}
	}
	if waiting != 1 {
		t.Errorf("%d deliveries wait", waiting)
	}
	if err := os.Remove(filepath.Join(l.dir, "erp/in/ORD000002.EDI")); err != nil {
		t.Fatal(err)
	}
	l.later(time.Hour)
	l.says("in/ORD000002.EDI", "UNB+UNOC:3+4012345000009:14+4301234000009:14+")
	if got := l.files("in"); len(got) != 6 {
		t.Errorf("in: %v", got)
	}
}

func TestAMessageThatNoFlowTakesIsHeldAndItsNeighboursGo(t *testing.T) {
	l := newLab(t, nil)
	strange := "UNH+2+PRICAT:D:96A:UN'BGM+9+P1+9'UNT+3+2'"
	file := retailEnvelope + retail + strange + "UNZ+2+501'"
	l.drop("edi/R1.EDI", file)
	l.drop("edi/README.TXT", "nobody asked for this")
	l.run()
	a := l.wants("R1.EDI", "held", "no flow takes message 2, PRICAT D.96A from 4005555000013")
	l.lies(fmt.Sprintf("edi/.batchgate/a%d-R1.EDI", a.ID), file)
	l.lies("edi/README.TXT", "nobody asked for this")
	if got := l.files("import"); len(got) != 1 {
		t.Errorf("import: %v", got)
	}
}

func TestASettlementThatFailsOnceSaysTheSameTheNextTime(t *testing.T) {
	l := newLab(t, nil)
	l.drop("out/STOCK1.CSV", header+"BG-1001;10;5\r\nBG-1002;10;x\r\n")
	l.drop("out/STOCK2.CSV", "")
	l.step = func(s drivertest.Step) error {
		if s.Op == "rename" && strings.HasPrefix(s.Name, "out/.batchgate/") && !s.After {
			return transport.Faultf(transport.Temporary, "connection reset")
		}
		return nil
	}
	l.pass()
	l.wants("STOCK1.CSV", "released", "connection reset")
	l.step = nil
	l.later(time.Hour)
	a := l.wants("STOCK1.CSV", string(flow.PartlyFailed))
	if a.Failed != 1 || strings.Contains(a.Reason, "connection") {
		t.Errorf("%d failed: %s", a.Failed, a.Reason)
	}
	l.lies(fmt.Sprintf("out/failed/STOCK1.rest-a%d.CSV", a.ID), header+"BG-1002;10;x\r\n")
	b := l.wants("STOCK2.CSV", string(flow.Failed), "the file is empty")
	l.lies("out/failed/STOCK2.CSV", "")
	l.says(fmt.Sprintf("out/failed/STOCK2.CSV.a%d.reason.txt", b.ID), "the file is empty")
}

func TestADeadDeliveryIsSentAgainWhenItsFileIsDroppedAgain(t *testing.T) {
	l := newLab(t, nil)
	lift := l.shop.Fault(sandbox.Fault{Kind: sandbox.Status, Status: http.StatusForbidden, Path: "/api/search/order", Times: -1})
	l.drop("out/DES1.EDI", advice)
	l.pass()
	a := l.wants("DES1.EDI", string(flow.Failed), "the shop answered 403", "give the integration's role the missing rights")
	l.lies("out/failed/DES1.EDI", advice)
	l.says(fmt.Sprintf("out/failed/DES1.EDI.a%d.reason.txt", a.ID), "the shop answered 403")
	lift()
	l.drop("out/DES1.EDI", advice)
	l.later(time.Minute)
	l.wants("DES1.EDI", string(flow.Processed))
	l.drop("out/DES1.EDI", advice)
	l.later(time.Minute)
	l.wants("DES1.EDI", string(flow.Repeated))
	if order, _ := l.shop.Order("10234"); order.Deliveries[0].State != "shipped" {
		t.Errorf("%+v", order.Deliveries[0])
	}
}
