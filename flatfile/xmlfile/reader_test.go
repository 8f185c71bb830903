package xmlfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/unicode"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

const stock = `<?xml version="1.0" encoding="UTF-8"?>
<!-- counted at night -->
<Stock xmlns="urn:example:stock" xmlns:x="urn:example:more" Day="2026-11-24">
  <Warehouse Code="10"><Name>Gera &amp; S&#246;hne</Name></Warehouse>
  <Items>
    <Item x:Kind="a&quot;b"><SKU>BG-1001</SKU><OnHand>12.50</OnHand></Item>
    <Item><SKU><![CDATA[BG<2>]]></SKU><OnHand/></Item>
    <Item><SKU>BG-3<!-- old -->003</SKU><OnHand>7</OnHand></Item>
  </Items>
</Stock>
`

func stockOptions() xmlfile.Options {
	return xmlfile.Options{Record: "s:Stock/s:Items/s:Item", Keep: []string{"s:Stock/s:Warehouse"}, Namespaces: map[string]string{"s": "urn:example:stock"}}
}

// read gives the SKU of each record, and the faults.
func read(t testing.TB, r io.Reader, o xmlfile.Options) (skus, faults []string, last error) {
	t.Helper()
	rd := xmlfile.NewReader(r, o)
	rd.SetFile("STOCK.XML")
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
		skus = append(skus, rec.Text(rec.Child(0, "SKU")))
	}
	return skus, faults, nil
}

func TestRecordsComeWithTheElementsAroundThem(t *testing.T) {
	rd := xmlfile.NewReader(iotest.OneByteReader(strings.NewReader(stock)), stockOptions())
	var got []string
	for rec, err := range rd.Records() {
		if err != nil {
			t.Fatal(err)
		}
		day, _ := rec.Outer(0).Attr(0, "Day")
		house := rec.Kept(0)[0]
		code, _ := house.Attr(0, "Code")
		kind, _ := rec.Attr(0, "Kind")
		got = append(got, strings.TrimSuffix(fmt.Sprintln(rec.Number(), rec.Around(), day, code, house.Text(house.Child(0, "Name")), kind, rec.Text(rec.Child(0, "SKU")), rec.Text(rec.Child(0, "OnHand"))), "\n"))
	}
	want := []string{`1 2 2026-11-24 10 Gera & Söhne a"b BG-1001 12.50`, "2 2 2026-11-24 10 Gera & Söhne  BG<2> ", "3 2 2026-11-24 10 Gera & Söhne  BG-3003 7"}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestPlacesNameLineColumnOffsetAndPath(t *testing.T) {
	for _, set := range []struct {
		name   string
		encode func(string) []byte
	}{
		{"utf-8", func(s string) []byte { return []byte(s) }},
		{"utf-16", func(s string) []byte {
			b, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(strings.Replace(s, "UTF-8", "UTF-16", 1)))
			return b
		}},
		{"iso-8859-1", func(s string) []byte {
			return []byte(strings.NewReplacer("UTF-8", "ISO-8859-1", "ö", "\xF6").Replace(s))
		}},
	} {
		text := strings.Replace(stock, "<SKU>BG-1001", "<SKU>öö</SKU><SKU>BG-1001", 1)
		file := set.encode(text)
		rd := xmlfile.NewReader(bytes.NewReader(file), stockOptions())
		rec, err := rd.Read()
		if err != nil {
			t.Fatal(set.name, err)
		}
		sku := rec.End(1)
		p := rec.TextPlace(sku)
		want := set.encode("BG-1001")
		if set.name == "utf-16" {
			want = want[2:]
		}
		if got := file[p.Offset : p.Offset+int64(p.Length)]; !bytes.Equal(got, want) {
			t.Errorf("%s: at %d stands %q", set.name, p.Offset, got)
		}
		if p.Line != 6 || p.Record != 1 || p.Path != "/Stock/Items/Item/SKU[2]" {
			t.Errorf("%s: %v, %+v", set.name, p, p)
		}
		from, _ := rec.Attrs(0)
		a := rec.AttrPlace(0, from)
		if a.Path != "/Stock/Items/Item/@x:Kind" || a.Line != 6 {
			t.Errorf("%s: %v", set.name, a)
		}
	}
}

