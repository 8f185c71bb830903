package flow

import (
	"errors"
	"io"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// Head is what an answer to a message names: the message itself and the interchange around it.
type Head struct {
	Interchange edifact.Interchange
	Message     edifact.MessageHeader
	Document    string // the number of its document (BGM 1004); "" where it gives none
}

// Heads gives the heads of messages of a file, by their ordinals in it, as far as the file can be read.
func Heads(open func() (io.ReadCloser, error), flows []*profiles.Flow, name string, want map[int]bool) (map[int]*Head, error) {
	var readers []*profiles.Flow
	for _, f := range flows {
		if f.Read != nil && f.Read.Format() == mapping.EDIFACT {
			readers = append(readers, f)
		}
	}
	if len(readers) == 0 {
		return nil, nil
	}
	options, unclear := receiving(readers, name)
	if unclear != nil {
		return nil, unclear
	}
	file, err := open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	heads := map[int]*Head{}
	var now *Head
	n := 0
	for ev, err := range edifact.NewReader(file, options...).Events() {
		if _, broken := errors.AsType[*edifact.Error](err); broken { // which reading it for its plan has told
			break
		}
		if err != nil {
			return nil, err
		}
		switch ev.Kind {
		case edifact.MessageStart:
			n++
			now = nil
			if want[n] && ev.Interchange != nil {
				now = &Head{Interchange: *ev.Interchange, Message: *ev.Message}
				heads[n] = now
			}
		case edifact.SegmentRead:
			if now != nil && ev.Segment.Tag() == "BGM" && now.Document == "" {
				now.Document, _ = ev.Segment.Text(1, 0, 0) // what it says though a character is wrong
			}
		}
		if now == nil && len(heads) == len(want) {
			break
		}
	}
	return heads, nil
}
