package directory

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/finding"
)

// services is how many service releases stand behind the directories on the shelf.
const services = 4

// UnknownError says that there is no such directory, message, group or segment.
type UnknownError struct {
	Kind    string // "directory", "message", "segment", "group", "element"
	Name    string
	Where   string // the directory, or the path in a message, that was searched; empty for a directory
	Nearest string // the nearest known name, empty when none is close
}

func (e *UnknownError) Error() string {
	text := fmt.Sprintf("unknown %s %q", e.Kind, e.Name)
	if e.Where != "" {
		text = fmt.Sprintf("%s has no %s %q", e.Where, e.Kind, e.Name)
	}
	if e.Nearest != "" {
		text += fmt.Sprintf("; nearest known: %s", e.Nearest)
	}
	return text
}

// Names gives the directories there are, "D.93A" to "D.24A", oldest first.
func Names() []string {
	names := theShelf().names
	return slices.Clone(names[:len(names)-services])
}

// Open gives an embedded directory by its name. "D.96A", "D:96A", "D96A", "d. 96a", "96A" and the beginning of a UNH's
// message identifier "D:96A:UN:EAN008" all mean the same; "service 3" is what OpenService gives. Another name gives an
// [UnknownError].
func Open(name string) (*Release, error) {
	s := theShelf()
	if i := slices.Index(s.names[:len(s.names)-services], plainName(name)); i >= 0 {
		return s.opened[i](), nil
	}
	if i := slices.Index(s.names, strings.ToLower(strings.TrimSpace(name))); i >= 0 {
		return s.opened[i](), nil
	}
	return nil, &UnknownError{Kind: "directory", Name: strings.TrimSpace(name), Nearest: nearestName(name, Names())}
}

// OpenService gives the service segments of a syntax version (0002), 1 to 4, with the messages CONTRL and, in syntax
// 4, AUTACK and KEYMAN.
func OpenService(syntax int) (*Release, error) {
	if syntax < 1 || syntax > services {
		return nil, &UnknownError{Kind: "syntax version", Name: strconv.Itoa(syntax), Nearest: "3"}
	}
	s := theShelf()
	return s.opened[len(s.opened)-services+syntax-1](), nil
}

// ParseName gives the name of a directory in the form that messages are matched with: what UNH says in 0052 and 0054 with a
// point between, "D.26A". Understood are also "D26A", "26A", "D:26A:UN", "d. 26a"; and "91.2", "91:2", "912", "2:912" and
// "1:901" for releases from before D.93A, 0052 of which was the version of the syntax in some. Another name is an error.
func ParseName(name string) (string, error) {
	plain := plainName(name)
	version, release, _ := strings.Cut(plain, ".")
	if version == "" || release == "" || len(version) > 3 || len(release) > 3 || !isWord(version) || !isWord(release) {
		return "", fmt.Errorf("%q is no name of a directory; write what UNH says in 0052 and 0054 with a point between, as D.26A", finding.Cut(name))
	}
	return plain, nil
}

// SameName tells whether two names, of whatever form, are those of one directory.
func SameName(a, b string) bool { return plainName(a) == plainName(b) }

func isWord(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }) < 0
}

var (
	yearName = regexp.MustCompile(`^([DS]?)\.?(\d\d[A-Z])$`)
	// The years 80 to 92 and a number, and in front 1 or 2, which some of their messages have as their version.
	oldName = regexp.MustCompile(`^(?:[12]\.)?([89]\d)\.?(\d)$`)
)

// plainName gives a name in the form of ParseName, and what is no name as it is, in capitals.
func plainName(name string) string {
	parts := strings.SplitN(strings.ToUpper(strings.TrimSpace(name)), ":", 3)
	plain := strings.NewReplacer(" ", "", "-", "", "_", "", "/", "").Replace(strings.Join(parts[:min(len(parts), 2)], "."))
	if m := yearName.FindStringSubmatch(plain); m != nil {
		return cmp.Or(m[1], "D") + "." + m[2]
	}
	if m := oldName.FindStringSubmatch(plain); m != nil {
		return m[1] + "." + m[2]
	}
	return plain
}

// yearOf reads the year and letter of a name.
func yearOf(name string) (year int, letter byte, ok bool) {
	m := yearName.FindStringSubmatch(plainName(name))
	if m == nil {
		return 0, 0, false
	}
	year, _ = strconv.Atoi(m[2][:2]) // two digits
	return year, m[2][2], true
}

// nearestName gives the known directory nearest in time, or nearest in spelling.
func nearestName(name string, names []string) string {
	year, letter, ok := yearOf(name)
	if !ok || year > 50 && year < 88 { // no year of a directory: a slip of the hand
		if near := finding.Nearest(name, names); near != "" || !oldName.MatchString(plainName(name)) {
			return near
		}
		return names[0]
	}
	best, distance := "", 1<<30
	for _, known := range names {
		y, l, ok := yearOf(known)
		if !ok {
			continue
		}
		d := age(y, l) - age(year, letter)
		if d = max(d, -d); d < distance {
			best, distance = known, d
		}
	}
	return best
}

// age counts thirds of years, with 93 to 99 before 00.
func age(year int, letter byte) int {
	if year < 80 {
		year += 100
	}
	return year*3 + int(letter-'A')
}
