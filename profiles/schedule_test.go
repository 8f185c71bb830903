package profiles_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/batchgate/batchgate/profiles"
)

func scheduled(t *testing.T, schedule string) profiles.Schedule {
	t.Helper()
	base, err := txtar.ParseFile("testdata/base.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range base.Files {
		if f.Name == "profiles/adler.yaml" {
			text := strings.Replace(string(f.Data), "    mapping: orders", "    zone: Europe/Berlin\n    schedule: "+schedule+"\n    mapping: orders", 1)
			p := adler(t, file(f.Name, text))
			flow, _ := p.Flow("orders")
			return flow.Schedule
		}
	}
	t.Fatal("no profile")
	return profiles.Schedule{}
}

func TestQuietHoursEndWhenTheyAreSaidTo(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	const layout = "Mon 2006-01-02 15:04"
	for _, c := range []struct{ schedule, at, opens string }{
		{`{}`, "Wed 2026-11-25 23:00", "Wed 2026-11-25 23:00"},
		{`{quiet: "22:00-05:30"}`, "Wed 2026-11-25 21:59", "Wed 2026-11-25 21:59"},
		{`{quiet: "22:00-05:30"}`, "Wed 2026-11-25 22:00", "Thu 2026-11-26 05:30"},
		{`{quiet: "22:00-05:30"}`, "Thu 2026-11-26 05:29", "Thu 2026-11-26 05:30"},
		{`{quiet: "22:00-05:30"}`, "Thu 2026-11-26 05:30", "Thu 2026-11-26 05:30"},
		{`{quiet: ["22:00-05:30", "sat-sun"]}`, "Fri 2026-11-27 23:00", "Mon 2026-11-30 05:30"},
		{`{quiet: "fri-mon"}`, "Fri 2026-11-27 08:00", "Tue 2026-12-01 00:00"},
		{`{quiet: "mon-fri 12:00-13:00"}`, "Sat 2026-11-28 12:30", "Sat 2026-11-28 12:30"},
		{`{quiet: "mon-fri 12:00-13:00"}`, "Fri 2026-11-27 12:30", "Fri 2026-11-27 13:00"},
		{`{quiet: "sun 18:00-24:00"}`, "Sun 2026-11-29 20:00", "Mon 2026-11-30 00:00"},
		{`{quiet: "01:00-04:00"}`, "Sun 2026-03-29 01:30", "Sun 2026-03-29 04:00"}, // the clocks go forward at 2
		{`{quiet: "01:00-04:00"}`, "Sun 2026-10-25 01:30", "Sun 2026-10-25 04:00"}, // and back at 3
	} {
		at, err := time.ParseInLocation(layout, c.at, berlin)
		if err != nil {
			t.Fatal(err)
		}
		opens, ok := scheduled(t, c.schedule).Opens(at.UTC())
		if got := opens.In(berlin).Format(layout); !ok || got != c.opens {
			t.Errorf("%s at %s: opens %s, want %s", c.schedule, c.at, got, c.opens)
		}
	}
}

func TestTheERPsDayMayEndBeforeMidnight(t *testing.T) {
	s := scheduled(t, `{day_ends: "18:00"}`)
	for at, want := range map[string]string{"17:59": "2026-11-30", "18:00": "2026-12-01", "23:59": "2026-12-01", "00:00": "2026-11-30"} {
		m, err := time.Parse("2006-01-02 15:04", "2026-11-30 "+at)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Day(m).Format("2006-01-02"); got != want {
			t.Errorf("at %s it is %s, want %s", at, got, want)
		}
	}
}
