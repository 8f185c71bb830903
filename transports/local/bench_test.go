package local_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/transports"
)

const manyFiles = 100_000

// fill makes files of no content.
func fill(b *testing.B, dir string, n int) {
	b.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("ORD%06d.EDI", i)), nil, 0o644); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkList100k(b *testing.B) {
	root := b.TempDir()
	fill(b, root, manyFiles)
	ep := transports.New("erp", open(b, root))
	defer ep.Close()
	b.Run("Raw", func(b *testing.B) {
		for b.Loop() {
			entries, err := os.ReadDir(root)
			if err != nil || len(entries) != manyFiles {
				b.Fatal(len(entries), err)
			}
			for _, e := range entries {
				if _, err := e.Info(); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	for name, match := range map[string]transports.Match{
		"All":      {},
		"Pattern":  {Include: []string{"*.edi"}, FoldCase: true},
		"First500": {Limit: 500},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				files, err := ep.List(b.Context(), ".", match)
				if err != nil || len(files) < 500 {
					b.Fatal(len(files), err)
				}
			}
		})
	}
}

func BenchmarkClaim(b *testing.B) {
	rename := map[string]func(root string, ep *transports.Endpoint, from, to string) error{
		"Raw": func(root string, _ *transports.Endpoint, from, to string) error {
			return os.Rename(filepath.Join(root, from), filepath.Join(root, to))
		},
		"Endpoint": func(_ string, ep *transports.Endpoint, from, to string) error {
			return ep.Claim(b.Context(), from, to)
		},
	}
	for name, do := range rename {
		b.Run(name, func(b *testing.B) {
			root := b.TempDir()
			fill(b, filepath.Join(root, "in"), 1)
			if err := os.Mkdir(filepath.Join(root, "claim"), 0o755); err != nil {
				b.Fatal(err)
			}
			ep := transports.New("erp", open(b, root))
			defer ep.Close()
			from, to := "in/ORD000000.EDI", "claim/ORD000000.EDI"
			for b.Loop() {
				if err := do(root, ep, from, to); err != nil {
					b.Fatal(err)
				}
				from, to = to, from
			}
		})
	}
}

// BenchmarkPlace places files of 2 KB durably: one by one, and 100 at a time.
func BenchmarkPlace(b *testing.B) {
	content := strings.Repeat("x", 2048)
	for _, batch := range []int{1, 100} {
		b.Run(fmt.Sprintf("Batch%d", batch), func(b *testing.B) {
			ep := transports.New("erp", open(b, b.TempDir()))
			defer ep.Close()
			n := 0
			for b.Loop() {
				drafts := make([]transports.Draft, batch)
				files := make([]transports.Renaming, batch)
				for i := range batch {
					n++
					final := fmt.Sprintf("ORD%d.EDI", n)
					drafts[i] = transports.Draft{Temp: transports.TempName(final), Body: strings.NewReader(content), Size: 2048}
					files[i] = transports.Renaming{From: transports.TempName(final), To: final}
				}
				for _, errs := range [][]error{ep.StageAll(b.Context(), drafts), ep.PublishAll(b.Context(), files)} {
					for _, err := range errs {
						if err != nil {
							b.Fatal(err)
						}
					}
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "files/s")
		})
	}
}
