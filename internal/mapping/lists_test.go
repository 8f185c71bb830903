package mapping_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

// prices are lines of one price list, in the form in which reading gives them. numbered is for formats whose lines have numbers.
func prices(numbered bool) *rapid.Generator[[]*document.Document] {
	return rapid.Custom(func(t *rapid.T) []*document.Document {
		list, currency := keys.Draw(t, "list"), oneOf("SEK", "EUR").Draw(t, "currency")
		var all []*document.Document
		for i := range rapid.IntRange(1, 5).Draw(t, "lines") {
			d := document.New(document.Price)
			set(&d.Group, "sku", fmt.Sprintf("%s-%d", keys.Draw(t, "sku"), i), "list", list, "currency", currency, "price", decimals(2).Draw(t, "price"))
			maybe(t, &d.Group, "valid_from", days)
			maybe(t, &d.Group, "valid_until", days)
			if numbered {
				set(&d.Group, "number", fmt.Sprint(i+1))
				maybe(t, &d.Group, "gtin", rapid.StringMatching(`[0-9]{13}`))
				maybe(t, &d.Group, "action", oneOf("added", "changed"))
				maybe(t, &d.Group, "unit", oneOf("PCE", "KGM"))
			} else {
				set(&d.Group, "type", "net", "rate", "25.00")
				for n := range rapid.IntRange(0, 3).Draw(t, "scales") {
					set(d.Add("scales"), "from", fmt.Sprint(10*(n+1)), "price", decimals(2).Draw(t, "price"))
				}
			}
			all = append(all, d)
		}
		return all
	})
}

// products are articles of one catalogue.
var products = rapid.Custom(func(t *rapid.T) []*document.Document {
	catalog := keys.Draw(t, "catalog")
	var all []*document.Document
	for i := range rapid.IntRange(1, 4).Draw(t, "articles") {
		d := document.New(document.Product)
		set(&d.Group, "sku", fmt.Sprintf("%s-%d", keys.Draw(t, "sku"), i), "catalog", catalog, "name", words.Draw(t, "name"))
		maybe(t, &d.Group, "description", words)
		maybe(t, &d.Group, "gtin", rapid.StringMatching(`[0-9]{13}`))
		maybe(t, &d.Group, "unit", oneOf("C62", "KGM"))
		maybe(t, &d.Group, "weight", decimals(3))
		for range rapid.IntRange(0, 2).Draw(t, "classes") {
			c := d.Add("classes")
			set(c, "system", oneOf("ECLASS-5.1", "ETIM-8").Draw(t, "system"), "code", keys.Draw(t, "code"))
			for range rapid.IntRange(0, 2).Draw(t, "features") {
				set(c.Add("features"), "name", words.Draw(t, "name"), "value", words.Draw(t, "value"))
			}
		}
		for range rapid.IntRange(0, 2).Draw(t, "media") {
			set(d.Add("media"), "type", "image/jpeg", "source", words.Draw(t, "source"))
		}
		all = append(all, d)
	}
	return all
})

func TestListsAreTheSameWhenWrittenAndReadAgain(t *testing.T) {
	for _, c := range []struct {
		mapping *mapping.Mapping
		docs    *rapid.Generator[[]*document.Document]
	}{
		{compiled(t, "pricat-d96a.yaml"), prices(true)},
		{treeMapping(t, "bmecat2005-prices"), prices(false)},
		{treeMapping(t, "bmecat12-prices"), prices(false)},
		{treeMapping(t, "bmecat2005-products"), products},
	} {
		t.Run(c.mapping.Name(), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				docs := c.docs.Draw(rt, "documents")
				out, found, err := c.mapping.Encode(docs, mapping.WriteOptions{Envelope: envelope()})
				if err != nil || len(found) > 0 {
					rt.Fatalf("encode: %v %v", err, found)
				}
				back := readInvoices(t, c.mapping, out)
				if diff := cmp.Diff(linesOf(docs), linesOf(back)); diff != "" {
					rt.Fatalf("read(write(d)) is not d:\n%s\n%s", diff, out)
				}
				again, _, err := c.mapping.Encode(back, mapping.WriteOptions{Envelope: envelope()})
				if err != nil || !bytes.Equal(out, again) {
					rt.Fatalf("write(read(x)) is not x: %v", err)
				}
			})
		})
	}
}

