package mapping_test

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
)

// worked is one example of docs/formats.md: what its fences hold, by their kind.
type worked struct {
	title  string
	fences map[string]string
}

// workedExamples reads docs/formats.md. A fence says in its first line what it holds: "```yaml mapping".
func workedExamples(t *testing.T) []worked {
	t.Helper()
	text, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []worked
	kind := ""
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "```") && kind != "":
			kind = ""
		case strings.HasPrefix(line, "```"):
			kind = strings.TrimSpace(strings.TrimPrefix(line, "```"))
		case kind != "":
			all[len(all)-1].fences[kind] += line
		case strings.HasPrefix(line, "## "):
			all = append(all, worked{strings.TrimSpace(line[3:]), map[string]string{}})
		}
	}
	return all
}

// file gives the bytes of an example's file.
func (w worked) file(t *testing.T) string {
	t.Helper()
	if digits, ok := w.fences["hex file"]; ok {
		b, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for kind, text := range w.fences {
		if strings.HasSuffix(kind, " file") {
			return text
		}
	}
	t.Fatal("the example has no file")
	return ""
}

func TestWorkedExamplesOfFormatsHoldBothWays(t *testing.T) {
	examples := workedExamples(t)
	if len(examples) < 5 {
		t.Fatalf("docs/formats.md has %d examples", len(examples))
	}
	for _, w := range examples {
		t.Run(w.title, func(t *testing.T) {
			m, found := mapping.Compile([]byte(w.fences["yaml mapping"]), mapping.Environment{File: "docs/formats.md"})
			if m == nil || len(found) > 0 {
				t.Fatal(found)
			}
			in := w.file(t)
			docs, _, found := readText(t, m, in)
			if found.HasErrors() {
				t.Fatal(found)
			}
			if diff := cmp.Diff(strings.TrimSpace(w.fences["json documents"]), strings.Join(docs, "\n")); diff != "" {
				t.Fatal(diff)
			}
			var all []*document.Document
			for _, text := range docs {
				d, err := document.ParseJSON([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, d)
			}
			out, found, err := m.Encode(all, mapping.WriteOptions{Envelope: workedEnvelope})
			if err != nil || found.HasErrors() {
				t.Fatal(found, err)
			}
			want := in
			for kind, text := range w.fences {
				if strings.HasSuffix(kind, " written") {
					want = text
				}
			}
			if diff := cmp.Diff(want, string(out)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// workedEnvelope is what the examples are written with, where a format has an envelope.
var workedEnvelope = mapping.Envelope{Control: "4711", Time: time.Date(2026, 3, 2, 14, 30, 15, 0, time.UTC)}
