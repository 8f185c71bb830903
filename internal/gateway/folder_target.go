package gateway

import (
	"bytes"
	"context"
	"path"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

// placing is how a file is put into a folder: under a temporary name that nobody picks up, synced, then renamed, then the
// done-file in the same way. "staged" is committed before the renames, so that after a crash a temporary name that is there
// means "rename it", and one that is gone means "was renamed". Looking for the final name would send twice what was fetched.
type placing struct {
	endpoint *transports.Endpoint
	folder   string
	temp     string // folder for unfinished files; "" is folder itself
	name     string
	done     string // name of the done-file; "" for none
	exists   string // wait, number, refuse
}

func (p placing) tempPath() string { return p.temporary(p.name) }

// doneTemp is the temporary name of the done-file. It is made of the file's own name: done-files may share one.
func (p placing) doneTemp() string { return p.temporary(p.name + ".done") }

func (p placing) temporary(name string) string {
	dir := p.temp
	if dir == "" {
		dir = p.folder
	}
	return path.Join(dir, transports.TempName(name))
}

// steps gives what has to be done to place the bytes.
func (p placing) steps(body []byte) []flow.Step {
	steps := []flow.Step{
		{Name: "stage", Do: func(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
			_, err := p.endpoint.Stage(ctx, p.tempPath(), bytes.NewReader(body), int64(len(body)))
			if err == nil && p.done != "" {
				_, err = p.endpoint.Stage(ctx, p.doneTemp(), bytes.NewReader(nil), 0)
			}
			return flow.Report{Request: "stage " + p.tempPath(), Answer: "staged"}, folderFailure(err)
		}},
		{Name: "publish", Once: true, Do: p.publish, Check: p.published},
	}
	if p.done != "" {
		steps = append(steps, flow.Step{Name: "done-file", Once: true, Do: p.publishDone, Check: p.donePublished})
	}
	return steps
}

func (p placing) publish(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
	final := path.Join(p.folder, p.name)
	r := flow.Report{Request: "rename to " + final, Evidence: flow.Evidence{"file": final}}
	err := p.endpoint.Publish(ctx, p.tempPath(), final)
	switch {
	case err == nil:
		r.Answer = "published"
		return r, nil
	case transports.KindOf(err) == driver.NotFound:
		// The temporary name is gone from a folder that is there: an earlier attempt renamed it.
		r.Answer = "was published before"
		return r, nil
	case transports.KindOf(err) == driver.Exists && p.exists == "refuse":
		return r, &flow.Failure{Kind: flow.NeedsPerson, Err: err}
	case transports.KindOf(err) == driver.Exists && p.exists == "number":
		name, err := p.endpoint.Move(ctx, p.tempPath(), final)
		r.Evidence["file"], r.Answer = name, "published as "+name
		return r, folderFailure(err)
	}
	return r, folderFailure(err)
}

// published looks at the temporary name after a crash.
func (p placing) published(ctx context.Context, _ flow.Evidence) (flow.State, flow.Report, error) {
	return p.renamed(ctx, p.tempPath(), flow.Evidence{"file": path.Join(p.folder, p.name)})
}

func (p placing) publishDone(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
	final := path.Join(p.folder, p.done)
	r := flow.Report{Request: "rename to " + final, Answer: "published"}
	err := p.endpoint.Publish(ctx, p.doneTemp(), final)
	switch transports.KindOf(err) {
	case driver.NotFound:
		r.Answer = "was published before"
		return r, nil
	case driver.Exists: // that of an earlier file, or one for all, which has not been fetched yet
		r.Answer = "is there"
		return r, folderFailure(p.endpoint.Remove(ctx, p.doneTemp()))
	}
	return r, folderFailure(err)
}

// donePublished looks at the done-file's temporary name after a crash.
func (p placing) donePublished(ctx context.Context, _ flow.Evidence) (flow.State, flow.Report, error) {
	return p.renamed(ctx, p.doneTemp(), nil)
}

func (p placing) renamed(ctx context.Context, temp string, e flow.Evidence) (flow.State, flow.Report, error) {
	_, err := p.endpoint.Stat(ctx, temp)
	switch {
	case err == nil:
		return flow.NotDone, flow.Report{Answer: "the temporary file is still there"}, nil
	case transports.KindOf(err) == driver.NotFound:
		return flow.Done, flow.Report{Answer: "the temporary file is gone: it was renamed", Evidence: e}, nil
	}
	return flow.CannotTell, flow.Report{}, flow.Later(0, err)
}
