package drivertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing/iotest"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

func endpointTests() []test {
	return []test{
		{"ListGivesNaturalOrderAndHidesOurOwn", endpointList},
		{"StagedFileIsInvisibleUntilPublished", stagePublish},
		{"StageMakesOurOwnFolderButNoOther", stageFolders},
		{"StageMayBeRepeated", stageAgain},
		{"StageTakesOnlyTemporaryNames", stageOnlyTemp},
		{"BodyThatFailsHalfwayLeavesNothing", bodyFails},
		{"BodyOfAnotherSizeLeavesNothing", bodyOfWrongSize},
		{"StageAllTellsEachResult", stageAll},
		{"PublishNeverReplaces", publishTaken},
		{"PublishTellsDoneFromMissingFolder", publishGone},
		{"ClaimMakesOurFolderAndHasOneWinner", claim},
		{"MoveMakesDatedFolders", moveFolders},
		{"MoveNumbersTakenNames", moveNumbers},
		{"MoveAllTellsEachResult", moveAll},
		{"RemoveMayBeRepeated", removeAgain},
		{"OpenSizedNoticesAnotherSize", openSized},
		{"WriteSmallMayBeRepeatedButReplacesNothing", writeSmall},
		{"ReadSmallHasALimit", readSmall},
		{"CheckFolderCreatesNothing", checkFolder},
	}
}

func endpointList(b *bench) {
	ep := b.endpoint()
	b.makeDir("in/.batchgate", "in/sub")
	for _, name := range []string{"ORD10.EDI", "ORD9.EDI", "ord8.edi", "INV1.EDI", ".hidden", ".ORD9.EDI.batchgate"} {
		b.put("in/"+name, []byte(name))
	}
	files, err := ep.List(b.ctx, "in", transports.Match{Include: []string{"ORD*.EDI"}})
	b.ok(err)
	b.equal("matching files", paths(files), "in/ORD9.EDI", "in/ORD10.EDI")
	files, err = ep.List(b.ctx, "in", transports.Match{Include: []string{"ord*.edi"}, FoldCase: true, Limit: 2})
	b.ok(err)
	b.equal("first two whatever the case", paths(files), "in/ORD9.EDI", "in/ORD10.EDI")
	files, err = ep.List(b.ctx, "in", transports.Match{Temp: true})
	b.ok(err)
	b.equal("our own", paths(files), "in/.ORD9.EDI.batchgate")
	_, err = ep.List(b.ctx, "missing", transports.Match{})
	b.wants("list of a missing folder", err, driver.NotFound)
}

func paths(files []transports.File) []string {
	var got []string
	for _, f := range files {
		got = append(got, f.Path)
	}
	return got
}

func (b *bench) equal(what string, got []string, want ...string) {
	b.Helper()
	if !slices.Equal(got, want) {
		b.Errorf("%s: %q, want %q", what, got, want)
	}
}

func stagePublish(b *bench) {
	ep := b.endpoint()
	b.makeDir("out")
	temp := transports.TempName("out/ORD1.EDI")
	n, err := ep.Stage(b.ctx, temp, strings.NewReader("UNB+"), 4)
	b.ok(err)
	files, err := ep.List(b.ctx, "out", transports.Match{})
	b.ok(err)
	if n != 4 || len(files) != 0 {
		b.Errorf("%d bytes staged, visible %q", n, paths(files))
	}
	b.ok(ep.Publish(b.ctx, temp, "out/ORD1.EDI"))
	b.holds("out/ORD1.EDI", []byte("UNB+"))
	b.lists("out", "ORD1.EDI")
}

func stageFolders(b *bench) {
	ep := b.endpoint()
	_, err := ep.Stage(b.ctx, ".batchgate/stage/7/ORD1.EDI", strings.NewReader("a"), -1)
	b.ok(err)
	_, err = ep.Stage(b.ctx, transports.TempName("out/ORD1.EDI"), strings.NewReader("a"), -1)
	b.wants("stage in a missing folder", err, driver.NoFolder)
	b.wants("publish into a missing folder", ep.Publish(b.ctx, ".batchgate/stage/7/ORD1.EDI", "out/ORD1.EDI"), driver.NoFolder)
	b.lists(".", ".batchgate")
	b.holds(".batchgate/stage/7/ORD1.EDI", []byte("a"))
}

func stageAgain(b *bench) {
	ep := b.endpoint()
	for _, content := range []string{"first and longer", "second"} {
		_, err := ep.Stage(b.ctx, ".a.batchgate", strings.NewReader(content), int64(len(content)))
		b.ok(err)
	}
	b.holds(".a.batchgate", []byte("second"))
}

