package edifact_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/edifact"
)

// events writes the events of a file, one a line.
func events(t *testing.T, text string) string {
	t.Helper()
	var out strings.Builder
	for ev, err := range edifact.NewReader(strings.NewReader(text)).Events() {
		if err != nil {
			fmt.Fprintf(&out, "error %v\n", errors.Unwrap(err))
			break
		}
		out.WriteString(ev.Kind.String())
		if ev.Segment != nil {
			out.WriteString(" " + ev.Segment.Tag())
		}
		switch ev.Kind {
		case edifact.MessageEnd, edifact.GroupEnd, edifact.InterchangeEnd:
			fmt.Fprintf(&out, " %d", ev.Count)
			if !ev.Complete {
				out.WriteString(" incomplete")
			}
			if ev.Truncated {
				out.WriteString(" truncated")
			}
		}
		if ev.Message != nil {
			out.WriteString(" of " + ev.Message.Reference)
		}
		if len(ev.Findings) > 0 {
			out.WriteString(" ! " + rulesOf(ev.Findings))
		}
		out.WriteByte('\n')
	}
	return out.String()
}

//rule:v3 6.1; an interchange is UNB, groups or messages, and UNZ; a group UNG, messages, UNE; a message UNH, segments, UNT
func TestEventsFollowTheEnvelope(t *testing.T) {
	got := events(t, unb+"UNG+ORDERS+A+B+261201:1000+5+UN+D:96A'UNH+1+ORDERS:D:96A:UN'BGM+220'UNT+3+1'UNE+1+5'UNZ+1+1'")
	want := `interchange start UNB
group start UNG
message start UNH of 1
segment BGM of 1
message end UNT 3 of 1
group end UNE 1
interchange end UNZ 1
file end
`
	if got != want {
		t.Errorf("got\n%s", firstDifference(got, want))
	}
}

//rule:v3 6.1; each message, group and interchange has a trailer of its own
func TestMissingTrailersAreRecoveredFrom(t *testing.T) {
	got := events(t, unb+"UNH+1+X:D:1:UN'BGM+1'UNH+2+X:D:1:UN'BGM+2'UNT+3+2'UNB+UNOC:3+A:14+B:14+261201:1000+2'UNH+1+X:D:1:UN'UNT+2+1'UNZ+1+2'")
	want := `interchange start UNB
message start UNH of 1
segment BGM of 1
message end 2 incomplete of 1 ! unt-missing
message start UNH of 2
segment BGM of 2
message end UNT 3 of 2
interchange end 2 incomplete ! unz-missing
interchange start UNB
message start UNH of 1
message end UNT 2 of 1
interchange end UNZ 1
file end
`
	if got != want {
		t.Error(firstDifference(got, want))
	}
}

func TestTruncatedFilesCloseWhatIsOpen(t *testing.T) {
	got := events(t, unb+"UNH+1+X:D:1:UN'BGM+1")
	want := `interchange start UNB
message start UNH of 1
message end 1 incomplete truncated of 1
interchange end 1 incomplete truncated
file end
error truncated file
`
	if got != want {
		t.Error(firstDifference(got, want))
	}
	got = events(t, unb+"UNH+1+X:D:1:UN'BGM+1'")
	want = `interchange start UNB
message start UNH of 1
segment BGM of 1
message end 2 incomplete truncated of 1 ! truncated
interchange end 1 incomplete truncated
file end
`
	if got != want {
		t.Error(firstDifference(got, want))
	}
}

//rule:v3 6.1; between messages no user segment stands
func TestSegmentsOutsideOfMessagesAreOneFinding(t *testing.T) {
	got := events(t, unb+"UNH+1+X:D:1:UN'UNT+2+1'BGM+1'DTM+1'UNT+3+2'UNZ+2+1'")
	want := `interchange start UNB
message start UNH of 1
message end UNT 2 of 1
stray segment BGM ! outside-message
stray segment DTM
stray segment UNT
interchange end UNZ 1
file end
`
	if got != strings.Replace(want, "UNZ 1", "UNZ 2", 1) { // the message without UNH is counted
		t.Error(firstDifference(got, want))
	}
}

