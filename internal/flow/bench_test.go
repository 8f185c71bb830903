package flow_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
)

// BenchmarkCompare compares a million articles, of which one in a hundred differs, with a baseline. x-sort is how many
// times as long as sorting a million hashes it takes, add and finish what its two halves take of that.
func BenchmarkCompare(b *testing.B) {
	const rows = 1_000_000
	scratch := scratchIn(b.TempDir())
	hashes := make([]uint64, rows)
	entries := make([]flow.Entry, rows)
	for i := range rows {
		entries[i] = entry(article(i, 0))
		hashes[i] = entries[i].Hash.Hi
	}
	snapshot := flow.Part(entries)
	var limit, added, finished time.Duration
	for b.Loop() {
		unsorted := slices.Clone(hashes)
		start := time.Now()
		slices.Sort(unsorted)
		limit += time.Since(start)
		start = time.Now()
		c, err := flow.NewCompare(flow.CompareOptions{Kind: document.Stock, Scratch: scratch})
		if err != nil {
			b.Fatal(err)
		}
		d := document.New(document.Stock)
		for i := range rows {
			d.Reset()
			fill(d, i, 1)
			if err := c.Add(1, d); err != nil {
				b.Fatal(err)
			}
		}
		added += time.Since(start)
		start = time.Now()
		base, err := flow.OpenBaseline(bytes.NewReader(snapshot), nil)
		if err != nil {
			b.Fatal(err)
		}
		sum, err := c.Finish(base, nil, func(flow.Change) error { return nil })
		if err != nil || sum.Changed != rows/100 {
			b.Fatal(sum, err)
		}
		finished += time.Since(start)
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(added+finished)/float64(limit), "x-sort")
	b.ReportMetric(float64(added)/float64(limit), "add")
	b.ReportMetric(float64(finished)/float64(limit), "finish")
}

func article(i, round int) *document.Document {
	d := document.New(document.Stock)
	fill(d, i, round)
	return d
}

func fill(d *document.Document, i, round int) {
	d.Rewind()
	var number [16]byte
	d.Put(0, d.TextOf(fmt.Appendf(number[:0], "ART-%07d", i)))
	pieces := int64(i % 900)
	if i%100 < round {
		pieces++
	}
	d.Set("on_hand", document.NumberValue(document.NewDecimal(pieces*100, 2)))
}
