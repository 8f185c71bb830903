package gateway

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// doubling gives twice each wish and notes how many went together.
func doubling(sizes *[]int) func([]int) []int {
	return func(wishes []int) []int {
		*sizes = append(*sizes, len(wishes))
		answers := make([]int, len(wishes))
		for i, w := range wishes {
			answers[i] = 2 * w
		}
		return answers
	}
}

func TestWishesOfACrewGoTogetherAndEachGetsItsAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c crew
		var sizes []int
		g := newGathering(&c, 100, doubling(&sizes))
		start := time.Now()
		var members sync.WaitGroup
		for range 10 {
			c.join()
		}
		for i := range 10 {
			members.Go(func() {
				defer c.leave()
				for n := range 3 {
					if got := g.do(10*n + i); got != 2*(10*n+i) {
						t.Errorf("%d got the answer %d", 10*n+i, got)
					}
				}
			})
		}
		members.Wait()
		if !slices.Equal(sizes, []int{10, 10, 10}) || time.Since(start) > 0 {
			t.Errorf("groups of %v after %s", sizes, time.Since(start))
		}
	})
}

func TestALoneWishGoesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c crew
		var sizes []int
		g := newGathering(&c, 100, doubling(&sizes))
		start := time.Now()
		g.do(1) // of nobody's crew
		c.join()
		g.do(2)
		c.leave()
		if time.Since(start) > 0 || len(sizes) != 2 {
			t.Errorf("waited %s, groups of %v", time.Since(start), sizes)
		}
	})
}

func TestAWishWaitsNotForEverForWhoIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c crew
		var sizes []int
		g := newGathering(&c, 100, doubling(&sizes))
		c.join() // and is busy with something else
		c.join()
		start := time.Now()
		g.do(1)
		if waited := time.Since(start); waited != patience {
			t.Errorf("waited %s", waited)
		}
		c.leave()
		c.leave()
	})
}

func TestEnoughWishesDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c crew
		var sizes []int
		g := newGathering(&c, 3, doubling(&sizes))
		c.join() // and is busy with something else
		start := time.Now()
		var members sync.WaitGroup
		for i := range 3 {
			c.join()
			members.Go(func() {
				defer c.leave()
				g.do(i)
			})
		}
		members.Wait()
		c.leave()
		if time.Since(start) > 0 || !slices.Equal(sizes, []int{3}) {
			t.Errorf("waited %s, groups of %v", time.Since(start), sizes)
		}
	})
}