func stageOnlyTemp(b *bench) {
	ep := b.endpoint()
	b.put("a.edi", []byte("a"))
	_, err := ep.Stage(b.ctx, "a.edi", strings.NewReader("b"), 1)
	b.wants("stage", err, driver.BadName)
	b.wants("publish", ep.Publish(b.ctx, "a.edi", "b.edi"), driver.BadName)
	b.holds("a.edi", []byte("a"))
	b.lists(".", "a.edi")
}

func bodyFails(b *bench) {
	ep := b.endpoint()
	broken := errors.New("archive is broken")
	body := io.MultiReader(bytes.NewReader(randomBytes(300_000)), iotest.ErrReader(broken))
	_, err := ep.Stage(b.ctx, ".a.batchgate", body, 600_000)
	if !errors.Is(err, broken) {
		b.Errorf("error %v, want the body's", err)
	}
	b.lists(".")
}

func bodyOfWrongSize(b *bench) {
	ep := b.endpoint()
	for _, announced := range []int64{0, 9, 11, 1 << 40} {
		_, err := ep.Stage(b.ctx, ".a.batchgate", strings.NewReader("ten bytes!"), announced)
		b.wants(fmt.Sprintf("stage of 10 bytes as %d", announced), err, driver.Incomplete)
		b.lists(".")
	}
}

func stageAll(b *bench) {
	ep := b.endpoint()
	b.makeDir("out")
	var drafts []transports.Draft
	var files []transports.Renaming
	for i := range 30 {
		final := fmt.Sprintf("out/ORD%d.EDI", i)
		drafts = append(drafts, transports.Draft{Temp: transports.TempName(final), Body: strings.NewReader(final), Size: int64(len(final))})
		files = append(files, transports.Renaming{From: transports.TempName(final), To: final})
	}
	drafts[7].Size = 3
	for i, err := range ep.StageAll(b.ctx, drafts) {
		if i == 7 {
			b.wants("draft of another size", err, driver.Incomplete)
			continue
		}
		b.ok(err)
	}
	for i, err := range ep.PublishAll(b.ctx, files) {
		if i == 7 {
			b.wants("publish what was not staged", err, driver.NotFound)
			continue
		}
		b.ok(err)
		b.holds(files[i].To, []byte(files[i].To))
	}
	if got := b.names("out"); len(got) != 29 {
		b.Errorf("folder holds %q", got)
	}
}

func publishTaken(b *bench) {
	ep := b.endpoint()
	b.put("ORD1.EDI", []byte("old, not fetched yet"))
	b.put(".ORD1.EDI.batchgate", []byte("new"))
	b.wants("publish", ep.Publish(b.ctx, ".ORD1.EDI.batchgate", "ORD1.EDI"), driver.Exists)
	b.holds("ORD1.EDI", []byte("old, not fetched yet"))
	b.holds(".ORD1.EDI.batchgate", []byte("new"))
}

func publishGone(b *bench) {
	ep := b.endpoint()
	b.makeDir("out", ".batchgate/stage")
	b.wants("publish again", ep.Publish(b.ctx, ".batchgate/stage/a", "out/a"), driver.NotFound)
	b.wants("publish on an empty mount point", ep.Publish(b.ctx, ".batchgate/lost/a", "out/a"), driver.NoFolder)
}

func claim(b *bench) {
	b.makeDir("in")
	b.put("in/a.edi", []byte("a"))
	first, second := b.endpoint(), b.endpoint()
	b.ok(first.Claim(b.ctx, "in/a.edi", "in/.batchgate/claim/1/a.edi"))
	b.wants("second claim", second.Claim(b.ctx, "in/a.edi", "in/.batchgate/claim/2/a.edi"), driver.NotFound)
	b.holds("in/.batchgate/claim/1/a.edi", []byte("a"))
	files, err := first.List(b.ctx, "in/.batchgate/claim/1", transports.Match{})
	b.ok(err)
	b.equal("claimed", paths(files), "in/.batchgate/claim/1/a.edi")
	b.put("in/b.edi", []byte("b"))
	b.wants("claim into a partner's missing folder", first.Claim(b.ctx, "in/b.edi", "work/b.edi"), driver.NoFolder)
}

func moveFolders(b *bench) {
	ep := b.endpoint()
	b.put("a.edi", []byte("a"))
	name, err := ep.Move(b.ctx, "a.edi", "processed/2026/11/25/a.edi")
	b.ok(err)
	if name != "processed/2026/11/25/a.edi" {
		b.Errorf("moved to %q", name)
	}
	b.holds(name, []byte("a"))
	_, err = ep.Move(b.ctx, "a.edi", "processed/2026/11/25/a.edi")
	b.wants("move again", err, driver.NotFound)
	b.lists("processed/2026/11/25", "a.edi")
}

