package flatfile_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// transcript is everything that a reader says about a file: its records with their values in brackets, the errors as they
// come, and the findings at the end that were not said before.
func transcript(r *flatfile.Reader) []string {
	var said []string
	for rec, err := range r.Records() {
		switch {
		case err != nil:
			said = append(said, faultsOf(err)...)
		default:
			said = append(said, values(rec))
		}
	}
	for _, f := range r.Findings() {
		if !slices.Contains(said, f.String()) {
			said = append(said, f.String())
		}
	}
	return said
}

// faultsOf gives the findings of an error one by one.
func faultsOf(err error) []string {
	var list finding.List
	if row, ok := errors.AsType[*flatfile.RowError](err); ok {
		list = row.Findings
	} else if file, ok := errors.AsType[*flatfile.FileError](err); ok {
		list = file.Findings
	} else {
		return []string{err.Error()}
	}
	var said []string
	for _, f := range list {
		said = append(said, f.String())
	}
	return said
}

// values gives a record as "[a|b]", with its type before it and "!" for what is missing.
func values(rec *flatfile.Record) string {
	var parts []string
	for i := range rec.Fields() {
		text, err := rec.Text(i)
		switch {
		case err != nil:
			text = "<" + err.Error() + ">"
		case !rec.Has(i):
			text = "!"
		}
		parts = append(parts, text)
	}
	return rec.Type() + "[" + strings.Join(parts, "|") + "]"
}

// ways are ways in which the same bytes may come.
func ways(file string) map[string]io.Reader {
	return map[string]io.Reader{
		"whole":          strings.NewReader(file),
		"byte by byte":   iotest.OneByteReader(strings.NewReader(file)),
		"halves":         iotest.HalfReader(strings.NewReader(file)),
		"EOF with bytes": iotest.DataErrReader(strings.NewReader(file)),
	}
}

// abc is a file of three columns.
var abc = flatfile.Delimited{Delimiter: ';', Header: true}

// with gives options changed.
func with(d flatfile.Delimited, change func(*flatfile.Delimited)) flatfile.Delimited {
	change(&d)
	return d
}

