package main

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// origin stands in front of the data, readable.
const origin = "Structure, tags and code values from the UN/EDIFACT directories, (c) United Nations (UNECE); the official texts prevail.\n"

// catalogue holds, for each id, what the releases say about it, equal texts once.
type catalogue map[string]map[string][]int

// add notes what a release says about an id. Releases come in order.
func (c catalogue) add(release int, id string, payload []byte) {
	if c[id] == nil {
		c[id] = map[string][]int{}
	}
	c[id][string(payload)] = append(c[id][string(payload)], release)
}

// store is all releases.
type store struct {
	releases   []string
	kinds      map[string]catalogue
	structures map[string]catalogue // message -> its tables
	codes      map[string]catalogue // element -> code and name
}

func newStore() *store {
	return &store{
		kinds:      map[string]catalogue{"element": {}, "composite": {}, "segment": {}, "message": {}},
		structures: map[string]catalogue{},
		codes:      map[string]catalogue{},
	}
}

func (s *store) kind(name string) catalogue { return s.kinds[name] }

func (s *store) structure(message string) catalogue {
	if s.structures[message] == nil {
		s.structures[message] = catalogue{}
	}
	return s.structures[message]
}

func (s *store) addCode(release int, element, code, name string) {
	if s.codes[element] == nil {
		s.codes[element] = catalogue{}
	}
	s.codes[element].add(release, code, []byte(name))
}

// write makes the three files.
func (s *store) write(out string) error {
	tables := &packer{}
	tables.number(len(s.releases))
	for _, name := range s.releases {
		tables.text(name)
	}
	for _, kind := range []string{"element", "composite", "segment", "message"} {
		tables.catalogue(s.kinds[kind])
	}
	codes := &packer{}
	codes.number(len(s.codes))
	for _, element := range slices.Sorted(maps.Keys(s.codes)) {
		codes.text(element).catalogue(s.codes[element])
	}
	files := map[string][]byte{"tables.bin": deflate(tables.bytes), "codes.bin": deflate(codes.bytes), "messages.bin": s.packMessages()}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(out, name), append([]byte(origin), content...), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// packMessages makes an index of messages, each followed by the length of its own compressed block, so that one message
// is opened without the others.
func (s *store) packMessages() []byte {
	index, blocks := &packer{}, []byte{}
	index.number(len(s.structures))
	for _, message := range slices.Sorted(maps.Keys(s.structures)) {
		p := &packer{}
		p.catalogue(s.structures[message])
		block := deflate(p.bytes)
		index.text(message).number(len(block))
		blocks = append(blocks, block...)
	}
	return append(index.bytes, blocks...)
}

// deflate compresses as well as it can.
func deflate(b []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	w.Write(b) // a bytes.Buffer takes everything
	w.Close()
	return out.Bytes()
}

// packer writes numbers and texts.
type packer struct{ bytes []byte }

func (p *packer) number(n int) *packer {
	p.bytes = binary.AppendUvarint(p.bytes, uint64(n))
	return p
}

func (p *packer) signed(n int) *packer {
	p.bytes = binary.AppendVarint(p.bytes, int64(n))
	return p
}

func (p *packer) text(s string) *packer {
	p.number(len(s))
	p.bytes = append(p.bytes, s...)
	return p
}

// raw writes a text of known length.
func (p *packer) raw(s string, length int) *packer {
	if len(s) != length {
		panic("tag " + s + " is not of three letters")
	}
	p.bytes = append(p.bytes, s...)
	return p
}

// catalogue writes ids, and for each its variants with the releases that have them.
func (p *packer) catalogue(c catalogue) *packer {
	p.number(len(c))
	for _, id := range slices.Sorted(maps.Keys(c)) {
		p.text(id).number(len(c[id]))
		variants := slices.Collect(maps.Keys(c[id]))
		slices.SortFunc(variants, func(a, b string) int { return cmp.Compare(c[id][a][0], c[id][b][0]) })
		for _, v := range variants {
			p.runs(c[id][v]).text(v)
		}
	}
	return p
}

// runs writes a rising list of releases as pairs of gap and length.
func (p *packer) runs(releases []int) *packer {
	var runs [][2]int
	for _, r := range releases {
		if n := len(runs); n > 0 && runs[n-1][0]+runs[n-1][1] == r {
			runs[n-1][1]++
			continue
		}
		runs = append(runs, [2]int{r, 1})
	}
	p.number(len(runs))
	end := 0
	for _, r := range runs {
		p.number(r[0] - end).number(r[1])
		end = r[0] + r[1]
	}
	return p
}

func (d *definition) encode() []byte {
	p := &packer{}
	p.text(d.name).number(len(d.fields))
	for _, f := range d.fields {
		flags := 0
		for bit, set := range []bool{f.mandatory, f.marked} {
			if set {
				flags |= 1 << bit
			}
		}
		p.text(f.id).number(flags).number(f.position).number(f.repeat)
	}
	return p.bytes
}

func (e element) encode() []byte {
	codes := 0
	if e.codes {
		codes = 1
	}
	return (&packer{}).text(e.name).number(e.format.class).number(e.format.min).number(e.format.max).number(codes).bytes
}
