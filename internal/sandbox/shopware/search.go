package shopware

import (
	"net/http"
	"strconv"
	"strings"
)

// entityOf gives the entity that a path names, order-line-item for order_line_item.
func (s *Shop) entityOf(kebab string) *entity {
	return s.schema.entities[strings.ReplaceAll(kebab, "-", "_")]
}

// search answers POST /api/search/{entity}.
func (s *Shop) search(r *request, kebab string) *answer {
	c, bad := s.searchCriteria(r, kebab)
	if bad == nil {
		bad = r.wantsJSON()
	}
	if bad != nil {
		return refusal(bad)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.list(c)
}

// list answers with a page of rows. The shop's lock must be held.
func (s *Shop) list(c *criteria) *answer {
	rows := c.matches()
	sortRows(rows, c.entity, c.sort)
	page := c.cut(rows)
	v := view{shop: s, only: c.only, except: c.except}
	b := make([]byte, 0, 256+2048*len(page))
	b = append(b, `{"total":`...)
	b = strconv.AppendInt(b, int64(c.total(len(rows), len(page))), 10)
	b = append(b, `,"data":[`...)
	for i, row := range page {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.append(b, c.entity, row, c.associations)
	}
	return okay(append(b, `],"aggregations":[]}`...))
}

// searchIDs answers POST /api/search-ids/{entity}.
func (s *Shop) searchIDs(r *request, kebab string) *answer {
	c, bad := s.searchCriteria(r, kebab)
	if bad != nil {
		return refusal(bad)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	rows := c.matches()
	sortRows(rows, c.entity, c.sort)
	page := c.cut(rows)
	b := append([]byte(nil), `{"total":`...)
	b = strconv.AppendInt(b, int64(c.total(len(rows), len(page))), 10)
	b = append(b, `,"data":[`...)
	for i, row := range page {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, keyJSON(c.entity, row.id)...)
	}
	return okay(append(b, `]}`...))
}

func (s *Shop) searchCriteria(r *request, kebab string) (*criteria, *problem) {
	e := s.entityOf(kebab)
	if e == nil || strings.Contains(kebab, "_") {
		return nil, notFound(r)
	}
	body, bad := r.json()
	if bad != nil {
		return nil, bad
	}
	c, bad := s.criteria(e, body, false)
	if bad != nil {
		return nil, bad
	}
	return c, s.mayRead(c)
}

func notFound(r *request) *problem {
	return refuse(http.StatusNotFound, "0", "No route found for %q", r.method+" "+cut(r.path))
}
