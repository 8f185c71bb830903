package idoc_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/flatfile/idoc"
)

// limited gives an IDoc of articles, the second without the texts that it must have, and one of an order with two heads,
// the second IDoc of which has none.
func limited(t *testing.T, form idoc.Form) []byte {
	t.Helper()
	var b bytes.Buffer
	w := idoc.NewWriter(&b, idoc.WriteOptions{Form: form, LineEnd: "\n"})
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	begin := func(number, basic, message string) {
		must(w.Begin(map[string]string{"DOCNUM": number, "IDOCTYP": basic, "MESTYP": message}))
	}
	begin("1", "MATMAS05", "MATMAS")
	must(w.Segment("E1MARAM", 1, map[string]string{"MATNR": "EV-77"}))
	must(w.Segment("E1MAKTM", 2, map[string]string{"MAKTX": "Bit"}))
	must(w.Segment("E1MARAM", 1, map[string]string{"MATNR": "EV-78"}))
	begin("2", "ORDERS05", "ORDERS")
	must(w.Segment("E1EDK01", 1, map[string]string{"CURCY": "SEK"}))
	must(w.Segment("E1EDK01", 1, map[string]string{"CURCY": "EUR"}))
	must(w.Segment("E1EDK01", 1, map[string]string{"CURCY": "USD"}))
	begin("3", "ORDERS05", "ORDERS")
	must(w.Segment("E1EDP01", 1, map[string]string{"POSEX": "10"}))
	must(w.Flush())
	return b.Bytes()
}

func TestSegmentsThatStandTooOftenOrNotOftenEnoughAreSaid(t *testing.T) {
	want := []string{
		"segment 3 E1MARAM, record 1: warning: E1MAKTM stands in E1MARAM not at all, and MATMAS05 has it there at least once; a record may be missing [idoc.segment-limit]",
		"segment 2 E1EDK01, record 2): warning: E1EDK01 stands at the top for the 2nd time, and ORDERS05 has it there at most once; say so to the sender; a mapping may take it with limits: ignore [idoc.segment-limit]",
		"record 3): warning: E1EDK01 stands at the top not at all, and ORDERS05 has it there at least once; a record may be missing [idoc.segment-limit]",
	}
	for _, form := range []idoc.Form{idoc.Padded, idoc.Exact, idoc.Trimmed, idoc.Endless} {
		for limits, errors := range map[idoc.Limits]int{idoc.WarnLimits: 0, idoc.RefuseLimits: 1, idoc.IgnoreLimits: 0} {
			r := idoc.NewReader(bytes.NewReader(limited(t, form)), idoc.Options{Limits: limits})
			wrong := 0
			for _, err := range r.Segments() {
				if err != nil {
					wrong++
				}
			}
			var said []string
			for _, f := range r.Findings() {
				if f.Rule == "idoc.segment-limit" {
					said = append(said, f.String())
				}
			}
			all := strings.Join(said, "\n")
			switch {
			case limits == idoc.IgnoreLimits && len(said) > 0:
				t.Errorf("form %d: ignored, and said: %s", form, all)
			case limits != idoc.IgnoreLimits && len(said) != len(want):
				t.Errorf("form %d: %s", form, all)
			}
			if wrong != errors {
				t.Errorf("form %d, limits %d: %d errors", form, limits, wrong)
			}
			for _, w := range want {
				if limits == idoc.WarnLimits && !strings.Contains(all, w[strings.Index(w, ": warning"):]) {
					t.Errorf("form %d: %s\nis not in\n%s", form, w, all)
				}
			}
		}
	}
}

func TestLimitsHoldInXMLToo(t *testing.T) {
	const file = `<MATMAS05><IDOC><EDI_DC40><IDOCTYP>MATMAS05</IDOCTYP></EDI_DC40><E1MARAM SEGMENT="1"><MATNR>A</MATNR></E1MARAM></IDOC>` +
		`<IDOC><EDI_DC40><IDOCTYP>MATMAS05</IDOCTYP></EDI_DC40></IDOC></MATMAS05>`
	r := open(file)
	for _, err := range r.Segments() {
		if err != nil {
			t.Fatal(err)
		}
	}
	all := ""
	for _, f := range r.Findings() {
		all += f.String() + "\n"
	}
	for _, want := range []string{"segment 1 E1MARAM, record 1: warning: E1MAKTM stands in E1MARAM not at all", "E1MARAM stands at the top not at all"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s\nis not in\n%s", want, all)
		}
	}
}
