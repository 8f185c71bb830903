package profiles

import (
	"slices"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/option"
)

// functionNames are message functions (1225) that may be written by name.
func functionNames() map[string]string {
	return map[string]string{"cancellation": "1", "addition": "2", "deletion": "3", "change": "4", "replacement": "5", "confirmation": "6", "duplicate": "7",
		"original": "9", "copy": "31", "retransmission": "35", "withdrawal": "50", "test": "53"}
}

// sameAgain are the functions of a message that says what an original says: processing it makes no second document, as
// its number has come before.
var sameAgain = []string{"", "9", "7", "31", "35", "43"}

// functions reads what to do by message function, by code or name.
func (l *flowLoader) functions() {
	names := functionNames()
	l.f.Functions = map[string]string{}
	functions := l.v.Map("functions")
	for _, name := range sortedKeys(functions) {
		do := functions[name]
		code, ok := names[name]
		if !ok {
			code = name
		}
		if !isFunction(code) {
			f := l.v.Fault("functions", "option.value", "functions \""+finding.Cut(name)+"\" is neither a code of BGM 1225 nor the name of one")
			if f.Hint = option.UnknownHint(name, sortedKeys(names)); f.Hint == "" {
				f.Hint = "write a code, or one of " + strings.Join(sortedKeys(names), ", ")
			}
			l.add(f)
			continue
		}
		l.f.Functions[code] = do
	}
}

func isFunction(code string) bool {
	ok := code != "" && len(code) <= 3
	for _, r := range code {
		ok = ok && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z')
	}
	return ok
}

// checkFunctions sees to it that a cancellation never becomes an order: the function of what is read is known, and what is
// not an original leaves only where the target can see that.
func (l *flowLoader) checkFunctions() {
	m := l.f.Read
	if m == nil || !m.Kind().HasFunction() {
		l.misplaced(l.own, "where no orders, despatch advices or invoices are read", "functions")
		return
	}
	if m.Format() == "edifact" && !slices.Contains(m.Fields(), "function") {
		l.fault(l.v.Block("mapping"), "name", "profile.functions", "write function: BGM.1225 in the mapping",
			"mapping %s does not read what the message is for, so that a cancellation would be taken for an original", m.Name())
	}
	if l.f.Write != nil && slices.Contains(l.f.Write.Written(), "function") {
		return
	}
	where, hint := "a shop cannot be told that", "write hold or ignore"
	if l.f.Write != nil {
		where, hint = "mapping "+l.f.Write.Name()+" does not write function", "write function in the mapping, or hold such messages"
	}
	for _, code := range sortedKeys(l.f.Functions) {
		if l.f.Functions[code] != "process" || slices.Contains(sameAgain, code) || l.f.Write == nil && code == "5" {
			continue
		}
		l.fault(l.v, "functions", "profile.functions", hint, "messages with function %s would be processed as originals: %s", code, where)
	}
}
