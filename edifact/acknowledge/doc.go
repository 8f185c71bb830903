// Package acknowledge makes CONTRL and APERAK messages out of what was found in an interchange, and reads those that come
// back.
//
// CONTRL (ISO 9735-4) tells the sender of an interchange what became of it: received, acknowledged or rejected, as a
// whole (UCI), by group (UCF) and by message (UCM), with the segments (UCS) and elements (UCD) at fault.
//
//	var c acknowledge.Collector
//	v := validate.New()
//	for ev, err := range edifact.NewReader(file).Events() {
//		...
//		if answer := c.Event(ev, v.Event(ev)); answer != nil {
//			bytes, err := answer.Encode(acknowledge.Envelope{Control: "9001", Time: now})
//		}
//	}
//
// A message with a finding of severity error is rejected, an error in the interchange's own envelope rejects all of it.
// Warnings and notes reject nothing. A message without reference or type cannot be named, so that it rejects its
// interchange. CONTRL itself is never acknowledged.
//
// APERAK tells what became of one message in the application behind: NewAperak makes it out of findings, ReadAperak reads
// it. Which references name the message that is answered the partners agree upon.
package acknowledge
