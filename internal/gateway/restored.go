package gateway

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// A partner that was put back to an older state has lost what it got since, and gives numbers anew that it gave before.

// Lost is a file that a partner got and lost when it was put back.
type Lost struct {
	Delivery ledger.Delivery
	Control  int64 // control number of its interchange; 0 for none
	// Doubtful says that it was put before the state that the partner was put back to, and found gone only afterwards:
	// nobody knows whether the partner took it before or after.
	Doubtful bool
}

// WatchFetched looks which files were taken, so that what still lies in its folder does not count as lost.
func (g *Gateway) WatchFetched(ctx context.Context) error { return g.watchFetched(ctx) }

// RecordRestore records that a partner was put back. Earlier restores stay recorded.
func RecordRestore(ctx context.Context, l *ledger.Ledger, partner string, at time.Time, actor string) (ledger.Restore, error) {
	r := ledger.Restore{Partner: partner, At: at, Actor: actor}
	err := l.Do(ctx, func(tx *ledger.Tx) error {
		r.ID, r.RecordedAt = 0, tx.Now()
		if !at.Before(r.RecordedAt) {
			return fmt.Errorf("%s lies in the future: --at is the state that %s was put back to", at.Format(time.RFC3339), partner)
		}
		if err := tx.AddRestore(&r); err != nil {
			return err
		}
		return tx.AddEvent(&ledger.Event{At: r.RecordedAt, Actor: actor, What: "restored", Detail: partner + " to " + at.UTC().Format(time.RFC3339)})
	})
	return r, err
}

// LastRestore gives the newest restore of a partner.
func LastRestore(tx *ledger.Tx, partner string) (ledger.Restore, error) {
	all, err := tx.Restores(partner)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s was not put back, as far as is known; tell it with: batchgate restored %s --at TIME", partner, partner)
	}
	if err != nil {
		return ledger.Restore{}, err
	}
	return all[len(all)-1], nil
}

// LostBy names what a partner got after the state that it was put back to and was not offered again since. Of a file that
// was sent several times the last one counts. Acknowledgements are no loss.
func LostBy(tx *ledger.Tx, r ledger.Restore) ([]Lost, error) {
	got, err := tx.Got(r.Partner, r.At, r.RecordedAt)
	if err != nil {
		return nil, err
	}
	var lost []Lost
	for _, d := range got {
		if flow.IsAcknowledgement(d.Kind) || d.FetchedAt.IsZero() { // the latter lies where the partner will find it
			continue
		}
		again, err := sentAgain(tx, d)
		if err != nil {
			return nil, err
		}
		if again {
			continue
		}
		fa, err := readFacts(d.Facts)
		if err != nil {
			return nil, fmt.Errorf("delivery d%d: %w", d.ID, err)
		}
		lost = append(lost, Lost{Delivery: d, Control: fa.Numbers[controlSeries], Doubtful: !d.DoneAt.After(r.At)})
	}
	return lost, nil
}

// sentAgain tells whether a delivery was repeated: another one differs from it in the number of the replay alone.
func sentAgain(tx *ledger.Tx, d ledger.Delivery) (bool, error) {
	a, err := tx.Arrival(d.Arrival)
	if err != nil {
		return false, err
	}
	replays, err := tx.Arrivals(ledger.ArrivalFilter{ReplayOf: a.Root()})
	for _, r := range replays {
		all, err := tx.Deliveries(ledger.DeliveryFilter{Arrival: r.ID, After: d.ID})
		if err != nil {
			return false, err
		}
		for _, other := range all {
			if effectRoot(other) == effectRoot(d) && other.State != ledger.DeliveryDropped {
				return true, nil
			}
		}
	}
	return false, err
}

// effectRoot is what the repetitions of a delivery share.
func effectRoot(d ledger.Delivery) string { return d.Effect[:strings.LastIndexByte(d.Effect, '/')+1] }

