package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/mapping"
)

// faults compiles a mapping and gives its findings, one a line, without the file.
func faults(src string) string {
	m, found := mapping.Compile([]byte(src), mapping.Environment{File: "m.yaml", Codes: codeLists})
	var b strings.Builder
	for _, f := range found {
		hint := ""
		if f.Hint != "" {
			hint = "; " + f.Hint
		}
		fmt.Fprintf(&b, "%d:%d %s %s: %s%s\n", f.Place.Line, f.Place.Column, f.Severity, f.Rule, f.Message, hint)
	}
	if (m == nil) != found.HasErrors() {
		b.WriteString("a mapping and errors, or neither\n")
	}
	return b.String()
}

// orders puts lines into the map of an ORDERS mapping; the first of them is line 6.
func orders(lines ...string) string {
	return "format: edifact\nmessage: ORDERS\ndirectory: D.96A\ndocument: order\nmap:\n  " + strings.Join(lines, "\n  ") + "\n"
}

func stock(lines ...string) string {
	return "format: delimited\ndelimiter: ';'\ndocument: stock\nmap:\n  " + strings.Join(lines, "\n  ") + "\n"
}

func TestFaultsOfAMappingNameLineColumnAndTheNearestName(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"unknown key at the top":            {"formt: edifact\nformat: edifact\nmessage: ORDERS\ndirectory: D.96A\ndocument: order\nmap: {number: BGM.1004}\n", `1:1 error mapping.key: unknown key "formt"; did you mean format?`},
		"unknown format":                    {"format: edifakt\ndocument: order\nmap: {}\n", `1:9 error mapping.setting: "edifakt" is none of edifact, delimited, fixed, xml, json, xlsx, idoc; did you mean edifact?`},
		"unknown message":                   {"format: edifact\nmessage: ORDRES\ndirectory: D.96A\ndocument: order\nmap: {}\n", `2:10 error mapping.setting: D.96A has no message "ORDRES"; did you mean ORDERS?`},
		"unknown directory":                 {"format: edifact\nmessage: ORDERS\ndirectory: D.69A\ndocument: order\nmap: {}\n", `3:12 error mapping.setting: there is no directory "D.69A"; did you mean D.96A?`},
		"unknown kind":                      {"format: delimited\ndocument: stok\nmap: {}\n", `2:11 error mapping.setting: "stok" is none of order, stock, shipment, customer, invoice, price, product; did you mean stock?`},
		"unknown field":                     {orders(`nubmer: BGM.1004`), `6:3 error mapping.field: order has no field "nubmer"; did you mean number?`},
		"unknown key of a line":             {orders(`number: {path: BGM.1004, defualt: x}`), `6:28 error mapping.key: unknown key "defualt"; did you mean default?`},
		"unknown group":                     {orders(`number: "SG99/RFF.1154"`), `6:12 error mapping.place: ORDERS D.96A has no group SG99; did you mean SG19?`},
		"a group of another group":          {orders(`buyer.vat_id: "SG3/RFF[1153=VA].1154"`), `6:18 error mapping.place: ORDERS D.96A has no group SG3; SG3 is SG2/SG3`},
		"a segment the group does not have": {orders(`number: "SG2/BGM.1004"`), `6:16 error mapping.place: SG2 has no BGM; BGM is BGM`},
		"a place outside the chosen group":  {orders(`number: BGM.1004`, `lines:`, `  each: SG25`, `  note: "SG2/NAD.3164"`), `9:12 error mapping.place: SG25 has no group SG2; SG2 is /SG2`},
		"an element the segment lacks":      {orders(`number: BGM.1005`), `6:11 error mapping.place: BGM has no 1005; did you mean 1004?`},
		"a fault behind an umlaut":          {orders(`number: {default: "ü", path: BGM.1005}`), `6:33 error mapping.place: BGM has no 1005; did you mean 1004?`},
		"an element of another composite":   {orders(`bill_to.name: "SG2/NAD.C082.3036"`), `6:22 error mapping.place: NAD has no C082.3036; did you mean NAD.C080.3036?`},
		"a whole segment":                   {orders(`number: BGM`), `6:11 error mapping.place: BGM is a whole segment; write an element behind it, as BGM.1004`},
		"a whole composite":                 {orders(`number: BGM.C002`), `6:11 error mapping.place: C002 is a whole composite; name an element of it`},
		"a group as a field":                {orders(`number: SG25`), `6:11 error mapping.place: a field stands in a segment, and this is a group; write SG1/RFF.C506.1154`},
		"a condition that cannot hold":      {orders(`currency: "SG7/CUX.C504[6347=ABCD].6345"`), `6:27 error mapping.never: 6347 (an..3) is never "ABCD"`},
		"a condition against its group":     {orders(`buyer.number: "SG2[NAD.3035=BY]/NAD[3035=IV].C082.3039"`), `6:35 error mapping.never: 3035 is BY in this group, and never IV`},
		"a code the directory lacks":        {orders(`number: BGM.1004`, `buyer.number: "SG2/NAD[3035=QQQ].C082.3039"`), `7:26 warning mapping.never: "QQQ" is no code of 3035 in D.96A`},
		"a group chosen by another segment": {orders(`buyer.vat_id: "SG2[RFF.1153=VA]/SG3/RFF.1154"`), `6:22 error mapping.place: SG2 is chosen by its first segment NAD, not by RFF; write [NAD.1153=…]`},
		"a path that is none":               {orders(`number: "BGM..1004"`), `6:16 error mapping.place: a composite (C080) or an element (3036) is missing`},
		"a time without a form":             {orders(`ordered_at: DTM.2380`), `6:15 error mapping.type: ordered_at is a time: say how it is written; write as: dtm, zone: Europe/Berlin`},
		"a time without a zone":             {orders(`ordered_at: {path: DTM.C507, as: dtm}`), `6:36 error mapping.type: a time needs the zone it is written in; add zone: Europe/Berlin, here or at the top`},
		"a zone that is none":               {orders(`ordered_at: {path: DTM.C507, as: dtm, zone: Europe/Berlen}`), "6:47 error mapping.setting: there is no zone \"Europe/Berlen\"; zones are named as Europe/Berlin"},
		"a date layout that is none":        {stock(`sku: S`, `counted_at: {path: D, as: {date: DD.MM.YYYY}}`), `6:36 error mapping.setting: "DD.MM.YYYY" does not say day, month and year; write it as 2 January 2006, 15:04:05 would be written: "02.01.2006 15:04"`},
		"a conversion of another type":      {orders(`number: {path: BGM.1004, as: decimal}`), `6:32 error mapping.type: number is a text, and decimal gives a number`},
		"a list as a field":                 {orders(`lines: SG25`), `6:3 error mapping.type: lines is a list; write its place as ` + "`each:`" + ` and its fields below it`},
		"a list that is none":               {orders(`linse: {each: SG25, number: LIN.1082}`), `6:3 error mapping.field: order has no list "linse"; did you mean lines?`},
		"a list without a group":            {orders(`lines: {each: SG25/LIN, number: LIN.1082}`), `6:17 error mapping.place: each ends with a group, as SG25 or SG10/SG15; a list repeats with a group, not with a segment`},
		"a field mapped twice":              {orders(`number: BGM.1004`, `"number": BGM.1225`), `7:3 error mapping.key: "number" stands twice`},
		"a place written twice":             {orders(`number: BGM.1004`, `note: BGM.1004`), `7:3 error mapping.never: note and number (line 6) have the same place, and only one can be written there`},
		"an unknown code list":              {orders(`payment.method: {path: PAI.C534.4461, codes: payment}`), `6:48 error mapping.codes: there is no code list "payment"; name a code list of the profile, or write {ours: theirs}`},
		"unknown without codes":             {orders(`number: {path: BGM.1004, unknown: drop}`), `6:37 error mapping.key: unknown says what happens to codes, and there is no code list`},
		"an unknown block":                  {orders(`number: BGM.1004`, `bill_to: {at: SG2, use: adress}`) + "blocks: {address: {city: NAD.3164}}\n", "7:27 error mapping.key: there is no block \"adress\"; did you mean address?\n8:19 warning"},
		"a key that is made to fit":         {orders(`number: {path: BGM.1004, fit: {outside: transliterate}}`), `6:33 error mapping.setting: number is a key: a changed one would be another; write outside: refuse`},
		"more parts than places":            {orders(`number: BGM.1004`, `bill_to.city: {path: "SG2/NAD.3164", fit: {parts: 2}}`), `7:25 error mapping.place: SG2/NAD.3164 has room for 1 parts, not 2`},
		"a fixed value that never is":       {"format: edifact\nmessage: ORDERS\ndirectory: D.96A\ndocument: order\nfixed: {UNS.0081: SUM}\nmap: {number: BGM.1004}\n", `5:19 error mapping.never: 0081 (a1) is never "SUM"`},
		"an expression of another type":     {orders(`number: {path: BGM.1004, write: totals.net}`), `6:35 error mapping.expression: number is a text, and this is a number`},
		"an unknown name in an expression":  {orders(`number: {path: BGM.1004, write: "upper(nubmer)"}`), `6:42 error mapping.expression: order has no field "nubmer"; did you mean number?`},
		"an unknown function":               {orders(`number: {path: BGM.1004, write: 'uper(number)'}`), `6:36 error mapping.expression: there is no function "uper"; did you mean upper(text)?`},
		"the clock":                         {orders(`number: {path: BGM.1004, write: 'text(now())'}`), `6:41 error mapping.expression: there is no function "now"; the functions are`},
		"a check that is none":              {orders(`number: BGM.1004`) + "check: totals.net\n", `7:8 error mapping.expression: a check is true or false, and this is a number`},
		"a reference to nothing":            {orders(`number: {path: BGM.1004, ref: order.nubmer}`), `6:33 error mapping.field: order has no field "nubmer"; did you mean number?`},
		"a column that is not declared":     {"format: delimited\ndocument: stock\ncolumns: [Artikel, Bestand]\nmap:\n  sku: Artikl\n", `5:8 error mapping.place: "Artikl" is none of the columns; did you mean Artikel?`},
		"a column of a file without header": {"format: delimited\nheader: false\ndocument: stock\nmap: {sku: Artikel}\n", "4:12 error mapping.place: a file without header has no column names; name the columns in `columns:`, or give its number"},
		"grouping by what is not mapped":    {stock(`sku: S`) + "group: {by: location, sum: on_hand}\n", "6:13 error mapping.field: location is not mapped\n6:28 error mapping.field: on_hand is not mapped"},
		"a delimiter of two characters":     {"format: delimited\ndelimiter: ';;'\ndocument: stock\nmap: {sku: S}\n", `2:12 error mapping.setting: one character is wanted here`},
		"an unknown character set":          {"format: delimited\ncharset: windows-1522\ndocument: stock\nmap: {sku: S}\n", `2:10 error mapping.setting: charset: "windows-1522" is not known; did you mean windows-1252?`},
		"no YAML":                           {"format: [edifact\n", `error mapping.syntax: this is not YAML`},
		"anchors":                           {"format: delimited\ndocument: stock\nmap: {sku: &a S, gtin: *a}\n", "3:24 error mapping.syntax: mappings have no anchors"},
		"a value behind the group":          {"format: edifact\nmessage: INVRPT\ndirectory: D.96A\ndocument: {kind: stock, each: SG2}\nmap:\n  sku: \"/SG9/PIA.C212.7140\"\n", `6:9 error mapping.never: SG9/PIA stands behind SG2: it is not read yet when the item ends`},
		"nothing":                           {"", `1:1 error mapping.syntax: a mapping is wanted here; write format, document and map`},
	} {
		t.Run(name, func(t *testing.T) {
			got := faults(c.src)
			if !strings.Contains(got, c.want) {
				t.Errorf("got  %swant %s", got, c.want)
			}
		})
	}
}