func TestEveryFaultIsNamedWithItsPlace(t *testing.T) {
	for _, test := range []struct {
		name string
		file string
		d    flatfile.Delimited
		want []string
	}{
		{"line ends of all kinds", "a;b\r\n1;2\n3;4\r5;6", abc, []string{"[1|2]", "[3|4]", "[5|6]",
			"2:4 (record 1): note: line ends are mixed from here on [flatfile.line-ends]"}},
		{"quotes, doubled quotes, delimiters and line ends within", "a;b\n\"x;\"\"y\"\"\";\"l1\r\nl2\n\"\n3;4\n", abc, []string{"[x;\"y\"|l1\r\nl2\n]", "[3|4]"}},
		{"a row too short behind a value of two lines", "a;b\n\"1\n2\";2\n3\n", abc, []string{"[1\n2|2]",
			"4:2 (record 2, field b): error: the record has 1 of 2 fields: field b is missing; mend the row, or tolerate short rows [flatfile.row-short]"}},
		{"short rows tolerated", "a;b\n1\n2;\n", with(abc, func(d *flatfile.Delimited) { d.ShortRows = true }), []string{"[1]", "[2|]"}},
		{"a row too long", "a;b\n1;2;3\n", abc, []string{
			"2:5 (record 1, field 3): error: the record has 3 fields, not 2; put a value that holds \";\" into quotes [flatfile.row-long]"}},
		{"a trailing delimiter", "a;b\n1;2;\n", abc, []string{
			"2:5 (record 1, field 3): error: the record has 3 fields, not 2; the last field is empty: tolerate a trailing delimiter if the partner always writes one [flatfile.row-long]"}},
		{"a trailing delimiter tolerated", "a;b;\n1;2;\n3;;\n4;5\n", with(abc, func(d *flatfile.Delimited) { d.TrailingDelimiter = true }), []string{"[1|2]", "[3|]", "[4|5]"}},
		{"a stray quote", "a;b\n5\" bolt;2\n3;4\n", abc, []string{
			"2:2 (record 1, field a): error: a quote stands within a field; put the field into quotes and double the quote, or tolerate stray quotes [flatfile.stray-quote]", "[3|4]"}},
		{"stray quotes tolerated", "a;b\n5\" bolt;\"6\" nut\"\n\"x\" ;\"y\"z\n", with(abc, func(d *flatfile.Delimited) { d.StrayQuotes = true }), []string{
			"[5\" bolt|6\" nut]", "[x|\"y\"z]",
			"2:2 (record 1, field a): warning: a quote stands within a field (2 times, such as line 2, line 3) [flatfile.stray-quote]"}},
		{"text behind a closing quote", "a;b\n\"x\"y;2\n", abc, []string{
			"2:3 (record 1, field a): error: a quote stands within a field; put the field into quotes and double the quote, or tolerate stray quotes [flatfile.stray-quote]"}},
		{"a quote left open", "a;b\n1;\"2\n3;4\n", abc, []string{
			"2:3 (record 1): error: the file ends within the quotes opened here; ask for the whole file; where quotes are not quoting, declare none, or records of one line [flatfile.truncated]"}},
		{"a quote left open in a file of one line a record", "a;b\n1;\"2\n3;4\n\"5", with(abc, func(d *flatfile.Delimited) { d.OneLine = true }), []string{
			"2:3 (record 1, field b): error: the quotes opened here are not closed on this line; close them, or double a quote that is part of a quoted value [flatfile.open-quote]",
			"[3|4]",
			"4:1 (record 3, field a): error: the quotes opened here are not closed on this line; close them, or double a quote that is part of a quoted value [flatfile.open-quote]",
			"4:3 (record 3, field b): error: the record has 1 of 2 fields: field b is missing; mend the row, or tolerate short rows [flatfile.row-short]"}},
		{"no quoting", "a;b\n\"1;5\"\n", with(abc, func(d *flatfile.Delimited) { d.Quote = flatfile.NoQuote }), []string{"[\"1|5\"]"}},
		{"empty lines", "\n\na;b\n\n1;2\n\r\n3;4", abc, []string{"[1|2]", "[3|4]",
			"1:1: note: empty line skipped (4 times, such as line 1, line 2, line 4, line 6) [flatfile.empty-line]"}},
		{"comments and lines to skip", "Report of \"today\n;;\n# it's \"all;\na;b\n#1;\"2\n3;4\n", with(abc, func(d *flatfile.Delimited) { d.Skip, d.Comment = 2, "#" }), []string{"[3|4]"}},
		{"NUL bytes", "a;b\n1;\x00\x002\n3;4\n", abc, []string{
			"2:3 (record 1, field b): error: the record holds a NUL byte; the file may be damaged, still being written, or utf-16 [flatfile.nul]", "[3|4]"}},
		{"an end mark behind the last line", "a;b\n1;2\n\x1a", abc, []string{"[1|2]", "3:1: note: end-of-file mark 0x1A skipped [flatfile.end-mark]"}},
		{"an end mark in the last line", "a;b\n1;2\x1a\x1a", abc, []string{"[1|2]", "2:4: note: end-of-file mark 0x1A skipped [flatfile.end-mark]"}},
		{"end marks of files put together", "a;b\n1;2\n\x1a\n3;4\n", abc, []string{"[1|2]", "[3|4]", "3:1: note: end-of-file mark 0x1A skipped [flatfile.end-mark]"}},
		{"an empty file", "", abc, []string{"1:1: error: the file is empty: 0 bytes; a file without records is often a failed export [flatfile.empty]"}},
		{"a file of a byte order mark", "\xEF\xBB\xBF", flatfile.Delimited{}, []string{
			"1:1: error: the file is empty: it has a byte order mark and nothing else; a file without records is often a failed export [flatfile.empty]"}},
		{"a file of empty lines", "\n\n", abc, []string{
			"3:1: error: the file has no header: it holds nothing but empty lines; a file without records is often a failed export [flatfile.empty]",
			"1:1: note: empty line skipped (2 times, such as line 1, line 2) [flatfile.empty-line]"}},
		{"a header alone", "a;b\r\n", abc, nil},
		{"a byte order mark", "\xEF\xBB\xBFa;b\n1;2\n", abc, []string{"[1|2]"}},
		{"a byte order mark against the declared set", "\xEF\xBB\xBFa;b\n1;\xC3\xA4\n", with(abc, func(d *flatfile.Delimited) { d.Charset = "windows-1252" }), []string{
			"1:1: error: the file begins with the byte order mark of utf-8, but windows-1252 is declared; declare utf-8, or let the byte order mark decide [flatfile.byte-order-mark]",
			"[1|Ã¤]"}},
		{"a byte order mark trusted", "\xEF\xBB\xBFa;b\n1;\xC3\xA4\n", with(abc, func(d *flatfile.Delimited) { d.Charset, d.TrustBOM = "windows-1252", true }), []string{"[1|ä]",
			"1:1: warning: the file is read as utf-8 by its byte order mark, not as windows-1252 [flatfile.byte-order-mark]"}},
		{"utf-16 without a byte order mark", "a\x00", with(abc, func(d *flatfile.Delimited) { d.Charset = "utf-16" }), []string{
			"1:1: error: utf-16 is declared, and the file has no byte order mark; declare utf-16le or utf-16be [flatfile.byte-order-mark]"}},
		{"utf-16 cut within a character", "\xFF\xFEa\x00;\x00b\x00\n\x001\x00;\x002\x00\n\x003", with(abc, func(d *flatfile.Delimited) { d.Charset = "utf-16" }), []string{"[1|2]",
			"error: the file ends within a character; ask for the whole file [flatfile.truncated]"}},
		{"a lone surrogate in utf-16", "\xFF\xFEa\x00\n\x00\x3d\xd8\n\x00b\x00", with(abc, func(d *flatfile.Delimited) { d.Charset = "utf-16" }), []string{
			"[<2:1 (record 1, field a): error: byte 0xED is not a character of utf-16le [flatfile.charset]>]", "[b]"}},
		{"utf-8 that is windows-1252", "a;b\n1;M\xFCller\n", abc, []string{
			"[1|<2:4 (record 1, field b): error: byte 0xFC is not a character of utf-8; it is 'ü' in windows-1252: declare that if the file is written so [flatfile.charset]>]"}},
		{"iso-8859-1 that is windows-1252", "a;b\n1;5 \x80\n", with(abc, func(d *flatfile.Delimited) { d.Charset = "ISO_8859-1" }), []string{
			"[1|<2:5 (record 1, field b): error: byte 0x80 is not a character of iso-8859-1; it is '€' in windows-1252: declare that if the file is written so [flatfile.charset]>]"}},
		{"a record beyond the limit", "a;b\n1;2\n3;" + strings.Repeat("x", 20) + "\n", with(abc, func(d *flatfile.Delimited) { d.MaxRecord = 20 }), []string{"[1|2]",
			"3:1 (record 2): error: the record is longer than 20 bytes; check delimiter and line ends, or set a higher limit [flatfile.record-size]"}},
		{"an open quote beyond the limit", "a;b\n1;\"2\n" + strings.Repeat("3;4\n", 9), with(abc, func(d *flatfile.Delimited) { d.MaxRecord = 20 }), []string{
			"2:3 (record 1): error: the record is longer than 20 bytes: the quotes opened here are not closed; close them, declare that records have one line, or set a higher limit [flatfile.record-size]"}},
		{"an unknown character set", "a", flatfile.Delimited{Charset: "windows-1253x"}, []string{
			`error: charset: "windows-1253x" is not known; did you mean windows-1253? [flatfile.options]`}},
		{"one character for two things", "a", flatfile.Delimited{Delimiter: '"'}, []string{
			`error: quote: quote and delimiter are both "\""; choose two different characters [flatfile.options]`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for way, in := range ways(test.file) {
				if diff := cmp.Diff(test.want, transcript(flatfile.NewReader(in, test.d))); diff != "" {
					t.Errorf("%s: %s", way, diff)
				}
			}
		})
	}
}

