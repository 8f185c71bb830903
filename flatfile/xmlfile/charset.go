package xmlfile

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/batchgate/batchgate/flatfile/internal/window"
)

// charset is how the bytes of a file become UTF-8, and how many bytes of the file some UTF-8 was.
type charset struct {
	name     string
	encoding encoding.Encoding // nil: UTF-8
	size     func(b []byte) int64
}

var utf8Set = charset{name: "utf-8", size: window.Plain}

// utf16 gives one of the two byte orders.
func utf16(e unicode.Endianness) charset {
	name := "utf-16be"
	if e == unicode.LittleEndian {
		name = "utf-16le"
	}
	return charset{name: name, encoding: unicode.UTF16(e, unicode.IgnoreBOM), size: window.UTF16}
}

// lookupCharset finds a set by a name that IANA knows, or one that is usual for it.
func lookupCharset(name string) (charset, error) {
	plain := strings.ToLower(strings.TrimSpace(name))
	switch plain {
	case "utf-8", "utf8":
		return utf8Set, nil
	case "us-ascii", "ascii":
		return charset{name: "us-ascii", size: window.Plain}, nil
	case "utf-16le", "utf-16", "utf16", "ucs-2", "unicode":
		return utf16(unicode.LittleEndian), nil
	case "utf-16be":
		return utf16(unicode.BigEndian), nil
	case "windows-28591", "latin1", "latin-1":
		plain = "iso-8859-1"
	}
	if number, ok := strings.CutPrefix(plain, "cp"); ok {
		plain = "ibm" + number
		if len(number) == 4 && number[0] == '1' && number[1] == '2' {
			plain = "windows-" + number
		}
	}
	e, err := ianaindex.IANA.Encoding(plain)
	if err != nil || e == nil {
		return charset{}, fmt.Errorf("the character set %q is not known", name)
	}
	if _, ok := e.(*charmap.Charmap); ok {
		return charset{name: plain, encoding: e, size: func(b []byte) int64 { return int64(utf8.RuneCount(b)) }}, nil
	}
	return charset{name: plain, encoding: e, size: func(b []byte) int64 {
		out, _ := encoding.ReplaceUnsupported(e.NewEncoder()).Bytes(b)
		return int64(len(out))
	}}, nil
}

var declaredEncoding = regexp.MustCompile(`^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']`)

// detected is what the first bytes of a file say.
type detected struct {
	set      charset
	mark     int    // bytes of its byte order mark
	declared string // what the declaration says, or ""
	fault    string // why this cannot be trusted, or ""
	hint     string
}

// detect finds out how a file is encoded, from its first bytes (XML 1.0, appendix F). want overrules it.
func detect(head []byte, want string) detected {
	d := family(head)
	declared := head
	if d.set.encoding != nil {
		declared, _, _ = transform.Bytes(d.set.encoding.NewDecoder(), head[d.mark:len(head)&^1])
	} else {
		declared = head[d.mark:]
	}
	if m := declaredEncoding.FindSubmatch(declared); m != nil {
		d.declared = string(m[1])
	}
	if want != "" {
		set, _ := lookupCharset(want)
		if strings.HasPrefix(set.name, "utf-16") && strings.HasPrefix(d.set.name, "utf-16") {
			set = d.set
		}
		d.set = set
		return d
	}
	if d.declared == "" {
		if d.set.name == "ibm037" {
			d.fault = "the file is EBCDIC and declares no character set"
		}
		return d
	}
	set, err := lookupCharset(d.declared)
	wide := strings.HasPrefix(d.set.name, "utf-16")
	switch {
	case err != nil:
		d.fault, d.hint = err.Error(), "say `charset:` with the set that the file is written in"
	case strings.HasPrefix(set.name, "utf-16") && wide:
	case strings.HasPrefix(set.name, "utf-16") != wide:
		d.fault = fmt.Sprintf("the file declares %s, and its bytes are %s", d.declared, d.set.name)
		d.hint = "say `charset:` with the set that the file is written in"
	case d.mark > 0 && set.encoding != nil:
		d.fault = fmt.Sprintf("the file declares %s, and has the byte order mark of utf-8", d.declared)
		d.hint = "say `charset:` with the set that the file is written in"
	default:
		d.set = set
	}
	return d
}

// family tells by byte order mark and first characters how to read the declaration.
func family(head []byte) detected {
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		return detected{set: utf8Set, mark: 3}
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return detected{set: utf16(unicode.BigEndian), mark: 2}
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		return detected{set: utf16(unicode.LittleEndian), mark: 2}
	case bytes.HasPrefix(head, []byte("\x00<\x00")):
		return detected{set: utf16(unicode.BigEndian)}
	case bytes.HasPrefix(head, []byte("<\x00")):
		return detected{set: utf16(unicode.LittleEndian)}
	case bytes.HasPrefix(head, []byte("\x4C\x6F\xA7\x94")): // <?xm
		set, _ := lookupCharset("ibm037")
		return detected{set: set}
	}
	return detected{set: utf8Set}
}

// decoded hands over a source as UTF-8. A byte that is no character becomes U+FFFD.
func (c charset) decoded(r io.Reader) io.Reader {
	if c.encoding == nil {
		return r
	}
	return transform.NewReader(r, c.encoding.NewDecoder())
}