func moveNumbers(b *bench) {
	ep := b.endpoint()
	var want []string
	for i := range 40 {
		b.put("in.edi", fmt.Append(nil, i))
		name, err := ep.Move(b.ctx, "in.edi", "done/ORDERS.EDI")
		b.ok(err)
		b.holds(name, fmt.Append(nil, i))
		want = append(want, strings.TrimPrefix(name, "done/"))
	}
	b.lists("done", want...)
	if want[0] != "ORDERS.EDI" || want[1] != "ORDERS.2.EDI" || want[39] != "ORDERS.40.EDI" {
		b.Errorf("names used: %q", want)
	}
}

func moveAll(b *bench) {
	ep := b.endpoint()
	var files []transports.Renaming
	for i := range 20 {
		files = append(files, transports.Renaming{From: fmt.Sprint("f", i), To: "done/same.csv"})
		if i != 5 {
			b.put(files[i].From, fmt.Append(nil, i))
		}
	}
	for i, m := range ep.MoveAll(b.ctx, files) {
		if i == 5 {
			b.wants("move of a missing file", m.Err, driver.NotFound)
			continue
		}
		b.ok(m.Err)
		b.holds(m.Name, fmt.Append(nil, i))
	}
	if got := b.names("done"); len(got) != 19 {
		b.Errorf("moved to %q", got)
	}
}

func removeAgain(b *bench) {
	ep := b.endpoint()
	b.put("a.done", nil)
	b.ok(ep.Remove(b.ctx, "a.done"))
	b.ok(ep.Remove(b.ctx, "a.done"))
	b.lists(".")
}

func openSized(b *bench) {
	ep := b.endpoint()
	b.put("a.edi", []byte("ten bytes!"))
	for _, size := range []int64{-1, 10} {
		r, err := ep.OpenSized(b.ctx, "a.edi", size)
		b.ok(err)
		content, err := io.ReadAll(r)
		b.ok(err)
		b.ok(r.Close())
		if string(content) != "ten bytes!" {
			b.Errorf("read %q", content)
		}
	}
	for _, size := range []int64{0, 9, 11} {
		r, err := ep.OpenSized(b.ctx, "a.edi", size)
		b.ok(err)
		_, err = io.ReadAll(r)
		b.wants(fmt.Sprintf("10 bytes read as %d", size), err, driver.Incomplete)
		b.ok(r.Close())
	}
}

func writeSmall(b *bench) {
	ep := b.endpoint()
	reason := []byte("line 12: unknown article 4711\n")
	for range 2 {
		b.ok(ep.WriteSmall(b.ctx, "a.edi.reason.txt", reason))
		b.lists(".", "a.edi.reason.txt")
	}
	b.wants("another content", ep.WriteSmall(b.ctx, "a.edi.reason.txt", []byte("else")), driver.Exists)
	b.holds("a.edi.reason.txt", reason)
	b.ok(ep.WriteSmall(b.ctx, "a.done", nil))
	b.ok(ep.WriteSmall(b.ctx, "a.done", nil))
	b.lists(".", "a.done", "a.edi.reason.txt")
}

func readSmall(b *bench) {
	ep := b.endpoint()
	b.put("a.done", []byte("12345"))
	got, err := ep.ReadSmall(b.ctx, "a.done", 5)
	b.ok(err)
	if string(got) != "12345" {
		b.Errorf("read %q", got)
	}
	_, err = ep.ReadSmall(b.ctx, "a.done", 4)
	b.wants("too large", err, driver.Unsupported)
}

func checkFolder(b *bench) {
	ep := b.endpoint()
	b.put("a.edi", nil)
	b.ok(ep.CheckFolder(b.ctx, "."))
	b.wants("missing folder", ep.CheckFolder(b.ctx, "in"), driver.NotFound)
	b.wants("a file", ep.CheckFolder(b.ctx, "a.edi"), driver.NoFolder)
	b.lists(".", "a.edi")
}

// cancelledAt gives an endpoint whose context is cancelled at a step, and that context.
func (b *bench) cancelledAt(step Step) (*transports.Endpoint, context.Context, func() int) {
	ctx, cancel := context.WithCancel(b.ctx)
	b.Cleanup(cancel)
	last := 0
	conn := Watch(b.connect(), func(s Step) error {
		last = max(last, s.N)
		if s.N == step.N && s.After == step.After {
			cancel()
		}
		return nil
	})
	return transports.New("test", conn), ctx, func() int { return last }
}
