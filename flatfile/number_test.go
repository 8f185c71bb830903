package flatfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/flatfile"
)

// numberIn reads one field of a record of its own.
func numberIn(charset, bytes string, f flatfile.FixedField) (string, error) {
	f.Name, f.Length = "n", len(bytes)
	l := flatfile.Layout{Charset: charset, Length: len(bytes), Types: []flatfile.RecordType{{Name: "row", Fields: []flatfile.FixedField{f}}}}
	rec, err := flatfile.NewFixedReader(strings.NewReader(bytes), l).Read()
	if err != nil {
		return "", err
	}
	return rec.Text(0)
}

func TestNumbersAreReadByTheirForm(t *testing.T) {
	for _, c := range []struct {
		charset, bytes string
		field          flatfile.FixedField
		want           string // "!" and what the fault says, where it is none
	}{
		{"", "0012550", flatfile.FixedField{Number: flatfile.Display, Decimals: 2}, "125.50"},
		{"", "0000000", flatfile.FixedField{Number: flatfile.Display, Decimals: 2}, "0.00"},
		{"", "   1250", flatfile.FixedField{Number: flatfile.Display, Decimals: 2}, "12.50"},
		{"", "       ", flatfile.FixedField{Number: flatfile.Display, Decimals: 2}, ""},
		{"", "12", flatfile.FixedField{Number: flatfile.Display, Decimals: 4}, "0.0012"},
		{"", "0000000200-", flatfile.FixedField{Number: flatfile.Display, Decimals: 2, Sign: flatfile.SignTrailing}, "-2.00"},
		{"", "0000009600 ", flatfile.FixedField{Number: flatfile.Display, Decimals: 2, Sign: flatfile.SignTrailing}, "96.00"},
		{"", "-00200", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.SignLeading}, "-200"},
		{"", "  +200", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.SignLeading}, "200"},
		{"", "-00000", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.SignLeading}, "0"},
		{"", "0012{", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.Overpunch}, "120"},
		{"", "0012}", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.Overpunch}, "-120"},
		{"", "0012C", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.Overpunch}, "123"},
		{"", "0012L", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.Overpunch}, "-123"},
		{"", "0012s", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.Overpunch}, "-123"},
		{"", "J0123", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.OverpunchFirst}, "-10123"},
		{"windows-1252", "0012\xE4", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.Overpunch}, "120"}, // +0 of code page 278 as text
		{"windows-1252", "0012\xE5", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.Overpunch}, "-120"},
		{"cp278", "\xF0\xF1\xD2", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.Overpunch}, "-12"},
		{"cp278", "\xF0\xF1\xC2", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.Overpunch}, "12"},
		{"cp278", "\xF0\xF1\xF2", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.Overpunch}, "12"},
		{"cp278", "\x40\x40\x40", flatfile.FixedField{Number: flatfile.Display}, ""},
		{"cp278", "\xF1\x60", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.SignTrailing}, "-1"},
		{"cp278", "\x12\x34\x5C", flatfile.FixedField{Number: flatfile.Packed, Decimals: 2, Sign: flatfile.Signed}, "123.45"},
		{"cp278", "\x12\x34\x5D", flatfile.FixedField{Number: flatfile.Packed, Decimals: 2, Sign: flatfile.Signed}, "-123.45"},
		{"cp278", "\x12\x34\x5B", flatfile.FixedField{Number: flatfile.Packed, Sign: flatfile.Signed}, "-12345"},
		{"cp278", "\x12\x34\x5F", flatfile.FixedField{Number: flatfile.Packed}, "12345"},
		{"cp278", "\x12\x34\x5A", flatfile.FixedField{Number: flatfile.Packed}, "12345"},
		{"cp278", "\x40\x40\x40", flatfile.FixedField{Number: flatfile.Packed}, ""},
		{"cp278", "\x00\x00\x00", flatfile.FixedField{Number: flatfile.Packed}, ""},
		{"cp278", "\x00\x00\x0C", flatfile.FixedField{Number: flatfile.Packed, Decimals: 2}, "0.00"},
		{"", "\x00\x00\x01\x00", flatfile.FixedField{Number: flatfile.BinaryNumber}, "256"},
		{"", "\xFF\xFF", flatfile.FixedField{Number: flatfile.BinaryNumber}, "65535"},
		{"", "\xFF\xFE", flatfile.FixedField{Number: flatfile.BinaryNumber, Sign: flatfile.Signed, Decimals: 2}, "-0.02"},
		{"", "\x40\x40", flatfile.FixedField{Number: flatfile.BinaryNumber}, "16448"},
		{"", "\xFE\xFF", flatfile.FixedField{Number: flatfile.BinaryLittle, Sign: flatfile.Signed}, "-2"},
		{"", "\x80\x00\x00\x00\x00\x00\x00\x00", flatfile.FixedField{Number: flatfile.BinaryNumber, Sign: flatfile.Signed}, "-9223372036854775808"},

		{"", "12.50", flatfile.FixedField{Number: flatfile.Display}, "!0x2E is no digit"},
		{"", "12 50", flatfile.FixedField{Number: flatfile.Display}, "!0x20 is no digit"},
		{"", "0012L", flatfile.FixedField{Number: flatfile.Display}, "!0x4C is no digit"},
		{"", "   - ", flatfile.FixedField{Number: flatfile.Display, Sign: flatfile.SignTrailing}, "!it has no digits"},
		{"cp278", "\x12\x34\x56", flatfile.FixedField{Number: flatfile.Packed}, "!0x56 holds no sign"},
		{"cp278", "\x1A\x34\x5C", flatfile.FixedField{Number: flatfile.Packed}, "!0x1A holds no digit"},
		{"cp278", "\x12\x34\x5D", flatfile.FixedField{Number: flatfile.Packed}, "!below zero, and no sign"},
	} {
		got, err := numberIn(c.charset, c.bytes, c.field)
		if want, fault := strings.CutPrefix(c.want, "!"); fault {
			if row, ok := errors.AsType[*flatfile.RowError](err); !ok || !strings.Contains(row.Error(), want) {
				t.Errorf("% X as %+v: %q, %v, want a fault with %q", c.bytes, c.field, got, err, want)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("% X as %+v: %q, %v, want %q", c.bytes, c.field, got, err, c.want)
		}
	}
}

