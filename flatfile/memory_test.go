package flatfile_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/flatfile"
)

// endless gives a text again and again, so many bytes of it, and counts what was taken.
type endless struct {
	text       string
	at         int
	left, took int64
}

// Read gives some more of it.
func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && e.left > 0 {
		k := copy(p[n:], e.text[e.at:])
		k = int(min(int64(k), e.left))
		n, e.at, e.left = n+k, (e.at+k)%len(e.text), e.left-int64(k)
	}
	e.took += int64(n)
	return n, nil
}

func TestOneRecordOf200MegabytesIsRefusedByTheLimit(t *testing.T) {
	row := []flatfile.RecordType{{Name: "row"}}
	for name, open := range map[string]func(io.Reader) *flatfile.Reader{
		"a line without an end": func(r io.Reader) *flatfile.Reader { return flatfile.NewReader(r, flatfile.Delimited{}) },
		"fixed width":           func(r io.Reader) *flatfile.Reader { return flatfile.NewFixedReader(r, flatfile.Layout{Types: row}) },
		"lines of EBCDIC": func(r io.Reader) *flatfile.Reader {
			return flatfile.NewFixedReader(r, flatfile.Layout{Charset: "cp278", Types: row})
		},
	} {
		in := &endless{text: "x", left: 200 << 20}
		_, err := open(in).Read()
		if !errors.Is(err, flatfile.ErrTooLong) || in.took > 4<<20 {
			t.Errorf("%s: %v after %d bytes", name, err, in.took)
		}
	}
	in := &endless{text: "\"a;b\n", left: 200 << 20} // quotes that are never closed
	if _, err := flatfile.NewReader(io.MultiReader(strings.NewReader(`"`), &endless{text: "a;b\n", left: 200 << 20}), flatfile.Delimited{}).Read(); !errors.Is(err, flatfile.ErrTooLong) {
		t.Errorf("open quotes: %v after %d bytes", err, in.took)
	}
}

// A file of 10,000,000 rows and 2 GB; with -short of 1,000,000.
func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	const line = "EV-77-A    0000096 ST Fäste, galvat                                 ;12,50;SEK;2026-03-02;01;0000000200-;Hamngatan 3;824 50 HUDIKSVALL;SE;abcdefghijklmnopqrstuvwxyz0123456789;ABCDEFGHIJKLMNOPQRSTU\r\n"
	rows := int64(10_000_000)
	if testing.Short() {
		rows = 1_000_000
	}
	layout := flatfile.Layout{Types: []flatfile.RecordType{{Name: "row", Fields: []flatfile.FixedField{{Name: "sku", Length: 11}, {Name: "n", At: 11, Length: 7, Number: flatfile.Display}}}}}
	for name, open := range map[string]func(io.Reader) *flatfile.Reader{
		"delimited": func(r io.Reader) *flatfile.Reader { return flatfile.NewReader(r, flatfile.Delimited{Delimiter: ';'}) },
		"fixed":     func(r io.Reader) *flatfile.Reader { return flatfile.NewFixedReader(r, layout) },
	} {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n := int64(0)
		for rec, err := range open(&endless{text: line, left: rows * int64(len(line))}).Records() {
			if err != nil || len(rec.Bytes(0)) < 7 {
				t.Fatal(err)
			}
			n++
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; n != rows || took > 1<<20 {
			t.Errorf("%s: %d rows took %d bytes of memory", name, n, took)
		}
		t.Logf("%s: %d rows, %d MB, %d KB allocated in all", name, n, rows*int64(len(line))>>20, (after.TotalAlloc-before.TotalAlloc)>>10)
	}
}
