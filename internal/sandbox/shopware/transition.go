package shopware

import (
	"net/http"
	"strings"
	"time"
)

// Mail is a message to a buyer that a change of state has sent.
type Mail struct {
	Time   time.Time
	To     string
	Order  string // order number
	Event  string // "state_enter.order_delivery.state.shipped"
	Entity string
	ID     string // of the order, delivery or payment
}

// maxMails bounds the mails remembered, oldest first out.
const maxMails = 100_000

// transitions answers GET /api/_action/state-machine/{entity}/{id}/state: what may happen next.
func (s *Shop) transitions(r *request, name, id string) *answer {
	m := s.machines[strings.ReplaceAll(name, "-", "_")]
	if m == nil {
		return refusal(refuse(http.StatusBadRequest, "SYSTEM__STATE_MACHINE_INVALID_ENTITY", "%s has no state machine here", cut(name)))
	}
	if bad := s.need(m.entity + ":read"); bad != nil {
		return refusal(bad)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	row := s.store.get(m.entity, id)
	if row == nil {
		return refusal(noSuchOrder(m.entity, id))
	}
	list := []any{}
	for _, mv := range m.from(s.stateOf(m.entity, row)) {
		list = append(list, map[string]any{"name": title(mv.to), "technicalName": mv.to, "actionName": mv.action,
			"fromStateName": mv.from, "toStateName": mv.to,
			"url": "/api/_action/state-machine/" + kebab(m.entity) + "/" + id + "/state/" + mv.action})
	}
	return okay(marshal(map[string]any{"transitions": list}))
}

func noSuchOrder(entity, id string) *problem {
	if entity == "order" {
		return refuse(http.StatusNotFound, "CHECKOUT__ORDER_ORDER_NOT_FOUND", "Order with id %q not found.", cut(id))
	}
	return refuse(http.StatusNotFound, "FRAMEWORK__ENTITY_NOT_FOUND", "%s for id %s not found.", entity, cut(id))
}

// transitionRoute answers the routes that change a state.
func (s *Shop) transitionRoute(r *request, name, id, action string) *answer {
	m := s.machines[strings.ReplaceAll(name, "-", "_")]
	if m == nil {
		return refusal(notFound(r))
	}
	body, bad := r.json()
	if list, ok := body.([]any); ok && len(list) == 0 {
		body = map[string]any{}
	}
	members, ok := body.(map[string]any)
	if bad == nil && !ok {
		bad = refuse(http.StatusBadRequest, "SANDBOX__BODY", "the body is a JSON object")
	}
	if bad == nil {
		bad = checkTransitionBody(members)
	}
	if bad == nil {
		bad = s.need(m.entity + ":update")
	}
	if bad != nil {
		return refusal(bad)
	}
	t := transition{machine: m, id: id, action: action, mail: members["sendMail"] != false && !r.skipsFlows()}
	t.comment, _ = members["internalComment"].(string)
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.newWriter(r)
	to, bad := w.transition(t)
	if bad != nil {
		s.store.rollback()
		return refusal(bad)
	}
	if a := w.finish(r); a != nil {
		return a
	}
	return okay(marshal(map[string]any{"id": m.stateID(to), "name": title(to), "technicalName": to, "stateMachineId": m.id(),
		"apiAlias": "state_machine_state"}))
}

func checkTransitionBody(m map[string]any) *problem {
	for _, name := range sortedKeys(m) {
		ok := true
		switch name {
		case "sendMail":
			_, ok = m[name].(bool)
		case "documentIds", "mediaIds":
			_, ok = m[name].([]any)
		case "internalComment":
			_, ok = m[name].(string)
			ok = ok || m[name] == nil
		case "stateFieldName":
			ok = m[name] == "stateId"
		default:
			return refuse(http.StatusBadRequest, "SANDBOX__UNKNOWN_FIELD", "a transition has no member %q", cut(name))
		}
		if !ok {
			return refuse(http.StatusBadRequest, "SANDBOX__BODY", "%s of a transition has the wrong type", name)
		}
	}
	return nil
}

// transition is one change of state asked for.
type transition struct {
	machine    *machine
	id, action string
	mail       bool
	byMerchant bool // in the shop's own pages, not by the integration
	comment    string
}

// transition changes a state with what comes of it: history, stock, a mail. It gives the new state.
func (w *writer) transition(t transition) (to string, bad *problem) {
	m, s := t.machine, w.shop
	e := s.schema.entities[m.entity]
	table := s.store.tables[m.entity]
	old := table.rows[t.id]
	if old == nil {
		return "", noSuchOrder(m.entity, t.id)
	}
	from := s.stateOf(m.entity, old)
	if to, bad = m.next(from, t.action); bad != nil {
		return "", bad
	}
	r := old.clone(2)
	r.set(e.column("stateId"), m.stateID(to))
	r.set(e.column("updatedAt"), w.now)
	s.store.put(table, r)
	w.effect(Effect{Kind: Transition, Entity: m.entity, ID: t.id, Field: t.action, Old: from, New: to})
	w.history(t, from, to)
	order := r
	if m.entity == "order" {
		w.moveOrderStock(r, from, to)
	} else if order = w.touchOrder(r, e); order == nil {
		return to, nil
	}
	if t.mail && from != to {
		w.sendMail(t, order, to)
	}
	return to, nil
}

func (m *machine) next(from, action string) (to string, bad *problem) {
	possible := []any{}
	var names []string
	for _, mv := range m.from(from) {
		if mv.action == action {
			return mv.to, nil
		}
		possible, names = append(possible, mv.action), append(names, mv.action)
	}
	p := refuse(http.StatusBadRequest, "SYSTEM__ILLEGAL_STATE_TRANSITION",
		"Illegal transition %q from state %q. Possible transitions are: %s", cut(action), from, strings.Join(names, ", "))
	p.meta = map[string]any{"parameters": map[string]any{"transition": cut(action), "currentState": from,
		"possibleTransitions": possible, "possibleTransitionsString": strings.Join(names, ", ")}}
	return "", p
}

func (w *writer) history(t transition, from, to string) {
	values := map[string]any{
		"referencedId": t.id, "stateMachineId": t.machine.id(), "entityName": t.machine.entity,
		"fromStateId": t.machine.stateID(from), "toStateId": t.machine.stateID(to), "transitionActionName": t.action,
	}
	if w.shop.config.Release != "6.6" {
		values["internalComment"] = t.comment
		if !t.byMerchant {
			values["integrationId"] = integrationID()
		}
	}
	w.shop.insert("state_machine_history", w.shop.newID(), w.now, values)
}

// moveOrderStock puts the goods of a cancelled order back, and takes them again on reopening.
func (w *writer) moveOrderStock(order *row, from, to string) {
	var sign int64
	switch {
	case from != "cancelled" && to == "cancelled":
		sign = -1
	case from == "cancelled" && to != "cancelled":
		sign = +1
	default:
		return
	}
	lines := w.shop.store.tables["order_line_item"]
	e := lines.entity
	for _, line := range lines.childrenOf(e.column("orderId"), order.id) {
		if line.text(e.column("type")) == "product" {
			w.sell(line.text(e.column("productId")), sign*line.whole(e.column("quantity")))
		}
	}
}

// touchOrder gives the order of a delivery or payment, changed where the shop is told to.
func (w *writer) touchOrder(part *row, e *entity) *row {
	orders := w.shop.store.tables["order"]
	order := orders.rows[part.text(e.column("orderId"))]
	if order == nil || !w.shop.config.TouchOrder {
		return order
	}
	order = order.clone(1)
	order.set(orders.entity.column("updatedAt"), w.now)
	w.shop.store.put(orders, order)
	return order
}

func (w *writer) sendMail(t transition, order *row, to string) {
	s := w.shop
	orders := s.schema.entities["order"]
	mail := Mail{Time: w.now.time(), Order: order.text(orders.column("orderNumber")), Entity: t.machine.entity, ID: t.id,
		Event: "state_enter." + t.machine.name + "." + to}
	for _, c := range s.related(order, orders, orders.column("orderCustomer")) {
		mail.To = c.text(s.schema.entities["order_customer"].column("email"))
	}
	w.effect(Effect{Kind: Mailed, Entity: t.machine.entity, ID: t.id, Field: mail.Event, New: mail.To})
	if len(s.mails) >= maxMails {
		s.mails = s.mails[1:]
	}
	s.mails = append(s.mails, mail)
}

// Transition changes a state from inside the shop, as a merchant or a payment provider does: of the order itself, of
// its first delivery or of its newest payment. entity is "order", "order_delivery" or "order_transaction". Buyers
// get their mail. The error is the shop's refusal.
func (s *Shop) Transition(orderNumber, entity, action string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.machines[entity]
	order := s.orderByNumber(orderNumber)
	if m == nil || order == nil {
		return noSuchOrder("order", orderNumber)
	}
	id := order.id
	if entity != "order" {
		orders := s.schema.entities["order"]
		association := map[string]string{"order_delivery": "deliveries", "order_transaction": "transactions"}[entity]
		parts := s.related(order, orders, orders.column(association))
		if len(parts) == 0 {
			return noSuchOrder(entity, orderNumber)
		}
		id = parts[0].id
		if entity == "order_transaction" {
			id = parts[len(parts)-1].id
		}
	}
	w := s.newWriter(nil)
	if _, bad := w.transition(transition{machine: m, id: id, action: action, mail: true, byMerchant: true}); bad != nil {
		s.store.rollback()
		return bad
	}
	s.store.commit()
	return nil
}
