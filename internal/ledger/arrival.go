package ledger

import (
	"fmt"
	"strings"
	"time"
)

// ArrivalState is how far an arrival has come.
type ArrivalState string

// The states of an arrival, in their order.
const (
	ArrivalSeen     ArrivalState = "seen"     // listed, not yet known to be complete
	ArrivalClaimed  ArrivalState = "claimed"  // ours: renamed or leased, not yet archived
	ArrivalArchived ArrivalState = "archived" // its bytes are safe
	ArrivalPlanned  ArrivalState = "planned"  // decoded; its deliveries are written but may not start
	ArrivalHeld     ArrivalState = "held"     // a rule stopped it; a person decides
	ArrivalReleased ArrivalState = "released" // its deliveries may start
	ArrivalWaiting  ArrivalState = "waiting"  // its document is not ready to go out; a newer version of it will tell
	ArrivalSettled  ArrivalState = "settled"  // its source knows the outcome
)

// Arrival is what came from a source: a file, or what a platform answered or pushed.
type Arrival struct {
	ID      int64  `json:"id"`
	Partner string `json:"partner"`
	Source  string `json:"source"` // the endpoint
	Name    string `json:"name"`
	// Version tells two states of one object of a platform apart. Source, name and version are unique, replays aside;
	// files leave it empty, since the same file may be dropped twice.
	Version     string       `json:"version,omitempty"`
	Size        int64        `json:"size"`
	ModTime     time.Time    `json:"mod_time,omitzero"`
	Looks       int          `json:"looks"` // listings in a row that showed the same size and time
	FirstLook   time.Time    `json:"first_look,omitzero"`
	LastLook    time.Time    `json:"last_look,omitzero"`
	Path        string       `json:"path,omitempty"` // where the bytes lie now, once claimed
	Hash        string       `json:"hash,omitempty"` // of the bytes in the archive
	State       ArrivalState `json:"state"`
	Outcome     string       `json:"outcome,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	Rows        int64        `json:"rows"`
	Documents   int64        `json:"documents"`
	Failed      int64        `json:"failed"` // documents that failed for good
	ReplayOf    int64        `json:"replay_of,omitempty"`
	Replay      int          `json:"replay,omitempty"` // number of the replay, 0 for the arrival itself
	RemainderOf int64        `json:"remainder_of,omitempty"`
	Profile     string       `json:"profile,omitempty"` // version of the profile that it was planned with
	Tries       int          `json:"tries"`
	RunAt       time.Time    `json:"run_at,omitzero"` // when to try again
	CreatedAt   time.Time    `json:"created_at,omitzero"`
	SettledAt   time.Time    `json:"settled_at,omitzero"`
}

const arrivalColumns = "partner, source, name, version, size, mod_time, looks, first_look, last_look, path, hash, state, outcome, reason, " +
	"row_count, documents, failed, replay_of, replay, remainder_of, profile, tries, run_at, created_at, settled_at"

const arrivalSelect = "SELECT id, " + arrivalColumns + " FROM arrival"

var (
	arrivalInsert  = insertText("arrival", arrivalColumns) + " ON CONFLICT DO NOTHING"
	arrivalUpdate  = updateText("arrival", arrivalProgress+", size, mod_time, looks, first_look, hash")
	arrivalAdvance = updateText("arrival", arrivalProgress)
)

// arrivalProgress is what changes as an arrival goes on.
const arrivalProgress = "path, state, outcome, reason, row_count, documents, failed, remainder_of, profile, tries, run_at, settled_at"

func (a *Arrival) progress() []any {
	return []any{a.Path, string(a.State), a.Outcome, a.Reason, a.Rows, a.Documents, a.Failed, a.RemainderOf, a.Profile, a.Tries, a.RunAt, a.SettledAt}
}

func (a *Arrival) values() []any {
	return []any{a.Partner, a.Source, a.Name, a.Version, a.Size, a.ModTime, a.Looks, a.FirstLook, a.LastLook, a.Path, a.Hash,
		string(a.State), a.Outcome, a.Reason, a.Rows, a.Documents, a.Failed, a.ReplayOf, a.Replay, a.RemainderOf, a.Profile,
		a.Tries, a.RunAt, a.CreatedAt, a.SettledAt}
}

func (a *Arrival) fields() []any {
	return []any{&a.ID, &a.Partner, &a.Source, &a.Name, &a.Version, &a.Size, when{&a.ModTime}, &a.Looks, when{&a.FirstLook},
		when{&a.LastLook}, &a.Path, &a.Hash, &a.State, &a.Outcome, &a.Reason, &a.Rows, &a.Documents, &a.Failed, &a.ReplayOf,
		&a.Replay, &a.RemainderOf, &a.Profile, &a.Tries, when{&a.RunAt}, when{&a.CreatedAt}, when{&a.SettledAt}}
}

// InsertArrival adds an arrival and sets its ID, and CreatedAt where it is zero. [ErrExists] when its source, name and
// version are known already, or when a file of its name is in state seen.
func (tx *Tx) InsertArrival(a *Arrival) error {
	if a.CreatedAt.IsZero() {
		a.CreatedAt = tx.Now()
	}
	ok, err := tx.insert(&a.ID, arrivalInsert, a.values()...)
	if err == nil && !ok {
		err = ErrExists
	}
	return inCase(err, "recording arrival %q of %s", a.Name, a.Source)
}

// UpdateArrival writes the whole row but what names the arrival: partner, source, name, version, replays and the time it
// was made.
func (tx *Tx) UpdateArrival(a *Arrival) error {
	return tx.updateArrival(a, arrivalUpdate, append(a.progress(), a.Size, a.ModTime, a.Looks, a.FirstLook, a.Hash, a.ID))
}

// AdvanceArrival is UpdateArrival of one whose bytes are as they were recorded: neither its looks nor its hash are written.
func (tx *Tx) AdvanceArrival(a *Arrival) error {
	return tx.updateArrival(a, arrivalAdvance, append(a.progress(), a.ID))
}

func (tx *Tx) updateArrival(a *Arrival, text string, args []any) error {
	n, err := tx.exec(text, args...)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return inCase(err, "arrival a%d", a.ID)
}

// Arrival gives one arrival, or [ErrNotFound].
func (tx *Tx) Arrival(id int64) (Arrival, error) {
	a, err := one(tx, (*Arrival).fields, arrivalSelect+" WHERE id = $1", id)
	return a, inCase(err, "arrival a%d", id)
}

// ArrivalByVersion finds what a platform gave before, replays aside; [ErrNotFound] when it is new.
func (tx *Tx) ArrivalByVersion(source, name, version string) (Arrival, error) {
	a, err := one(tx, (*Arrival).fields, arrivalSelect+
		" WHERE source = $1 AND name = $2 AND version = $3 AND version <> '' AND replay = 0", source, name, version)
	return a, inCase(err, "arrival %q of %s, version %q", name, source, version)
}

// LastVersion gives the newest arrival of a platform's object, replays aside; [ErrNotFound] when it is new.
func (tx *Tx) LastVersion(source, name string) (Arrival, error) {
	a, err := one(tx, (*Arrival).fields, arrivalSelect+
		" WHERE name = $1 AND source = $2 AND version <> '' AND replay = 0 ORDER BY id DESC LIMIT 1", name, source)
	return a, inCase(err, "newest version of %q of %s", name, source)
}

// ArrivalFilter chooses arrivals; what is empty does not narrow.
type ArrivalFilter struct {
	States   []ArrivalState
	Partner  string
	Source   string
	Name     string // exact
	Like     string // part of the name, whatever its case
	Hash     string
	ReplayOf int64
	Since    time.Time // settled no earlier than this, or not settled
	Looks    int       // at least so many
	After    int64     // only what follows this ID in the wanted order
	Newest   bool      // newest first; otherwise oldest first
	Limit    int       // 0: all
}

// Arrivals gives the arrivals that a filter chooses, by ID.
func (tx *Tx) Arrivals(f ArrivalFilter) ([]Arrival, error) {
	var w where
	w.among("state", texts(f.States))
	w.equal("partner", f.Partner)
	w.equal("source", f.Source)
	w.equal("name", f.Name)
	if f.Like != "" {
		w.add(`lower(name) LIKE lower(?) ESCAPE '\'`, containing(f.Like))
	}
	w.equal("hash", f.Hash)
	w.number("replay_of", f.ReplayOf)
	if f.Looks > 0 {
		w.add("looks >= ?", f.Looks)
	}
	if !f.Since.IsZero() {
		w.add("(state <> 'settled' OR settled_at >= ?)", f.Since)
	}
	page := w.page(f.After, f.Newest, f.Limit)
	all, err := many(tx, (*Arrival).fields, arrivalSelect+page, w.args...)
	return all, inCase(err, "listing arrivals")
}

// texts turns named strings into plain ones.
func texts[S ~string](names []S) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = string(n)
	}
	return out
}

// containing makes the LIKE pattern of a part.
func containing(part string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(part) + "%"
}

// inCase says what was being done when an error came up.
func inCase(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