func TestAllFaultsComeAtOnceWithTheirLine(t *testing.T) {
	_, found := mapping.Compile([]byte(orders(`nubmer: BGM.1004`, `currency: "SG7/CUX.C505.6345"`, `payment.method: {path: PAI.C534.4461, codes: nope}`)), mapping.Environment{File: "m.yaml", Codes: codeLists})
	if len(found) != 3 {
		t.Fatalf("%d findings: %v", len(found), found)
	}
	for i, want := range []string{"  nubmer: BGM.1004", `  currency: "SG7/CUX.C505.6345"`, "  payment.method: {path: PAI.C534.4461, codes: nope}"} {
		if found[i].Source != want || found[i].Place.File != "m.yaml" || found[i].Severity != finding.Error {
			t.Errorf("%+v", found[i])
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, file := range []string{"orders-d96a.yaml", "invrpt-d96a.yaml", "stock-csv.yaml", "orders-csv.yaml"} {
		f.Add(read(f, file))
	}
	f.Add([]byte(orders(`number: {path: BGM.1004, write: "a ?? (b + 1.5) in [1, 2]"}`)))
	f.Add([]byte("format: fixed\nlayout: {A: 1-3, B: {at: 4-9, right: true, pad: '0'}}\ndocument: stock\nmap: {sku: A, on_hand: B}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		m, found := mapping.Compile(src, mapping.Environment{File: "m.yaml", Codes: codeLists})
		if (m == nil) != found.HasErrors() {
			t.Fatalf("mapping %v with findings %v", m != nil, found)
		}
		for _, f := range found {
			if f.Message == "" || f.Rule == "" || f.Place.Line < 1 {
				t.Errorf("no place or message: %+v", f)
			}
		}
	})
}
