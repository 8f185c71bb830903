// Package flow decides what an arrival leads to: which messages go to which flows, what differs from the baseline, what a
// guard holds, which deliveries are planned. It is pure: what comes from outside is handed in as facts, and nothing here
// reads a clock, a file, a network or the ledger.
//
// It also states the contracts that folders and platforms fulfil: [Source], [Target], [Step].
package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// Kinds of deliveries that tell a partner what became of what it sent; they carry no documents.
const (
	KindContrl = "contrl" // of an interchange
	KindAperak = "aperak" // of a message
)

// IsAcknowledgement tells whether a kind of deliveries is one of these.
func IsAcknowledgement(kind string) bool { return kind == KindContrl || kind == KindAperak }

// Arrival is what a source offers: a file in a folder, or one object that a platform answered. Its bytes are archived
// before anything is made of them.
type Arrival struct {
	ID   int64  // the ledger's number, once it is recorded; 0 before
	Name string // file name, or the platform's name of the object ("order/<id>")
	// Version tells two states of one object of a platform apart: a time stamp for people, and behind a slash what decides
	// whether it is another state than the one before. Files leave it empty.
	Version string
	Size    int64 // bytes; 0 where it is not known before Open
	ModTime time.Time
	Path    string // where a file lies now, once it was claimed
	Cursor  string // what the source's cursor becomes, in the same commit, once this arrival is recorded
	Body    []byte // the bytes, where the source has them at hand; otherwise Open reads them
	Gone    bool   // the platform does not have the object any more, which was to be looked at again
}

// Beginning is what a source holds before its first look.
type Beginning struct {
	What  string  // "orders", "files"
	Take  int64   // what the first look would take
	Past  int64   // what is older than the flow's start
	Older []Older // a platform's objects among those, as far as they are named
}

// Older is an object of a platform from before a flow's start.
type Older struct{ ID, Key string }

// Source is where arrivals come from.
type Source interface {
	// Begin looks at a source that was never looked at before, and takes nothing.
	Begin(ctx context.Context) (Beginning, error)
	// Poll gives what is new since the cursor, oldest first, and a platform's objects that are named to be looked at again.
	// Seeing an arrival again is no harm: name and version tell.
	Poll(ctx context.Context, cursor string, again []string) iter.Seq2[Arrival, error]
	// Open reads an arrival's bytes.
	Open(ctx context.Context, a Arrival) (io.ReadCloser, error)
	// Settle gives the steps that tell the source what became of its arrival: move the file, mark the order exported.
	Settle(a Arrival, s Settlement) []Step
}

// Reader turns a platform's bytes into documents. Files are read by mappings instead.
type Reader interface {
	// Read gives the documents of one archived arrival; pure. With trace every value has its origin.
	Read(body []byte, trace bool) ([]*document.Document, finding.List, error)
}

// Outcome is what became of an arrival.
type Outcome string

// The outcomes of an arrival.
const (
	Processed    Outcome = "processed"     // all of it took effect, or needed none
	PartlyFailed Outcome = "partly failed" // some documents failed for good
	Failed       Outcome = "failed"        // nothing of it took effect
	Repeated     Outcome = "repeated"      // the same bytes or documents had been taken before; no second effect
	Rejected     Outcome = "rejected"      // a person said no
	Superseded   Outcome = "superseded"    // a newer version of the same object took its place
	Cancelled    Outcome = "cancelled"     // taken back at its source before it went out
	PassedOver   Outcome = "passed over"   // older than the flow's start, or exported by other means before
)

// Settlement is what a source is told about its arrival.
type Settlement struct {
	Arrival int64 // the ledger's number of it
	Outcome Outcome
	At      time.Time
	Reason  string // for people: what went wrong and what to do; written beside a failed file
	Rest    []byte // the failed records as a file that can be fixed and dropped again; nil when there are none
	// Numbers are the business keys of the documents, and names the files that carried them out.
	Documents []Settled
}

// Settled is one document of a settled arrival.
type Settled struct {
	Kind document.Kind
	ID   string // the platform's identifier, where the document has one
	Key  string
	As   string // what carried it out: the name of the file
	// Buyer is the platform's identifier of an order's buyer, and BuyerNumber the number that the platform is to be told of.
	Buyer, BuyerNumber string
}

// Delivery is one thing that goes to one target: a batch of documents for a call, or a file.
type Delivery struct {
	ID      int64
	Arrival int64
	Flow    string // "partner/flow"
	Target  string // the target connection's ID
	Kind    string // a document kind, "contrl" or "aperak"
	Key     string // business key under which order is kept; deliveries of different keys may overtake each other
	Effect  string // effect key: arrival, target, operation, business key, replay number
	Docs    []*document.Document
	Name    string // name of the file that is put; "" for calls
}

// Facts is everything from outside that encoding needs. What it gives is recorded with the delivery, so that the same
// delivery can be encoded again with the same result.
type Facts interface {
	// Now is the time of the first attempt.
	Now() time.Time
	// Number gives the next number of a series, reserved for this delivery and kept by its retries.
	Number(series string) (int64, error)
	// Lookup gives what the target answered for a key; false when the target does not know it.
	Lookup(table, key string) (string, bool)
}

// Need names one look-up that encoding will ask for.
type Need struct{ Table, Key string }

