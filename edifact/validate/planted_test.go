package validate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

// order is a clean ORDERS D.96A; %n% is its count of segments.
var order = []string{
	"UNH+1+ORDERS:D:96A:UN:EAN008",
	"BGM+220+ORD-10234+9",
	"DTM+137:20261124:102",
	"RFF+CT:RV-2026-17",
	"NAD+BY+4098765000003::9++Hammerl Baumarkt KG+Am Anger 4+Freilassing++83395+DE",
	"CTA+OC+:Einkauf",
	"COM+498654123:TE",
	"NAD+SU+4012345000009::9",
	"RFF+VA:DE123456789",
	"CUX+2:EUR:9",
	"LIN+1++4012345000016:EN",
	"PIA+1+SKU-00016:SA",
	"IMD+F++:::Schraube A2 M4x20",
	"QTY+21:3:PCE",
	"DTM+2:20261201:102",
	"MOA+203:89.85",
	"PRI+AAA:29.95",
	"RFF+CT:RV-2026-17",
	"LIN+2++4012345000023:EN",
	"PIA+1+SKU-00023:SA",
	"QTY+21:2:PCE",
	"MOA+203:14.98",
	"PRI+AAA:7.49",
	"TAX+7+VAT+++:::7",
	"UNS+S",
	"MOA+79:104.83",
	"CNT+2:2",
}

// interchange wraps messages; counts are right.
func interchange(messages ...[]string) []byte {
	var b strings.Builder
	b.WriteString("UNB+UNOC:3+4098765000003:14+4012345000009:14+261124:1015+4711'\n")
	for i, m := range messages {
		for _, s := range m {
			b.WriteString(s + "'\n")
		}
		reference := "1"
		if f := strings.Split(m[0], "+"); len(f) > 1 {
			reference = f[1]
		}
		fmt.Fprintf(&b, "UNT+%d+%s'\n", len(messages[i])+1, reference)
	}
	fmt.Fprintf(&b, "UNZ+%d+4711'\n", len(messages))
	return []byte(b.String())
}

// edit gives the order with a change; lines are found by their beginning.
type edit func([]string) []string

func index(lines []string, prefix string) int {
	for i, l := range lines {
		if strings.HasPrefix(l, prefix) {
			return i
		}
	}
	panic("no " + prefix)
}

func without(prefix string) edit {
	return func(l []string) []string {
		i := index(l, prefix)
		return append(append([]string{}, l[:i]...), l[i+1:]...)
	}
}

func with(before string, added ...string) edit {
	return func(l []string) []string {
		i := index(l, before)
		return append(append(append([]string{}, l[:i]...), added...), l[i:]...)
	}
}

func replaced(prefix, by string) edit {
	return func(l []string) []string {
		c := append([]string{}, l...)
		c[index(l, prefix)] = by
		return c
	}
}

func both(a, b edit) edit { return func(l []string) []string { return b(a(l)) } }

// moved takes out a run of segments that begins with prefix and puts it before another.
func moved(prefix string, n int, before string) edit {
	return func(l []string) []string {
		i := index(l, prefix)
		run := append([]string{}, l[i:i+n]...)
		return with(before, run...)(append(append([]string{}, l[:i]...), l[i+n:]...))
	}
}

