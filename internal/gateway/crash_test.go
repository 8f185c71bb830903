package gateway_test

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/batchgate/batchgate/internal/archive"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
	"github.com/batchgate/batchgate/internal/platforms"
	sandbox "github.com/batchgate/batchgate/internal/sandbox/shopware"
	"github.com/batchgate/batchgate/profiles"
	"github.com/batchgate/batchgate/transports"
	transport "github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/drivertest"
	"github.com/batchgate/batchgate/transports/local"
)

// A copy of this test binary, the child, runs the gateway and ends itself at its n-th call across a boundary: a commit, a
// put into the archive, a call of a transport, a round trip over HTTP. The shop and the folders outlive it; another gateway
// then goes on. A gateway that meets no end runs in this process. What came of both is judged by the folders, the shop and
// the archive alone.

// childEnv holds, as JSON, what a child is to do.
const childEnv = "BATCHGATE_GATEWAY_CHILD"

func TestMain(m *testing.M) {
	text := os.Getenv(childEnv)
	if text == "" {
		os.Exit(m.Run())
	}
	var c child
	err := json.Unmarshal([]byte(text), &c)
	if err == nil {
		err = c.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// moment is where at its n-th call a child meets its end.
type moment string

const (
	beforeCall moment = "before"
	afterCall  moment = "after"
	answerLost moment = "answer lost" // the call takes effect and its answer is an error; the child lives
)

// child runs the gateway, in a process of its own where that is to end.
type child struct {
	Dir, URL string
	At       int // the call that is its last; 0: none
	Moment   moment
	Mutant   mutant
	Ahead    time.Duration // of its clock before the machine's

	calls atomic.Int64
	ahead atomic.Int64
	later sync.Map // by delivery: a func() that a mutant does when the ledger has it as done
}

func (c *child) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// around makes a call across a boundary.
func (c *child) around(what string, call func() error) error {
	end := c.before(what)
	if err := call(); err != nil {
		return err
	}
	return c.after(end)
}

// before counts a call, and ends the process where that is wanted. end tells whether it is the call that is waited for.
func (c *child) before(what string) (end bool) {
	n := c.calls.Add(1)
	if c.At == 0 || n != int64(c.At) {
		return false
	}
	if err := os.WriteFile(c.lastCall(), []byte(what), 0o600); err != nil {
		panic(err)
	}
	if c.Moment == beforeCall {
		c.die()
	}
	return true
}

var errLost = errors.New("the answer was lost")

func (c *child) after(end bool) error {
	switch {
	case end && c.Moment == afterCall:
		c.die()
	case end && c.Moment == answerLost:
		return errLost
	}
	return nil
}

// die ends the process as kill -9 does.
func (c *child) die() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		_ = p.Kill()
	}
	select {} // the signal is on its way
}

// lastCall is the file in which a child says what its last call was.
func (c *child) lastCall() string { return filepath.Join(c.Dir, "last-call") }

// takeLastCall reads that file and removes it; "" when the child never came to its last call.
func (c *child) takeLastCall() (string, error) {
	text, err := os.ReadFile(c.lastCall())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(text), errors.Join(err, os.Remove(c.lastCall()))
}

// rounds bounds how often a child looks again, each time a while later by its clock.
const rounds = 12

