package gateway

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestAnswersAreUsedAgainUntilTheirTime(t *testing.T) {
	var a lookupCache
	start := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	a.keep("erp/shop", "product", map[string]string{"A": "1", "B": "2"}, start.Add(time.Hour))
	found, open := a.known("erp/shop", "product", []string{"A", "C"}, start)
	if found["A"] != "1" || len(found) != 1 || !slices.Equal(open, []string{"C"}) {
		t.Error(found, open)
	}
	for _, other := range [][2]string{{"erp/other", "product"}, {"erp/shop", "order"}} {
		if found, _ := a.known(other[0], other[1], []string{"A"}, start); len(found) > 0 {
			t.Errorf("%v gives the answer of another: %v", other, found)
		}
	}
	if found, _ := a.known("erp/shop", "product", []string{"A"}, start.Add(time.Hour)); len(found) > 0 {
		t.Errorf("too old: %v", found)
	}
}

func TestMemoryOfAnswersHasABound(t *testing.T) {
	var a lookupCache
	now := time.Now()
	for i := range 5 * keptAnswers {
		a.known("shop", "product", []string{"asked for again and again"}, now)
		a.keep("shop", "product", map[string]string{fmt.Sprint(i): "x", "asked for again and again": "y"}, now.Add(time.Hour))
	}
	if n := len(a.new) + len(a.old); n > 2*keptAnswers {
		t.Errorf("%d answers are kept", n)
	}
	if found, _ := a.known("shop", "product", []string{"asked for again and again"}, now); len(found) == 0 {
		t.Error("an answer that is used was forgotten")
	}
}
