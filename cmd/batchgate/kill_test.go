package main

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// kills is how often the program is killed.
const kills = 50

// The real program is killed at random moments while an ERP and a shop give it work; the folders and the shop judge, never
// the ledger: one file for each order, one transition for each despatch advice, the stock of the last file, every source
// put away once.
func TestKilledAtRandomMomentsNothingIsLostOrDoubled(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "batchgate")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	shop := shopware.New(shopware.Config{})
	catalogue, orders := shopware.Demo(1)
	if err := shop.Seed(catalogue); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(shop)
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
	quick := strings.Replace(string(text), "root: erp}", "root: erp, stable_for: 0s, retry: {first: 0s}}", 1)
	quick = strings.Replace(quick, "    mapping: desadv-d96a\n", "    mapping: desadv-d96a\n    shipment: {send_mail: true}\n", 1)
	if err := os.WriteFile(profile, []byte(quick), 0o600); err != nil {
		t.Fatal(err)
	}
	addLine(t, filepath.Join(home, "connections.yaml"), "  rate: 1000\n  call_limit: 0s   # the server is in this process and ends its calls at once\n  retry: {first: 0s}\n")
	program := func() *exec.Cmd {
		cmd := exec.Command(binary, "run", "--first-load", "--home", home)
		cmd.Env = append(os.Environ(), "SHOP_URL="+server.URL, "SHOP_ID=sandbox", "SHOP_SECRET=sandbox-secret")
		return cmd
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	killed, placed := 0, []string{}
	whole := 200 * time.Millisecond // how long a run takes from its start to its end, by the last one that was not killed
	for i := 0; killed < kills && i < 4*kills; i++ {
		if i%3 == 0 {
			o := orders[0]
			o.Number, o.Time = "", time.Time{} // placed now
			number, err := shop.PlaceOrder(o)
			if err != nil {
				t.Fatal(err)
			}
			placed = append(placed, number)
			drop(t, home, fmt.Sprintf("out/DES%s.EDI", number), despatchOf(number))
		}
		drop(t, home, fmt.Sprintf("out/STOCK%03d.CSV", i), fmt.Sprintf("Artikelnr;Lager;Bestand\r\nBG-1010;10;%d\r\nBG-1011;10;%d\r\n", 1000+i, 2000+i))
		cmd := program()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		started := time.Now()
		timer := time.AfterFunc(time.Duration(random.Int64N(int64(whole)+1)), func() { _ = cmd.Process.Kill() })
		if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() == -1 {
			killed++
		} else {
			whole = time.Since(started)
		}
		timer.Stop()
	}
	// What was interrupted last is looked at, found not done, and done.
	for range 3 {
		if out, err := program().CombinedOutput(); err != nil {
			t.Logf("%v\n%s", err, out)
		}
	}
	t.Logf("%d kills, %d orders", killed, len(placed))
	judgeKills(t, home, shop, placed)
	if killed < kills {
		t.Errorf("only %d kills hit the program while it ran", killed)
	}
}

// despatchOf is a despatch advice of one of the orders as a whole.
func despatchOf(order string) string {
	return "UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+" + order + "'UNH+1+DESADV:D:96A:UN'BGM+351+LS" + order + "+9'DTM+137:20261125:102'RFF+ON:" + order +
		"'CPS+1'PAC+1'PCI+33E'RFF+CN:0034" + order + "'LIN+1'PIA+1+BG-1001:SA'QTY+12:3:PCE'LIN+2'PIA+1+BG-1002:SA'QTY+12:2:PCE'UNT+15+1'UNZ+1+" + order + "'"
}

func addLine(t *testing.T, file, line string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, line...), 0o600); err != nil {
		t.Fatal(err)
	}
}

func drop(t *testing.T, home, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(home, "erp", filepath.FromSlash(name)), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func judgeKills(t *testing.T, home string, shop *shopware.Shop, placed []string) {
	t.Helper()
	number := regexp.MustCompile(`BGM\+220\+(\d+)\+9'`)
	files := map[string]int{}
	matches, err := filepath.Glob(filepath.Join(home, "erp", "in", "*.EDI"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range matches {
		b, err := os.ReadFile(m)
		if err != nil {
			t.Fatal(err)
		}
		found := number.FindSubmatch(b)
		if found == nil {
			t.Errorf("%s is not whole: %q", m, b)
			continue
		}
		files[string(found[1])]++
		if _, err := os.Stat(strings.TrimSuffix(m, ".EDI") + ".OK"); err != nil {
			t.Errorf("no done-file: %v", err)
		}
	}
	for _, n := range placed {
		if files[n] != 1 {
			t.Errorf("order %s became %d files", n, files[n])
		}
		if o, _ := shop.Order(n); o.CustomFields["batchgate_exported"] == nil {
			t.Errorf("order %s is not marked", n)
		} else if d := o.Deliveries[0]; d.State != "shipped" || !slices.Equal(d.TrackingCodes, []string{"0034" + n}) {
			t.Errorf("the delivery of order %s is %s with %v", n, d.State, d.TrackingCodes)
		}
	}
	transitions := 0
	for _, e := range shop.Journal() {
		for _, f := range e.Effects {
			if f.Kind == shopware.Transition {
				transitions++
			}
		}
	}
	if mails := len(shop.Mails()); transitions != len(placed) || mails != len(placed) {
		t.Errorf("%d transitions and %d mails for %d orders", transitions, mails, len(placed))
	}
	if left, err := filepath.Glob(filepath.Join(home, "erp", "out", "[!.]*.*")); err != nil || len(left) != 0 {
		t.Errorf("not taken: %v %v", left, err)
	}
	var put []string
	err = filepath.WalkDir(filepath.Join(home, "erp", "out", "processed"), func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			put = append(put, e.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	last, advices := 0, 0
	for _, name := range put {
		if strings.HasPrefix(name, "DES") && strings.Count(name, ".") == 1 {
			advices++
			continue
		}
		n := 0
		if _, err := fmt.Sscanf(name, "STOCK%03d.CSV", &n); err != nil || strings.Count(name, ".") != 1 {
			t.Errorf("put away: %s", name)
		}
		last = max(last, n)
	}
	if len(put) != last+1+len(placed) || advices != len(placed) {
		t.Errorf("%d of %d files were put away", len(put), last+1+len(placed))
	}
	for sku, base := range map[string]int{"BG-1010": 1000, "BG-1011": 2000} {
		if got, _ := shop.Stock(sku); got != int64(base+last) {
			t.Errorf("%s: %d, want %d", sku, got, base+last)
		}
	}
}
