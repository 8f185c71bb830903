package shopware

import (
	"encoding/json"
	"slices"
	"time"
)

// OrderState is what the shop knows about an order, for tests and demonstrations.
type OrderState struct {
	ID           string         `json:"id"`
	Number       string         `json:"number"`
	State        string         `json:"state"`
	Total        string         `json:"total"`
	CreatedAt    time.Time      `json:"createdAt"`
	UpdatedAt    *time.Time     `json:"updatedAt,omitempty"`
	CustomFields map[string]any `json:"customFields,omitempty"`
	Tags         []string       `json:"tags,omitempty"`
	Lines        []LineState    `json:"lines"`
	Deliveries   []PartState    `json:"deliveries"`
	Transactions []PartState    `json:"transactions"`
	Documents    int            `json:"documents,omitempty"`
}

// LineState is a position of an order.
type LineState struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Product  string `json:"product,omitempty"` // number
	Label    string `json:"label"`
	Quantity int64  `json:"quantity"`
	Total    string `json:"total"`
}

// PartState is a delivery or a payment of an order.
type PartState struct {
	ID            string         `json:"id"`
	State         string         `json:"state"`
	TrackingCodes []string       `json:"trackingCodes,omitempty"`
	CustomFields  map[string]any `json:"customFields,omitempty"`
}

// Order gives the state of the order with a number.
func (s *Shop) Order(number string) (OrderState, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := s.orderByNumber(number)
	if r == nil {
		return OrderState{}, false
	}
	return s.orderState(r), true
}

// Orders gives the states of all orders in the order they were placed.
func (s *Shop) Orders() []OrderState {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := []OrderState{}
	for _, r := range s.store.tables["order"].list {
		if r != nil {
			list = append(list, s.orderState(r))
		}
	}
	return list
}

func (s *Shop) orderState(r *row) OrderState {
	e := s.schema.entities["order"]
	o := OrderState{ID: r.id, Number: r.text(e.column("orderNumber")), State: s.stateOf("order", r),
		Total: textOf(r.get(e.column("amountTotal"))), CustomFields: objectOf(r.get(e.column("customFields"))),
		Lines: []LineState{}, Deliveries: s.parts(r, "order_delivery", "deliveries"), Transactions: s.parts(r, "order_transaction", "transactions"),
		Documents: len(s.related(r, e, e.column("documents")))}
	if at, ok := r.get(e.column("createdAt")).(moment); ok {
		o.CreatedAt = at.time()
	}
	if at, ok := r.get(e.column("updatedAt")).(moment); ok {
		t := at.time()
		o.UpdatedAt = &t
	}
	for _, tag := range s.related(r, e, e.column("tags")) {
		o.Tags = append(o.Tags, tag.text(s.schema.entities["tag"].column("name")))
	}
	slices.Sort(o.Tags)
	lines := s.schema.entities["order_line_item"]
	for _, l := range s.related(r, e, e.column("lineItems")) {
		line := LineState{ID: l.id, Type: l.text(lines.column("type")), Label: l.text(lines.column("label")),
			Quantity: l.whole(lines.column("quantity")), Total: textOf(l.get(lines.column("totalPrice")))}
		if p := s.store.get("product", l.text(lines.column("productId"))); p != nil {
			line.Product = p.text(s.schema.entities["product"].column("productNumber"))
		}
		o.Lines = append(o.Lines, line)
	}
	return o
}

func (s *Shop) parts(order *row, entity, association string) []PartState {
	orders, e := s.schema.entities["order"], s.schema.entities[entity]
	list := []PartState{}
	for _, r := range s.related(order, orders, orders.column(association)) {
		part := PartState{ID: r.id, State: s.stateOf(entity, r), CustomFields: objectOf(r.get(e.column("customFields")))}
		if f := e.byName["trackingCodes"]; f != nil {
			codes, _ := plain(r.get(f)).([]any)
			for _, c := range codes {
				text, _ := c.(string)
				part.TrackingCodes = append(part.TrackingCodes, text)
			}
		}
		list = append(list, part)
	}
	return list
}

func objectOf(v any) map[string]any {
	m, _ := plain(v).(map[string]any)
	return m
}

// Stock gives the stock of the product with a number.
func (s *Shop) Stock(number string) (stock int64, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.store.tables["product"]
	r := t.byUnique(t.entity.column("productNumber"), number)
	if r == nil {
		return 0, false
	}
	return r.whole(t.entity.column("stock")), true
}

// Row gives all fields of a row as the API shows them, associations as null.
func (s *Shop) Row(entity, id string) (fields map[string]any, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e, r := s.schema.entities[entity], s.store.get(entity, id)
	if r == nil {
		return nil, false
	}
	v := view{shop: s}
	if err := json.Unmarshal(v.append(nil, e, r, nil), &fields); err != nil {
		return nil, false
	}
	return fields, true
}

// Mails gives the mails sent to buyers, oldest first.
func (s *Shop) Mails() []Mail {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.mails)
}