// Target is where deliveries go.
type Target interface {
	// Needs names the look-ups that Encode will ask for.
	Needs(d *Delivery) []Need
	// Lookup asks the target. Keys that it does not know are missing from the answer. keep says how long an answer may be
	// used again; 0 means for this attempt only.
	Lookup(ctx context.Context, table string, keys []string) (found map[string]string, keep time.Duration, err error)
	// Encode gives the bytes that go out: the file, or the calls of all steps. Pure. Refusals name documents that cannot
	// go out (an unknown article); the others go. t may be nil.
	Encode(d *Delivery, f Facts, t *Trace) (body []byte, refused []Refusal, found finding.List, err error)
	// Steps gives what has to be done with the bytes, in order. No steps means there is nothing to do.
	Steps(d *Delivery, body []byte) []Step
}

// Holder is a target of stock that may subtract open orders from what it is given by itself. What it takes off is added
// before.
type Holder interface {
	// Holds gives what the target takes off an article's stock, by recorded facts; zero where it takes off nothing.
	Holds(sku string, f Facts) (document.Decimal, error)
}

// Lister is a target that can list the articles that it has.
type Lister interface {
	// Articles gives all articles, or those that were made or changed since a stamp; "" is the beginning of all.
	Articles(ctx context.Context, since string) iter.Seq2[Article, error]
}

// OpenLister is a target that can list the orders that hold goods in it.
type OpenLister interface {
	// OpenOrders gives those that were placed in a span of time, without until.
	OpenOrders(ctx context.Context, from, until time.Time) iter.Seq2[HeldOrder, error]
}

// HeldOrder is what an order holds of each article.
type HeldOrder struct {
	Order  string
	Placed time.Time
	Items  map[string]document.Decimal
}

// Article is an article of a target. Of two stamps the later one is the greater text; they are of the target's own clock.
type Article struct{ SKU, Stamp string }

// Step is a named part of a delivery or of settling an arrival, finished at most once.
type Step struct {
	Name string
	// Once marks what must not be repeated blindly: "started" is committed before Do, and after an unknown outcome Check decides.
	Once  bool
	Do    func(ctx context.Context, sofar Evidence) (Report, error)
	Check func(ctx context.Context, sofar Evidence) (State, Report, error)
}

// Evidence is what finished steps leave for those after them, and for people.
type Evidence map[string]string

// Report is what a step says of one attempt.
type Report struct {
	Evidence Evidence  // added to the delivery's evidence
	Refused  []Refusal // documents that the target refused for good
	Request  string    // what was sent, in one line: "POST /api/_action/sync"
	Answer   string    // what came back, cut: "204", "200 {...}"
}

// State is what Check finds.
type State uint8

// The states of a step whose outcome was unknown.
const (
	CannotTell State = iota // hold for a person
	NotDone
	Done
)

// Refusal is one document of a batch that the target does not take.
type Refusal struct {
	Doc     int    `json:"doc"` // index in Delivery.Docs
	Key     string `json:"key"`
	Rule    string `json:"rule"`              // finding rule, "target.unknown-sku"
	Pointer string `json:"pointer,omitempty"` // the target's own place of the fault
	Message string `json:"message"`
	Ignored bool   `json:"ignored,omitempty"` // the profile says that this is no failure
}

// FailureKind is what to do about an error.
type FailureKind uint8

// The kinds of failures.
const (
	TryLater    FailureKind = iota // back-off and again
	NeedsPerson                    // dead letter at once
	Unknown                        // the outcome is not known: Check decides for steps done once, repetition for others
	NotYet                         // nothing is wrong, it is not its time: again after After, as often as it takes
)

// Failure is an error of a step with what to do about it. An error that is no Failure is tried later.
type Failure struct {
	Kind  FailureKind
	After time.Duration // the target's own wish (Retry-After); 0: by the profile's back-off
	Err   error
}

func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Later marks an error that passes; after may be 0.
func Later(after time.Duration, err error) error {
	return &Failure{Kind: TryLater, After: after, Err: err}
}

// Wait marks what is not possible yet, though nothing is wrong: a name is not free, the target has its quiet hours. It
// uses up no tries.
func Wait(after time.Duration, format string, args ...any) error {
	return &Failure{Kind: NotYet, After: after, Err: fmt.Errorf(format, args...)}
}

// Stop marks an error that needs a person.
func Stop(format string, args ...any) error {
	return &Failure{Kind: NeedsPerson, Err: fmt.Errorf(format, args...)}
}

// Lost marks an error after which nobody knows whether the effect happened.
func Lost(err error) error { return &Failure{Kind: Unknown, Err: err} }

// FailureOf gives what to do about an error.
func FailureOf(err error) Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return *f
	}
	return Failure{Kind: TryLater, Err: err}
}

// Trace collects which document value went where in the bytes that go out.
type Trace struct{ Written []Written }

// Written is one value in the bytes that go out.
type Written struct {
	Doc   int           `json:"doc"`   // index in Delivery.Docs
	Field string        `json:"field"` // path in the document, "lines[2].sku"; "" for constants and facts
	Rule  finding.Place `json:"rule"`  // line of the mapping, or the connector's rule in Path
	Place finding.Place `json:"place"` // bytes in the file; for calls the step and JSON pointer in Path
	Value string        `json:"value"`
}

// Add records a value; a nil trace records nothing.
func (t *Trace) Add(w Written) {
	if t != nil {
		t.Written = append(t.Written, w)
	}
}
