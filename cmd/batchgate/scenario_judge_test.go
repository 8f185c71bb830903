package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// judgeCommands look at what came of it: in the shop, in the folders, in what a command printed.
func judgeCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"stock": plainly(judgeStock), "shop-order": plainly(judgeOrder), "journal": plainly(judgeJournal), "mails": plainly(judgeMails),
		"held": plainly(heldFile), "quiet": plainly(runUntilQuiet), "folder": plainly(judgeFolder), "json": judgeJSON, "await": plainly(awaitRequest), "same": plainly(judgeSame),
	}
}

// judgeStock is stock SKU=N ...
func judgeStock(ts *testscript.TestScript, args []string) {
	for _, arg := range args {
		sku, want := pair(ts, arg)
		got, ok := scenarioOf(ts).shop.Load().Stock(sku)
		if !ok {
			ts.Fatalf("the shop has no article %s", sku)
		}
		if strconv.FormatInt(got, 10) != want {
			ts.Fatalf("stock of %s is %d in the shop, not %s", sku, got, want)
		}
	}
}

// judgeOrder is shop-order NUMBER key=value ...: state, payment, delivery, tracking, field.NAME; ~ before a value makes it a regular
// expression.
func judgeOrder(ts *testscript.TestScript, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: shop-order NUMBER key=value ...")
	}
	o, ok := scenarioOf(ts).shop.Load().Order(args[0])
	if !ok {
		ts.Fatalf("the shop has no order %s", args[0])
	}
	for _, arg := range args[1:] {
		key, want := pair(ts, arg)
		if got := orderValue(ts, o, key); !fits(ts, got, want) {
			ts.Fatalf("order %s: %s is %q, not %q", o.Number, key, got, want)
		}
	}
}

func orderValue(ts *testscript.TestScript, o shopware.OrderState, key string) string {
	if field, ok := strings.CutPrefix(key, "field."); ok {
		if v, ok := o.CustomFields[field]; ok {
			return printed(v)
		}
		return ""
	}
	switch key {
	case "state":
		return o.State
	case "payment":
		return o.Transactions[len(o.Transactions)-1].State
	case "delivery":
		return o.Deliveries[0].State
	case "tracking":
		return strings.Join(o.Deliveries[0].TrackingCodes, ",")
	}
	ts.Fatalf("an order has no %s", key)
	return ""
}

// fits compares text with what is wanted of it: the same, or for ~ a regular expression in it.
func fits(ts *testscript.TestScript, got, want string) bool {
	pattern, ok := strings.CutPrefix(want, "~")
	if !ok {
		return got == want
	}
	re, err := regexp.Compile(pattern)
	ts.Check(err)
	return re.MatchString(got)
}

