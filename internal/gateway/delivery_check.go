package gateway

import (
	"context"
	"errors"
	"fmt"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/internal/mapping"
)

// check finds out what became of a step whose outcome is not known.
func (j *job) check(ctx context.Context, s flow.Step, last ledger.Attempt) (done bool, err error) {
	if wait := last.StartedAt.Add(j.route.settles).Sub(j.now()); wait > 0 {
		return false, flow.Later(wait, fmt.Errorf("%s: waiting until the target must have ended the call whose answer was lost", s.Name))
	}
	state, report, err := s.Check(ctx, j.evidence)
	if err != nil {
		return false, err
	}
	switch state {
	case flow.Done:
		last.State, last.Error = attemptDone, ""
		j.finish(&last, report, nil)
		j.unsaved = append(j.unsaved, last)
		return true, nil
	case flow.NotDone:
		last.State, last.EndedAt = attemptFailed, j.now()
		last.Error = "checked: it had not taken effect"
		j.unsaved = append(j.unsaved, last)
		return false, nil
	}
	return false, lostAnswer()
}

// holdError holds a delivery for a person.
type holdError struct{ what string }

func (e *holdError) Error() string { return e.what }

func isHold(err error) bool {
	_, ok := errors.AsType[*holdError](err)
	return ok
}

// lostAnswer says that nobody can know whether the effect happened.
func lostAnswer() error {
	return &holdError{"the answer was lost and the target cannot tell whether it took effect: look there, then retry or drop the delivery"}
}

// unknownCodes tells whether all that is wrong is that a code list lacks something, which the profile can be given.
func unknownCodes(found finding.List) bool {
	for _, f := range found {
		if f.Severity == finding.Error && f.Rule != mapping.UnknownCode {
			return false
		}
	}
	return true
}
