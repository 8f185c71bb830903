package option

import (
	"errors"
	"fmt"
	"strings"
)

// Reference says where a value that does not stand in a profile is found.
type Reference struct {
	Env  string // name of an environment variable
	File string // path of a file
}

// String gives the reference as it stands in a profile. It holds no secret.
func (r Reference) String() string {
	switch {
	case r.Env != "":
		return "env:" + r.Env
	case r.File != "":
		return "file:" + r.File
	}
	return ""
}

// IsReference tells whether a text has the form of a reference.
func IsReference(s string) bool {
	return strings.HasPrefix(s, "env:") || strings.HasPrefix(s, "file:") || strings.HasPrefix(s, "age:")
}

// SecretRule is the rule of findings about a line that holds a secret.
const SecretRule = "option.secret"

// hidden is an error about a value that must not be repeated.
type hidden struct{ error }

// Hide marks the error of a check whose value may be a secret: the finding repeats neither the value nor its line.
func Hide(err error) error { return &hidden{err} }

var errLiteral = errors.New("is a secret and stands in the file itself; put it into an environment variable and write env:NAME, or into a file and write file:PATH")

// ParseReference reads env:NAME or file:PATH. The error ends the sentence "name "value" ...".
func ParseReference(s string) (Reference, error) {
	kind, rest, ok := strings.Cut(s, ":")
	if !ok || !IsReference(s) {
		return Reference{}, Hide(errLiteral)
	}
	switch {
	case kind == "age":
		return Reference{}, fmt.Errorf("is encrypted with age, which is not supported yet; use env:NAME or file:PATH")
	case rest == "":
		return Reference{}, fmt.Errorf("names nothing; write %s:NAME", kind)
	case strings.ContainsAny(rest, "\x00\n\r"):
		return Reference{}, fmt.Errorf("holds a line end or a NUL character")
	case kind == "env":
		if strings.ContainsAny(rest, "= \t") {
			return Reference{}, fmt.Errorf("is not the name of an environment variable")
		}
		return Reference{Env: rest}, nil
	}
	return Reference{File: rest}, nil
}

// maxSecret is the largest secret that is read from a file, in bytes: private keys and certificates fit.
const maxSecret = 64 << 10

// Lookup is where references are looked up.
type Lookup struct {
	Getenv   func(name string) (string, bool)
	ReadFile func(path string) ([]byte, error)
}

// Resolve gives the value of a reference. Line ends at the end of a file do not belong to the value. Errors name the
// variable or file and never hold a value.
func (l Lookup) Resolve(r Reference) (string, error) {
	if r.Env != "" {
		value, ok := l.Getenv(r.Env)
		if !ok || value == "" {
			return "", fmt.Errorf("environment variable %s is not set; set it for the account that runs batchgate", r.Env)
		}
		return value, nil
	}
	b, err := l.ReadFile(r.File)
	switch {
	case err != nil:
		return "", fmt.Errorf("secret file: %w", err)
	case len(b) > maxSecret:
		return "", fmt.Errorf("secret file %s has %d bytes, more than %d", r.File, len(b), maxSecret)
	}
	value := strings.TrimRight(string(b), "\r\n")
	if value == "" {
		return "", fmt.Errorf("secret file %s is empty", r.File)
	}
	return value, nil
}
