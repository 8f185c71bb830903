package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
)

func newFiles(s streams) *cobra.Command {
	var h homeFlag
	cmd := &cobra.Command{Use: "files", Short: "list and show what arrived; release or reject what is held", RunE: help}
	h.add(cmd)
	var state, partner string
	var limit int
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "list arrivals, the newest first", Args: nothing,
		Example: "  batchgate files list --state held",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withLedger(cmd.Context(), &h, s, func(o *opened) error {
				f := ledger.ArrivalFilter{Partner: partner, Newest: true, Limit: limit}
				if state != "" {
					f.States = []ledger.ArrivalState{ledger.ArrivalState(state)}
				}
				var all []ledger.Arrival
				err := o.ledger.View(cmd.Context(), func(tx *ledger.Tx) (err error) { all, err = tx.Arrivals(f); return err })
				if err != nil {
					return err
				}
				return printArrivals(s, all, asJSON)
			})
		},
	}
	list.Flags().StringVar(&state, "state", "", "only this state: seen, claimed, archived, planned, held, released, waiting, settled")
	list.Flags().StringVar(&partner, "partner", "", "only of this partner")
	list.Flags().IntVar(&limit, "limit", 100, "at most so many; 0 lists all")
	list.Flags().BoolVar(&asJSON, "json", false, "as JSON lines")
	cmd.AddCommand(list, showCommand(&h, s),
		decision(&h, s, "release", "let held files go on; the next run acts on it", 'a', gateway.ReleaseArrival),
		decision(&h, s, "reject", "give up what is held of files", 'a', gateway.RejectArrival))
	return cmd
}

func newDeliveries(s streams) *cobra.Command {
	var h homeFlag
	cmd := &cobra.Command{Use: "deliveries", Short: "list what goes out; retry, release or drop it", RunE: help}
	h.add(cmd)
	var state, key, arrival string
	var limit int
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "list deliveries, the newest first", Args: nothing,
		Example: "  batchgate deliveries list --state dead",
		RunE: func(cmd *cobra.Command, _ []string) error {
			f := ledger.DeliveryFilter{Key: key, Newest: true, Limit: limit}
			if state != "" {
				f.States = []string{state}
			}
			if arrival != "" {
				id, err := number('a', arrival)
				if err != nil {
					return err
				}
				f.Arrival = id
			}
			return withLedger(cmd.Context(), &h, s, func(o *opened) error {
				var all []ledger.Delivery
				err := o.ledger.View(cmd.Context(), func(tx *ledger.Tx) (err error) { all, err = tx.Deliveries(f); return err })
				if err != nil {
					return err
				}
				return printDeliveries(s, all, asJSON)
			})
		},
	}
	list.Flags().StringVar(&state, "state", "", "only this state: planned, ready, done, dead, held, dropped, superseded")
	list.Flags().StringVar(&key, "key", "", "only of this business key")
	list.Flags().StringVar(&arrival, "arrival", "", "only of this arrival, as a12")
	list.Flags().IntVar(&limit, "limit", 100, "at most so many; 0 lists all")
	list.Flags().BoolVar(&asJSON, "json", false, "as JSON lines")
	cmd.AddCommand(list,
		decision(&h, s, "retry", "try dead or waiting deliveries again at once", 'd', gateway.RetryDelivery),
		decision(&h, s, "release", "let held deliveries run", 'd', gateway.ReleaseDelivery),
		decision(&h, s, "drop", "give deliveries up", 'd', gateway.DropDelivery))
	return cmd
}

func help(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{fmt.Errorf("unknown command %q for %s", args[0], cmd.CommandPath())}
	}
	return cmd.Help()
}

// decision is a command by which a person decides about arrivals or deliveries.
func decision(h *homeFlag, s streams, name, short string, letter byte, act func(ctx context.Context, l *ledger.Ledger, id int64, actor string) error) *cobra.Command {
	return &cobra.Command{
		Use: fmt.Sprintf("%s %c12 [%c13 ...]", name, letter, letter), Short: short,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{fmt.Errorf("%s takes at least one number, as %c12", cmd.CommandPath(), letter)}
			}
			var ids []int64
			for _, arg := range args {
				id, err := number(letter, arg)
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			return withLedger(cmd.Context(), h, s, func(o *opened) error {
				var failed error
				for i, id := range ids {
					if err := act(cmd.Context(), o.ledger, id, actor()); err != nil {
						failed = errors.Join(failed, err)
						continue
					}
					fmt.Fprintf(s.out, "%s: %s\n", args[i], name)
				}
				return failed
			})
		},
	}
}

// number reads a12 or d7.
func number(letter byte, arg string) (int64, error) {
	id, err := strconv.ParseInt(strings.TrimPrefix(arg, string(letter)), 10, 64)
	if err != nil || id < 1 {
		return 0, &usageError{fmt.Errorf("%q is no number as %c12", arg, letter)}
	}
	return id, nil
}

// actor names who decides, for the record.
func actor() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "unknown"
}

func withLedger(ctx context.Context, h *homeFlag, s streams, do func(*opened) error) error {
	o, err := h.open(ctx, s.err, nil, false)
	if err != nil {
		return err
	}
	return errors.Join(do(o), o.close())
}
