package document

import (
	"fmt"
	"time"
)

// Precision says how exactly a moment is known.
type Precision uint8

// The precisions.
const (
	Day Precision = iota
	Minute
	Second
	Milli
)

// Moment is a date or a point in time with the precision it was given in and its zone.
// A moment of precision Day is a calendar date: it has no zone and is not a midnight.
type Moment struct {
	Time      time.Time
	Precision Precision
}

var momentLayouts = [...]string{Day: "2006-01-02", Minute: "2006-01-02T15:04Z07:00", Second: "2006-01-02T15:04:05Z07:00", Milli: "2006-01-02T15:04:05.000Z07:00"}

// String gives the moment as ISO 8601 in its own precision and zone.
func (m Moment) String() string { return m.Time.Format(momentLayouts[m.Precision]) }

// ParseMoment reads what String gives.
func ParseMoment(s string) (Moment, error) {
	for p, layout := range momentLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return Moment{Time: t, Precision: Precision(p)}, nil
		}
	}
	return Moment{}, fmt.Errorf("%q is not a date or time of ISO 8601 with a zone", s)
}
