package option

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// parse reads one plain value. The error ends the sentence "name "value" ...".
func (o *Option) parse(s string) (any, error) {
	switch o.Type {
	case Int:
		return o.parseInt(s)
	case Decimal:
		d, err := document.ParseDecimal(s)
		if err != nil {
			return nil, fmt.Errorf("is not a number; write it as 12.5")
		}
		return d, nil
	case Duration:
		return o.parseDuration(s)
	case Percent:
		return parsePercent(s)
	case Flag:
		return parseFlag(s)
	case Choice:
		return o.parseChoice(s)
	case Time:
		return parseTime(s)
	case Secret:
		return ParseReference(s)
	case Texts, Patterns:
		if err := o.checkText(s); err != nil {
			return nil, err
		}
		return []string{s}, nil
	default:
		return o.parseText(s)
	}
}

func (o *Option) parseText(s string) (any, error) {
	if o.Reference && IsReference(s) {
		return ParseReference(s)
	}
	if err := o.checkText(s); err != nil {
		return nil, err
	}
	return s, nil
}

func (o *Option) checkText(s string) error {
	switch o.Type {
	case Patterns:
		if _, err := path.Match(s, ""); err != nil {
			return fmt.Errorf("is not a pattern; * stands for any text, ? for one character, [a-z] for a range, every [ needs its ]")
		}
		if strings.Contains(s, "/") {
			return fmt.Errorf("holds a folder; patterns match the file's name, the folder has its own key")
		}
	case Folder:
		if strings.ContainsRune(s, 0) {
			return fmt.Errorf("holds a NUL character")
		}
	}
	if o.Check != nil {
		return o.Check(s)
	}
	return nil
}

func (o *Option) parseInt(s string) (any, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("is not a whole number")
	}
	if err := o.within(n, func(n int64) string { return strconv.FormatInt(n, 10) }); err != nil {
		return nil, err
	}
	return n, nil
}

func (o *Option) parseDuration(s string) (any, error) {
	d, err := ParseDuration(s)
	if err != nil {
		return nil, err
	}
	seconds := func(n int64) string { return FormatDuration(time.Duration(n) * time.Second) }
	whole := int64(d / time.Second)
	if d%time.Second != 0 { // 9.5 s is below 10 s and above 9 s
		if o.Max > 0 && whole >= o.Max {
			whole = o.Max + 1
		}
	}
	if err := o.within(whole, seconds); err != nil {
		return nil, err
	}
	return d, nil
}

func (o *Option) within(n int64, show func(int64) string) error {
	switch {
	case n < o.Min:
		return fmt.Errorf("is less than %s", show(o.Min))
	case o.Max > 0 && n > o.Max:
		return fmt.Errorf("is more than %s", show(o.Max))
	}
	return nil
}

func parsePercent(s string) (any, error) {
	if s == "off" {
		return Share{}, nil
	}
	digits, ok := strings.CutSuffix(s, "%")
	d, err := document.ParseDecimal(strings.TrimSpace(digits))
	if !ok || err != nil || d.Sign() < 0 {
		return nil, fmt.Errorf("is not a percentage; write it as 30%%, or off")
	}
	return Share{On: true, Percent: d}, nil
}

func parseFlag(s string) (any, error) {
	switch s {
	case "true", "yes", "on":
		return true, nil
	case "false", "no", "off":
		return false, nil
	}
	return nil, fmt.Errorf("is neither true nor false")
}

func (o *Option) parseChoice(s string) (any, error) {
	if slices.Contains(o.Allowed, s) {
		return s, nil
	}
	return nil, notAllowed(s, o.Allowed)
}

func notAllowed(s string, allowed []string) error {
	text := "is not one of " + strings.Join(allowed, ", ")
	if near := finding.Nearest(s, allowed); near != "" {
		text += fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("%s", text)
}

// day is a date without a zone.
type day time.Time

// parseTime reads a date or RFC 3339.
func parseTime(s string) (any, error) {
	if t, err := time.Parse("2006-01-02", s); err == nil {
		return day(t), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	return nil, fmt.Errorf("is not a time; write 2026-12-01, or with time and zone 2026-12-01T06:00:00+01:00")
}

// units are those of a duration, largest first.
func units() []struct {
	name string
	span time.Duration
} {
	return []struct {
		name string
		span time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"ms", time.Millisecond}, {"m", time.Minute}, {"s", time.Second}}
}

// ParseDuration reads 14d, 6h, 10m, 90s, 200ms or several of them, 1h30m. A day has 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	bad := fmt.Errorf("is not a duration; write 10s, 5m, 6h or 14d")
	if s == "0" {
		return 0, nil
	}
	if s == "" {
		return 0, bad
	}
	var sum time.Duration
next:
	for rest := s; rest != ""; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil {
			return 0, bad
		}
		rest = rest[digits:]
		for _, u := range units() {
			after, ok := strings.CutPrefix(rest, u.name)
			if !ok {
				continue
			}
			if n > int64(math.MaxInt64-sum)/int64(u.span) {
				return 0, fmt.Errorf("is longer than 290 years")
			}
			sum, rest = sum+time.Duration(n)*u.span, after
			continue next
		}
		return 0, bad
	}
	return sum, nil
}

// FormatDuration writes what ParseDuration reads: 14d, 1h30m.
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	var b strings.Builder
	for _, u := range []struct {
		name string
		span time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if n := d / u.span; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.span
		}
	}
	return b.String()
}