// The lines of a price list have numbers of our own where the documents have none, and never two of one.
func TestLinesOfAListAreNumbered(t *testing.T) {
	m := compiled(t, "pricat-d96a.yaml")
	list := func(numbers ...string) []*document.Document {
		var all []*document.Document
		for i, n := range numbers {
			d := document.New(document.Price)
			set(&d.Group, "sku", fmt.Sprint("A-", i), "list", "PL", "currency", "SEK", "price", "1")
			if n != "" {
				set(&d.Group, "number", n)
			}
			all = append(all, d)
		}
		return all
	}
	out := string(encode(t, m, mapping.WriteOptions{Envelope: envelope()}, list("", "", "")...))
	for _, want := range []string{"LIN+1'", "LIN+2'", "LIN+3'"} {
		if strings.Count(out, want) != 1 {
			t.Errorf("%s is not there once:\n%s", want, out)
		}
	}
	_, found, err := m.Encode(list("2", ""), mapping.WriteOptions{Envelope: envelope()})
	if err != nil || !found.HasErrors() || found[0].Rule != "mapping.line-number" {
		t.Errorf("%v %v", found, err)
	}
}

// The third of these samples is wrong: it has FII behind the RFF of its party, and the directory has it before them.
func TestSamplesOfEDIFACTBecomeInvoicesAndPrices(t *testing.T) {
	for _, s := range []struct {
		mapping, file string
		documents     int
		want          map[string]string // of the last document
		fault         string
	}{
		{"invoic-d96a.yaml", "edifact/constructed/invoic-d96a.edi", 1, map[string]string{"number": "F1001", "taxes[2].tax": "12.50", "totals.gross": "1135.01"}, ""},
		{"invoic-d96a.yaml", "edifact/real/invoic-d96a-anatoli308-1.edi", 1, map[string]string{"number": "IN432097", "payment.discount": "2.5", "charges[1].net": "120", "lines[1].tax": "453.60", "lines[2].quantity": "12.65", "totals.payable": "5767.10"}, ""},
		{"invoic-d96a.yaml", "edifact/real/invoic-d96a-jskrobak-1.edi", 0, nil, "FII cannot stand behind SG2/SG3/RFF"},
		{"pricat-d96a.yaml", "edifact/constructed/pricat-d96a.edi", 2, map[string]string{"sku": "7310500000024", "number": "2", "price": "13"}, ""},
	} {
		t.Run(s.file, func(t *testing.T) {
			m := compiled(t, s.mapping)
			docs, found := readMessages(t, m, []byte(sharedtest.Read(t, "samples/"+s.file)), mapping.ReadOptions{})
			if len(docs) != s.documents || found.HasErrors() != (s.fault != "") {
				t.Fatalf("%d documents, %v", len(docs), found)
			}
			if s.fault != "" {
				if !strings.Contains(fmt.Sprint(found), s.fault) {
					t.Errorf("%v, want %s", found, s.fault)
				}
				return
			}
			values := map[string]string{}
			docs[len(docs)-1].Visit(func(path string, g *document.Group, slot int) { values[path] = g.At(slot).Text() })
			for path, want := range s.want {
				if values[path] != want {
					t.Errorf("%s is %q, want %q", path, values[path], want)
				}
			}
			out, found, err := m.Encode(docs, mapping.WriteOptions{Envelope: envelope()})
			if err != nil || found.HasErrors() {
				t.Fatal(found, err)
			}
			if diff := cmp.Diff(withoutEmpty(linesOf(docs)), linesOf(readAll(t, m, out))); diff != "" {
				t.Errorf("written and read again:\n%s", diff)
			}
		})
	}
}
