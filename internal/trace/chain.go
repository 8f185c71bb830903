// Package trace proves what batchgate did: it takes a document or a file back to the bytes it came from and forth to the
// bytes that went out, and it says what processing a file again would do before it is done.
//
// Nothing of a lineage is stored. The archived bytes are read again with the profile that was in force, the delivery is
// encoded again with its recorded facts, and the result is compared with the hash of what went out. Where it does not
// agree, the chain says so.
package trace

import (
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// Config is what tracing and replaying work with. No connection is used: a platform only reads and encodes.
type Config struct {
	Home     *profiles.Home
	Ledger   *ledger.Ledger
	Archive  *archive.Archive
	Platform func(c *profiles.Connection) (gateway.Platform, error)
	Scratch  func() (flow.Scratch, error)
}

// Chain is the way from one arrival to one delivery, or of what of an arrival has no delivery: it was repeated, ignored,
// held or failed.
type Chain struct {
	Why     string         `json:"why"` // what matched the term
	Arrival ledger.Arrival `json:"arrival"`
	// Messages are those that the documents stand in.
	Messages  []ledger.Message `json:"messages,omitempty"`
	Documents []Document       `json:"documents,omitempty"`
	// Count is how many documents the delivery carries, shown or not.
	Count    int              `json:"count"`
	Delivery *ledger.Delivery `json:"delivery,omitempty"`
	File     string           `json:"file,omitempty"` // where the file was put, below its connection's root
	// Fixed are values that went out without a field of a document: constants, and what a call needs around the values.
	Fixed    []To             `json:"fixed,omitempty"`
	Check    *Check           `json:"check,omitempty"` // nil when there is nothing to recompute
	Attempts []ledger.Attempt `json:"attempts,omitempty"`
	// Settling is how the source was told what became of its arrival.
	Settling []ledger.Attempt `json:"settling,omitempty"`
	Findings []ledger.Finding `json:"findings,omitempty"`
	Events   []ledger.Event   `json:"events,omitempty"`
	// More is how many further deliveries the arrival has that no chain shows.
	More int `json:"more,omitempty"`
}

// Document is one business document with where its values came from and where they went.
type Document struct {
	Flow    string        `json:"flow"`
	Kind    string        `json:"kind"`
	Key     string        `json:"key"`
	Message int           `json:"message,omitempty"` // ordinal in the arrival
	State   string        `json:"state,omitempty"`   // in the ledger: planned, repeated, ignored, held, failed
	Values  []Value       `json:"values,omitempty"`
	Refused *flow.Refusal `json:"refused,omitempty"` // why the target did not take it
	Note    string        `json:"note,omitempty"`
}

// Value is one field of a document.
type Value struct {
	Field string `json:"field"`           // "lines[2].sku"
	Value string `json:"value,omitempty"` // in the document; "" when it is not in it, only in what was read or written
	From  []From `json:"from,omitempty"`  // several where rows were added up; none for what no place gave
	To    []To   `json:"to,omitempty"`
}

// From is a place that a value came from.
type From struct {
	Place finding.Place `json:"place"`
	Raw   string        `json:"raw"`             // the bytes as they stand there
	Rule  finding.Place `json:"rule"`            // line of the mapping, or the connector's rule in path
	Value string        `json:"value,omitempty"` // what was read, where the document's value is made of several
}

// To is a place that a value went to.
type To struct {
	Place finding.Place `json:"place"` // in the file put; for calls the step and JSON pointer in path
	Rule  finding.Place `json:"rule"`
	Value string        `json:"value"`
}

// Check compares what went out with what comes out now.
type Check struct {
	Agrees  bool   `json:"agrees"`
	Profile string `json:"profile"` // version of the profile that was recomputed with
	Sent    string `json:"sent"`    // hash of what went out
	Again   string `json:"again"`   // hash of what comes out now; "" when it cannot be encoded
	// Notes say what differs, and what has changed since, for people.
	Notes []string `json:"notes,omitempty"`
}
