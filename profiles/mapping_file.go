package profiles

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/mapping"
)

// LoadMapping compiles a mapping that stands alone in a file. Its code lists are looked for as NAME.csv in a folder; ""
// is the folder codes beside that of the mapping, as a home has them. EDIFACT directories are looked up in known.
func LoadMapping(file, codes string, known *directory.Set) (*mapping.Mapping, finding.List) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, finding.List{{Rule: "mapping.file", Severity: finding.Error, Place: finding.Place{File: file}, Message: err.Error()}}
	}
	if codes == "" {
		codes = filepath.Join(filepath.Dir(filepath.Dir(filepath.Clean(file))), "codes")
		if filepath.Dir(filepath.Clean(file)) == "." {
			codes = filepath.Join("..", "codes")
		}
	}
	var found finding.List
	m, faults := mapping.Compile(text, mapping.Environment{File: file, Directories: known, Codes: func(name string) (*mapping.CodeList, bool) {
		if strings.ContainsAny(name, `/\`) {
			return nil, false
		}
		at := filepath.Join(codes, name+".csv")
		b, err := os.ReadFile(at)
		if err != nil {
			return nil, false
		}
		pairs, form, said := readCodes(at, b)
		found = append(found, said...)
		return newCodeList(name, pairs).Open(finding.Place{File: at, Line: 1 + lastLine(b)}, form), true
	}})
	for i := range faults {
		if faults[i].Rule == "mapping.codes" && faults[i].Hint == "" {
			faults[i].Hint = fmt.Sprintf("code lists are looked for in %s", codes)
		}
	}
	if found = append(found, faults...); found.HasErrors() {
		return nil, found
	}
	return m, found
}
