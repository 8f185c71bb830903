package trace

import "github.com/batchgate/batchgate/finding"

// ReplayOptions say how an arrival is processed again.
type ReplayOptions struct {
	DryRun bool   // only say what would happen; nothing is written
	Actor  string // who wants it; needed unless DryRun is set
}

// Prediction is what processing an arrival again does.
type Prediction struct {
	Arrival int64  `json:"arrival"`
	Name    string `json:"name"`
	Replay  int    `json:"replay"`        // number of the replay
	New     int64  `json:"new,omitempty"` // the arrival that the replay is; 0 for a dry run
	Counts  Counts `json:"counts"`
	// Effects are the documents, one by one, as far as MaxEffects; unchanged articles are only counted.
	Effects []Effect `json:"effects,omitempty"`
	LeftOut int64    `json:"left_out,omitempty"`
	// Warnings say what a person should know before saying yes.
	Warnings []string     `json:"warnings,omitempty"`
	Findings finding.List `json:"findings,omitempty"`
}

// MaxEffects is how many effects a prediction names; the counts are of all.
const MaxEffects = 1000

// Counts says how many documents come to what.
type Counts struct {
	Send       int64 `json:"send"`       // go out, Again included
	Again      int64 `json:"again"`      // of these, took effect before and would do so a second time
	Same       int64 `json:"same"`       // articles that the target has already
	Ignored    int64 `json:"ignored"`    // the profile ignores them
	Held       int64 `json:"held"`       // stop until a person releases them
	Failed     int64 `json:"failed"`     // cannot be read, or belong to a broken message
	Missing    int64 `json:"missing"`    // articles that the file does not name and that are left as they are
	Deliveries int64 `json:"deliveries"` // calls and files that would be made
}

// Actions of effects.
const (
	ActionSend   = "send"
	ActionAgain  = "again" // took effect before, and would do so a second time
	ActionIgnore = "ignore"
	ActionHold   = "hold"
	ActionFail   = "fail"
)

// Effect is what would become of one document.
type Effect struct {
	Flow    string `json:"flow,omitempty"`
	Target  string `json:"target,omitempty"`
	Kind    string `json:"kind"`
	Key     string `json:"key,omitempty"`
	Message int    `json:"message,omitempty"` // ordinal in the arrival
	Action  string `json:"action"`
	Reason  string `json:"reason,omitempty"`
	Before  int64  `json:"before,omitempty"` // the delivery that carried it out before
}
