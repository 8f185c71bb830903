package ledger

// Document is one business document read from an arrival.
type Document struct {
	ID          int64  `json:"id"`
	Arrival     int64  `json:"arrival"`
	N           int    `json:"n"`       // ordinal in the arrival
	Message     int    `json:"message"` // ordinal of its message
	Flow        string `json:"flow"`
	Kind        string `json:"kind"`
	Key         string `json:"key"`
	Fingerprint int64  `json:"fingerprint"` // of its mapped fields
	Delivery    int64  `json:"delivery,omitempty"`
	State       string `json:"state"` // planned, repeated, ignored, held, rejected, failed
}

const documentColumns = "arrival, n, message, flow, kind, key, fingerprint, delivery, state"

const documentSelect = "SELECT id, " + documentColumns + " FROM document"

var documentInsert = insertText("document", documentColumns)

func (d *Document) fields() []any {
	return []any{&d.ID, &d.Arrival, &d.N, &d.Message, &d.Flow, &d.Kind, &d.Key, &d.Fingerprint, &d.Delivery, &d.State}
}

// InsertDocument adds a document and sets its ID.
func (tx *Tx) InsertDocument(d *Document) error {
	_, err := tx.insert(&d.ID, documentInsert, d.Arrival, d.N, d.Message, d.Flow, d.Kind, d.Key, d.Fingerprint, d.Delivery, d.State)
	return inCase(err, "recording %s %q of arrival a%d", d.Kind, d.Key, d.Arrival)
}

// UpdateDocument writes the whole row.
func (tx *Tx) UpdateDocument(d *Document) error {
	n, err := tx.exec(documentUpdate, d.Arrival, d.N, d.Message, d.Flow, d.Kind, d.Key, d.Fingerprint, d.Delivery, d.State, d.ID)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return inCase(err, "document %d", d.ID)
}

var documentUpdate = updateText("document", documentColumns)

// Document gives one document, or [ErrNotFound].
func (tx *Tx) Document(id int64) (Document, error) {
	d, err := one(tx, (*Document).fields, documentSelect+" WHERE id = $1", id)
	return d, inCase(err, "document %d", id)
}

// DocumentFilter chooses documents; what is empty does not narrow.
type DocumentFilter struct {
	Arrival  int64
	Delivery int64
	Flow     string
	Kind     string
	Key      string
	States   []string
	After    int64 // only what follows this ID in the wanted order
	Newest   bool
	Limit    int // 0: all
}

// Documents gives the documents that a filter chooses, by ID.
func (tx *Tx) Documents(f DocumentFilter) ([]Document, error) {
	var w where
	w.number("arrival", f.Arrival)
	w.number("delivery", f.Delivery)
	w.equal("key", f.Key)
	w.equal("flow", f.Flow)
	w.equal("kind", f.Kind)
	w.among("state", f.States)
	page := w.page(f.After, f.Newest, f.Limit)
	all, err := many(tx, (*Document).fields, documentSelect+page, w.args...)
	return all, inCase(err, "listing documents")
}

// LatestDocument gives the newest document with a key in a flow, or [ErrNotFound].
func (tx *Tx) LatestDocument(flow, kind, key string) (Document, error) {
	d, err := one(tx, (*Document).fields, documentSelect+
		" WHERE key = $1 AND flow = $2 AND kind = $3 ORDER BY id DESC LIMIT 1", key, flow, kind)
	return d, inCase(err, "%s %q of flow %s", kind, key, flow)
}

// Key is a number remembered for a document, so that later documents find it: an order's number with its lines.
type Key struct {
	Scheme   string `json:"scheme"`
	Value    string `json:"value"`
	Document int64  `json:"document"`
	Data     string `json:"data,omitempty"`
}

// PutKey remembers a number of a document, or replaces the data remembered with it.
func (tx *Tx) PutKey(scheme, value string, document int64, data string) error {
	_, err := tx.exec(`INSERT INTO document_key (scheme, value, document, data) VALUES ($1, $2, $3, $4)
		ON CONFLICT (value, scheme, document) DO UPDATE SET data = excluded.data`, scheme, value, document, data)
	return inCase(err, "remembering %s %q", scheme, value)
}

// Keys gives what is remembered under a number, oldest document first.
func (tx *Tx) Keys(scheme, value string) ([]Key, error) {
	all, err := many(tx, (*Key).fields, "SELECT scheme, value, document, data FROM document_key WHERE value = $1 AND scheme = $2 ORDER BY document", value, scheme)
	return all, inCase(err, "looking up %s %q", scheme, value)
}

func (k *Key) fields() []any { return []any{&k.Scheme, &k.Value, &k.Document, &k.Data} }
