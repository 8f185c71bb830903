package profiles_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/batchgate/batchgate/internal/option"
	"github.com/batchgate/batchgate/profiles"
)

// Every example of these sections is one that a flow of a profile may hold.
func TestExamplesInTheDocumentAreAccepted(t *testing.T) {
	text, err := os.ReadFile("../docs/profiles.md")
	if err != nil {
		t.Fatal(err)
	}
	var flow *option.Table
	for _, table := range profiles.Tables() {
		if table.Name == "flow" {
			flow = table
		}
	}
	var examples [][][]byte
	for _, section := range bytes.Split(text, []byte("\n## ")) {
		if title, _, _ := bytes.Cut(section, []byte("\n")); slices.Contains([]string{"Amounts of an order", "Stock", "Assortment", "Shipments", "File names", "Acknowledgements", "Rules"}, string(title)) {
			examples = append(examples, regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(section, -1)...)
		}
	}
	if len(examples) == 0 || flow == nil {
		t.Fatal("no examples")
	}
	for n, e := range examples {
		src, found := option.Parse(fmt.Sprintf("example %d", n+1), e[1])
		_, more := flow.Decode(src, src.Root, option.Flow)
		for _, f := range append(found, more...) {
			if f.Rule != "option.missing" {
				t.Error(f)
			}
		}
	}
}

func TestWhatAStockFigureMeansIsAsked(t *testing.T) {
	home, found := load(homeOf(t))
	if found.HasErrors() {
		t.Fatal(found)
	}
	asked := home.Questions()
	if len(asked) != 0 {
		t.Errorf("it was said: %v", asked)
	}
	for _, f := range home.Flows() {
		f.Stock = nil
	}
	if asked = home.Questions(); len(asked) != 1 || asked[0].Rule != "profile.stock-meaning" || asked[0].Place.Line == 0 {
		t.Errorf("it was not said: %v", asked)
	}
}
