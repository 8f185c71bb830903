// Command rulelist writes a list of the rules of ISO 9735 that tests prove. A test names a rule in a line of its comment:
//
//	//rule:v3 6.1; an interchange begins with UNB and ends with UNZ
//
// v3 is the text of syntax 1 to 3, v4 that of part 1 of syntax 4, s4 the service directories of syntax 4; the number is the
// clause, or the data element.
package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// origins say where the texts are public.
var origins = []struct{ text, title, origin string }{
	{"v3", "Syntax 1 to 3", "ISO 9735:1988, amended and reprinted 1990, as the UN publish it: UNTDID, part 4, chapter 2.2 (unece.org, \"Syntax Rules\"), and chapter 2.3, the implementation guidelines"},
	{"v4", "Syntax 4, part 1", "the committee's draft CD 9735-1 of 1995, TRADE/WP.4/R.1157 (unece.org), whose clauses are those of ISO 9735-1:1998"},
	{"s4", "Syntax 4, service directories", "service segments and codes of ISO/TC 154 JWG 1 (service.gefeg.com/jwg1), with the notes there"},
}

// rule is one rule with the tests that prove it.
type rule struct {
	text, clause, says string
	tests              []string
}

var directive = regexp.MustCompile(`^//rule:(\S+) ([^;]+); (.+)$`)

func main() {
	folder, out := os.Args[1], os.Args[2]
	doc, err := list(folder)
	if err == nil {
		err = os.WriteFile(out, []byte(doc), 0o666)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rulelist:", err)
		os.Exit(1)
	}
}

// list makes the list of all test files below a folder.
func list(folder string) (string, error) {
	var rules []rule
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(folder, filepath.Dir(path))
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Doc != nil {
				if rules, err = collect(rules, f, filepath.ToSlash(name)); err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return write(rules), nil
}

// collect adds the rules that a test names.
func collect(rules []rule, f *ast.FuncDecl, folder string) ([]rule, error) {
	test := "`" + f.Name.Name + "`"
	if folder != "." {
		test += " (" + folder + ")"
	}
	for _, c := range f.Doc.List {
		if !strings.HasPrefix(c.Text, "//rule:") {
			continue
		}
		m := directive.FindStringSubmatch(c.Text)
		if m == nil || !slices.ContainsFunc(origins, func(o struct{ text, title, origin string }) bool { return o.text == m[1] }) {
			return nil, fmt.Errorf("%s: %q is no rule", f.Name.Name, c.Text)
		}
		i := slices.IndexFunc(rules, func(r rule) bool { return r.text == m[1] && r.clause == m[2] && r.says == m[3] })
		if i < 0 {
			rules = append(rules, rule{text: m[1], clause: m[2], says: m[3]})
			i = len(rules) - 1
		}
		rules[i].tests = append(rules[i].tests, test)
	}
	return rules, nil
}

// write makes the document.
func write(rules []rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Rules of ISO 9735 and the tests that prove them\n\nMade by `go generate ./edifact` from comments of the tests; %d rules. In our own words: the standard prevails. ISO 9735 itself is\nnot public; what public texts say of it is named with each part.\n", len(rules))
	for _, o := range origins {
		fmt.Fprintf(&b, "\n## %s\n\nFrom %s.\n\n| clause | rule | proven by |\n|---|---|---|\n", o.title, o.origin)
		var mine []rule
		for _, r := range rules {
			if r.text == o.text {
				mine = append(mine, r)
			}
		}
		slices.SortFunc(mine, func(x, y rule) int {
			return cmp.Or(slices.Compare(numbers(x.clause), numbers(y.clause)), cmp.Compare(x.clause, y.clause), cmp.Compare(x.says, y.says))
		})
		for _, r := range mine {
			slices.Sort(r.tests)
			fmt.Fprintf(&b, "| %s | %s | %s |\n", r.clause, strings.ReplaceAll(r.says, "|", `\|`), strings.Join(r.tests, ", "))
		}
	}
	return b.String()
}

// numbers gives the numbers of a clause, to sort by.
func numbers(clause string) (list []int) {
	for part := range strings.FieldsFuncSeq(clause, func(r rune) bool { return r == '.' || r == ' ' }) {
		n := 0
		if _, err := fmt.Sscanf(part, "%d", &n); err != nil {
			n = 1 << 20 // annexes and segments last
		}
		list = append(list, n)
	}
	return list
}
