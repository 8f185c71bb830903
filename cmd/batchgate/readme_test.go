package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// The commands of the README are run as they stand there, from the repository's root, and must print what it says.
func TestReadmeShowsWhatTheCommandsPrint(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../..")
	ran := 0
	lines := strings.Split(string(readme), "\n")
	for i, line := range lines {
		command, ok := strings.CutPrefix(line, "    $ bin/batchgate ")
		if !ok || strings.HasPrefix(command, "sandbox") { // the sandbox runs until it is interrupted; it has its own test
			continue
		}
		var want []string
		for _, l := range lines[i+1:] {
			shown, ok := strings.CutPrefix(l, "    ")
			if !ok {
				break
			}
			want = append(want, shown)
		}
		command, filter, filtered := strings.Cut(command, " | grep ")
		var out, talk bytes.Buffer
		run(t.Context(), strings.Fields(command), streams{strings.NewReader(""), &out, &talk})
		got := strings.Split(strings.TrimRight(out.String()+talk.String(), "\n"), "\n")
		if filtered {
			got = got[:0]
			for l := range strings.Lines(out.String()) {
				if strings.Contains(l, filter) {
					got = append(got, strings.TrimRight(l, "\n"))
				}
			}
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s prints\n%s\nthe README says\n%s", command, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		ran++
	}
	if ran < 2 {
		t.Errorf("only %d commands were found in the README", ran)
	}
}
