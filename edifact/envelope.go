package edifact

import (
	"fmt"
	"strings"
	"time"

	"github.com/batchgate/batchgate/finding"
)

// Party is a sender or recipient: S002, S003.
type Party struct {
	ID        string // 0004, 0010
	Qualifier string // 0007: "14" says that ID is a GLN
	Internal  string // 0008, 0014: where to within the party, agreed upon
	Sub       string // 0042, 0046; syntax 4
}

// String gives "4012345000009:14".
func (p Party) String() string {
	return strings.TrimRight(p.ID+":"+p.Qualifier+":"+p.Internal+":"+p.Sub, ":")
}

// Interchange is what UNB says, or UIB in interactive EDI.
type Interchange struct {
	Syntax            Syntax // S001
	ServiceCodes      string // 0080; syntax 4
	Encoding          string // 0133; syntax 4
	Sender, Recipient Party
	Date, Time        string // 0017 and 0019 as they stand: YYMMDD (syntax 4: CCYYMMDD) and HHMM
	Control           string // 0020; of UIB the dialogue's reference 0300
	Password          string // 0022
	PasswordQualifier string // 0025
	Application       string // 0026
	Priority          string // 0029
	Acknowledgement   string // 0031: "1" asks for an acknowledgement
	Agreement         string // 0032
	Test              string // 0035: "1" is a test

	Interactive bool          // UIB instead of UNB
	HasUNA      bool          // a UNA stands before it
	Separators  Separators    // under which it is read
	Place       finding.Place // of UNB; empty when there is none
}

// introduced tells whether there is a UNB, or only messages without one.
func (i *Interchange) introduced() bool { return i.Place.Tag != "" }

// IsTest tells whether the interchange is a test: 0035 is there and is not 0.
func (i *Interchange) IsTest() bool { return i.Test != "" && i.Test != "0" }

// AsksAcknowledgement tells whether the sender wants a CONTRL: 0031 is there and is not 0.
func (i *Interchange) AsksAcknowledgement() bool {
	return i.Acknowledgement != "" && i.Acknowledgement != "0"
}

