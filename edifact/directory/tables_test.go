package directory_test

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

// TestDirectoriesSayWhatTheTablesSay compares what is unpacked with the tables beside the checkout, row by row: formats,
// segments, composites and codes of all releases, and the segment tables of all messages.
func TestDirectoriesSayWhatTheTablesSay(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a run without -short: it reads all tables")
	}
	folder := sharedtest.Path(t, "edifact-directories")
	rows := 0
	for _, name := range directory.Names() {
		d := open(t, name)
		own := filepath.Join(folder, strings.Replace(name, ".", "", 1))
		each(t, filepath.Join(own, "elements.tsv"), func(f []string) {
			if e, ok := d.Element(f[0]); f[1] != "I" && (!ok || e.Format.String() != f[2] || e.HasCodes != (f[3] != "0") || e.Name != f[5]) {
				t.Errorf("%s: element %v is %+v", name, f, e)
			}
			rows++
		})
		at := map[string]int{}
		each(t, filepath.Join(own, "segments.tsv"), func(f []string) {
			if f[1] == "I" {
				return
			}
			s, ok := d.Segment(f[0])
			if !ok || len(s.Fields) <= at[f[0]] {
				t.Errorf("%s: %v is not there", name, f)
				return
			}
			got := s.Fields[at[f[0]]]
			if fmt.Sprintf("%03d %s %v %d", got.Position, got.ID, got.Mandatory, got.Repeat) != fmt.Sprintf("%s %s %v %s", f[2], f[3], f[4] == "M", f[5]) {
				t.Errorf("%s: %v is %+v", name, f, got)
			}
			at[f[0]]++
			rows++
		})
		each(t, filepath.Join(own, "composites.tsv"), func(f []string) {
			if f[1] == "I" {
				return
			}
			c, ok := d.Composite(f[0])
			if !ok || len(c.Components) <= at[f[0]] {
				t.Errorf("%s: %v is not there", name, f)
				return
			}
			got := c.Components[at[f[0]]]
			if fmt.Sprintf("%s %v %d %v", got.ID, got.Mandatory, got.Repeat, got.Element.Format) != fmt.Sprintf("%s %v %s %s", f[3], f[4] == "M", f[5], f[6]) {
				t.Errorf("%s: %v is %+v", name, f, got)
			}
			at[f[0]]++
			rows++
		})
		if codes := filepath.Join(own, "codes.tsv.gz"); exists(codes) {
			each(t, codes, func(f []string) {
				if got, ok := d.Code(f[0], f[1]); !ok || got != f[3] {
					t.Errorf("%s: code %v is %q", name, f, got)
				}
				rows++
			})
		}
		rows += compareMessages(t, d, filepath.Join(own, "messages.tsv.gz"))
	}
	t.Logf("%d rows are the same", rows)
	if rows == 0 {
		t.Error("nothing was compared")
	}
}

// compareMessages walks the segment tables; triggers are M 1 whatever is printed.
func compareMessages(t *testing.T, d *directory.Release, path string) (rows int) {
	last, at := "", 0
	var m *directory.Message
	trigger := false
	each(t, path, func(f []string) {
		if f[0] != last {
			last, at, trigger = f[0], 0, false
			m, _ = d.Message(f[0])
		}
		if m == nil { // interactive, or cut off
			return
		}
		n := m.Nodes[at]
		at++
		rows++
		status, most := f[7] == "M", f[8]
		if trigger {
			status, most = true, "1"
		}
		trigger = f[3] == "G"
		if fmt.Sprintf("%s %s %v %d %v", n.Position, n.ID, n.Mandatory, n.Max, n.Group) != fmt.Sprintf("%s %s %v %s %v", f[2], f[4], status, most, trigger) || n.Parent.ID != f[5] {
			t.Errorf("%s %v is %+v", d.Name(), f, n)
		}
	})
	return rows
}

// each gives the rows of a table.
func each(t *testing.T, path string, take func([]string)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	lines := bufio.NewScanner(r)
	lines.Scan()
	for lines.Scan() {
		take(strings.Split(lines.Text(), "\t"))
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
