package guideline_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/guideline"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
)

const retail = `guideline: retail-orders
message: ORDERS
directory: D.96A
others: refused
segments:
  BGM: {elements: {C002.1001: {codes: [220, 224]}, "1004": {use: required, format: an..17}}}
  DTM[137]: {use: required, max: 1, elements: {C507.2379: {value: 102}}}
  DTM[2]: {max: 1}
  SG1[CT]/RFF: {}
  SG2[BY]: {use: required, max: 1}
  SG2[BY]/NAD: {elements: {C082.3039: {use: required, format: n13}}}
  SG2[BY]/SG5/CTA: {}
  SG2[BY]/SG5/COM: {}
  SG2[SU]: {use: required, max: 1}
  SG2[DP]: {max: 1}
  SG7: {max: 1}
  SG25: {max: 50}
  SG25/LIN: {others: refused, elements: {"1082": {use: required, format: n..4}, C212: {use: optional}}}
  SG25/PIA: {}
  SG25/IMD: {use: optional}
  SG25/QTY[21]: {use: required, max: 1}
  SG25/QTY[12,59]: {}
  SG25/SG28[AAA]/PRI: {}
  UNS: {}
  SG25/MOA[203]: {}
  CNT[2]: {}
rules:
  - name: currency
    if: {SG25/SG28/PRI: present}
    then: {SG7/CUX: required}
    message: prices need their currency
  - name: number-or-text
    within: SG25
    if: {LIN.C212.7140: absent}
    then: {IMD: required}
  - name: pieces
    within: SG25
    level: warning
    then: {QTY.C186.6411: [PCE, KGM]}
`

const hammerl = `guideline: hammerl-orders
title: Orders of Hammerl
extends: retail-orders
association: [EAN008]
segments:
  BGM: {elements: {C002.1001: {codes: {220: order, 22Z: sample order}}}}
  DTM[2]: {use: required}
  SG25/PIA: {use: unused}
`

func find(name string) ([]byte, string, bool) {
	if name == "retail-orders" {
		return []byte(retail), "retail-orders.yaml", true
	}
	return nil, "", false
}

func compile(t testing.TB, text string) *guideline.Guideline {
	t.Helper()
	g, found := guideline.Compile([]byte(text), guideline.Environment{File: "g.yaml", Find: find})
	if len(found) > 0 || g == nil {
		t.Fatalf("%v", []finding.Finding(found))
	}
	return g
}

var order = []string{
	"UNH+1+ORDERS:D:96A:UN:EAN008", "BGM+220+ORD-10234+9", "DTM+137:20261124:102", "DTM+2:20261201:102", "RFF+CT:RV-17",
	"NAD+BY+4098765000003::9", "CTA+OC+:Einkauf", "COM+498654123:TE", "NAD+SU+4012345000009::9", "CUX+2:EUR:9",
	"LIN+1++4012345000016:EN", "QTY+21:3:PCE", "MOA+203:89.85", "PRI+AAA:29.95", "LIN+2++4012345000023:EN", "IMD+F++:::Schraube", "QTY+21:2:PCE",
	"UNS+S", "CNT+2:2",
}

func interchange(messages ...[]string) []byte {
	var b strings.Builder
	b.WriteString("UNB+UNOC:3+4098765000003:14+4012345000009:14+261124:1015+4711'\n")
	for _, m := range messages {
		for _, s := range m {
			b.WriteString(s + "'\n")
		}
		fmt.Fprintf(&b, "UNT+%d+%s'\n", len(m)+1, strings.Split(m[0], "+")[1])
	}
	fmt.Fprintf(&b, "UNZ+%d+4711'\n", len(messages))
	return []byte(b.String())
}

func check(t testing.TB, g *guideline.Guideline, file []byte) finding.List {
	t.Helper()
	var all finding.List
	v, c := validate.New(), g.NewChecker()
	for ev, err := range edifact.NewReader(bytes.NewReader(file)).Events() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ev.Findings...)
		found := v.Event(ev)
		all = append(all, c.Event(ev, v.Row(), found)...)
	}
	return all
}

func edited(old, by string) []string {
	text := strings.Join(order, "'")
	if !strings.Contains(text, old) {
		panic("no " + old)
	}
	return strings.Split(strings.Replace(text, old, by, 1), "'")
}

