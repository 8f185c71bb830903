package idoc

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/flatfile"
)

// say gives what a reader says of a file: every segment, and every finding. A slow one forgets the names that it met, so
// that each record is judged step by step.
func say(file []byte, slow bool) []string {
	r := NewReader(bytes.NewReader(file), Options{})
	var said []string
	for seg, err := range r.Segments() {
		if slow {
			clear(r.recent[:])
		}
		if seg != nil {
			said = append(said, fmt.Sprintf("%d %d %d %s %s %v %+v", seg.IDoc(), seg.Number(), seg.Level(), seg.Name(), seg.Release(), seg.Known(), seg.Where()))
			for i := range seg.Fields() {
				text, err := seg.Text(i)
				said = append(said, fmt.Sprintf("%s=%s %v", seg.Field(i), text, err))
			}
		}
		if _, ok := errors.AsType[*flatfile.RowError](err); err != nil && !ok {
			said = append(said, err.Error())
		}
	}
	for _, f := range r.Findings() {
		said = append(said, f.String())
	}
	return said
}

func TestRecordsTakenAtAGlanceAreTakenAsStepByStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bytes.Buffer
		w := NewWriter(&b, WriteOptions{Form: Form(rapid.IntRange(0, 3).Draw(t, "form")), LineEnd: rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line end")})
		value := rapid.SampledFrom([]string{"1", "Zwölf", "", strings.Repeat("x", 17)})
		for n := range rapid.IntRange(1, 3).Draw(t, "idocs") {
			err := w.Begin(map[string]string{"DOCNUM": fmt.Sprintf("%016d", n), "MANDT": "100", "IDOCTYP": "ORDERS05", "MESTYP": "ORDERS"})
			for range rapid.IntRange(1, 4).Draw(t, "items") {
				err = errors.Join(err, w.Segment("E1EDP01", 1, map[string]string{"MENGE": "1.000"}), w.Segment("E1EDP19", 2, map[string]string{"QUALF": "002", "IDTNR": value.Draw(t, "value")}),
					w.Segment("E1EDP02", 2, map[string]string{"BELNR": value.Draw(t, "value")}))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		file := b.Bytes()
		for range rapid.IntRange(0, 4).Draw(t, "faults") {
			at := rapid.IntRange(0, len(file)-1).Draw(t, "at")
			if rapid.Bool().Draw(t, "in a head") { // of a record that is not the first
				at = min(len(file)-1, at+max(0, bytes.Index(file[at:], []byte("E2E")))+rapid.IntRange(0, headLength).Draw(t, "in head"))
			}
			file[at] = rapid.SampledFrom([]byte("0129 AE\x00\r\n\xC3\xB6")).Draw(t, "byte")
		}
		if diff := cmp.Diff(say(file, true), say(file, false)); diff != "" {
			t.Fatal(diff)
		}
	})
}