// run works until everything is settled.
func (c *child) run() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c.ahead.Store(int64(c.Ahead))
	home, found := profiles.LoadDir(c.Dir, profiles.Options{Getenv: func(name string) (string, bool) {
		v, ok := map[string]string{"SHOP_URL": c.URL, "SHOP_ID": "sandbox", "SHOP_SECRET": "sandbox-secret"}[name]
		return v, ok
	}})
	if found.HasErrors() {
		return found
	}
	watched := fmt.Sprintf("watched %p", c)
	sql.Register(watched, &watchedDriver{child: c})
	led, err := ledger.Open(ctx, ledger.Options{DSN: filepath.Join(c.Dir, "data/batchgate.db"), DriverName: watched, Now: c.now})
	if err != nil {
		return err
	}
	store, err := archive.NewFolder(filepath.Join(c.Dir, "data/archive"))
	if err != nil {
		return err
	}
	gate := gateway.New(gateway.Config{Home: home, Ledger: led, Archive: archive.New(&watchedStore{store, c}, led), Now: c.now,
		Log: slog.New(slog.DiscardHandler), Folder: c.folder, Platform: c.platform,
		Scratch: func() (flow.Scratch, error) {
			f, err := os.CreateTemp(c.Dir, "scratch")
			return scratchFile{f}, err
		}})
	if err := c.toTheEnd(ctx, gate, led); err != nil {
		return err
	}
	return errors.Join(gate.Close(), led.Close())
}

func (c *child) toTheEnd(ctx context.Context, gate *gateway.Gateway, led *ledger.Ledger) error {
	var left []ledger.Arrival
	var pass gateway.Pass
	var err error
	for range rounds {
		if pass, err = gate.Run(ctx); err == nil && len(pass.Errors) == 0 && pass.Next.IsZero() {
			err = led.View(ctx, func(tx *ledger.Tx) error {
				left, err = tx.Arrivals(ledger.ArrivalFilter{States: []ledger.ArrivalState{ledger.ArrivalSeen, ledger.ArrivalClaimed, ledger.ArrivalArchived,
					ledger.ArrivalPlanned, ledger.ArrivalReleased, ledger.ArrivalHeld}})
				return err
			})
			if err == nil && len(left) == 0 {
				return nil
			}
		}
		c.ahead.Add(int64(11 * time.Minute))
	}
	return fmt.Errorf("not at an end: %w", errors.Join(append(pass.Errors, err, fmt.Errorf("next %v, left %+v", pass.Next, left))...))
}

func (c *child) folder(_ context.Context, conn *profiles.Connection) (*transports.Endpoint, error) {
	folder, err := local.Open(conn.Root)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	ends := map[int]bool{}
	watched := drivertest.Watch(folder, func(s drivertest.Step) error {
		mu.Lock()
		defer mu.Unlock()
		if !s.After {
			ends[s.N] = c.before(s.Op + " " + s.Name)
			return nil
		}
		if c.after(ends[s.N]) != nil {
			return transport.Faultf(transport.Temporary, "%w", errLost)
		}
		return nil
	})
	return transports.New(conn.ID(), watched), nil
}

func (c *child) platform(conn *profiles.Connection) (gateway.Platform, error) {
	shop, err := platforms.Open(conn, platforms.Options{HTTP: roundTripper(func(r *http.Request) (answer *http.Response, err error) {
		err = c.around(r.Method+" "+r.URL.Path, func() error {
			answer, err = http.DefaultTransport.RoundTrip(r)
			return err
		})
		if err != nil && answer != nil {
			_ = answer.Body.Close()
			return nil, err
		}
		return answer, err
	}), Now: c.now})
	if err != nil {
		return nil, err
	}
	return mutated{shop, c}, nil
}

type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return r(req) }

// watchedStore is the archive's store.
type watchedStore struct {
	archive.Store
	child *child
}

func (s *watchedStore) Put(ctx context.Context, r io.Reader) (ref archive.Ref, err error) {
	err = s.child.around("archive", func() error {
		ref, err = s.Store.Put(ctx, r)
		return err
	})
	return ref, err
}

// watchedDriver is SQLite's driver; its commits of changes are watched.
type watchedDriver struct{ child *child }

func (d *watchedDriver) Open(name string) (driver.Conn, error) {
	db, err := sql.Open("sqlite", "")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	conn, err := db.Driver().Open(name)
	if err != nil {
		return nil, err
	}
	return &watchedConn{sqliteConn: conn.(sqliteConn), child: d.child}, nil
}

// sqliteConn is what database/sql uses of SQLite's connection.
type sqliteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

