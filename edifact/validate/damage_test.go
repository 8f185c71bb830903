package validate

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/edifact"
)

// seeds are files that the properties below damage.
var seeds = []string{
	"UNA:+.? '" + `UNB+UNOC:3+4098765000003:14+4012345000009:14+261124:1015+4711'
UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+ORD-10234+9'DTM+137:20261124:102'RFF+CT:RV-17'NAD+BY+4098765000003::9++Hammerl ?+ Sohn KG'
CTA+OC+:Einkauf'COM+498654123:TE'CUX+2:EUR:9'LIN+1++4012345000016:EN'PIA+1+SKU-00016:SA'QTY+21:3.5:PCE'MOA+203:-89.85'PRI+AAA:29.95'
TAX+7+VAT+++:::19'UNS+S'CNT+2:1'UNT+17+1'UNZ+1+4711'`,
	`UNB+UNOC:3+4098765000003:14+4012345000009:14+261124:1015+4712'UNH+1+DESADV:D:96A:UN:EAN005'BGM+351+LS-4711+9'DTM+137:20261124:102'
CPS+1'PAC+1++201'CPS+2+1'PAC+1++CT'MEA+PD+AAD+KGM:12.5'PCI+17'GIN+BJ+340123450000000012'LIN+1++4012345000016:EN'QTY+12:3:PCE'RFF+ON:ORD-10234:1'
CNT+2:3'UNT+15+1'UNZ+1+4712'`,
	"UNA:+.?*'UNB+UNOY:4+4098765000003:14+4012345000009:14+20261124:1015+4713'UNH+1+ORDERS:D:01B:UN'BGM+220+ORD-1+9'DTM+137:20261124:102'" +
		"NAD+BY+4098765000003::9++Käufer'CTA+OC+:Einkauf'COM+1:TE*einkauf@example.org:EM'LIN+1'UNS+S'UNT+9+1'UNZ+1+4713'",
}

// damage changes a file at random: bytes, and whole segments.
func damage(t *rapid.T) []byte {
	b := []byte(rapid.SampledFrom(seeds).Draw(t, "seed"))
	for range rapid.IntRange(0, 6).Draw(t, "bytes") {
		at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		with := rapid.SampledFrom([]byte("+:'?*.,-0123456789 ABCUNHTZabc\n\x00\xe4")).Draw(t, "with")
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			b[at] = with
		case 1:
			b = slices.Insert(b, at, with)
		default:
			b = slices.Delete(b, at, at+1)
		}
	}
	segments := bytes.SplitAfter(b, []byte("'"))
	for range rapid.IntRange(0, 4).Draw(t, "segments") {
		from := rapid.IntRange(0, len(segments)-1).Draw(t, "from")
		to := rapid.IntRange(0, len(segments)-1).Draw(t, "to")
		segments = slices.Insert(slices.Clone(segments), to, segments[from])
		if rapid.Bool().Draw(t, "move") {
			segments = slices.Delete(segments, from, from+1)
		}
	}
	return slices.Concat(segments...)
}

// TestCleanPathIsNeverLax reads damaged files and checks closely what the quick way calls clean: nothing may be found.
func TestCleanPathIsNeverLax(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := New()
		for ev, err := range edifact.NewReader(bytes.NewReader(damage(t))).Events() {
			if err != nil {
				return
			}
			if ev.Kind == edifact.SegmentRead && v.program != nil {
				v.take(ev.Segment)
				if l := v.layout(v.chosen.release, ev.Segment.Tag()); l != nil && v.clean(l, ev.Segment) {
					before := len(v.notes)
					v.check(l, false)
					for _, f := range v.notes[before:] {
						if f.Rule != RuleDependency {
							t.Fatalf("clean, but: %v\n%s", f, ev.Segment.Raw())
						}
					}
				}
			}
			v.Event(ev)
		}
	})
}

// TestFindingsStandInTheFile wants that each place lies within the file and is of the segment that it names.
func TestFindingsStandInTheFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file := damage(t)
		v := New()
		release := byte('?')
		for ev, err := range edifact.NewReader(bytes.NewReader(file)).Events() {
			if err != nil {
				return
			}
			if ev.Segment != nil {
				release = ev.Segment.Separators().Release // a damaged UNA may name another one
			}
			for _, f := range v.Event(ev) {
				from, to := f.Place.Offset, f.Place.Offset+int64(f.Place.Length)
				if from < 0 || to > int64(len(file)) {
					t.Fatalf("%v lies outside: %d to %d of %d", f, from, to, len(file))
				}
				if f.Message == "" || f.Rule == "" || f.Hint == "" {
					t.Fatalf("nothing is said: %+v", f)
				}
				if f.Place.Component > 0 && f.Place.Repeat == 1 && bytes.IndexByte(file[from:to], release) < 0 && !bytes.ContainsAny(file[from:to], "\r\n\x00") && !strings.HasPrefix(f.Value, string(file[from:to])) && f.Value != "" && !bytes.ContainsRune(file[from:to], 0xFFFD) && isASCII(file[from:to]) {
					t.Fatalf("%v: value %q stands as %q", f, f.Value, file[from:to])
				}
			}
		}
	})
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func FuzzValidate(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		v := New(MaxFindings(50))
		for ev, err := range edifact.NewReader(bytes.NewReader(file)).Events() {
			if err != nil {
				return
			}
			if found := v.Event(ev); len(found) > 51 {
				t.Fatalf("%d findings in a message", len(found))
			}
		}
	})
}
