// Package validate checks EDIFACT messages against the UN/EDIFACT directories: the order and number of segments and
// groups, elements and components, their formats and lengths, and code values.
//
//	v := validate.New()
//	for ev, err := range edifact.NewReader(file).Events() {
//		findings = append(findings, ev.Findings...)
//		findings = append(findings, v.Event(ev)...)
//	}
//
// It reads one message at a time as a stream, from UNH to UNT, and keeps nothing of it but where it stands in the
// segment table. A fault makes one finding: behind it the validator finds its way back by itself. Counts and references
// of the envelope are checked by edifact.Reader, not here.
//
// Segments are matched greedily from left to right. A segment that cannot stand where it stands is looked for elsewhere
// in the message; what follows is tried first where reading stood, then behind the segment's own place, so that
// neither a stray segment nor a part sent too early or too late costs more than one finding.
package validate
