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
	"unicode/utf8"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

// folderSource is a folder as a source. A file counts as complete when two looks, stableFor apart, show the same size and
// time; looks are kept in the ledger, so that a restart does not forget them.
type folderSource struct {
	endpoint  *files
	ledger    *ledger.Ledger
	id        string // the source's name in the ledger: "partner/erp:out"
	partner   string
	folder    string
	match     transports.Match
	stableFor time.Duration
	processed string // folder for taken files
	failed    string
	flows     []*profiles.Flow // those that take from it
	now       func() time.Time
}

// gathered is the source as a crew uses it.
func (f *folderSource) gathered(ctx context.Context, c *crew) *folderSource {
	own := *f
	own.endpoint = c.files(ctx, f.endpoint.Endpoint)
	return &own
}

// Poll looks into the folder and gives the files that are complete. Cursor and names are not used: what is there is there.
func (f *folderSource) Poll(ctx context.Context, _ string, _ []string) iter.Seq2[flow.Arrival, error] {
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
	taken, err := f.inPlace(ctx)
	if err != nil {
		return nil, err
	}
	var past []ledger.Look
	seen := make([]ledger.Look, 0, len(files))
	for _, file := range files {
		look := ledger.Look{Name: recordedName(file.Name), Size: file.Size, ModTime: file.ModTime}
		if a, ok := taken[look.Name]; file.Refused != "" || ok && !differs(a.Size, a.ModTime, look.Size, look.ModTime) {
			continue
		}
		if f.old(look) {
			past = append(past, look)
			continue
		}
		seen = append(seen, look)
	}
	now := f.now()
	var known []ledger.Arrival
	err = f.ledger.Do(ctx, func(tx *ledger.Tx) error {
		if err := errors.Join(tx.Look(f.id, f.partner, seen, now), f.passOver(tx, past)); err != nil {
			return err
		}
		known, err = tx.Arrivals(ledger.ArrivalFilter{Source: f.id, States: []ledger.ArrivalState{ledger.ArrivalSeen}, Looks: 2})
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

// takenInPlace stands as the cursor of a folder in which files could not be renamed and were taken where they lie.
const takenInPlace = "in place"

// inPlace gives the arrivals that still lie in the folder, though they are ours.
func (f *folderSource) inPlace(ctx context.Context) (map[string]ledger.Arrival, error) {
	taken := map[string]ledger.Arrival{}
	err := f.ledger.View(ctx, func(tx *ledger.Tx) error {
		if cursor, err := tx.Cursor(f.id); err != nil || cursor != takenInPlace {
			return err
		}
		all, err := tx.Arrivals(ledger.ArrivalFilter{Source: f.id, States: []ledger.ArrivalState{ledger.ArrivalClaimed, ledger.ArrivalArchived,
			ledger.ArrivalPlanned, ledger.ArrivalHeld, ledger.ArrivalReleased}})
		for _, a := range all {
			if a.Path == path.Join(f.folder, a.Name) {
				taken[a.Name] = a
			}
		}
		return err
	})
	return taken, err
}

// differs tells whether a file no longer looks as it was recorded; the ledger keeps times to the microsecond.
func differs(size int64, modTime time.Time, nowSize int64, nowModTime time.Time) bool {
	return size != nowSize || !modTime.Truncate(time.Microsecond).Equal(nowModTime.Truncate(time.Microsecond))
}

// recordedName is how the ledger keeps a name: as it is, but for names that are not UTF-8 or could be taken for the
// recorded form of another; those are kept as people see them. storedName is the reverse.
func recordedName(name string) string {
	if utf8.ValidString(name) && storedName(name) == name {
		return name
	}
	return transports.DisplayName(name)
}

func storedName(recorded string) string {
	if name, err := transports.OriginalName(recorded); err == nil {
		return name
	}
	return recorded
}

// stable tells whether a file was seen the same twice, long enough apart.
func stable(a ledger.Arrival, stableFor time.Duration) bool {
	return a.Looks >= 2 && a.LastLook.Sub(a.FirstLook) >= stableFor
}

// maxClaimed is the longest name that a claimed file keeps behind its number, in bytes.
const maxClaimed = 200

// claimPath is where a file lies while it is ours. The number keeps two files of one name apart. A name that the ledger
// cannot keep as it is, or a very long one, is left out.
func (f *folderSource) claimPath(a ledger.Arrival) string {
	name := fmt.Sprintf("a%d-%s", a.ID, a.Name)
	if storedName(a.Name) != a.Name || len(a.Name) > maxClaimed {
		name = fmt.Sprintf("a%d", a.ID)
	}
	return path.Join(f.folder, transports.OwnFolder, name)
}

// claim takes the file for us. It may be repeated after a crash. gone says that the file is neither here nor there.
func (f *folderSource) claim(ctx context.Context, a ledger.Arrival) (gone bool, err error) {
	if a.Path == path.Join(f.folder, a.Name) {
		_, err = f.endpoint.Stat(ctx, storedName(a.Path))
	} else {
		err = f.endpoint.Claim(ctx, path.Join(f.folder, storedName(a.Name)), a.Path)
	}
	if transports.KindOf(err) == driver.Exists { // claimed before; what lies under its name now is another file
		return false, nil
	}
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
	return f.endpoint.OpenSized(ctx, storedName(a.Path), a.Size)
}

// Settle moves the file out of the way: to the folder for processed files, by day, or to the one for failed files with the
// reason beside it. The records that failed come as a file of their own, to be fixed and dropped again.
func (f *folderSource) Settle(a flow.Arrival, s flow.Settlement) []flow.Step {
	var steps []flow.Step
	stored := storedName(a.Name)
	failed := s.Outcome == flow.Failed || s.Outcome == flow.Rejected
	about := stored
	if len(s.Rest) > 0 {
		about = RestName(stored, s.Arrival)
		steps = append(steps, f.writeStep("rest", path.Join(f.failed, about), s.Rest))
	}
	if s.Reason != "" && (failed || s.Outcome == flow.PartlyFailed) {
		steps = append(steps, f.writeStep("reason", f.reasonPath(about, s.Arrival), []byte(s.Reason+"\n")))
	}
	to := path.Join(f.processed, s.At.Format("2006/01/02"), stored)
	if failed {
		to = path.Join(f.failed, stored)
	}
	return append(steps, flow.Step{Name: "move", Do: func(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
		return f.moveAway(ctx, a, s.Arrival, to)
	}})
}

func (f *folderSource) reasonPath(name string, arrival int64) string {
	return transports.Beside(path.Join(f.failed, name), fmt.Sprintf(".a%d.reason.txt", arrival))
}

// changedEvidence is the evidence that a file was written to after it was taken.
const changedEvidence = "changed"

// moveAway gives a taken file its last place. One that somebody went on writing is not as it was archived: it goes to the
// failed ones, to be dropped again when it is complete.
func (f *folderSource) moveAway(ctx context.Context, a flow.Arrival, id int64, to string) (flow.Report, error) {
	r := flow.Report{Request: "move " + a.Path}
	from := storedName(a.Path)
	e, err := f.endpoint.Stat(ctx, from)
	if err == nil && differs(a.Size, a.ModTime, e.Size, e.ModTime) {
		if a.Path == path.Join(f.folder, a.Name) {
			r.Answer = "another file has its name now"
			return r, nil
		}
		to = path.Join(f.failed, storedName(a.Name))
		said := fmt.Sprintf("the file was written to after its %d bytes were taken: look what was added, and drop it again when it is complete", a.Size)
		r.Evidence = flow.Evidence{changedEvidence: said}
		beside := transports.Beside(to, fmt.Sprintf(".a%d.changed.txt", id))
		if r, err := f.writeStep("", beside, []byte(said+"\n")).Do(ctx, nil); err != nil {
			return r, err
		}
	}
	var name string
	if err == nil {
		name, err = f.endpoint.Move(ctx, from, to)
	}
	if err != nil && transports.KindOf(err) == driver.NotFound {
		r.Answer = "was moved before"
		return r, nil
	}
	if r.Evidence == nil {
		r.Evidence = flow.Evidence{}
	}
	r.Evidence["moved_to"], r.Answer = name, name
	return r, folderFailure(err)
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

// Begin counts the files that a first look would take. Those that are older are recorded by each look.
func (f *folderSource) Begin(ctx context.Context) (flow.Beginning, error) {
	files, err := f.endpoint.List(ctx, f.folder, f.match)
	b := flow.Beginning{What: "files"}
	for _, file := range files {
		if f.old(ledger.Look{Name: recordedName(file.Name), ModTime: file.ModTime}) {
			b.Past++
		} else if file.Refused == "" {
			b.Take++
		}
	}
	return b, err
}
