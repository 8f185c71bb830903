// Package directory holds the UN/EDIFACT directories D.93A to D.24A and the service segments of syntax 1 to 4: which
// segments a message has, in which order and how often, which elements a segment has, their formats, and code values
// with their names.
//
//	d, err := directory.Open("D.96A")
//	m, err := d.Message("ORDERS")
//	pri, err := m.Find("SG25/SG28/PRI")
//	bgm, ok := d.Segment("BGM")
//	spots := bgm.Find("C002.1001", 3)
//
// A release is read when it is first opened, a message when it is first asked for, code lists when the first code is
// looked up; everything is then shared and never changes, so that it may be used by many goroutines.
//
// FromTexts reads a further release, or a national one, from the text files in which the UN publishes directories;
// WriteFile and ReadFile keep it. A [Set] looks names up in releases of one's own and in the embedded ones.
//
// The batch half of the directories is there, the interactive half is not. D.22A and D.22B are missing. D.93A and
// D.94B take their code lists from D.94A, D.95A from D.95B. The first segment of a group, its trigger, is mandatory
// and stands once, also where a printed table says otherwise by mistake.
//
// Structure, tags and code values are from the UN/EDIFACT directories, © United Nations (UNECE); the official texts
// prevail. See NOTICE.md.
package directory

//go:generate go run ./generate -tables $EDIFACT_TABLES -out data