// TestEachPlantedFaultIsOneFinding plants one fault at a time and wants one finding, under its rule and at its place.
//
//rule:v3 6.2; segments and groups stand in the order of the message's segment table
//rule:v3 7.1; a conditional segment that says nothing is left out, a mandatory one stands
//rule:v3 9.2; without numbers of nesting the order of segments tells their groups, each of which begins with its first segment
//rule:v3 10.2; nothing stands between thousands
//rule:v3 10.3; the minus stands before the number
//rule:v4 9; separators behind the last value are left out
//rule:v4 10; digits stand on both sides of a decimal mark
//rule:s4 UNH; a message has no other segments than those of its table and the service segments
func TestEachPlantedFaultIsOneFinding(t *testing.T) {
	if found, err := read(t, interchange(order)); err != nil || len(found) > 0 {
		t.Fatalf("the clean order has findings: %v %v", err, found)
	}
	for _, c := range []struct {
		name  string
		edit  edit
		rule  string
		place string // segment tag, element, component
	}{
		{"unknown segment", with("CUX", "ZZZ+1"), validate.RuleSegmentUnknown, "10 ZZZ"},
		{"segment of another message", with("CUX", "CPS+1"), validate.RuleSegmentUnexpected, "10 CPS"},
		{"segment twice", with("DTM+137", "BGM+220+ORD-10234+9"), validate.RuleSegmentRepeat, "3 BGM"},
		{"mandatory segment missing", without("DTM+137"), validate.RuleSegmentMissing, "3 RFF"},
		{"UNS missing", without("UNS"), validate.RuleSegmentMissing, "26 CNT"},
		{"two segments swapped", moved("BGM", 1, "RFF+CT"), validate.RuleSegmentOrder, "3 BGM"},
		{"header segment in a line", with("QTY+21:3", "BGM+220+ORD-10234+9"), validate.RuleSegmentOrder, "14 BGM"},
		{"header segment behind the lines", moved("BGM", 1, "UNS"), validate.RuleSegmentOrder, "24 BGM"},
		{"summary too early", moved("UNS", 3, "RFF+CT"), validate.RuleSegmentOrder, "7 RFF"},
		{"group in front of another", moved("CUX", 1, "NAD+BY"), validate.RuleSegmentOrder, "6 NAD"},
		{"trigger of a group lost", without("NAD+BY"), validate.RuleSegmentMissing, "5 CTA"},
		{"trigger of a nested group lost", without("CTA"), validate.RuleSegmentMissing, "6 COM"},
		{"first line without LIN", both(without("LIN+1"), without("CUX")), validate.RuleSegmentMissing, "10 PIA"},
		{"second line without LIN", without("LIN+2"), validate.RuleSegmentOrder, "19 PIA"},
		{"PIA behind QTY", moved("PIA+1+SKU-00016", 1, "DTM+2"), validate.RuleSegmentOrder, "14 PIA"},
		{"element missing", replaced("NAD+SU", "NAD++4012345000009::9"), validate.RuleElementMissing, "8 NAD 1"},
		{"segment empty", replaced("PRI+AAA:7.49", "PRI"), "", ""},
		{"component missing", replaced("DTM+137", "DTM+:20261124:102"), validate.RuleComponentMissing, "3 DTM 1 1"},
		{"too many elements", replaced("UNS", "UNS+S+1"), validate.RuleElementTooMany, "25 UNS 2"},
		{"far too many elements", replaced("CUX", "CUX+2:EUR:9++++1+2+3"), validate.RuleElementTooMany, "10 CUX 5"},
		{"too many components", replaced("QTY+21:3", "QTY+21:3:PCE:X:Y"), validate.RuleComponentTooMany, "14 QTY 1 4"},
		{"components in a simple element", replaced("BGM", "BGM+220+ORD:10234+9"), validate.RuleComponentTooMany, "2 BGM 2 2"},
		{"too long", replaced("BGM", "BGM+220+ORDER-NUMBER-OF-36-CHARACTERS-012345+9"), validate.RuleElementLength, "2 BGM 2 1"},
		{"number too long", replaced("LIN+2", "LIN+1234567++4012345000023:EN"), validate.RuleElementLength, "19 LIN 1 1"},
		{"not a number", replaced("QTY+21:3", "QTY+21:three:PCE"), validate.RuleElementFormat, "14 QTY 1 2"},
		{"thousands separator", replaced("MOA+79", "MOA+79:1,104.83"), validate.RuleElementFormat, "26 MOA 1 2"},
		{"blank in a number", replaced("QTY+21:3", "QTY+21: 3:PCE"), validate.RuleElementFormat, "14 QTY 1 2"},
		{"sign behind", replaced("MOA+79", "MOA+79:104.83-"), validate.RuleElementFormat, "26 MOA 1 2"},
		{"mark without digit", replaced("MOA+79", "MOA+79:.83"), validate.RuleDecimalDigit, "26 MOA 1 2"},
		{"unknown code", replaced("NAD+SU", "NAD+QQ+4012345000009::9"), validate.RuleCodeUnknown, "8 NAD 1 1"},
		{"trailing separators", replaced("BGM", "BGM+220+ORD-10234+9+++"), validate.RuleTrailing, "2 BGM 5"},
		{"trailing components", replaced("QTY+21:3", "QTY+21:3:"), validate.RuleTrailing, "14 QTY 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := read(t, interchange(c.edit(order), order2()))
			if err != nil {
				t.Fatal(err)
			}
			if c.rule == "" { // SG28's trigger without a value is valid: C509 is conditional
				if len(found) > 0 {
					t.Errorf("got %v", found)
				}
				return
			}
			if len(found) != 1 {
				t.Fatalf("%d findings: %v", len(found), found)
			}
			if found[0].Rule != c.rule || place(found[0].Place) != c.place {
				t.Errorf("got %s at %q, want %s at %q: %v", found[0].Rule, place(found[0].Place), c.rule, c.place, found[0])
			}
			if found[0].Hint == "" || found[0].Source == "" {
				t.Errorf("without a hint or source: %+v", found[0])
			}
		})
	}
}

