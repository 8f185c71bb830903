package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/platforms"
	"github.com/batchgate/batchgate/internal/trace"
	"github.com/batchgate/batchgate/profiles"
)

// tracing is what traces and replays work with.
func (o *opened) tracing() trace.Config {
	return trace.Config{Home: o.home, Ledger: o.ledger, Archive: o.archive,
		Platform: func(c *profiles.Connection) (gateway.Platform, error) { return platforms.Open(c, platforms.Options{}) },
		Scratch:  func() (flow.Scratch, error) { return newScratch(o.data()) }}
}

func newTrace(s streams) *cobra.Command {
	var h homeFlag
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "trace TERM",
		Short: "show where a value came from and what became of it",
		Long: `trace takes an order number, an article number, a file name, a control reference, a hash (eight digits are enough), an arrival
(a12) or a delivery (d7), and shows the chain: the file and its bytes, the line of the mapping, the field of the document,
the place in the call or file that went out, the attempts with their answers, the acknowledgement. Everything is read and
encoded again and compared with the hash of what went out.

Exit status: 0 found, 1 nothing is known by that term, or what went out cannot be made again, 2 wrong use.`,
		Example: "  batchgate trace 10234 --home my-home\n  batchgate trace BG-1001 --json",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{fmt.Errorf("%s takes one term; %d given", cmd.CommandPath(), len(args))}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return withLedger(cmd.Context(), &h, s, func(o *opened) error {
				chains, err := trace.Trace(cmd.Context(), o.tracing(), args[0])
				if err != nil {
					return err
				}
				if len(chains) == 0 {
					return fmt.Errorf("nothing is known by %q", args[0])
				}
				if asJSON {
					err = jsonLines(s.out, chains)
				}
				agrees := true
				for i, c := range chains {
					agrees = agrees && (c.Check == nil || c.Check.Agrees)
					if !asJSON {
						if i > 0 {
							fmt.Fprintln(s.out)
						}
						err = errors.Join(err, trace.Print(s.out, c))
					}
				}
				if err == nil && !agrees {
					return errFindings
				}
				return err
			})
		},
	}
	h.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "chains as JSON lines")
	return cmd
}

func newReplay(s streams) *cobra.Command {
	var h homeFlag
	var f lostFlags
	cmd := &cobra.Command{
		Use:   "replay a12 | --lost PARTNER",
		Short: "process an archived file again, or send what a restored partner has lost",
		Long: `replay processes the archived bytes of an arrival again, with today's profile. It says first what that will do to each
document, and does it only with --yes; with --dry-run it only says so. The next run, or serve, then acts on it.

With --lost it names the files that a partner lost when it was put back (see restored), and sends them again: with the
numbers that they had, the same bytes where the profile is the same, or with new ones.`,
		Example: "  batchgate replay a12 --dry-run\n  batchgate replay a12 --yes\n  batchgate replay --lost weber-erp --yes --numbers new",
		Args: func(cmd *cobra.Command, args []string) error {
			if f.partner == "" && len(args) != 1 {
				return &usageError{fmt.Errorf("%s takes one arrival, as a12; %d given", cmd.CommandPath(), len(args))}
			}
			return f.check(args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.partner != "" {
				return withLedger(cmd.Context(), &h, s, func(o *opened) error { return replayLost(cmd.Context(), o, s, f.partner, f) })
			}
			id, err := number('a', args[0])
			if err != nil {
				return err
			}
			return withLedger(cmd.Context(), &h, s, func(o *opened) error { return replayArrival(cmd.Context(), o, s, id, f) })
		},
	}
	h.add(cmd)
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "only say what it would do")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do it")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "the prediction as JSON")
	cmd.Flags().StringVar(&f.partner, "lost", "", "what this partner has lost by its last restore")
	cmd.Flags().StringVar(&f.numbers, "numbers", "same", "control numbers and file names of lost files: same or new")
	cmd.Flags().BoolVar(&f.doubtful, "doubtful", false, "also lost files that were put before the restored state and taken nobody knows when")
	return cmd
}

func replayArrival(ctx context.Context, o *opened, s streams, id int64, f lostFlags) error {
	p, err := trace.Replay(ctx, o.tracing(), id, trace.ReplayOptions{DryRun: f.dry || !f.yes, Actor: actor()})
	if err != nil {
		return err
	}
	if f.asJSON {
		return jsonLines(s.out, []trace.Prediction{p})
	}
	if err := printPrediction(s, p); err != nil || f.dry || f.yes {
		return err
	}
	fmt.Fprintf(s.err, "hint: nothing was done; to do it: batchgate replay a%d --yes\n", id)
	return errFindings
}

func printPrediction(s streams, p trace.Prediction) error {
	t := newTable(s.out, "ACTION", "KIND", "KEY", "FLOW", "REASON")
	for _, e := range p.Effects {
		t.row(e.Action, e.Kind, e.Key, e.Flow, e.Reason)
	}
	if err := t.flush(); err != nil {
		return err
	}
	for _, w := range p.Warnings {
		fmt.Fprintf(s.err, "batchgate: %s\n", w)
	}
	c := p.Counts
	fmt.Fprintf(s.err, "batchgate: replay %d of a%d (%s): %d go out, %d of them a second time, %d are there already, %d ignored, %d held, %d failed; %d calls and files\n",
		p.Replay, p.Arrival, p.Name, c.Send, c.Again, c.Same, c.Ignored, c.Held, c.Failed, c.Deliveries)
	if p.New != 0 {
		fmt.Fprintf(s.err, "batchgate: planned as a%d; the next run acts on it\n", p.New)
	}
	return nil
}
