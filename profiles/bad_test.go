package profiles_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/profiles"
)

var update = flag.Bool("update", false, "write the findings of the bad homes into their files")

// want is the file of a case that holds the expected findings.
const want = "want"

// homeOf lays files over the small right home.
func homeOf(t testing.TB, over ...txtar.File) fstest.MapFS {
	t.Helper()
	base, err := txtar.ParseFile("testdata/base.txtar")
	if err != nil {
		t.Fatal(err)
	}
	home := fstest.MapFS{}
	for _, f := range append(base.Files, over...) {
		if f.Name != want {
			home[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return home
}

func load(home fs.FS) (*profiles.Home, finding.List) {
	return profiles.Load(home, profiles.Options{Engine: "test", Getenv: env, ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist }})
}

// print writes findings as a person sees them: the finding, its line, and a mark below the place.
func print(found finding.List) string {
	var b strings.Builder
	for _, f := range found {
		b.WriteString(f.String() + "\n")
		if f.Source != "" {
			b.WriteString("    " + f.Source + "\n    " + strings.Repeat(" ", max(f.Place.Column-1, 0)) + strings.Repeat("^", max(f.Place.Length, 1)) + "\n")
		}
		if f.Related != nil {
			b.WriteString("    see " + f.Related.String() + "\n")
		}
	}
	return b.String()
}

func TestRightHomeHasNoFindings(t *testing.T) {
	if _, found := load(homeOf(t)); len(found) > 0 {
		t.Errorf("got\n%s", print(found))
	}
}

func TestBadHomesSayWhatIsWrongWhereAndWhatToDo(t *testing.T) {
	cases, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(err, len(cases))
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, found := load(homeOf(t, a.Files...))
			got := print(found)
			if *update {
				rewrite(t, file, a, got)
				return
			}
			last := a.Files[len(a.Files)-1]
			if last.Name != want {
				t.Fatalf("%s does not end with -- want --", file)
			}
			if d := cmp.Diff(string(last.Data), got); d != "" {
				t.Error(d)
			}
			if !found.HasErrors() {
				t.Error("nothing is wrong")
			}
		})
	}
}

func rewrite(t *testing.T, file string, a *txtar.Archive, got string) {
	if last := len(a.Files) - 1; a.Files[last].Name == want {
		a.Files = a.Files[:last]
	}
	a.Files = append(a.Files, txtar.File{Name: want, Data: []byte(got)})
	if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}
