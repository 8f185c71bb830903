package edifact_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// user is a program of somebody who wants nothing but EDIFACT.
const user = `package main

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/edifact"
)

func main() {
	r := edifact.NewReader(strings.NewReader("UNB+UNOC:3+A+B+261201:1000+1'UNH+1+ORDERS:D:96A:UN'BGM+220+PO1'UNT+3+1'UNZ+1+1'"))
	for ev, err := range r.Events() {
		if err != nil {
			panic(err)
		}
		if ev.Kind == edifact.MessageEnd {
			fmt.Println(ev.Message, ev.Count)
		}
	}
}
`

// A module that imports the package alone builds and runs, and of batchgate nothing but finding comes with it.
func TestThePackageWorksAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a run without -short: a module is built")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	gosum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"main.go": user, "go.sum": string(gosum),
		"go.mod": "module example.com/user\n\ngo 1.26.0\n\nrequire github.com/batchgate/batchgate v0.0.0\n\nreplace github.com/batchgate/batchgate => " + filepath.ToSlash(root) + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	if got := run("run", "."); got != "ORDERS:D:96A:UN 3\n" {
		t.Errorf("got %s", got)
	}
	for path := range strings.FieldsSeq(run("list", "-deps", ".")) {
		own := strings.HasPrefix(path, "github.com/batchgate/batchgate/")
		if own && path != "github.com/batchgate/batchgate/edifact" && path != "github.com/batchgate/batchgate/finding" {
			t.Errorf("%s comes with it", path)
		}
		if strings.Contains(path, ".") && !own && !strings.HasPrefix(path, "golang.org/x/text/") && !strings.HasPrefix(path, "vendor/") && path != "example.com/user" {
			t.Errorf("%s comes with it", path)
		}
	}
}

// The kept corpora of the fuzz targets are there, so that each test run goes through them.
func TestCorporaOfTheFuzzTargetsAreKept(t *testing.T) {
	for _, target := range []string{"FuzzDecode", "FuzzRoundTrip", "FuzzParallel"} {
		files, err := fs.Glob(os.DirFS(filepath.Join("testdata", "fuzz", target)), "*")
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no corpus: %v", target, err)
		}
	}
}
