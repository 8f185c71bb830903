package flow_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
)

// sieved compares documents, the rows of so many messages, with a sieve of what was known when the file was begun.
func sieved(t rapid.TB, opt flow.CompareOptions, docs []*document.Document, messages int, then, now []flow.Entry, skip func(int) bool) ([]string, flow.Summary, error) {
	opt.Sieve = func() (*flow.Sieve, error) {
		return flow.NewSieve(baselineOf(t, then), int64(len(then)/2)) // fewer keys than there are: the number is a guess
	}
	return plainly(t, opt, docs, messages, now, skip)
}

// plainly compares without a sieve, unless opt has one.
func plainly(t rapid.TB, opt flow.CompareOptions, docs []*document.Document, messages int, known []flow.Entry, skip func(int) bool) (got []string, sum flow.Summary, err error) {
	t.Helper()
	opt.Kind = document.Stock
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
		if err := c.Add(i*messages/len(docs), d); err != nil {
			t.Fatal(err)
		}
	}
	sum, err = c.Finish(baselineOf(t, known), skip, func(ch flow.Change) error {
		got = append(got, fmt.Sprintf("%s=%s %v", ch.Key, ch.Doc.Get("on_hand").Text(), ch.Missing))
		return nil
	})
	return got, sum, err
}

func baselineOf(t rapid.TB, entries []flow.Entry) *flow.Baseline {
	b, err := flow.OpenBaseline(bytes.NewReader(flow.Part(slices.Clone(entries))), nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A sieve is only a shorter way: with keys that come several times, messages that are broken, and rows of several runs.
func TestASieveChangesNothing(t *testing.T) {
	opt := flow.CompareOptions{Scratch: scratchIn(t.TempDir())}
	name := strings.Repeat("x", 300) // long keys fill runs faster
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(7000, 30000)).Draw(rt, "rows")
		keys := rapid.IntRange(1, 2*rows+2).Draw(rt, "keys")
		values := rapid.Int64Range(1, 4).Draw(rt, "values")
		step := rapid.IntRange(1, 1000).Draw(rt, "step")
		messages := rapid.IntRange(1, 3).Draw(rt, "messages")
		broken := rapid.IntRange(-1, 2).Draw(rt, "broken")
		var docs []*document.Document
		for i := range rows {
			docs = append(docs, stock(name+fmt.Sprint(i*step%keys), "", int64(i*i)%values))
		}
		var known []flow.Entry
		for i := range keys {
			switch e := entry(stock(name+fmt.Sprint(i), "", 1)); {
			case i%7 == 3:
				e.Fingerprint = flow.Void
				known = append(known, e)
			case i%11 != 5:
				known = append(known, e)
			}
		}
		skip := func(message int) bool { return message == broken }
		plain, want, err := plainly(rt, opt, docs, messages, known, skip)
		if err != nil {
			rt.Fatal(err)
		}
		got, sum, err := sieved(rt, opt, docs, messages, known, known, skip)
		if err != nil {
			rt.Fatal(err)
		}
		if !slices.Equal(plain, got) {
			rt.Fatalf("%d changes, want %d", len(got), len(plain))
		}
		if len(want.Examples) > 0 != (len(sum.Examples) > 0) {
			rt.Fatal("no example of a key that comes twice")
		}
		want.Examples, sum.Examples = nil, nil
		if fmt.Sprint(want) != fmt.Sprint(sum) {
			rt.Fatalf("%+v, want %+v", sum, want)
		}
	})
}

// What became known or unknown of a key whose row was held back cannot be compared any more; of others it can.
func TestABaselineThatMovesUnderASieveIsNoticed(t *testing.T) {
	var docs []*document.Document
	var then []flow.Entry
	for i := range 70000 {
		docs = append(docs, stock(fmt.Sprint(i), "", int64(i%2)))
		then = append(then, entry(stock(fmt.Sprint(i), "", 0)))
	}
	opt := flow.CompareOptions{Scratch: scratchIn(t.TempDir())}
	same, differs, late := 2, 3, 69998 // late is in the run that the sieve does not see
	for name, c := range map[string]struct {
		key   int
		move  func([]flow.Entry) []flow.Entry
		moved bool
	}{
		"held, other value":   {same, func(e []flow.Entry) []flow.Entry { e[same] = entry(stock(fmt.Sprint(same), "", 9)); return e }, true},
		"held, void":          {same, func(e []flow.Entry) []flow.Entry { e[same].Fingerprint = flow.Void; return e }, true},
		"held, gone":          {same, func(e []flow.Entry) []flow.Entry { return slices.Delete(e, same, same+1) }, true},
		"passed, other value": {differs, func(e []flow.Entry) []flow.Entry { e[differs] = entry(stock(fmt.Sprint(differs), "", 1)); return e }, false},
		"passed, gone":        {differs, func(e []flow.Entry) []flow.Entry { return slices.Delete(e, differs, differs+1) }, false},
		"late, void":          {late, func(e []flow.Entry) []flow.Entry { e[late].Fingerprint = flow.Void; return e }, false},
	} {
		now := c.move(slices.Clone(then))
		got, sum, err := sieved(t, flow.CompareOptions{}, docs, 1, then, now, nil)
		if errors.Is(err, flow.ErrMoved) != c.moved || err != nil && !c.moved {
			t.Errorf("%s: %v", name, err)
		}
		if c.moved {
			continue
		}
		want, wanted, err := plainly(t, opt, docs, 1, now, nil)
		if err != nil || !slices.Equal(want, got) || fmt.Sprint(wanted) != fmt.Sprint(sum) {
			t.Errorf("%s: %d changes, want %d; %+v, want %+v; %v", name, len(got), len(want), sum, wanted, err)
		}
	}
}

func TestASieveThatCannotBeReadIsSaid(t *testing.T) {
	lost := errors.New("no snapshot")
	c, err := flow.NewCompare(flow.CompareOptions{Kind: document.Stock, Sieve: func() (*flow.Sieve, error) { return nil, lost }})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; err == nil && i < 200000; i++ {
		err = c.Add(1, stock(fmt.Sprint(i), "", 1))
	}
	if !errors.Is(err, lost) {
		t.Errorf("got %v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
