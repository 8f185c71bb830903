package profiles

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/batchgate/batchgate/transports"
)

// checkTakenBy looks whether the ERP's wildcard takes the files that are put, and neither unfinished ones nor done-files.
func (l *flowLoader) checkTakenBy() {
	v, to := l.v.Block("to"), l.f.To
	if v.Given("series") && !to.Name.Uses("series") && !to.Name.IsZero() {
		l.fault(v, "series", "profile.name", "write {series:5} into the name, or leave series out", "the name of the files has no {series}")
	}
	name, err := to.Name.Expand(NameFacts{Control: 1, Series: to.Series.First, Number: "1", Source: "1", Time: time.Unix(0, 0).UTC()})
	if len(to.TakenBy) == 0 || to.Name.IsZero() || err != nil {
		return
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(to.TakenBy, func(pattern string) bool { return takes(pattern, name) })
	}
	wrong := func(setting, hint, what, name string) {
		l.fault(v, setting, "profile.taken-by", hint, "%s, such as %s: taken_by is %s", what, name, strings.Join(to.TakenBy, ", "))
	}
	if !taken(name) {
		wrong("name", "choose a name that the ERP takes", "the ERP does not take the files that are put", name)
	}
	ext := path.Ext(name)
	if numbered := strings.TrimSuffix(name, ext) + ".2" + ext; to.Exists == "number" && !taken(numbered) {
		wrong("exists", "write exists: wait", "the ERP does not take files that got a number because their name was taken", numbered)
	}
	if temp := transports.TempName(name + ".d1"); taken(temp) && (to.Temp == "" || to.Temp == to.Folder) {
		wrong("taken_by", "write temp: ../tmp, a folder on the same file system that the ERP does not look into", "the ERP would take unfinished files", temp)
	}
	if done := to.DoneName(name); to.Done != "" && taken(done) {
		wrong("done", "choose another ending for done-files, or a narrower wildcard", "the ERP would take done-files for files", done)
	}
}

// takes tells whether a wildcard takes a name. Wildcards of Windows do not tell upper from lower case; there *.* takes every
// name, and an ending of three letters also the longer ones that begin with it.
func takes(pattern, name string) bool {
	pattern, name = strings.ToLower(pattern), strings.ToLower(name)
	names := []string{name}
	if ext := path.Ext(name); len(ext) > 4 {
		names = append(names, strings.TrimSuffix(name, ext)+ext[:4])
	}
	if pattern == "*.*" {
		return true
	}
	return slices.ContainsFunc(names, func(n string) bool {
		ok, err := path.Match(pattern, n)
		return ok && err == nil
	})
}