// order2 is a clean order behind the one with the fault: a fault must not reach into it.
func order2() []string { return replaced("UNH", "UNH+2+ORDERS:D:96A:UN:EAN008")(order) }

func place(p finding.Place) string {
	text := fmt.Sprintf("%d %s", p.Segment, p.Tag)
	if p.Element > 0 {
		text += fmt.Sprintf(" %d", p.Element)
	}
	if p.Component > 0 {
		text += fmt.Sprintf(" %d", p.Component)
	}
	return text
}

//rule:v3 8.1; a segment stands as often as the table allows, one behind the other
func TestTooManyRepeatsAreOneFinding(t *testing.T) {
	lines := order
	for i := range 40 {
		lines = with("DTM+137", fmt.Sprintf("DTM+2:202612%02d:102", i%28+1))(lines)
	}
	found, _ := read(t, interchange(lines))
	if len(found) != 1 || found[0].Rule != validate.RuleSegmentRepeat || found[0].Place.Segment != 38 {
		t.Errorf("got %v", found)
	}
}

//rule:v3 8.1; a group stands as often as the table allows, one behind the other
func TestTooManyGroupsAreOneFinding(t *testing.T) {
	lines := order
	for range 30 { // SG2 of ORDERS D.96A stands 99 times, SG7 5 times
		lines = with("LIN+1", "CUX+2:EUR:9")(lines)
	}
	found, _ := read(t, interchange(lines))
	if len(found) != 1 || found[0].Rule != validate.RuleGroupRepeat || found[0].Place.Segment != 15 {
		t.Errorf("got %v", found)
	}
}

func TestTwoFaultsAreTwoFindings(t *testing.T) {
	found, _ := read(t, interchange(both(without("DTM+137"), without("UNS"))(order)))
	if len(found) != 2 {
		t.Errorf("got %v", found)
	}
}

//rule:v3 10.1; the decimal mark is a point or a comma, and UNA names which
func TestDecimalMarkOfUNAHolds(t *testing.T) {
	una := func(una, value string) finding.List {
		found, err := read(t, append([]byte(una), interchange(replaced("MOA+79", "MOA+79:"+value)(order))...))
		if err != nil {
			t.Fatal(err)
		}
		var marks finding.List
		for _, f := range found {
			if f.Rule == validate.RuleDecimalMark && f.Value == value {
				marks = append(marks, f)
			}
		}
		return marks
	}
	for _, c := range []struct {
		una, value string
		findings   int
	}{
		{"", "104.83", 0}, {"", "104,83", 0}, // without UNA both marks are allowed
		{"UNA:+.? '", "104.83", 0}, {"UNA:+.? '", "104,83", 1},
		{"UNA:+,? '", "104,83", 0}, {"UNA:+,? '", "104.83", 1},
	} {
		if got := una(c.una, c.value); len(got) != c.findings {
			t.Errorf("%q %q: %v", c.una, c.value, got)
		}
	}
}

//rule:v3 10; sign and decimal mark do not count for the length of a number
func TestSignAndMarkDoNotCountForLength(t *testing.T) {
	found, _ := read(t, interchange(replaced("MOA+79", "MOA+79:-1234567890123456.78")(order)))
	if len(found) != 0 { // 5004 is n..18
		t.Errorf("18 digits: %v", found)
	}
	found, _ = read(t, interchange(replaced("MOA+79", "MOA+79:12345678901234567.89")(order)))
	if len(found) != 1 || found[0].Rule != validate.RuleElementLength {
		t.Errorf("19 digits: %v", found)
	}
}

