package xlsx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/xlsx"
)

// FuzzSheet reads a workbook whose sheet holds anything.
func FuzzSheet(f *testing.F) {
	good := workbook(f, stockBook)
	z, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		f.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, p := range z.File {
		in, err := p.Open()
		if err != nil {
			f.Fatal(err)
		}
		if parts[p.Name], err = io.ReadAll(in); err != nil {
			f.Fatal(err)
		}
	}
	const sheet = "xl/worksheets/sheet1.xml"
	f.Add(parts[sheet])
	f.Add([]byte(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c t="inlineStr"><is><t>A</t></is></c></row><row><c><f>1</f></c><c t="e"><v>#N/A</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B9"/></mergeCells></worksheet>`))
	f.Add([]byte(`<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row r="3"><x:c r="ZZ3" s="1"><x:v>1e30</x:v></x:c></x:row></x:sheetData></x:worksheet>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > 1<<20 {
			return
		}
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for name, content := range parts {
			if name == sheet {
				content = body
			}
			part, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = part.Write(content)
		}
		_ = w.Close()
		for _, o := range []xlsx.Options{{}, {NoHeader: true, Merged: xlsx.FillMerged}} {
			r, err := xlsx.NewReader(bytes.NewReader(b.Bytes()), o)
			if err != nil {
				continue
			}
			n := 0
			for rec, err := range r.Records() {
				if n++; n > 2000 {
					break
				}
				if _, ok := errors.AsType[*flatfile.RowError](err); err != nil && !ok {
					continue
				}
				for i := range rec.Fields() {
					_, _ = rec.Text(i)
					_ = rec.Place(i)
				}
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
