package ledger

// Spoil has the database refuse a statement and overlooks its error.
func Spoil(tx *Tx) { _, _ = tx.exec("INSERT INTO no_such_table (a) VALUES (1)") }

// Execute runs a statement: what a test cannot bring about otherwise.
func Execute(tx *Tx, query string, args ...any) error {
	_, err := tx.exec(query, args...)
	return err
}

// Plan gives how SQLite will run each statement that this connection has prepared.
func Plan(tx *Tx) map[string]string {
	plans := make(map[string]string)
	for query := range tx.session.stmts {
		rows, err := tx.session.conn.QueryContext(tx.ctx, "EXPLAIN QUERY PLAN "+query)
		if err != nil {
			continue // BEGIN and the like
		}
		var id, parent, unused int
		var detail string
		for rows.Next() {
			if rows.Scan(&id, &parent, &unused, &detail) == nil {
				plans[query] += detail + "\n"
			}
		}
		_ = rows.Close()
	}
	return plans
}
