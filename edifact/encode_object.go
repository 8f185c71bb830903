package edifact

import (
	"fmt"
	"io"
	"strconv"
)

// due is an object that has been announced by its header and not yet written.
type due struct {
	header string // UNO or USD; "" when none is due
	length int64
}

// announce reads what UNO or USD says of its object; ISO 9735-8, 0810, and ISO 9735-7, 0556.
func announce(b *Builder) (due, error) {
	d := due{header: b.tag}
	length := b.at(3, 0)
	if b.tag == "USD" {
		length = b.at(0, 0)
	}
	var err error
	if d.length, err = strconv.ParseInt(length, 10, 64); err != nil || d.length < 0 {
		return d, refuse(b.tag, ErrValue, "an object needs the number of its bytes (0810 in UNO, 0556 in USD)")
	}
	if b.tag == "UNO" && b.at(0, 0) == "" {
		return d, refuse(b.tag, ErrValue, "UNO needs a reference (0800)")
	}
	return d, nil
}

// WriteObject writes a binary object: its header, its bytes, and its trailer. The header is UNO with the number of bytes in
// 0810, the first component of the fourth element, or USD for encrypted data with the number in 0556, the first element.
// Objects with segments of security around them are written by WriteSegment and CopyObject.
func (e *Encoder) WriteObject(header *Builder, r io.Reader) error {
	length, reference, trailer := header.at(3, 0), header.at(0, 0), "UNP"
	switch header.tag {
	case "UNO":
	case "USD":
		length, reference, trailer = header.at(0, 0), header.at(1, 0), "USU"
	default:
		return refuse(header.tag, ErrValue, "an object begins with UNO or USD")
	}
	if err := e.WriteSegment(header); err != nil {
		return err
	}
	if err := e.CopyObject(r); err != nil {
		return err
	}
	return e.WriteSegment(new(Builder).Reset(trailer).Element(length).Element(reference))
}

// CopyObject writes the bytes of an object. Behind UNO or USD that WriteSegment wrote they have to be as many as it says;
// when there are more or fewer the file is lost. Behind one that was copied they are taken as they are.
func (e *Encoder) CopyObject(r io.Reader) error {
	if err := e.Flush(); err != nil {
		return err
	}
	d := e.due
	e.due = due{}
	if d.header == "" {
		if _, err := io.Copy(direct{e}, r); err != nil {
			e.err = fmt.Errorf("copy binary object: %w", err)
		}
		return e.err
	}
	n, err := io.Copy(direct{e}, io.LimitReader(r, d.length))
	if err == nil && n < d.length {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		if more, _ := r.Read(make([]byte, 1)); more > 0 {
			err = refuse(d.header, ErrValue, fmt.Sprintf("the object is longer than %d bytes", d.length))
		}
	}
	if err != nil {
		e.err = fmt.Errorf("write binary object: %w", err)
	}
	return e.err
}
