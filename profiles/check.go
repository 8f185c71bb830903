package profiles

import (
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/internal/option"
)

// check looks whether the parts of a flow fit each other.
func (l *flowLoader) check() {
	if from := l.f.From.Connection; from != nil {
		if from.IsFolder() {
			l.checkFolderSource()
		} else {
			l.checkPlatformSource()
		}
	}
	if to := l.f.To.Connection; to != nil {
		if to.IsFolder() {
			l.checkFolderTarget()
		} else {
			l.checkPlatformTarget()
		}
	}
	l.checkKinds()
	l.checkAmounts()
	l.checkFunctions()
	l.checkSameNumber()
	l.checkIdentities()
	l.checkLoop()
}

// misplaced reports settings that mean nothing for the kind of endpoint, so that nobody relies on them.
func (l *flowLoader) misplaced(v option.Values, where string, names ...string) {
	for _, name := range names {
		if v.Given(name) {
			l.fault(v, name, "profile.misplaced", "leave it out", "%s means nothing %s", name, where)
		}
	}
}

func (l *flowLoader) checkFolderSource() {
	v := l.v.Block("from")
	l.misplaced(v, "where files are the source", "kind", "channels")
	for _, name := range []string{"ready_when", "ready_within", "after_export"} {
		if l.own.Has(name) {
			l.fault(l.own, name, "profile.misplaced", "leave it out", "%s means nothing where files are the source: a file is taken as a whole", name)
		}
	}
	l.needMapping("read", "a file becomes documents by a mapping")
	if !l.names("write") || l.f.To.Connection == nil || l.f.To.Connection.IsFolder() {
		return
	}
	l.fault(l.v.Block("mapping"), "write", "profile.mapping", "leave it out", "nothing is written with a mapping where the target is a platform")
}

func (l *flowLoader) checkPlatformSource() {
	v, from := l.v.Block("from"), l.f.From
	one, _ := platformOf(from.Connection.Platform)
	l.misplaced(v, "where a platform is the source", "folder", "match", "exclude", "case_sensitive", "stable_for", "processed", "failed")
	l.misplaced(l.v, "where a platform is the source", "take", "full_file", "acknowledge")
	switch {
	case from.Kind == "" && v.Stands("kind"): // it was refused
	case from.Kind == "":
		l.fault(v, "connection", "profile.kind", "write kind: order", "it is not said which documents of %s are meant", from.Connection.Name)
	case !slices.Contains(one.gives, from.Kind):
		l.fault(v, "kind", "profile.kind", "it gives "+joinKinds(one.gives), "%s gives no documents of kind %s", one.name, from.Kind)
	}
	if !v.Stands("start_at") {
		l.fault(v, "connection", "profile.start-at", "write start_at with a date, so that the first run does not send what was sent by other means before",
			"it is not said where %s starts", l.f.Name)
	}
	if l.names("read") {
		l.fault(l.v.Block("mapping"), "read", "profile.mapping", "leave it out", "nothing is read with a mapping where the source is a platform")
	}
	if l.own.Has("ready_within") && l.f.ReadyWhen == nil && !l.own.Has("ready_when") {
		l.fault(l.own, "ready_within", "profile.misplaced", "write ready_when, or leave it out", "ready_within means nothing without ready_when")
	}
	l.checkAfterExport()
}

// checkAfterExport looks whether changes of orders can be written.
func (l *flowLoader) checkAfterExport() {
	v, m := l.v.Block("after_export"), l.f.AfterExport.Mapping
	if to := l.f.To.Connection; to != nil && !to.IsFolder() {
		l.misplaced(v, "where the target is a platform", "mapping", "name")
	}
	if m != nil && m.Kind() != document.Order {
		l.fault(v, "mapping", "profile.kind", "choose a mapping of orders", "mapping %s writes %s, and a change is one of an order", m.Name(), m.Kind())
	}
	if l.f.AfterExport.Name.Uses("source") {
		l.fault(v, "name", "profile.name", "use {number}, {control} or {series}", "{source} is the name of a file, and the source is a platform")
	}
}

func (l *flowLoader) checkFolderTarget() {
	v := l.v.Block("to")
	if !v.Stands("name") {
		l.fault(v, "connection", "option.missing", `write name: "ORD{control:6}.EDI"`, "name is missing: the files that are put have no name")
	}
	l.needMapping("write", "documents become a file by a mapping")
	if m := l.f.Write; m != nil && m.Format() != "edifact" {
		l.misplaced(l.own, "where no EDIFACT is written", "envelope")
		if m.Format() != "idoc" && l.f.To.Name.Uses("control") {
			l.fault(v, "name", "profile.name", "use {series} instead", "{control} is the control number of an interchange, and this flow writes none")
		}
	}
	l.checkTakenBy()
	l.checkGrouping()
	if l.f.To.Name.Uses("source") && l.f.From.Connection != nil && !l.f.From.Connection.IsFolder() {
		l.fault(v, "name", "profile.name", "use {number}, {control} or {series}", "{source} is the name of a file, and the source is a platform")
	}
}

