package gateway

import (
	"context"
	"encoding/json"
	"path"
	"slices"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
	"github.com/batchgate/batchgate/transports"
)

// watchFetched finds out which of the files that were put have left their folder. Most ERPs give no better sign that they
// took one.
func (g *Gateway) watchFetched(ctx context.Context) error {
	for id, c := range g.targets() {
		if !c.IsFolder() || g.quiet(c) {
			continue
		}
		if err := g.fetchedFrom(ctx, id, c); err != nil {
			return err
		}
	}
	return nil
}

// quiet tells whether a connection's folders are not to be touched now.
func (g *Gateway) quiet(c *profiles.Connection) bool {
	now := g.Now()
	return slices.ContainsFunc(g.Home.Flows(), func(f *profiles.Flow) bool {
		opens, _ := f.Schedule.Opens(now)
		return f.To.Connection == c && opens.After(now)
	})
}

func (g *Gateway) fetchedFrom(ctx context.Context, id string, c *profiles.Connection) error {
	byFolder, gone, err := g.unfetched(ctx, id)
	if err != nil || len(byFolder) == 0 {
		return err
	}
	e, err := g.endpoint(ctx, c)
	if err != nil {
		return err
	}
	for folder, files := range byFolder {
		there, err := e.List(ctx, folder, transports.Match{Include: []string{"*"}})
		if err != nil {
			return err
		}
		present := make(map[string]bool, len(there))
		for _, f := range there {
			present[f.Name] = true
		}
		for name, delivery := range files {
			if !present[name] {
				gone = append(gone, delivery)
			}
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return g.Ledger.Do(ctx, func(tx *ledger.Tx) error { return tx.MarkFetched(gone, g.Now()) })
}

// unfetched gives the files of a target that may still lie there, by folder and name, with their deliveries. gone are
// deliveries whose name was put again since: nothing is put over a file, so theirs was taken.
func (g *Gateway) unfetched(ctx context.Context, id string) (byFolder map[string]map[string]int64, gone []int64, err error) {
	byFolder = map[string]map[string]int64{}
	err = g.Ledger.View(ctx, func(tx *ledger.Tx) error {
		published, err := tx.Unfetched(id)
		if err != nil {
			return err
		}
		for _, p := range published {
			attempts, err := tx.Attempts("delivery", p.ID)
			if err != nil {
				return err
			}
			folder, name := path.Split(FileOf(attempts))
			folder = path.Clean(folder)
			if folder == "." {
				folder = ""
			}
			if byFolder[folder] == nil {
				byFolder[folder] = map[string]int64{}
			}
			if before, again := byFolder[folder][name]; again {
				gone = append(gone, before)
			}
			byFolder[folder][name] = p.ID
		}
		return nil
	})
	return byFolder, gone, err
}

// FileOf gives where a delivery's file was put, by the evidence of its attempts.
func FileOf(attempts []ledger.Attempt) string {
	file := ""
	for _, a := range attempts {
		var e flow.Evidence
		if a.State == attemptDone && json.Unmarshal(a.Evidence, &e) == nil && e["file"] != "" {
			file = e["file"]
		}
	}
	return file
}
