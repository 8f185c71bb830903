package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/transports"
)

// table prints rows: aligned for people, tab-separated into a pipe.
type table struct {
	w     io.Writer
	flush func() error
}

func newTable(w io.Writer, head ...string) *table {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return &table{w, func() error { return nil }}
	}
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	t := &table{tw, tw.Flush}
	t.row(head...)
	return t
}

func (t *table) row(cells ...string) {
	for i, c := range cells {
		cells[i] = strings.NewReplacer("\t", " ", "\n", " ").Replace(c)
	}
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

func printArrivals(s streams, all []ledger.Arrival, asJSON bool) error {
	if asJSON {
		return jsonLines(s.out, all)
	}
	t := newTable(s.out, "FILE", "NAME", "STATE", "OUTCOME", "DOCUMENTS", "FAILED", "REASON")
	for _, a := range all {
		t.row(fmt.Sprintf("a%d", a.ID), transports.DisplayName(a.Name), string(a.State), dash(a.Outcome), fmt.Sprint(a.Documents), fmt.Sprint(a.Failed), a.Reason)
	}
	return t.flush()
}

func printDeliveries(s streams, all []ledger.Delivery, asJSON bool) error {
	if asJSON {
		return jsonLines(s.out, all)
	}
	t := newTable(s.out, "DELIVERY", "FROM", "FLOW", "KIND", "KEY", "STATE", "TRIES", "DONE", "FILE", "REASON")
	for _, d := range all {
		t.row(fmt.Sprintf("d%d", d.ID), fmt.Sprintf("a%d", d.Arrival), d.Flow, d.Kind, d.Key, d.State, fmt.Sprint(d.Tries), clock(d.DoneAt), dash(d.Name), d.Reason)
	}
	return t.flush()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func jsonLines[T any](w io.Writer, all []T) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, v := range all {
		if err := out.Encode(v); err != nil {
			return err
		}
	}
	return nil
}
