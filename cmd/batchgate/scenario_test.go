package main

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/batchgate/batchgate/internal/sandbox/shopware"
	"github.com/batchgate/batchgate/profiles"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"batchgate": main})
}

// Each script in testdata/scenarios runs the real commands against a simulated shop of its own. $WORK is the home: the
// example home, except for the files that the script brings; a script that brings a profile gets none of the example's.
// testdata/scenarios/README.md lists the commands that scripts have.
func TestScenarios(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/scenarios",
		Setup:               setUpScenario,
		Cmds:                scenarioCommands(),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// scenario is what one script works on: its shop, and the ERP's folders in its home.
type scenario struct {
	server *httptest.Server
	shop   atomic.Pointer[shopware.Shop]

	mu       sync.Mutex
	underWay map[*http.Request]bool
	begun    chan struct{} // filled when a request has come
}

// ServeHTTP answers for the shop of the moment, so that a script can start another one at the same address.
func (s *scenario) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.underWay[r] = true
	s.mu.Unlock()
	select {
	case s.begun <- struct{}{}:
	default:
	}
	defer func() { // a fault may end it by a panic
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.underWay, r)
	}()
	s.shop.Load().ServeHTTP(w, r)
}

// await waits until the shop works on a request that fits.
func (s *scenario) await(fits func(method, path string) bool) {
	for !s.worksOn(fits) {
		<-s.begun
	}
}

func (s *scenario) worksOn(fits func(method, path string) bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r := range s.underWay {
		if fits(r.Method, r.URL.Path) {
			return true
		}
	}
	return false
}

type scenarioKey struct{}

func scenarioOf(ts *testscript.TestScript) *scenario {
	return ts.Value(scenarioKey{}).(*scenario)
}

func setUpScenario(env *testscript.Env) error {
	s := &scenario{underWay: map[*http.Request]bool{}, begun: make(chan struct{}, 1)}
	if err := s.start(shopware.Config{}); err != nil {
		return err
	}
	s.server = httptest.NewServer(s)
	env.Defer(s.server.Close)
	env.Values[scenarioKey{}] = s
	env.Setenv("SHOP_URL", s.server.URL)
	env.Setenv("SHOP_ID", "sandbox")
	env.Setenv("SHOP_SECRET", "sandbox-secret")
	return exampleHome(env.WorkDir)
}

// start puts a shop with the demonstration's articles and no orders in the place of the one before.
func (s *scenario) start(cfg shopware.Config) error {
	shop := shopware.New(cfg)
	catalogue, _ := shopware.Demo(1)
	if err := shop.Seed(catalogue); err != nil {
		return err
	}
	s.shop.Store(shop)
	return nil
}

// quickly gives a file of the example home with what spares a test its waits: files are taken at the first look, what failed
// to deliver is tried again by the next run, the shop gets no rest between calls, and its server, in the test's process, ends a call whose
// answer is lost at once.
func quickly(name string, text []byte) []byte {
	if name == "connections.yaml" {
		return append(text, "  rate: 1000\n  call_limit: 0s\n  retry: {first: 0s}\n"...)
	}
	return bytes.Replace(text, []byte("root: erp}"), []byte("root: erp, stable_for: 0s, poll: 1s, retry: {first: 0s}}"), 1)
}

// exampleHome adds the example home to a folder, without waits.
func exampleHome(dir string) error {
	own, err := filepath.Glob(filepath.Join(dir, "profiles", "*.yaml"))
	if err != nil {
		return err
	}
	example := profiles.Scaffold()
	err = fs.WalkDir(example, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(name, "profiles/") && len(own) > 0 {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Stat(to); err == nil {
			return nil
		}
		text, err := fs.ReadFile(example, name)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		return os.WriteFile(to, quickly(name, text), 0o600)
	})
	if err != nil {
		return err
	}
	for _, folder := range profiles.ScaffoldFolders() {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(folder)), 0o750); err != nil {
			return err
		}
	}
	return nil
}

func scenarioCommands() map[string]func(*testscript.TestScript, bool, []string) {
	all := map[string]func(*testscript.TestScript, bool, []string){}
	for _, group := range []map[string]func(*testscript.TestScript, bool, []string){shopCommands(), erpCommands(), judgeCommands()} {
		for name, do := range group {
			all[name] = do
		}
	}
	return all
}

// plainly is a command that has no opposite.
func plainly(do func(ts *testscript.TestScript, args []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("the command has no opposite")
		}
		do(ts, args)
	}
}

// pair cuts key=value.
func pair(ts *testscript.TestScript, arg string) (key, value string) {
	key, value, ok := strings.Cut(arg, "=")
	if !ok {
		ts.Fatalf("%q is not key=value", arg)
	}
	return key, value
}
