package validate_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

// generated makes a clean ORDERS D.96A with random contents, UNT included.
func generated(r *rand.Rand, reference int) []string {
	m := []string{fmt.Sprintf("UNH+%d+ORDERS:D:96A:UN:EAN008", reference), fmt.Sprintf("BGM+220+ORD-%06d+9", r.IntN(1e6)), "DTM+137:20261124:102"}
	if r.IntN(2) == 0 {
		m = append(m, "DTM+2:20261201:102", "FTX+AAI+++Bitte nicht stürzen ?'oben?'")
	}
	m = append(m, "RFF+CT:RV-17", "NAD+BY+4098765000003::9++Hammerl ?+ Sohn KG+Am Anger 4+Freilassing++83395+DE", "CTA+OC+:Einkauf", "COM+498654123:TE",
		"NAD+SU+4012345000009::9", "RFF+VA:DE123456789", "CUX+2:EUR:9")
	for l := range 2 + r.IntN(6) {
		m = append(m, fmt.Sprintf("LIN+%d++%013d:EN", l+1, r.Int64N(1e13)), fmt.Sprintf("PIA+1+SKU-%d:SA", r.IntN(1e5)), "IMD+F++:::Schraube", fmt.Sprintf("QTY+21:%d:PCE", 1+r.IntN(99)),
			fmt.Sprintf("MOA+203:%d.%02d", r.IntN(1e4), r.IntN(100)), fmt.Sprintf("PRI+AAA:%d.%02d", 1+r.IntN(99), r.IntN(100)), "TAX+7+VAT+++:::19")
	}
	m = append(m, "UNS+S", "MOA+79:104.83", "CNT+2:2")
	return ended(m)
}

// ended gives a message with the right UNT.
func ended(m []string) []string {
	return append(m, fmt.Sprintf("UNT+%d+%s", len(m)+1, strings.Split(m[0], "+")[1]))
}

// counted makes the count of UNT right again after an edit.
func counted(m []string) []string {
	last := len(m) - 1
	f := strings.Split(m[last], "+")
	m[last] = fmt.Sprintf("UNT+%d+%s", len(m), f[2])
	return m
}

// fault is a kind of fault to be planted in a message.
type fault struct {
	name, rule string
	plant      edit
}

// in plants with an edit of the planted-fault tests, and counts again.
func in(name, rule string, e edit) fault {
	return fault{name, rule, func(m []string) []string { return counted(e(slices.Clone(m))) }}
}

// text replaces a part of the first segment that begins with prefix.
func text(prefix, old, by string) edit {
	return func(m []string) []string {
		i := index(m, prefix)
		if !strings.Contains(m[i], old) {
			panic("no " + old + " in " + m[i])
		}
		m[i] = strings.Replace(m[i], old, by, 1)
		return m
	}
}

// instead replaces a whole segment.
func instead(prefix, by string) edit {
	return func(m []string) []string {
		m[index(m, prefix)] = by
		return m
	}
}

// trailer changes UNT itself.
func trailer(name, rule string, change func(string) string) fault {
	return fault{name, rule, func(m []string) []string {
		m = slices.Clone(m)
		m[len(m)-1] = change(m[len(m)-1])
		return m
	}}
}

func many(n int, segment string) []string { return slices.Repeat([]string{segment}, n) }

