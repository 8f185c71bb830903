package transports_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/mem"
)

// each error says what happened, where, and what to do.
func TestErrorsHelp(t *testing.T) {
	ctx := t.Context()
	store := mem.NewStore()
	store.Put("in/a.edi", []byte("UNB+"))
	store.Put("in/taken.edi", []byte("old"))
	store.Put("in/.taken.edi.batchgate", []byte("new"))
	store.Put("in/inuse.edi", nil)
	store.Put("in/throttled.edi", nil)
	store.Put("in/cut-at-2.edi", []byte("UNB+"))
	ep := transports.New("erp", store.Connect())
	stage := func(name, body string, size int64) error {
		_, err := ep.Stage(ctx, name, strings.NewReader(body), size)
		return err
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	for _, tt := range []struct {
		err  error
		kind driver.Kind
		want string
	}{
		{stage("in/.diskfull.edi.batchgate", "UNB+", 4), driver.Full,
			"stage erp:in/.diskfull.edi.batchgate: disk full (no space left, as the file name asks for); free space and retry, nothing was published"},
		{stage("in/.b.batchgate", "UNB+", 5), driver.Incomplete,
			"stage erp:in/.b.batchgate: incomplete (4 bytes of announced 5); it may still be written, or the transfer broke; list again and retry"},
		{stage("out/.b.batchgate", "UNB+", 4), driver.NoFolder,
			"stage erp:out/.b.batchgate: folder missing (out); create the folder or correct its name, batchgate does not create it"},
		{stage("../.b.batchgate", "UNB+", 4), driver.BadName,
			`stage erp:../.b.batchgate: name refused (not a temporary name); names stay below the endpoint's root, without "..", and use only what the server can store`},
		{ep.Publish(ctx, "in/.taken.edi.batchgate", "in/taken.edi"), driver.Exists,
			"publish erp:in/.taken.edi.batchgate to in/taken.edi: name taken (file already exists); it was not replaced; wait until it is fetched or move it away"},
		{ep.Claim(ctx, "in/inuse.edi", ".batchgate/claim/inuse.edi"), driver.InUse,
			"claim erp:in/inuse.edi to .batchgate/claim/inuse.edi: file in use (the file name asks for inuse); another program has it open; wait until it is closed"},
		{ep.Claim(ctx, "in/gone\n.edi", ".batchgate/claim/gone"), driver.NotFound,
			`claim erp:in/gone\n.edi to .batchgate/claim/gone: not found (file does not exist)`},
		{second(ep.Open(ctx, "in/throttled.edi")), driver.Throttled,
			"open erp:in/throttled.edi: server busy (the file name asks for throttled); use fewer connections or poll less often"},
		{second(ep.ReadSmall(ctx, "in/cut-at-2.edi", 10)), driver.Temporary,
			"read erp:in/cut-at-2.edi: temporary fault (connection lost after 2 bytes, as the file name asks for)"},
		{second(ep.List(ctx, "missing", transports.Match{})), driver.NotFound,
			"list erp:missing: not found (file does not exist); create the folder or correct its name, batchgate does not create it"},
		{second(ep.List(ctx, "in", transports.Match{Include: []string{"[a"}})), driver.Unsupported,
			`list erp:in: not supported (pattern "[a": syntax error in pattern; close every [ with ] and end no pattern with a backslash)`},
		{ep.Remove(cancelled, "in/a.edi"), driver.Cancelled, "remove erp:in/a.edi: cancelled (context canceled)"},
	} {
		if tt.err == nil || tt.err.Error() != tt.want {
			t.Errorf("got  %v\nwant %s", tt.err, tt.want)
		}
		if wrapped := fmt.Errorf("flow orders: %w", tt.err); transports.KindOf(wrapped) != tt.kind {
			t.Errorf("%v: kind %v, want %v", tt.err, transports.KindOf(wrapped), tt.kind)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestOpenSaysWhatIsWrong(t *testing.T) {
	_, missing := os.OpenRoot("testdata-missing") // each system has its own words
	for _, tt := range []struct {
		options transports.Options
		kind    driver.Kind
		want    string
	}{
		{transports.Options{Name: "erp", Transport: "locl"}, driver.Unsupported,
			`open erp: not supported (unknown transport "locl", did you mean "local"?; there are local, mem)`},
		{transports.Options{Name: "erp", Transport: "local"}, driver.BadName,
			`open erp: name refused (no root folder is named); names stay below the endpoint's root, without "..", and use only what the server can store`},
		{transports.Options{Name: "erp", Transport: "local", Root: "testdata-missing"}, driver.NotFound,
			"open erp: not found (root folder testdata-missing: " + errors.Unwrap(missing).Error() + "); create the root folder or correct its name, batchgate does not create it"},
	} {
		ep, err := transports.Open(t.Context(), tt.options)
		if err == nil {
			t.Errorf("%+v: opened %v", tt.options, ep.Name())
			continue
		}
		if err.Error() != tt.want {
			t.Errorf("got  %s\nwant %s", err, tt.want)
		}
		if transports.KindOf(err) != tt.kind {
			t.Errorf("%v: kind %v", err, transports.KindOf(err))
		}
	}
}

// the kind of a fault of the bytes' source says nothing about the endpoint that they go to.
func TestFaultOfTheBodyIsNotTheEndpoints(t *testing.T) {
	ep := transports.New("erp", mem.NewStore().Connect())
	_, err := ep.Stage(t.Context(), ".a.batchgate", failing{driver.Faultf(driver.Full, "cache is full")}, -1)
	if e, ok := errors.AsType[*transports.Error](err); !ok || e.Kind == driver.Full {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
