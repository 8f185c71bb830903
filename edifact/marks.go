package edifact

// Mark is a byte of a segment that ends a value: where it stands, and what it is. Marks are for loops that look at every
// value of every segment; Bytes and Text are for all others.
type Mark = mark

// The kinds of marks.
const (
	MarkComponent  = kindComponent
	MarkElement    = kindElement
	MarkRepetition = kindRepetition
	MarkTerminator = kindTerminator
)

// Marks gives the ends of all values of the segment, the tag's first. A mark ends at MarkEnd less start in Raw; the value
// begins behind the mark before. It stays valid until the next read.
func (s *Segment) Marks() (marks []Mark, start int) { return s.marks, s.start }

// MarkValue gives the value that ends at a mark, by the mark's index, as Bytes does.
func (s *Segment) MarkValue(i int) []byte { return s.value(i) }

// MarkEnd gives where a mark stands.
func MarkEnd(m Mark) int { return int(m >> markShift) }

// MarkKind gives what a mark is.
func MarkKind(m Mark) Mark { return m & markKind }

// MarkPlain tells whether the value that ends at a mark is the bytes in Raw as they are, without release characters or line
// breaks that are to be dropped.
func MarkPlain(m Mark) bool { return m&markWork == 0 }
