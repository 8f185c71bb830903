package idoc

import "encoding/binary"

// word gives eight bytes of the head of a data record as one.
func word(head *[headLength]byte, at int) uint64 {
	return binary.LittleEndian.Uint64(head[at : at+8])
}

// nameWords gives the words of a name. The last two overlap.
func nameWords(flat []byte) [4]uint64 {
	return [4]uint64{
		binary.LittleEndian.Uint64(flat), binary.LittleEndian.Uint64(flat[8:]),
		binary.LittleEndian.Uint64(flat[16:]), binary.LittleEndian.Uint64(flat[nameLength-8:]),
	}
}

// docWords gives the words of MANDT and DOCNUM, which stand together in data records and control records. The last two
// overlap.
func docWords(b []byte) [3]uint64 {
	const length = clientLength + docLength
	return [3]uint64{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[length-8:])}
}

// slot is where a name that begins with two words is remembered for a short look.
func slot(w0, w1 uint64) uint64 { return (w0>>16 ^ w1<<48) * 0x9E3779B97F4A7C15 >> (64 - 6) }

// standsWell finds where a data record stands, when there is nothing to say about it, as about most. Else it gives false
// and has done nothing; stand then finds out what is wrong. It compares the head in words with what was met before, which
// was printable ASCII, and so is the rest of it, being digits.
func (r *Reader) standsWell(s *Segment) bool {
	if len(s.body) < headLength || s.checked < 0 {
		return false
	}
	head := (*[headLength]byte)(s.body)
	w0, w1 := word(head, 0), word(head, 8)
	k := r.recent[slot(w0, w1)]
	if k == nil || w0 != k.words[0] || w1 != k.words[1] || word(head, 16) != k.words[2] || word(head, nameLength-8) != k.words[3] {
		return false
	}
	if k.def == nil || word(head, clientAt) != r.doc[0] || word(head, clientAt+8) != r.doc[1] || word(head, numberAt-8) != r.doc[2] {
		return false
	}
	own, ok := eightDigits(word(head, numberAt-2)) // two digits of DOCNUM stand before SEGNUM
	rest, okRest := eightDigits(word(head, parentAt))
	number, parent, hlevel := int(own%1e6), int(rest/100), int(rest%100)
	if !ok || !okRest || number <= r.last {
		return false
	}
	if n := len(s.body); n != k.exact && n != k.end && (n != headLength+dataLength || !onlyBlanks(s.body[k.end:])) {
		return false
	}
	at, around := -1, r.basic
	if parent > 0 {
		for at = len(r.open) - 1; at >= 0 && r.open[at].number != parent; at-- {
		}
		if at < 0 || hlevel > 0 && hlevel <= r.open[at].hlevel {
			return false
		}
		around = r.open[at].place
	}
	if around == nil || k.in(around) == nil {
		return false
	}
	for i := at + 1; i < len(r.open); i++ {
		if p := r.open[i].place; p != nil && p.needs && p.lacking(r.open[i].counts) != nil {
			return false
		}
	}
	counts := r.counts(at)
	if cap(r.open) < at+2 || r.full(k.place, counts) {
		return false
	}
	counts[k.place.index]++
	r.open, r.last = r.open[:at+2], number
	r.open[at+1].set(number, hlevel, k.place, k)
	s.name, s.release, s.def, s.base = k.name, k.release, k.def, headLength
	s.head, s.checked = s.body[:headLength], headLength
	s.number, s.level, s.place = number, at+2, k.place
	return true
}

// eightDigits reads a number of eight digits in a few steps for all of them.
func eightDigits(x uint64) (n uint64, ok bool) {
	const zeros, highs = 0x3030303030303030, 0xF0F0F0F0F0F0F0F0
	if x&highs != zeros || (x+0x0606060606060606)&highs != zeros {
		return 0, false
	}
	x -= zeros
	x = (x*10 + x>>8) & 0x00FF00FF00FF00FF
	x = (x*100 + x>>16) & 0x0000FFFF0000FFFF
	return (x*10000 + x>>32) & 0xFFFFFFFF, true
}
