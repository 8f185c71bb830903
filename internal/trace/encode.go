package trace

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// encodedAgain is a delivery that was encoded again.
type encodedAgain struct {
	flow    *profiles.Flow // by which it was encoded; nil when there is none any more
	docs    []*document.Document
	refused []flow.Refusal
	trace   flow.Trace
	body    []byte
	check   *Check
}

func (e *encodedAgain) note(text string) {
	if e.check != nil && !slices.Contains(e.check.Notes, text) {
		e.check.Notes = append(e.check.Notes, text)
	}
}

func (e *encodedAgain) disagree(text string) {
	e.note(text)
	if e.check != nil {
		e.check.Agrees = false
	}
}

// encodeAgain encodes a delivery by the profile that it was planned with, or by another version that gives what went out.
// The error is one of the ledger.
func (t *tracer) encodeAgain(ctx context.Context, d *ledger.Delivery) (encodedAgain, error) {
	all, err := t.candidates(ctx, d)
	if err != nil {
		return encodedAgain{}, err
	}
	var first *encodedAgain
	for _, c := range all {
		e := t.encodeWith(c, d)
		if d.BodyHash == "" || e.check.Agrees {
			t.compareWithToday(&e, c, d)
			return e, nil
		}
		if first == nil {
			first = &e
		}
	}
	if first == nil {
		first = &encodedAgain{check: &Check{Sent: d.BodyHash}}
		first.read(d)
		if d.BodyHash == "" {
			first.check = nil
		}
		first.note(fmt.Sprintf("flow %s is in no profile of this home and in no archived version: it cannot be recomputed", d.Flow))
		return *first, nil
	}
	if first.check.Again != "" {
		first.note(t.difference(ctx, d, first.body))
	}
	if len(all) > 0 && first.flow != nil && first.flow.Profile.Version != d.Profile {
		first.note(fmt.Sprintf("profile version %s, with which it was planned, is not in the archive", short(d.Profile)))
	}
	return *first, nil
}

// read reads the documents of a delivery as far as they are readable.
func (e *encodedAgain) read(d *ledger.Delivery) {
	docs, err := document.ParseLines(d.Docs)
	if err != nil {
		e.note("its documents cannot be read: " + err.Error())
	}
	e.docs = docs
}

// encodeWith encodes a delivery by one version of its flow.
func (t *tracer) encodeWith(c versioned, d *ledger.Delivery) encodedAgain {
	e := encodedAgain{flow: c.flow, check: &Check{Profile: c.flow.Profile.Version, Sent: d.BodyHash}}
	if d.BodyHash == "" && !c.flow.To.Connection.IsFolder() { // what the target was asked is not known before the first attempt
		e.check = nil
		e.read(d)
		return e
	}
	out, err := gateway.Encode(c.flow, d, func() (gateway.Platform, error) { return t.shop(c.flow.To.Connection.ID()) }, &e.trace)
	e.docs, e.refused, e.body = out.Docs, out.Refused, out.Body
	switch {
	case err != nil:
		e.note("it cannot be encoded again: " + err.Error())
	case out.Findings.HasErrors():
		e.note("it cannot be encoded again: " + out.Findings.Error())
	default:
		e.check.Again = archive.Hash(out.Body)
		e.check.Agrees = e.check.Again == d.BodyHash
	}
	if d.BodyHash == "" {
		e.check = nil
	}
	return e
}

// compareWithToday says what has changed in the profile since.
func (t *tracer) compareWithToday(e *encodedAgain, c versioned, d *ledger.Delivery) {
	if e.check == nil {
		return
	}
	today, ok := t.Home.Flow(d.Flow)
	if !ok {
		e.note("the flow is in no profile of this home any more; recomputed with version " + c.String())
		return
	}
	if today.Profile.Version == c.flow.Profile.Version {
		return
	}
	now := t.encodeWith(versioned{flow: today}, d)
	verdict := "today's would give other bytes"
	if now.check.Agrees {
		verdict = "today's gives the same bytes"
	}
	e.note(fmt.Sprintf("the profile has changed since: recomputed with version %s; %s", c, verdict))
}

// difference says where the bytes that went out and those of now part.
func (t *tracer) difference(ctx context.Context, d *ledger.Delivery, now []byte) string {
	sent, err := t.Archive.Read(ctx, d.BodyHash, maxObject)
	if err != nil {
		return "other bytes come out now; those that went out cannot be shown: " + err.Error()
	}
	at := 0
	for at < len(sent) && at < len(now) && sent[at] == now[at] {
		at++
	}
	return fmt.Sprintf("other bytes come out now, from byte %d on: %q went out, %q comes out", at, around(sent, at), around(now, at))
}

// around gives a few bytes from a place on.
func around(b []byte, at int) []byte {
	from := max(at-12, 0)
	return bytes.ToValidUTF8(b[from:min(at+28, len(b))], []byte("?"))
}

// versioned is a flow in one version of its profile.
type versioned struct {
	flow *profiles.Flow
	at   string // since when the version was known; "" for today's
}

func (v versioned) String() string {
	s := short(v.flow.Profile.Version)
	if v.at != "" {
		s += " of " + v.at
	}
	return s
}

// short is enough of a hash for people, and for a search.
func short(hash string) string { return hash[:min(len(hash), 12)] }

// maxVersions is how many versions of a profile are tried.
const maxVersions = 10

// candidates gives the versions of a delivery's flow by which it may have been encoded, the likeliest first: the one that
// it was planned with, today's, then the others, newest first.
func (t *tracer) candidates(ctx context.Context, d *ledger.Delivery) ([]versioned, error) {
	partner, name, _ := strings.Cut(d.Flow, "/")
	var known []ledger.ProfileVersion
	err := t.Ledger.View(ctx, func(tx *ledger.Tx) error {
		var err error
		known, err = tx.ProfileVersions(partner)
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []versioned
	today, ok := t.Home.Flow(d.Flow)
	if ok {
		all = append(all, versioned{flow: today})
	}
	slices.Reverse(known)
	for _, v := range known {
		if ok && v.Version == today.Profile.Version {
			continue
		}
		if v.Version != d.Profile && len(all) >= maxVersions {
			continue
		}
		if one := t.version(ctx, v, name); one.flow != nil {
			if v.Version == d.Profile {
				all = slices.Insert(all, 0, one)
			} else {
				all = append(all, one)
			}
		}
	}
	return all, nil
}

// version loads a flow out of an archived profile; nothing when it is gone or not readable.
func (t *tracer) version(ctx context.Context, v ledger.ProfileVersion, flow string) versioned {
	name := v.Version + " " + flow
	if known, ok := t.versions[name]; ok {
		return known
	}
	var out versioned
	if b, err := t.Archive.Read(ctx, v.Bundle, maxObject); err == nil {
		if p, found := profiles.LoadBundle(b); p != nil && !found.HasErrors() {
			if f, ok := p.Flow(flow); ok {
				out = versioned{flow: f, at: v.At.UTC().Format("2006-01-02")}
			}
		}
	}
	t.versions[name] = out
	return out
}

// shop opens a platform of today's home by its connection: archived profiles have no secrets.
func (t *tracer) shop(id string) (gateway.Platform, error) {
	c, ok := t.Home.Connections[id]
	for _, p := range t.Home.Profiles {
		for _, own := range p.Connections {
			if own.ID() == id {
				c, ok = own, true
			}
		}
	}
	if !ok {
		return nil, fmt.Errorf("connection %s is not in this home any more", id)
	}
	return t.Platform(c)
}

// keyText shows a business key of several parts.
func keyText(key string) string { return strings.ReplaceAll(key, document.KeySeparator, "/") }
