package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
)

// maxStatements bounds the prepared statements of one connection; filters make texts of many shapes.
const maxStatements = 300

// session is one connection with its prepared statements. Preparing costs more than running most of them.
type session struct {
	conn    *sql.Conn
	dialect *dialect
	stmts   map[string]*sql.Stmt
}

func openSession(ctx context.Context, db *sql.DB, d *dialect) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, dialect: d, stmts: make(map[string]*sql.Stmt)}, nil
}

func (s *session) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := s.stmts[query]; ok {
		return st, nil
	}
	if len(s.stmts) >= maxStatements {
		s.forget()
	}
	st, err := s.conn.PrepareContext(ctx, s.dialect.parameters(query))
	if err != nil {
		return nil, err
	}
	s.stmts[query] = st
	return st, nil
}

func (s *session) exec(ctx context.Context, query string) error {
	st, err := s.prepare(ctx, query)
	if err != nil {
		return err
	}
	_, err = st.ExecContext(ctx)
	return err
}

func (s *session) close() error {
	s.forget()
	return s.conn.Close()
}

// discard closes the connection for good, so that an open transaction on it ends and nobody meets its state again.
func (s *session) discard() {
	s.forget() // before: SQLite's driver cannot close a statement of a closed connection
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = s.conn.Close()
}

func (s *session) forget() {
	for text, st := range s.stmts {
		_ = st.Close()
		delete(s.stmts, text)
	}
}

// rollback ends the open transaction; the session is gone when that fails.
func (s *session) rollback() error {
	if err := s.exec(context.Background(), "ROLLBACK"); err != nil {
		s.discard()
		return fmt.Errorf("rolling back: %w", err)
	}
	return nil
}
