package ledger

// Message is one message of an arrival and one flow that takes it (Flow is "" when none does). A flat file is one message.
type Message struct {
	Arrival   int64  `json:"arrival"`
	N         int    `json:"n"` // ordinal in the arrival
	Flow      string `json:"flow"`
	Reference string `json:"reference,omitempty"` // the message's own, UNH 0062
	Type      string `json:"type,omitempty"`
	Version   string `json:"version,omitempty"`
	Sender    string `json:"sender,omitempty"`
	Recipient string `json:"recipient,omitempty"`
	Control   string `json:"control,omitempty"` // the interchange's reference, UNB 0020
	State     string `json:"state"`             // planned, held, failed, ignored, repeated
	Reason    string `json:"reason,omitempty"`
	Rows      int64  `json:"rows"`
	Documents int64  `json:"documents"`
	Offset    int64  `json:"offset"` // of its first byte in the arrival
	Length    int64  `json:"length"`
}

const messageColumns = "arrival, n, flow, reference, type, version, sender, recipient, control, state, reason, row_count, documents, byte_offset, byte_length"

var messagePut = insertText("message", messageColumns) + ` ON CONFLICT (arrival, n, flow) DO UPDATE SET
	reference = excluded.reference, type = excluded.type, version = excluded.version, sender = excluded.sender,
	recipient = excluded.recipient, control = excluded.control, state = excluded.state, reason = excluded.reason,
	row_count = excluded.row_count, documents = excluded.documents, byte_offset = excluded.byte_offset, byte_length = excluded.byte_length`

func (m *Message) fields() []any {
	return []any{&m.Arrival, &m.N, &m.Flow, &m.Reference, &m.Type, &m.Version, &m.Sender, &m.Recipient, &m.Control, &m.State,
		&m.Reason, &m.Rows, &m.Documents, &m.Offset, &m.Length}
}

// PutMessage adds a message, or replaces the one with the same arrival, ordinal and flow.
func (tx *Tx) PutMessage(m *Message) error {
	_, err := tx.exec(messagePut, m.Arrival, m.N, m.Flow, m.Reference, m.Type, m.Version, m.Sender, m.Recipient, m.Control,
		m.State, m.Reason, m.Rows, m.Documents, m.Offset, m.Length)
	return inCase(err, "recording message %d of arrival a%d", m.N, m.Arrival)
}

// Messages gives the messages of an arrival in their order.
func (tx *Tx) Messages(arrival int64) ([]Message, error) {
	all, err := many(tx, (*Message).fields, "SELECT "+messageColumns+" FROM message WHERE arrival = $1 ORDER BY n, flow", arrival)
	return all, inCase(err, "messages of arrival a%d", arrival)
}

// LastRows gives the rows that a flow took from its newest arrival settled as processed; ok is false when there is none.
// A remainder (the failed records of a file, dropped again) does not count: it is short by nature.
func (tx *Tx) LastRows(flow string) (rows int64, ok bool, err error) {
	ok, err = tx.scalar([]any{&rows}, `SELECT m.row_count FROM message m JOIN arrival a ON a.id = m.arrival
		WHERE m.flow = $1 AND m.state = 'planned' AND a.state = 'settled' AND a.outcome = 'processed' AND a.remainder_of = 0
		ORDER BY m.arrival DESC, m.n DESC LIMIT 1`, flow)
	return rows, ok, inCase(err, "rows of the last file of flow %s", flow)
}
