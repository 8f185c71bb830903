package edifact

import (
	"fmt"
	"unicode/utf8"
)

// fields are the values of an envelope with what the standard allows for them.
type fields []struct {
	element, component int
	name, value        string
	most               int
	mandatory          bool
}

// firstWrong gives the first field that is missing or too long, as an error.
func firstWrong(tag string, list fields) error {
	for _, f := range list {
		reason := ""
		switch n := utf8.RuneCountInString(f.value); {
		case n == 0 && f.mandatory:
			reason = "the " + f.name + " is missing"
		case n > f.most:
			reason = fmt.Sprintf("the %s has %d characters, at most %d are allowed", f.name, n, f.most)
		default:
			continue
		}
		return &WriteError{Tag: tag, Element: f.element, Component: f.component, Value: f.value, Reason: reason, Err: ErrValue}
	}
	return nil
}

// check says what is missing or too long for UNB.
func (i *Interchange) check(syntax int) error {
	if i.Interactive {
		return i.checkInteractive(syntax)
	}
	internal, date := 14, 6
	if syntax >= 4 {
		internal, date = 35, 8
	}
	if len(i.Date) != date || !digits(i.Date) || len(i.Time) != 4 || !digits(i.Time) {
		return &WriteError{Tag: "UNB", Element: 4, Value: i.Date + ":" + i.Time, Err: ErrValue,
			Reason: fmt.Sprintf("date and time need %d and 4 digits in syntax %d; SetPrepared fills them in", date, syntax)}
	}
	return firstWrong("UNB", fields{
		{2, 1, "sender (0004)", i.Sender.ID, 35, true}, {2, 2, "qualifier (0007)", i.Sender.Qualifier, 4, false},
		{2, 3, "address for reverse routing (0008)", i.Sender.Internal, internal, false}, {2, 4, "sub-identification (0042)", i.Sender.Sub, 35, false},
		{3, 1, "recipient (0010)", i.Recipient.ID, 35, true}, {3, 2, "qualifier (0007)", i.Recipient.Qualifier, 4, false},
		{3, 3, "routing address (0014)", i.Recipient.Internal, internal, false}, {3, 4, "sub-identification (0046)", i.Recipient.Sub, 35, false},
		{5, 1, "control reference (0020)", i.Control, 14, true}, {6, 1, "password (0022)", i.Password, 14, false},
		{6, 2, "password qualifier (0025)", i.PasswordQualifier, 2, false}, {7, 1, "application reference (0026)", i.Application, 14, false},
		{8, 1, "priority (0029)", i.Priority, 1, false}, {9, 1, "acknowledgement request (0031)", i.Acknowledgement, 1, false},
		{10, 1, "agreement (0032)", i.Agreement, 35, false}, {11, 1, "test indicator (0035)", i.Test, 1, false},
	})
}

// checkInteractive says what is wrong for UIB; ISO 9735-3, where hardly anything is mandatory.
func (i *Interchange) checkInteractive(syntax int) error {
	if syntax < 4 {
		return refuse("UIB", ErrValue, "interactive interchanges need syntax 4")
	}
	return firstWrong("UIB", fields{
		{2, 1, "dialogue reference (0300)", i.Control, 35, false},
		{6, 1, "sender (0004)", i.Sender.ID, 35, false}, {7, 1, "recipient (0010)", i.Recipient.ID, 35, false},
		{8, 1, "date (0338)", i.Date, 8, false}, {8, 2, "time (0314)", i.Time, 15, false}, {10, 1, "test indicator (0035)", i.Test, 1, false},
	})
}

// check says what is missing or too long for UNH, or UIH.
func (m *MessageHeader) check(tag string) error {
	if tag == "UIH" {
		return firstWrong(tag, fields{
			{1, 1, "message type (0065)", m.Type, 6, true}, {1, 2, "version (0052)", m.Version, 3, true}, {1, 3, "release (0054)", m.Release, 3, true},
			{1, 4, "sub-function (0113)", m.Subfunction, 6, false}, {1, 5, "agency (0051)", m.Agency, 3, false},
			{1, 6, "association code (0057)", m.Association, 6, false}, {2, 1, "reference (0340)", m.Reference, 35, false},
			{3, 1, "dialogue reference (0300)", m.CommonAccess, 35, false},
		})
	}
	return firstWrong(tag, fields{
		{1, 1, "reference (0062)", m.Reference, 14, true}, {2, 1, "message type (0065)", m.Type, 6, true},
		{2, 2, "version (0052)", m.Version, 3, true}, {2, 3, "release (0054)", m.Release, 3, true}, {2, 4, "agency (0051)", m.Agency, 3, true},
		{2, 5, "association code (0057)", m.Association, 6, false}, {2, 6, "code list version (0110)", m.CodeLists, 6, false},
		{2, 7, "sub-function (0113)", m.Subfunction, 6, false}, {3, 1, "common access reference (0068)", m.CommonAccess, 35, false},
		{4, 1, "sequence (0070)", m.Sequence, 2, false}, {4, 2, "first and last (0073)", m.FirstLast, 1, false},
	})
}

func digits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}