func TestASourceThatFailsIsNoEndOfFile(t *testing.T) {
	broken := errors.New("connection lost")
	for _, file := range []string{"", "a", "a;b\n1;2\n3;", "a;b\n1;2\n"} {
		in := io.MultiReader(strings.NewReader(file), iotest.ErrReader(broken))
		r := flatfile.NewReader(in, flatfile.Delimited{Delimiter: ';'})
		var err error
		rows := 0
		for _, e := range r.Records() {
			if err = e; e == nil {
				rows++
			}
		}
		if !errors.Is(err, broken) {
			t.Errorf("%q: %v", file, err)
		}
		if want := strings.Count(file, "\n"); rows != want {
			t.Errorf("%q: %d rows, want %d", file, rows, want)
		}
	}
}

func TestAnErrorThatEndsTheReadingStays(t *testing.T) {
	r := flatfile.NewReader(strings.NewReader(""), abc)
	_, first := r.Read()
	_, second := r.Read()
	if first == nil || first != second {
		t.Errorf("%v, then %v", first, second)
	}
}

func TestTenMillionBrokenRowsAreCountedNotKept(t *testing.T) {
	rows := 1_000_000
	r := flatfile.NewReader(io.MultiReader(strings.NewReader("a;b\n"), strings.NewReader(strings.Repeat("1\n", rows))), abc)
	broken := 0
	for _, err := range r.Records() {
		if err != nil {
			broken++
		}
	}
	if broken != rows {
		t.Errorf("%d broken rows told", broken)
	}
	if n := len(r.Findings()); n != 101 {
		t.Errorf("%d findings kept", n)
	}
	last := r.Findings()[100]
	if last.Count != rows-100 || strings.Join(last.Examples, ",") != "line 102,line 103,line 104,line 105,line 106" {
		t.Errorf("counted: %+v", last)
	}
}

func TestAHeaderOfNothingButDelimitersCostsNoMemory(t *testing.T) {
	r := flatfile.NewReader(strings.NewReader(strings.Repeat(";", 1<<19)+"\n"), abc)
	if err := r.ReadHeader(); err != nil {
		t.Fatal(err)
	}
	if n := len(r.Findings()); n != 1 || r.Findings()[0].Count != 1<<19+1 {
		t.Errorf("%d findings", n)
	}
}
