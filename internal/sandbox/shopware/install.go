package shopware

import (
	"fmt"
	"strings"
	"time"
)

// integrationID is the integration whose key the shop takes.
func integrationID() string { return idOf("integration") }

// insert stores a row of the shop's own, unchecked. Values are string, int, bool, time.Time, a stored value, or
// anything JSON for a field that holds JSON; "" is null.
func (s *Shop) insert(entity, id string, now moment, values map[string]any) *row {
	t := s.store.tables[entity]
	if t == nil {
		panic("sandbox shopware: no entity " + entity)
	}
	r := &row{id: id, cells: make([]cell, 0, len(values)+3)}
	if f := t.entity.byName["id"]; f != nil {
		r.set(f, id)
	}
	for _, name := range sortedKeys(values) {
		f := t.entity.column(name)
		r.set(f, toStored(f, values[name]))
	}
	if f := t.entity.byName["createdAt"]; f != nil && r.get(f) == nil {
		r.set(f, now)
	}
	if f := t.entity.byName["autoIncrement"]; f != nil {
		s.counters[entity]++
		r.set(f, s.counters[entity])
	}
	s.store.put(t, r)
	return r
}

func toStored(f *field, v any) any {
	if v == nil {
		return nil
	}
	if text, ok := v.(jsonText); ok {
		return text
	}
	if f.kind.jsonText() {
		return jsonText(marshal(v))
	}
	switch v := v.(type) {
	case string:
		if v = strings.ToValidUTF8(v, "?"); v == "" {
			return nil
		}
		return v
	case int:
		return int64(v)
	case time.Time:
		return momentOf(v)
	case bool, int64, number, moment:
		return v
	}
	panic(fmt.Sprintf("sandbox shopware: %s cannot hold %T", f.name, v))
}

// install puts in what every shop has from the start.
func (s *Shop) install() {
	now := momentOf(s.now())
	deLocale, svLocale := idOf("locale", "de-DE"), idOf("locale", "sv-SE")
	s.insert("locale", deLocale, now, map[string]any{"code": "de-DE", "name": "Deutsch", "territory": "Deutschland"})
	s.insert("locale", svLocale, now, map[string]any{"code": "sv-SE", "name": "Svenska", "territory": "Sverige"})
	s.insert("language", systemLanguage, now, map[string]any{"name": "Deutsch", "localeId": deLocale, "translationCodeId": deLocale})
	s.insert("language", idOf("language", "sv-SE"), now, map[string]any{"name": "Svenska", "localeId": svLocale, "translationCodeId": svLocale})
	for i, key := range []string{"mr", "mrs", "not_specified"} {
		s.insert("salutation", idOf("salutation", key), now, map[string]any{"salutationKey": key,
			"displayName": []string{"Herr", "Frau", "Keine Angabe"}[i], "letterName": []string{"Sehr geehrter Herr", "Sehr geehrte Frau", "Guten Tag"}[i]})
	}
	s.insert("customer_group", idOf("customer_group"), now, map[string]any{"name": "Standard"})
	s.insert("delivery_time", idOf("delivery_time"), now, map[string]any{"name": "1-3 Tage", "min": 1, "max": 3, "unit": "day"})
	s.insert("category", idOf("category"), now, map[string]any{"name": "Sortiment"})
	s.insert("integration", integrationID(), now, map[string]any{"label": "batchgate", "accessKey": s.config.ClientID, "admin": s.allowed == nil})
	for _, name := range []string{"invoice", "delivery_note", "storno", "credit_note"} {
		s.insert("document_type", idOf("document_type", name), now, map[string]any{"technicalName": name, "name": title(name)})
	}
	s.installCurrency("EUR")
	for _, entity := range []string{"order", "order_delivery", "order_transaction"} {
		s.installMachine(s.machines[entity], now)
	}
}

func (s *Shop) installCurrency(iso string) {
	symbol := map[string]string{"EUR": "€", "SEK": "kr", "CHF": "CHF"}[iso]
	s.insert("currency", defaultCurrency, momentOf(s.now()), map[string]any{"factor": number("1"), "symbol": or(symbol, iso), "isoCode": iso,
		"shortName": iso, "name": iso, "isSystemDefault": true, "itemRounding": rounding(), "totalRounding": rounding()})
}

func rounding() jsonText { return `{"decimals":2,"interval":0.01,"roundForNet":true}` }

func (s *Shop) installMachine(m *machine, now moment) {
	s.insert("state_machine", m.id(), now, map[string]any{"technicalName": m.name, "name": title(m.entity), "initialStateId": m.stateID(m.initial)})
	for _, state := range m.states {
		s.insert("state_machine_state", m.stateID(state), now, map[string]any{"technicalName": state, "name": title(state), "stateMachineId": m.id()})
	}
	for _, mv := range m.moves {
		s.insert("state_machine_transition", idOf("transition", m.name, mv.from, mv.action), now, map[string]any{"actionName": mv.action,
			"stateMachineId": m.id(), "fromStateId": m.stateID(mv.from), "toStateId": m.stateID(mv.to)})
	}
}
