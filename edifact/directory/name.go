package directory

import (
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

// Open gives a directory by its name. "D.96A", "D:96A", "D96A", "d.96a", "96A" and the beginning of a UNH's message
// identifier "D:96A:UN:EAN008" all mean the same. Another name gives an [UnknownError].
func Open(name string) (*Release, error) {
	s := theShelf()
	name = strings.TrimSpace(name)
	year, letter, ok := parseName(name)
	if ok {
		if i := slices.Index(s.names, fmt.Sprintf("D.%02d%c", year, letter)); i >= 0 && strings.IndexByte("Dd0123456789", name[0]) >= 0 {
			return s.opened[i](), nil
		}
	}
	return nil, &UnknownError{Kind: "directory", Name: name, Nearest: nearestName(name)}
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

// Opener gives a function that opens some releases of one's own by their names, and all others with Open.
func Opener(own ...*Release) func(name string) (*Release, error) {
	return func(name string) (*Release, error) {
		for _, r := range own {
			if plainName(r.name) == plainName(name) {
				return r, nil
			}
		}
		return Open(name)
	}
}

// plainName gives a name without what stands between its parts: "D26A" for D.26A, D:26A and D:26A:UN.
func plainName(name string) string {
	parts := strings.SplitN(strings.ToUpper(name), ":", 3)
	plain := parts[0]
	if len(parts) > 1 {
		plain += parts[1]
	}
	return strings.NewReplacer(".", "", " ", "", "-", "", "_", "").Replace(plain)
}

// parseName reads a year and a letter out of a directory's name, whatever stands between and before them.
func parseName(name string) (year int, letter byte, ok bool) {
	plain := strings.ToUpper(strings.NewReplacer(".", "", " ", "", "-", "", "_", "", "/", "").Replace(name))
	parts := strings.Split(plain, ":")
	if plain = parts[0]; len(parts) > 1 && len(plain) == 1 {
		plain += parts[1]
	}
	plain = strings.TrimLeft(plain, "DS")
	if len(plain) != 3 || plain[2] < 'A' || plain[2] > 'C' {
		return 0, 0, false
	}
	year, err := strconv.Atoi(plain[:2])
	return year, plain[2], err == nil && year >= 0
}

// oldName is what directories before D.93A are called in UNH: 91:2, 1:901, 90.1.
var oldName = regexp.MustCompile(`^(?:[12]:)?[89]\d[.:]?\d?$`)

// nearestName gives the known directory nearest in time, or nearest in spelling.
func nearestName(name string) string {
	year, letter, ok := parseName(name)
	if !ok {
		if near := finding.Nearest(name, Names()); near != "" || !oldName.MatchString(name) {
			return near
		}
		return Names()[0]
	}
	best, distance := "", 1<<30
	for _, known := range Names() {
		y, l, _ := parseName(known)
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
