package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/ledger"
)

func newArchive(s streams) *cobra.Command {
	var h homeFlag
	cmd := &cobra.Command{Use: "archive", Short: "list, get and verify the bytes that came in and went out", RunE: help}
	h.add(cmd)
	cmd.AddCommand(archiveList(&h, s), archiveGet(&h, s), archiveVerify(&h, s))
	return cmd
}

func archiveList(h *homeFlag, s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "list the bytes of arrivals, the newest first", Args: nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withLedger(cmd.Context(), h, s, func(o *opened) error {
				var all []ledger.Arrival
				err := o.ledger.View(cmd.Context(), func(tx *ledger.Tx) (err error) {
					all, err = tx.Arrivals(ledger.ArrivalFilter{Newest: true})
					return err
				})
				if err != nil {
					return err
				}
				type line struct {
					Hash    string `json:"hash"`
					Size    int64  `json:"size"`
					Arrival int64  `json:"arrival"`
					Name    string `json:"name"`
				}
				var lines []line
				for _, a := range all {
					if a.Hash != "" {
						lines = append(lines, line{a.Hash, a.Size, a.ID, a.Name})
					}
				}
				if asJSON {
					return jsonLines(s.out, lines)
				}
				t := newTable(s.out, "HASH", "BYTES", "FILE", "NAME")
				for _, l := range lines {
					t.row(l.Hash, fmt.Sprint(l.Size), fmt.Sprintf("a%d", l.Arrival), l.Name)
				}
				return t.flush()
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON lines")
	return cmd
}

func archiveGet(h *homeFlag, s streams) *cobra.Command {
	return &cobra.Command{
		Use: "get HASH", Short: "write archived bytes to standard output, checked against their hash",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{fmt.Errorf("%s takes one hash", cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return withLedger(cmd.Context(), h, s, func(o *opened) error {
				r, err := o.archive.Open(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				_, err = io.Copy(s.out, archive.Checked(r, args[0]))
				return errors.Join(err, r.Close())
			})
		},
	}
}

func archiveVerify(h *homeFlag, s streams) *cobra.Command {
	return &cobra.Command{
		Use: "verify", Short: "read everything in the archive again and compare it with its hash", Args: nothing,
		Long: `verify reads all archived bytes again and compares them with their hashes, and looks whether everything is there that the
ledger mentions: what came in, what went out, baselines, profiles. Exit status 1 when something is altered or missing.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withLedger(cmd.Context(), h, s, func(o *opened) error {
				good, bad, missing := 0, 0, 0
				for ref, err := range o.archive.Verify(cmd.Context()) {
					if err == nil {
						good++
						continue
					}
					bad++
					fmt.Fprintln(s.out, archive.Finding(ref.Hash, err))
				}
				for hash, err := range o.archive.Missing(cmd.Context(), o.ledger.Archived(cmd.Context())) {
					missing++
					fmt.Fprintln(s.out, archive.Finding(hash, err))
				}
				fmt.Fprintf(s.err, "batchgate: %d entries are whole, %d are not, %d are missing\n", good, bad, missing)
				if bad+missing > 0 {
					return errFindings
				}
				return nil
			})
		},
	}
}
