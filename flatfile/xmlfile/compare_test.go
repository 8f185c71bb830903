package xmlfile_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html/charset"

	"github.com/batchgate/batchgate/flatfile/xmlfile"
	"github.com/batchgate/batchgate/internal/sharedtest"
)

// outline writes an element in a form in which two readers can be compared.
func outline(b *strings.Builder, t *xmlfile.Tree, i int) {
	fmt.Fprintf(b, "<{%s}%s", t.Space(i), t.Local(i))
	from, to := t.Attrs(i)
	for k := from; k < to; k++ {
		fmt.Fprintf(b, " %s=%q", t.AttrLocal(k), t.AttrText(k))
	}
	fmt.Fprintf(b, ">%q", t.Text(i))
	for c := range t.Children(i) {
		outline(b, t, c)
	}
	b.WriteString("</>")
}

// theirs is the same of encoding/xml. Its errors are not of interest: what it takes, we compare.
func theirs(file []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(file))
	d.CharsetReader = charset.NewReaderLabel
	type open struct {
		head, text strings.Builder
		inner      strings.Builder
	}
	var stack []*open
	var out string
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			o := &open{}
			fmt.Fprintf(&o.head, "<{%s}%s", tok.Name.Space, tok.Name.Local)
			for _, a := range tok.Attr {
				if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
					continue
				}
				fmt.Fprintf(&o.head, " %s=%q", a.Name.Local, strings.NewReplacer("\t", " ", "\n", " ").Replace(a.Value))
			}
			stack = append(stack, o)
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text.Write(tok)
			}
		case xml.EndElement:
			o := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			whole := fmt.Sprintf("%s>%q%s</>", o.head.String(), o.text.String(), o.inner.String())
			if len(stack) == 0 {
				out = whole
			} else {
				stack[len(stack)-1].inner.WriteString(whole)
			}
		}
	}
}

// ours reads a file whose root is its record.
func ours(r io.Reader) (string, error) {
	rd := xmlfile.NewReader(r, xmlfile.Options{})
	var b strings.Builder
	for rec, err := range rd.Records() {
		if err != nil {
			return "", err
		}
		outline(&b, &rec.Tree, 0)
	}
	return b.String(), nil
}

func TestEverySampleReadsAsEncodingXMLReadsIt(t *testing.T) {
	files := sharedtest.Files(t, "samples/*/*.xml")
	same, refused := 0, 0
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := theirs(file)
		got, err := ours(bytes.NewReader(file))
		switch {
		case err != nil && wantErr != nil:
			refused++
			t.Logf("%s is refused by both: %v; %v", filepath.Base(name), err, wantErr)
		case err != nil || wantErr != nil:
			t.Errorf("%s: %v, and encoding/xml says %v", name, err, wantErr)
		case got != want:
			t.Errorf("%s reads otherwise:\n%.600s\n%.600s", name, got, want)
		default:
			same++
		}
	}
	t.Logf("%d files read equal, %d are refused by both", same, refused)
	if same < 149 {
		t.Errorf("only %d files read", same)
	}
}
