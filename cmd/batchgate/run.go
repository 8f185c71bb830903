package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/internal/ledger"
)

func newRun(s streams) *cobra.Command {
	var h homeFlag
	var asJSON, firstLoad bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "process what is there now, and exit",
		Long: `run looks at all sources, takes what is complete, delivers it, and exits when nothing more can be done at once. A file is
complete when two looks, stable_for apart, show it unchanged; run waits for both. What waits for its next try is left for
the next run, or for serve.

The first look at a source may find years of orders or files. What is older than the flow's start_at is passed over, and
files list says so. Where more than ask_above (20) are left to take, run names the numbers and takes nothing of that source
until it is told to with --first-load.

Exit status: 0 nothing failed, 1 something failed or is held, 2 wrong use.`,
		Example: `  batchgate run --home my-home`,
		Args:    nothing,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			o, err := h.open(cmd.Context(), s.err, nil, true)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			o.firstLoad = firstLoad
			return runOnce(cmd.Context(), o, s, asJSON)
		},
	}
	h.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "arrivals of this run as JSON lines")
	cmd.Flags().BoolVar(&firstLoad, "first-load", false, "take what is there at the first look at a source, however much it is")
	return cmd
}

// runOnce makes one pass and tells what came of it.
func runOnce(ctx context.Context, o *opened, s streams, asJSON bool) error {
	g, err := o.gateway(ctx, logTo(s.err))
	if err != nil {
		return err
	}
	defer g.Close()
	begun := time.Now().Truncate(time.Millisecond) // the ledger keeps times less exactly
	pass, err := g.Run(ctx)
	if err != nil {
		return err
	}
	for _, e := range pass.Errors {
		fmt.Fprintf(s.err, "batchgate: %v\n", e)
	}
	failed := len(pass.Errors) > 0
	var arrivals []ledger.Arrival
	err = o.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		if arrivals, err = tx.Arrivals(ledger.ArrivalFilter{Since: begun}); err != nil {
			return err
		}
		for _, a := range arrivals {
			bad, err := wanting(tx, a)
			if err != nil {
				return err
			}
			failed = failed || bad
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := printArrivals(s, arrivals, asJSON); err != nil {
		return err
	}
	if !pass.Next.IsZero() {
		fmt.Fprintf(s.err, "batchgate: deliveries wait for their next try at %s; see: batchgate deliveries list\n", pass.Next.Format(time.RFC3339))
	}
	if failed {
		return errFindings
	}
	return nil
}

// wanting tells whether a part of an arrival failed or is held.
func wanting(tx *ledger.Tx, a ledger.Arrival) (bool, error) {
	if a.State == ledger.ArrivalHeld || a.Failed > 0 || a.Outcome == "failed" {
		return true, nil
	}
	if a.State == ledger.ArrivalSettled {
		return false, nil
	}
	held, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: a.ID, States: []string{ledger.DeliveryHeld}, Limit: 1})
	return len(held) > 0, err
}

func newServe(s streams) *cobra.Command {
	var h homeFlag
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "run until interrupted",
		Long: `serve looks at each source by its own rhythm and delivers as things come, until it is interrupted. What runs then is ended
in order; what a killed process leaves is taken up by the next.`,
		Example: `  batchgate serve --home my-home`,
		Args:    nothing,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			o, err := h.open(cmd.Context(), s.err, nil, true)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.close()) }()
			g, err := o.gateway(cmd.Context(), logTo(s.err))
			if err != nil {
				return err
			}
			defer g.Close()
			fmt.Fprintf(s.err, "batchgate: serving %d flows; interrupt to stop\n", len(o.home.Flows()))
			if err := g.Serve(cmd.Context()); err != nil && !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		},
	}
	h.add(cmd)
	return cmd
}

func logTo(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
