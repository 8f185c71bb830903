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
	"os"
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

// report copies the results, and tells whether all went well: nothing failed, and some package was tested.
func report(in io.Reader, out io.Writer) (ok bool, err error) {
	lines := bufio.NewReader(in)
	said := map[test][]string{} // what a test says is shown when it fails
	var skips []string
	passed, failed := 0, false
	for {
		line, readErr := lines.ReadBytes('\n')
		var e event
		if len(line) > 0 && json.Unmarshal(line, &e) != nil {
			fmt.Fprintf(out, "%s", line) // of go itself
		}
		t := test{e.Package, e.Test}
		switch {
		case e.Action == "output" && e.Test != "":
			said[t] = append(said[t], e.Output)
		case e.Action == "output" && e.Output != "PASS\n", e.Action == "build-output":
			fmt.Fprint(out, e.Output)
		case e.Action == "fail" || e.Action == "build-fail":
			failed = true
			fmt.Fprint(out, strings.Join(said[t], ""))
			delete(said, t)
		case e.Action == "skip" && e.Test != "":
			skips = append(skips, fmt.Sprintf("  %s %s: %s\n", e.Package, e.Test, reason(said[t])))
			delete(said, t)
		case e.Action == "pass":
			if e.Test == "" {
				passed++
			}
			delete(said, t)
		}
		if readErr == io.EOF {
			break
		}
		if readErr != nil {
			return false, fmt.Errorf("read the events of go test: %w", readErr)
		}
	}
	fmt.Fprintf(out, "%d tests skipped\n%s", len(skips), strings.Join(skips, ""))
	return passed > 0 && !failed, nil
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
