package profiles

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/option"
)

// Status is how far a profile may go.
type Status string

// The states of a profile.
const (
	Draft  Status = "draft"  // checked, never run
	Test   Status = "test"   // run; files carry the test indicator
	Live   Status = "live"   // run
	Paused Status = "paused" // not run for now
)

// Runs tells whether the profile's flows run.
func (s Status) Runs() bool { return s == Test || s == Live }

// Profile is what is known about a partner.
type Profile struct {
	Partner     string
	Status      Status
	Identities  []Identity // how the partner names itself in interchanges
	Us          Identity   // how we name ourselves to it
	IDoc        IDocSide   // the partner in IDocs
	UsIDoc      IDocSide   // ourselves in IDocs
	Received    Received   // what its interchanges are really like
	Connections map[string]*Connection
	Flows       []*Flow // in the order of the file
	// Directories has the EDIFACT directories by which messages are checked: of the home's own at least those that flows use.
	Directories *directory.Set
	// Version is the hash of Bundle: what decides the output, without secrets.
	Version string
	// Engine is the version of batchgate that the profile was loaded for. Of a profile out of a bundle it is the version
	// that made the bundle.
	Engine string
	File   string // where the profile stands

	options option.Values
	bundle  []byte
}

// Received is what a partner's interchanges are really like, whatever they say.
type Received struct {
	Charset    string // a name that edifact.LookupCharset knows; "" is what UNB says
	LineBreaks edifact.LineBreaks
}

// IDocSide is a sender or receiver in the control record of an IDoc.
type IDocSide struct{ Client, Port, Type, Function, Number string }

// Identity is how somebody is named in the envelope of an interchange (UNB S002, S003).
type Identity struct {
	ID        string // 0004, 0010
	Qualifier string // 0007; "14" for a GLN
}

// String gives the identity as it stands in a profile, "4098765000003:14".
func (i Identity) String() string {
	if i.Qualifier == "" {
		return i.ID
	}
	return i.ID + ":" + i.Qualifier
}

// ParseIdentity reads what String gives. Its error ends the sentence "... "value" ...".
func ParseIdentity(s string) (Identity, error) {
	id, qualifier, _ := strings.Cut(s, ":")
	switch {
	case id == "" || len(id) > 35 || strings.TrimSpace(id) != id:
		return Identity{}, fmt.Errorf("has no identification of 1 to 35 characters; write it as 4012345000009:14, identification and qualifier")
	case len(qualifier) > 4 || strings.ContainsAny(qualifier, ": "):
		return Identity{}, fmt.Errorf("has a qualifier of more than 4 characters; write it as 4012345000009:14, identification and qualifier")
	}
	return Identity{id, qualifier}, nil
}

// Knows tells whether an identity is one of the partner's. An identity of the profile without a qualifier knows any. A
// profile without identities knows everybody.
func (p *Profile) Knows(id, qualifier string) bool {
	return len(p.Identities) == 0 || slices.ContainsFunc(p.Identities, func(i Identity) bool {
		return i.ID == id && (i.Qualifier == "" || i.Qualifier == qualifier)
	})
}

// Flow finds a flow by its name.
func (p *Profile) Flow(name string) (*Flow, bool) {
	for _, f := range p.Flows {
		if f.Name == name {
			return f, true
		}
	}
	return nil, false
}

// Origin tells which layer and line a setting of the partner's level came from.
func (p *Profile) Origin(path string) (option.Origin, bool) { return p.options.Origin(path) }

// Place gives where the profile stands.
func (p *Profile) Place() finding.Place { return finding.Place{File: p.File, Line: 1} }
