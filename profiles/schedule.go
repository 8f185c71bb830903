package profiles

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/option"
)

// Schedule is when the ERP may be reached, and when its day ends. The zero Schedule is always open.
type Schedule struct {
	quiet   []quietHours
	dayEnds int // minutes of the day; 0: at midnight
	zone    *time.Location
}

// quietHours is a time of each of some days; one that goes over midnight belongs to the day on which it begins.
type quietHours struct {
	days     [7]bool // by time.Weekday
	from, to int     // minutes of the day; to is at most 24 hours, or less than from for the next day
}

func scheduleTable() *option.Table {
	return &option.Table{Name: "schedule", Help: "when the ERP's folders may be reached, in the flow's zone", Options: []option.Option{
		{Name: "quiet", Type: option.Texts, Example: `["22:00-05:30", "sat-sun"]`, Check: checkQuiet, Help: "hours in which the ERP's folders are neither read nor written: a time, days, or days and a time; what comes waits"},
		{Name: "day_ends", Type: option.Text, Example: `"18:00"`, Check: checkClock, Help: "when the ERP's day ends: what is planned later has the date of the next day in its file's name"},
	}}
}

func checkQuiet(s string) error { _, err := parseQuiet(s); return err }

func checkClock(s string) error { _, err := parseClock(s); return err }

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// parseQuiet reads "22:00-05:30", "sat-sun", "sun", "mon-fri 12:00-13:00". Its error ends the sentence "quiet "..." ...".
func parseQuiet(s string) (quietHours, error) {
	q := quietHours{to: 24 * 60}
	days, clock, both := strings.Cut(s, " ")
	if !both && strings.Contains(s, ":") {
		days, clock = "sun-sat", s
	}
	from, to, several := strings.Cut(days, "-")
	if !several {
		to = from
	}
	first, last := slices.Index(weekdays, from), slices.Index(weekdays, to)
	if first < 0 || last < 0 {
		return q, fmt.Errorf("is no time of days; write 22:00-05:30, sat-sun, or mon-fri 12:00-13:00")
	}
	for day := first; ; day = (day + 1) % 7 {
		q.days[day] = true
		if day == last {
			break
		}
	}
	if clock == "" {
		return q, nil
	}
	begin, end, ok := strings.Cut(clock, "-")
	var err, other error
	q.from, err = parseClock(begin)
	q.to, other = parseClock(end)
	if !ok || err != nil || other != nil || q.from == q.to || q.from == 24*60 {
		return q, fmt.Errorf("has no time from and to; write 22:00-05:30")
	}
	return q, nil
}

// parseClock reads "18:00" as minutes of the day; 24:00 is the end of the day.
func parseClock(s string) (int, error) {
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("is no time of the day; write 18:00")
	}
	return t.Hour()*60 + t.Minute(), nil
}

func (l *flowLoader) schedule() {
	v := l.v.Block("schedule")
	s := &l.f.Schedule
	s.zone = l.f.Zone
	s.dayEnds, _ = parseClock(v.Text("day_ends"))
	for _, text := range v.Texts("quiet") {
		if q, err := parseQuiet(text); err == nil {
			s.quiet = append(s.quiet, q)
		}
	}
	if _, ok := s.Opens(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)); !ok {
		l.fault(v, "quiet", "profile.schedule", "leave an hour in which files may go", "the ERP is never to be reached")
		s.quiet = nil
	}
}

// Opens gives the next moment, from t on, at which the ERP may be reached: t itself where it is not quiet. It is false when
// there is none within two weeks.
func (s Schedule) Opens(t time.Time) (time.Time, bool) {
	end := t.AddDate(0, 0, 14)
	for moved := true; moved; {
		moved = false
		for _, q := range s.quiet {
			if until, quiet := q.until(t.In(s.zone)); quiet {
				t, moved = until, true
			}
		}
		if t.After(end) {
			return t, false
		}
	}
	return t, true
}

// until gives the end of the quiet hours that t lies in.
func (q quietHours) until(t time.Time) (time.Time, bool) {
	at := func(day, minutes int) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day()+day, 0, minutes, 0, 0, t.Location())
	}
	for _, day := range []int{-1, 0} { // begun yesterday, or today
		begin, end := at(day, q.from), at(day, q.to)
		if q.to <= q.from {
			end = at(day+1, q.to)
		}
		if q.days[at(day, 0).Weekday()] && !t.Before(begin) && t.Before(end) {
			return end, true
		}
	}
	return t, false
}

// Day gives the time by which a file is named: that of the next day once the ERP's day has ended.
func (s Schedule) Day(t time.Time) time.Time {
	if s.dayEnds > 0 && t.Hour()*60+t.Minute() >= s.dayEnds {
		return t.AddDate(0, 0, 1)
	}
	return t
}
