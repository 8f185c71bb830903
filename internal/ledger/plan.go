package ledger

// Unplan takes back what planning an arrival has written so far: messages, documents, findings, and the deliveries that
// are not released. A plan that a killed process left half written is made anew from the beginning. Numbers that were
// reserved stay used.
func (tx *Tx) Unplan(arrival int64) error {
	for _, query := range []string{
		"DELETE FROM delivery_docs WHERE delivery IN (SELECT id FROM delivery WHERE arrival = $1 AND state = '" + DeliveryPlanned + "')",
		"DELETE FROM delivery WHERE arrival = $1 AND state = '" + DeliveryPlanned + "'",
		"DELETE FROM document WHERE arrival = $1",
		"DELETE FROM message WHERE arrival = $1",
		"DELETE FROM finding_list WHERE arrival = $1 AND delivery = 0",
	} {
		if _, err := tx.exec(query, arrival); err != nil {
			return inCase(err, "taking back the plan of arrival a%d", arrival)
		}
	}
	return nil
}

// DropMessage removes the row of a message that a flow will take after all.
func (tx *Tx) DropMessage(arrival int64, n int, flow string) error {
	_, err := tx.exec("DELETE FROM message WHERE arrival = $1 AND n = $2 AND flow = $3", arrival, n, flow)
	return inCase(err, "message %d of arrival a%d", n, arrival)
}
