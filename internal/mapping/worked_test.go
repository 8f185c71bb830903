package mapping_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/batchgate/batchgate/internal/mapping"
)

// codeLists are those that the worked mappings name.
func codeLists(name string) (*mapping.CodeList, bool) {
	lists := map[string][][2]string{
		"countries":  {{"DE", "DE"}, {"AT", "AT"}, {"CH", "CH"}},
		"payments":   {{"invoice", "10"}, {"paypal", "42"}},
		"carriers":   {{"dhl", "31"}, {"dpd", "32"}},
		"units":      {{"PCE", "PCE"}, {"KGM", "KGM"}},
		"warehouses": {{"main", "01"}, {"south", "02"}},
	}
	pairs, ok := lists[name]
	return mapping.NewCodeList(name, pairs), ok
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// compiled compiles a mapping of testdata.
func compiled(t testing.TB, file string) *mapping.Mapping {
	t.Helper()
	m, found := mapping.Compile(read(t, file), mapping.Environment{File: file, Codes: codeLists})
	for _, f := range found {
		t.Log(f)
	}
	if m == nil || len(found) > 0 {
		t.Fatalf("%s has %d findings", file, len(found))
	}
	return m
}

func TestWorkedMappingsCompileWithoutAWord(t *testing.T) {
	for _, file := range []string{"orders-d96a.yaml", "desadv-d96a.yaml", "invrpt-d96a.yaml", "stock-csv.yaml", "orders-csv.yaml"} {
		t.Run(file, func(t *testing.T) { compiled(t, file) })
	}
}
