package xmlfile

import (
	"bytes"
)

// Head reads as much of the root element as stands in the first bytes of a file, to tell what the file is. It gives nil
// when they do not begin an XML file. names gives the parts of the names in it.
func Head(b []byte, o Options) (tree *Tree, names func(Name) (space, local string)) {
	o.Record, o.Keep = "", nil
	r := NewReader(bytes.NewReader(b), o)
	rec, err := r.Read()
	if err != nil && rec == nil && r.rec.Len() > 0 && r.number == 1 {
		rec = &r.rec
		rec.raw = r.s.w.Data()
		rec.cut(uint32(min(r.s.p, len(rec.raw))))
	}
	if rec == nil || rec.Len() == 0 {
		return nil, nil
	}
	return &rec.Tree, r.NameOf
}
