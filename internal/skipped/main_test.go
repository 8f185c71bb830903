package main

import (
	"strings"
	"testing"
)

func TestResultsArePassedOnAndSkipsAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		events, want string
		ok           bool
	}{
		"all well": {`{"Action":"start","Package":"a"}
{"Action":"output","Package":"a","Test":"TestX","Output":"noise\n"}
{"Action":"pass","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Test":"TestY","Output":"=== RUN   TestY\n"}
{"Action":"output","Package":"a","Test":"TestY","Output":"    y_test.go:7: no server\n"}
{"Action":"output","Package":"a","Test":"TestY","Output":"--- SKIP: TestY (0.00s)\n"}
{"Action":"skip","Package":"a","Test":"TestY"}
{"Action":"output","Package":"a","Output":"PASS\n"}
{"Action":"output","Package":"a","Output":"ok  \ta\t0.1s\n"}
{"Action":"pass","Package":"a"}
`, "ok  \ta\t0.1s\n1 tests skipped\n  a TestY: y_test.go:7: no server\n", true},
		"a failure": {`{"Action":"output","Package":"a","Test":"TestX","Output":"    x_test.go:3: wrong\n"}
{"Action":"output","Package":"a","Test":"TestX","Output":"--- FAIL: TestX (0.00s)\n"}
{"Action":"fail","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Output":"FAIL\ta\t0.1s\n"}
{"Action":"fail","Package":"a"}
{"Action":"pass","Package":"b"}
`, "    x_test.go:3: wrong\n--- FAIL: TestX (0.00s)\nFAIL\ta\t0.1s\n0 tests skipped\n", false},
		"what does not build": {`{"ImportPath":"a","Action":"build-output","Output":"a.go:1: no\n"}
{"ImportPath":"a","Action":"build-fail"}
{"Action":"pass","Package":"b"}
`, "a.go:1: no\n0 tests skipped\n", false},
		"no end": {`{"Action":"start","Package":"a"}
{"Action":"start","Package":"b"}
{"Action":"start","Package":"c"}
{"Action":"pass","Package":"b"}
{"Action":"output","Package":"c","Output":"?   \tc\t[no test files]\n"}
{"Action":"skip","Package":"c"}
`, "?   \tc\t[no test files]\na did not come to its end\n0 tests skipped\n", false},
		"no events": {"go: no such thing\n", "go: no such thing\n0 tests skipped\n", false},
	} {
		var out strings.Builder
		ok, err := report(strings.NewReader(c.events), &out)
		if ok != c.ok || err != nil || out.String() != c.want {
			t.Errorf("%s: %v, %v\n%s\nwant\n%s", name, ok, err, out.String(), c.want)
		}
	}
}