func TestCodesOfAnotherAgencyAreNotTheDirectorys(t *testing.T) {
	for value, findings := range map[string]int{"ZZ9::9": 0, "ZZ9:ABC": 1, "ZZ9": 1, "ZZ9::6": 1} {
		found, _ := read(t, interchange(replaced("BGM", "BGM+"+value+"+ORD-1+9")(order)), validate.AllowCodes("1131", "ABC"))
		want := findings
		if value == "ZZ9:ABC" {
			want = 0 // 1131 names another list
		}
		if len(found) != want {
			t.Errorf("%q: %v", value, found)
		}
	}
}

func TestOptionsChangeRulesByName(t *testing.T) {
	broken := interchange(both(without("DTM+137"), replaced("NAD+SU", "NAD+QQ+4012345000009::9"))(order))
	found, _ := read(t, broken, validate.Severities(map[string]finding.Severity{validate.RuleSegmentMissing: finding.Note, "edifact.unt-count": finding.Note}), validate.Off(validate.RuleCodeUnknown))
	if len(found) != 1 || found[0].Severity != finding.Note {
		t.Errorf("got %v", found)
	}
	found, _ = read(t, broken, validate.AllowCodes("3035", "QQ"), validate.Off(validate.RuleSegmentMissing))
	if len(found) != 0 {
		t.Errorf("got %v", found)
	}
}

func TestUnknownDirectoryIsOneNote(t *testing.T) {
	strange := replaced("UNH", "UNH+1+ORDERS:D:99Z:UN:EAN008")(without("BGM")(order))
	found, _ := read(t, interchange(strange))
	if len(found) != 1 || found[0].Rule != validate.RuleDirectoryUnknown || found[0].Severity != finding.Note {
		t.Fatalf("got %v", found)
	}
	d, err := directory.Open("D.96A")
	if err != nil {
		t.Fatal(err)
	}
	found, _ = read(t, interchange(strange), validate.ReadAs(d))
	if len(found) != 1 || found[0].Rule != validate.RuleSegmentMissing {
		t.Errorf("read as D.96A: %v", found)
	}
}

func TestFindingsOfAMessageAreLimited(t *testing.T) {
	lines := order
	for range 50 {
		lines = with("CUX", "ZZZ+1")(lines)
	}
	found, _ := read(t, interchange(lines), validate.MaxFindings(10))
	if len(found) != 11 || found[10].Rule != validate.RuleMore || found[10].Count != 40 {
		t.Errorf("got %d: %v", len(found), found[len(found)-1])
	}
}

//rule:v4 8; repetitions of a data element are one element, as many as the segment allows
func TestRepetitionsOfSyntax4AreOneElement(t *testing.T) {
	message := []string{
		"UNH+1+ORDERS:D:01B:UN", "BGM+220+ORD-1+9", "DTM+137:20261124:102",
		"NAD+BY+4098765000003::9", "CTA+OC+:Einkauf", "COM+498654123:TE*einkauf@example.org:EM", "LIN+1", "UNS+S",
	}
	text := strings.Replace(string(interchange(message)), "UNOC:3", "UNOC:4", 1)
	text = "UNA:+.?*'" + strings.Replace(text, "261124:1015", "20261124:1015", 1)
	if found, _ := read(t, []byte(text)); len(found) != 0 {
		t.Errorf("two of three: %v", found)
	}
	text = strings.Replace(text, "*einkauf", "*1:TE*2:TE*einkauf", 1)
	found, _ := read(t, []byte(text))
	if len(found) != 1 || found[0].Rule != validate.RuleElementRepeat || found[0].Place.Repeat != 4 {
		t.Errorf("four of three: %v", found)
	}
	message[5] = "COM+498654123:TE+einkauf@example.org:EM+1:FX"
	if found, _ := read(t, interchange(message)); len(found) != 0 {
		t.Errorf("three elements in syntax 3: %v", found)
	}
}

//rule:v3 6.2; UNS tells sections apart in which the same segments stand
func TestFirstUNSIsNotTheSecond(t *testing.T) {
	message := []string{
		"UNH+1+DELFOR:D:96A:UN", "BGM+241+LA-1+5", "DTM+137:20261124:102", "NAD+BY+4098765000003::9",
		"UNS+D", "NAD+CN+4098765000010::9", "LIN+1++4012345000016:EN", "QTY+113:5:PCE", "UNS+S",
	}
	if found, _ := read(t, interchange(message)); len(found) != 0 {
		t.Errorf("got %v", found)
	}
	message[4] = "UNS+S"
	if found, _ := read(t, interchange(message)); len(found) == 0 {
		t.Error("the detail section lacks its UNS, and nothing is said")
	}
}

