package transports

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/batchgate/batchgate/transports/driver"
)

const (
	// OwnFolder is the name of the folder that batchgate keeps for itself inside an endpoint.
	OwnFolder = ".batchgate"
	// TempSuffix ends every temporary name.
	TempSuffix = ".batchgate"
)

const (
	// maxBase is the longest last part of a name, in bytes, that nearly all systems store.
	maxBase = 255
	// maxTempBase is the longest final name that is kept whole inside its temporary name.
	maxTempBase = 200
)

// TempName gives the temporary name for a final one, in the same folder: "out/ORD12.EDI" gives
// "out/.ORD12.EDI.batchgate". The same final name always gives the same temporary name, so that staging may be repeated
// after a crash. A very long name is cut, and a piece of its hash keeps it apart from others.
func TempName(final string) string {
	dir, base := driver.Split(final)
	if len(base) > maxTempBase {
		sum := sha256.Sum256([]byte(base))
		base = cut(base, maxTempBase-17) + "-" + hex.EncodeToString(sum[:8])
	}
	return driver.Join(dir, "."+base+TempSuffix)
}

// Beside gives the name of a small file about another, in the same folder: "failed/a.edi" and ".reason.txt" give
// "failed/a.edi.reason.txt". A name that would be too long for most systems is cut before the suffix.
func Beside(name, suffix string) string {
	dir, base := driver.Split(name)
	return driver.Join(dir, cut(base, maxBase-len(suffix))+suffix)
}

// cut shortens a name to at most n bytes, at the edge of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	n = max(n, 0)
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// IsTemp tells whether a path is a temporary name: one that TempName gives, or any inside an OwnFolder.
func IsTemp(name string) bool {
	_, base := driver.Split(name)
	return isTempBase(base) || inOwnFolder(name)
}

func isTempBase(base string) bool {
	return strings.HasPrefix(base, ".") && strings.HasSuffix(base, TempSuffix) && len(base) > len(TempSuffix)
}

// inOwnFolder tells whether a name lies inside an OwnFolder, at any depth.
func inOwnFolder(name string) bool {
	dir, _ := driver.Split(name)
	for part := range strings.SplitSeq(dir, "/") {
		if part == OwnFolder {
			return true
		}
	}
	return false
}

// refuseBase gives the reason why a name out of a listing cannot be used in a path, or "". A server may list anything.
func refuseBase(base string) string {
	switch {
	case base == "":
		return "the name is empty"
	case strings.IndexByte(base, 0) >= 0:
		return "the name holds a NUL byte"
	case strings.Contains(base, "/"):
		return "the name holds a slash"
	}
	for part := range strings.SplitSeq(base, `\`) {
		if part == ".." || base == "." {
			return "the name leads to another folder"
		}
	}
	return ""
}

// DisplayName gives a name for people, logs and texts that must be valid UTF-8: what a reader cannot see or what could
// mislead (control characters, line ends, invisible or direction-changing characters, unusual blanks, bytes that are not
// UTF-8) is written as an escape like \n, \xff or \u202e, and a backslash is doubled. Everything else stays.
// OriginalName is its exact reverse.
func DisplayName(name string) string {
	if isPlain(name) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, name[i])
		case r == '\\':
			b.WriteString(`\\`)
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += size
	}
	return b.String()
}

func isPlain(name string) bool {
	for i := range len(name) {
		if c := name[i]; c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}

// OriginalName gives back the name that DisplayName made readable.
func OriginalName(display string) (string, error) {
	if !strings.Contains(display, `\`) {
		return display, nil
	}
	var b strings.Builder
	for rest := display; rest != ""; {
		if rest[0] != '\\' {
			n := strings.IndexByte(rest, '\\')
			if n < 0 {
				n = len(rest)
			}
			b.WriteString(rest[:n])
			rest = rest[n:]
			continue
		}
		r, multibyte, tail, err := strconv.UnquoteChar(rest, 0)
		if err != nil {
			return "", fmt.Errorf("name %q: unknown escape at byte %d; write a backslash as two", display, len(display)-len(rest))
		}
		if multibyte || r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		rest = tail
	}
	return b.String(), nil
}
