package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// mailbag holds two interchanges of different separators, the first with groups and two messages.
const mailbag = "UNA:+.? '\r\nUNB+UNOC:3+A:14+B:14+261125:0930+77'\r\nUNG+ORDERS+A+B+261125:0930+G1+UN+D:96A'\r\n" +
	"UNH+1+ORDERS:D:96A:UN'\r\nBGM+220+PO1+9'\r\nFTX+AAI+++what?'s M\xFCller'\r\nUNT+4+1'\r\n" +
	"UNH+2+ORDERS:D:96A:UN'\r\nBGM+220+PO2+9'\r\nUNT+3+2'\r\nUNE+2+G1'\r\nUNZ+1+77'\r\n" +
	"UNA|^.\\ ~UNB^UNOB|4^A^B^20261125|0930^78~UNH^1^ORDERS|D|96A|UN~LIN^1~UNO^5^F^G^4~a'\n~UNP^4^5~UNT^5^1~UNZ^1^78~"

func TestWriteIsTheMirrorOfRead(t *testing.T) {
	for name, file := range map[string]string{"order": order, "mailbag": mailbag} {
		_, lines, _ := command(t, file, "read", "-")
		status, out, talk := command(t, lines, "write", "-")
		if want := strings.ReplaceAll(file, "\r\n", ""); status != exitDone || out != want || talk != "" {
			t.Errorf("%s: status %d, %s\ngot  %q\nwant %q", name, status, talk, out, want)
		}
	}
}

func TestWriteMakesCountsAndReferencesRight(t *testing.T) {
	lines := `{"tag":"UNB","elements":[[["UNOC","3"]],[["A"]],[["B"]],[["261125","0930"]],[["77"]]]}
{"tag":"UNH","elements":[[["1"]],[["ORDERS","D","96A","UN"]]]} {"tag":"LIN","nesting":["1"],"elements":[[["5"]]]}
{"tag":"UNT","elements":[[["9"]],[["2"]]]}
{"tag":"UNZ"}`
	status, out, talk := command(t, lines, "write", "-", "--no-una", "--newline", "lf")
	want := "UNB+UNOC:3+A+B+261125:0930+77'\nUNH+1+ORDERS:D:96A:UN'\nLIN:1+5'\nUNT+3+1'\nUNZ+1+77'\n"
	if status != exitDone || out != want || strings.Count(talk, "UNT says") != 2 {
		t.Errorf("status %d, %s\n%s", status, talk, out)
	}
	status, out, _ = command(t, lines, "write", "-", "--keep-trailers", "--characters", "|^.\\ ~")
	if status != exitDone || !strings.HasPrefix(out, "UNA|^.\\ ~UNB^UNOC|3^") || !strings.HasSuffix(out, "UNT^9^2~UNZ~") {
		t.Errorf("status %d, %s", status, out)
	}
}

func TestWriteRefusesWhatTheSetDoesNotHave(t *testing.T) {
	_, lines, _ := command(t, order, "read", "-")
	lines = strings.ReplaceAll(lines, "Müller", "Łódź")
	status, _, talk := command(t, lines, "write", "-")
	if status != exitFailed || !strings.Contains(talk, "line 5: segment NAD, element 4, component 1") {
		t.Errorf("status %d, %s", status, talk)
	}
	if status, out, talk := command(t, lines, "write", "-", "--charset", "utf-8"); status != exitDone || !strings.Contains(out, "Łódź") {
		t.Errorf("status %d, %s", status, talk)
	}
	for _, wrong := range []string{"", `{"tag":"BGM"}`, `{"tag"`, `[]`} {
		if status, _, talk := command(t, wrong, "write", "-"); status != exitFailed || talk == "" {
			t.Errorf("%q: status %d, %s", wrong, status, talk)
		}
	}
}

