package main

import (
	"bytes"
	"os"
	"regexp"
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
	t.Cleanup(func() { _ = os.RemoveAll("my-home") })
	ran := 0
	lines := strings.Split(string(readme), "\n")
	for i, line := range lines {
		command, ok := strings.CutPrefix(line, "    $ bin/batchgate ")
		if !ok {
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
	if ran < 3 {
		t.Errorf("only %d commands were found in the README", ran)
	}
}

// The lines of the demonstration are those that it prints, in their order; addresses differ from run to run.
func TestReadmeShowsWhatTheDemoPrints(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(readme), "    $ make demo\n")
	if !ok {
		t.Fatal("the README does not show make demo")
	}
	t.Setenv("TMPDIR", t.TempDir())
	var out, talk bytes.Buffer
	if status := run(t.Context(), []string{"demo"}, streams{strings.NewReader(""), &out, &talk}); status != exitDone {
		t.Fatal(talk.String())
	}
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	rest := address.ReplaceAllString(out.String(), "ADDRESS")
	for line := range strings.Lines(block) {
		line, ok := strings.CutPrefix(line, "    ")
		if !ok {
			break
		}
		_, after, found := strings.Cut(rest, address.ReplaceAllString(line, "ADDRESS"))
		if !found {
			t.Fatalf("the demonstration does not print, here: %s", line)
		}
		rest = after
	}
}
