package directory

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

//go:embed data/tables.bin
var tablesFile []byte

//go:embed data/messages.bin
var messagesFile []byte

//go:embed data/codes.bin
var codesFile []byte

// unpacker reads what the generator packed. The data is part of the program, so that a fault in it is a fault of the
// program: it panics.
type unpacker struct{ rest []byte }

// inflate opens a compressed block.
func inflate(block []byte) *unpacker {
	b, err := io.ReadAll(flate.NewReader(bytes.NewReader(block)))
	if err != nil {
		panic(fmt.Sprintf("directory: embedded data is damaged: %v", err))
	}
	return &unpacker{b}
}

// content skips the readable line in front of a file.
func content(file []byte) []byte {
	_, after, _ := bytes.Cut(file, []byte("\n"))
	return after
}

func (u *unpacker) number() int {
	n, width := binary.Uvarint(u.rest)
	if width <= 0 {
		panic("directory: embedded data is damaged")
	}
	u.rest = u.rest[width:]
	return int(n)
}

func (u *unpacker) signed() int {
	n, width := binary.Varint(u.rest)
	if width <= 0 {
		panic("directory: embedded data is damaged")
	}
	u.rest = u.rest[width:]
	return int(n)
}

func (u *unpacker) raw(length int) []byte {
	b := u.rest[:length]
	u.rest = u.rest[length:]
	return b
}

func (u *unpacker) bytes() []byte { return u.raw(u.number()) }

func (u *unpacker) text() string { return string(u.bytes()) }

// has reads the releases of a variant and tells whether one of them is meant.
func (u *unpacker) has(release int) bool {
	found, end := false, 0
	for range u.number() {
		start := end + u.number()
		end = start + u.number()
		found = found || start <= release && release < end
	}
	return found
}

// catalogue calls take for each id that a release has, in the order of ids.
func (u *unpacker) catalogue(release int, take func(id string, payload *unpacker)) {
	for range u.number() {
		id := u.bytes()
		for range u.number() {
			has := u.has(release)
			payload := u.bytes()
			if has {
				take(string(id), &unpacker{payload})
			}
		}
	}
}

// shelf is what all releases share: names and the unpacked tables, and the releases opened so far.
type shelf struct {
	names    []string // in order of time, then "service 1" to "service 4"
	tables   []byte
	opened   []func() *Release
	messages map[string][]byte // message -> compressed block
	codes    func() []byte
}

// theShelf is filled on first use and never changes after.
var theShelf = sync.OnceValue(func() *shelf {
	u := inflate(content(tablesFile))
	s := &shelf{messages: map[string][]byte{}}
	for i := range u.number() {
		s.names = append(s.names, u.text())
		s.opened = append(s.opened, sync.OnceValue(func() *Release { return s.load(i) }))
	}
	s.tables = u.rest
	s.codes = sync.OnceValue(func() []byte { return inflate(content(codesFile)).rest })
	index := &unpacker{content(messagesFile)}
	type entry struct {
		name   string
		length int
	}
	var entries []entry
	for range index.number() {
		entries = append(entries, entry{index.text(), index.number()})
	}
	for _, e := range entries {
		s.messages[e.name] = index.raw(e.length)
	}
	return s
})
