package flow_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
)

type scratch struct{ *os.File }

func (s scratch) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }

func scratchIn(dir string) func() (flow.Scratch, error) {
	return func() (flow.Scratch, error) {
		f, err := os.CreateTemp(dir, "run")
		return scratch{f}, err
	}
}

func stock(sku, location string, pieces int64) *document.Document {
	d := document.New(document.Stock)
	d.Set("sku", document.TextValue(sku))
	if location != "" {
		d.Set("location", document.TextValue(location))
	}
	d.Set("on_hand", document.NumberValue(document.Int(pieces)))
	return d
}

func entry(d *document.Document) flow.Entry {
	return flow.Entry{Hash: flow.HashKey(d.Key()), Key: d.Key(), Fingerprint: flow.Fingerprint(d, 0)}
}

// compare gives the changes as "key=pieces", "key missing", sorted.
func compare(t rapid.TB, opt flow.CompareOptions, docs []*document.Document, base []*document.Document, skip func(int) bool) ([]string, flow.Summary) {
	t.Helper()
	opt.Kind = document.Stock
	if opt.Scratch == nil {
		opt.Scratch = func() (flow.Scratch, error) { return nil, errors.New("no scratch wanted") }
	}
	c, err := flow.NewCompare(opt)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i, d := range docs {
		if err := c.Add(i, d); err != nil {
			t.Fatal(err)
		}
	}
	var entries []flow.Entry
	for _, d := range base {
		entries = append(entries, entry(d))
	}
	b, err := flow.OpenBaseline(bytes.NewReader(flow.Part(entries)), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	sum, err := c.Finish(b, skip, func(ch flow.Change) error {
		if ch.Missing {
			got = append(got, ch.Key+" missing")
		} else {
			got = append(got, ch.Key+"="+ch.Doc.Get("on_hand").Text())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	return got, sum
}

func TestOnlyWhatDiffersFromTheBaselineIsAChange(t *testing.T) {
	got, sum := compare(t, flow.CompareOptions{},
		[]*document.Document{stock("A", "", 1), stock("B", "", 2), stock("C", "", 3)},
		[]*document.Document{stock("A", "", 1), stock("B", "", 9), stock("Z", "", 5)}, nil)
	if diff := cmp.Diff([]string{"B=2", "C=3", "Z missing"}, got); diff != "" {
		t.Error(diff)
	}
	if want := (flow.Summary{Keys: 3, Changed: 2, New: 1, Missing: 1, Baseline: 3}); !cmp.Equal(want, sum) {
		t.Error(cmp.Diff(want, sum))
	}
}

func TestWarehousesAreSummedWhereverTheirRowsStand(t *testing.T) {
	got, _ := compare(t, flow.CompareOptions{GroupBy: "sku", Sum: []string{"on_hand"}},
		[]*document.Document{stock("A", "01", 1), stock("B", "01", 2), stock("A", "02", 40), stock("B", "02", 0)},
		[]*document.Document{stock("B", "", 2)}, nil)
	if diff := cmp.Diff([]string{"A=41"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestOfTwoRowsForOneKeyTheLastCountsAndIsSaid(t *testing.T) {
	got, sum := compare(t, flow.CompareOptions{}, []*document.Document{stock("A", "", 1), stock("B", "", 5), stock("A", "", 7)}, nil, nil)
	if diff := cmp.Diff([]string{"A=7", "B=5"}, got); diff != "" {
		t.Error(diff)
	}
	if sum.Duplicate != 1 || !slices.Equal(sum.Examples, []string{"A"}) {
		t.Errorf("duplicates: %d %v", sum.Duplicate, sum.Examples)
	}
}

func TestRowsOfABrokenMessageAreLeftOut(t *testing.T) {
	got, _ := compare(t, flow.CompareOptions{}, []*document.Document{stock("A", "", 1), stock("B", "", 2), stock("C", "", 3)}, nil,
		func(message int) bool { return message == 1 })
	if diff := cmp.Diff([]string{"A=1", "C=3"}, got); diff != "" {
		t.Error(diff)
	}
}

// Against a plain map as the judge, with files that do not fit in one run.
func TestLongFilesAreComparedLikeShortOnes(t *testing.T) {
	dir := t.TempDir()
	name := strings.Repeat("x", 200) // long keys fill runs faster
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.IntRange(0, 90000).Draw(rt, "rows")
		keys := rapid.IntRange(1, 50000).Draw(rt, "keys")
		step := rapid.IntRange(1, 1000).Draw(rt, "step")
		var docs, base []*document.Document
		want, have := map[string]int64{}, map[string]int64{}
		for i := range rows {
			sku := fmt.Sprintf("%s%d", name, (i*step)%keys)
			want[sku] += int64(i % 7)
			docs = append(docs, stock(sku, fmt.Sprint(i%3), int64(i%7)))
		}
		for i := range keys / 2 {
			sku := fmt.Sprintf("%s%d", name, i*3)
			have[sku] = int64(i % 5)
			base = append(base, stock(sku, "", int64(i%5)))
		}
		got, sum := compare(rt, flow.CompareOptions{GroupBy: "sku", Sum: []string{"on_hand"}, Scratch: scratchIn(dir)}, docs, base, nil)
		var expected []string
		for sku, n := range want {
			if before, ok := have[sku]; !ok || before != n {
				expected = append(expected, fmt.Sprintf("%s=%d", sku, n))
			}
		}
		for sku := range have {
			if _, ok := want[sku]; !ok {
				expected = append(expected, sku+" missing")
			}
		}
		slices.Sort(expected)
		if !slices.Equal(expected, got) {
			rt.Fatalf("%d changes, want %d", len(got), len(expected))
		}
		if sum.Keys != int64(len(want)) {
			rt.Fatalf("%d keys, want %d", sum.Keys, len(want))
		}
	})
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("scratch files left behind: %v, %v", left, err)
	}
}

func TestAFullScratchDiskIsSaid(t *testing.T) {
	full := errors.New("disk full")
	c, err := flow.NewCompare(flow.CompareOptions{Kind: document.Stock, Scratch: func() (flow.Scratch, error) { return nil, full }})
	if err != nil {
		t.Fatal(err)
	}
	d := stock(strings.Repeat("k", 3000), "", 1)
	for range 10000 {
		if err = c.Add(0, d); err != nil {
			break
		}
	}
	if err == nil {
		_, err = c.Finish(nil, nil, func(flow.Change) error { return nil })
	}
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	_ = c.Close()
}

func TestLaterPartsWinAndNoneForgets(t *testing.T) {
	a1, a2, b := entry(stock("A", "", 1)), entry(stock("A", "", 2)), entry(stock("B", "", 1))
	none := b
	none.Fingerprint = flow.NoBaseline
	base, err := flow.OpenBaseline(bytes.NewReader(flow.Part([]flow.Entry{a1, b})), [][]byte{flow.Part([]flow.Entry{none}), flow.Part([]flow.Entry{a2})})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	rows, err := base.WriteSnapshot(&out)
	if err != nil || rows != 1 {
		t.Fatalf("%d rows, %v", rows, err)
	}
	if !bytes.Equal(out.Bytes(), flow.Part([]flow.Entry{a2})) {
		t.Error("the snapshot is not the newest entry alone")
	}
}

func TestADamagedBaselineIsNoticed(t *testing.T) {
	whole := flow.Part([]flow.Entry{entry(stock("A", "", 1)), entry(stock("B", "", 2))})
	for n := 1; n < len(whole); n++ {
		if n == len(whole)/2 { // a cut between two entries cannot be seen here; the archive's hash sees it
			continue
		}
		err := func() error {
			b, err := flow.OpenBaseline(bytes.NewReader(whole[:n]), nil)
			for err == nil {
				err = b.Next()
			}
			return err
		}()
		if errors.Is(err, io.EOF) {
			t.Errorf("%d of %d bytes were taken as whole", n, len(whole))
		}
	}
}

// What a shop counts down by itself is sent again though the file says the same, and stays known.
func TestAVoidKeyIsSentAgainAndStaysKnown(t *testing.T) {
	void := func(key string) []byte {
		return flow.Part([]flow.Entry{{Hash: flow.HashKey(key), Key: key, Fingerprint: flow.VoidIfKnown}})
	}
	a, b := entry(stock("A", "", 1)), entry(stock("B", "", 2))
	gone := b
	gone.Fingerprint = flow.NoBaseline
	parts := [][]byte{void("A"), void("never sent"), flow.Part([]flow.Entry{gone}), void("B")}
	snapshot := flow.Part([]flow.Entry{a, b})
	for _, folded := range []bool{false, true} {
		if folded { // a new snapshot says the same
			base, err := flow.OpenBaseline(bytes.NewReader(snapshot), parts)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if _, err := base.WriteSnapshot(&out); err != nil {
				t.Fatal(err)
			}
			snapshot, parts = out.Bytes(), nil
		}
		base, err := flow.OpenBaseline(bytes.NewReader(snapshot), parts)
		if err != nil {
			t.Fatal(err)
		}
		c, err := flow.NewCompare(flow.CompareOptions{Kind: document.Stock})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Add(0, stock("A", "", 1)); err != nil {
			t.Fatal(err)
		}
		var sent []string
		sum, err := c.Finish(base, nil, func(ch flow.Change) error { sent = append(sent, ch.Key); return nil })
		if want := (flow.Summary{Keys: 1, Changed: 1, Void: 1, Baseline: 1}); err != nil || !cmp.Equal(want, sum) || !slices.Equal(sent, []string{"A"}) {
			t.Errorf("folded %v: %v %v %s", folded, sent, err, cmp.Diff(want, sum))
		}
	}
}

func TestAnotherSaltMakesAllDiffer(t *testing.T) {
	got, sum := compare(t, flow.CompareOptions{Salt: 7}, []*document.Document{stock("A", "", 1)}, []*document.Document{stock("A", "", 1)}, nil)
	if sum.Changed != 1 || sum.New != 0 || !slices.Equal(got, []string{"A=1"}) {
		t.Errorf("%v %+v", got, sum)
	}
}

// What is given up at once ends at once, though nothing of it has begun yet.
func TestAComparisonThatIsClosedAtOnceEnds(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so that the other goroutine begins late
	for range 100 {
		c, err := flow.NewCompare(flow.CompareOptions{Kind: document.Stock})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
