package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/profiles"
)

func newInit(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "init FOLDER",
		Short: "make a home with an example profile to start from",
		Long: `init makes a home: a folder with an example partner, its flows, mappings and code lists, all commented, and the folders
that its ERP would read and write. Nothing that is there is changed.`,
		Example: `  batchgate init my-home
  batchgate --home my-home check`,
		Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := makeHome(args[0]); err != nil {
				return err
			}
			fmt.Fprintf(s.out, "made a home in %s\n", args[0])
			fmt.Fprintf(s.err, "hint: set SHOP_URL, SHOP_ID and SHOP_SECRET, then: batchgate check --home %s\n", args[0])
			return nil
		},
	}
}

// makeHome writes the example home into a folder that is not there yet, or empty.
func makeHome(dir string) error {
	there, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(there) > 0 {
		return fmt.Errorf("%s is not empty: give a new folder", dir)
	}
	if err := os.CopyFS(dir, profiles.Scaffold()); err != nil {
		return err
	}
	for _, folder := range profiles.ScaffoldFolders() {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(folder)), 0o750); err != nil {
			return err
		}
	}
	return nil
}
