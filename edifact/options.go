package edifact

// LineBreaks says what a line break within a segment means. Between segments they are always allowed.
type LineBreaks uint8

const (
	// RefuseLineBreaks is the standard: a line break is no character of any set, and a finding. Values keep it.
	RefuseLineBreaks LineBreaks = iota
	// KeepLineBreaks takes a line break as part of the value.
	KeepLineBreaks
	// DropLineBreaks takes line breaks out of values and tags, for partners that wrap lines at a fixed width.
	DropLineBreaks
)

const (
	defaultMaxSegment = 1 << 20
	largestMaxSegment = 64 << 20
)

// Option changes how a Decoder reads. Without options it reads as the standard says.
type Option func(*options)

type options struct {
	file       string
	maxSegment int
	lineBreaks LineBreaks
	charset    Charset
	forced     bool // charset holds whatever UNB says
}

// FileName gives the places of all findings the name of the file.
func FileName(name string) Option { return func(o *options) { o.file = name } }

// MaxSegment limits the bytes of one segment, and of what stands between two; 1 MiB when not given, at most 64 MiB.
func MaxSegment(bytes int) Option {
	return func(o *options) { o.maxSegment = max(16, min(bytes, largestMaxSegment)) }
}

// WithLineBreaks says what a line break within a segment means.
func WithLineBreaks(mode LineBreaks) Option { return func(o *options) { o.lineBreaks = mode } }

// WithCharset reads all texts in a set, whatever UNB declares. Find it with LookupCharset.
func WithCharset(c Charset) Option {
	return func(o *options) { o.charset, o.forced = c, true }
}
