// Package validate checks EDIFACT messages against the UN/EDIFACT directories: the order and number of segments and
// groups, elements and components, their formats and lengths, and code values.
//
//	v := validate.New()
//	for ev, err := range edifact.NewReader(file).Events() {
//		findings = append(findings, ev.Findings...)
//		findings = append(findings, v.Event(ev)...)
//	}
//
// [Parallel] does that on several cores.
//
// A Validator reads one message at a time as a stream, from UNH to UNT, and keeps nothing of it but where it stands in the
// segment table. A fault makes one finding: behind it the validator finds its way back by itself. Counts and references
// of the envelope are checked by edifact.Reader, not here.
//
// Segments are matched greedily from left to right, the deepest open group first. A segment that cannot stand where it
// stands makes a finding, and the ways in which the message may go on are then followed side by side: from where reading
// stood, without an earlier segment that has led too far, from the segment's own place. The first that can go on wins, so
// that a stray segment, a lost one, or a part that came too early or too late costs one finding. What was reported as
// missing and turns up late is taken back.
package validate
