package profiles

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/option"
)

// profiles reads all profiles, in the order of their partners' names.
func (l *loader) profiles() []*Profile {
	var all []*Profile
	first := map[string]*Profile{}
	names := l.inFolder("profiles")
	for _, name := range names {
		p, src := l.profile(name)
		if p == nil {
			continue
		}
		if before, ok := first[p.Partner]; ok {
			f := src.At(src.Root, "profile.duplicate", fmt.Sprintf("partner %q has a profile already", p.Partner))
			place := before.Place()
			f.Related, f.Hint = &place, "it is "+before.File+"; put the flows of a partner into one file"
			l.add(f)
			continue
		}
		first[p.Partner] = p
		all = append(all, p)
	}
	if len(names) == 0 && !l.found.HasErrors() {
		l.add(finding.Finding{Rule: "profile.none", Severity: finding.Warning, Place: finding.Place{File: l.place("profiles")},
			Message: "there is no profile", Hint: "write profiles/PARTNER.yaml, or let batchgate init make an example"})
	}
	slices.SortFunc(all, func(a, b *Profile) int { return cmp.Compare(a.Partner, b.Partner) })
	return all
}

func idocSide(v option.Values) IDocSide {
	return IDocSide{Client: v.Text("client"), Port: v.Text("port"), Type: v.Text("type"), Function: v.Text("function"), Number: v.Text("number")}
}

// profile reads one partner's file; nil when it has not even a name.
func (l *loader) profile(name string) (*Profile, *option.Source) {
	src, ok := l.parse(name)
	if !ok {
		return nil, src
	}
	table := profileTable()
	given, found := table.Decode(src, src.Root, option.Partner)
	l.add(found...)
	v := table.Layer(given)
	p := &Profile{Partner: v.Text("partner"), Status: Status(v.Text("status")), Engine: l.opt.Engine, File: l.place(name), Directories: l.known, options: v}
	for _, text := range v.Block("identities").Texts("unb") {
		if id, err := ParseIdentity(text); err == nil {
			p.Identities = append(p.Identities, id)
		}
	}
	p.Us, _ = ParseIdentity(v.Block("us").Text("unb"))
	p.Received = received(v.Block("interchanges"))
	p.IDoc, p.UsIDoc = idocSide(v.Block("identities").Block("idoc")), idocSide(v.Block("us").Block("idoc"))
	p.Connections = l.connections(given.Pairs("connections"), p.Partner, option.Partner)
	u := &used{connections: map[string]bool{}, mappings: map[string]bool{}, codes: map[string]bool{}, guidelines: map[string]bool{}, directories: map[string]map[string]bool{}}
	for _, pair := range given.Pairs("flows") {
		if f := l.flow(p, given, pair, u); f != nil {
			p.Flows = append(p.Flows, f)
		}
	}
	if len(p.Flows) == 0 && !found.HasErrors() {
		f := src.At(src.Root, "profile.none", "the profile has no flows")
		f.Severity, f.Hint = finding.Warning, "write flows: {stock: {from: ..., mapping: ..., to: ...}}"
		l.add(f)
	}
	if p.Partner == "" { // its other faults are said all the same
		return nil, src
	}
	l.seal(p, name, u)
	return p, src
}

// used is what a profile uses of the home: it goes into its bundle.
type used struct {
	connections, mappings, codes, guidelines map[string]bool
	directories                              map[string]map[string]bool // message types, by file
}

// find finds a connection by its name: the partner's own, else a shared one.
func (l *loader) find(p *Profile, v option.Values, u *used) *Connection {
	name := v.Text("connection")
	if name == "" {
		return nil
	}
	if c, ok := p.Connections[name]; ok {
		return c
	}
	if c, ok := l.shared[name]; ok {
		u.connections[name] = true
		return c
	}
	if l.broken(p, name) {
		return nil // it stands there, but its own faults were reported
	}
	known := append(sortedKeys(p.Connections), sortedKeys(l.shared)...)
	f := v.Fault("connection", "profile.connection", fmt.Sprintf("unknown connection %q", finding.Cut(name)))
	f.Hint = option.UnknownHint(name, known)
	if f.Hint == "" {
		f.Hint = "write it under connections: in this profile, or in connections.yaml"
	}
	l.add(f)
	return nil
}

// broken tells whether a connection of that name was given but could not be read.
func (l *loader) broken(p *Profile, name string) bool {
	for _, pair := range p.options.Pairs("connections") {
		if pair.Key == name {
			return true
		}
	}
	return strings.Contains("\n"+string(l.files[connectionsName]), "\n"+name+":")
}

func received(v option.Values) Received {
	breaks := map[string]edifact.LineBreaks{"keep": edifact.KeepLineBreaks, "drop": edifact.DropLineBreaks}
	return Received{Charset: v.Text("charset"), LineBreaks: breaks[v.Text("line_breaks")]}
}

func checkCharset(s string) error {
	if _, ok := edifact.LookupCharset(s); !ok {
		return fmt.Errorf("is no character set of EDIFACT; write its name, as windows-1252, or a syntax level, as UNOC")
	}
	return nil
}
