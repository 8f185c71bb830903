package document

import (
	"encoding/binary"
	"errors"
)

// AppendBinary appends the document in a compact form for use within one run: scratch files and sorting. It is not a
// format to keep; keep JSON.
func (d *Document) AppendBinary(dst []byte) []byte { return d.appendBinary(dst) }

func (g *Group) appendBinary(dst []byte) []byte {
	for slot := range g.values {
		v := &g.values[slot]
		items := []*Group(nil)
		if g.lists != nil {
			items = g.lists[slot]
		}
		if v.kind == missing && len(items) == 0 {
			continue
		}
		dst = append(dst, byte(slot+1), byte(v.kind))
		switch v.kind {
		case missing:
			dst = binary.AppendUvarint(dst, uint64(len(items)))
			for _, item := range items {
				dst = item.appendBinary(dst)
			}
		case number:
			if v.num.big == nil {
				dst = append(dst, v.num.scale)
				dst = binary.AppendVarint(dst, v.num.coef)
				continue
			}
			text := v.num.String()
			dst = append(dst, longNumber)
			dst = binary.AppendUvarint(dst, uint64(len(text)))
			dst = append(dst, text...)
		case boolean:
			dst = append(dst, v.Text()[0])
		case textual, moment:
			dst = binary.AppendUvarint(dst, uint64(len(v.text)))
			dst = append(dst, v.text...)
		}
	}
	return append(dst, 0)
}

// longNumber stands where the scale of a short number would stand.
const longNumber = 255

var errBinary = errors.New("document: damaged binary form")

// ReadBinary fills a reset document of the same kind from what AppendBinary gave. Texts share the memory of b.
func (d *Document) ReadBinary(b []byte) error {
	_, err := d.readBinary(b)
	return err
}

func (g *Group) readBinary(b []byte) ([]byte, error) {
	for {
		if len(b) == 0 {
			return nil, errBinary
		}
		slot := int(b[0]) - 1
		if slot < 0 {
			return b[1:], nil
		}
		if len(b) < 2 || slot >= len(g.values) {
			return nil, errBinary
		}
		kind := valueKind(b[1])
		b = b[2:]
		var err error
		if kind == missing {
			b, err = g.readItems(slot, b)
		} else {
			b, err = g.values[slot].readBinary(kind, b)
		}
		if err != nil {
			return nil, err
		}
	}
}

func (g *Group) readItems(slot int, b []byte) ([]byte, error) {
	n, b, err := readLength(b)
	if err != nil {
		return nil, err
	}
	for range n {
		item := g.Add(g.shape.Fields[slot].Name)
		if b, err = item.readBinary(b); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (v *Value) readBinary(kind valueKind, b []byte) ([]byte, error) {
	v.kind = kind
	switch kind {
	case number:
		if len(b) == 0 {
			return nil, errBinary
		}
		if scale := b[0]; scale != longNumber {
			coef, n := binary.Varint(b[1:])
			if n <= 0 {
				return nil, errBinary
			}
			v.num = Decimal{coef: coef, scale: scale}
			return b[1+n:], nil
		}
		text, rest, err := readText(b[1:])
		if err != nil {
			return nil, err
		}
		v.num, err = ParseDecimal(string(text))
		return rest, err
	case boolean:
		if len(b) == 0 {
			return nil, errBinary
		}
		v.flag = b[0] == 't'
		return b[1:], nil
	case textual, moment:
		text, rest, err := readText(b)
		v.text = shared(text)
		return rest, err
	case empty:
		return b, nil
	}
	return nil, errBinary
}

func readText(b []byte) (text, rest []byte, err error) {
	n, b, err := readLength(b)
	if err != nil {
		return nil, nil, err
	}
	if n > len(b) {
		return nil, nil, errBinary
	}
	return b[:n], b[n:], nil
}

func readLength(b []byte) (int, []byte, error) {
	n, used := binary.Uvarint(b)
	if used <= 0 || n > 1<<31 {
		return 0, nil, errBinary
	}
	return int(n), b[used:], nil
}
