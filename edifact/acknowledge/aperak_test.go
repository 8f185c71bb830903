package acknowledge_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

// applied reads a file and gives the application's answer to its last message.
func applied(t testing.TB, file string) *acknowledge.Aperak {
	t.Helper()
	var a *acknowledge.Aperak
	var all finding.List
	v := validate.New()
	for ev, err := range edifact.NewReader(strings.NewReader(file)).Events() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, ev.Findings...), v.Event(ev)...)
		if ev.Kind == edifact.MessageEnd {
			a = acknowledge.NewAperak(ev.Interchange, ev.Message, "ORD-1", all)
		}
	}
	a.Number = "AP-1"
	return a
}

func TestAperakIsTheseBytes(t *testing.T) {
	for name, c := range map[string][2]string{
		"accepted": {unb + good + "UNZ+1+4711'",
			"UNH+1+APERAK:D:96A:UN'BGM++AP-1+9+AP'DTM+137:202611241030:203'RFF+ACW:1'RFF+DM:ORD-1'UNT+6+1'"},
		"rejected": {unb + strings.Replace(good, "QTY+21:3", "QTY+21:three", 1) + "UNZ+1+4711'",
			"UNH+1+APERAK:D:96A:UN'BGM++AP-1+9+RE'DTM+137:202611241030:203'RFF+ACW:1'RFF+DM:ORD-1'ERC+37'" +
				"FTX+AAO+++segment 5 QTY, element 1, component 2?: 6060 (Quantity) is no number,:its format is n..15'UNT+8+1'"},
	} {
		t.Run(name, func(t *testing.T) {
			a := applied(t, c[0])
			b, err := a.Encode(acknowledge.Envelope{Control: "9001", Time: moment})
			if err != nil {
				t.Fatal(err)
			}
			want := "UNA:+.? 'UNB+UNOC:3+4012345000009:14+4098765000003:14+261124:1030+9001'" + c[1] + "UNZ+1+9001'"
			if string(b) != want {
				t.Errorf("got\n%s\nwant\n%s", strings.ReplaceAll(string(b), "'", "'\n"), strings.ReplaceAll(want, "'", "'\n"))
			}
			isRight(t, b)
			back, err := acknowledge.ReadAperak(bytes.NewReader(b))
			if err != nil || len(back) != 1 {
				t.Fatal(back, err)
			}
			a.Syntax = edifact.Syntax{Number: 3}
			if diff := cmp.Diff(a, back[0]); diff != "" {
				t.Errorf("read back (-written +read):\n%s", diff)
			}
		})
	}
}

func TestTextsOfAnAperakFitItsLines(t *testing.T) {
	a := applied(t, unb+good+"UNZ+1+4711'")
	a.Action = acknowledge.Rejected
	a.Errors = []acknowledge.ApplicationError{{Code: "1", Text: strings.Repeat("Größe 東 fehlt hier leider ganz. ", 20)}, {Code: "2", Text: strings.Repeat("x", 400)}}
	b, err := a.Encode(acknowledge.Envelope{Control: "9001", Time: moment})
	if err != nil {
		t.Fatal(err)
	}
	isRight(t, b)
}

// TestOutcomesOfAperaks wants the outcome as far as the message says it.
func TestOutcomesOfAperaks(t *testing.T) {
	for body, want := range map[string]acknowledge.Action{
		"BGM+312+A1'RFF+ACW:1":                   acknowledge.Acknowledged,
		"BGM+313+A1+27'RFF+ACW:1'ERC+17":         acknowledge.Rejected,
		"BGM+305+A1+9+AP'RFF+ACW:1":              acknowledge.Acknowledged,
		"BGM+305+A1+9+RE'RFF+ACW:1":              acknowledge.Rejected,
		"BGM+305+A1+9'RFF+ACW:1":                 acknowledge.Acknowledged,
		"BGM+27+A1+9'RFF+ACW:1'ERC+1":            acknowledge.Unclear,
		"BGM+++34'RFF+ACW:test'ERC+100'RFF+LI:1": acknowledge.Unclear,
	} {
		file := unb + "UNH+1+APERAK:D:96A:UN'" + body + "'UNT+9+1'UNZ+1+4711'"
		got, err := acknowledge.ReadAperak(strings.NewReader(file))
		if err != nil || len(got) != 1 || got[0].Action != want {
			t.Errorf("%s: %+v %v", body, got, err)
		}
	}
	_, err := acknowledge.ReadAperak(strings.NewReader(unb + "UNH+1+APERAK:D:96A:UN'BGM+312+A1'UNT+3+1'UNZ+1+4711'"))
	if !errors.Is(err, acknowledge.ErrNoReference) {
		t.Errorf("got %v", err)
	}
}

func TestRealAperaksAreRead(t *testing.T) {
	files, _ := filepath.Glob(sharedtest.Path(t, "samples/edifact") + "/*/aperak-*.edi")
	read := 0
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list, err := acknowledge.ReadAperak(bytes.NewReader(content))
		if err != nil {
			t.Logf("%s: %v", filepath.Base(name), err)
		}
		for _, a := range list {
			t.Logf("%s: %s, %v %v", filepath.Base(name), a.Action, a.References, a.Errors)
			read++
		}
	}
	if read < 8 {
		t.Errorf("%d read in %d files", read, len(files))
	}
}

func TestAperakIsRightInEveryReleaseThatHasIt(t *testing.T) {
	n := 0
	for _, name := range directory.Names() {
		r, err := directory.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Message("APERAK"); err != nil {
			continue
		}
		n++
		for _, file := range []string{good, strings.Replace(good, "QTY+21:3", "QTY+21:three", 1)} {
			b, err := applied(t, unb+file+"UNZ+1+4711'").Encode(acknowledge.Envelope{Control: "9001", Time: moment, Version: strings.Replace(name, ".", ":", 1)})
			if err != nil {
				t.Fatal(err)
			}
			isRight(t, b)
		}
	}
	if n < 30 {
		t.Errorf("%d releases", n)
	}
}

func TestReferencesOfAnAperakKeepTheirCharacters(t *testing.T) {
	a := applied(t, strings.Replace(unb, "UNOC", "UNOD", 1)+good+"UNZ+1+4711'")
	a.References[1].Number = "Ł-1"
	b, err := a.Encode(acknowledge.Envelope{Control: "9001", Time: moment})
	if err != nil || !bytes.Contains(b, []byte("UNOD")) {
		t.Errorf("%s %v", b, err)
	}
	a.References[1].Number = "茶-1"
	if _, err := a.Encode(acknowledge.Envelope{Control: "9001", Time: moment}); !errors.Is(err, edifact.ErrCharset) {
		t.Errorf("a reference that no level has: %v", err)
	}
}
