package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

const statesHeading = `# State machines of orders, deliveries and payments in the Shopware core.
# Origin: facts of the core's migrations (github.com/shopware/shopware, MIT). Made by the generator; do not edit.
#
# @machine initial-state
# from: action>to action>to
`

func buildStates(name string) ([]byte, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var w bytes.Buffer
	w.WriteString(statesHeading)
	for _, machine := range slices.Sorted(maps.Keys(raw)) {
		if strings.HasPrefix(machine, "_") {
			continue
		}
		if err := writeMachine(&w, machine, raw[machine]); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, machine, err)
		}
	}
	return w.Bytes(), nil
}

func writeMachine(w *bytes.Buffer, name string, raw json.RawMessage) error {
	var m struct {
		Initial     string
		Transitions []struct{ From, Action, To string }
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	fmt.Fprintf(w, "@%s %s\n", name, m.Initial)
	last := ""
	for _, t := range m.Transitions {
		if t.From != last {
			if last != "" {
				w.WriteByte('\n')
			}
			last = t.From
			w.WriteString(t.From + ":")
		}
		fmt.Fprintf(w, " %s>%s", t.Action, t.To)
	}
	w.WriteByte('\n')
	return nil
}