func TestFmtPutsOneSegmentOnALineAndBack(t *testing.T) {
	status, lines, talk := command(t, mailbag, "fmt", "-")
	if status != exitDone || strings.Count(talk, "\n") != 1 || !strings.Contains(talk, "[edifact.repetition-missing]") {
		t.Errorf("status %d, %s", status, talk)
	}
	if want := "'\nFTX+AAI+++what?'s M\xFCller'\nUNT+4+1'\n"; !strings.Contains(lines, want) || !strings.HasPrefix(lines, "UNA:+.? '\nUNB") || !strings.Contains(lines, "~\nUNO^5^F^G^4~a'\n~UNP^4^5~\nUNT") {
		t.Errorf("got\n%s", lines)
	}
	if _, joined, _ := command(t, lines, "fmt", "--join", "-"); joined != strings.ReplaceAll(mailbag, "\r\n", "") {
		t.Errorf("got\n%s", joined)
	}
	if _, again, _ := command(t, lines, "fmt", "-"); again != lines {
		t.Errorf("twice is not once:\n%s", again)
	}
	feeds := strings.ReplaceAll(order, "'", "\n")
	if _, got, _ := command(t, feeds, "fmt", "-"); got != feeds {
		t.Errorf("a line feed as terminator: %q", got)
	}
	wrapped := order[:100] + "\r\n" + order[100:]
	if _, got, _ := command(t, wrapped, "fmt", "--join", "--line-breaks", "drop", "-"); got != order {
		t.Errorf("wrapped lines: %q", got)
	}
	if status, got, talk := command(t, order[:150], "fmt", "--join", "-"); status != exitFailed || got != order[:150] || !strings.Contains(talk, "truncated") {
		t.Errorf("a file that breaks off: %d, %s, %q", status, talk, got)
	}
}

