package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/profiles"
)

// ruleLine is one rule: docs/json.md, "rules".
type ruleLine struct {
	Rule   string `json:"rule"`
	Level  string `json:"level"`
	Clause string `json:"clause,omitempty"`
	Hint   string `json:"hint,omitempty"`
}

func newRules(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "list the rules by which EDIFACT is checked, and what each counts for",
		Long: `rules lists the rules of EDIFACT and of guidelines with what each counts for when nobody changes it, the clause it comes from, and
what to do about it. A profile or flow changes the level with rules: {edifact.unt-count: warning}, validate and explain with
--rule edifact.unt-count=warning. A rule that is switched off, or no error, does not stop a message, nor does it make a CONTRL
reject it. Rules behind which nothing is known of a file, as that of a truncated one, are not in the list: they always stop it.

The name of a rule of another format stands in brackets behind its findings, and may be given in the same way.`,
		Args: nothing,
		RunE: func(*cobra.Command, []string) error {
			var all []ruleLine
			for _, r := range profiles.Rules() {
				all = append(all, ruleLine{r.Name, r.Severity.String(), r.Clause, r.Hint})
			}
			if asJSON {
				return jsonLines(s.out, all)
			}
			t := newTable(s.out, "RULE", "LEVEL", "CLAUSE", "WHAT TO DO")
			for _, r := range all {
				t.row(r.Rule, r.Level, r.Clause, r.Hint)
			}
			if err := t.flush(); err != nil {
				return err
			}
			_, err := fmt.Fprintf(s.err, "batchgate: %d rules\n", len(all))
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON lines")
	return cmd
}
