package ledger

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrations has one file per version; a version that was released is never edited. $id, $blob and $keyed stand for
// what the dialect puts there; a statement ends with ";" at the end of a line.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables to the newest version.
func migrate(ctx context.Context, d *dialect, db *sql.DB) error {
	steps, err := goMigrations(d)
	if err != nil {
		return err
	}
	// Two processes may open a new ledger at the same time; whoever comes second finds the work done.
	for try := 0; ; try++ {
		err := migrateOnce(ctx, d, db, steps)
		if err == nil || try == 4 || d.classify(err) == ErrDamaged {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond << try):
		}
	}
}

func migrateOnce(ctx context.Context, d *dialect, db *sql.DB, steps []*goose.Migration) error {
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true), goose.WithTableName("ledger_version"), goose.WithGoMigrations(steps...),
	}
	if d.name == "postgres" {
		l, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(l))
	}
	p, err := goose.NewProvider(d.goose, db, nil, options...)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return err
	case have == want:
		return nil
	case have > want:
		return fmt.Errorf("%w (its tables have version %d, this one knows %d)", ErrNewer, have, want)
	}
	_, err = p.Up(ctx)
	return err
}

func goMigrations(d *dialect) ([]*goose.Migration, error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var steps []*goose.Migration
	for i, name := range files { // sorted by name
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			return nil, err
		}
		statements := strings.Split(d.types.Replace(string(text)), ";\n")
		steps = append(steps, goose.NewGoMigration(int64(i+1), &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			return runAll(ctx, tx, name, statements)
		}}, nil))
	}
	return steps, nil
}

func runAll(ctx context.Context, tx *sql.Tx, file string, statements []string) error {
	for _, s := range statements {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w in %s", file, err, strings.TrimSpace(s))
		}
	}
	return nil
}
