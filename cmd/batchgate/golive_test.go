package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The commands of the go-live checklist are run as they stand there, with what a merchant, buyers and the ERP do meanwhile in
// comments of the page: <!-- test: COMMAND --> with the commands of scenarios.
func TestEveryCommandOfTheGoLiveChecklistDoesWhatItSays(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "go-live.md"))
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	n := 0
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		if does, ok := strings.CutPrefix(line, "<!-- test: "); ok {
			fmt.Fprintln(&script, strings.TrimSuffix(does, " -->"))
		}
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			n++
			command, fails := strings.CutSuffix(command, "# exit 1")
			if fails {
				script.WriteString("! ")
			}
			fmt.Fprintln(&script, "exec", strings.TrimSpace(command))
		}
	}
	if n < 15 {
		t.Fatalf("only %d commands were found", n)
	}
	script.WriteString("-- stock.csv --\nArtikelnr;Lager;Bestand\nBG-1001;10;5\nBG-1001;20;7\n")
	file := filepath.Join(t.TempDir(), "go-live.txtar")
	if err := os.WriteFile(file, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Files: []string{file}, Setup: setUpScenario, Cmds: scenarioCommands(), RequireExplicitExec: true, RequireUniqueNames: true})
}
