package flatfile

import (
	"encoding/binary"
	"fmt"

	"github.com/batchgate/batchgate/finding"
)

// wordSize is the size of a length word in bytes: two or four of length, the others zero.
const wordSize = 4

// nextWord gives the length of what the length word at the start of data says, the word included; that of a block is the
// word alone. It gives 0 when the end is not in the data, and -1 when the word makes no sense.
func (l *layout) nextWord(data []byte) int {
	if len(data) < wordSize {
		return 0
	}
	size := l.word(data)
	if l.Words == BlockWords && l.left == 0 {
		if size < 2*wordSize {
			return -1
		}
		return wordSize
	}
	if size < wordSize || l.Words == BlockWords && size > l.left {
		return -1
	}
	if len(data) < size && size <= l.max {
		return 0
	}
	return size
}

// word gives what a length word says, its own bytes counted in; -1 where it is none.
func (l *layout) word(b []byte) int {
	n := int(binary.BigEndian.Uint16(b))
	spare := binary.BigEndian.Uint16(b[2:])
	if l.WordsLittle {
		n = int(binary.LittleEndian.Uint16(b))
	}
	if spare != 0 {
		return -1
	}
	if l.WordsBare {
		n += wordSize
	}
	return n
}

// appendWord appends the length word of so many bytes.
func (l *layout) appendWord(dst []byte, n int) []byte {
	if !l.WordsBare {
		n += wordSize
	}
	if l.WordsLittle {
		return append(binary.LittleEndian.AppendUint16(dst, uint16(n)), 0, 0)
	}
	return append(binary.BigEndian.AppendUint16(dst, uint16(n)), 0, 0)
}

// largestWord is how many bytes a record behind a length word may have, so that a word before its block fits too.
const largestWord = 0x7FFF - 2*wordSize

// block goes into a block, where the reader stands before one.
func (r *Reader) block(n int) bool {
	l := r.layout
	if l == nil || l.Words != BlockWords || l.left > 0 {
		return false
	}
	l.left = l.word(r.src.data()) - wordSize
	r.src.pos += n
	r.offset += int64(n)
	return true
}

// lost is the error for a file whose records cannot be told apart any more.
func (r *Reader) lost() error {
	p := r.here()
	p.Record = r.number + 1
	data := r.src.data()
	if r.layout.Ended {
		p.Offset += int64(r.layout.Length)
		p.Column = r.layout.Length + 1
		return r.stop(ErrFraming, ruleFraming, p, fmt.Sprintf("no line end follows the %d bytes of the record", r.layout.Length),
			"the record length is another one, or the transfer changed bytes: fetch the file as binary")
	}
	if r.layout.ByType {
		return r.stop(ErrFraming, ruleFraming, p, "the record is of no type of the layout, so that its length is not known",
			"the record before it may have another length, or the file has line ends")
	}
	p.Length = wordSize
	f := fmt.Sprintf("the bytes % X are no length word", data[:wordSize])
	hint := "check the order of its bytes and whether it counts itself"
	if r.layout.Words == RecordWords {
		hint += ", and whether the file has block words"
	}
	if data[2] != 0 || data[3] != 0 {
		hint = "records that go over several blocks (VBS) are not read; " + hint
	}
	return r.stop(ErrFraming, ruleFraming, p, f, finding.Cut(hint))
}
