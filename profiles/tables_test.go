package profiles_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/internal/option"
	"github.com/batchgate/batchgate/profiles"
)

// eachTable visits all tables, blocks inside others too.
func eachTable(visit func(t *option.Table)) {
	var walk func(t *option.Table)
	walk = func(t *option.Table) {
		visit(t)
		for _, o := range t.Options {
			if o.Block != nil {
				walk(o.Block)
			}
		}
	}
	for _, t := range profiles.Tables() {
		walk(t)
	}
}

func TestDefaultsAreValuesThatAFileMayHold(t *testing.T) {
	eachTable(func(table *option.Table) { table.Layer() }) // panics on a default that would be refused
}

func TestExamplesInTheReferenceAreAccepted(t *testing.T) {
	eachTable(func(table *option.Table) {
		for _, o := range table.Options {
			if o.Example == "" {
				continue
			}
			src, found := option.Parse("example", []byte("{"+o.Name+": "+o.Example+"}"))
			if o.Type == option.Text { // some examples need quotes inside { }
				src, found = option.Parse("example", []byte(o.Name+": "+o.Example))
			}
			_, more := table.Decode(src, src.Root, option.Flow)
			for _, f := range append(found, more...) {
				if f.Rule != "option.missing" {
					t.Errorf("%s, %s: %s", table.Name, o.Name, f)
				}
			}
		}
	})
}

func TestEverySettingHasAMeaningInOneSentence(t *testing.T) {
	eachTable(func(table *option.Table) {
		if table.Help == "" {
			t.Errorf("%s has no meaning", table.Name)
		}
		names := table.Names()
		slices.Sort(names)
		if len(slices.Compact(names)) != len(table.Options) {
			t.Errorf("%s has a setting twice: %v", table.Name, names)
		}
		for _, o := range table.Options {
			if o.Help == "" || strings.HasSuffix(o.Help, ".") || strings.ToLower(o.Help[:1]) != o.Help[:1] && !strings.HasPrefix(o.Help, "CONTRL") {
				t.Errorf("%s, %s: help %q", table.Name, o.Name, o.Help)
			}
		}
		if err := table.WriteHelp(io.Discard); err != nil {
			t.Error(err)
		}
	})
}
