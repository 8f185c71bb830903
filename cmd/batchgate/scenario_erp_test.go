package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// erpCommands are what scripts do to the ERP's folders and to the home.
func erpCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"drop": plainly(dropFile), "fetch": plainly(fetchFiles), "show": plainly(showFile),
		"when": plainly(setWhen), "expand": plainly(expandFile), "replace": plainly(replaceText), "fill": plainly(fillFile),
	}
}

// dropFile is drop [-windows] [-age DURATION] [-n COUNT] TARGET SOURCE: a file for the ERP to write, below erp/, under the source's
// name where TARGET ends with a slash. -windows writes it as Windows-1252 with CR LF, -age makes it as old, -n writes several,
// with %d in TARGET for their number.
func dropFile(ts *testscript.TestScript, args []string) {
	set := flag.NewFlagSet("drop", flag.ContinueOnError)
	windows, age, n := set.Bool("windows", false, ""), set.Duration("age", 0, ""), set.Int("n", 0, "")
	ts.Check(set.Parse(args))
	if set.NArg() != 2 {
		ts.Fatalf("usage: drop [-windows] [-age DURATION] [-n COUNT] TARGET SOURCE")
	}
	target, text := set.Arg(0), ts.ReadFile(set.Arg(1))
	if *windows {
		text = asWindows(ts, text)
	}
	for i := range max(*n, 1) {
		to := filepath.Join(ts.MkAbs("erp"), filepath.FromSlash(target))
		if strings.HasSuffix(target, "/") {
			to = filepath.Join(to, filepath.Base(set.Arg(1)))
		}
		if *n > 0 {
			to = fmt.Sprintf(to, i+1)
		}
		ts.Check(os.MkdirAll(filepath.Dir(to), 0o750))
		ts.Check(os.WriteFile(to, []byte(text), 0o600))
		if *age > 0 {
			at := time.Now().Add(-*age)
			ts.Check(os.Chtimes(to, at, at))
		}
	}
}

// asWindows gives text as Windows-1252 with CR LF.
func asWindows(ts *testscript.TestScript, text string) string {
	text, err := charmap.Windows1252.NewEncoder().String(strings.ReplaceAll(text, "\n", "\r\n"))
	ts.Check(err)
	return text
}

// fetchFiles is fetch FOLDER: the ERP takes all files of a folder below erp/; they lie in fetched/FOLDER then.
func fetchFiles(ts *testscript.TestScript, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: fetch FOLDER")
	}
	from, to := ts.MkAbs(filepath.Join("erp", args[0])), ts.MkAbs(filepath.Join("fetched", args[0]))
	ts.Check(os.MkdirAll(to, 0o750))
	entries, err := os.ReadDir(from)
	ts.Check(err)
	for _, e := range entries {
		if !e.IsDir() {
			ts.Check(os.Rename(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())))
		}
	}
}

// showFile is show [-charset NAME] PATTERN: writes files, in the order of their names, as UTF-8; EDIFACT one segment a line.
func showFile(ts *testscript.TestScript, args []string) {
	charset := "windows-1252"
	if len(args) > 1 && args[0] == "-charset" {
		charset, args = args[1], args[2:]
	}
	if len(args) != 1 {
		ts.Fatalf("usage: show [-charset NAME] PATTERN")
	}
	files, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("no file %s", args[0])
	}
	set, err := htmlindex.Get(charset)
	ts.Check(err)
	for _, file := range files {
		b, err := os.ReadFile(file)
		ts.Check(err)
		b, err = set.NewDecoder().Bytes(b)
		ts.Check(err)
		if bytes.HasPrefix(b, []byte("UNA")) || bytes.HasPrefix(b, []byte("UNB")) {
			b = bytes.ReplaceAll(b, []byte("'"), []byte("'\n"))
		}
		_, err = ts.Stdout().Write(b)
		ts.Check(err)
	}
}

// setWhen is when VARIABLE OFFSET [LAYOUT]: a time by its distance from now, -48h or +15m, in UTC; RFC 3339 without a layout
// of package time.
func setWhen(ts *testscript.TestScript, args []string) {
	if len(args) != 2 && len(args) != 3 {
		ts.Fatalf("usage: when VARIABLE OFFSET [LAYOUT]")
	}
	layout := time.RFC3339
	if len(args) == 3 {
		layout = args[2]
	}
	ts.Setenv(args[0], time.Now().UTC().Add(offset(ts, args[1])).Format(layout))
}

func offset(ts *testscript.TestScript, text string) time.Duration {
	d, err := time.ParseDuration(text)
	ts.Check(err)
	return d
}

// expandFile is expand FILE ...: puts the values of ${VARIABLES} into files.
func expandFile(ts *testscript.TestScript, args []string) {
	for _, name := range args {
		expanded := os.Expand(ts.ReadFile(name), func(v string) string {
			if ts.Getenv(v) == "" {
				ts.Fatalf("%s: variable %s is not set", name, v)
			}
			return ts.Getenv(v)
		})
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(expanded), 0o600))
	}
}

// replaceText is replace FILE OLD NEW: changes text that stands there once; \n in NEW ends a line.
func replaceText(ts *testscript.TestScript, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, args[1]); n != 1 {
		ts.Fatalf("%q stands %d times in %s", args[1], n, args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], strings.ReplaceAll(args[2], `\n`, "\n"), 1)), 0o600))
}

// fillFile is fill FILE FROM TO LINE: adds a line for each number; {n} in it is the number with four digits.
func fillFile(ts *testscript.TestScript, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: fill FILE FROM TO LINE")
	}
	from, err := strconv.Atoi(args[1])
	ts.Check(err)
	to, err := strconv.Atoi(args[2])
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	for n := from; n <= to; n++ {
		_, err := f.WriteString(numberedText(args[3], n) + "\n")
		ts.Check(err)
	}
	ts.Check(f.Close())
}

func numberedText(text string, n int) string {
	return strings.ReplaceAll(text, "{n}", fmt.Sprintf("%04d", n))
}