func TestATransferAsTextThatRuinedPackedNumbersIsFoundAtItsByte(t *testing.T) {
	// The packed 12 34 5D went through a translation from EBCDIC to ASCII: 0x5D is ")" there, and so became 0x29.
	_, err := numberIn("windows-1252", "\x12\x94\x29", flatfile.FixedField{Number: flatfile.Packed})
	row, ok := errors.AsType[*flatfile.RowError](err)
	if !ok || !strings.Contains(row.Error(), "fetch the file as binary") || row.Findings[0].Place.Offset != 2 {
		t.Fatal(err)
	}
}

// drawnField is a field of any number form.
func drawnField(t *rapid.T, i int) flatfile.FixedField {
	f := flatfile.FixedField{Name: fmt.Sprint("n", i), Number: flatfile.NumberForm(rapid.IntRange(1, 4).Draw(t, "form"))}
	f.Length = rapid.IntRange(2, 8).Draw(t, "length")
	f.Decimals = rapid.IntRange(0, 3).Draw(t, "decimals")
	switch {
	case f.Number == flatfile.Display:
		f.Sign = flatfile.SignPlace(rapid.IntRange(0, 4).Draw(t, "sign"))
	case rapid.Bool().Draw(t, "signed"):
		f.Sign = flatfile.Signed
	}
	return f
}

func TestWhatAFieldOfNumbersTakesIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := flatfile.RecordType{Name: "row"}
		at := 0
		for i := range rapid.IntRange(1, 4).Draw(t, "fields") {
			f := drawnField(t, i)
			f.At = at
			at += f.Length
			row.Fields = append(row.Fields, f)
		}
		l := flatfile.Layout{Charset: rapid.SampledFrom([]string{"", "cp278", "windows-1252"}).Draw(t, "charset"), Types: []flatfile.RecordType{row}}
		switch rapid.IntRange(0, 3).Draw(t, "framing") {
		case 0:
			l.Length = at
		case 1:
			l.Length, l.Ended = at, true
		case 2:
			l.Words, l.WordsBare, l.WordsLittle = flatfile.RecordWords, rapid.Bool().Draw(t, "bare"), rapid.Bool().Draw(t, "little")
		case 3:
			l.Words = flatfile.BlockWords
		}
		var out bytes.Buffer
		w := flatfile.NewFixedWriter(&out, l)
		var want [][]string
		for range rapid.IntRange(1, 5).Draw(t, "records") {
			var values []string
			for _, f := range row.Fields {
				v := rapid.StringMatching(`-?[1-9][0-9]{0,4}|0|`).Draw(t, "value")
				if f.Decimals > 0 && v != "" {
					v += "." + rapid.StringMatching(fmt.Sprintf("[0-9]{%d}", f.Decimals)).Draw(t, "fraction")
				}
				values = append(values, v)
			}
			err := w.Write("row", values)
			if _, ok := errors.AsType[*flatfile.ValueError](err); ok {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, values)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 {
			return
		}
		got, faults, err := read(flatfile.NewFixedReader(&out, l))
		if err != nil || len(faults) > 0 || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%+v: wrote %q, read %q, %q, %v", l, want, got, faults, err)
		}
	})
}

func TestRecordsThatCannotBeToldApartEndTheReading(t *testing.T) {
	row := []flatfile.RecordType{{Name: "row", Fields: []flatfile.FixedField{{Name: "a", Length: 4}}}}
	for name, c := range map[string]struct {
		in   string
		l    flatfile.Layout
		want error
		says string
	}{
		"a word of less than itself":    {"\x00\x02\x00\x00", flatfile.Layout{Words: flatfile.RecordWords}, flatfile.ErrFraming, "00 02 00 00"},
		"a spanned record":              {"\x00\x08\x01\x00abcd", flatfile.Layout{Words: flatfile.RecordWords}, flatfile.ErrFraming, "VBS"},
		"a record beyond its block":     {"\x00\x0A\x00\x00\x00\x08\x00\x00abcd", flatfile.Layout{Words: flatfile.BlockWords}, flatfile.ErrFraming, "no length word"},
		"an end within a record":        {"\x00\x08\x00\x00ab", flatfile.Layout{Words: flatfile.RecordWords}, flatfile.ErrTruncated, "6 of the 8 bytes"},
		"an end within a block":         {"\x00\x14\x00\x00\x00\x08\x00\x00abcd", flatfile.Layout{Words: flatfile.BlockWords}, flatfile.ErrTruncated, "ends after 0"},
		"no line end behind a record":   {"abcd\r\nabcdx\r\n", flatfile.Layout{Length: 4, Ended: true}, flatfile.ErrFraming, "no line end follows the 4 bytes"},
		"an end within the first bytes": {"ab", flatfile.Layout{Length: 4, Skip: 3}, flatfile.ErrTruncated, "3 bytes to skip"},
		"a record longer than allowed":  {"\x00\xFF\x00\x00" + strings.Repeat("x", 300), flatfile.Layout{Words: flatfile.RecordWords, MaxRecord: 100}, flatfile.ErrTooLong, "100"},
	} {
		c.l.Types = row
		for way, in := range ways(c.in) {
			_, _, err := read(flatfile.NewFixedReader(in, c.l))
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %s: %v", name, way, err)
			}
		}
	}
}
