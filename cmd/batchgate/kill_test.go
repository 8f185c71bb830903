package main

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	quick := strings.Replace(string(text), "root: erp}", "root: erp, stable_for: 0s, retry: {first: 1s}}", 1)
	if err := os.WriteFile(profile, []byte(quick), 0o600); err != nil {
		t.Fatal(err)
	}
	program := func() *exec.Cmd {
		cmd := exec.Command(binary, "run", "--home", home)
		cmd.Env = append(os.Environ(), "SHOP_URL="+server.URL, "SHOP_ID=sandbox", "SHOP_SECRET=sandbox-secret")
		return cmd
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	killed, placed := 0, []string{}
	for i := 0; killed < kills && i < 4*kills; i++ {
		if i%3 == 0 {
			o := orders[0]
			o.Number, o.Time = "", time.Time{} // placed now
			number, err := shop.PlaceOrder(o)
			if err != nil {
				t.Fatal(err)
			}
			placed = append(placed, number)
		}
		drop(t, home, fmt.Sprintf("out/STOCK%03d.CSV", i), fmt.Sprintf("Artikelnr;Lager;Bestand\r\nBG-1010;10;%d\r\nBG-1011;10;%d\r\n", 1000+i, 2000+i))
		cmd := program()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// From its start to the end of a run of some 0.1 s.
		timer := time.AfterFunc(time.Duration(random.IntN(150))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() == -1 {
			killed++
		}
		timer.Stop()
	}
	// A lost answer is looked at after the shop must have ended the call: twice at most.
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
		}
	}
	if left, err := filepath.Glob(filepath.Join(home, "erp", "out", "*.CSV")); err != nil || len(left) != 0 {
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
	last := 0
	for _, name := range put {
		n := 0
		if _, err := fmt.Sscanf(name, "STOCK%03d.CSV", &n); err != nil || strings.Count(name, ".") != 1 {
			t.Errorf("put away: %s", name)
		}
		last = max(last, n)
	}
	if len(put) != last+1 {
		t.Errorf("%d of %d files were put away", len(put), last+1)
	}
	for sku, base := range map[string]int{"BG-1010": 1000, "BG-1011": 2000} {
		if got, _ := shop.Stock(sku); got != int64(base+last) {
			t.Errorf("%s: %d, want %d", sku, got, base+last)
		}
	}
}
