package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/internal/ledger"
)

// shownFile is what is known of one arrival; docs/json.md describes it.
type shownFile struct {
	Arrival  ledger.Arrival   `json:"arrival"`
	Messages []ledger.Message `json:"messages,omitempty"`
	Findings []ledger.Finding `json:"findings,omitempty"`
}

func showCommand(h *homeFlag, s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show a12", Short: "show one file with its messages and all that was found in it", Example: "  batchgate files show a12",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{fmt.Errorf("%s takes the number of one file, as a12", cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := number('a', args[0])
			if err != nil {
				return err
			}
			return withLedger(cmd.Context(), h, s, func(o *opened) error {
				var shown shownFile
				err := o.ledger.View(cmd.Context(), func(tx *ledger.Tx) (err error) {
					if shown.Arrival, err = tx.Arrival(id); err != nil {
						return err
					}
					if shown.Messages, err = tx.Messages(id); err != nil {
						return err
					}
					shown.Findings, err = tx.Findings(id)
					return err
				})
				if err != nil {
					return err
				}
				return shown.print(s, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as one JSON object")
	return cmd
}

func (f *shownFile) print(s streams, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(s.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(f)
	}
	if err := printArrivals(s, []ledger.Arrival{f.Arrival}, false); err != nil {
		return err
	}
	for _, m := range f.Messages {
		if m.Type != "" {
			fmt.Fprintf(s.out, "message %s, %s %s: %s %s\n", m.Reference, m.Type, m.Version, m.State, m.Reason)
		}
	}
	for _, found := range f.Findings {
		about := ""
		if found.Delivery != 0 {
			about = fmt.Sprintf("d%d ", found.Delivery)
		}
		fmt.Fprintf(s.out, "%s%s\n", about, found.Finding)
	}
	return nil
}