// kinds are the faults that are planted. Each makes one finding, wherever else there are faults.
var kinds = []fault{
	in("unknown segment", validate.RuleSegmentUnknown, with("CUX", "ZZZ+1")),
	in("unknown segment at the end", validate.RuleSegmentUnknown, with("UNT", "QQQ+1")),
	in("segment of another message", validate.RuleSegmentUnexpected, with("CUX", "CPS+1")),
	in("BGM twice", validate.RuleSegmentRepeat, with("DTM+137", "BGM+220+X+9")),
	in("UNS twice", validate.RuleSegmentRepeat, with("MOA+79", "UNS+S")),
	in("segment too often", validate.RuleSegmentRepeat, with("RFF+CT", many(100, "FTX+AAI+++x")...)),
	in("run of segments at a wrong place", validate.RuleSegmentOrder, with("CUX", many(36, "BGM+220+X+9")...)),
	in("group too often", validate.RuleGroupRepeat, with("LIN+1", many(6, "CUX+2:EUR:9")...)),
	in("group too often by far", validate.RuleGroupRepeat, with("LIN+1", many(30, "TOD+3++CIF")...)),
	in("mandatory BGM missing", validate.RuleSegmentMissing, without("BGM")),
	in("UNS missing", validate.RuleSegmentMissing, without("UNS")),
	in("two segments swapped", validate.RuleSegmentOrder, moved("BGM", 1, "RFF+CT")),
	in("header segment in a line", validate.RuleSegmentOrder, with("QTY+21", "BGM+220+X+9")),
	in("header segment behind the lines", validate.RuleSegmentOrder, moved("BGM", 1, "UNS")),
	in("group in front of another", validate.RuleSegmentOrder, moved("CUX", 1, "NAD+BY")),
	in("PIA behind QTY", validate.RuleSegmentOrder, moved("PIA+1", 1, "MOA+203")),
	in("trigger lost", validate.RuleSegmentMissing, without("NAD+BY")),
	in("nested trigger lost", validate.RuleSegmentMissing, without("CTA")),
	in("line without LIN", validate.RuleSegmentOrder, without("LIN+2")),
	in("element missing", validate.RuleElementMissing, text("NAD+SU", "NAD+SU", "NAD+")),
	in("segment that lacks all", validate.RuleElementMissing, instead("QTY+21", "QTY")),
	in("mandatory composite empty", validate.RuleElementMissing, instead("CNT+2", "CNT+")),
	in("component missing", validate.RuleComponentMissing, text("DTM+137", "+137", "+")),
	in("component at the end missing", validate.RuleComponentMissing, instead("QTY+21", "QTY+21")),
	in("too many elements", validate.RuleElementTooMany, instead("UNS", "UNS+S+1")),
	in("far too many elements", validate.RuleElementTooMany, instead("CUX", "CUX+2:EUR:9++++1+2+3")),
	in("too many components", validate.RuleComponentTooMany, text("QTY+21", ":PCE", ":PCE:X:Y")),
	in("components in a simple element", validate.RuleComponentTooMany, text("BGM", "ORD-", "ORD:")),
	in("separator without release", validate.RuleComponentTooMany, text("CTA+OC", "Einkauf", "Einkauf:Süd")),
	in("value too long", validate.RuleElementLength, text("BGM", "ORD-", "ORDER-NUMBER-THAT-IS-FAR-TOO-LONG-")),
	in("number too long", validate.RuleElementLength, text("LIN+1", "LIN+1", "LIN+1234567")),
	in("code too long", validate.RuleElementLength, text("DTM+137", ":102", ":1022")),
	in("amount too long", validate.RuleElementLength, instead("MOA+79", "MOA+79:12345678901234567.89")),
	in("words for a number", validate.RuleElementFormat, instead("QTY+21", "QTY+21:three:PCE")),
	in("thousands separator", validate.RuleElementFormat, instead("MOA+79", "MOA+79:1,104.83")),
	in("blank in a number", validate.RuleElementFormat, instead("QTY+21", "QTY+21: 3:PCE")),
	in("sign behind", validate.RuleElementFormat, instead("MOA+79", "MOA+79:104.83-")),
	in("plus sign", validate.RuleElementFormat, instead("MOA+79", "MOA+79:?+104.83")),
	in("exponent", validate.RuleElementFormat, instead("QTY+21", "QTY+21:1E3:PCE")),
	in("two decimal marks", validate.RuleElementFormat, instead("MOA+79", "MOA+79:104.8.3")),
	in("sign alone", validate.RuleElementFormat, instead("QTY+21", "QTY+21:-:PCE")),
	in("number with unit", validate.RuleElementFormat, instead("QTY+21", "QTY+21:3 kg:PCE")),
	in("mark without digit before", validate.RuleDecimalDigit, instead("MOA+79", "MOA+79:.83")),
	in("mark without digit behind", validate.RuleDecimalDigit, instead("MOA+79", "MOA+79:104.")),
	in("unknown party code", validate.RuleCodeUnknown, text("NAD+SU", "+SU", "+QQ")),
	in("unknown date code", validate.RuleCodeUnknown, text("DTM+137", "137", "999")),
	in("unknown code in lower case", validate.RuleCodeUnknown, text("LIN+1", ":EN", ":en")),
	in("unknown format code", validate.RuleCodeUnknown, text("DTM+137", ":102", ":1O2")),
	in("trailing elements", validate.RuleTrailing, text("BGM", "+9", "+9+++")),
	in("trailing components", validate.RuleTrailing, text("CUX", ":9", ":9:")),
	in("empty segment", edifact.RuleEmptySegment, func(m []string) []string { return with("CUX", "")(m) }),
	in("no tag", edifact.RuleTag, with("CUX", "cux+2:EUR:9")),
	in("control character", edifact.RuleControl, text("CTA+OC", "Einkauf", "Ein\x07kauf")),
	in("line break in a value", edifact.RuleLineBreak, text("CTA+OC", "Einkauf", "Ein\nkauf")),
	trailer("wrong count", edifact.RuleUNTCount, func(s string) string { return strings.Replace(s, "UNT+", "UNT+1", 1) }),
	trailer("count is no number", edifact.RuleUNTCount, func(s string) string { return strings.Replace(s, "UNT+", "UNT+x", 1) }),
	trailer("other reference", edifact.RuleUNTReference, func(s string) string { return s + "9" }),
	{"UNT missing", edifact.RuleUNTMissing, func(m []string) []string { return slices.Clone(m[:len(m)-1]) }},
	{"UNH missing", edifact.RuleUNHMissing, func(m []string) []string { return slices.Clone(m[len(m)-1:]) }},
}

