package xmlfile_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// FuzzRead holds a file against encoding/xml: what both read is equal, and a file that we read whole is one that it reads.
func FuzzRead(f *testing.F) {
	for _, s := range []string{stock, "<a/>", "<a b='1>2' c=\"'\"><!-- <b> -->x<![CDATA[]]]]>&lt;&#xe4;\r\n<b>\r</b></a>", "\xEF\xBB\xBF<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
		"<a><b>1</b><b>2</c><b>3</b></a>", "<a xmlns='u' xmlns:p='v'><p:b p:c='1' c='2'/></a>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := ours(bytes.NewReader(file))
		if short, shortErr := ours(&onePerRead{b: file}); short != got || (err == nil) != (shortErr == nil) {
			t.Fatalf("short reads give %q %v, not %q %v", short, shortErr, got, err)
		}
		if err != nil {
			return
		}
		want, wantErr := theirs(file)
		if wantErr == nil && got != want && !knownDifference(file) {
			t.Fatalf("reads %q\nnot   %q", got, want)
		}
	})
}

// knownDifference tells files that encoding/xml reads otherwise than the specification has it: it takes a name without a
// declared prefix for one with its prefix as namespace, and its places of line ends in attributes and CDATA differ.
func knownDifference(file []byte) bool {
	return bytes.ContainsAny(file, "\r") || bytes.Contains(file, []byte("&#")) || bytes.Contains(file, []byte("xmlns"))
}

// onePerRead gives one byte a read.
type onePerRead struct{ b []byte }

func (r *onePerRead) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	p[0] = r.b[0]
	r.b = r.b[1:]
	return 1, nil
}

// FuzzRecords reads records of anything and makes files of the broken ones.
func FuzzRecords(f *testing.F) {
	f.Add([]byte(stock))
	f.Add([]byte("<S><I><A>1</B></I><I/><H><I></H></S>"))
	f.Add([]byte("<S><!-- <I> --><I>&x;</I>\n<I><I>2</I></I><X><Y></Y></X></S>"))
	f.Fuzz(func(t *testing.T, file []byte) {
		o := xmlfile.Options{Record: "S/I", MaxRecord: 200, MaxDepth: 5}
		total, broken := 0, map[int64]bool{}
		r := xmlfile.NewReader(bytes.NewReader(file), o)
		var last error
		for rec, err := range r.Records() {
			if err == nil || errors.As(err, new(*flatfile.RowError)) {
				total++
				if err != nil {
					broken[rec.Number()] = true
				}
				for i := range rec.Len() {
					p := rec.TextPlace(i)
					if p.Offset < 0 || p.Offset+int64(p.Length) > int64(len(file)) && r.Charset() == "utf-8" {
						t.Fatalf("place %+v is outside of %d bytes", p, len(file))
					}
				}
				continue
			}
			last = err
		}
		var out bytes.Buffer
		n, err := xmlfile.CopyFailed(&out, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }, o, func(n int64) bool { return broken[n] })
		if err != nil || n != len(broken) {
			t.Fatalf("%d of %d broken records copied: %v", n, len(broken), err)
		}
		if last != nil || r.Charset() != "utf-8" {
			return
		}
		again, faults, err := read(t, bytes.NewReader(out.Bytes()), o)
		if err != nil || len(again) > 0 && !strings.Contains(string(file), "<I") || len(faults) < len(broken) {
			t.Fatalf("%d good and %d faults in the file of %d broken records of %d: %v\n%q", len(again), len(faults), len(broken), total, err, out.Bytes())
		}
	})
}
