package driver

import (
	"path"
	"strings"
)

// ValidName tells whether a name has the form that names of this package have: relative, with slashes, without empty,
// "." or ".." parts and without NUL bytes; "." alone is the root. It does not know what a server can store.
func ValidName(name string) bool {
	if name == "." {
		return true
	}
	if name == "" || strings.IndexByte(name, 0) >= 0 {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// Split gives the folder of a valid name and its last part: "in/a.edi" is "in" and "a.edi", "a.edi" is "." and "a.edi".
func Split(name string) (dir, base string) {
	dir, base = path.Split(name)
	if dir == "" {
		return ".", base
	}
	return strings.TrimSuffix(dir, "/"), base
}

// Join puts a last part under a folder: the reverse of Split.
func Join(dir, base string) string {
	if dir == "." {
		return base
	}
	return dir + "/" + base
}
