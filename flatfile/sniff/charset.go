package sniff

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/batchgate/batchgate/flatfile"
)

// decode finds the character set: a byte order mark, else a strict check for UTF-8, else what reads best. It gives the text
// as UTF-8; false where the bytes are no text.
func (g *Guess) decode(head []byte, whole bool) (string, bool) {
	for mark, name := range map[string]string{"\xEF\xBB\xBF": "utf-8", "\xFF\xFE": "utf-16le", "\xFE\xFF": "utf-16be"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			g.say("character set %s: its byte order mark is there", name)
			g.Charset = name
			return decodeAs(name, head), true
		}
	}
	if name := unmarked16(head); name != "" {
		g.Charset = name
		g.say("character set %s: every other byte is zero", name)
		return decodeAs(name, head), true
	}
	if looksEBCDIC(head) {
		return g.page(head), true
	}
	checked := head
	if !whole {
		for n := len(checked) - 1; n > len(checked)-4 && n > 0 && !utf8.RuneStart(checked[n]); n-- {
			checked = checked[:n]
		}
		checked = bytes.TrimRight(checked, "\xC2\xC3\xE2")
	}
	several := len(head) - utf8.RuneCount(checked)
	if utf8.Valid(checked) {
		g.Charset = "utf-8"
		switch {
		case bytes.IndexByte(head, 0) >= 0:
			g.say("there are zero bytes: the file is binary, or damaged")
			g.Charset = ""
			return "", false
		case several == len(head)-len(checked):
			g.say("character set utf-8 or any other: all bytes are ASCII")
		default:
			g.say("character set utf-8: it has characters of several bytes, and all are valid")
		}
		return string(checked), true
	}
	return g.singleByte(head)
}

// unmarked16 finds UTF-16 without its mark.
func unmarked16(head []byte) string {
	n := min(len(head), 4096) &^ 1
	var zeros [2]int
	for i := range n {
		if head[i] == 0 {
			zeros[i&1]++
		}
	}
	switch {
	case n < 8:
	case zeros[1] > n/2*8/10 && zeros[0] < n/20:
		return "utf-16le"
	case zeros[0] > n/2*8/10 && zeros[1] < n/20:
		return "utf-16be"
	}
	return ""
}

// looksEBCDIC tells EBCDIC by its blanks, digits and letters, which are no text in ASCII.
func looksEBCDIC(head []byte) bool {
	ebcdic, ascii := 0, 0
	for _, b := range head {
		switch {
		case b == 0x40 || b >= 0xF0 && b <= 0xF9 || b >= 0xC1 && b <= 0xC9 || b >= 0xD1 && b <= 0xD9 || b >= 0xE2 && b <= 0xE9 || b >= 0x81 && b <= 0xA9:
			ebcdic++
		case b == ' ' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b == '\n':
			ascii++
		}
	}
	return ebcdic > len(head)*6/10 && ascii < len(head)/10
}

func (g *Guess) ebcdic() bool {
	n := strings.TrimPrefix(g.Charset, "ibm")
	switch n {
	case "037", "273", "277", "278", "500":
		return true
	}
	return false
}

// page guesses the code page of EBCDIC: that in which most bytes are letters, digits or blanks.
func (g *Guess) page(head []byte) string {
	best, text, most := "", "", -1
	for _, name := range []string{"ibm037", "ibm278", "ibm273", "ibm277", "ibm500"} {
		decoded := decodeAs(name, head[:min(len(head), scored)])
		score := 0
		for _, r := range decoded {
			if unicode.IsLetter(r) && r != 'ª' && r != 'º' {
				score += 2
			} else if unicode.IsDigit(r) || r == ' ' {
				score++
			}
		}
		if score > most+3 { // so that signs alone decide nothing
			best, text, most = name, decoded, score
		}
	}
	g.Charset, text = best, decodeAs(best, head)
	g.say("character set EBCDIC: its blanks (0x40) and digits (0xF0 to 0xF9) are there")
	g.warn("%s is the page in which most bytes are letters; which one it is only the sender knows (278 Sweden and Finland, 277 Denmark and Norway, 273 Germany, 037 and 500 elsewhere)", best)
	return text
}

// scored is how many bytes are decoded for each set that is tried.
const scored = 64 << 10

// singleByte guesses among sets of one byte: the one whose bytes above 0x7F are letters among letters.
func (g *Guess) singleByte(head []byte) (string, bool) {
	best, text, most := "", "", 0
	for _, name := range []string{"windows-1252", "ibm850", "ibm437", "iso-8859-2"} {
		decoded := decodeAs(name, head[:min(len(head), scored)])
		if score := score(decoded); best == "" || score > most {
			best, text, most = name, decoded, score
		}
	}
	control := 0
	for _, b := range head {
		if b < 0x20 && b != '\t' && b != '\r' && b != '\n' && b != 0x1A {
			control++
		}
	}
	if control > len(head)/50 {
		g.say("%d of %d bytes are control characters: the file is binary", control, len(head))
		return "", false
	}
	g.Charset, text = best, decodeAs(best, head)
	g.say("character set %s: the bytes are no utf-8, and read best in it", best)
	g.warn("a set of one byte is a guess: compare a name with letters such as å, ö or ß")
	return text, true
}

// score says how much a text reads as one: letters beside letters, no signs within words.
func score(text string) int {
	runes := []rune(text)
	n := 0
	for i, r := range runes {
		if r < 0x80 {
			continue
		}
		beside := i > 0 && unicode.IsLetter(runes[i-1]) || i+1 < len(runes) && unicode.IsLetter(runes[i+1])
		switch {
		case r == utf8.RuneError:
			n -= 5
		case unicode.IsLetter(r) && strings.ContainsRune("åäöÅÄÖéÉüÜßæøÆØèàçñáíóúêâî", r) && beside:
			n += 3
		case unicode.IsLetter(r) && beside:
			n++
		case beside || r >= 0x2500 && r < 0x2600: // a frame of DOS
			n -= 2
		}
	}
	return n
}

// decodeAs decodes bytes for people to look at.
func decodeAs(name string, b []byte) string {
	l := flatfile.Layout{Charset: name, Length: max(len(b), 1), MaxRecord: max(len(b), 1), Types: []flatfile.RecordType{{Name: "x"}}}
	switch {
	case strings.HasPrefix(name, "utf-16"):
		return decode16(name, b)
	case name == "utf-8":
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	rec, err := flatfile.NewFixedReader(bytes.NewReader(b), l).Read()
	if err != nil {
		return ""
	}
	var out []byte
	for i := range len(b) { // one by one, as a byte may be no character
		n := len(out)
		if out, err = rec.AppendPart(out, i, 1, ""); err != nil {
			out = append(out[:n], "\uFFFD"...)
		}
	}
	return string(out)
}

func decode16(name string, b []byte) string {
	var out []rune
	b = bytes.TrimPrefix(bytes.TrimPrefix(b, []byte("\xFF\xFE")), []byte("\xFE\xFF"))
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(b[i]) | rune(b[i+1])<<8
		if name == "utf-16be" {
			r = rune(b[i])<<8 | rune(b[i+1])
		}
		out = append(out, r)
	}
	return string(out)
}
