package xmlfile_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/xmlfile"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

// copyTree writes an element with the prefixes that the file itself uses.
func copyTree(w *xmlfile.Writer, t *xmlfile.Tree, i int, name func(space, local string, attribute bool) string) error {
	var attrs []xmlfile.Attr
	from, to := t.Attrs(i)
	for k := from; k < to; k++ {
		attrs = append(attrs, xmlfile.Attr{Name: name(t.AttrSpace(k), t.AttrLocal(k), true), Value: t.AttrText(k)})
	}
	if err := w.Open(name(t.Space(i), t.Local(i), false), attrs...); err != nil {
		return err
	}
	if text := t.Text(i); t.HasText(i) || t.End(i) == i+1 && text != "" {
		if err := w.Text(text); err != nil {
			return err
		}
	}
	for c := range t.Children(i) {
		if err := copyTree(w, t, c, name); err != nil {
			return err
		}
	}
	return w.Close()
}

// spaces collects the namespaces of a tree, each with a prefix.
func spaces(t *xmlfile.Tree) []xmlfile.Namespace {
	prefix := map[string]string{}
	for p, s := range t.Declared() {
		if old, known := prefix[s]; !known || old == "" {
			prefix[s] = p
		}
	}
	var all []xmlfile.Namespace
	known := map[string]bool{"": true, "http://www.w3.org/XML/1998/namespace": true}
	add := func(space string) {
		if known[space] {
			return
		}
		known[space] = true
		p, ok := prefix[space]
		if !ok {
			p = "x" + string(rune('a'+len(all)))
		}
		all = append(all, xmlfile.Namespace{Prefix: p, Name: space})
	}
	for i := range t.Len() {
		add(t.Space(i))
		from, to := t.Attrs(i)
		for k := from; k < to; k++ {
			add(t.AttrSpace(k))
		}
	}
	return all
}

