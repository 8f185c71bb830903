package validate

import (
	"fmt"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
)

// choose finds the directory and the message by which a kind of message is checked.
func (v *Validator) choose(h *edifact.MessageHeader) *chosen {
	if h.Interactive {
		return &chosen{reason: messageUnknown, text: "interactive messages have no directory here"}
	}
	release, err := v.releaseOf(h)
	if err != nil {
		return &chosen{reason: directoryUnknown, text: err.Error()}
	}
	m, err := release.Message(h.Type)
	if err != nil {
		return &chosen{reason: messageUnknown, text: err.Error()}
	}
	c := &chosen{release: release}
	c.program = compile(m, func(tag string) *layout { return v.layout(release, tag) })
	return c
}

// releaseOf finds the directory of a message. Service messages are in none: CONTRL goes with 2:2, D:3 or 4:1, AUTACK and
// KEYMAN with 4:1.
func (v *Validator) releaseOf(h *edifact.MessageHeader) (*directory.Release, error) {
	switch {
	case h.Version == "4" && h.Release == "1":
		return directory.OpenService(4)
	case h.Type == "CONTRL" && h.Version == "2":
		return directory.OpenService(2)
	case h.Type == "CONTRL":
		return directory.OpenService(3)
	}
	release := v.opt.release
	if release == nil {
		var err error
		if release, err = v.opt.known.Open(h.Version + ":" + h.Release); err != nil {
			return nil, fmt.Errorf("%s is of a directory that is not known: %w", h.Type, err)
		}
	}
	if _, err := release.Message(h.Type); err != nil && (h.Type == "AUTACK" || h.Type == "KEYMAN") {
		return directory.OpenService(4)
	}
	return release, nil
}

// service gives the service segments of the interchange's syntax version.
func (v *Validator) service() *directory.Release {
	r, err := directory.OpenService(v.syntax)
	if err != nil {
		panic(err) // begin has bounded the version
	}
	return r
}

// layout gives a segment as a directory has it, or else as the service segments have it, or nil.
func (v *Validator) layout(release *directory.Release, tag string) *layout {
	key := layoutKey{release.Name(), v.syntax, tag}
	if l, ok := v.layouts[key]; ok {
		return l
	}
	var l *layout
	for _, r := range []*directory.Release{release, v.service(), newestService()} {
		if s, ok := r.Segment(tag); ok {
			l = newLayout(r, s, v.syntax, v.opt.codes)
			break
		}
	}
	if l == nil {
		return nil // not kept: a broken file can name any number of tags
	}
	v.layouts[key] = l
	return l
}

// newestService has the security segments, which stand in messages of older syntax versions too.
func newestService() *directory.Release {
	r, err := directory.OpenService(4)
	if err != nil {
		panic(err) // it is embedded
	}
	return r
}