//rule:s4 CONTRL; CONTRL is checked by the tables of its own syntax version
func TestContrlIsCheckedByItsOwnTables(t *testing.T) {
	message := []string{"UNH+1+CONTRL:D:3:UN", "UCI+4711+4098765000003:14+4012345000009:14+7"}
	if found, _ := read(t, interchange(message)); len(found) != 0 {
		t.Errorf("got %v", found)
	}
	message[1] = "UCI+4711+4098765000003:14+4012345000009:14"
	found, _ := read(t, interchange(message))
	if len(found) != 1 || found[0].Rule != validate.RuleElementMissing || found[0].Place.Element != 4 {
		t.Errorf("got %v", found)
	}
}

func TestDependencyNotesHold(t *testing.T) {
	message := func(tdt string) []string {
		return []string{"UNH+1+DESADV:D:02B:UN", "BGM+351+LS-1+9", "DTM+137:20261124:102", tdt, "CPS+1"}
	}
	for tdt, place := range map[string]string{
		"TDT+20":                     "",
		"TDT+20++30+31":              "", // transport mode and means
		"TDT+20+++31":                "4 TDT 3",
		"TDT+20++30":                 "", // D5: if the first, the means, then the mode; not the other way round
		"TDT+20+++:::Lastkraftwagen": "4 TDT 3",
	} {
		found, _ := read(t, interchange(message(tdt)))
		switch {
		case place == "" && len(found) > 0:
			t.Errorf("%s: %v", tdt, found)
		case place == "":
		case len(found) != 1 || found[0].Rule != validate.RuleDependency:
			t.Errorf("%s: %v", tdt, found)
		}
	}
}

// TestEachKindOfDependencyNote uses a directory with notes of all kinds.
//
//rule:s4 D1; exactly one of the elements stands
//rule:s4 D2; all of the elements stand, or none
//rule:s4 D3; at least one of the elements stands
//rule:s4 D4; at most one of the elements stands
//rule:s4 D5; where the first stands, so do all others
//rule:s4 D6; where the first stands, so does at least one other
//rule:s4 D7; where the first stands, none of the others does
func TestEachKindOfDependencyNote(t *testing.T) {
	lines := []string{`{"directory":"D.26Z"}`, `{"element":"1004","format":"an..35"}`}
	for kind := 1; kind <= 7; kind++ {
		lines = append(lines, fmt.Sprintf(`{"segment":"DE%d","fields":[{"id":"1004","pos":10,"status":"C"},{"id":"1004","pos":20,"status":"C"},{"id":"1004","pos":30,"status":"C"}],"depends":["D%d(010,020,030)"]}`, kind, kind))
	}
	rows := `{"id":"UNH","status":"M","max":1}`
	for kind := 1; kind <= 7; kind++ {
		rows += fmt.Sprintf(`,{"id":"DE%d","status":"C","max":9}`, kind)
	}
	lines = append(lines, `{"message":"CRATES","rows":[`+rows+`,{"id":"UNT","status":"M","max":1}]}`)
	own, err := directory.ReadFile(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	open := validate.Directories(directory.NewSet(own))
	good := map[int]string{1: "100 010 001", 2: "111", 3: "100 010 111", 4: "100 010 001", 5: "111 010 011", 6: "110 101 111 010", 7: "100 010 011"}
	for kind := 1; kind <= 7; kind++ {
		for _, mask := range []string{"100", "010", "001", "110", "101", "011", "111"} {
			segment := fmt.Sprintf("DE%d", kind)
			for _, given := range strings.TrimRight(mask, "0") {
				segment += "+" + strings.Trim(string(given), "0")
			}
			found, _ := read(t, interchange([]string{"UNH+1+CRATES:D:26Z:ZZ", segment}), open)
			wanted := 1
			if strings.Contains(good[kind], mask) || kind == 3 || kind == 5 && mask[0] == '0' || kind == 6 && mask[0] == '0' || kind == 7 && mask[0] == '0' {
				wanted = 0
			}
			if len(found) != wanted {
				t.Errorf("D%d with %s (%s): %v", kind, mask, segment, found)
			}
		}
	}
}