// writeBack reads a file as one record and writes it again.
func writeBack(t testing.TB, file []byte, o xmlfile.WriterOptions) []byte {
	t.Helper()
	r := xmlfile.NewReader(bytes.NewReader(file), xmlfile.Options{})
	rec, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	o.Namespaces = spaces(&rec.Tree)
	name := func(space, local string, attribute bool) string {
		if space == "http://www.w3.org/XML/1998/namespace" {
			return "xml:" + local
		}
		for _, n := range o.Namespaces {
			if n.Name == space && n.Prefix != "" {
				return n.Prefix + ":" + local
			}
		}
		return local
	}
	var out bytes.Buffer
	w := xmlfile.NewWriter(&out, o)
	if err := errors.Join(copyTree(w, &rec.Tree, 0, name), w.Flush()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestEverySampleIsWrittenBackAndReadsTheSame(t *testing.T) {
	n := 0
	for _, name := range sharedtest.Files(t, "samples/*/*.xml") {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := ours(bytes.NewReader(file))
		if err != nil {
			t.Fatal(name, err)
		}
		for _, set := range []string{"", "iso-8859-1", "utf-16"} {
			got, err := ours(bytes.NewReader(writeBack(t, file, xmlfile.WriterOptions{Charset: set})))
			if err != nil || plainOutline(got) != plainOutline(want) {
				t.Errorf("%s in %q: %v\n%.500s\n%.500s", name, set, err, got, want)
			}
		}
		n++
	}
	t.Logf("%d files", n)
}

// plainOutline takes the white space between elements out of an outline: only text that is blank in an element with
// others in it is lost.
func plainOutline(s string) string {
	for _, blank := range []string{`\n`, `\t`, `\r`, " "} {
		s = strings.ReplaceAll(s, blank, "")
	}
	return s
}

// Of all formats only Svefaktura 1.0 has a schema in the facts.
func TestWhatIsWrittenBackOfSvefakturaFollowsItsSchema(t *testing.T) {
	const schema = "erp-formats/schemas/svefaktura-1.0/maindoc/SFTI-BasicInvoice-1.0.xsd"
	n := 0
	for _, name := range sharedtest.Files(t, "samples/svefaktura/svefaktura*.xml") {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		before := sharedtest.SchemaFaults(t, schema, file)
		if before != "" {
			t.Logf("%s does not follow its schema itself: %.300s", filepath.Base(name), before)
		}
		after := sharedtest.SchemaFaults(t, schema, writeBack(t, file, xmlfile.WriterOptions{Indent: 2}))
		if (after == "") != (before == "") {
			t.Errorf("%s: %.500s", filepath.Base(name), after)
		} else if after == "" {
			n++
		}
	}
	t.Logf("%d files follow the schema when written back", n)
	if n == 0 {
		t.Error("none follows the schema")
	}
}

func TestWhatIsWrittenIsReadBackInEveryCharacterSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.SampledFrom([]string{"", "iso-8859-1", "windows-1252", "utf-16", "us-ascii", "ibm850", "gb18030"}).Draw(t, "set")
		indent := rapid.IntRange(0, 3).Draw(t, "indent")
		chars := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("aÄ€<>&\"'\t\n\r ]ł漢\U0001F600")), rapid.Rune()))
		text, attr := chars.Draw(t, "text"), chars.Draw(t, "attribute")
		var out bytes.Buffer
		w := xmlfile.NewWriter(&out, xmlfile.WriterOptions{Charset: set, Indent: indent, Namespaces: []xmlfile.Namespace{{Prefix: "p", Name: "urn:p"}}})
		err := errors.Join(w.Open("p:Root"), w.Open("A"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Close(), w.Open("B", xmlfile.Attr{Name: "p:x", Value: attr})); err != nil {
			if _, refused := errors.AsType[*flatfile.ValueError](err); refused {
				t.Skip("refused")
			}
			t.Fatal(err)
		}
		if err := w.Text(text); err != nil {
			if _, refused := errors.AsType[*flatfile.ValueError](err); refused {
				t.Skip("refused")
			}
			t.Fatal(err)
		}
		place := w.Place(0)
		if err := errors.Join(w.Close(), w.Close(), w.Flush()); err != nil {
			t.Fatal(err)
		}
		rec, err := xmlfile.NewReader(bytes.NewReader(out.Bytes()), xmlfile.Options{}).Read()
		if err != nil {
			t.Fatalf("%v\n%q", err, out.Bytes())
		}
		b := rec.Child(0, "B")
		got, _ := rec.Attr(b, "x")
		if rec.Text(b) != text || got != attr {
			t.Fatalf("text %q, attribute %q; written %q and %q", rec.Text(b), got, text, attr)
		}
		if at := rec.TextPlace(b); text != "" && (at.Offset != place.Offset || at.Length != place.Length || at.Line != place.Line || at.Column != place.Column) {
			t.Fatalf("read at %+v, written at %+v", at, place)
		}
	})
}

func TestWriterRefusesWhatWouldNotBeReadBack(t *testing.T) {
	for name, write := range map[string]func(w *xmlfile.Writer) error{
		"control character":      func(w *xmlfile.Writer) error { return w.Text("a\x01") },
		"half a character":       func(w *xmlfile.Writer) error { return w.Text("a\xFF") },
		"name with a blank":      func(w *xmlfile.Writer) error { return w.Open("a b") },
		"prefix not declared":    func(w *xmlfile.Writer) error { return w.Open("q:a") },
		"attribute twice":        func(w *xmlfile.Writer) error { return w.Open("a", xmlfile.Attr{Name: "b"}, xmlfile.Attr{Name: "b"}) },
		"declaration by stealth": func(w *xmlfile.Writer) error { return w.Open("a", xmlfile.Attr{Name: "xmlns:b", Value: "u"}) },
	} {
		w := xmlfile.NewWriter(&bytes.Buffer{}, xmlfile.WriterOptions{})
		if err := w.Open("Root"); err != nil {
			t.Fatal(err)
		}
		if _, ok := errors.AsType[*flatfile.ValueError](write(w)); !ok {
			t.Errorf("%s is written", name)
		}
	}
	for _, o := range []xmlfile.WriterOptions{{Charset: "klingon"}, {Charset: "ibm037"}, {Doctype: "a [<!ENTITY b 'c'>]"}, {Namespaces: []xmlfile.Namespace{{Prefix: "xmlns", Name: "u"}}}} {
		if err := xmlfile.NewWriter(&bytes.Buffer{}, o).Open("a"); !errors.Is(err, flatfile.ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
