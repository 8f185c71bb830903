package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"context"

	"github.com/batchgate/batchgate/internal/archive"
)

// command runs a command line and gives its exit status, results and talk.
func command(t *testing.T, stdin string, args ...string) (status int, out, talk string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, streams{strings.NewReader(stdin), &o, &e})
	return status, o.String(), e.String()
}

const order = "UNA:+.? 'UNB+UNOC:3+4098765000003:14+4012345000009:14+261125:0930+77'UNH+1+ORDERS:D:96A:UN'BGM+220+4711+9'DTM+137:20261125:102'" +
	"NAD+BY+4098765000003::9++Hof?'laden M\xFCller'LIN+1++4099999000017:EN'QTY+21:3:PCE'UNS+S'UNT+8+1'UNZ+1+77'"

func TestReadShowsEverySegmentWithItsPlace(t *testing.T) {
	status, out, talk := command(t, order, "read", "-")
	if status != exitDone || talk != "" {
		t.Fatalf("status %d, %s", status, talk)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 10 {
		t.Fatalf("%d segments", len(lines))
	}
	var nad segmentLine
	if err := json.Unmarshal([]byte(lines[4]), &nad); err != nil {
		t.Fatal(err)
	}
	if nad.Tag != "NAD" || nad.Elements[3][0][0] != "Hof'laden Müller" || nad.Place.Segment != 4 || nad.Place.Offset != int64(strings.Index(order, "NAD")) {
		t.Errorf("%+v", nad)
	}
}

func TestValidateNamesTheFaultAndItsPlace(t *testing.T) {
	status, out, talk := command(t, strings.Replace(order, "UNT+8+1", "UNT+9+1", 1), "validate", "-")
	if status != exitFailed || !strings.Contains(out, "[edifact.unt-count]") || !strings.Contains(talk, "EDIFACT, 1 messages, 1 errors") {
		t.Errorf("status %d\n%s\n%s", status, out, talk)
	}
	status, out, talk = command(t, order, "validate", "-")
	if status != exitDone || out != "" {
		t.Errorf("a good file: status %d\n%s\n%s", status, out, talk)
	}
}

func TestValidateReadsRowsInTheirCharacterSet(t *testing.T) {
	file := filepath.Join(t.TempDir(), "Bestände \n.csv")
	if err := os.WriteFile(file, []byte("Artikelnr;Bestand\r\nGr\xFCn;1\r\nGr\x81n;2\r\nA\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, talk := command(t, "", "validate", "--json", "--charset", "windows-1252", file)
	if status != exitFailed || strings.Count(out, "\n") != 2 || !strings.Contains(out, `"rule":"flatfile.charset"`) || !strings.Contains(out, `"rule":"flatfile.row-short"`) {
		t.Errorf("status %d\n%s\n%s", status, out, talk)
	}
}

func TestWrongUseIsTwoAndSaysWhatToDo(t *testing.T) {
	for _, args := range [][]string{{"raed"}, {"read"}, {"read", "a", "b"}, {"read", "--delimiter", "ab", "x"}, {"read", "--charset", "latin99", "x"}, {"version", "x"}, {"sandbox", "shopify"}, {"--nope"}} {
		status, out, talk := command(t, "", args...)
		if status != exitUsage || out != "" || !strings.Contains(talk, "batchgate: ") || !strings.Contains(talk, "hint: ") {
			t.Errorf("%v: status %d\n%s\n%s", args, status, out, talk)
		}
	}
	if status, _, talk := command(t, "", "read", "missing.csv"); status != exitFailed || !strings.Contains(talk, "missing.csv") {
		t.Errorf("a missing file: status %d, %s", status, talk)
	}
}

func TestSandboxShopAnswersUntilItIsInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, w := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, []string{"sandbox", "shopware", "--listen", "127.0.0.1:0"}, streams{strings.NewReader(""), w, io.Discard})
	}()
	line := make([]byte, 200)
	n, err := r.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	address, _, _ := strings.Cut(string(line[:n]), " ")
	resp, err := http.Get(address + "/__sandbox/state")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), "10234") {
		t.Errorf("%d %v %.300s", resp.StatusCode, err, body)
	}
	stop()
	if got := <-status; got != exitDone {
		t.Errorf("exit status %d", got)
	}
}

