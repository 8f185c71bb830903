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
