package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

// folderSource is a folder as a source. A file counts as complete when two looks, stableFor apart, show the same size and
// time; looks are kept in the ledger, so that a restart does not forget them.
type folderSource struct {
	endpoint  *transports.Endpoint
	ledger    *ledger.Ledger
	id        string // the source's name in the ledger: "partner/erp:out"
	partner   string
	folder    string
	match     transports.Match
	stableFor time.Duration
	processed string // folder for taken files
	failed    string
	now       func() time.Time
}

// Poll looks into the folder and gives the files that are complete. The cursor is not used: what is there is there.
func (f *folderSource) Poll(ctx context.Context, _ string) iter.Seq2[flow.Arrival, error] {
	return func(yield func(flow.Arrival, error) bool) {
		complete, err := f.look(ctx)
		if err != nil {
			yield(flow.Arrival{}, err)
			return
		}
		for _, a := range complete {
			if !yield(flow.Arrival{ID: a.ID, Name: a.Name, Size: a.Size, ModTime: a.ModTime, Path: path.Join(f.folder, a.Name)}, nil) {
				return
			}
		}
	}
}

// look lists the folder, records what it sees and gives what has been seen twice without a change.
func (f *folderSource) look(ctx context.Context) ([]ledger.Arrival, error) {
	files, err := f.endpoint.List(ctx, f.folder, f.match)
	if err != nil {
		return nil, err
	}
	seen := make([]ledger.Look, 0, len(files))
	for _, file := range files {
		if file.Refused == "" {
			seen = append(seen, ledger.Look{Name: file.Name, Size: file.Size, ModTime: file.ModTime})
		}
	}
	now := f.now()
	var known []ledger.Arrival
	err = f.ledger.Do(ctx, func(tx *ledger.Tx) error {
		if err := tx.Look(f.id, f.partner, seen, now); err != nil {
			return err
		}
		known, err = tx.Arrivals(ledger.ArrivalFilter{Source: f.id, States: []ledger.ArrivalState{ledger.ArrivalSeen}})
		return err
	})
	if err != nil {
		return nil, err
	}
	byName := make(map[string]ledger.Arrival, len(known))
	for _, a := range known {
		byName[a.Name] = a
	}
	complete := known[:0]
	for _, look := range seen { // in the folder's natural order
		if a, ok := byName[look.Name]; ok && stable(a, f.stableFor) {
			complete = append(complete, a)
		}
	}
	return complete, nil
}

// stable tells whether a file was seen the same twice, long enough apart.
func stable(a ledger.Arrival, stableFor time.Duration) bool {
	return a.Looks >= 2 && a.LastLook.Sub(a.FirstLook) >= stableFor
}

// claimPath is where a file lies while it is ours. The number keeps two files of one name apart.
func (f *folderSource) claimPath(a ledger.Arrival) string {
	return path.Join(f.folder, transports.OwnFolder, fmt.Sprintf("a%d-%s", a.ID, a.Name))
}

// claim takes the file for us. It may be repeated after a crash. gone says that the file is neither here nor there.
func (f *folderSource) claim(ctx context.Context, a ledger.Arrival) (gone bool, err error) {
	err = f.endpoint.Claim(ctx, path.Join(f.folder, a.Name), a.Path)
	if err == nil || transports.KindOf(err) != driver.NotFound {
		return false, err
	}
	_, err = f.endpoint.Stat(ctx, a.Path)
	if err != nil && transports.KindOf(err) == driver.NotFound {
		return true, nil
	}
	return false, err
}

// Open reads the claimed file; fewer or more bytes than were listed are an error.
func (f *folderSource) Open(ctx context.Context, a flow.Arrival) (io.ReadCloser, error) {
	return f.endpoint.OpenSized(ctx, a.Path, a.Size)
}

// Settle moves the file out of the way: to the folder for processed files, by day, or to the one for failed files with the
// reason beside it. The records that failed come as a file of their own, to be fixed and dropped again.
func (f *folderSource) Settle(a flow.Arrival, s flow.Settlement) []flow.Step {
	var steps []flow.Step
	failed := s.Outcome == flow.Failed || s.Outcome == flow.Rejected
	if len(s.Rest) > 0 {
		steps = append(steps, f.writeStep("rest", path.Join(f.failed, RestName(a.Name, s.Arrival)), s.Rest))
	}
	if s.Reason != "" && (failed || s.Outcome == flow.PartlyFailed) {
		name := a.Name
		if len(s.Rest) > 0 {
			name = RestName(a.Name, s.Arrival)
		}
		steps = append(steps, f.writeStep("reason", path.Join(f.failed, fmt.Sprintf("%s.a%d.reason.txt", name, s.Arrival)), []byte(s.Reason+"\n")))
	}
	to := path.Join(f.processed, s.At.Format("2006/01/02"), a.Name)
	if failed {
		to = path.Join(f.failed, a.Name)
	}
	return append(steps, flow.Step{Name: "move", Do: func(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
		name, err := f.endpoint.Move(ctx, a.Path, to)
		if err != nil && transports.KindOf(err) == driver.NotFound {
			return flow.Report{Answer: "was moved before"}, nil
		}
		return flow.Report{Evidence: flow.Evidence{"moved_to": name}, Request: "move " + a.Path, Answer: name}, folderFailure(err)
	}})
}

func (f *folderSource) writeStep(step, name string, content []byte) flow.Step {
	return flow.Step{Name: step, Do: func(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
		if dir := path.Dir(name); dir != "." {
			if err := f.endpoint.MakeDir(ctx, dir); err != nil {
				return flow.Report{}, folderFailure(err)
			}
		}
		return flow.Report{Request: "write " + name, Answer: "written"}, folderFailure(f.endpoint.WriteSmall(ctx, name, content))
	}}
}

// restMark stands in the name of a file that holds the failed records of an earlier one.
const restMark = ".rest-a"

// RestName names the file that holds the failed records of an arrival: "STOCK.CSV" of arrival 17 becomes
// "STOCK.rest-a17.CSV", which the same patterns match.
func RestName(name string, arrival int64) string {
	ext := path.Ext(name)
	return fmt.Sprintf("%s%s%d%s", strings.TrimSuffix(name, ext), restMark, arrival, ext)
}

// restOf reads the arrival out of a name that RestName made; 0 for other names.
func restOf(name string) int64 {
	stem := strings.TrimSuffix(name, path.Ext(name))
	_, digits, ok := strings.Cut(stem, restMark)
	if !ok {
		return 0
	}
	var id int64
	if _, err := fmt.Sscanf(digits, "%d", &id); err != nil {
		return 0
	}
	return id
}

// folderFailure sorts an error of a transport by what to do about it: what passes by itself, what needs a person.
func folderFailure(err error) error {
	if err == nil {
		return nil
	}
	kind := transports.KindOf(err)
	if kind.Transient() || errors.Is(err, context.Canceled) {
		return flow.Later(0, err)
	}
	switch kind {
	case driver.Full, driver.Denied, driver.NoFolder, driver.Exists, driver.Unknown:
		// A person has to act, but once that is done the same step goes through: keep trying within the profile's limits.
		return flow.Later(0, err)
	}
	return &flow.Failure{Kind: flow.NeedsPerson, Err: err}
}
