package corpus_test

import (
	"bytes"
	"testing"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/internal/corpus"
	"github.com/batchgate/batchgate/edifact/validate"
)

var exotic = edifact.Separators{Component: '|', Element: '^', Decimal: ',', Release: '\\', Terminator: '~'}

func TestWhatIsMadeIsValidByItsDirectoryAndCounted(t *testing.T) {
	for _, typ := range corpus.Types() {
		for _, release := range corpus.Releases() {
			for _, o := range []corpus.Options{{}, {Newline: "\r\n", Separators: exotic}, {Released: true, Newline: "\n"}, {OneMessage: true}, {OneFile: true}} {
				o.Type, o.Release, o.Size, o.Seed = typ, release, 30_000, 5
				var out bytes.Buffer
				made, err := corpus.Generate(&out, o)
				if err != nil {
					t.Fatalf("%+v: %v", o, err)
				}
				var got corpus.Manifest
				check := validate.New()
				for ev, err := range edifact.NewReader(bytes.NewReader(out.Bytes())).Events() {
					if err != nil {
						t.Fatalf("%+v: %v", o, err)
					}
					if found := append(ev.Findings, check.Event(ev)...); len(found) > 0 {
						t.Fatalf("%+v: %v", o, found)
					}
					switch ev.Kind {
					case edifact.InterchangeStart:
						got.Interchanges++
					case edifact.MessageEnd:
						got.Messages++
						got.Segments += ev.Count
					case edifact.SegmentRead:
						if ev.Segment.Tag() == "LIN" {
							got.Lines++
						}
					case edifact.FileEnd:
						got.Bytes = ev.End
					}
				}
				if got != made || made.Bytes != int64(out.Len()) || made.Bytes < o.Size {
					t.Errorf("%+v: made %+v, found %+v", o, made, got)
				}
				var again bytes.Buffer
				if _, err := corpus.Generate(&again, o); err != nil || !bytes.Equal(again.Bytes(), out.Bytes()) {
					t.Errorf("%+v: a second time other bytes came, %v", o, err)
				}
			}
		}
	}
	if _, err := corpus.Generate(&bytes.Buffer{}, corpus.Options{Type: "SLSRPT"}); err == nil {
		t.Error("an unknown type is made")
	}
}
