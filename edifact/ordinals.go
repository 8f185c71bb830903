package edifact

// ordinals counts segments, in the message and in the interchange.
type ordinals struct {
	interchange int // outside of messages
	message     int // 0 outside of messages
	empty       int // empty segments in the message
	last        service
}

// service tells the service segments that open and close something from all others.
type service uint8

const (
	notService service = iota
	interchangeHeader
	groupHeader
	messageHeader
	messageTrailer
	groupTrailer
	interchangeTrailer
	objectHeader
	objectTrailer
	encryptionHeader
	security // what may stand behind a header and before a trailer of any level
)

// serviceOf names a tag. UIB, UIH, UIT and UIZ are the interactive sisters of UNB, UNH, UNT and UNZ; ISO 9735-3. Security
// stands in messages, packages, groups and interchanges; ISO 9735-5 and 9735-7.
func serviceOf[T string | []byte](tag T) service {
	if len(tag) != 3 || tag[0] != 'U' {
		return notService
	}
	switch string(tag) {
	case "UNB", "UIB":
		return interchangeHeader
	case "UNG":
		return groupHeader
	case "UNH", "UIH":
		return messageHeader
	case "UNT", "UIT":
		return messageTrailer
	case "UNE":
		return groupTrailer
	case "UNZ", "UIZ":
		return interchangeTrailer
	case "UNO":
		return objectHeader
	case "UNP":
		return objectTrailer
	case "USD":
		return encryptionHeader
	case "USH", "USA", "USC", "USR", "UST", "USU":
		return security
	}
	return notService
}

// next counts a segment and gives its ordinal.
func (o *ordinals) next(d *Decoder, tag []byte) int {
	if len(tag) == 0 || tag[0] != 'U' {
		return o.one()
	}
	o.last = serviceOf(tag)
	switch o.last {
	case interchangeHeader:
		o.interchange = 0
		o.outside(&d.ctx)
		d.judge.said = said{}
	case messageHeader:
		o.message, o.empty = 1, 0
		d.ctx.message = d.reference()
		d.judge.said = said{}
		return 1
	case interchangeTrailer, groupHeader, groupTrailer:
		o.outside(&d.ctx)
	case objectHeader, encryptionHeader:
		d.beginObject()
	}
	return o.one()
}

// one counts a segment in the message, or outside.
func (o *ordinals) one() int {
	if o.message > 0 {
		o.message++
		return o.message
	}
	o.interchange++
	return o.interchange
}

// referenceOf gives the element of a message's reference: 0062 of UNH, 0340 of UIH.
func referenceOf[T string | []byte](tag T) int {
	if string(tag) == "UIH" {
		return 1
	}
	return 0
}

// reference gives the reference of the message that begins.
func (d *Decoder) reference() string {
	element := referenceOf(d.seg.tagBytes())
	text, err := d.seg.Text(element, 0, 0)
	if err != nil {
		return d.ctx.charset.show(d.seg.Bytes(element, 0, 0))
	}
	return text
}

func (o *ordinals) outside(ctx *segmentContext) {
	o.message = 0
	ctx.message = ""
}

// leave is called before the next segment: what a trailer closes is left only then.
func (o *ordinals) leave(d *Decoder) {
	switch o.last {
	case messageTrailer:
		o.outside(&d.ctx)
		d.judge.said = said{}
	case interchangeTrailer:
		d.inside = false
		d.judge.said = said{}
	}
	o.last = notService
}

// upcoming gives the ordinal that the next segment would have.
func (o *ordinals) upcoming() int {
	if o.message > 0 {
		return o.message + 1
	}
	return o.interchange + 1
}