// TestEachDeviationIsOneFinding plants one deviation at a time; the message behind it is clean.
func TestEachDeviationIsOneFinding(t *testing.T) {
	retail, hammerl := compile(t, retail), compile(t, hammerl)
	second := append([]string{"UNH+2" + order[0][5:]}, order[1:]...)
	if found := check(t, retail, interchange(order, second)); len(found) > 0 {
		t.Fatalf("clean: %v", found)
	}
	if found := check(t, hammerl, interchange(order, second)); len(found) > 0 {
		t.Fatalf("clean: %v", found)
	}
	for _, c := range []struct {
		name     string
		g        *guideline.Guideline
		old, new string
		rule     string
		place    string
	}{
		{"segment that is not used", retail, "RFF+CT", "FTX+AAI+++text'RFF+CT", guideline.RuleSegmentUnused, "5 FTX"},
		{"group that is not used", retail, "LIN+1", "PAT+1'LIN+1", guideline.RuleSegmentUnused, "11 PAT"},
		{"segment in a group that is not used", retail, "PRI+AAA", "GIN+BJ+1'PRI+AAA", guideline.RuleSegmentUnused, "14 GIN"},
		{"qualifier that is not used", retail, "DTM+2:", "DTM+63:", guideline.RuleQualifier, "4 DTM 1 1"},
		{"unknown qualifier instead of a required one", retail, "NAD+BY", "NAD+QQ", guideline.RuleQualifier, "6 NAD 1 1"},
		{"required qualifier missing", retail, "DTM+137:20261124:102'", "", guideline.RuleSegmentMissing, "4 RFF"},
		{"required group missing", retail, "NAD+SU+4012345000009::9'", "", guideline.RuleSegmentMissing, "9 CUX"},
		{"required segment of a line missing", retail, "QTY+21:3:PCE'", "", guideline.RuleSegmentMissing, "12 MOA"},
		{"required segment of the last line missing", retail, "QTY+21:2:PCE'", "", guideline.RuleSegmentMissing, "17 UNS"},
		{"more often than agreed", retail, "DTM+2:20261201:102", "DTM+2:20261201:102'DTM+2:20261202:102", guideline.RuleSegmentRepeat, "5 DTM"},
		{"group more often than agreed", retail, "LIN+1", "CUX+2:EUR:9'LIN+1", guideline.RuleSegmentRepeat, "11 CUX"},
		{"element missing", retail, "BGM+220+ORD-10234+9", "BGM+220++9", guideline.RuleElementMissing, "2 BGM 2 1"},
		{"element too long", retail, "ORD-10234", "ORD-10234567890123", guideline.RuleElementFormat, "2 BGM 2 1"},
		{"element of fixed length", retail, "NAD+BY+4098765000003", "NAD+BY+409876500000", guideline.RuleElementFormat, "6 NAD 2 1"},
		{"letters in a number", retail, "NAD+BY+4098765000003", "NAD+BY+409876500000A", guideline.RuleElementFormat, "6 NAD 2 1"},
		{"element that is not used", retail, "LIN+1+", "LIN+1+1", guideline.RuleElementUnused, "11 LIN 2 1"},
		{"code that is not agreed", retail, "BGM+220", "BGM+221", guideline.RuleCode, "2 BGM 1 1"},
		{"fixed value", retail, "137:20261124:102", "137:202611241015:203", guideline.RuleCode, "3 DTM 1 3"},
		{"rule over the message", retail, "CUX+2:EUR:9'", "", guideline.RuleCondition, "13 PRI"},
		{"rule over a line", retail, "LIN+1++4012345000016:EN", "LIN+1", guideline.RuleCondition, "11 LIN"},
		{"values by rule", retail, "21:3:PCE", "21:3:MTR", guideline.RuleCondition, "12 QTY 1 3"},
		{"inherited, narrowed: required", hammerl, "DTM+2:20261201:102'", "", guideline.RuleSegmentMissing, "4 RFF"},
		{"inherited, narrowed: unused", hammerl, "QTY+21:3", "PIA+1+SKU:SA'QTY+21:3", guideline.RuleSegmentUnused, "12 PIA"},
		{"inherited, narrowed: codes", hammerl, "BGM+220", "BGM+224", guideline.RuleCode, "2 BGM 1 1"},
		{"association", hammerl, "UN:EAN008", "UN:EAN007", guideline.RuleAssociation, "1 UNH 2 5"},
		{"faults of the directory stay one", retail, "NAD+BY+4098765000003::9", "NAD+BY", guideline.RuleElementMissing, "6 NAD 2 1"},
		{"wrong by both: format", retail, "BGM+220+ORD-10234", "BGM+220+" + strings.Repeat("9", 40), validate.RuleElementLength, "2 BGM 2 1"},
		{"wrong by both: missing", retail, "LIN+1++4012345000016:EN'", "", validate.RuleSegmentMissing, "11 QTY"},
		{"wrong by both: order", retail, "NAD+SU+4012345000009::9'CUX+2:EUR:9", "CUX+2:EUR:9'NAD+SU+4012345000009::9", validate.RuleSegmentOrder, "10 NAD"},
		{"wrong by both: summary too early", retail, "UNS+S'CNT+2:2", "CNT+2:2'UNS+S", validate.RuleSegmentOrder, "19 UNS"},
		{"trigger lost", retail, "NAD+BY+4098765000003::9'", "", validate.RuleSegmentMissing, "6 CTA"},
		{"unknown segment", retail, "CUX", "ZZZ+1'CUX", validate.RuleSegmentUnknown, "10 ZZZ"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := check(t, c.g, interchange(edited(c.old, c.new), second))
			if len(found) != 1 {
				for _, f := range found {
					t.Log(f)
				}
				t.Fatalf("%d findings", len(found))
			}
			f := found[0]
			place := fmt.Sprintf("%d %s", f.Place.Segment, f.Place.Tag)
			if f.Place.Element > 0 {
				place += fmt.Sprintf(" %d", f.Place.Element)
			}
			if f.Place.Component > 0 {
				place += fmt.Sprintf(" %d", f.Place.Component)
			}
			if f.Rule != c.rule || place != c.place {
				t.Errorf("got %s at %q, want %s at %q: %v", f.Rule, place, c.rule, c.place, f)
			}
			if f.Hint == "" {
				t.Errorf("without a hint: %v", f)
			}
		})
	}
}

