package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Tx is one closure's view of the ledger inside [Ledger.Do] or [Ledger.View]. It is valid until the closure returns and
// serves one goroutine. After an error of the database itself every later call gives that error, and the closure's
// changes are rolled back even if it returns nil; [ErrNotFound] and [ErrExists] are answers and end nothing.
type Tx struct {
	ctx     context.Context // of statements
	caller  context.Context // of the closure: when it has ended, no statement begins and no row is read any more
	session *session
	ledger  *Ledger
	broken  error
}

// Now is the ledger's clock.
func (tx *Tx) Now() time.Time { return tx.ledger.now() }

func (tx *Tx) fail(err error) error {
	tx.broken = tx.ledger.dialect.typed(err)
	return tx.broken
}

func (tx *Tx) statement(query string) (*sql.Stmt, error) {
	if tx.broken != nil {
		return nil, tx.broken
	}
	if err := tx.caller.Err(); err != nil {
		return nil, tx.fail(err)
	}
	st, err := tx.session.prepare(tx.ctx, query)
	if err != nil {
		return nil, tx.fail(err)
	}
	return st, nil
}

// exec runs a statement and gives the number of rows it touched.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	_, n, err := tx.run(query, args...)
	return n, err
}

func (tx *Tx) run(query string, args ...any) (r sql.Result, n int64, err error) {
	st, err := tx.statement(query)
	if err != nil {
		return nil, 0, err
	}
	if r, err = st.ExecContext(tx.ctx, bind(args)...); err == nil {
		n, err = r.RowsAffected()
	}
	if err != nil {
		return nil, 0, tx.fail(err)
	}
	return r, n, nil
}

// insert adds a row and sets its id; ok is false when the statement leaves a conflicting one alone.
func (tx *Tx) insert(id *int64, text string, args ...any) (ok bool, err error) {
	if !tx.ledger.dialect.tellsID {
		return tx.scalar([]any{id}, text+" RETURNING id", args...)
	}
	r, n, err := tx.run(text, args...)
	if err != nil || n == 0 {
		return false, err
	}
	if *id, err = r.LastInsertId(); err != nil {
		return false, tx.fail(err)
	}
	return true, nil
}

// scalar reads one row of one or more plain values; ok is false when there is none.
func (tx *Tx) scalar(into []any, query string, args ...any) (ok bool, err error) {
	st, err := tx.statement(query)
	if err != nil {
		return false, err
	}
	err = st.QueryRowContext(tx.ctx, bind(args)...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, tx.fail(err)
	}
	return true, nil
}

// each runs a query and calls row after scanning each row into the fields.
func (tx *Tx) each(into []any, row func() error, query string, args ...any) error {
	st, err := tx.statement(query)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(tx.ctx, bind(args)...)
	if err != nil {
		return tx.fail(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := tx.caller.Err(); err != nil {
			return tx.fail(err)
		}
		if err := rows.Scan(into...); err != nil {
			return tx.fail(err)
		}
		if err := row(); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return tx.fail(err)
	}
	return nil
}

// many reads all rows of a query. fields gives the places to scan a row into, in the order of the columns.
func many[T any](tx *Tx, fields func(*T) []any, query string, args ...any) ([]T, error) {
	var row T
	var all []T
	err := tx.each(fields(&row), func() error {
		all = append(all, row)
		row = *new(T)
		return nil
	}, query, args...)
	return all, err
}

// one reads the only row of a query.
func one[T any](tx *Tx, fields func(*T) []any, query string, args ...any) (T, error) {
	var row T
	ok, err := tx.scalar(fields(&row), query, args...)
	if err == nil && !ok {
		err = ErrNotFound
	}
	return row, err
}

// bind turns Go values into those both databases store alike: times as microseconds since 1970 in UTC (0 for none),
// texts in UTF-8 without NUL (PostgreSQL refuses both, and a server's odd answer must not stop the bookkeeping).
func bind(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case string:
			args[i] = clean(v)
		case time.Time:
			args[i] = micros(v)
		case []byte:
			if v == nil {
				args[i] = []byte{}
			}
		}
	}
	return args
}

func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\u2400")
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	return s
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// when scans a stored time.
type when struct{ t *time.Time }

func (w when) Scan(src any) error {
	us, ok := src.(int64)
	if !ok {
		return fmt.Errorf("a time is stored as %T", src)
	}
	*w.t = moment(us)
	return nil
}

// insertText is the text that inserts one row with the named columns.
func insertText(table, columns string) string {
	n := strings.Count(columns, ",") + 1
	marks := make([]string, n)
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	return "INSERT INTO " + table + " (" + columns + ") VALUES (" + strings.Join(marks, ", ") + ")"
}

// updateText is the text that writes the named columns of the row whose id is the parameter after the last column.
func updateText(table, columns string) string {
	names := strings.Split(columns, ",")
	for i, name := range names {
		names[i] = fmt.Sprintf("%s = $%d", strings.TrimSpace(name), i+1)
	}
	return fmt.Sprintf("UPDATE %s SET %s WHERE id = $%d", table, strings.Join(names, ", "), len(names)+1)
}

// where collects the conditions of a filter with their parameters.
type where struct {
	text strings.Builder
	args []any
}

// add appends a condition; its one "?" stands for the parameter.
func (w *where) add(condition string, arg any) {
	w.args = append(w.args, arg)
	w.join(strings.Replace(condition, "?", fmt.Sprintf("$%d", len(w.args)), 1))
}

// equal appends a comparison unless the value is empty.
func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

// number appends a comparison unless the value is 0.
func (w *where) number(column string, value int64) {
	if value != 0 {
		w.add(column+" = ?", value)
	}
}

// among appends a membership in a few values; none means no condition.
func (w *where) among(column string, values []string) {
	if len(values) == 0 {
		return
	}
	marks := make([]string, len(values))
	for i, v := range values {
		w.args = append(w.args, v)
		marks[i] = fmt.Sprintf("$%d", len(w.args))
	}
	w.join(column + " IN (" + strings.Join(marks, ", ") + ")")
}

func (w *where) join(condition string) {
	if w.text.Len() == 0 {
		w.text.WriteString(" WHERE ")
	} else {
		w.text.WriteString(" AND ")
	}
	w.text.WriteString(condition)
}

// page ends a query: ids after the given one in the wanted direction, at most limit rows (0: all).
func (w *where) page(after int64, newest bool, limit int) string {
	order := " ORDER BY id"
	if newest {
		order = " ORDER BY id DESC"
	}
	switch {
	case after != 0 && newest:
		w.add("id < ?", after)
	case after != 0:
		w.add("id > ?", after)
	}
	text := w.text.String() + order
	if limit > 0 {
		w.args = append(w.args, limit)
		text += fmt.Sprintf(" LIMIT $%d", len(w.args))
	}
	return text
}
