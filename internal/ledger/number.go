package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// maxControl is the greatest interchange control reference: 14 characters (ISO 9735-1, data element 0020).
const maxControl = 99_999_999_999_999

// NextNumber gives the next number of a series, from 1 on. It is taken in this transaction: given to nobody else, and
// free again only if the transaction is rolled back, in which case nobody has seen it.
func (tx *Tx) NextNumber(series string) (int64, error) {
	n, err := tx.count("series " + series)
	return n, inCase(err, "next number of %s", series)
}

// ReserveControl gives the next control number of interchanges from own to partner, 1 to 99999999999999; [ErrSpent]
// after the last.
func (tx *Tx) ReserveControl(own, partner string) (int64, error) {
	n, err := tx.count(fmt.Sprintf("control %q %q", own, partner))
	if err == nil && n > maxControl {
		err = ErrSpent
	}
	return n, inCase(err, "next control number from %s to %s", own, partner)
}

func (tx *Tx) count(name string) (n int64, err error) {
	_, err = tx.scalar([]any{&n}, `INSERT INTO counter (name, last) VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET last = counter.last + 1 RETURNING last`, name)
	return n, err
}

// Control is a control number and the delivery that carries it.
type Control struct {
	Own      string `json:"own"`
	Partner  string `json:"partner"`
	Number   int64  `json:"number"`
	Delivery int64  `json:"delivery"`
}

func (c *Control) fields() []any { return []any{&c.Own, &c.Partner, &c.Number, &c.Delivery} }

// ControlUse records which delivery carries a control number; [ErrExists] when another one does.
func (tx *Tx) ControlUse(own, partner string, number, delivery int64) error {
	var holder int64
	_, err := tx.scalar([]any{&holder}, `INSERT INTO control (own, partner, number, delivery) VALUES ($1, $2, $3, $4)
		ON CONFLICT (number, own, partner) DO UPDATE SET delivery = control.delivery RETURNING delivery`, own, partner, number, delivery)
	if err == nil && holder != delivery {
		err = fmt.Errorf("%w, with delivery d%d", ErrExists, holder)
	}
	return inCase(err, "control number %d from %s to %s", number, own, partner)
}

// FindControl gives our own interchanges with a control number, which may stand with leading zeros. An acknowledgement
// finds by it what it answers.
func (tx *Tx) FindControl(number string) ([]Control, error) {
	n, ok := controlNumber(number)
	if !ok {
		return nil, nil
	}
	all, err := many(tx, (*Control).fields, "SELECT own, partner, number, delivery FROM control WHERE number = $1 ORDER BY delivery", n)
	return all, inCase(err, "looking for control number %s", number)
}

func controlNumber(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n <= maxControl
}