func TestOwnCodesReplaceTheDirectorys(t *testing.T) {
	if found := check(t, compile(t, hammerl), interchange(edited("BGM+220", "BGM+22Z"))); len(found) > 0 {
		t.Errorf("got %v", found)
	}
}

func TestMessagesOfOtherTypesArePassedOver(t *testing.T) {
	contrl := []string{"UNH+1+CONTRL:D:3:UN", "UCI+4711+4098765000003:14+4012345000009:14+7"}
	if found := check(t, compile(t, hammerl), interchange(contrl)); len(found) > 0 {
		t.Errorf("got %v", found)
	}
	other := strings.Split(strings.Replace(strings.Join(order, "'"), "D:96A", "D:97A", 1), "'")
	found := check(t, compile(t, hammerl), interchange(other))
	if len(found) == 0 || found[0].Rule != guideline.RuleMessage {
		t.Errorf("another directory: %v", found)
	}
}

func TestRuleLevelsHold(t *testing.T) {
	found := check(t, compile(t, retail), interchange(edited("21:3:PCE", "21:3:MTR")))
	if len(found) != 1 || found[0].Severity != finding.Warning {
		t.Errorf("got %v", found)
	}
}

// TestFaultsOfADefinitionAreFoundAtOnce wants each with its line, column and a way out.
func TestFaultsOfADefinitionAreFoundAtOnce(t *testing.T) {
	_, found := guideline.Compile([]byte(`guideline: x
message: ORDERS
directory: D.96A
othres: refused
segments:
  BGN: {}
  BGM: {use: sometimes, elements: {"1004": {format: an..99}, "9999": {}, C002: {codes: [1]}}}
  DTM[: {}
  DTM: {max: 99, use: unused}
  SG2: {elements: {"3035": {use: required}}}
  SG25/LIN: {elements: {"1229": {codes: [1234]}}}
rules:
  - name: a
    if: {SG7/CUX.C504.6347: present}
    then: {SG99/XXX: required}
  - {name: b}
`), guideline.Environment{File: "x.yaml"})
	want := []string{"4:1", "6:3", "7:14", "7:36", "7:62", "7:74", "8:3", "9:3", "9:3", "10:3", "11:25", "15:12", "16:5"}
	var got []string
	for _, f := range found {
		got = append(got, fmt.Sprintf("%d:%d", f.Place.Line, f.Place.Column))
		if f.Hint == "" || f.Place.File != "x.yaml" {
			t.Errorf("without a hint or file: %v", f)
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got  %v\nwant %v", got, want)
		for _, f := range found {
			t.Log(f)
		}
	}
}

func TestExtendingInACircleIsRefused(t *testing.T) {
	texts := map[string]string{"a": "guideline: a\nextends: b\n", "b": "guideline: b\nextends: a\n"}
	_, found := guideline.Compile([]byte(texts["a"]), guideline.Environment{File: "a.yaml", Find: func(name string) ([]byte, string, bool) {
		text, ok := texts[name]
		return []byte(text), name + ".yaml", ok
	}})
	if !found.HasErrors() || !strings.Contains(found.Error(), "extends itself") {
		t.Errorf("got %v", found)
	}
}

func FuzzCompile(f *testing.F) {
	f.Add([]byte(retail))
	f.Add([]byte(hammerl))
	f.Fuzz(func(t *testing.T, text []byte) {
		g, found := guideline.Compile(text, guideline.Environment{File: "g.yaml", Find: find})
		if (g == nil) != found.HasErrors() {
			t.Fatalf("%v %v", g, found)
		}
		if g != nil {
			check(t, g, interchange(order))
		}
	})
}
