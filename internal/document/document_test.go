package document_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/internal/document"
)

func dec(t testing.TB, s string) document.Decimal {
	t.Helper()
	d, err := document.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestJSONKeepsMissingEmptyAndZeroApart(t *testing.T) {
	d := document.New(document.Stock)
	d.Set("sku", document.TextValue(`Ä "1"`))
	d.Set("on_hand", document.NumberValue(dec(t, "0.00")))
	d.Set("gtin", document.TextValue(""))
	d.Set("counted_at", document.EmptyValue())
	got := string(d.AppendJSON(nil))
	want := `{"kind":"stock","sku":"Ä \"1\"","gtin":"","on_hand":0.00,"counted_at":null}`
	if got != want {
		t.Fatalf("got %s\nwant %s", got, want)
	}
	back, err := document.ParseJSON([]byte(got))
	if err != nil {
		t.Fatal(err)
	}
	if again := string(back.AppendJSON(nil)); again != want {
		t.Errorf("read back: %s", again)
	}
	if !back.Get("location").IsMissing() {
		t.Error("a missing field was read as something")
	}
}

func TestNestedNamesAndListsRoundTrip(t *testing.T) {
	d := document.New(document.Order)
	d.Set("number", document.TextValue("10234"))
	d.Set("bill_to.name", document.TextValue("Åsa Öberg"))
	d.Set("bill_to.city", document.TextValue("Malmö"))
	d.Set("ordered_at", document.TimeValue(document.Moment{Time: time.Date(2026, 11, 25, 9, 30, 0, 0, time.FixedZone("", 3600)), Precision: document.Minute}))
	line := d.Add("lines")
	line.Set("sku", document.TextValue("BG-1001"))
	line.Set("quantity", document.NumberValue(document.Int(3)))
	d.Add("charges").Add("rates").Set("net", document.NumberValue(dec(t, "4.12")))
	b := d.AppendJSON(nil)
	want := `{"kind":"order","number":"10234","ordered_at":"2026-11-25T09:30+01:00","bill_to":{"name":"Åsa Öberg","city":"Malmö"},"lines":[{"sku":"BG-1001","quantity":3}],"charges":[{"rates":[{"net":4.12}]}]}`
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Fatal(diff)
	}
	back, err := document.ParseJSON(b)
	if err != nil {
		t.Fatal(err)
	}
	if back.Fingerprint() != d.Fingerprint() {
		t.Error("fingerprint changed on the way through JSON")
	}
}

func TestParseJSONNamesTheFieldThatIsWrong(t *testing.T) {
	for in, want := range map[string]string{
		`{"kind":"stock","skuu":"1"}`:           `stock has no field "skuu"`,
		`{"kind":"stock","on_hand":"12"}`:       `field on_hand of stock`,
		`{"kind":"stokc"}`:                      `unknown kind "stokc"`,
		`{"kind":"order","lines":[{"qty": 1}]}`: `order.lines has no field "qty"`,
	} {
		_, err := document.ParseJSON([]byte(in))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", in, err, want)
		}
	}
}

func TestFingerprintCountsNumbersByAmountAndNothingTwice(t *testing.T) {
	stock := func(sku, qty string) *document.Document {
		d := document.New(document.Stock)
		d.Set("sku", document.TextValue(sku))
		d.Set("on_hand", document.NumberValue(dec(t, qty)))
		return d
	}
	if stock("A", "1.0").Fingerprint() != stock("A", "1.00").Fingerprint() {
		t.Error("1.0 and 1.00 differ")
	}
	if stock("A", "1").Fingerprint() == stock("A", "2").Fingerprint() {
		t.Error("1 and 2 are the same")
	}
	counted := stock("A", "1")
	counted.Set("counted_at", document.EmptyValue())
	if counted.Fingerprint() != stock("A", "1").Fingerprint() {
		t.Error("a volatile field counts")
	}
	blank := document.New(document.Stock)
	blank.Set("gtin", document.TextValue(""))
	if blank.Fingerprint() == document.New(document.Stock).Fingerprint() {
		t.Error("empty and missing are the same")
	}
}

func TestCloneOutlivesReset(t *testing.T) {
	d := document.New(document.Stock)
	d.Set("sku", d.TextOf([]byte("AAAA")))
	kept := d.Clone()
	d.Reset()
	d.Set("sku", d.TextOf([]byte("BBBB")))
	if got := kept.Get("sku").Text(); got != "AAAA" {
		t.Errorf("clone changed to %q", got)
	}
}

func TestKeyLeavesOutMissingParts(t *testing.T) {
	d := document.New(document.Stock)
	d.Set("sku", document.TextValue("A"))
	if d.Key() != "A" {
		t.Errorf("%q", d.Key())
	}
	d.Set("location", document.TextValue("01"))
	if d.Key() != "A"+document.KeySeparator+"01" {
		t.Errorf("%q", d.Key())
	}
}

