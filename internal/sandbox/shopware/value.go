package shopware

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// A stored value is nil, string, int64, bool, number, moment or jsonText.

// number is a decimal number by its text, as JSON writes it.
type number string

// jsonText is a JSON value by its text.
type jsonText string

// moment is an instant in milliseconds since 1970, as the shop's database keeps it.
type moment int64

const timeLayout = "2006-01-02T15:04:05.000-07:00"

func momentOf(t time.Time) moment { return moment(t.UnixMilli()) }

func (m moment) time() time.Time { return time.UnixMilli(int64(m)).UTC() }

func (m moment) String() string { return m.time().Format(timeLayout) }

// parseMoment reads the forms of a date and time that a shop reads; without a zone it is UTC.
func parseMoment(s string) (moment, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700", "2006-01-02T15:04:05",
		"2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 0 && t.Year() < 10000 {
			return momentOf(t), true
		}
	}
	return 0, false
}

// maxNumber bounds the text of a number, so that no exponent makes arithmetic grow.
const maxNumber = 40

// parseNumber reads a JSON number of sensible size exactly.
func parseNumber(s string) (*big.Rat, bool) {
	if len(s) > maxNumber {
		return nil, false
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if exponent, err := strconv.Atoi(s[i+1:]); err != nil || exponent > 300 || exponent < -300 {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

// marshal writes any decoded JSON value compactly, members sorted.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// decodeJSON reads one JSON value with exact numbers; anything after it is an error.
func decodeJSON(b []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err == nil {
		return nil, errTrailing
	}
	return v, nil
}

// plain gives a stored value in the form of decoded JSON, for journals and views.
func plain(v any) any {
	switch v := v.(type) {
	case number:
		return json.Number(v)
	case moment:
		return v.String()
	case jsonText:
		d, err := decodeJSON([]byte(v))
		if err != nil {
			return string(v)
		}
		return d
	}
	return v
}

// appendValue writes a stored value as JSON.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendString(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case bool:
		return strconv.AppendBool(b, v)
	case number:
		b = append(b, v...)
		if !strings.ContainsAny(string(v), ".eE") {
			b = append(b, ".0"...) // the shop keeps the point of its floats
		}
		return b
	case jsonText:
		return append(b, v...)
	case moment:
		b = append(b, '"')
		b = v.time().AppendFormat(b, timeLayout)
		return append(b, '"')
	}
	return append(b, "null"...)
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string. Text comes from decoded JSON and is valid UTF-8.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		from = i + 1
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// isHexID tells whether s is 32 lower-case hex digits.
func isHexID(s string) bool {
	if len(s) != 32 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
