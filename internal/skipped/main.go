// Command skipped reads the events of go test -json. It prints what go test prints without it, and behind that which tests
// were skipped, why, and how many. It fails where go test fails.
//
//	go test -json ./... | go run ./internal/skipped
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

func main() {
	ok, err := report(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "skipped:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// event is a line of go test -json (go doc cmd/test2json).
type event struct {
	Action, Package, Test, Output string
}

type test struct{ pkg, name string }

// report copies the results, and tells whether all went well: some package was tested, none failed, and each came to its end.
func report(in io.Reader, out io.Writer) (ok bool, err error) {
	lines := bufio.NewReader(in)
	s := summary{out: out, said: map[test][]string{}, begun: map[string]bool{}}
	for {
		line, readErr := lines.ReadBytes('\n')
		var e event
		if len(line) > 0 && json.Unmarshal(line, &e) != nil {
			fmt.Fprintf(out, "%s", line) // of go itself
		}
		s.add(e)
		if readErr == io.EOF {
			break
		}
		if readErr != nil {
			return false, fmt.Errorf("read the events of go test: %w", readErr)
		}
	}
	return s.end(), nil
}

// summary is what events have told so far.
type summary struct {
	out    io.Writer
	said   map[test][]string // of tests that did not end yet: it is shown when they fail
	begun  map[string]bool   // packages that did not end yet
	skips  []string
	passed bool
	failed bool
}

func (s *summary) add(e event) {
	t := test{e.Package, e.Test}
	switch e.Action {
	case "start":
		s.begun[e.Package] = true
	case "output":
		if e.Test != "" {
			s.said[t] = append(s.said[t], e.Output)
		} else if e.Output != "PASS\n" {
			fmt.Fprint(s.out, e.Output)
		}
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "build-fail":
		s.failed = true
	case "fail", "skip", "pass":
		s.ended(e.Action, t)
	}
}

// ended notes the end of a test, or of a package: there the name is empty, and skip means that it has no tests.
func (s *summary) ended(how string, t test) {
	switch {
	case how == "fail":
		s.failed = true
		fmt.Fprint(s.out, strings.Join(s.said[t], ""))
	case how == "skip" && t.name != "":
		s.skips = append(s.skips, fmt.Sprintf("  %s %s: %s\n", t.pkg, t.name, reason(s.said[t])))
	case how == "pass" && t.name == "":
		s.passed = true
	}
	delete(s.said, t)
	if t.name == "" {
		delete(s.begun, t.pkg)
	}
}

func (s *summary) end() (ok bool) {
	for _, pkg := range slices.Sorted(maps.Keys(s.begun)) {
		fmt.Fprintf(s.out, "%s did not come to its end\n", pkg)
	}
	fmt.Fprintf(s.out, "%d tests skipped\n%s", len(s.skips), strings.Join(s.skips, ""))
	return s.passed && !s.failed && len(s.begun) == 0
}

// reason gives what a test said before it was skipped: its last line that go test did not write.
func reason(said []string) string {
	why := "no reason given"
	for _, line := range said {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			why = line
		}
	}
	return why
}