func TestNumbersAreReadStrictly(t *testing.T) {
	good := map[string]string{"1.234,50": "1234.50", "12,5": "12.5", "-7": "-7", "7-": "-7", "+3": "3", ",5": "0.5",
		"123456789012345678901234,5": "123456789012345678901234.5", "1.234.567": "1234567"}
	for in, want := range good {
		d, err := document.ParseDecimalBytes([]byte(in), ',', '.')
		if err != nil || d.String() != want {
			t.Errorf("%q: %v %v, want %s", in, d, err, want)
		}
	}
	for _, in := range []string{"", "-", "1.5", "12.34,5", "1,2,3", "1e3", "12 ", "٣", "1.2345", "--1", "1234.567", strings.Repeat("9", 39)} {
		if d, err := document.ParseDecimalBytes([]byte(in), ',', '.'); err == nil {
			t.Errorf("%q was read as %v", in, d)
		}
	}
}

// big.Rat is the independent judge of all arithmetic.
func TestArithmeticIsExact(t *testing.T) {
	number := rapid.Custom(func(t *rapid.T) document.Decimal {
		if rapid.Bool().Draw(t, "long") {
			s := rapid.StringMatching(`-?[1-9][0-9]{17,24}\.[0-9]{1,9}`).Draw(t, "s")
			d, err := document.ParseDecimal(s)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		return document.NewDecimal(rapid.Int64Range(-999999999999999999, 999999999999999999).Draw(t, "coef"), uint8(rapid.IntRange(0, 9).Draw(t, "scale")))
	})
	rat := func(d document.Decimal) *big.Rat {
		r, ok := new(big.Rat).SetString(d.String())
		if !ok {
			t.Fatalf("%q", d.String())
		}
		return r
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		for name, pair := range map[string][2]*big.Rat{
			"add":    {rat(a.Add(b)), new(big.Rat).Add(rat(a), rat(b))},
			"sub":    {rat(a.Sub(b)), new(big.Rat).Sub(rat(a), rat(b))},
			"mul":    {rat(a.Mul(b)), new(big.Rat).Mul(rat(a), rat(b))},
			"reduce": {rat(a.Reduce()), rat(a)},
		} {
			if pair[0].Cmp(pair[1]) != 0 {
				t.Errorf("%s of %v and %v: got %v, want %v", name, a, b, pair[0], pair[1])
			}
		}
		if got, want := a.Cmp(b), rat(a).Cmp(rat(b)); got != want {
			t.Errorf("cmp of %v and %v: %d, want %d", a, b, got, want)
		}
		back, err := document.ParseDecimal(a.String())
		if err != nil || back.String() != a.String() {
			t.Errorf("%v read back as %v, %v", a, back, err)
		}
	})
}

func TestRoundingIsHalfAwayFromZero(t *testing.T) {
	for in, want := range map[string]string{"2.345": "2.35", "-2.345": "-2.35", "2.344": "2.34", "7": "7.00", "0.005": "0.01"} {
		if got := dec(t, in).Round(2).String(); got != want {
			t.Errorf("round %s: %s, want %s", in, got, want)
		}
	}
	q, err := document.Int(10).Quo(document.Int(3), 4)
	if err != nil || q.String() != "3.3333" {
		t.Errorf("10/3 = %v, %v", q, err)
	}
	if _, err := document.Int(1).Quo(document.Decimal{}, 2); err == nil {
		t.Error("division by zero was answered")
	}
}

func TestVisitNamesEveryValueInTheTablesOrder(t *testing.T) {
	d := document.New(document.Shipment)
	d.Set("number", document.TextValue("LS-1"))
	d.Add("lines").Set("sku", document.TextValue("A"))
	d.Add("lines").Set("sku", document.TextValue("B"))
	var got []string
	d.Visit(func(path string, g *document.Group, slot int) { got = append(got, path+"="+g.At(slot).Text()) })
	if diff := cmp.Diff([]string{"number=LS-1", "lines[1].sku=A", "lines[2].sku=B"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBinaryFormGivesTheSameDocument(t *testing.T) {
	d := document.New(document.Order)
	d.Set("number", document.TextValue("10234"))
	d.Set("buyer.guest", document.FlagValue(true))
	d.Set("ordered_at", document.EmptyValue())
	d.Set("totals.tax", document.NumberValue(dec(t, "123456789012345678901234.5")))
	line := d.Add("lines")
	line.Set("sku", document.TextValue("Ä"))
	line.Set("price", document.NumberValue(dec(t, "-12.50")))
	d.Add("lines").Set("sku", document.TextValue(""))
	b := d.AppendBinary(nil)
	back := document.New(document.Order)
	if err := back.ReadBinary(b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(d.AppendJSON(nil)), string(back.AppendJSON(nil))); diff != "" {
		t.Error(diff)
	}
	for n := range b { // every cut is noticed
		if err := document.New(document.Order).ReadBinary(b[:n]); err == nil {
			t.Errorf("%d of %d bytes were taken as whole", n, len(b))
		}
	}
}