// OfferAgain sends lost files once more, in their order: with the numbers that they had, byte for byte where the profile is
// still the same, or with new ones. It gives how many; the next run acts on it.
func OfferAgain(ctx context.Context, l *ledger.Ledger, home *profiles.Home, lost []Lost, newNumbers bool, actor string) (int, error) {
	err := l.Do(ctx, func(tx *ledger.Tx) error {
		for i := range lost {
			f, ok := home.Flow(lost[i].Delivery.Flow)
			if !ok {
				return fmt.Errorf("flow %s is in no profile of this home any more: bring it back", lost[i].Delivery.Flow)
			}
			if err := offerAgain(tx, f, &lost[i].Delivery, newNumbers, actor); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(lost), nil
}

func offerAgain(tx *ledger.Tx, f *profiles.Flow, d *ledger.Delivery, newNumbers bool, actor string) error {
	a, err := repeatArrival(tx, d, actor)
	if err != nil {
		return err
	}
	again := ledger.Delivery{Arrival: a.ID, Flow: d.Flow, Target: d.Target, Kind: d.Kind, Key: d.Key, State: ledger.DeliveryReady, Docs: d.Docs, Count: d.Count,
		Effect: fmt.Sprintf("%s%d", effectRoot(*d), a.Replay), Facts: d.Facts, Name: d.Name, Profile: f.Profile.Version, CreatedAt: tx.Now()}
	p := &planner{g: &Gateway{Config: Config{Now: tx.Now}}, arrival: &a}
	if newNumbers {
		docs, err := document.ParseLines(d.Docs)
		if err != nil || len(docs) != 1 {
			return fmt.Errorf("delivery d%d: its document is not readable: %w", d.ID, err)
		}
		again.Facts = (&facts{At: tx.Now().UTC().Truncate(time.Second)}).record()
		if err := p.reserve(tx, f, &again, docs[0].Key()); err != nil {
			return err
		}
	}
	if err := tx.InsertDelivery(&again); err != nil {
		return err
	}
	if newNumbers {
		err = p.use(tx, f, &again)
	} else {
		err = keepControl(tx, f, &again)
	}
	if err != nil {
		return err
	}
	rows, err := tx.Documents(ledger.DocumentFilter{Delivery: d.ID})
	for n, row := range rows {
		row.ID, row.Arrival, row.N, row.Delivery = 0, a.ID, n+1, again.ID
		if err := tx.InsertDocument(&row); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return tx.AddEvent(&ledger.Event{At: tx.Now(), Actor: actor, What: "offered again", Arrival: a.ID, Delivery: d.ID, Detail: fmt.Sprintf("as d%d", again.ID)})
}

// repeatArrival adds the arrival that carries a lost file again: a replay of the one that it came from.
func repeatArrival(tx *ledger.Tx, d *ledger.Delivery, actor string) (ledger.Arrival, error) {
	a, err := tx.Arrival(d.Arrival)
	if err != nil {
		return a, err
	}
	again, err := tx.NextReplay(&a)
	if err != nil {
		return a, err
	}
	again.State, again.Documents, again.Rows, again.Profile = ledger.ArrivalReleased, int64(d.Count), int64(d.Count), a.Profile
	if err := tx.InsertArrival(&again); err != nil {
		return a, err
	}
	return again, tx.AddEvent(&ledger.Event{At: tx.Now(), Actor: actor, What: "replayed", Arrival: again.ReplayOf, Detail: fmt.Sprintf("as a%d, what the partner lost", again.ID)})
}

// keepControl lets the acknowledgement of a repeated interchange find the new delivery.
func keepControl(tx *ledger.Tx, f *profiles.Flow, d *ledger.Delivery) error {
	fa, err := readFacts(d.Facts)
	if err != nil {
		return err
	}
	n, ok := fa.Numbers[controlSeries]
	if !ok {
		return nil
	}
	return tx.MoveControl(f.Profile.Us.String(), partnerID(f), n, d.ID)
}

// reissued tells whether a document came from a partner in the time that its restore has undone: its number may be given
// again for something else.
func reissued(tx *ledger.Tx, partner string, arrival int64) (bool, error) {
	all, err := tx.Restores(partner)
	if err != nil || len(all) == 0 {
		return false, err
	}
	a, err := tx.Arrival(arrival)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(all, func(r ledger.Restore) bool {
		return a.CreatedAt.After(r.At) && !a.CreatedAt.After(r.RecordedAt)
	}), nil
}
