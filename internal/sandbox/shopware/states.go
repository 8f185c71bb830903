package shopware

import (
	_ "embed"
	"strings"
)

//go:embed states.txt
var stateTable string

// machine is the state machine of an entity.
type machine struct {
	name    string // "order.state"
	entity  string
	initial string
	states  []string
	moves   []move
}

type move struct{ from, action, to string }

// loadMachines reads the embedded table.
func loadMachines() map[string]*machine {
	machines := map[string]*machine{}
	var m *machine
	for line := range strings.SplitSeq(stateTable, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if head, ok := strings.CutPrefix(line, "@"); ok {
			name, initial, _ := strings.Cut(head, " ")
			m = &machine{name: name, entity: strings.TrimSuffix(name, ".state"), initial: initial}
			machines[m.entity] = m
			continue
		}
		from, moves, _ := strings.Cut(line, ":")
		m.addState(from)
		for word := range strings.FieldsSeq(moves) {
			action, to, _ := strings.Cut(word, ">")
			m.moves = append(m.moves, move{from, action, to})
		}
	}
	for _, m := range machines {
		for _, mv := range m.moves {
			m.addState(mv.to)
		}
	}
	return machines
}

func (m *machine) addState(name string) {
	if !m.has(name) {
		m.states = append(m.states, name)
	}
}

func (m *machine) has(state string) bool {
	for _, known := range m.states {
		if known == state {
			return true
		}
	}
	return false
}

func (m *machine) from(state string) []move {
	var moves []move
	for _, mv := range m.moves {
		if mv.from == state {
			moves = append(moves, mv)
		}
	}
	return moves
}

func (m *machine) stateID(state string) string { return idOf("state", m.name, state) }

func (m *machine) id() string { return idOf("machine", m.name) }

// title is a state's name for people.
func title(state string) string {
	s := strings.ReplaceAll(state, "_", " ")
	return strings.ToUpper(s[:1]) + s[1:]
}

// stateOf gives the technical name of a row's state.
func (s *Shop) stateOf(entity string, r *row) string {
	e := s.schema.entities[entity]
	state := s.store.get("state_machine_state", r.text(e.column("stateId")))
	if state == nil {
		return ""
	}
	return state.text(s.schema.entities["state_machine_state"].column("technicalName"))
}
