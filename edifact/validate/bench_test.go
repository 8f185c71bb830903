package validate_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/internal/corpus"
	"github.com/batchgate/batchgate/edifact/internal/measure"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

// manyOrders makes an interchange of orders with 30 to 59 lines each.
func manyOrders(messages int) []byte {
	var b bytes.Buffer
	b.WriteString("UNB+UNOC:3+4098765000003:14+4012345000009:14+261124:1015+4711'\n")
	for m := range messages {
		segments := 2
		put := func(format string, values ...any) {
			fmt.Fprintf(&b, format, values...)
			b.WriteString("'\n")
			segments++
		}
		fmt.Fprintf(&b, "UNH+%d+ORDERS:D:96A:UN:EAN008'\n", m+1)
		put("BGM+220+ORD%07d+9", m)
		put("DTM+137:20261124:102")
		put("DTM+2:20261201:102")
		put("RFF+CT:RV-2026-%04d", m%1000)
		put("NAD+BY+4098765000003::9++Hammerl Baumarkt KG+Am Anger 4+Freilassing++83395+DE")
		put("CTA+OC+:Einkauf")
		put("COM+498654123:TE")
		put("NAD+SU+4012345000009::9++Nordkap Handel GmbH+Hafenstrasse 12+Kiel++24103+DE")
		put("NAD+DP+4098765000010::9")
		put("CUX+2:EUR:9")
		lines := 30 + m*7%30
		for l := range lines {
			put("LIN+%d++40123450%05d:EN", l+1, l*37%100000)
			put("PIA+1+SKU-%05d:SA", l*37%100000)
			put("IMD+F++:::Schraube A2 M%dx%d", l%12+3, l*5+10)
			put("QTY+21:%d:PCE", l%50+1)
			put("MOA+203:%d.%02d", l*13+5, l%100)
			put("PRI+AAA:%d.%02d", l+1, l%100)
		}
		put("UNS+S")
		put("CNT+2:%d", lines)
		fmt.Fprintf(&b, "UNT+%d+%d'\n", segments, m+1)
	}
	fmt.Fprintf(&b, "UNZ+%d+4711'\n", messages)
	return b.Bytes()
}

func TestCleanOrdersHaveNoFindings(t *testing.T) {
	found, err := read(t, manyOrders(3))
	if err != nil || len(found) > 0 {
		t.Errorf("%v\n%v", err, found)
	}
}

func BenchmarkDecode(b *testing.B) {
	content := manyOrders(700)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		d := edifact.NewDecoder(bytes.NewReader(content))
		for {
			if _, err := d.ReadSegment(); err != nil {
				break
			}
		}
	}
}

func BenchmarkRead(b *testing.B) {
	content := manyOrders(700)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		r := edifact.NewReader(bytes.NewReader(content))
		for {
			if _, err := r.Next(); err != nil {
				break
			}
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	content := manyOrders(700)
	v := validate.New()
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		r := edifact.NewReader(bytes.NewReader(content))
		for {
			ev, err := r.Next()
			if err != nil {
				break
			}
			if found := v.Event(ev); len(found) > 0 {
				b.Fatal(found[0])
			}
		}
	}
}

// checkAll checks a clean file on one core.
func checkAll(b *testing.B, v *validate.Validator, content []byte) {
	for ev, err := range edifact.NewReader(bytes.NewReader(content)).Events() {
		if err != nil {
			b.Fatal(err)
		}
		if found := v.Event(ev); len(found) > 0 {
			b.Fatal(found)
		}
	}
}

// BenchmarkRatio: bar 2.3, aim 4.
func BenchmarkRatio(b *testing.B) {
	feed := edifact.DefaultSeparators(3)
	feed.Terminator = '\n'
	exotic := edifact.Separators{Component: '|', Element: '^', Decimal: ',', Release: '\\', Terminator: '~'}
	shapes := map[string]corpus.Options{
		"own-separators": {Separators: exotic}, "lines-crlf": {Newline: "\r\n"}, "terminator-lf": {Separators: feed}, "released": {Released: true},
	}
	for _, typ := range corpus.Types() {
		for _, release := range corpus.Releases() {
			shapes[typ+"-"+release] = corpus.Options{Type: typ, Release: release}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		b.Run(name, func(b *testing.B) {
			o := shapes[name]
			o.Size = 1
			v := validate.New()
			checkAll(b, v, made(b, o)) // loads the directory
			o.Seed, o.Size = 1, 10<<20
			content := made(b, o)
			measure.AgainstSplit(b, content, o.Separators, func() { checkAll(b, v, content) })
		})
	}
}

func made(t testing.TB, o corpus.Options) []byte {
	var out bytes.Buffer
	if _, err := corpus.Generate(&out, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkTwoCores: bar 1.7, aim 1.9.
func BenchmarkTwoCores(b *testing.B) {
	content := made(b, corpus.Options{Seed: 1, Size: 40 << 20})
	newCheck := func() func(*edifact.Event) finding.List { return validate.New().Event }
	measure.TwoCores(b, func() { checkAll(b, validate.New(), content) }, func() {
		for c, err := range validate.Parallel(bytes.NewReader(content), 2, newCheck) {
			if err != nil || len(c.Findings) > 0 {
				b.Fatal(c.Findings, err)
			}
		}
	})
}
