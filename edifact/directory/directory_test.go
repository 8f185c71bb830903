package directory_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact/directory"
)

func open(t testing.TB, name string) *directory.Release {
	t.Helper()
	d, err := directory.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOneDirectoryHasManySpellings(t *testing.T) {
	for _, name := range []string{"D.96A", "D:96A", "D96A", "d.96a", "96A", "D 96A", "d-96a", "D: 96A", " D:96A", "D:96A:UN:EAN008"} {
		if got := open(t, name).Name(); got != "D.96A" {
			t.Errorf("%q opens %s", name, got)
		}
	}
	if service, err := directory.OpenService(3); err != nil || open(t, " Service 3") != service {
		t.Errorf("service segments are not opened by their name: %v", err)
	}
	if open(t, "D96A") != open(t, "D.96A") {
		t.Error("opened twice")
	}
}

func TestUnknownDirectoryNamesTheNearestInTime(t *testing.T) {
	for name, nearest := range map[string]string{
		"D.22A": "D.21B", "D.22B": "D.23A", "S:93A": "D.93A", "D.92B": "D.93A", "D.01D": "", "D.30A": "D.24A", "D.00C": "D.00B", "": "", "91:2": "D.93A", "1:901": "D.93A", "90.1": "D.93A", "2:912": "D.93A", "12:34": "", "rubbish": "", "D.96": "D.96A",
	} {
		_, err := directory.Open(name)
		var unknown *directory.UnknownError
		if !errors.As(err, &unknown) {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if unknown.Nearest != nearest && !(name == "D.01D" && unknown.Nearest != "") {
			t.Errorf("%q: nearest %q, want %q", name, unknown.Nearest, nearest)
		}
	}
}

func TestDirectoriesAreInOrderOfTime(t *testing.T) {
	names := directory.Names()
	if names[0] != "D.93A" || names[len(names)-1] != "D.24A" || len(names) < 50 {
		t.Errorf("got %v", names)
	}
}

func TestOrdersHasItsTree(t *testing.T) {
	m, err := open(t, "D.96A").Message("ORDERS")
	if err != nil {
		t.Fatal(err)
	}
	line, err := m.Find("SG25")
	if err != nil {
		t.Fatal(err)
	}
	if line.Max != 200000 || line.Mandatory || !line.Group || line.Trigger().ID != "LIN" || line.Position != "0930" {
		t.Errorf("SG25 is %+v", line)
	}
	price, err := m.Find("SG25/SG28/PRI")
	if err != nil {
		t.Fatal(err)
	}
	if price.Parent.ID != "SG28" || price.Path() != "SG25/SG28/PRI" || !price.Mandatory || price.Max != 1 {
		t.Errorf("PRI is %+v", price)
	}
	if first, last := m.Root.Children[0].ID, m.Root.Children[len(m.Root.Children)-1].ID; first != "UNH" || last != "UNT" {
		t.Errorf("from %s to %s", first, last)
	}
	if uns, err := m.Find("UNS"); err != nil || uns.Section != 'S' && uns.Section != 'D' && uns.Section != 0 {
		t.Errorf("UNS: %+v, %v", uns, err)
	}
}

func TestMissingPathSaysWhereItStandsInstead(t *testing.T) {
	m, _ := open(t, "D.96A").Message("ORDERS")
	_, err := m.Find("SG25/CUX")
	var unknown *directory.UnknownError
	if !errors.As(err, &unknown) || unknown.Nearest != "SG7/CUX" {
		t.Errorf("got %v", err)
	}
	if _, err := m.Find("SG2/NADD"); err == nil || !strings.Contains(err.Error(), "NAD") {
		t.Errorf("got %v", err)
	}
	_, err = open(t, "D.96A").Message("ORDRES")
	if !errors.As(err, &unknown) || unknown.Nearest != "ORDERS" {
		t.Errorf("got %v", err)
	}
}

func TestElementsAreFoundAsTheyStandOnTheWire(t *testing.T) {
	d96 := open(t, "D.96A")
	for _, c := range []struct {
		release, path string
		syntax        int
		want          [][3]int // element, component, repeats
	}{
		{"D.96A", "BGM.1004", 3, [][3]int{{1, 0, 1}}},
		{"D.01B", "BGM.1004", 3, [][3]int{{1, 0, 1}}},
		{"D.01B", "BGM.C106.1004", 3, [][3]int{{1, 0, 1}}},
		{"D.96A", "NAD.C082.3039", 3, [][3]int{{1, 0, 1}}},
		{"D.96A", "DTM.2005", 3, [][3]int{{0, 0, 1}}},
		{"D.96A", "DTM.C507", 3, [][3]int{{0, -1, 1}}},
		{"D.96A", "PIA.C212.7140", 3, [][3]int{{1, 0, 1}, {2, 0, 1}, {3, 0, 1}, {4, 0, 1}, {5, 0, 1}}},
		{"D.96A", "NAD.C080.3036", 3, [][3]int{{3, 0, 1}, {3, 1, 1}, {3, 2, 1}, {3, 3, 1}, {3, 4, 1}}},
		{"D.96A", "NAD.C507.2005", 3, nil},
		{"D.01B", "COM.3155", 3, [][3]int{{0, 1, 1}, {1, 1, 1}, {2, 1, 1}}},
		{"D.01B", "COM.C076.3155", 4, [][3]int{{0, 1, 3}}},
	} {
		tag, path, _ := strings.Cut(c.path, ".")
		s, ok := open(t, c.release).Segment(tag)
		if !ok {
			t.Fatalf("no %s in %s", tag, c.release)
		}
		spots := s.Find(path, c.syntax)
		if len(spots) != len(c.want) {
			t.Errorf("%s %s: %d spots, want %d", c.release, c.path, len(spots), len(c.want))
			continue
		}
		for i, w := range c.want {
			if got := [3]int{spots[i].Element, spots[i].Component, spots[i].Repeats}; got != w {
				t.Errorf("%s %s: spot %d is %v, want %v", c.release, c.path, i, got, w)
			}
		}
	}
	if _, ok := d96.Segment("XXX"); ok {
		t.Error("XXX is known")
	}
}

func TestRepeatedFieldsTakeSeveralPlacesBeforeSyntax4(t *testing.T) {
	com, _ := open(t, "D.01B").Segment("COM")
	if com.At(2, 3) == nil || com.At(3, 3) != nil || com.At(0, 4) == nil || com.At(1, 4) != nil {
		t.Error("COM has three places in syntax 3 and one in syntax 4")
	}
}

func TestFormatsAndCodes(t *testing.T) {
	d := open(t, "D.96A")
	e, ok := d.Element("3036")
	if !ok || e.Format.String() != "an..35" || e.Name != "Party name" || e.HasCodes {
		t.Errorf("3036 is %+v", e)
	}
	if e, _ := d.Element("4451"); e == nil || !e.HasCodes {
		t.Errorf("4451 is %+v", e)
	}
	if name, ok := d.Code("3035", "BY"); !ok || name != "Buyer" {
		t.Errorf("3035 BY is %q", name)
	}
	if _, ok := d.Code("3035", "QQQ"); ok {
		t.Error("3035 QQQ is known")
	}
	if _, ok := d.Code("3036", "BY"); ok {
		t.Error("3036 has codes")
	}
	if !d.CodeList("3035").Has([]byte("SU")) || len(d.CodeList("3035").Values()) < 100 {
		t.Error("list of 3035")
	}
	if n := len(open(t, "D.93A").CodeList("3035").Values()); n == 0 {
		t.Error("D.93A should take its codes from D.94A")
	}
}

func TestServiceSegmentsBySyntax(t *testing.T) {
	for syntax, want := range map[int]string{3: "n6", 4: "n8"} {
		d, err := directory.OpenService(syntax)
		if err != nil {
			t.Fatal(err)
		}
		unb, ok := d.Segment("UNB")
		if !ok {
			t.Fatal("no UNB")
		}
		spots := unb.Find("S004.0017", syntax)
		if len(spots) != 1 || spots[0].Leaf.Format.String() != want {
			t.Errorf("syntax %d: date is %+v", syntax, spots)
		}
		if _, err := d.Message("CONTRL"); err != nil {
			t.Error(err)
		}
		if name, ok := d.Code("0085", "13"); !ok || name != "Missing" {
			t.Errorf("0085 13 is %q", name)
		}
	}
	if _, err := directory.OpenService(5); err == nil {
		t.Error("syntax 5 is known")
	}
}

// garbled names the tables of D.94B in which the UN's own group numbers are out of step.
var garbled = map[string]bool{"DOCINF": true, "IFTSTA": true}

// TestEveryMessageIsWhole walks all messages of all releases: every tag has a definition, every group a trigger that is
// M 1, and both ends are the message's own header and trailer.
func TestEveryMessageIsWhole(t *testing.T) {
	service, err := directory.OpenService(4)
	if err != nil {
		t.Fatal(err)
	}
	messages, rows := 0, 0
	for _, name := range directory.Names() {
		d := open(t, name)
		for _, messageType := range d.Messages() {
			m, err := d.Message(messageType)
			if err != nil {
				t.Fatal(err)
			}
			messages++
			rows += len(m.Nodes)
			groups := 0
			for _, n := range m.Nodes {
				if n.Group {
					if groups++; n.ID != fmt.Sprintf("SG%d", groups) && !(name == "D.94B" && garbled[messageType]) {
						t.Errorf("%s %s: group %s is the %dth", name, messageType, n.ID, groups)
					}
					if trigger := n.Trigger(); trigger == nil || trigger.Group || !trigger.Mandatory || trigger.Max != 1 {
						t.Errorf("%s %s %s: trigger %+v", name, messageType, n.Path(), trigger)
					}
					continue
				}
				_, own := d.Segment(n.ID)
				_, shared := service.Segment(n.ID)
				if !own && !shared {
					t.Errorf("%s %s: no segment %s", name, messageType, n.ID)
				}
			}
			if top := m.Root.Children; top[0].ID != "UNH" || top[len(top)-1].ID != "UNT" {
				t.Errorf("%s %s: from %s to %s", name, messageType, top[0].ID, top[len(top)-1].ID)
			}
		}
	}
	t.Logf("%d messages, %d rows", messages, rows)
}

func BenchmarkOpenMessage(b *testing.B) {
	for b.Loop() {
		d := open(b, "D.96A")
		if _, err := d.Message("ORDERS"); err != nil {
			b.Fatal(err)
		}
	}
}

func TestCodeListsKnowTheirOwnCodesAndNoOthers(t *testing.T) {
	d := open(t, "D.01B")
	for _, element := range []string{"3035", "4451", "1153", "6411", "3055", "7143"} {
		l := d.CodeList(element)
		for _, code := range l.Values() {
			if !l.Has([]byte(code)) {
				t.Errorf("%s lacks %q", element, code)
			}
			for _, other := range []string{code + "~", "~" + code, code + "       ", strings.ToLower(code) + "x"} {
				if _, want := l.Name(other); l.Has([]byte(other)) != want {
					t.Errorf("%s on %q: not %v", element, other, want)
				}
			}
		}
		if l.Has(nil) {
			t.Errorf("%s has the empty code", element)
		}
	}
}
