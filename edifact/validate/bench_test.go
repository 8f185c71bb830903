package validate_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/batchgate/batchgate/edifact"
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

// splitThrice is the tokeniser that everything is measured against.
func splitThrice(b []byte) int {
	n := 0
	for _, segment := range bytes.Split(b, []byte("'")) {
		for _, element := range bytes.Split(segment, []byte("+")) {
			n += len(bytes.Split(element, []byte(":")))
		}
	}
	return n
}

func BenchmarkSplit(b *testing.B) {
	content := manyOrders(700)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		splitThrice(content)
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

// BenchmarkRatio reports how many times as fast as the tokeniser validation is: the best of each in the same run, since
// whatever else the machine does only makes a run slower.
func BenchmarkRatio(b *testing.B) {
	content := manyOrders(400)
	v := validate.New()
	split, checked := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		splitThrice(content)
		split = min(split, time.Since(start))
		start = time.Now()
		checkSerially(b, v, content)
		checked = min(checked, time.Since(start))
	}
	b.ReportMetric(float64(split)/float64(checked), "x-split")
}

// checkSerially checks a file on one core.
func checkSerially(b *testing.B, v *validate.Validator, content []byte) {
	for ev, err := range edifact.NewReader(bytes.NewReader(content)).Events() {
		if err != nil || len(v.Event(ev)) > 0 {
			b.Fatal("not clean")
		}
	}
}

// BenchmarkTwoCores reports as x-one-core how many times faster one file is validated on two cores than on one, by the clock,
// and as overhead how much more the cores have to do then: on two idle cores the first is 2 divided by the second.
func BenchmarkTwoCores(b *testing.B) {
	content := manyOrders(2000)
	newCheck := func() func(*edifact.Event) finding.List { return validate.New().Event }
	var one, two, oneCPU, twoCPU time.Duration
	for b.Loop() {
		t0, c0 := time.Now(), cpuTime()
		checkSerially(b, validate.New(), content)
		t1, c1 := time.Now(), cpuTime()
		for c, err := range validate.Parallel(bytes.NewReader(content), 2, newCheck) {
			if err != nil || len(c.Findings) > 0 {
				b.Fatal("not clean")
			}
		}
		one, two, oneCPU, twoCPU = one+t1.Sub(t0), two+time.Since(t1), oneCPU+c1-c0, twoCPU+cpuTime()-c1
	}
	b.ReportMetric(float64(one)/float64(two), "x-one-core")
	b.ReportMetric(float64(twoCPU)/float64(oneCPU), "overhead")
	b.ReportMetric(0, "ns/op")
}
