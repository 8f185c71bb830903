package edifact_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

func readFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// copyFile decodes and copies a file with everything in it.
func copyFile(r io.Reader, opts ...edifact.Option) ([]byte, error) {
	var out bytes.Buffer
	d, e := edifact.NewDecoder(r, opts...), edifact.NewEncoder(&out)
	for s, err := range d.Segments() {
		if err != nil {
			return out.Bytes(), err
		}
		if err := e.Copy(s); err != nil {
			return out.Bytes(), err
		}
		if r := d.Object(); r != nil {
			if err := e.CopyObject(r); err != nil {
				return out.Bytes(), err
			}
		}
	}
	err := e.CopyTrailer(d.Trailer())
	return out.Bytes(), err
}

func TestEverySampleThatFramesIsWrittenBackByteForByte(t *testing.T) {
	framed, lost := 0, 0
	for _, file := range sharedtest.Files(t, "samples/edifact/*/*.edi") {
		text := readFile(t, file)
		got, err := copyFile(strings.NewReader(text))
		if _, ok := errors.AsType[*edifact.Error](err); ok {
			lost++
			continue
		}
		if err != nil || string(got) != text {
			t.Errorf("%s: %v, %d bytes of %d", filepath.Base(file), err, len(got), len(text))
		}
		framed++
	}
	t.Logf("%d files frame and come back byte for byte, %d do not frame", framed, lost)
	if framed < 285 {
		t.Errorf("only %d files frame", framed)
	}
}

// verdicts are the files whose envelope has faults, with the rules of severity error that must be found there and no
// others: those of our own constructed samples.
var verdicts = map[string]string{
	"bad-dangling-release":      "truncated",
	"bad-duplicate-interchange": "duplicate-interchange",
	"bad-duplicate-message-ref": "duplicate-message",
	"bad-empty-file":            "empty",
	"bad-empty-interchange":     "no-message",
	"bad-garbage-after":         "junk",
	"bad-html-error-page":       "no-interchange",
	"bad-no-unt":                "unt-missing",
	"bad-no-unz":                "truncated",
	"bad-truncated-midsegment":  "truncated",
	"bad-una-short":             "una-short",
	"bad-unknown-syntax":        "syntax",
	"bad-unt-count":             "unt-count",
	"bad-unt-reference":         "unt-reference",
	"bad-unz-count":             "unz-count",
	"bad-unz-reference":         "unz-reference",
	"odd-long-line-wrapped-80":  "line-break line-break", // in the message and in UNZ
	"odd-unoc-but-utf8":         "charset-mismatch",
}

func TestConstructedSamplesGiveOneFindingForOneFault(t *testing.T) {
	seen := 0
	for _, file := range sharedtest.Files(t, "samples/edifact/*/*.edi") {
		if filepath.Base(filepath.Dir(file)) != "constructed" {
			continue
		}
		seen++
		name := strings.TrimSuffix(filepath.Base(file), ".edi")
		if got := faults(readFile(t, file)); got != verdicts[name] {
			t.Errorf("%s: got %q, want %q", name, got, verdicts[name])
		}
	}
	if seen < 85 {
		t.Errorf("only %d constructed samples", seen)
	}
}

// faults gives the rules of severity error in a file, that of the final error included.
func faults(text string) string {
	var names []string
	for ev, err := range edifact.NewReader(strings.NewReader(text)).Events() {
		if e, ok := errors.AsType[*edifact.Error](err); ok {
			names = append(names, strings.TrimPrefix(e.Finding.Rule, "edifact."))
			break
		}
		for _, f := range ev.Findings {
			if f.Severity.String() == "error" {
				names = append(names, strings.TrimPrefix(f.Rule, "edifact."))
			}
		}
	}
	return strings.Join(names, " ")
}

// signs turn words of the collection's verdicts into the rules that must be found then. The collection's checker also looks
// at the structure of messages, which is not done here.
var signs = []struct{ words, rule string }{
	{"UNT count", "unt-count"}, {"UNT reference", "unt-reference"}, {"UNZ count", "unz-count"}, {"UNZ reference", "unz-reference"},
	{"UNE count", "une-count"}, {"UNE reference", "une-reference"}, {"no UNZ", "truncated"}, {"last segment not terminated", "truncated"}, {"UNH before UNT", "unt-missing"},
	{"UNZ before UNT", "unt-missing"}, {"outside message", "outside-message"}, {"bad tag", "tag"}, {"UTF-8 but declares", "charset-mismatch"},
	{"text after UNZ", "junk"}, {"no UNB", "no-interchange"}, {"UNB#1 missing", "envelope-mandatory"},
}

func TestRealSamplesAgreeWithTheCollectionsVerdicts(t *testing.T) {
	files := sharedtest.Files(t, "samples/edifact/*/*.edi")
	index := readFile(t, filepath.Join(filepath.Dir(filepath.Dir(files[0])), "index.tsv"))
	expected := map[string]string{}
	for line := range strings.Lines(index) {
		column := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		expected[column[0]] = column[len(column)-1]
	}
	agreed, differing := 0, 0
	for _, file := range files {
		if filepath.Base(filepath.Dir(file)) != "real" {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(file), ".edi")
		verdict := expected["real/"+name+".edi"]
		want := map[string]bool{}
		for _, s := range signs {
			if strings.Contains(verdict, s.words) {
				want[s.rule] = true
			}
		}
		got := map[string]bool{}
		for rule := range strings.FieldsSeq(faults(readFile(t, file))) {
			got[rule] = true
		}
		if maps.Equal(want, got) {
			agreed++
			if argued[name] != "" {
				t.Errorf("%s agrees by now", name)
			}
			continue
		}
		differing++
		if found := strings.Join(slices.Sorted(maps.Keys(got)), " "); !strings.HasPrefix(argued[name], found+": ") {
			t.Errorf("%q: %q, // %s, wanted %v", name, found, verdict, slices.Sorted(maps.Keys(want)))
		}
	}
	t.Logf("%d agree, %d differ and are argued", agreed, differing)
	if len(argued) > differing {
		t.Errorf("%d differ, %d are argued", differing, len(argued))
	}
}