func TestMessagesWithoutUNBAreRead(t *testing.T) {
	got := events(t, "UNH+1+X:D:1:UN'BGM+1'UNT+3+1'")
	want := `interchange start ! unb-missing
message start UNH of 1
segment BGM of 1
message end UNT 3 of 1
interchange end 1 incomplete truncated
file end
`
	if got != want {
		t.Error(firstDifference(got, want))
	}
}

//rule:v3 6.1; an interchange holds at least one message
//rule:s4 0036; UNZ counts the messages, or the groups where there are any
//rule:s4 0060; UNE counts the messages of its group
//rule:s4 0074; UNT counts the segments of its message, UNH and UNT with them
//rule:s4 UNZ; the control reference is that of UNB
//rule:s4 UNE; the group reference is that of UNG
//rule:s4 UNT; the message reference is that of UNH
//rule:s4 0062; a message reference is used once in an interchange
//rule:s4 UNB; syntax, sender, recipient, date, time and control reference are mandatory
func TestEnvelopeFaults(t *testing.T) {
	body := "UNH+1+X:D:1:UN'BGM+1'UNT+3+1'"
	for text, want := range map[string]string{
		unb + body + "UNZ+1+1'":                                       "",
		unb + "UNH+1+X:D:1:UN'BGM+1'UNT+0003+1'UNZ+01+1'":             "",
		unb + strings.Replace(body, "UNT+3", "UNT+4", 1) + "UNZ+1+1'": "unt-count",
		unb + strings.Replace(body, "UNT+3", "UNT+x", 1) + "UNZ+1+1'": "unt-count",
		unb + strings.Replace(body, "3+1", "3+2", 1) + "UNZ+1+1'":     "unt-reference",
		unb + body + "UNZ+2+1'":                                       "unz-count",
		unb + body + "UNZ+1+2'":                                       "unz-reference",
		unb + body + body + "UNZ+2+1'":                                "duplicate-message",
		unb + "UNZ+0+1'":                                              "no-message",
		"UNB'" + body + "UNZ+1+1'":                                    "envelope-mandatory",
		"UNB+UNOC:3'" + body + "UNZ+1+1'":                             "envelope-mandatory",
		unb + "UNH+1'BGM+1'UNT+3+1'UNZ+1+1'":                          "envelope-mandatory",
		unb + body + "UNE+1+1'UNZ+1+1'":                               "ung-missing",
		unb + "UNG+X+A+B+1:2+5'" + body + "UNZ+1+1'":                  "une-missing",
		unb + "UNG+X+A+B+1:2+5'" + body + "UNE+2+5'UNZ+1+1'":          "une-count",
		unb + "UNG+X+A+B+1:2+5'" + body + "UNE+1+6'UNZ+1+1'":          "une-reference",
		unb + "UNG+X+A+B+1:2+5'" + body + "UNE+1+5'UNZ+3+1'":          "unz-count",
		unb + body + "UNZ+1+1'" + unb + body + "UNZ+1+1'":             "duplicate-interchange",
		unb + body + "UNT+3+1'UNZ+2+1'":                               "unh-missing",
		body + "UNZ+1+1'":                                             "unb-missing",
	} {
		if got := faults(text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

//rule:s4 UNB; sender, recipient, date, time, references and requests stand in their places
//rule:s4 UNH; reference and identification of the message stand in their places
func TestHeadersAreParsed(t *testing.T) {
	text := "UNA:+.? 'UNB+UNOC:3+A:14:R:S+B:ZZ:T:U+261201:1007+C1+PW:AA+APP+P+1+EANCOM+1'UNH+7+ORDERS:D:96A:UN:EAN008:1:2+CA+3:F'UNT+2+7'UNZ+1+C1'"
	for ev, err := range edifact.NewReader(strings.NewReader(text)).Events() {
		if err != nil {
			t.Fatal(err)
		}
		switch ev.Kind {
		case edifact.InterchangeStart:
			const line = "%v %v %v %s %s %s %s %s %s %s %s %v %v %v"
			i := ev.Interchange
			got := fmt.Sprintf(line, i.Syntax, i.Sender, i.Recipient, i.Date, i.Time, i.Control, i.Password, i.PasswordQualifier, i.Application, i.Priority, i.Agreement, i.IsTest(), i.AsksAcknowledgement(), i.HasUNA)
			if want := "{UNOC 3 3} A:14:R:S B:ZZ:T:U 261201 1007 C1 PW AA APP P EANCOM true true true"; got != want {
				t.Errorf("got %s", got)
			}
			at, err := i.Prepared(time.UTC)
			if err != nil || at.Format(time.DateTime) != "2026-12-01 10:07:00" {
				t.Errorf("prepared %v, %v", at, err)
			}
		case edifact.MessageStart:
			m := ev.Message
			got := fmt.Sprint(m.Reference, m, m.Directory(), m.CodeLists, m.Subfunction, m.CommonAccess, m.Sequence, m.FirstLast)
			if want := "7ORDERS:D:96A:UN:EAN008D.96A12CA3F"; strings.ReplaceAll(got, " ", "") != want {
				t.Errorf("got %s", got)
			}
		}
	}
}

//rule:s4 0017; the date has six digits up to syntax 3, eight from syntax 4 on
func TestPreparedKnowsTheCentury(t *testing.T) {
	for date, want := range map[string]string{"691231": "2069-12-31", "700101": "1970-01-01", "20260229": "", "20281231": "2028-12-31", "": ""} {
		i := edifact.Interchange{Date: date, Time: "2359"}
		at, err := i.Prepared(time.UTC)
		if want == "" {
			if err == nil {
				t.Errorf("%s: no error", date)
			}
			continue
		}
		if err != nil || at.Format(time.DateOnly) != want {
			t.Errorf("%s: got %v, %v", date, at, err)
		}
	}
}

// damage plants one fault in a message and gives the rule that must tell of it.
var damage = []struct {
	rule string
	do   func(segments []string) []string
}{
	{"unt-count", func(s []string) []string { return append(s[:3:3], s[4:]...) }},
	{"unt-count", func(s []string) []string {
		return append(append(append([]string{}, s[:4]...), s[3]), s[4:]...)
	}},
	{"unt-missing", func(s []string) []string { return s[:len(s)-1] }},
	{"outside-message", func(s []string) []string { return s[1:] }},
	{"unt-reference", func(s []string) []string {
		return append(s[:len(s)-1:len(s)-1], s[len(s)-1][:strings.LastIndexByte(s[len(s)-1], '+')]+"+wrong")
	}},
	{"tag", func(s []string) []string {
		out := append([]string{}, s...)
		out[3] = "x" + out[3]
		return out
	}},
	{"empty-segment", func(s []string) []string {
		return append(append(append([]string{}, s[:4]...), ""), s[4:]...)
	}},
	{"charset", func(s []string) []string {
		out := append([]string{}, s...)
		out[3] += "+\x80"
		return out
	}},
	{"line-break", func(s []string) []string {
		out := append([]string{}, s...)
		out[3] += "+a\nb"
		return out
	}},
}

func TestOnePlantedFaultIsOneFindingAndCostsOneMessage(t *testing.T) {
	clean := string(orders(t, 5, 100<<10, ""))
	rnd := rand.New(rand.NewPCG(1, 2))
	interchanges := strings.SplitAfter(clean, "UNZ+20+")
	_ = interchanges
	for round := range 200 {
		segments := strings.Split(strings.TrimSuffix(clean, "'"), "'")
		var starts []int
		for i, s := range segments {
			if strings.HasPrefix(s, "UNH") {
				starts = append(starts, i)
			}
		}
		at := starts[rnd.IntN(len(starts))]
		end := at
		for !strings.HasPrefix(segments[end], "UNT") {
			end++
		}
		d := damage[round%len(damage)]
		broken := d.do(append([]string{}, segments[at:end+1]...))
		text := strings.Join(append(append(append([]string{}, segments[:at]...), broken...), segments[end+1:]...), "'") + "'"
		if got := faults(text); got != d.rule {
			t.Fatalf("planted %s, found %q", d.rule, got)
		}
		good, all := 0, 0
		for ev := range edifact.NewReader(strings.NewReader(text)).Events() {
			if ev.Kind == edifact.MessageEnd {
				all++
				if ev.Complete {
					good++
				}
			}
		}
		if good < len(starts)-1 {
			t.Fatalf("planted %s: %d of %d messages came whole", d.rule, good, len(starts))
		}
	}
}

func TestFindingsOfAMessageStandBetweenItsEvents(t *testing.T) {
	text := unb + "UNH+1+X:D:1:UN'FTX+\x80'UNT+3+1'UNH+2+X:D:1:UN'FTX+\x80'UNT+9+2'UNZ+2+1'"
	per := map[string]string{}
	for ev, err := range edifact.NewReader(strings.NewReader(text)).Events() {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Message != nil {
			per[ev.Message.Reference] += " " + rulesOf(ev.Findings)
		}
	}
	if strings.Join(strings.Fields(per["1"]), " ") != "charset" || strings.Join(strings.Fields(per["2"]), " ") != "charset unt-count" {
		t.Errorf("got %v", per)
	}
}

func TestBytesOfAMessageAreKnown(t *testing.T) {
	data := orders(t, 11, 50<<10, "\n")
	from := int64(0)
	for ev, err := range edifact.NewReader(bytes.NewReader(data)).Events() {
		if err != nil {
			t.Fatal(err)
		}
		switch ev.Kind {
		case edifact.MessageStart:
			from = ev.Segment.Offset()
			if ev.Message.Place.Offset != from {
				t.Fatal("the header's place is another")
			}
		case edifact.MessageEnd:
			m := data[from:ev.End]
			if !bytes.HasPrefix(m, []byte("UNH+"+ev.Message.Reference+"+")) || bytes.Count(m, []byte("'")) != ev.Count || !bytes.HasSuffix(m, []byte("'")) {
				t.Fatalf("%d segments in %q", ev.Count, m)
			}
		}
	}
}

// The trailers of interactive interchanges are checked as those of batch ones are: by count and reference.
//
//rule:s4 UIT; UIT repeats the reference of UIH and counts the segments of its message
//rule:s4 UIZ; UIZ repeats the control reference of UIB and counts the messages
func TestTrailersOfInteractiveInterchangesAreChecked(t *testing.T) {
	const good = "UIB+UNOB:4+1001++++A:14+B:14+20261201:1000'UIH+SKDREQ:D:08A::UN+7'ODI+A'UIT+7+3'UIZ+1001+1'"
	for change, want := range map[[2]string]string{
		{"", ""}: "", {"UIT+7+3", "UIT+7+4"}: "unt-count", {"UIT+7", "UIT+8"}: "unt-reference", {"UIZ+1001+1", "UIZ+1001+2"}: "unz-count",
		{"UIZ+1001", "UIZ+1002"}: "unz-reference", {"UIT+7+3'", ""}: "unt-missing", {"UIZ+1001+1'", ""}: "truncated",
	} {
		if got := faults(strings.Replace(good, change[0], change[1], 1)); got != want {
			t.Errorf("%s -> %s: %q, want %q", change[0], change[1], got, want)
		}
	}
}
