package directory_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact/directory"
)

// small gives a release of one's own with nothing in it.
func small(t *testing.T, name string) *directory.Release {
	t.Helper()
	r, err := directory.ReadFile(strings.NewReader(`{"directory":"` + name + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestASetFindsOnesOwnFirst(t *testing.T) {
	own := []*directory.Release{small(t, "D26A"), small(t, "D.96A"), small(t, "91.2"), small(t, "S:93A"), small(t, "E.1")}
	set := directory.NewSet(own...)
	for name, want := range map[string]*directory.Release{
		"D.26A": own[0], "26a": own[0], "D:26A:ZZ": own[0], "D: 26A": own[0], "D96A": own[1], "D:96A:UN:EAN008": own[1],
		"91:2": own[2], "2:912": own[2], "912": own[2], "91.2": own[2], "S:93A": own[3], "s93a": own[3], "E:1": own[4], "e.1": own[4],
		"D.01B": open(t, "D.01B"), "D:93A": open(t, "D.93A"),
	} {
		got, err := set.Open(name)
		if err != nil || got != want {
			t.Errorf("%q: %v %v", name, got, err)
		}
	}
	names := set.Names()
	if n := len(directory.Names()); len(names) != n+4 || names[n] != "D.26A" || names[n+3] != "E.1" {
		t.Errorf("names %v", names)
	}
	if !set.Hides(own[1]) || set.Hides(own[0]) {
		t.Error("what hides an embedded one is not told")
	}
	var unknown *directory.UnknownError
	if _, err := set.Open("D:26B"); !errors.As(err, &unknown) || unknown.Nearest != "D.26A" {
		t.Errorf("nearest: %v", err)
	}
}

func TestASetWithoutOnesOwnHasTheEmbedded(t *testing.T) {
	for _, set := range []*directory.Set{nil, {}, directory.NewSet()} {
		if r, err := set.Open("D:96A"); err != nil || r != open(t, "D.96A") || len(set.Names()) != len(directory.Names()) || set.Own() != nil {
			t.Errorf("%v %v", r, err)
		}
	}
}

func TestNamesAreWhatMessagesSay(t *testing.T) {
	for name, want := range map[string]string{"D.26A": "D.26A", "d: 26a": "D.26A", "26A": "D.26A", "D:26A:UN:X": "D.26A", "S93A": "S.93A", "1:901": "90.1", "2:912": "91.2", "90.1": "90.1",
		"11:1:IA": "11.1", "E03:1": "E03.1", "": "", "D": "", "my own": "", "D.": "", "D.26ABC": "", "D.26Ä": "", "../x": "", "D26": ""} {
		got, err := directory.ParseName(name)
		if want != "" && !directory.SameName(name, want) {
			t.Errorf("%q is not the same as %q", name, want)
		}
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", name, got, err)
		}
	}
}

func TestOnlySomeMessagesOfARelease(t *testing.T) {
	r := open(t, "D.96A").Only("ORDERS", "NOSUCH", "APERAK")
	if got := strings.Join(r.Messages(), " "); got != "APERAK ORDERS" || r.Name() != "D.96A" {
		t.Errorf("%s: %s", r.Name(), got)
	}
	if _, err := r.Message("INVOIC"); err == nil {
		t.Error("INVOIC is there")
	}
	if _, ok := r.Segment("GIS"); !ok || !r.CodeList("3035").Has([]byte("BY")) {
		t.Error("segments and codes are not whole")
	}
	if _, err := open(t, "D.96A").Message("INVOIC"); err != nil {
		t.Error("the release itself lost a message")
	}
}
