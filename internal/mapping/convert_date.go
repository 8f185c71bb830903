package mapping

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/document"
)

// dateLayout is one way to write a date.
type dateLayout struct {
	layout    string
	precision document.Precision
	century   bool // the year's first two digits are written as one: 0 for 19, 1 for 20
}

// String gives the layout in the letters that people know.
func (l dateLayout) String() string {
	if l.century {
		return "C" + describeLayout(l.layout)[2:] + ", with 0 for 19 and 1 for 20"
	}
	return describeLayout(l.layout)
}

// readDate reads a date in the first of its layouts that it has.
func (f *form) readDate(s string) (v document.Value, err error) {
	for i, l := range f.layouts {
		got, failed := f.readLayout(s, l)
		if failed == nil {
			return got, nil
		}
		if i == 0 {
			err = failed
		}
	}
	return v, err
}

// writeDate writes a date in the first of its layouts that says no more than is known.
func (f *form) writeDate(v document.Value) (string, error) {
	m, _ := v.Moment()
	for _, l := range f.layouts {
		if m.Precision != document.Day || l.precision == document.Day {
			return f.writeLayout(v, l)
		}
	}
	return f.writeLayout(v, f.layouts[0])
}

// readLayout reads a date or time by one of the layouts.
func (f *form) readLayout(s string, l dateLayout) (document.Value, error) {
	if !l.century {
		return f.readTime(s, l.layout, l.precision)
	}
	if rest, ok := strings.CutPrefix(s, "0"); ok {
		s = "19" + rest
	} else if rest, ok := strings.CutPrefix(s, "1"); ok {
		s = "20" + rest
	} else {
		return document.Value{}, &conversionError{rule: ruleTime, what: fmt.Sprintf("%q is not a date or time in the form %s", s, l)}
	}
	v, err := f.readTime(s, l.layout, l.precision)
	if e, ok := errors.AsType[*conversionError](err); ok {
		e.what = strings.Replace(e.what, s, shortCentury(s), 1)
		e.what = strings.Replace(e.what, describeLayout(l.layout), l.String(), 1)
	}
	return v, err
}

// shortCentury writes a text that begins with 19 or 20 with one digit for it.
func shortCentury(s string) string { return string('0'+(s[0]-'1')) + s[2:] }

// writeLayout writes a date or time by one of the layouts.
func (f *form) writeLayout(v document.Value, l dateLayout) (string, error) {
	s, err := f.writeTime(v, l.layout, l.precision)
	switch {
	case err != nil || !l.century:
		return s, err
	case !strings.HasPrefix(s, "19") && !strings.HasPrefix(s, "20"):
		return "", fmt.Errorf("%s is of no century that %s has", s, l)
	}
	return shortCentury(s), nil
}

// readTime reads a date or time by a layout. A time that the clocks of the zone skip is refused.
func (f *form) readTime(s, layout string, p document.Precision) (document.Value, error) {
	zone := f.zone
	if zone == nil || p == document.Day {
		zone = time.UTC
	}
	t, err := time.ParseInLocation(layout, s, zone)
	if err != nil {
		return document.Value{}, &conversionError{rule: ruleTime, what: fmt.Sprintf("%q is not a date or time in the form %s", s, describeLayout(layout))}
	}
	if p != document.Day && f.zone != nil && t.Location() == zone && t.Format(layout) != s {
		return document.Value{}, &conversionError{rule: ruleTime, what: fmt.Sprintf("%q is a time that the clocks of %s skip", s, zone)}
	}
	return document.TimeValue(document.Moment{Time: t, Precision: p}), nil
}

// writeTime writes a date or time by a layout, in the zone of the form.
func (f *form) writeTime(v document.Value, layout string, p document.Precision) (string, error) {
	m, ok := v.Moment()
	if !ok {
		return "", fmt.Errorf("%q is not a date or time", v.Text())
	}
	if m.Precision == document.Day && p != document.Day {
		return "", fmt.Errorf("%s is a day, and a time of the day is wanted", v.Text())
	}
	t := m.Time
	if f.zone != nil && m.Precision != document.Day {
		t = t.In(f.zone)
	}
	return t.Format(layout), nil
}

// describeLayout turns a Go layout into the letters that people know.
func describeLayout(layout string) string {
	return strings.NewReplacer("2006", "YYYY", "002", "DDD", "01", "MM", "02", "DD", "15", "hh", "04", "mm", "05", "ss", "06", "YY").Replace(layout)
}

// precisionOf tells how exactly a layout says a time.
func precisionOf(layout string) document.Precision {
	switch {
	case strings.Contains(layout, "05.0") || strings.Contains(layout, "05,0"):
		return document.Milli
	case strings.Contains(layout, "05"):
		return document.Second
	case strings.Contains(layout, "15") || strings.Contains(layout, "03") || strings.Contains(layout, "04"):
		return document.Minute
	}
	return document.Day
}