func TestSplitGivesEachMessageAnInterchangeOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "BAG.EDI")
	if err := os.WriteFile(file, []byte(mailbag), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, talk := command(t, "", "split", file, "--into", filepath.Join(dir, "m"), "--json")
	if status != exitDone || !strings.Contains(talk, "3 files") {
		t.Fatalf("status %d, %s", status, talk)
	}
	var parts []part
	for line := range strings.Lines(out) {
		var p part
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	want := []string{
		"UNA:+.? '\r\nUNB+UNOC:3+A:14+B:14+261125:0930+77'\r\nUNG+ORDERS+A+B+261125:0930+G1+UN+D:96A'\r\nUNH+1+ORDERS:D:96A:UN'\r\nBGM+220+PO1+9'\r\nFTX+AAI+++what?'s M\xFCller'\r\nUNT+4+1'\r\nUNE+1+G1'\r\nUNZ+1+77'\r\n",
		"UNA:+.? '\r\nUNB+UNOC:3+A:14+B:14+261125:0930+77'\r\nUNG+ORDERS+A+B+261125:0930+G1+UN+D:96A'\r\nUNH+2+ORDERS:D:96A:UN'\r\nBGM+220+PO2+9'\r\nUNT+3+2'\r\nUNE+1+G1'\r\nUNZ+1+77'\r\n",
		mailbag[strings.Index(mailbag, "UNA|"):],
	}
	for i, w := range want {
		b, err := os.ReadFile(parts[i].File)
		if err != nil || strings.Replace(string(b), "UNA:+.? 'UNB", "UNA:+.? '\r\nUNB", 1) != w || !parts[i].Complete {
			t.Errorf("part %d: %v %q", i, err, b)
		}
		if status, _, talk := command(t, "", "read", parts[i].File); status != exitDone {
			t.Errorf("part %d has faults: %s", i, talk)
		}
	}
	if status, _, talk := command(t, "", "split", file, "--into", filepath.Join(dir, "m")); status != exitFailed || !strings.Contains(talk, "is there already") {
		t.Errorf("a second time: %d, %s", status, talk)
	}
	status, out, _ = command(t, "", "split", file, "--into", filepath.Join(dir, "i"), "--by", "interchange")
	if status != exitDone || strings.Count(out, "\n") != 2 || !strings.Contains(out, "interchange 77, 2 messages") {
		t.Errorf("by interchange: %d, %s", status, out)
	}
}

func TestSplitNamesMessagesThatBreakOff(t *testing.T) {
	dir := t.TempDir()
	status, out, talk := command(t, order[:170], "split", "-", "--into", dir)
	if status != exitFailed || !strings.Contains(out, "incomplete") || !strings.Contains(talk, "truncated") {
		t.Errorf("%d, %s, %s", status, out, talk)
	}
}

func diffOf(t *testing.T, old, now string, flags ...string) (status int, out, talk string) {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{"old": old, "new": now} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return command(t, "", append([]string{"diff", "old", "new"}, flags...)...)
}

func TestDiffComparesWhatIsSaidNotHowItIsWritten(t *testing.T) {
	same := "UNA|^,!*~\r\n" + strings.NewReplacer("?'", "'", "'", "~\r\n", "+", "^", ":", "|", "\xFC", "\xC3\xBC", "UNOC:3", "UNOW|4", "PCE", "PCE||^").Replace(order[9:])
	status, out, talk := diffOf(t, order, same, "--ignore", "UNB.1")
	if status != exitDone || out != "" {
		t.Errorf("status %d\n%s%s", status, out, talk)
	}
}

func TestDiffNamesEachDifferenceOnce(t *testing.T) {
	now := strings.NewReplacer("QTY+21:3:PCE'", "QTY+21:4:PCE'PRI+AAA:5'", "DTM+137:20261125:102'", "", "UNT+8", "UNT+8", "+77'", "+78'").Replace(order)
	status, out, _ := diffOf(t, order, now)
	want := `old:1:67 new:1:67: UNB, element 5, component 1: "77" is "78"
old:1:107: message 1 ORDERS 4711, DTM removed: DTM+137:20261125:102
old:1:202 new:1:181: message 1 ORDERS 4711, QTY, element 1, component 2: "3" is "4"
new:1:187: message 1 ORDERS 4711, PRI added: PRI+AAA:5
old:1:228 new:1:217: UNZ, element 2, component 1: "77" is "78"
`
	if status != exitFailed || out != want {
		t.Errorf("status %d\n%s", status, out)
	}
	status, out, _ = diffOf(t, order, now, "--json", "--ignore", "references", "--ignore", "PRI", "--ignore", "DTM", "--ignore", "QTY.1.2")
	if status != exitDone || out != "" {
		t.Errorf("status %d\n%s", status, out)
	}
}

func TestDiffFindsMessagesAgain(t *testing.T) {
	cut := strings.Index(mailbag, "UNH+1")
	end := strings.Index(mailbag, "UNH+2")
	status, out, _ := diffOf(t, mailbag, mailbag[:cut]+mailbag[end:], "--ignore", "references")
	if status != exitFailed || out != "old:4:1: message 1 ORDERS PO1 removed\n" {
		t.Errorf("status %d\n%s", status, out)
	}
	if status, _, talk := command(t, "", "diff", "one"); status != exitUsage || !strings.Contains(talk, "two files") {
		t.Errorf("%d %s", status, talk)
	}
	if status, _, talk := diffOf(t, order, order, "--ignore", "BGM.x"); status != exitUsage || !strings.Contains(talk, "is no place") {
		t.Errorf("%d %s", status, talk)
	}
}

func TestAlignTurnsOneSequenceIntoTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gen := rapid.SliceOfN(rapid.IntRange(0, 3), 0, 30)
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		var x, y []int
		i, j := 0, 0
		for _, s := range align(a, b) {
			if s.a0 != i || s.b0 != j || s.equal && !slices.Equal(a[s.a0:s.a1], b[s.b0:s.b1]) {
				t.Fatalf("span %+v of %v and %v", s, a, b)
			}
			x, y = append(x, a[s.a0:s.a1]...), append(y, b[s.b0:s.b1]...)
			i, j = s.a1, s.b1
		}
		if !slices.Equal(x, a) || !slices.Equal(y, b) {
			t.Fatalf("%v %v became %v %v", a, b, x, y)
		}
	})
}
