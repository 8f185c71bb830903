// Package ledger is batchgate's memory: arrivals, messages, documents, deliveries, attempts, numbers, baselines and
// everything else that must survive a crash. It is the only package that speaks SQL.
//
// One text of every query serves SQLite and PostgreSQL. Writes go through [Ledger.Do], which commits many callers'
// changes with one flush of the disk (group commit); reads go through [Ledger.View], which sees one consistent state.
// Nothing here decides anything: the rows are plain, and their states are moved by the gateway.
package ledger
