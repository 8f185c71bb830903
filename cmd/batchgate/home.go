package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/internal/platforms"
	"github.com/batchgate/batchgate/profiles"
	"github.com/batchgate/batchgate/transports"
)

// homeFlag is the folder of a home on the command line.
type homeFlag struct{ dir string }

func (h *homeFlag) add(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&h.dir, "home", ".", "folder of the home")
}

// load reads the home's profiles. Findings are told; an error among them stops.
func (h *homeFlag) load(talk io.Writer, getenv func(string) (string, bool)) (*profiles.Home, error) {
	if _, err := os.Stat(filepath.Join(h.dir, "profiles")); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is no home: it has no folder profiles; make one with: batchgate init %s", h.dir, h.dir)
	}
	home, found := profiles.LoadDir(h.dir, profiles.Options{Engine: engine(), Getenv: getenv})
	for _, f := range found {
		if f.Severity != finding.Note {
			fmt.Fprintln(talk, f)
		}
	}
	if found.HasErrors() {
		return nil, errFindings
	}
	return home, nil
}

// opened is a home with its ledger and archive.
type opened struct {
	home    *profiles.Home
	dir     string
	ledger  *ledger.Ledger
	archive *archive.Archive
	lock    *gateway.Lock
	// firstLoad lets the first look at a source take whatever is there.
	firstLoad bool
}

// open opens the ledger and archive of a home; with work also the right to work on it.
func (h *homeFlag) open(ctx context.Context, talk io.Writer, getenv func(string) (string, bool), work bool) (*opened, error) {
	home, err := h.load(talk, getenv)
	if err != nil {
		return nil, err
	}
	o := &opened{home: home, dir: h.dir}
	data := filepath.Join(h.dir, "data")
	if err := os.MkdirAll(data, 0o750); err != nil {
		return nil, err
	}
	if work {
		if o.lock, err = gateway.LockHome(data); err != nil {
			return nil, err
		}
	}
	if o.ledger, err = ledger.Open(ctx, ledger.Options{Dialect: home.Ledger.Dialect, DSN: home.Ledger.DSN}); err != nil {
		return nil, errors.Join(err, o.close())
	}
	store, err := archive.NewFolder(home.Archive)
	if err != nil {
		return nil, errors.Join(err, o.close())
	}
	o.archive = archive.New(store, o.ledger)
	return o, nil
}

// data is the folder that batchgate keeps in a home.
func (o *opened) data() string { return filepath.Join(o.dir, "data") }

func (o *opened) close() error {
	var err error
	if o.ledger != nil {
		err = o.ledger.Close()
	}
	if o.lock != nil {
		err = errors.Join(err, o.lock.Release())
	}
	return err
}

// gateway connects the home's flows, and keeps the profile versions that they run with.
func (o *opened) gateway(ctx context.Context, log *slog.Logger) (*gateway.Gateway, error) {
	for _, p := range o.home.Profiles {
		if err := o.keepProfile(ctx, p); err != nil {
			return nil, err
		}
	}
	return gateway.New(gateway.Config{Home: o.home, Ledger: o.ledger, Archive: o.archive, Now: time.Now, Log: log, AskFirst: !o.firstLoad,
		Folder: func(ctx context.Context, c *profiles.Connection) (*transports.Endpoint, error) {
			return transports.Open(ctx, transports.Options{Name: c.ID(), Transport: c.Transport, Root: c.Root})
		},
		Platform: func(c *profiles.Connection) (gateway.Platform, error) { return platforms.Open(c, platforms.Options{}) },
		Scratch:  func() (flow.Scratch, error) { return newScratch(o.data()) },
	}), nil
}

// keepProfile archives what decides a profile's output, under its version.
func (o *opened) keepProfile(ctx context.Context, p *profiles.Profile) error {
	bundle := p.Bundle()
	if len(bundle) == 0 {
		return nil
	}
	hash := archive.Hash(bundle)
	return o.ledger.Do(ctx, func(tx *ledger.Tx) error {
		if err := tx.PutBlob(hash, bundle); err != nil {
			return err
		}
		return tx.PutProfile(p.Version, p.Partner, hash, tx.Now())
	})
}

// scratch is a temporary file that is gone once it is closed.
type scratch struct{ *os.File }

func newScratch(dir string) (flow.Scratch, error) {
	f, err := os.CreateTemp(dir, "scratch-*")
	if err != nil {
		return nil, err
	}
	return scratch{f}, nil
}

// Close removes the file.
func (s scratch) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }

// engine is the version of batchgate as profiles pin it.
func engine() string { return "1" }