func TestABrokenRecordCostsItselfOnly(t *testing.T) {
	for _, c := range []struct{ name, broken, want string }{
		{"mismatched end tag", "<Item><SKU>A</SKV></Item>", "</SKV> stands where </SKU> is wanted"},
		{"missing end tag of a field", "<Item><SKU>A</Item>", "</Item> stands where </SKU> is wanted"},
		{"missing end tag of the record", "<Item><SKU>A</SKU>", "</Items> stands where"},
		{"bare ampersand", "<Item><SKU>A & B</SKU></Item>", `"&" begins a reference`},
		{"unknown entity", "<Item><SKU>&auml;</SKU></Item>", "the entity &auml; is not expanded"},
		{"bare less-than", "<Item><SKU>a < b</SKU></Item>", `"<" begins a tag`},
		{"attribute without quotes", "<Item a=1><SKU>A</SKU></Item>", ""},
		{"attribute twice", `<Item><SKU a="1" a="2">A</SKU></Item>`, "the attribute a stands twice"},
		{"prefix declared nowhere", "<Item><q:SKU>A</q:SKU></Item>", "declared nowhere"},
		{"bad byte", "<Item><SKU>M\xFCller</SKU></Item>", "not a character of utf-8"},
		{"control character", "<Item><SKU>A\x01</SKU></Item>", "U+0001 cannot stand in XML"},
		{"reference to a control character", "<Item><SKU>&#1;</SKU></Item>", "is not a character of XML"},
		{"too long", "<Item><SKU>" + strings.Repeat("x", 5000) + "</SKU><A><B/></A></Item>", "longer than the limit"},
		{"too long after many fields", "<Item>" + strings.Repeat("<A>1</A>", 900) + "</Item>", "longer than the limit"},
		{"too long comment", "<Item><!--" + strings.Repeat("x", 9000) + "--></Item>", "longer than the limit"},
		{"too deep", "<Item>" + strings.Repeat("<A>", 200) + strings.Repeat("</A>", 200) + "</Item>", "deeper than 100"},
	} {
		file := strings.Replace(stock, "    <Item><SKU><![CDATA[", "    "+c.broken+"\n    <Item><SKU><![CDATA[", 1)
		o := stockOptions()
		o.MaxRecord = 4000
		for _, r := range []io.Reader{strings.NewReader(file), iotest.OneByteReader(strings.NewReader(file)), iotest.DataErrReader(strings.NewReader(file))} {
			skus, faults, err := read(t, r, o)
			if c.want == "" {
				if err == nil {
					t.Errorf("%s: read, %q %q", c.name, skus, faults)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if c.name == "missing end tag of the record" {
				c.want = "</SKU>"
			}
			if len(faults) != 1 || !strings.Contains(faults[0], c.want) && c.name != "missing end tag of the record" || !strings.Contains(faults[0], "record 2") {
				t.Errorf("%s: faults %q", c.name, faults)
			}
			if fmt.Sprint(skus) != "[BG-1001 BG<2> BG-3003]" {
				t.Errorf("%s: records %q", c.name, skus)
			}
		}
	}
}

func TestWhatEndsTheReadingSaysWhere(t *testing.T) {
	for _, c := range []struct {
		name, file, want string
		cause            error
	}{
		{"empty", "", "the file has no bytes", flatfile.ErrEmpty},
		{"blank", "  \n", "holds no element", flatfile.ErrEmpty},
		{"not XML", "Artikelnr;Bestand\n", "does not begin with an element", xmlfile.ErrSyntax},
		{"cut in a record", stock[:strings.Index(stock, "BG-3<")], "STOCK.XML:8", flatfile.ErrTruncated},
		{"cut in a tag", stock[:strings.Index(stock, "</Items>")+4], "ends within", flatfile.ErrTruncated},
		{"cut between", stock[:strings.Index(stock, "</Stock>")], "the file ends before </Stock>", flatfile.ErrTruncated},
		{"another root", strings.ReplaceAll(stock, "Stock", "Lager"), "the root element is Lager", xmlfile.ErrRoot},
		{"another namespace", strings.ReplaceAll(stock, "urn:example:stock", "urn:other"), `declare the namespace that the file uses: "urn:other"`, xmlfile.ErrRoot},
		{"second root", stock + "<A/>", "a second root", xmlfile.ErrSyntax},
		{"text behind", stock + "x", "text stands behind", xmlfile.ErrSyntax},
		{"unknown set", strings.Replace(stock, "UTF-8", "klingon", 1), `"klingon" is not known`, flatfile.ErrCharset},
		{"declares UTF-16 in bytes", strings.Replace(stock, "UTF-8", "UTF-16", 1), "declares UTF-16, and its bytes are utf-8", flatfile.ErrCharset},
	} {
		_, _, err := read(t, strings.NewReader(c.file), stockOptions())
		if !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestNoEntityIsExpandedAndNothingIsFetched(t *testing.T) {
	bomb := `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;"> <!ENTITY x SYSTEM "file:///etc/passwd">]><Stock><Item><SKU>&lol2;</SKU></Item><Item><SKU>&x;</SKU></Item></Stock>`
	rd := xmlfile.NewReader(strings.NewReader(bomb), xmlfile.Options{Record: "Stock/Item"})
	broken := 0
	for rec, err := range rd.Records() {
		if _, ok := errors.AsType[*flatfile.RowError](err); !ok {
			t.Fatal(err)
		}
		if text := rec.Text(1); !strings.HasPrefix(text, "&") {
			t.Errorf("expanded to %q", text)
		}
		broken++
	}
	if found := rd.Findings(); broken != 2 || !strings.Contains(found[0].String(), "entities of its own, which are not expanded") {
		t.Errorf("%d broken, %v", broken, found)
	}
}

func TestFailedRecordsComeBackInTheirSurroundings(t *testing.T) {
	file := "<?xml version=\"1.0\"?>\n<Stock>\n <House No=\"1\">\n  <Item>1</Item>\n  <Item>2</Item>\n </House>\n <House No=\"2\">\n  <Note>n</Note>\n  <Item>3</Item>\n  <Item>4 & 5</Item>\n  <Item>6</Item>\n </House>\n <Sum>6</Sum>\n</Stock>\n"
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil }
	o := xmlfile.Options{Record: "Stock/House/Item"}
	var out bytes.Buffer
	n, err := xmlfile.CopyFailed(&out, open, o, func(n int64) bool { return n == 4 })
	want := "<?xml version=\"1.0\"?>\n<Stock>\n <House No=\"2\">\n  <Note>n</Note>\n  <Item>4 & 5</Item>\n </House>\n <Sum>6</Sum>\n</Stock>\n"
	if err != nil || n != 1 || out.String() != want {
		t.Errorf("%d, %v:\n%s", n, err, out.String())
	}
	out.Reset()
	if n, err := xmlfile.CopyFailed(&out, open, o, func(int64) bool { return true }); err != nil || n != 5 || out.String() != file {
		t.Errorf("all %d, %v:\n%s", n, err, out.String())
	}
}

func TestOneRecordOf200MBIsRefusedByTheLimitAndItsNeighboursAreRead(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a run without -short: it reads 200 MB")
	}
	huge := io.LimitReader(&repeat{text: "<Line>0123456789012345678901234567890123456789</Line>\n"}, 200<<20/54*54)
	r := io.MultiReader(strings.NewReader("<Stock><Item><SKU>A</SKU></Item><Item>"), huge, strings.NewReader("</Item><Item><SKU>B</SKU></Item></Stock>"))
	skus, faults, err := read(t, r, xmlfile.Options{Record: "Stock/Item", MaxRecord: 4 << 20})
	if err != nil || fmt.Sprint(skus) != "[A B]" || len(faults) != 1 || !strings.Contains(faults[0], "record 2") {
		t.Errorf("%q %q %v", skus, faults, err)
	}
}

// repeat gives a text over and over.
type repeat struct {
	text string
	at   int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m := copy(p[n:], r.text[r.at:])
		n, r.at = n+m, (r.at+m)%len(r.text)
	}
	return n, nil
}