type watchedConn struct {
	sqliteConn
	child   *child
	writing bool
	moves   []int64 // deliveries whose baseline the change moves
}

func (c *watchedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	st, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &watchedStmt{sqliteStmt: st.(sqliteStmt), conn: c, query: query}, nil
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type watchedStmt struct {
	sqliteStmt
	conn  *watchedConn
	query string
}

func (s *watchedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (r driver.Result, err error) {
	switch {
	case strings.HasPrefix(s.query, "BEGIN"):
		s.conn.writing, s.conn.moves = s.query == "BEGIN IMMEDIATE", nil
	case s.query == "COMMIT" && s.conn.writing:
		err = s.conn.child.around("commit", func() error {
			r, err = s.sqliteStmt.ExecContext(ctx, args)
			return err
		})
		if err == nil {
			s.conn.child.doLater(s.conn.moves)
		}
		return r, err
	case strings.HasPrefix(s.query, "INSERT INTO baseline_part "):
		s.conn.moves = append(s.conn.moves, args[2].Value.(int64))
	case s.conn.child.Mutant.forgets(s.query, args):
		return driver.RowsAffected(1), nil
	}
	return s.sqliteStmt.ExecContext(ctx, args)
}

// mutant is a gateway with a known mistake: the judgement below must find it.
type mutant string

const (
	// settlesEarly marks an order as exported before its arrival is recorded.
	settlesEarly mutant = "settles early"
	// startsUnrecorded commits nothing before a step that is to be done once.
	startsUnrecorded mutant = "starts unrecorded"
	// movesBaselineEarly takes stock for written before the call.
	movesBaselineEarly mutant = "moves the baseline early"
)

// forgets tells whether the mutant leaves out a change of the ledger.
func (m mutant) forgets(query string, args []driver.NamedValue) bool {
	if m != startsUnrecorded || !strings.HasPrefix(query, "INSERT INTO attempt ") {
		return false
	}
	step, state := args[2].Value, args[4].Value
	return state == "started" || step == "stage"
}

// mutated is a shop as a mutant uses it.
type mutated struct {
	gateway.Platform
	child *child
}

func (p mutated) Source(f *profiles.Flow) flow.Source {
	if p.child.Mutant != settlesEarly {
		return p.Platform.Source(f)
	}
	return earlySource{p.Platform.Source(f)}
}

type earlySource struct{ flow.Source }

func (s earlySource) Poll(ctx context.Context, cursor string, again []string) iter.Seq2[flow.Arrival, error] {
	return func(yield func(flow.Arrival, error) bool) {
		for a, err := range s.Source.Poll(ctx, cursor, again) {
			_, id, _ := strings.Cut(a.Name, "/")
			marks := s.Source.Settle(a, flow.Settlement{Outcome: flow.Processed, At: time.Now(), Documents: []flow.Settled{{ID: id, As: "soon"}}})
			if bytes.Contains(a.Body, []byte("batchgate_exported")) {
				marks = nil // this look shows an order that is marked
			}
			for _, step := range marks {
				if _, err := step.Do(ctx, nil); err != nil {
					yield(a, err)
					return
				}
			}
			if !yield(a, err) {
				return
			}
		}
	}
}

func (p mutated) Target(f *profiles.Flow) flow.Target {
	if p.child.Mutant != movesBaselineEarly {
		return p.Platform.Target(f)
	}
	return &earlyTarget{p.Platform.Target(f), p.child}
}

// earlyTarget says that stock was written, and writes it once the ledger says so.
type earlyTarget struct {
	flow.Target
	child *child
}

func (t *earlyTarget) Steps(d *flow.Delivery, body []byte) []flow.Step {
	steps := t.Target.Steps(d, body)
	if d.Kind != "stock" {
		return steps
	}
	for i, s := range steps {
		steps[i].Do = func(ctx context.Context, e flow.Evidence) (flow.Report, error) {
			t.child.later.Store(d.ID, func() { _, _ = s.Do(context.WithoutCancel(ctx), e) })
			return flow.Report{}, nil
		}
	}
	return steps
}

// doLater does what a mutant has put off until the ledger would have these deliveries as done.
func (c *child) doLater(deliveries []int64) {
	for _, id := range deliveries {
		if do, ok := c.later.LoadAndDelete(id); ok {
			do.(func())()
		}
	}
}

// scene is what outlives the processes: the home, the shop, and the programs that put files and fetch them.
type scene struct {
	dir     string
	shop    *sandbox.Shop
	fetched map[string]int // files of in/ and import/, with how often each was there
	texts   map[string]string
	ahead   time.Duration
}

// newScene makes a home as the template has it, with an empty ledger.
func newScene(dir, template string, orders int) (*scene, error) {
	if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
		return nil, err
	}
	s := &scene{dir: dir, shop: sandbox.New(sandbox.Config{}), fetched: map[string]int{}, texts: map[string]string{}}
	catalogue, all := sandbox.Demo(1)
	if err := s.shop.Seed(catalogue); err != nil {
		return nil, err
	}
	for _, o := range all[:orders] {
		if _, err := s.shop.PlaceOrder(o); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// child runs a child until it ends, and tells what its last call was; "" when it never came to it.
func (s *scene) child(c *child) (last string, err error) {
	server := httptest.NewServer(s.shop)
	defer server.Close()
	s.ahead += 3 * time.Hour
	c.Dir, c.URL, c.Ahead = s.dir, server.URL, s.ahead
	if c.At == 0 || c.Moment == answerLost {
		if err := c.run(); err != nil {
			return "", err
		}
		return c.takeLastCall()
	}
	what, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(what))
	out, err := cmd.CombinedOutput()
	killed := cmd.ProcessState != nil && !cmd.ProcessState.Exited()
	if err != nil && !killed {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return c.takeLastCall()
}

// fetch takes what was put for the ERP, as it does.
func (s *scene) fetch() error {
	for _, folder := range []string{"in", "import", "edi-out"} {
		dir := filepath.Join(s.dir, "erp", folder)
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") {
				continue
			}
			name := folder + "/" + e.Name()
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			s.fetched[name]++
			s.texts[name] += string(text)
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// left lists what is in a folder of the ERP, at any depth.
func (s *scene) left(folder string) (all []string) {
	root := filepath.Join(s.dir, "erp", folder)
	_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(root, path)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	return all
}

// story is a walk that is interrupted: what lies there at its beginning, and how its end is judged.
type story struct {
	orders int
	files  map[string]string // put before
	again  map[string]string // put between the first process and the second
	judge  func(*scene) error
}

// play lets a story happen with one interruption. reached is false when the walk ended before its n-th call.
func (st story) play(dir, template string, c *child, fetching bool) (reached bool, last string, err error) {
	s, err := newScene(dir, template, st.orders)
	if err != nil {
		return false, "", err
	}
	put := func(files map[string]string) error {
		for name, content := range files {
			if err := os.WriteFile(filepath.Join(s.dir, "erp", name), []byte(content), 0o600); err != nil {
				return err
			}
		}
		return nil
	}
	if err := put(st.files); err != nil {
		return false, "", err
	}
	last, err = s.child(c)
	if err != nil {
		return last != "", last, err
	}
	if fetching {
		if err := s.fetch(); err != nil {
			return false, last, err
		}
	}
	if err := put(st.again); err != nil {
		return false, last, err
	}
	if c.Moment == afterCall { // killed once more while it takes up what was left
		if _, err := s.child(&child{At: 1 + 7*c.At%60, Moment: beforeCall, Mutant: c.Mutant}); err != nil {
			return true, last, fmt.Errorf("the second process: %w", err)
		}
	}
	if _, err := s.child(&child{Mutant: c.Mutant}); err != nil {
		return true, last, fmt.Errorf("the last process: %w", err)
	}
	return last != "", last, errors.Join(s.fetch(), st.judge(s))
}

// template makes a home with an empty ledger.
func template(t *testing.T) string {
	t.Helper()
	w := newWorld(t, func(profile string) string {
		return strings.Replace(profile, "unknown_order: ignore", "shipment: {send_mail: true}\n    unknown_order: ignore", 1)
	})
	if err := errors.Join(w.gate.Close(), w.led.Close()); err != nil {
		t.Fatal(err)
	}
	return w.dir
}

// place gives a new folder, in memory where there is such a thing: a killed process loses nothing that it wrote.
func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "batchgate-crash-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// interrupt plays a story with an interruption at each call in turn, until the walk ends without reaching it.
func interrupt(t *testing.T, st story, home string, at moment) {
	t.Parallel()
	root := place(t)
	for n := 1; ; n += step(n) {
		dir := filepath.Join(root, fmt.Sprint(n))
		reached, last, err := st.play(dir, home, &child{At: n, Moment: at}, n%2 == 1)
		if err != nil {
			t.Errorf("%s call %d, %s: %v", at, n, last, err)
		}
		if !reached || n > 2000 {
			t.Logf("%d calls", n-1)
			return
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

// step leaves most calls out of a short run.
func step(n int) int {
	if testing.Short() && n > 5 {
		return 9
	}
	return 1
}

// A judgement that finds no fault proves something only when it finds those that are there.
func TestTheJudgementFindsMistakes(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a run without -short, for some hundred processes: after a change of the crash tests or of their mutants run it without -short, since nothing else proves that they find a fault")
	}
	home := template(t)
	for m, st := range map[mutant]story{settlesEarly: orderStory(), startsUnrecorded: orderStory(), movesBaselineEarly: stockStory()} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			root := place(t)
			if _, _, err := st.play(filepath.Join(root, "0"), home, &child{Mutant: m}, true); err != nil {
				t.Fatalf("it is found without an interruption: %v", err)
			}
			for n, reached := 1, true; reached; n++ {
				var last string
				var err error
				if reached, last, err = st.play(filepath.Join(root, fmt.Sprint(n)), home, &child{At: n, Moment: afterCall, Mutant: m}, true); err != nil {
					t.Logf("killed after call %d, %s: %v", n, last, err)
					return
				}
			}
			t.Error("no interruption finds it")
		})
	}
}

func TestKilledAtAnyCallNothingIsLostOrDoubled(t *testing.T) {
	home := template(t)
	for name, st := range map[string]story{"stock": stockStory(), "orders": orderStory()} {
		for _, at := range []moment{beforeCall, afterCall, answerLost} {
			t.Run(name+"/"+string(at), func(t *testing.T) { interrupt(t, st, home, at) })
		}
	}
}

// stockStory is the ERP's nightly file, large enough for the store, and the same figures again in the file after it.
func stockStory() story {
	var rows strings.Builder
	rows.WriteString(header + "BG-1001;10;5\r\nBG-1001;20;7\r\nBG-1002;10;3\r\nBG-1003;10;44\r\n")
	for n := 0; rows.Len() <= archive.SmallLimit; n++ {
		fmt.Fprintf(&rows, "BG-1003;99;%d\r\n", n) // a warehouse that does not count
	}
	first, second := rows.String(), rows.String()+"FREMD;10;1\r\n"
	return story{files: map[string]string{"out/STOCK1.CSV": first}, again: map[string]string{"out/STOCK2.CSV": second}, judge: func(s *scene) error {
		var errs []error
		for sku, want := range map[string]int64{"BG-1001": 12, "BG-1002": 3, "BG-1003": 44} {
			if got, _ := s.shop.Stock(sku); got != want {
				errs = append(errs, fmt.Errorf("stock of %s is %d, want %d", sku, got, want))
			}
		}
		for _, e := range s.shop.Journal() {
			for _, f := range e.Effects {
				if f.Field != "stock" && f.Field != "availableStock" && f.Field != "available" && f.Field != "updatedAt" && f.Field != "sales" {
					errs = append(errs, fmt.Errorf("%s %s of the shop changed", f.Entity, f.Field))
				}
			}
		}
		errs = append(errs, s.archived(first, 1), s.archived(second, 1), s.settled("out", "STOCK1.CSV", "STOCK2.CSV"))
		return errors.Join(errs...)
	}}
}

// The sum of stock is right in the end wherever the process dies: less what orders hold, and only of articles that the shop
// has.
func TestKilledAtAnyCallTheSumOfStockIsRight(t *testing.T) {
	w := newWorld(t, func(profile string) string {
		return strings.Replace(profile, "    guards: {rows_drop: 30%, changed: 40%}\n", "    stock: {means: physical, open_for: 366d, buffer: 1}\n    assortment: {fresh_for: 0s}\n", 1)
	})
	if err := errors.Join(w.gate.Close(), w.led.Close()); err != nil {
		t.Fatal(err)
	}
	for _, at := range []moment{beforeCall, afterCall, answerLost} {
		t.Run(string(at), func(t *testing.T) { interrupt(t, soldStory(), w.dir, at) })
	}
}

// soldStory is an order, a stock file, and the same figures again in the file after it.
func soldStory() story {
	first := header + "BG-1001;10;5\r\nBG-1001;20;7\r\nBG-1002;10;6\r\nBG-1003;10;44\r\nFREMD;10;1\r\n"
	second := first + "FREMD2;10;1\r\n"
	return story{orders: 1, files: map[string]string{"out/STOCK1.CSV": first}, again: map[string]string{"out/STOCK2.CSV": second}, judge: func(s *scene) error {
		errs := []error{s.exported("10234"), s.archived(first, 1), s.archived(second, 1), s.settled("out", "STOCK1.CSV", "STOCK2.CSV")}
		for sku, want := range map[string]int64{"BG-1001": 12 - 3 - 1, "BG-1002": 6 - 2 - 1, "BG-1003": 43} {
			if got, _ := s.shop.Stock(sku); got != want {
				errs = append(errs, fmt.Errorf("stock of %s is %d, want %d", sku, got, want))
			}
		}
		return errors.Join(errs...)
	}}
}

// advice is a despatch advice for order 10234 as a whole.
const advice = "UNA:+.? 'UNB+UNOC:3+4301234000009:14+4012345000009:14+261125:0930+91'UNH+1+DESADV:D:96A:UN'BGM+351+LS1+9'DTM+137:20261125:102'RFF+ON:10234'" +
	"CPS+1'PAC+1'PCI+33E'RFF+CN:00340001'LIN+1'PIA+1+BG-1001:SA'QTY+12:3:PCE'LIN+2'PIA+1+BG-1002:SA'QTY+12:2:PCE'UNT+15+1'UNZ+1+91'"

// orderStory is two orders of the shop, the despatch advice of one of them, and a retailer's order that is acknowledged.
func orderStory() story {
	file := "UNA:+.? 'UNB+UNOC:3+4005555000013:14+4012345000009:14+261125:0930+501++++1'" + retail + "UNZ+1+501'"
	return story{orders: 2, files: map[string]string{"out/DES1.EDI": advice, "edi/R1.EDI": file}, judge: func(s *scene) error {
		errs := []error{s.archived(advice, 1), s.archived(file, 1), s.settled("out", "DES1.EDI"), s.settled("edi", "R1.EDI")}
		for _, number := range []string{"10234", "10235"} {
			errs = append(errs, s.exported(number))
		}
		errs = append(errs, s.onlyOnce("import/", ".CSV", 1), s.onlyOnce("edi-out/", "", 1), s.onlyOnce("in/", ".EDI", 2), s.onlyOnce("in/", ".OK", 2))
		for _, folder := range []string{"in", "import", "edi-out", "tmp"} {
			if left := s.left(folder); len(left) > 0 {
				errs = append(errs, fmt.Errorf("%s holds %v", folder, left))
			}
		}
		order, _ := s.shop.Order("10234")
		if d := order.Deliveries[0]; d.State != "shipped" || !slices.Equal(d.TrackingCodes, []string{"00340001"}) {
			errs = append(errs, fmt.Errorf("the delivery is %s with %v", d.State, d.TrackingCodes))
		}
		transitions := 0
		for _, e := range s.shop.Journal() {
			for _, f := range e.Effects {
				if f.Kind == sandbox.Transition {
					transitions++
				}
			}
		}
		if mails := len(s.shop.Mails()); transitions != 1 || mails != 1 {
			errs = append(errs, fmt.Errorf("%d transitions and %d mails", transitions, mails))
		}
		return errors.Join(errs...)
	}}
}

// archived tells whether the bytes of a file were archived for so many arrivals, and can be read back.
func (s *scene) archived(content string, want int) error {
	led, err := ledger.Open(context.Background(), ledger.Options{DSN: filepath.Join(s.dir, "data/batchgate.db")})
	if err != nil {
		return err
	}
	defer led.Close()
	store, err := archive.NewFolder(filepath.Join(s.dir, "data/archive"))
	if err != nil {
		return err
	}
	hash := archive.Hash([]byte(content))
	body, err := archive.New(store, led).Read(context.Background(), hash, 1<<20)
	if err != nil || !bytes.Equal(body, []byte(content)) {
		return fmt.Errorf("archived: %d bytes of %d: %w", len(body), len(content), err)
	}
	var all []ledger.Arrival
	err = led.View(context.Background(), func(tx *ledger.Tx) error {
		all, err = tx.Arrivals(ledger.ArrivalFilter{Hash: hash})
		return err
	})
	if err == nil && len(all) != want {
		err = fmt.Errorf("%d arrivals of a file, want %d", len(all), want)
	}
	return err
}

// settled tells whether files were moved away once each, and nothing else is left in their folder.
func (s *scene) settled(folder string, names ...string) error {
	var got []string
	for _, name := range s.left(folder) {
		if !strings.HasPrefix(name, "processed/") {
			return fmt.Errorf("%s holds %v", folder, s.left(folder))
		}
		got = append(got, name[strings.LastIndex(name, "/")+1:])
	}
	slices.Sort(got)
	if !slices.Equal(got, names) {
		return fmt.Errorf("%s: processed are %v, want %v", folder, got, names)
	}
	return nil
}

// exported tells whether an order became one file, and is marked with its name.
func (s *scene) exported(number string) error {
	var files []string
	for name, text := range s.texts {
		if strings.HasSuffix(name, ".EDI") && strings.Contains(text, "BGM+220+"+number+"+9'") {
			files = append(files, name)
		}
	}
	if len(files) != 1 {
		return fmt.Errorf("order %s went out as %v", number, files)
	}
	order, _ := s.shop.Order(number)
	mark, _ := order.CustomFields["batchgate_exported"].(string)
	if !strings.HasSuffix(mark, " "+strings.TrimPrefix(files[0], "in/")) {
		return fmt.Errorf("order %s went out as %s and is marked %q", number, files[0], mark)
	}
	return nil
}

// onlyOnce tells whether so many files were put under such names, each of them once, with control numbers of their own.
func (s *scene) onlyOnce(prefix, suffix string, want int) error {
	got := 0
	controls := map[string]bool{}
	for name, times := range s.fetched {
		if !strings.HasPrefix(name, prefix) || !strings.HasSuffix(name, suffix) {
			continue
		}
		got++
		if times != 1 {
			return fmt.Errorf("%s was there %d times", name, times)
		}
		if m := controlNumber.FindStringSubmatch(s.texts[name]); m != nil {
			controls[m[1]] = true
		}
	}
	if got != want || len(controls) > 0 && len(controls) != want {
		return fmt.Errorf("%d files %s*%s with %d control numbers, want %d", got, prefix, suffix, len(controls), want)
	}
	return nil
}

var controlNumber = regexp.MustCompile(`'UNZ\+\d+\+(\w+)'`)
