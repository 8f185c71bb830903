package gateway

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"time"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

// placing is how a file is put into a folder: under a temporary name that nobody picks up, synced, then renamed, then the
// done-file in the same way. "staged" is committed before the renames, so that after a crash a temporary name that is there
// means "rename it", and one that is gone means "was renamed". Looking for the final name would send twice what was fetched.
type placing struct {
	endpoint *files
	folder   string
	temp     string // folder for unfinished files; "" is folder itself
	delivery int64  // deliveries may share a name, and never a temporary one
	name     string
	done     string        // name of the done-file; "" for none
	exists   string        // wait, number, refuse
	again    time.Duration // how long to wait before looking again whether a taken name is free
}

func (p placing) tempPath() string { return p.temporary("") }

// doneTemp is the temporary name of the done-file. It is made of the file's own name: done-files may share one.
func (p placing) doneTemp() string { return p.temporary(".done") }

func (p placing) temporary(what string) string {
	dir := p.temp
	if dir == "" {
		dir = p.folder
	}
	return path.Join(dir, transports.TempName(fmt.Sprintf("%s%s.d%d", p.name, what, p.delivery)))
}

// steps gives what has to be done to place the bytes.
func (p placing) steps(body []byte) []flow.Step {
	stage := func(ctx context.Context) error {
		_, err := p.endpoint.Stage(ctx, p.tempPath(), bytes.NewReader(body), int64(len(body)))
		if err == nil && p.done != "" {
			_, err = p.endpoint.Stage(ctx, p.doneTemp(), bytes.NewReader(nil), 0)
		}
		return folderFailure(err)
	}
	steps := []flow.Step{{Name: "stage", Do: func(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
		return flow.Report{Request: "stage " + p.tempPath(), Answer: "staged"}, stage(ctx)
	}}}
	if p.exists == "wait" {
		steps = append(steps, flow.Step{Name: "free", Do: func(ctx context.Context, _ flow.Evidence) (flow.Report, error) { return p.free(ctx, stage) }})
	}
	steps = append(steps, flow.Step{Name: "publish", Once: true, Do: p.publish, Check: p.published})
	if p.done != "" {
		steps = append(steps, flow.Step{Name: "done-file", Once: true, Do: p.publishDone, Check: p.donePublished})
	}
	return steps
}

// free waits until the ERP has taken the file that has the name. That may take days, in which somebody may tidy up the
// temporary files; nothing was published yet, so they are staged again.
func (p placing) free(ctx context.Context, stage func(context.Context) error) (flow.Report, error) {
	final := path.Join(p.folder, p.name)
	r := flow.Report{Request: "look for " + final}
	switch _, err := p.endpoint.Stat(ctx, final); {
	case err == nil:
		return r, p.taken(final)
	case transports.KindOf(err) != driver.NotFound:
		return r, folderFailure(err)
	}
	r.Answer = "the name is free"
	if _, err := p.endpoint.Stat(ctx, p.tempPath()); transports.KindOf(err) == driver.NotFound {
		return r, stage(ctx)
	}
	return r, nil
}

func (p placing) taken(final string) error {
	return flow.Wait(max(p.again, time.Second), "%s is there and was not taken yet: it waits until the name is free", final)
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
	case transports.KindOf(err) == driver.Exists:
		return r, p.taken(final)
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
