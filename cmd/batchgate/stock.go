package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/internal/trace"
)

func newStock(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stock",
		Short: "show how the stock that a shop has came about",
		Args:  nothing,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStockExplain(s))
	return cmd
}

func newStockExplain(s streams) *cobra.Command {
	var h homeFlag
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain SKU",
		Short: "show the sum that gave an article's stock, and the source of each term",
		Long: `explain shows for each flow the last stock of an article that was sent to a shop, as a sum: the figure of the file with its
rows, the open web orders that the ERP had not counted when it wrote the figure, with how far the ERP has come with each, and
what the settings of stock add and take, each with its line in the profile. Orders that were placed since are named; the
shop counts them down by itself. Nobody is asked: everything comes from the ledger and the archive.

Exit status: 0 found, 1 no file has named the article yet, or its sum cannot be made, 2 wrong use.`,
		Example: "  batchgate stock explain BG-1001 --home my-home\n  batchgate stock explain BG-1001 --json",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{fmt.Errorf("%s takes one article number; %d given", cmd.CommandPath(), len(args))}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return withLedger(cmd.Context(), &h, s, func(o *opened) error {
				all, err := trace.Explain(cmd.Context(), o.tracing(), args[0])
				if err != nil {
					return err
				}
				if len(all) == 0 {
					return fmt.Errorf("no stock of %q was planned for a shop yet: see batchgate trace %s", args[0], args[0])
				}
				if asJSON {
					return jsonLines(s.out, all)
				}
				for i, e := range all {
					if i > 0 {
						fmt.Fprintln(s.out)
					}
					err = errors.Join(err, trace.PrintExplanation(s.out, e))
				}
				return err
			})
		},
	}
	h.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "explanations as JSON lines")
	return cmd
}
