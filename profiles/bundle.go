package profiles

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/option"
)

// bundle is everything that decides the output of a profile. Secrets are not in it: files hold references only.
type bundle struct {
	Format  int               `json:"format"`
	Engine  string            `json:"engine"`
	Profile string            `json:"profile"` // path of the profile among the files
	Files   map[string]string `json:"files"`   // by path in the home; what the profile does not use is blank
}

const bundleFormat = 1

// Bundle gives the bytes that decide what the profile does: its file, the mappings, code lists, directories and
// shared connections that it uses, and the version of batchgate. The same home gives the same bytes; what the profile does not use is blank. [LoadBundle] reads them.
func (p *Profile) Bundle() []byte { return bytes.Clone(p.bundle) }

// seal makes the bundle of a profile and its version.
func (l *loader) seal(p *Profile, file string, u *used) {
	for _, f := range l.found {
		if f.Rule == option.SecretRule { // a home with a secret in a file is not run, and the secret is not archived
			return
		}
	}
	b := bundle{Format: bundleFormat, Engine: l.opt.Engine, Profile: file, Files: map[string]string{file: string(l.files[file])}}
	for _, names := range []map[string]bool{u.codes, u.guidelines} {
		for name := range names {
			b.Files[name] = string(l.files[name])
		}
	}
	for name, messages := range u.directories {
		b.Files[name] = string(l.directoryOf(name, messages))
	}
	for _, name := range sortedKeys(u.mappings) {
		file := l.mappings[name].file
		b.Files[file] = string(l.mappingsOf(file, u.mappings))
	}
	if len(u.connections) > 0 {
		b.Files[connectionsName] = string(l.connectionsOf(u.connections))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(b); err != nil { // texts and a map of texts always encode
		panic(fmt.Sprintf("profiles: bundle: %s", err))
	}
	p.bundle = out.Bytes()
	sum := sha256.Sum256(p.bundle)
	p.Version = hex.EncodeToString(sum[:])
}

// mappingsOf keeps the mappings of a file that are used, with a separator between each two.
func (l *loader) mappingsOf(file string, names map[string]bool) []byte {
	b := l.files[file]
	var keep []span
	for _, s := range documents(b) {
		if !slices.ContainsFunc(sortedKeys(names), func(name string) bool { return l.mappings[name].file == file && l.mappings[name].span == s }) {
			continue
		}
		if len(keep) > 0 {
			s.from = bytes.LastIndexByte(b[:s.from-1], '\n') + 1
		}
		keep = append(keep, s)
	}
	return blankOutside(b, keep...)
}

// connectionsOf keeps the shared connections that are used and blanks the others out. A file that is not written in
// lines stays whole.
func (l *loader) connectionsOf(names map[string]bool) []byte {
	b := l.files[connectionsName]
	src, _ := option.Parse(connectionsName, b)
	root := src.Root
	if root == nil || root.Kind != yaml.MappingNode || root.Style&yaml.FlowStyle != 0 {
		return b
	}
	var keep []span
	for i := 0; i+1 < len(root.Content); i += 2 {
		if !names[root.Content[i].Value] {
			continue
		}
		end := len(b)
		if i+2 < len(root.Content) {
			end = int(src.Place(root.Content[i+2]).Offset)
		}
		keep = append(keep, span{int(src.Place(root.Content[i]).Offset), end})
	}
	return blankOutside(b, keep...)
}

// LoadBundle loads the profile of a bundle again, as it was. Secrets are not looked up; its connections are for names and
// settings, not for use.
func LoadBundle(b []byte) (*Profile, finding.List) {
	fault := func(message string) finding.List {
		return finding.List{{Rule: "profile.bundle", Severity: finding.Error, Message: message, Hint: "check the archive: batchgate archive verify"}}
	}
	var in bundle
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, fault("the bytes are not the bundle of a profile: " + err.Error())
	}
	if in.Format != bundleFormat {
		return nil, fault(fmt.Sprintf("the bundle has format %d, and this batchgate reads %d", in.Format, bundleFormat))
	}
	l := newLoader(Options{Engine: in.Engine})
	l.replay = true
	for name, text := range in.Files {
		l.files[name] = []byte(text)
	}
	l.shared = l.connectionsFile(connectionsName)
	l.indexDirectories()
	l.indexMappings()
	l.indexCodes()
	p, _ := l.profile(in.Profile)
	list := l.result()
	if p == nil && !list.HasErrors() {
		return nil, fault("the bundle holds no profile " + strings.TrimSpace(in.Profile))
	}
	return p, list
}