// written puts messages into an interchange.
func written(messages [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("UNB+UNOY:3+4098765000003:14+4012345000009:14+261124:1015+4711'\r\n")
	for _, m := range messages {
		for _, s := range m {
			b.WriteString(s + "'\r\n")
		}
	}
	fmt.Fprintf(&b, "UNZ+%d+4711'\r\n", len(messages))
	return b.Bytes()
}

// TestEachKindOfFaultIsOneFindingAmongGoodMessages plants each kind in a generated message between two clean ones.
func TestEachKindOfFaultIsOneFindingAmongGoodMessages(t *testing.T) {
	if len(kinds) < 50 {
		t.Errorf("only %d kinds", len(kinds))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, k := range kinds {
		for range 5 {
			messages := [][]string{generated(r, 1), generated(r, 2), generated(r, 3)}
			messages[1] = k.plant(messages[1])
			found, err := read(t, written(messages))
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != 1 || found[0].Rule != k.rule {
				t.Errorf("%s: want one finding %s", k.name, k.rule)
				for _, f := range found {
					t.Logf("    %v", f)
				}
				break
			}
			if m := found[0].Place.Message; m == "1" || m == "3" {
				t.Errorf("%s: told of message %s", k.name, m)
			}
		}
	}
	t.Logf("%d kinds", len(kinds))
}

// TestFindingsEqualThePlantedFaults plants faults of random kinds in random messages of a generated interchange, several
// in one message too where they lie apart, and wants as many findings as faults and none in a good message.
func TestFindingsEqualThePlantedFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		r := rand.New(rand.NewPCG(seed, 1))
		var messages [][]string
		planted := map[string]string{}
		for i := range 2 + r.IntN(20) {
			m := generated(r, i+1)
			if r.IntN(3) == 0 {
				k := kinds[r.IntN(len(kinds))]
				if k.rule == edifact.RuleUNHMissing && strings.Contains(planted[fmt.Sprint(i)], edifact.RuleUNTMissing) {
					k = kinds[0] // both together are a message whose middle is missing
				}
				m = k.plant(m)
				planted[fmt.Sprint(i+1)] = k.name + " " + k.rule
			}
			messages = append(messages, m)
		}
		found, err := read(t, written(messages))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != len(planted) {
			t.Errorf("planted %v, found %v", planted, []finding.Finding(found))
		}
	})
}

// TestNoGoodMessageIsLostToDamage damages random bytes of one message and wants every other message without a finding, and
// whole: all of its segments are read. Bytes that are UNB, UNZ or UNT to the reader, or separators, may come out of it.
func TestNoGoodMessageIsLostToDamage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var messages [][]string
		for i := range 5 {
			messages = append(messages, generated(r, i+1))
		}
		file := written(messages)
		from := bytes.Index(file, []byte("UNH+3")) + len("UNH+3+ORDERS:D:96A:UN:EAN008'\r\n")
		to := bytes.Index(file, []byte("UNH+4")) - len("UNT+99+3'\r\n")
		for range 1 + r.IntN(8) {
			at := from + r.IntN(to-from)
			file[at] = byte(r.IntN(256))
		}
		good := map[string]int{}
		v := validate.New()
		for ev, err := range edifact.NewReader(bytes.NewReader(file)).Events() {
			if err != nil {
				t.Fatalf("reading ended: %v", err)
			}
			found := append(slices.Clone(ev.Findings), v.Event(ev)...)
			for _, f := range found {
				if m := f.Place.Message; m != "" && m != "3" && f.Severity == finding.Error && f.Rule != edifact.RuleDuplicateMessage {
					t.Errorf("a good message: %v", f)
				}
			}
			if ev.Kind == edifact.MessageEnd && ev.Complete {
				good[ev.Message.Reference] = ev.Count
			}
		}
		for i, m := range messages {
			if reference := fmt.Sprint(i + 1); reference != "3" && good[reference] != len(m) {
				t.Errorf("message %s was read with %d segments of %d", reference, good[reference], len(m))
			}
		}
	})
}
