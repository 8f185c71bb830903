package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// maxReaders bounds the connections that read at the same time.
const maxReaders = 8

var errUsedLate = errors.New("a ledger transaction was used after its closure had returned")

// Options say where the ledger lies.
type Options struct {
	Dialect    string           // "sqlite" (the default) or "postgres"
	DSN        string           // SQLite: the path of the file, whose folder exists; PostgreSQL: a URL, "postgres://user@host/database"
	DriverName string           // of database/sql; "" means the dialect's own
	Now        func() time.Time // the clock; nil means time.Now
}

// Ledger is an open ledger. It may be used by any number of goroutines.
type Ledger struct {
	dialect *dialect
	now     func() time.Time
	codec   *codec
	write   *sql.DB
	read    *sql.DB
	writer  *writer
	slots   chan struct{} // one per reader at work

	mu     sync.Mutex
	idle   []*session
	closed bool
}

// Open opens the ledger and brings its tables to this version's state. An empty database becomes a ledger. The error is
// [ErrNewer], [ErrBusy] or [ErrDamaged] where that is the reason.
func Open(ctx context.Context, o Options) (*Ledger, error) {
	d, err := dialectOf(o.Dialect)
	if err != nil {
		return nil, err
	}
	l := &Ledger{dialect: d, now: o.Now, slots: make(chan struct{}, maxReaders)}
	if l.now == nil {
		l.now = time.Now
	}
	if l.codec, err = newCodec(); err != nil {
		return nil, err
	}
	driver := o.DriverName
	if driver == "" {
		driver = d.driver
	}
	if err := l.connect(driver, o.DSN); err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	if err := migrate(ctx, d, l.write); err != nil {
		_ = errors.Join(l.write.Close(), l.read.Close())
		return nil, fmt.Errorf("opening the ledger%s: %w", place(d, o.DSN), d.typed(err))
	}
	l.writer = startWriter(l, l.write)
	return l, nil
}

// place names the file; a PostgreSQL URL may hold a password and is left out.
func place(d *dialect, dsn string) string {
	if d.name == "sqlite" {
		return " " + dsn + " (its folder must exist and be writable)"
	}
	return ""
}

func (l *Ledger) connect(driver, dsn string) error {
	source, err := l.dialect.source(dsn, false)
	if err != nil {
		return err
	}
	if l.write, err = sql.Open(driver, source); err != nil {
		return err
	}
	l.write.SetMaxOpenConns(2) // the writer, and migrations before it
	if source, err = l.dialect.source(dsn, true); err != nil {
		return err
	}
	if l.read, err = sql.Open(driver, source); err != nil {
		return err
	}
	l.read.SetMaxOpenConns(maxReaders)
	l.read.SetMaxIdleConns(maxReaders)
	return nil
}

// Close finishes the changes that are queued and closes the database. Later calls of Do and View give [ErrClosed].
func (l *Ledger) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.mu.Unlock()
	l.writer.close()
	for range maxReaders { // wait for the readers at work
		l.slots <- struct{}{}
	}
	for _, s := range l.idle {
		_ = s.close()
	}
	for range maxReaders { // those that come later are told
		<-l.slots
	}
	l.codec.close()
	return errors.Join(l.read.Close(), l.write.Close())
}

// Do runs a change and returns when it is on disk. Changes that queue while the disk syncs share the next commit; each
// runs in its own savepoint, so that an error or panic of one rolls back that one alone and is returned to its caller.
// If the commit itself fails, all of them get the error; over a broken connection to PostgreSQL nobody knows then
// whether it took place.
//
// run is called once, on the writer's goroutine: it must be quick and must not call Do. The context counts until run is
// called.
func (l *Ledger) Do(ctx context.Context, run func(*Tx) error) error { return l.writer.do(ctx, run) }

// DoAll runs changes that share a commit, each as Do would, and gives each one's error. Of very many, some share the next.
func (l *Ledger) DoAll(ctx context.Context, runs []func(*Tx) error) []error {
	return l.writer.doAll(ctx, runs)
}

// Commits counts the transactions that Do has committed since Open.
func (l *Ledger) Commits() int64 { return l.writer.commits.Load() }

// View runs reads that all see one state of the ledger. Changes made in it are refused by the database.
func (l *Ledger) View(ctx context.Context, run func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := l.reader(ctx)
	if err != nil {
		return err
	}
	defer func() { <-l.slots }()
	ended := false
	defer func() {
		if ended || s.rollback() == nil {
			l.putReader(s)
		}
	}()
	tx := &Tx{ctx: l.dialect.reading(ctx), caller: ctx, session: s, ledger: l}
	defer func() { tx.session, tx.broken = nil, errUsedLate }()
	if err := run(tx); err != nil {
		return err
	}
	if tx.broken != nil {
		return tx.broken
	}
	ended = s.exec(context.Background(), "COMMIT") == nil
	return nil
}

// reader gives a connection on which a reading transaction has begun: an idle one, or a new one where there is none or
// where the idle one has died (the server was started anew).
func (l *Ledger) reader(ctx context.Context) (*session, error) {
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s, err := l.idleReader()
	if err == nil && s != nil && s.exec(l.dialect.reading(ctx), l.dialect.beginRead) != nil {
		s.discard()
		s = nil
	}
	if err == nil && s == nil {
		s, err = l.newReader(ctx)
	}
	if err != nil {
		<-l.slots
	}
	return s, err
}

func (l *Ledger) newReader(ctx context.Context) (*session, error) {
	s, err := openSession(ctx, l.read, l.dialect)
	if err == nil {
		if err = s.exec(l.dialect.reading(ctx), l.dialect.beginRead); err == nil {
			return s, nil
		}
		s.discard()
	}
	return nil, fmt.Errorf("reading the ledger: %w", l.dialect.typed(err))
}

func (l *Ledger) idleReader() (*session, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrClosed
	}
	n := len(l.idle)
	if n == 0 {
		return nil, nil
	}
	s := l.idle[n-1]
	l.idle = l.idle[:n-1]
	return s, nil
}

func (l *Ledger) putReader(s *session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.idle = append(l.idle, s)
}
