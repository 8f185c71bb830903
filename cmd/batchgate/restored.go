package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
)

func newRestored(s streams) *cobra.Command {
	var h homeFlag
	var at string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "restored PARTNER --at TIME",
		Short: "tell that a partner was put back to an older state",
		Long: `restored records that a partner, an ERP most often, was put back to the state of a time: from a backup, or because an import
was undone. It names the files that the partner got after that and has lost; files that still lie in its folder are not lost.
Nothing is sent: see replay --lost.

Numbers of documents that the partner gave after that time and gives again from now on are taken as new.`,
		Example: "  batchgate restored weber-erp --at 2026-11-25T02:00:00+01:00\n  batchgate replay --lost weber-erp --dry-run\n  batchgate replay --lost weber-erp --yes",
		Args:    onePartner,
		RunE: func(cmd *cobra.Command, args []string) error {
			when, err := time.Parse(time.RFC3339, at)
			if err != nil {
				return &usageError{fmt.Errorf("--at %q is not a time with its zone, as 2026-11-25T02:00:00+01:00", at)}
			}
			return withLedger(cmd.Context(), &h, s, func(o *opened) error {
				if _, ok := o.home.Partner(args[0]); !ok {
					return fmt.Errorf("there is no partner %q in this home", args[0])
				}
				if err := o.watchFetched(cmd.Context(), s); err != nil {
					return err
				}
				r, err := gateway.RecordRestore(cmd.Context(), o.ledger, args[0], when, actor())
				if err != nil {
					return err
				}
				lost, err := o.lost(cmd.Context(), r)
				if err != nil {
					return err
				}
				if err := printLost(s, lost, asJSON); err != nil {
					return err
				}
				fmt.Fprintf(s.err, "batchgate: %s is as it was at %s; it has lost %s; to send them again: batchgate replay --lost %s\n",
					r.Partner, when.Format(time.RFC3339), countLost(lost), r.Partner)
				return nil
			})
		},
	}
	h.add(cmd)
	cmd.Flags().StringVar(&at, "at", "", "the state that the partner was put back to, as 2026-11-25T02:00:00+01:00")
	cmd.Flags().BoolVar(&asJSON, "json", false, "lost files as JSON lines")
	return cmd
}

func onePartner(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return &usageError{fmt.Errorf("%s takes one partner; %d given", cmd.CommandPath(), len(args))}
	}
	return nil
}

// watchFetched looks which files were taken, so that those that still lie there do not count as lost.
func (o *opened) watchFetched(ctx context.Context, s streams) error {
	g, err := o.gateway(ctx, logTo(s.err))
	if err != nil {
		return err
	}
	return errors.Join(g.WatchFetched(ctx), g.Close())
}

func (o *opened) lost(ctx context.Context, r ledger.Restore) (lost []gateway.Lost, err error) {
	err = o.ledger.View(ctx, func(tx *ledger.Tx) error {
		lost, err = gateway.LostBy(tx, r)
		return err
	})
	return lost, err
}

// replayLost names what a partner has lost by its last restore, and sends it again where that is wanted.
func replayLost(ctx context.Context, o *opened, s streams, partner string, opt lostFlags) error {
	var r ledger.Restore
	err := o.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		r, err = gateway.LastRestore(tx, partner)
		return err
	})
	if err != nil {
		return err
	}
	all, err := o.lost(ctx, r)
	if err != nil {
		return err
	}
	var lost, doubtful []gateway.Lost
	for _, l := range all {
		if l.Doubtful && !opt.doubtful {
			doubtful = append(doubtful, l)
			continue
		}
		lost = append(lost, l)
	}
	if err := printLost(s, lost, opt.asJSON); err != nil {
		return err
	}
	if len(doubtful) > 0 {
		fmt.Fprintf(s.err, "batchgate: %s were put before %s and taken nobody knows when; they are left out without --doubtful\n", countLost(doubtful), r.At.Format(time.RFC3339))
	}
	if opt.dry || !opt.yes {
		fmt.Fprintf(s.err, "batchgate: %s would go out again with %s numbers; nothing was done\n", countLost(lost), opt.numbers)
		if opt.dry {
			return nil
		}
		fmt.Fprintf(s.err, "hint: to do it: batchgate replay --lost %s --yes\n", partner)
		return errFindings
	}
	n, err := gateway.OfferAgain(ctx, o.ledger, o.home, lost, opt.numbers == "new", actor())
	if err != nil {
		return err
	}
	fmt.Fprintf(s.err, "batchgate: %d files go out again with %s numbers; the next run acts on it\n", n, opt.numbers)
	return nil
}

// lostFlags say how lost files go out again.
type lostFlags struct {
	partner, numbers           string
	dry, yes, doubtful, asJSON bool
}

func (f *lostFlags) check(args []string) error {
	switch {
	case f.numbers != "same" && f.numbers != "new":
		return &usageError{fmt.Errorf("--numbers is same or new, not %q", f.numbers)}
	case f.partner != "" && len(args) > 0:
		return &usageError{fmt.Errorf("replay takes an arrival or --lost PARTNER, not both")}
	case f.partner == "" && f.doubtful:
		return &usageError{fmt.Errorf("--doubtful goes with --lost PARTNER")}
	}
	return nil
}

// lostLine is a lost file as JSON.
type lostLine struct {
	Delivery  int64     `json:"delivery"`
	Flow      string    `json:"flow"`
	Kind      string    `json:"kind"`
	Key       string    `json:"key"`
	Name      string    `json:"name"`
	Control   int64     `json:"control,omitempty"`
	DoneAt    time.Time `json:"done_at"`
	FetchedAt time.Time `json:"fetched_at"`
	Doubtful  bool      `json:"doubtful,omitempty"`
}

func printLost(s streams, lost []gateway.Lost, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(s.out)
		for _, l := range lost {
			d := l.Delivery
			if err := e.Encode(lostLine{d.ID, d.Flow, d.Kind, lostKey(d), d.Name, l.Control, d.DoneAt, d.FetchedAt, l.Doubtful}); err != nil {
				return err
			}
		}
		return nil
	}
	t := newTable(s.out, "DELIVERY", "KEY", "FILE", "CONTROL", "PUT", "TAKEN", "SURE")
	for _, l := range lost {
		d, sure := l.Delivery, "yes"
		if l.Doubtful {
			sure = "doubtful"
		}
		t.row(fmt.Sprintf("d%d", d.ID), lostKey(d), d.Name, fmt.Sprint(l.Control), d.DoneAt.Format(time.RFC3339), d.FetchedAt.Format(time.RFC3339), sure)
	}
	return t.flush()
}

// lostKey names what a delivery carries: the part of its effect that is the business key.
func lostKey(d ledger.Delivery) string {
	parts := strings.Split(d.Effect, "/")
	if len(parts) < 7 {
		return d.Key
	}
	return strings.Join(parts[4:len(parts)-2], "/")
}

func countLost(lost []gateway.Lost) string {
	if len(lost) == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", len(lost))
}