// Prepared gives the date and time of preparation in the sender's zone, which the interchange does not name. Two digits
// of a year are 1970 to 2069.
func (i *Interchange) Prepared(zone *time.Location) (time.Time, error) {
	value := i.Date + i.Time
	for _, layout := range []string{"0601021504", "200601021504", "060102150405", "20060102150405"} {
		if len(value) != len(layout) {
			continue
		}
		if t, err := time.ParseInLocation(layout, value, zone); err == nil {
			if strings.HasPrefix(layout, "06") && t.Year() < 1970 {
				t = t.AddDate(100, 0, 0)
			}
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("date %q and time %q of the interchange are not YYMMDD or CCYYMMDD and HHMM", i.Date, i.Time)
}

// SetPrepared fills in date and time of preparation as the interchange's syntax version wants them.
func (i *Interchange) SetPrepared(t time.Time) {
	i.Date, i.Time = t.Format("060102"), t.Format("1504")
	if i.syntaxNumber() >= 4 {
		i.Date = t.Format("20060102")
	}
}

// Group is what UNG says.
type Group struct {
	Type              string // 0038
	Sender, Recipient Party  // S006, S007
	Date, Time        string
	Reference         string // 0048
	Agency            string // 0051
	Version, Release  string // 0052, 0054
	Association       string // 0057
	Password          string // 0058
	Place             finding.Place
}

// MessageHeader is what UNH says, or UIH in interactive EDI.
type MessageHeader struct {
	Reference    string // 0062; 0340 of UIH
	Type         string // 0065, "ORDERS"
	Version      string // 0052, "D"
	Release      string // 0054, "96A"
	Agency       string // 0051, "UN"
	Association  string // 0057, "EAN008"
	CodeLists    string // 0110; syntax 4
	Subfunction  string // 0113; syntax 4
	CommonAccess string // 0068
	Sequence     string // 0070, number of this transfer
	FirstLast    string // 0073, "C" and "F"

	Interactive bool // UIH instead of UNH
	Place       finding.Place
}

// Directory gives version and release as one name, "D.96A".
func (m *MessageHeader) Directory() string { return m.Version + "." + m.Release }

// String gives "ORDERS:D:96A:UN:EAN008".
func (m *MessageHeader) String() string {
	return strings.TrimRight(strings.Join([]string{m.Type, m.Version, m.Release, m.Agency, m.Association}, ":"), ":")
}

// texts reads components of an envelope. What the character set does not have is shown as it can be; the decoder has
// reported it.
type texts struct{ s *Segment }

func (t texts) at(element, component int) string {
	text, err := t.s.Text(element, 0, component)
	if err != nil {
		return t.s.ctx.charset.show(t.s.Bytes(element, 0, component))
	}
	return text
}

func (t texts) party(element int) Party {
	return Party{ID: t.at(element, 0), Qualifier: t.at(element, 1), Internal: t.at(element, 2), Sub: t.at(element, 3)}
}

// ParseInterchange reads a UNB or UIB segment.
func ParseInterchange(s *Segment) *Interchange {
	t := texts{s}
	i := &Interchange{
		Syntax:       Syntax{Identifier: t.at(0, 0), Version: t.at(0, 1)},
		ServiceCodes: t.at(0, 2), Encoding: t.at(0, 3),
		Separators: s.ctx.separators, Place: s.Place(-1, -1, -1),
	}
	i.Syntax.Number = header{version: i.Syntax.Version}.number()
	if s.Tag() == "UIB" {
		i.Interactive = true
		i.Control = t.at(1, 0)
		i.Sender, i.Recipient = t.party(5), t.party(6)
		i.Date, i.Time = t.at(7, 0), t.at(7, 1)
		i.Test = t.at(9, 0)
		return i
	}
	i.Sender, i.Recipient = t.party(1), t.party(2)
	i.Date, i.Time = t.at(3, 0), t.at(3, 1)
	i.Control = t.at(4, 0)
	i.Password, i.PasswordQualifier = t.at(5, 0), t.at(5, 1)
	i.Application, i.Priority = t.at(6, 0), t.at(7, 0)
	i.Acknowledgement, i.Agreement, i.Test = t.at(8, 0), t.at(9, 0), t.at(10, 0)
	return i
}

// ParseGroup reads a UNG segment.
func ParseGroup(s *Segment) *Group {
	t := texts{s}
	return &Group{
		Type: t.at(0, 0), Sender: t.party(1), Recipient: t.party(2), Date: t.at(3, 0), Time: t.at(3, 1),
		Reference: t.at(4, 0), Agency: t.at(5, 0), Version: t.at(6, 0), Release: t.at(6, 1), Association: t.at(6, 2),
		Password: t.at(7, 0), Place: s.Place(-1, -1, -1),
	}
}

// ParseMessageHeader reads a UNH or UIH segment.
func ParseMessageHeader(s *Segment) *MessageHeader {
	t := texts{s}
	if s.Tag() == "UIH" {
		return &MessageHeader{
			Type: t.at(0, 0), Version: t.at(0, 1), Release: t.at(0, 2), Subfunction: t.at(0, 3), Agency: t.at(0, 4), Association: t.at(0, 5),
			Reference: t.at(1, 0), CommonAccess: t.at(2, 0), Interactive: true, Place: s.Place(-1, -1, -1),
		}
	}
	return &MessageHeader{
		Reference: t.at(0, 0), Type: t.at(1, 0), Version: t.at(1, 1), Release: t.at(1, 2), Agency: t.at(1, 3), Association: t.at(1, 4),
		CodeLists: t.at(1, 5), Subfunction: t.at(1, 6), CommonAccess: t.at(2, 0), Sequence: t.at(3, 0), FirstLast: t.at(3, 1),
		Place: s.Place(-1, -1, -1),
	}
}
