package gateway

import (
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// Files from before the start_at of their flows are passed over.

// beforeStart tells whether a file was last written before a flow starts to take files.
func beforeStart(f *profiles.Flow, written time.Time) bool {
	return !f.From.StartAt.IsZero() && written.Before(f.From.StartAt)
}

// old tells whether a file is older than the start of all flows that its name fits.
func (f *folderSource) old(look ledger.Look) bool {
	fits := false
	for _, one := range f.flows {
		if !one.From.Matches(storedName(look.Name)) {
			continue
		}
		if fits = true; !beforeStart(one, look.ModTime) {
			return false
		}
	}
	return fits
}

// passOver records files that are older than their flows' start. They stay where they lie.
func (f *folderSource) passOver(tx *ledger.Tx, files []ledger.Look) error {
	for _, file := range files {
		version := "before start " + file.ModTime.UTC().Format(time.RFC3339Nano)
		_, err := tx.ArrivalByVersion(f.id, file.Name, version)
		if err == nil || !errors.Is(err, ledger.ErrNotFound) {
			if err != nil {
				return err
			}
			continue
		}
		a := ledger.Arrival{Partner: f.partner, Source: f.id, Name: file.Name, Version: version, Size: file.Size, ModTime: file.ModTime,
			Path: path.Join(f.folder, file.Name), State: ledger.ArrivalSettled, Outcome: string(flow.PassedOver), SettledAt: f.now(),
			Reason: fmt.Sprintf("last written %s, before start_at: left where it lies; drop it anew to have it taken", file.ModTime.UTC().Format(time.RFC3339))}
		if err := tx.InsertArrival(&a); err != nil {
			return err
		}
	}
	return nil
}

// tooOld tells whether a flow passes over the file that is planned, which other flows take.
func (p *planner) tooOld(f *profiles.Flow) bool {
	return p.arrival.Replay == 0 && f.From.Connection.IsFolder() && beforeStart(f, p.arrival.ModTime)
}