func TestDemoShowsTheWholeJobAndLeavesNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	status, out, talk := command(t, "", "demo")
	if status != exitDone || talk != "" {
		t.Fatalf("status %d\n%s\n%s", status, out, talk)
	}
	for _, want := range []string{"ORD000001.EDI", "WEB00001.CSV", "CONTRL000001.EDI", "STOCK_0002.CSV\tsettled\tfailed", "the shop: 1 stocks written, 0 other changes",
		"recomputed: the same bytes come out", `byte 178 "19,00"`} {
		if !strings.Contains(out, want) {
			t.Errorf("the demonstration does not show %q:\n%s", want, out)
		}
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestAHomeIsMadeCheckedAndRun(t *testing.T) {
	home := filepath.Join(t.TempDir(), "my home")
	if status, _, talk := command(t, "", "init", home); status != exitDone {
		t.Fatal(talk)
	}
	if status, _, talk := command(t, "", "init", home); status != exitFailed || !strings.Contains(talk, "not empty") {
		t.Errorf("init on a home: %d %s", status, talk)
	}
	status, out, _ := command(t, "", "check", "--home", home)
	if status != exitFailed || !strings.Contains(out, "environment variable SHOP_SECRET is not set") {
		t.Errorf("check without secrets: %d %s", status, out)
	}
	for name, value := range map[string]string{"SHOP_URL": "http://127.0.0.1:1", "SHOP_ID": "x", "SHOP_SECRET": "very secret"} {
		t.Setenv(name, value)
	}
	if status, out, talk := command(t, "", "check", "--home", home); status != exitDone || out != "" {
		t.Errorf("check: %d %s %s", status, out, talk)
	}
	profile := filepath.Join(home, "profiles", "weber-erp.yaml")
	text, err := os.ReadFile(profile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(profile, bytes.Replace(text, []byte("root: erp}"), []byte("root: erp, stable_for: 0s}"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "erp", "out", "STOCK1.CSV"), []byte("Artikelnr;Lager\r\nA;10\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, talk := command(t, "", "run", "--home", home)
	if status != exitFailed || !strings.Contains(out, "STOCK1.CSV\tsettled\tfailed") || !strings.Contains(talk, "connection refused") || strings.Contains(talk+out, "very secret") {
		t.Errorf("run with a broken file and no shop: %d\n%s\n%s", status, out, talk)
	}
	if status, out, talk := command(t, "", "trace", "STOCK1.CSV", "--home", home); status != exitDone || !strings.Contains(out, `column "Bestand" is missing`) {
		t.Errorf("trace: %d\n%s\n%s", status, out, talk)
	}
	if status, _, talk := command(t, "", "trace", "unheard of", "--home", home); status != exitFailed || !strings.Contains(talk, "nothing is known") {
		t.Errorf("trace of nothing: %d %s", status, talk)
	}
	if status, out, talk := command(t, "", "replay", "a1", "--dry-run", "--json", "--home", home); status != exitDone || !strings.Contains(out, `"failed":1`) {
		t.Errorf("replay --dry-run: %d\n%s\n%s", status, out, talk)
	}
	if status, out, _ := command(t, "", "files", "list", "--home", home, "--json"); status != exitDone || !strings.Contains(out, `"outcome":"failed"`) {
		t.Errorf("files list: %d %s", status, out)
	}
	status, out, _ = command(t, "", "archive", "list", "--home", home)
	if status != exitDone {
		t.Errorf("archive list: %d", status)
	}
	hash, _, _ := strings.Cut(out, "\t")
	if status, got, talk := command(t, "", "archive", "get", hash, "--home", home); status != exitDone || got != "Artikelnr;Lager\r\nA;10\r\n" {
		t.Errorf("archive get: %d %q %s", status, got, talk)
	}
	if status, _, talk := command(t, "", "archive", "verify", "--home", home); status != exitDone || !strings.Contains(talk, "2 entries are whole, 0 are not, 0 are missing") {
		t.Errorf("archive verify: %d %s", status, talk)
	}
	large := bytes.Repeat([]byte("Artikelnr;Lager\r\n"), 10_000)
	if err := os.WriteFile(filepath.Join(home, "erp", "out", "STOCK2.CSV"), large, 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "", "run", "--home", home)
	of := archive.Hash(large)
	if err := os.Remove(filepath.Join(home, "data", "archive", of[:2], of[2:])); err != nil {
		t.Fatal(err)
	}
	if status, out, _ := command(t, "", "archive", "verify", "--home", home); status != exitFailed || !strings.Contains(out, of) || !strings.Contains(out, "[archive.missing]") {
		t.Errorf("archive verify without a file: %d %s", status, out)
	}
	if status, _, talk := command(t, "", "files", "release", "a1", "--home", home); status != exitFailed || !strings.Contains(talk, "is not held") {
		t.Errorf("release what is not held: %d %s", status, talk)
	}
}
