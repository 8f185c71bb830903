package gateway

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/profiles"
)

// delivery makes a delivery of this arrival.
func (p *planner) delivery(tx *ledger.Tx, f *profiles.Flow, kind, key, n string) (*ledger.Delivery, error) {
	origin := p.arrival.ID
	if p.arrival.ReplayOf != 0 {
		origin = p.arrival.ReplayOf
	}
	return &ledger.Delivery{Arrival: p.arrival.ID, Flow: f.ID(), Target: f.To.Connection.ID(), Kind: kind,
		Effect: fmt.Sprintf("a%d/%s/%s/%s/%s/%d", origin, f.ID(), kind, key, n, p.arrival.Replay), State: ledger.DeliveryPlanned,
		Facts: (&facts{At: p.g.Now().UTC().Truncate(time.Second)}).record(), Profile: f.Profile.Version, CreatedAt: p.g.Now()}, nil
}

// messageOf gives the ordinal of the message that an APERAK answers, which its effect holds.
func messageOf(d ledger.Delivery) int {
	parts := strings.Split(d.Effect, "/")
	n, _ := strconv.Atoi(parts[max(len(parts)-2, 0)]) // we wrote it
	return n
}

// reserve gives a file its numbers and its name, with the delivery and for good.
func (p *planner) reserve(tx *ledger.Tx, f *profiles.Flow, d *ledger.Delivery, number string) error {
	if !f.To.Connection.IsFolder() {
		return nil
	}
	fa, err := readFacts(d.Facts)
	if err != nil {
		return err
	}
	fa.Numbers = map[string]int64{}
	name := profiles.NameFacts{Number: number, Source: p.arrival.Name, Time: f.Schedule.Day(fa.At.In(f.Zone))}
	write, to := outgoing(f, d.Kind)
	if flow.HasControl(write) || to.Name.Uses(controlSeries) {
		if name.Control, err = tx.ReserveControl(f.Profile.Us.String(), partnerID(f)); err != nil {
			return err
		}
		fa.Numbers[controlSeries] = name.Control
	}
	if to.Name.Uses(fileSeries) {
		n, err := tx.NextNumber(to.Series.Name)
		if err != nil {
			return err
		}
		name.Series = to.Series.Number(n)
		fa.Numbers[fileSeries] = name.Series
	}
	d.Facts = fa.record()
	if d.Name, err = to.Name.Expand(name); err == nil && !to.Name.Unique() {
		// Files of one name follow each other: the next goes out when the ERP has taken the one before.
		d.Key = "file " + path.Join(to.Folder, d.Name)
	}
	return err
}

// use records which delivery a control number belongs to.
func (p *planner) use(tx *ledger.Tx, f *profiles.Flow, d *ledger.Delivery) error {
	fa, err := readFacts(d.Facts)
	if err != nil {
		return err
	}
	if n, ok := fa.Numbers[controlSeries]; ok {
		return tx.ControlUse(f.Profile.Us.String(), partnerID(f), n, d.ID)
	}
	return nil
}
