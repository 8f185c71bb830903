package drivertest

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/transports"
	"github.com/batchgate/batchgate/transports/driver"
)

// oddNames are names that partners' systems have been seen to make, and some that only a foe would.
func oddNames() map[string]string {
	return map[string]string{
		"Blank":             "order 12 of may.edi",
		"BlankAtBegin":      " order.edi",
		"BlankAtEnd":        "order.edi ",
		"Quotes":            `it's "12".edi`,
		"UmlautComposed":    "Auftr\u00e4ge.csv",
		"UmlautDecomposed":  "Auftra\u0308ge.csv",
		"LeadingDot":        ".hidden.edi",
		"TrailingDot":       "order.",
		"Newline":           "order\n12.edi",
		"CarriageReturn":    "order\r.edi",
		"Tab":               "order\t.edi",
		"Escape":            "order\x1b[2J.edi",
		"Backslash":         `in\order.edi`,
		"DotsAndBackslash":  `..\order.edi`,
		"Colon":             "order:12.edi",
		"Star":              "order*.edi",
		"QuestionMark":      "order?.edi",
		"Brackets":          "order[1].edi",
		"Percent":           "order%2f.edi",
		"Semicolon":         "order;1.edi",
		"Hash":              "order#1.edi",
		"Tilde":             "~order.edi",
		"Minus":             "-rf.edi",
		"Dollar":            "$HOME.edi",
		"UpperCase":         "ORDER.EDI",
		"MixedCase":         "Order.Edi",
		"DoubleDotInside":   "order..edi",
		"ThreeDots":         "...",
		"Device":            "NUL.edi",
		"Emoji":             "order\U0001F600.edi",
		"RightToLeft":       "order\u202eide.exe",
		"NoBreakSpace":      "order\u00a0.edi",
		"NotUTF8":           "Auftr\xe4ge.csv",
		"Longest":           strings.Repeat("x", 251) + ".edi",
		"LongestOfTwoBytes": strings.Repeat("ä", 125) + ".edi",
	}
}

func nameTests() []test {
	var tests []test
	for label, name := range oddNames() {
		tests = append(tests, test{"Keeps" + label, func(b *bench) { keepsName(b, name) }})
	}
	return append(tests,
		test{"CaseAndFormTellApartOrAreOne", lookalikes},
		test{"LeavingTheRootIsRefused", jail},
		test{"DisplayNameOfAListedNameLeadsBack", displayLeadsBack},
	)
}

// keepsName takes one name through everything that a file goes through.
func keepsName(b *bench, name string) {
	b.makeDir("in", "claim")
	content := []byte("content of " + name)
	b.put("in/"+name, content)
	b.lists("in", name)
	e, err := b.conn.Stat(b.ctx, "in/"+name)
	b.ok(err)
	if e.Name != name {
		b.Errorf("stat says %q, want %q", e.Name, name)
	}
	b.ok(b.conn.Rename(b.ctx, "in/"+name, "claim/"+name))
	b.lists("in")
	b.lists("claim", name)
	b.holds("claim/"+name, content)
	b.ok(b.conn.Remove(b.ctx, "claim/"+name))
	b.lists("claim")
}

// lookalikes writes names that some servers take for one. Whatever the server does, no listed name may lead to content
// that was written under a name listed beside it.
func lookalikes(b *bench) {
	written := map[string][]byte{}
	for _, name := range []string{"a.edi", "A.EDI", "\u00e4.edi", "a\u0308.edi"} {
		written[name] = []byte(name)
		b.put(name, written[name])
	}
	names := b.names(".")
	for _, name := range names {
		if len(names) == len(written) && !bytes.Equal(b.get(name), written[name]) {
			b.Errorf("%q holds %q", name, b.get(name))
		}
	}
}

func jail(b *bench) {
	b.makeDir("in")
	b.put("in/a.edi", []byte("a"))
	for _, name := range []string{
		"", "..", "../a.edi", "in/../../a.edi", "in/..", "in/../in/a.edi", "/", "/etc/passwd", "in//a.edi", "in/", "./in", "in/./a.edi",
		"a\x00.edi", "in/a.edi\x00",
	} {
		for op, call := range callsOn(b.conn, name) {
			b.wants(fmt.Sprintf("%s of %q", op, name), call(b.ctx), driver.BadName)
		}
		b.wants(fmt.Sprintf("rename to %q", name), b.conn.Rename(b.ctx, "in/a.edi", name), driver.BadName)
	}
	b.lists(".", "in")
	b.holds("in/a.edi", []byte("a"))
}

func displayLeadsBack(b *bench) {
	for _, name := range oddNames() {
		w, err := b.conn.Create(b.ctx, name)
		if err != nil {
			continue // KeepsX says why
		}
		b.ok(w.Close())
	}
	for _, name := range b.names(".") {
		shown := transports.DisplayName(name)
		back, err := transports.OriginalName(shown)
		b.ok(err)
		if back != name || strings.ContainsAny(shown, "\n\r\x1b\u202e") {
			b.Errorf("%q is shown as %q, which leads back to %q", name, shown, back)
		}
	}
}