// printed gives a JSON value as text: strings as they are.
func printed(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// judgeJournal is journal N [key=value ...]: how many requests of the connector fit (method, path, body, status), or, where kind, entity,
// field, old or new is given, how many effects of them. journal reset forgets what was.
func judgeJournal(ts *testscript.TestScript, args []string) {
	shop := scenarioOf(ts).shop.Load()
	if len(args) == 1 && args[0] == "reset" {
		shop.ClearJournal()
		return
	}
	if len(args) == 0 {
		ts.Fatalf("usage: journal N [key=value ...], or journal reset")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	ofRequest, ofEffect := split(ts, args[1:])
	var fit []string
	for _, e := range shop.Journal() {
		request := map[string]string{"method": e.Method, "path": e.Path, "body": e.Body, "status": strconv.Itoa(e.Status)}
		if e.Header["User-Agent"] == "merchant" || !allFit(ts, request, ofRequest) {
			continue
		}
		if len(ofEffect) == 0 {
			fit = append(fit, fmt.Sprintf("%s %s %s", e.Method, e.Path, e.Body))
		}
		for _, f := range e.Effects {
			effect := map[string]string{"kind": string(f.Kind), "entity": f.Entity, "field": f.Field, "old": printed(f.Old), "new": printed(f.New)}
			if len(ofEffect) > 0 && allFit(ts, effect, ofEffect) {
				fit = append(fit, fmt.Sprint(effect))
			}
		}
	}
	if len(fit) != want {
		ts.Fatalf("%d in the shop's journal, not %d:\n%s", len(fit), want, strings.Join(fit, "\n"))
	}
}

func split(ts *testscript.TestScript, args []string) (ofRequest, ofEffect map[string]string) {
	ofRequest, ofEffect = map[string]string{}, map[string]string{}
	for _, arg := range args {
		key, value := pair(ts, arg)
		switch key {
		case "method", "path", "body", "status":
			ofRequest[key] = value
		case "kind", "entity", "field", "old", "new":
			ofEffect[key] = value
		default:
			ts.Fatalf("the journal has no %s", key)
		}
	}
	return ofRequest, ofEffect
}

func allFit(ts *testscript.TestScript, got, want map[string]string) bool {
	for key, w := range want {
		if !fits(ts, got[key], w) {
			return false
		}
	}
	return true
}

// judgeMails is mails N: how many mails the shop sent.
func judgeMails(ts *testscript.TestScript, args []string) {
	mails := scenarioOf(ts).shop.Load().Mails()
	if len(args) != 1 || strconv.Itoa(len(mails)) != args[0] {
		ts.Fatalf("the shop sent %d mails, not %v: %v", len(mails), args, mails)
	}
}

// judgeFolder is folder FOLDER [PATTERN ...]: the files of a folder below erp/, all of them, each by one pattern; PATTERN==N stands for N
// files. A folder that is not there has none.
func judgeFolder(ts *testscript.TestScript, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: folder FOLDER [PATTERN ...]")
	}
	entries, err := os.ReadDir(ts.MkAbs(filepath.Join("erp", filepath.FromSlash(args[0]))))
	if err != nil && !os.IsNotExist(err) {
		ts.Check(err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	left := slices.Clone(names)
	for _, pattern := range args[1:] {
		n := 1
		if p, count, ok := strings.Cut(pattern, "=="); ok {
			pattern = p
			n, err = strconv.Atoi(count)
			ts.Check(err)
		}
		for range n {
			i := slices.IndexFunc(left, func(name string) bool { ok, _ := filepath.Match(pattern, name); return ok })
			if i < 0 {
				ts.Fatalf("no file %s in %s: %q", pattern, args[0], names)
			}
			left = slices.Delete(left, i, i+1)
		}
	}
	if len(left) > 0 {
		ts.Fatalf("not expected in %s: %q", args[0], left)
	}
}

// judgeJSON is [!] json [-count N] key=value ...: lines that the last command printed as JSON and that fit; at least one, with -count so
// many, with ! none. Keys are paths, refused.0.rule; a value with ~ is a regular expression; an empty one is a member that is not there.
func judgeJSON(ts *testscript.TestScript, neg bool, args []string) {
	want := -1
	if len(args) > 1 && args[0] == "-count" {
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		want, args = n, args[2:]
	}
	if neg {
		want = 0
	}
	out, n := ts.ReadFile("stdout"), 0
	d := json.NewDecoder(strings.NewReader(out))
	d.UseNumber()
	for d.More() {
		var v any
		ts.Check(d.Decode(&v))
		ok := true
		for _, arg := range args {
			key, value := pair(ts, arg)
			ok = ok && fits(ts, member(v, key), value)
		}
		if ok {
			n++
		}
	}
	if want < 0 && n == 0 || want >= 0 && n != want {
		ts.Fatalf("%d lines fit %q in:\n%s", n, args, out)
	}
}

// member gives a member of a JSON value by its path, as text.
func member(v any, path string) string {
	for name := range strings.SplitSeq(path, ".") {
		switch t := v.(type) {
		case map[string]any:
			v = t[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(t) {
				return ""
			}
			v = t[i]
		default:
			return ""
		}
	}
	if v == nil {
		return ""
	}
	return printed(v)
}

// awaitRequest is await [method=METHOD] [path=PATH]: waits until the shop works on such a request of a command in the
// background; one that a fault makes slow, so that it is not over before.
func awaitRequest(ts *testscript.TestScript, args []string) {
	want := map[string]string{}
	for _, arg := range args {
		key, value := pair(ts, arg)
		if key != "method" && key != "path" {
			ts.Fatalf("usage: await [method=METHOD] [path=PATH]")
		}
		want[key] = value
	}
	scenarioOf(ts).await(func(method, path string) bool {
		return allFit(ts, map[string]string{"method": method, "path": path}, want)
	})
}

// judgeSame is same [-windows] FILE WANTED: the bytes of a file; -windows: those of WANTED as Windows-1252 with CR LF.
func judgeSame(ts *testscript.TestScript, args []string) {
	windows := len(args) > 0 && args[0] == "-windows"
	if windows {
		args = args[1:]
	}
	if len(args) != 2 {
		ts.Fatalf("usage: same [-windows] FILE WANTED")
	}
	want := ts.ReadFile(args[1])
	if windows {
		want = asWindows(ts, want)
	}
	if got := ts.ReadFile(args[0]); got != want {
		ts.Fatalf("%s holds %q, not %q", args[0], got, want)
	}
}

// heldFile is held VARIABLE: the number, as a12, of the only arrival that is held.
func heldFile(ts *testscript.TestScript, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: held VARIABLE")
	}
	ts.Check(ts.Exec("batchgate", "files", "list", "--state", "held", "--json"))
	lines := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), "\n")
	var a struct{ ID int64 }
	ts.Check(json.Unmarshal([]byte(lines[0]), &a))
	if len(lines) != 1 {
		ts.Fatalf("%d arrivals are held", len(lines))
	}
	ts.Setenv(args[0], fmt.Sprintf("a%d", a.ID))
}

// runUntilQuiet is quiet: runs until nothing waits for its next try any more, each time when that is due. The program has the
// machine's clock, and tells a source its outcome again, or looks for a free name, after some seconds at the earliest.
func runUntilQuiet(ts *testscript.TestScript, args []string) {
	if len(args) != 0 {
		ts.Fatalf("usage: quiet")
	}
	const runs = 10
	for range runs {
		_ = ts.Exec("batchgate", "run") // what failed is seen by what waits
		files := dueTimes(ts, "files", "list", "--state", "released", "--json")
		if len(files) == 0 {
			return
		}
		due := dueTimes(ts, "deliveries", "list", "--state", "ready", "--json")
		if len(due) == 0 { // the source is to be told once more
			due = files
		}
		<-time.After(time.Until(slices.MinFunc(due, time.Time.Compare)))
	}
	ts.Fatalf("after %d runs there is still something to try again", runs)
}

// dueTimes gives when each of what a command lists is tried again.
func dueTimes(ts *testscript.TestScript, list ...string) (all []time.Time) {
	ts.Check(ts.Exec("batchgate", list...))
	for d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout"))); d.More(); {
		var waits struct {
			RunAt time.Time `json:"run_at"`
		}
		ts.Check(d.Decode(&waits))
		all = append(all, waits.RunAt)
	}
	return all
}