func (l *flowLoader) checkPlatformTarget() {
	v, to := l.v.Block("to"), l.f.To
	one, _ := platformOf(to.Connection.Platform)
	l.misplaced(v, "where a platform is the target", "folder", "temp", "name", "exists", "done", "series", "taken_by")
	if k := l.f.From.Kind; k != "" && !slices.Contains(one.takes, k) {
		l.fault(v, "connection", "profile.kind", "it takes "+joinKinds(one.takes)+"; any kind goes into a folder, by a mapping to write", "%s takes no documents of kind %s", one.name, k)
	}
	if n := l.f.BatchSize; n > maxBatch {
		l.fault(l.v, "batch_size", "option.value", "write a smaller number", "a call carries %d documents at most, and batch_size is %d", maxBatch, n)
	}
}

// checkGrouping refuses sums that nobody makes: rows are taken together on their way to a platform.
func (l *flowLoader) checkGrouping() {
	if m := l.f.Read; m != nil && l.f.From.Connection != nil && l.f.From.Connection.IsFolder() {
		if by, _ := m.Grouping(); by != "" {
			l.fault(l.v.Block("mapping"), l.mappingSetting("read"), "profile.group", "take group out of the mapping, or write a mapping of its own for this flow",
				"mapping %s groups rows, which is done for platforms alone: the file that is put has each of them", m.Name())
		}
	}
}

// mappingSetting gives the setting in which a mapping is named: read or write, else name.
func (l *flowLoader) mappingSetting(direction string) string {
	if l.v.Block("mapping").Has(direction) {
		return direction
	}
	return "name"
}

// maxBatch is how many documents one call to a platform may carry.
const maxBatch = 5000

// names tells whether the flow names a mapping to read or write, by that word.
func (l *flowLoader) names(direction string) bool {
	return l.v.Block("mapping").Text(direction) != ""
}

// needMapping reports a mapping that is not named at all.
func (l *flowLoader) needMapping(direction, why string) {
	v := l.v.Block("mapping")
	name, from := v.Stands("name"), l.f.From.Connection
	if from == nil || name && from.IsFolder() == (direction == "read") || v.Stands(direction) {
		return
	}
	hint := "write mapping: NAME"
	if direction == "write" && from.IsFolder() {
		hint = "write mapping: {read: NAME, write: NAME}"
	}
	l.fault(v, "name", "profile.mapping", hint, "the flow has no mapping to %s: %s", direction, why)
}

func (l *flowLoader) checkKinds() {
	v := l.v.Block("mapping")
	if m := l.f.Write; m != nil && l.f.From.Kind != "" && m.Kind() != l.f.From.Kind {
		l.fault(v, l.mappingSetting("write"), "profile.kind", "choose a mapping of the same kind", "mapping %s writes %s, but the source gives %s", m.Name(), m.Kind(), l.f.From.Kind)
	}
	if from := l.f.From; from.Connection != nil && from.Connection.IsFolder() && from.Kind != "" && from.Kind != document.Stock {
		l.misplaced(l.own, "for documents of kind "+string(l.f.From.Kind), "full_file")
	}
	if m := l.f.Read; m != nil && m.Format() != "edifact" {
		l.misplaced(l.own, "where no EDIFACT is read", "take", "acknowledge")
	}
}

// checkIdentities looks for what the envelope of an interchange needs.
func (l *flowLoader) checkIdentities() {
	writes := l.f.Write != nil && l.f.Write.Format() == "edifact"
	if !writes && l.f.Acknowledge.Contrl.Connection == nil && l.f.Acknowledge.Aperak.Connection == nil {
		return
	}
	what := "the flow writes EDIFACT"
	if !writes {
		what = "the flow acknowledges what it reads"
	}
	p := l.f.Profile
	if p.Us.ID == "" && !p.options.Block("us").Stands("unb") {
		l.fault(l.own, "to", "profile.identity", `write us: {unb: "4012345000009:14"} in the profile`, "%s, but it is not said how we name ourselves", what)
	}
	if len(p.Identities) == 0 && !p.options.Block("identities").Stands("unb") {
		l.fault(l.own, "to", "profile.identity", `write identities: {unb: ["4098765000003:14"]} in the profile`, "%s, but it is not said how %s names itself", what, p.Partner)
	}
}

// checkLoop finds a flow that would take the files that it puts.
func (l *flowLoader) checkLoop() {
	from, to := l.f.From, l.f.To
	if from.Connection == nil || from.Connection != to.Connection || from.Folder != to.Folder || to.Name.IsZero() {
		return
	}
	name, err := to.Name.Expand(NameFacts{Control: 1, Series: 1, Number: "1", Source: "1", Time: time.Unix(0, 0).UTC()})
	if err == nil && from.Matches(name) {
		l.fault(l.v.Block("to"), "name", "profile.loop", "put them into another folder, or make match narrower", "the flow would take the files that it puts, such as %s", name)
	}
}

// Matches tells whether a file's name, without its folder, is meant by the flow.
func (f From) Matches(name string) bool {
	return f.fits(f.Match, name) && !f.fits(f.Exclude, name)
}

func (f From) fits(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		pattern, name = norm.NFC.String(pattern), norm.NFC.String(name) // some systems store ä as two characters
		if f.FoldCase {
			pattern, name = strings.ToLower(pattern), strings.ToLower(name)
		}
		ok, err := path.Match(pattern, name)
		return ok && err == nil
	})
}

func joinKinds(kinds []document.Kind) string {
	var names []string
	for _, k := range kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// newCodeList makes a code list of pairs, ours first.
func newCodeList(name string, pairs [][2]string) *mapping.CodeList {
	return mapping.NewCodeList(name, pairs)
}
