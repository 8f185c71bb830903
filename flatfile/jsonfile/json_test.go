package jsonfile_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/jsonfile"

	"github.com/batchgate/batchgate/internal/sharedtest"
)

const items = "\xEF\xBB\xBF{\n  \"day\": \"2026-11-24\",\n  \"data\": {\"note\": [1, {\"x\": \"]\"}], \"items\": [\n    {\"sku\": \"BG-1\\u00e4\", \"qty\": 12.50},\n    {\"sku\": \"BG-2\", \"qty\": -3}\n  ], \"end\": true}\n}\n"

func read(t testing.TB, r io.Reader, o jsonfile.Options) (skus, faults []string, last error) {
	t.Helper()
	rd := jsonfile.NewReader(r, o)
	rd.SetFile("S.JSON")
	for rec, err := range rd.Records() {
		if row, ok := errors.AsType[*flatfile.RowError](err); ok {
			for _, f := range row.Findings {
				faults = append(faults, f.String())
			}
			continue
		}
		if err != nil {
			return skus, faults, err
		}
		skus = append(skus, rec.Text(rec.Member(0, "sku")))
	}
	return skus, faults, nil
}

func TestElementsOfAnArrayAreRecordsWithTheirPlaces(t *testing.T) {
	o := jsonfile.Options{Record: []string{"data", "items"}, Keep: [][]string{{"day"}, {"data", "note"}}}
	for _, in := range []io.Reader{strings.NewReader(items), iotest.OneByteReader(strings.NewReader(items)), iotest.DataErrReader(iotest.HalfReader(strings.NewReader(items)))} {
		r := jsonfile.NewReader(in, o)
		r.SetFile("S.JSON")
		var got []string
		for rec, err := range r.Records() {
			if err != nil {
				t.Fatal(err)
			}
			qty := rec.Member(0, "qty")
			p := rec.Place(qty)
			if items[p.Offset:p.Offset+int64(p.Length)] != rec.Text(qty) {
				t.Errorf("at %d stands %q", p.Offset, items[p.Offset:p.Offset+int64(p.Length)])
			}
			got = append(got, fmt.Sprint(rec.Text(rec.Member(0, "sku")), " ", p, " ", rec.Kept(0)[0].Text(0), " ", rec.Kept(1)[0].Name))
		}
		want := "[BG-1ä S.JSON:4:34 (record 1, /data/items/0/qty) 2026-11-24 note BG-2 S.JSON:5:28 (record 2, /data/items/1/qty) 2026-11-24 note]"
		if fmt.Sprint(got) != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

func TestABrokenRecordCostsItselfOnly(t *testing.T) {
	for _, c := range []struct{ name, broken, want string }{
		{"comma missing", `{"sku": "A" "qty": 1}`, `"," or '}' is missing`},
		{"comma too many", `{"sku": "A",}`, "a name in quotes is missing"},
		{"zeros before a number", `{"sku": 007}`, "no zeros before it"},
		{"name twice", `{"sku": "A", "sku": "B"}`, `"sku" stands twice`},
		{"half a surrogate", `{"sku": "\ud800"}`, "half a surrogate pair"},
		{"unknown escape", `{"sku": "\x"}`, "JSON does not know"},
		{"line break in a string", "{\"sku\": \"a\nb\"}", "control character 0x0A"},
		{"no UTF-8", "{\"sku\": \"M\xFCller\"}", "not UTF-8"},
		{"a word", `{"sku": tru}`, "begins no value"},
		{"too long", `{"sku": "` + strings.Repeat("x", 5000) + `"}`, "longer than the limit"},
		{"too deep", `{"sku": ` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, "deeper than 100"},
	} {
		file := strings.Replace(items, `    {"sku": "BG-2"`, "    "+c.broken+",\n    {\"sku\": \"BG-2\"", 1)
		for _, in := range []io.Reader{strings.NewReader(file), iotest.OneByteReader(strings.NewReader(file))} {
			skus, faults, err := read(t, in, jsonfile.Options{Record: []string{"data", "items"}, MaxRecord: 4000})
			if err != nil || fmt.Sprint(skus) != "[BG-1ä BG-2]" || len(faults) != 1 || !strings.Contains(faults[0], c.want) || !strings.Contains(faults[0], "record 2") {
				t.Errorf("%s: %q %q %v", c.name, skus, faults, err)
			}
		}
	}
	lines := "{\"sku\":\"A\"}\r\n\n{\"sku\":\"B\n{\"sku\":\"C\"}"
	skus, faults, err := read(t, iotest.OneByteReader(strings.NewReader(lines)), jsonfile.Options{Lines: true})
	if err != nil || fmt.Sprint(skus) != "[A C]" || len(faults) != 1 || !strings.Contains(faults[0], "S.JSON:3:8 (record 2, /sku)") {
		t.Errorf("lines: %q %q %v", skus, faults, err)
	}
}

func TestWhatEndsTheReadingSaysWhere(t *testing.T) {
	for _, c := range []struct {
		name, file, want string
		cause            error
	}{
		{"empty", "", "no bytes", flatfile.ErrEmpty},
		{"blank", " \n", "holds no value", flatfile.ErrEmpty},
		{"cut off", items[:len(items)-20], "ends within", flatfile.ErrTruncated},
		{"cut off in a record", items[:120], "ends within", flatfile.ErrTruncated},
		{"something behind", items + "x", "stands behind the root", jsonfile.ErrSyntax},
		{"another shape", `{"data": {"items": 7}}`, "", nil},
		{"no object", `7`, "the file is no object", jsonfile.ErrShape},
		{"UTF-16", "{\x00}\x00", "UTF-16", flatfile.ErrCharset},
	} {
		_, faults, err := read(t, strings.NewReader(c.file), jsonfile.Options{Record: []string{"data", "items"}})
		if c.cause == nil {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v %q", c.name, err, faults)
		}
	}
}

func TestFailedRecordsComeBackInTheirSurroundings(t *testing.T) {
	file := "{\n \"a\": [\n  {\"n\": 1},\n  {\"n\": 02},\n  {\"n\": 3}\n ],\n \"b\": 1\n}\n"
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil }
	o := jsonfile.Options{Record: []string{"a"}}
	for _, c := range []struct {
		wanted string
		want   string
	}{
		{"2", "{\n \"a\": [\n  {\"n\": 02}\n ],\n \"b\": 1\n}\n"},
		{"13", "{\n \"a\": [\n  {\"n\": 1},\n  {\"n\": 3}\n ],\n \"b\": 1\n}\n"},
		{"123", file},
	} {
		var out bytes.Buffer
		n, err := jsonfile.CopyFailed(&out, open, o, func(n int64) bool { return strings.Contains(c.wanted, fmt.Sprint(n)) })
		if err != nil || n != len(c.wanted) || out.String() != c.want {
			t.Errorf("%s: %d %v\n%s", c.wanted, n, err, out.String())
		}
	}
	file = "{\"n\":1}\n{\"n\":02}\n{\"n\":3}\n"
	var out bytes.Buffer
	if _, err := jsonfile.CopyFailed(&out, open, jsonfile.Options{Lines: true}, func(n int64) bool { return n == 2 }); err != nil || out.String() != "{\"n\":02}\n" {
		t.Errorf("lines: %v %q", err, out.String())
	}
}

// outline gives a value in the form in which encoding/json writes it.
func outline(t *jsonfile.Tree, i int) any {
	switch t.Kind(i) {
	case jsonfile.Object:
		m := map[string]any{}
		for c := i + 1; c < t.End(i); c = t.End(c) {
			m[t.Name(c)] = outline(t, c)
		}
		return m
	case jsonfile.Array:
		a := []any{}
		for c := i + 1; c < t.End(i); c = t.End(c) {
			a = append(a, outline(t, c))
		}
		return a
	case jsonfile.Number:
		return json.Number(t.Text(i))
	case jsonfile.Bool:
		return t.Text(i) == "true"
	case jsonfile.Null:
		return nil
	}
	return t.Text(i)
}

// FuzzRead holds a file against encoding/json: what we read whole is JSON, and the same.
func FuzzRead(f *testing.F) {
	for _, s := range []string{items, `[1,2]`, `{"a":[{"b":1},{"b":[]}]}`, "[]", `"x"`, `{"a":"\ud83d\ude00\/\u0000"}`, `[{"a":1},{"a":tru},{"a":3}]`} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, file []byte, lines bool) {
		var values []any
		broken := map[int64]bool{}
		o := jsonfile.Options{Lines: lines, MaxRecord: 500, MaxDepth: 10}
		r := jsonfile.NewReader(bytes.NewReader(file), o)
		var last error
		for rec, err := range r.Records() {
			if _, ok := errors.AsType[*flatfile.RowError](err); ok {
				broken[rec.Number()] = true
			} else if err != nil {
				last = err
				continue
			} else {
				values = append(values, outline(&rec.Tree, 0))
			}
			for i := range rec.Len() {
				if p := rec.Place(i); p.Offset < 0 || p.Offset+int64(p.Length) > int64(len(file)) {
					t.Fatalf("place %+v is outside of %d bytes", p, len(file))
				}
			}
		}
		var out bytes.Buffer
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }
		if n, err := jsonfile.CopyFailed(&out, open, o, func(n int64) bool { return broken[n] }); err != nil || n != len(broken) {
			t.Fatalf("%d of %d broken records copied: %v", n, len(broken), err)
		}
		if last != nil || lines || len(broken) > 0 {
			return
		}
		var theirs any
		d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(file, []byte("\xEF\xBB\xBF"))))
		d.UseNumber()
		if err := d.Decode(&theirs); err != nil {
			t.Fatalf("encoding/json does not read %q: %v", file, err)
		}
		all, isArray := theirs.([]any)
		if !isArray {
			all = []any{theirs}
		}
		if len(all) == 0 && len(values) == 0 {
			return
		}
		if got, want := fmt.Sprintf("%#v", values), fmt.Sprintf("%#v", all); got != want {
			t.Fatalf("reads %s\nnot   %s", got, want)
		}
	})
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, text := rapid.String().Draw(t, "name"), rapid.String().Draw(t, "text")
		number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,9})?`).Draw(t, "number")
		var out bytes.Buffer
		w := jsonfile.NewWriter(&out, jsonfile.WriterOptions{Indent: rapid.IntRange(0, 4).Draw(t, "indent")})
		err := errors.Join(w.Object(), w.Name(name), w.String(text))
		place := w.Place()
		err = errors.Join(err, w.Name(name+"n"), w.Array(), w.Number(number), w.Bool(true), w.Null(), w.Close(), w.Close(), w.Flush())
		if err != nil {
			t.Fatal(err)
		}
		rec, err := jsonfile.NewReader(bytes.NewReader(out.Bytes()), jsonfile.Options{}).Read()
		if err != nil {
			t.Fatalf("%v\n%s", err, out.Bytes())
		}
		at := rec.Member(0, name)
		list := rec.Member(0, name+"n")
		if rec.Text(at) != text || rec.Text(list+1) != number || !json.Valid(out.Bytes()) {
			t.Fatalf("%s", out.Bytes())
		}
		if p := rec.Place(at); p.Offset != place.Offset || p.Length != place.Length || p.Line != place.Line || p.Column != place.Column {
			t.Fatalf("read at %+v, written at %+v", p, place)
		}
	})
	w := jsonfile.NewWriter(io.Discard, jsonfile.WriterOptions{})
	if err := w.Object(); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{"no number": errors.Join(w.Name("a"), w.Number("1,5")), "no UTF-8": w.String("\xFF")} {
		if _, ok := errors.AsType[*flatfile.ValueError](err); !ok {
			t.Errorf("%s is written: %v", what, err)
		}
	}
}

func TestSampleOfJSONReadsAsEncodingJSONReadsIt(t *testing.T) {
	file := []byte(sharedtest.Read(t, "samples/businesscentral/bc-ubl-example.json"))
	rec, err := jsonfile.NewReader(bytes.NewReader(file), jsonfile.Options{}).Read()
	if err != nil {
		t.Fatal(err)
	}
	var theirs any
	d := json.NewDecoder(bytes.NewReader(file))
	d.UseNumber()
	if err := d.Decode(&theirs); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprintf("%#v", outline(&rec.Tree, 0)), fmt.Sprintf("%#v", theirs); got != want {
		t.Errorf("reads otherwise:\n%.300s\n%.300s", got, want)
	}
}
