package ledger

// Root is the arrival under which all replays of an arrival are numbered: the first of them.
func (a *Arrival) Root() int64 {
	if a.ReplayOf != 0 {
		return a.ReplayOf
	}
	return a.ID
}

// NextReplay makes, and does not record, the next replay of an arrival: its bytes as an arrival of their own.
func (tx *Tx) NextReplay(a *Arrival) (Arrival, error) {
	before, err := tx.Arrivals(ArrivalFilter{ReplayOf: a.Root()})
	n := 1
	for _, r := range before {
		n = max(n, r.Replay+1)
	}
	return Arrival{Partner: a.Partner, Source: a.Source, Name: a.Name, Version: a.Version, Size: a.Size, ModTime: a.ModTime, Hash: a.Hash,
		State: ArrivalArchived, ReplayOf: a.Root(), Replay: n, RemainderOf: a.RemainderOf}, err
}
