// Command generate writes the sandbox's tables of entities, fields and state machines from the vendor's OpenAPI
// documents. It is run by hand through go generate where the documents lie; the build never needs it.
//
// Only structure goes into the tables: names, types, required and read-only marks, and how entities hang together.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	source := flag.String("source", "../../../../shared/platforms/shopware", "folder with the vendor's documents")
	newer := flag.String("newer", "adminapi-6.7.10.0.pruned.json", "document of the newer release")
	older := flag.String("older", "adminapi-6.6.10.13.pruned.json", "document of the older release")
	machines := flag.String("machines", "state-machines.json", "state machines")
	out := flag.String("out", ".", "folder to write to")
	flag.Parse()
	if err := run(*source, *newer, *older, *machines, *out); err != nil {
		log.Fatalf("generate: %v", err)
	}
}

func run(source, newer, older, machines, out string) error {
	a, err := readDocument(filepath.Join(source, newer))
	if err != nil {
		return err
	}
	b, err := readDocument(filepath.Join(source, older))
	if err != nil {
		return err
	}
	table, err := buildTable(a, b)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "entities.txt"), table, 0o644); err != nil {
		return fmt.Errorf("write the table of entities: %w", err)
	}
	states, err := buildStates(filepath.Join(source, machines))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "states.txt"), states, 0o644); err != nil {
		return fmt.Errorf("write the table of states: %w", err)
	}
	return nil
}
