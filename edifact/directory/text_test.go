package directory_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// national reads the texts of a small directory of our own, in the layout in which the UN publishes its directories.
func national(t testing.TB) []directory.Text {
	t.Helper()
	return folder(t, "testdata/national")
}

// folder reads the texts of a folder.
func folder(t testing.TB, name string) []directory.Text {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(name, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	var texts []directory.Text
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, directory.Text{Name: filepath.Base(name), Content: content})
	}
	return texts
}

func TestOfficialTextsAreRead(t *testing.T) {
	r, found := directory.FromTexts("D.26A", national(t))
	if len(found) > 0 || r == nil {
		t.Fatal(found)
	}
	m, err := r.Message("CRATES")
	if err != nil {
		t.Fatal(err)
	}
	var table []string
	for _, n := range m.Nodes {
		table = append(table, row(n))
	}
	if got, want := strings.Join(table, "\n"), strings.Join([]string{
		"00010 UNH true 1 false H", "00020 BGM true 1 false H", "00030 DTM false 9 false H", "00040 SG1 true 99 false D", "00050 SG1/CRT true 1 false D",
		"00060 SG1/DTM false 5 true D", "00070 SG1/SG2 false 9 false D", "00080 SG1/SG2/DTM true 1 false D", "00100 SG1/SG2/SG3 false 9 false D",
		"00110 SG1/SG2/SG3/CRT true 1 false D", "00120 UNT true 1 false D"}, "\n"); got != want {
		t.Errorf("got\n%s", got)
	}
	if m.Name != "Crates on the way message" {
		t.Errorf("name %q", m.Name)
	}
	crt, _ := r.Segment("CRT")
	if got := fields(crt.Fields); got != "010 C998 true 3 false; 020 1004 false 1 false; 030 6060 false 1 false; " || len(crt.Dependencies) != 1 || crt.Dependencies[0].String() != "D5(020,030)" {
		t.Errorf("CRT: %s %v", got, crt.Dependencies)
	}
	if e, ok := r.Element("2005"); !ok || e.Name != "Date or time or period function code qualifier" || e.Format.String() != "an..3" || !e.HasCodes {
		t.Errorf("2005: %+v", e)
	}
	if _, ok := r.Element("9981"); ok {
		t.Error("interactive elements are not taken")
	}
	if name, _ := r.Code("2005", "900"); name != "Crate washing date with a name so long that it goes on in the next line" {
		t.Errorf("900: %q", name)
	}
	if got := r.CodeList("9980").Values(); strings.Join(got, " ") != "B G" {
		t.Errorf("9980: %v", got)
	}
}

func TestAReleaseComesBackFromItsFile(t *testing.T) {
	r, _ := directory.FromTexts("D.26A", national(t))
	for _, r := range []*directory.Release{r, open(t, "D.96A"), open(t, "D.21B")} {
		var b bytes.Buffer
		if err := r.WriteFile(&b); err != nil {
			t.Fatal(err)
		}
		back, err := directory.ReadFile(&b)
		if err != nil {
			t.Fatal(err)
		}
		if d := compare(back, r, map[string]int{}); len(d) > 0 || back.Name() != r.Name() {
			t.Errorf("%s: %v", r.Name(), d)
		}
	}
}

func TestFaultsOfTextsAreNamedAndOnlyTheirMessageIsLost(t *testing.T) {
	texts := national(t)
	for i := range texts {
		if strings.HasPrefix(texts[i].Name, "CRATES") {
			broken := bytes.Replace(texts[i].Content, []byte("+++"), []byte("++|"), 1)
			texts = append(texts, directory.Text{Name: "BOXESX_D.26A", Content: bytes.ReplaceAll(broken, []byte("CRATES"), []byte("BOXESX"))})
		}
	}
	r, found := directory.FromTexts("D.26A", texts)
	if r == nil || len(found) != 1 || found[0].Place.File != "BOXESX_D.26A" || found[0].Place.Line == 0 {
		t.Fatalf("got %v", found)
	}
	if got := strings.Join(r.Messages(), " "); got != "CRATES" {
		t.Errorf("messages: %s", got)
	}
	if r, found := directory.FromTexts("D.26A", texts[:1]); r != nil || !found.HasErrors() {
		t.Errorf("one file is no release: %v", found)
	}
}

func TestBrokenFilesOfAReleaseNameTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"": "empty", "x": "line 1", `{"element":"1004"}`: "does not begin",
		"{\"directory\":\"D.26A\"}\n{\"element\":\"1004\",\"format\":\"x\"}":                               "line 2",
		"{\"directory\":\"D.26A\"}\n{\"segment\":\"BGM\",\"fields\":[{\"id\":\"1004\",\"status\":\"M\"}]}": "names 1004",
		"{\"directory\":\"D.26A\"}\n{\"message\":\"A\",\"rows\":[{\"id\":\"UNH\",\"level\":3,\"max\":1}]}": "level 3",
		"{\"directory\":\"D.26A\"}\n{\"message\":\"A\",\"rows\":[{\"id\":\"UNH\",\"max\":1}]}":             "UNH to UNT",
	} {
		if _, err := directory.ReadFile(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzTexts(f *testing.F) {
	for _, text := range national(f) {
		f.Add(text.Name, text.Content)
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		if len(content) > 1<<16 {
			return
		}
		r, _ := directory.FromTexts("D.26A", append(national(t), directory.Text{Name: name, Content: content}))
		if r == nil {
			t.Fatal("a further file loses the release")
		}
		var b bytes.Buffer
		if err := r.WriteFile(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := directory.ReadFile(&b); err != nil {
			t.Fatal(err)
		}
	})
}

// The oldest releases print no positions, and neither elements nor messages how the later ones do; some show in annexes and
// struck out rows what has changed.
func TestTextsOfTheOldestReleasesAreRead(t *testing.T) {
	texts := folder(t, "testdata/oldest")
	r, found := directory.FromTexts("D.26Z", texts)
	if r == nil || found.Count(finding.Warning) != 1 || found.Count(finding.Note) != 3 || found[0].Rule != directory.RuleTextFile || !strings.Contains(found[0].Message, "UNCL") {
		t.Fatalf("%v", []finding.Finding(found))
	}
	crt, _ := r.Segment("CRT")
	if got := fields(crt.Fields); got != "010 C998 true 1 false; 020 C999 false 20 false; 030 6060 false 1 false; " {
		t.Errorf("CRT: %s", got)
	}
	numbers, _ := r.Composite("C999")
	if got := fields(numbers.Components); got != "010 1004 false 1200 false; " {
		t.Errorf("C999: %s", got)
	}
	details, _ := r.Composite("C998")
	if got := fields(details.Components); got != "010 9980 true 1 false; 020 6060 false 1 false; " {
		t.Errorf("C998: %s", got)
	}
	for message, want := range map[string]string{
		"CRATES": " UNH true 1 false  | BGM true 1 false  | SG1 true 10 false  | SG1/CRT true 1 false  | SG1/SG2 false 20 false  | SG1/SG2/CRT true 1 false  | SG1/SG2/BGM false 5 false  | UNT true 1 false  ",
		"SLIPPY": "0010 UNH true 1 false  |0020 SG1 false 9 false  |0030 SG1/CRT true 1 false  |0040 SG1/BGM false 1 false  |0050 SG1/SG2 false 9 false  |0060 SG1/SG2/CRT true 1 false  |" +
			"0070 SG1/SG2/BGM false 1 false  |0080 SG1/BGM false 1 false  |0090 UNT true 1 false  ",
		"OPENED": "0010 UNH true 1 false  |0020 SG1 false 9 false  |0030 SG1/CRT true 1 false  |0040 SG1/SG2 false 9 false  |0050 SG1/SG2/CRT true 1 false  |0060 SG1/SG2/BGM false 1 false  |" +
			"0070 SG1/SG3 false 9 false  |0080 SG1/SG3/CRT true 1 false  |0090 UNT true 1 false  ",
	} {
		m, err := r.Message(message)
		if err != nil {
			t.Error(err)
			continue
		}
		var rows []string
		for _, n := range m.Nodes {
			rows = append(rows, row(n))
		}
		if got := strings.Join(rows, "|"); got != want {
			t.Errorf("%s:\n%s\nwants\n%s", message, got, want)
		}
	}
	m, _ := r.Message("CRATES")
	o, _ := r.Message("OPENED")
	if m.Name != "CRATES ON THE WAY MESSAGE" || o.Name != "Message whose groups are open again" {
		t.Errorf("names %q, %q", m.Name, o.Name)
	}
}

// A release whose archive lacks the code list is read all the same: its codes are not checked, and that is said.
func TestALackingCodeListIsSaidAndCanBeLent(t *testing.T) {
	lent := directory.Text{Name: "UNCL.27A", Content: []byte("-----------------------------------\n\n  9980  Crate colour, coded\n\n  Repr: a1\n\n  Note: Not to be mixed up with those of barrels, the list\n        of which is longer.\n\n        B Blue\n             As the sky.\n\n-----------------------------------\n")}
	r, found := directory.FromTexts("D.26Z", append(folder(t, "testdata/oldest"), lent))
	if found.Count(finding.Warning) > 0 {
		t.Fatalf("%v", []finding.Finding(found))
	}
	if got := strings.Join(r.CodeList("9980").Values(), " "); got != "B" {
		t.Errorf("codes %q", got)
	}
}
