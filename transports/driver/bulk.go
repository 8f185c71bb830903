package driver

import "context"

// Bulk is a Conn that can make many files durable at once.
type Bulk interface {
	Conn

	// Together begins the writing of files in a folder whose Sync is left out. The sync that it gives is called once, when
	// the files are closed, and makes all of them durable with their names; on its error none of them counts as durable.
	// Unsupported says that files of this folder have to be synced one by one.
	Together(ctx context.Context, dir string) (sync func() error, err error)
}
