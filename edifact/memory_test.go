package edifact_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/internal/corpus"
)

// largeFiles are read by a process of their own, which tells its peak memory.
var largeFiles = map[string]corpus.Options{
	"one message of 200 MB":      {Size: 200 << 20, OneMessage: true},
	"an interchange of 1 GB":     {Size: 1 << 30, OneFile: true},
	"many interchanges, 200 MB":  {Size: 200 << 20, Type: "INVOIC", Released: true, Newline: "\r\n"},
	"small interchanges, 100 MB": {Size: 100 << 20, Type: "DESADV"},
}

// TestMain reads a large file instead of running tests when the process is asked to.
func TestMain(m *testing.M) {
	name := os.Getenv("EDIFACT_READ_LARGE_FILE")
	if name == "" {
		os.Exit(m.Run())
	}
	if err := readLarge(largeFiles[name], os.Getenv("EDIFACT_IN_PARALLEL") != ""); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status, err := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Println(strings.Fields(rest)[0])
	if err != nil {
		os.Exit(1)
	}
}

func readLarge(o corpus.Options, parallel bool) error {
	r, w := io.Pipe()
	made := make(chan corpus.Manifest, 1)
	go func() {
		m, err := corpus.Generate(w, o)
		made <- m
		w.CloseWithError(err)
	}()
	read := readSerially
	if parallel {
		read = func(r io.Reader) (int, error) { return readInParallel(r, 2) }
	}
	segments, err := read(r)
	if err != nil {
		return err
	}
	if want := (<-made).Segments; segments != want {
		return fmt.Errorf("%d segments were read, %d made", segments, want)
	}
	return nil
}

// peak gives the megabytes that reading a large file has needed at most, the making of the file included.
func peak(t testing.TB, name string, parallel bool) float64 {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "EDIFACT_READ_LARGE_FILE="+name)
	if parallel {
		cmd.Env = append(cmd.Env, "EDIFACT_IN_PARALLEL=1")
	}
	var talk bytes.Buffer
	cmd.Stderr = &talk
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v %s", name, err, talk.String())
	}
	kb, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	return float64(kb) / 1024
}

func TestAnyFileIsReadIn32Megabytes(t *testing.T) {
	if runtime.GOOS != "linux" || testing.Short() {
		t.Skip("needs Linux, which tells the peak of memory, and a run without -short: the files are large")
	}
	for _, name := range []string{"one message of 200 MB", "small interchanges, 100 MB"} {
		for _, parallel := range []bool{false, true} {
			mb := peak(t, name, parallel)
			t.Logf("%s, parallel %v: %.1f MB", name, parallel, mb)
			if mb > 32 {
				t.Errorf("%s, parallel %v: %.1f MB", name, parallel, mb)
			}
		}
	}
}

// BenchmarkPeakMemory: bar 32 MB, aim 16.
func BenchmarkPeakMemory(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("needs Linux, which tells the peak of memory")
	}
	for name := range largeFiles {
		for _, parallel := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/parallel=%v", name, parallel), func(b *testing.B) {
				for b.Loop() {
					b.ReportMetric(peak(b, name, parallel), "MB-peak")
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

func TestASegmentOf100MegabytesIsRefusedByTheLimit(t *testing.T) {
	read := &repeated{text: strings.Repeat("x", 1<<10), n: 100 << 10}
	d := edifact.NewDecoder(io.MultiReader(strings.NewReader(message("FTX+AAI+++")), read, strings.NewReader("'UNT+3+1'UNZ+1+1'")))
	var last error
	for _, err := range d.Segments() {
		last = err
	}
	e, ok := errors.AsType[*edifact.Error](last)
	if !ok || !errors.Is(e, edifact.ErrTooLong) || e.Finding.Rule != edifact.RuleTooLong || e.Finding.Hint == "" || e.Finding.Place.Line != 1 {
		t.Errorf("got %v", last)
	}
	if got := (100<<10 - read.n) << 10; got > 4<<20 {
		t.Errorf("%d bytes were read before that", got)
	}
}
