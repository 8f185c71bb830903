package document

import (
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// Fingerprint is a 64-bit hash over all mapped values. Equal documents have equal fingerprints on every machine and in
// every release that has the same table: numbers count by amount (1.0 as 1.00), origins do not count.
func (d *Document) Fingerprint() uint64 {
	var buf [512]byte
	return xxh3.Hash(d.appendPlain(append(buf[:0], d.Kind...)))
}

// appendPlain appends slot numbers and values, each delimited, so that no two documents give the same bytes.
func (g *Group) appendPlain(dst []byte) []byte {
	for slot := range g.values {
		v := &g.values[slot]
		items := []*Group(nil)
		if g.lists != nil {
			items = g.lists[slot]
		}
		if v.kind == missing && len(items) == 0 || g.shape.Fields[slot].Volatile {
			continue
		}
		dst = binary.AppendUvarint(dst, uint64(slot)+1)
		dst = append(dst, byte(v.kind))
		text := v.text
		switch v.kind {
		case number:
			at := len(dst)
			dst = append(dst, 0)
			dst = v.num.Reduce().Append(dst)
			dst[at] = byte(len(dst) - at)
		case boolean:
			dst = append(dst, v.Text()[0])
		case textual, moment:
			dst = binary.AppendUvarint(dst, uint64(len(text)))
			dst = append(dst, text...)
		}
		dst = binary.AppendUvarint(dst, uint64(len(items)))
		for _, item := range items {
			dst = item.appendPlain(append(dst, '{'))
			dst = append(dst, '}')
		}
	}
	return dst
}
