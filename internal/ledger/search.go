package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// maxHits bounds the hits of each way of searching.
const maxHits = 50

// minHash is the length from which a hash may be given in part.
const minHash = 8

// Hit is one thing that a search found.
type Hit struct {
	Kind string `json:"kind"` // arrival, delivery, document or control (of an interchange of ours; ID is its delivery's)
	ID   int64  `json:"id"`
	Why  string `json:"why"` // what matched, for people
}

// Search finds what a person may mean by a term: the number of an arrival (a12) or delivery (d123), a file's name or a
// part of it, a hash or its first eight characters or more, a document's key, a remembered number, a control reference.
// Sure hits come first; nothing is given twice.
func (tx *Tx) Search(term string) ([]Hit, error) {
	term = strings.TrimSpace(term)
	if term == "" {
		return nil, nil
	}
	s := search{tx: tx, known: make(map[string]bool)}
	s.byNumber(term)
	s.add("arrival", "file name", "SELECT id FROM arrival WHERE name = $1 ORDER BY id DESC LIMIT 50", term)
	s.add("delivery", "name of the file put", "SELECT id FROM delivery WHERE name = $1 AND name <> '' ORDER BY id DESC LIMIT 50", term)
	s.byHash(strings.ToLower(term))
	s.add("document", "document key", "SELECT id FROM document WHERE key = $1 ORDER BY id DESC LIMIT 50", term)
	s.add("delivery", "key of the delivery", "SELECT id FROM delivery WHERE key = $1 AND key <> '' ORDER BY id DESC LIMIT 50", term)
	s.byRemembered(term)
	s.byControl(term)
	s.add("arrival", "part of the file name",
		`SELECT id FROM arrival WHERE lower(name) LIKE lower($1) ESCAPE '\' ORDER BY id DESC LIMIT 50`, containing(term))
	return s.hits, inCase(s.err, "searching for %q", term)
}

// search collects hits until an error.
type search struct {
	tx    *Tx
	hits  []Hit
	known map[string]bool
	err   error
}

func (s *search) hit(kind string, id int64, why string) {
	if name := kind + strconv.FormatInt(id, 10); !s.known[name] {
		s.known[name] = true
		s.hits = append(s.hits, Hit{Kind: kind, ID: id, Why: why})
	}
}

// add runs a query for ids.
func (s *search) add(kind, why, query string, args ...any) {
	if s.err != nil {
		return
	}
	var id int64
	s.err = s.tx.each([]any{&id}, func() error {
		s.hit(kind, id, why)
		return nil
	}, query, args...)
}

func (s *search) byNumber(term string) {
	id, err := strconv.ParseInt(term[1:], 10, 64)
	if err != nil || id <= 0 {
		return
	}
	switch term[0] {
	case 'a', 'A':
		s.add("arrival", "number", "SELECT id FROM arrival WHERE id = $1", id)
	case 'd', 'D':
		s.add("delivery", "number", "SELECT id FROM delivery WHERE id = $1", id)
	}
}

func (s *search) byHash(term string) {
	if len(term) < minHash || strings.Trim(term, "0123456789abcdef") != "" {
		return
	}
	// A range instead of LIKE, so that both databases use their index whatever their collation: "g" follows every digit.
	s.add("arrival", "hash of its bytes", `SELECT id FROM arrival WHERE hash <> '' AND hash >= $1 AND hash < $2
		ORDER BY id DESC LIMIT 50`, term, term+"g")
	s.add("delivery", "hash of what went out", `SELECT id FROM delivery WHERE body_hash >= $1 AND body_hash < $2
		ORDER BY id DESC LIMIT 50`, term, term+"g")
}

func (s *search) byRemembered(term string) {
	if s.err != nil {
		return
	}
	var id int64
	var scheme string
	s.err = s.tx.each([]any{&id, &scheme}, func() error {
		s.hit("document", id, "remembered as "+scheme)
		return nil
	}, "SELECT document, scheme FROM document_key WHERE value = $1 ORDER BY document DESC LIMIT 50", term)
}

func (s *search) byControl(term string) {
	if s.err != nil {
		return
	}
	own, err := s.tx.FindControl(term)
	if err != nil {
		s.err = err
		return
	}
	for i, c := range own {
		if i == maxHits {
			break
		}
		s.hit("control", c.Delivery, fmt.Sprintf("control number %d from %s to %s", c.Number, c.Own, c.Partner))
	}
	s.add("arrival", "interchange control reference", "SELECT DISTINCT arrival FROM message WHERE control = $1 AND control <> '' ORDER BY arrival DESC LIMIT 50", term)
	s.add("arrival", "message reference", "SELECT DISTINCT arrival FROM message WHERE reference = $1 AND reference <> '' ORDER BY arrival DESC LIMIT 50", term)
}
