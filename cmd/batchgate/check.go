package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/profiles"
)

func newCheck(s streams) *cobra.Command {
	var h homeFlag
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "check all profiles, mappings and code lists of a home",
		Long: `check reads a whole home and names all its faults at once: unknown keys, wrong values, places that a format does not have,
missing secrets, each with file, line, column and the nearest known name. Of a home without faults it asks what only people
know, as what the ERP's stock figure means. It connects to nothing.

Exit status: 0 no error, 1 a finding of severity error, 2 wrong use.`,
		Example: `  batchgate check --home my-home`,
		Args:    nothing,
		RunE: func(*cobra.Command, []string) error {
			home, found := profiles.LoadDir(h.dir, profiles.Options{Engine: engine()})
			if !found.HasErrors() {
				found = append(found, home.Questions()...)
			}
			for _, f := range found {
				if err := sayFinding(s, f, asJSON); err != nil {
					return err
				}
			}
			fmt.Fprintf(s.err, "batchgate: %d profiles, %d flows, %d errors, %d warnings\n", len(home.Profiles), len(home.Flows()), found.Count(finding.Error), found.Count(finding.Warning))
			if found.HasErrors() {
				return errFindings
			}
			return nil
		},
	}
	h.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "findings as JSON lines")
	return cmd
}

func sayFinding(s streams, f finding.Finding, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(s.out).Encode(f)
	}
	_, err := fmt.Fprintln(s.out, f)
	if f.Source != "" && err == nil {
		_, err = fmt.Fprintf(s.out, "    %s\n", f.Source)
	}
	return err
}
