package ledger_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/batchgate/batchgate/internal/ledger"
)

func messages(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		a, err := arrival(tx, "messages")
		if err != nil {
			return err
		}
		want := []ledger.Message{
			{Arrival: a.ID, N: 1, Flow: "p/a", Reference: "1", Type: "ORDERS", Version: "D.96A", Sender: "s", Recipient: "r", Control: "c9", State: "planned", Rows: 3, Documents: 2, Offset: 70, Length: 500},
			{Arrival: a.ID, N: 1, Flow: "p/b", State: "planned"},
			{Arrival: a.ID, N: 2, State: "held", Reason: "no flow takes it"},
		}
		for i := len(want) - 1; i >= 0; i-- {
			first := want[i]
			first.State, first.Rows, first.Reason = "failed", 99, "to be replaced"
			if err := errors.Join(tx.PutMessage(&first), tx.PutMessage(&want[i])); err != nil {
				return err
			}
		}
		got, err := tx.Messages(a.ID)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

func lastRows(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		if _, ok, err := tx.LastRows("p/guard"); ok || err != nil {
			t.Errorf("rows of a flow without files: %v %v", ok, err)
		}
		for i, a := range []ledger.Arrival{
			{State: ledger.ArrivalSettled, Outcome: "processed", Rows: 100},
			{State: ledger.ArrivalSettled, Outcome: "processed", Rows: 200},
			{State: ledger.ArrivalSettled, Outcome: "processed", Rows: 3, RemainderOf: 1},
			{State: ledger.ArrivalSettled, Outcome: "failed", Rows: 4},
			{State: ledger.ArrivalHeld, Rows: 5},
		} {
			a.Source, a.Name = "guard", fmt.Sprint(i)
			if err := tx.InsertArrival(&a); err != nil {
				return err
			}
			m := ledger.Message{Arrival: a.ID, N: 1, Flow: "p/guard", State: "planned", Rows: a.Rows}
			if err := tx.PutMessage(&m); err != nil {
				return err
			}
		}
		rows, ok, err := tx.LastRows("p/guard")
		if rows != 200 || !ok {
			t.Errorf("got %d, %v", rows, ok)
		}
		return err
	})
}

func documents(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		var ids []int64
		for i := range 4 {
			d := ledger.Document{Arrival: 9000, N: i, Message: 1, Flow: "p/docs", Kind: "order", Key: fmt.Sprint("k", i%2), Fingerprint: -1 << 62, Delivery: int64(9000 + i), State: "planned"}
			if err := tx.InsertDocument(&d); err != nil {
				return err
			}
			if got, err := tx.Document(d.ID); got != d || err != nil {
				t.Errorf("got %+v, %v; want %+v", got, err, d)
			}
			ids = append(ids, d.ID)
		}
		last, err := tx.LatestDocument("p/docs", "order", "k1")
		if last.ID != ids[3] || err != nil {
			t.Errorf("latest %+v, %v", last, err)
		}
		if _, err := tx.LatestDocument("p/other", "order", "k1"); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("of another flow: %v", err)
		}
		last.State = "repeated"
		if err := tx.UpdateDocument(&last); err != nil {
			return err
		}
		for want, f := range map[string]ledger.DocumentFilter{
			"0 1 2 3": {Arrival: 9000},
			"2":       {Delivery: 9002},
			"1 3":     {Flow: "p/docs", Kind: "order", Key: "k1"},
			"3":       {Arrival: 9000, States: []string{"repeated", "held"}},
			"3 2":     {Arrival: 9000, Newest: true, Limit: 2},
			"1 0":     {Arrival: 9000, Newest: true, After: ids[2]},
			"2 3":     {Arrival: 9000, After: ids[1]},
			"":        {Arrival: 9000, Kind: "stock"},
		} {
			got, err := tx.Documents(f)
			var ns []string
			for _, d := range got {
				ns = append(ns, fmt.Sprint(d.N))
			}
			if strings.Join(ns, " ") != want || err != nil {
				t.Errorf("%+v: got %v, %v; want %s", f, ns, err, want)
			}
		}
		return nil
	})
}

func fetched(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		var ids []int64
		for i, d := range []ledger.Delivery{{Name: "A.csv", State: ledger.DeliveryDone}, {Name: "B.csv", State: ledger.DeliveryDone}, {State: ledger.DeliveryDone}, {Name: "C.csv", State: ledger.DeliveryReady}} {
			d.Target, d.Effect, d.Facts = "fetched", fmt.Sprint("fetched", i), []byte(`{"now":"x"}`)
			if err := tx.InsertDelivery(&d); err != nil {
				return err
			}
			if got, err := tx.DeliveryByEffect(d.Effect); err != nil || !cmp.Equal(got, truncated(d)) {
				t.Errorf("%v: %s", err, cmp.Diff(truncated(d), got))
			}
			ids = append(ids, d.ID)
		}
		if got, err := tx.Unfetched("fetched"); len(got) != 2 || got[0].ID != ids[0] || got[1].Name != "B.csv" || err != nil {
			t.Errorf("%+v %v", got, err)
		}
		if err := tx.MarkFetched(ids[:1], start); err != nil {
			return err
		}
		if err := tx.MarkFetched(ids[:1], start.Add(time.Hour)); err != nil {
			return err
		}
		if got, err := tx.Unfetched("fetched"); len(got) != 1 || got[0].ID != ids[1] || err != nil {
			t.Errorf("%+v %v", got, err)
		}
		d, err := tx.Delivery(ids[0])
		if !d.FetchedAt.Equal(start) {
			t.Errorf("fetched at %v", d.FetchedAt)
		}
		return err
	})
}

// truncated is a delivery as the ledger gives it back: times in microseconds and UTC.
func truncated(d ledger.Delivery) ledger.Delivery {
	d.CreatedAt = d.CreatedAt.UTC().Truncate(time.Microsecond)
	return d
}

func findControl(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		if err := tx.ControlUse("find", "them", 4711, 9100); err != nil {
			return err
		}
		if err := tx.ControlUse("find", "them", 4711, 9100); err != nil {
			t.Errorf("said twice: %v", err)
		}
		if err := tx.ControlUse("find", "them", 4711, 9101); !errors.Is(err, ledger.ErrExists) {
			t.Errorf("for another delivery: %v", err)
		}
		if err := tx.ControlUse("find", "others", 4711, 9102); err != nil {
			return err
		}
		for number, want := range map[string]int{"4711": 2, "00000000004711": 2, "4712": 0, "47-11": 0, "": 0, "99999999999999999999999": 0} {
			got, err := tx.FindControl(number)
			if len(got) != want || err != nil {
				t.Errorf("%q: %+v, %v", number, got, err)
			}
		}
		if err := ledger.Execute(tx, "INSERT INTO counter (name, last) VALUES ($1, $2)", `control "spent" "them"`, 99_999_999_999_998); err != nil {
			return err
		}
		if n, err := tx.ReserveControl("spent", "them"); n != 99_999_999_999_999 || err != nil {
			t.Errorf("the last number: %d, %v", n, err)
		}
		if _, err := tx.ReserveControl("spent", "them"); !errors.Is(err, ledger.ErrSpent) {
			t.Errorf("after the last number: %v", err)
		}
		a, err1 := tx.ReserveControl("a b", "c")
		b, err2 := tx.ReserveControl("a", "b c")
		if a != 1 || b != 1 {
			t.Errorf("pairs share a series: %d %d", a, b)
		}
		return errors.Join(err1, err2)
	})
}

func series(t *testing.T, l db) {
	for want := range int64(3) {
		l.do(t, func(tx *ledger.Tx) error {
			n, err := tx.NextNumber("invoices")
			if n != want+1 {
				t.Errorf("got %d after %d", n, want)
			}
			return err
		})
	}
}

func events(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		var ids []int64
		for i, e := range []ledger.Event{{Arrival: 9200}, {Delivery: 9201}, {Arrival: 9200, Delivery: 9202}} {
			e.Actor, e.What, e.Detail = "anna", fmt.Sprint("did ", i), "detail"
			if err := tx.AddEvent(&e); err != nil {
				return err
			}
			if e.At.IsZero() {
				t.Error("no time was set")
			}
			ids = append(ids, e.ID)
		}
		for want, f := range map[string]ledger.EventFilter{
			"did 0 did 2":       {Arrival: 9200},
			"did 1":             {Delivery: 9201},
			"did 2":             {Arrival: 9200, Delivery: 9202},
			"did 2 did 1 did 0": {Newest: true, Limit: 3},
			"did 1 did 2":       {After: ids[0]},
		} {
			got, err := tx.Events(f)
			var whats []string
			for _, e := range got {
				whats = append(whats, e.What)
			}
			if strings.Join(whats, " ") != want || err != nil {
				t.Errorf("%+v: %v %v", f, whats, err)
			}
		}
		return nil
	})
}

func profileVersions(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		err := errors.Join(tx.PutProfile("v1", "weber", "h1", start), tx.PutProfile("v2", "weber", "h2", start.Add(1)),
			tx.PutProfile("v1", "weber", "h1", start.Add(time.Hour)), tx.PutProfile("v9", "other", "h9", start.Add(time.Hour)))
		want := []ledger.ProfileVersion{{Version: "v1", Partner: "weber", Bundle: "h1", At: start}, {Version: "v2", Partner: "weber", Bundle: "h2", At: start}}
		got, err2 := tx.ProfileVersions("weber")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		all, err3 := tx.ProfileVersions("")
		if len(all) < 3 {
			t.Errorf("of all partners: %+v", all)
		}
		return errors.Join(err, err2, err3)
	})
}

func arrivals(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		var ids []int64
		for i, a := range []ledger.Arrival{
			{Partner: "f1", Name: "A_1%.csv", Hash: "h1", State: ledger.ArrivalHeld},
			{Partner: "f1", Name: "b.csv", Hash: "h2", State: ledger.ArrivalSettled},
			{Partner: "f2", Name: "axb.csv", Hash: "h1", State: ledger.ArrivalArchived},
		} {
			a.Source = "filter"
			if i == 2 {
				a.ReplayOf, a.Replay = ids[0], 1
			}
			if err := tx.InsertArrival(&a); err != nil {
				return err
			}
			got, err := tx.Arrival(a.ID)
			a.CreatedAt = a.CreatedAt.UTC().Truncate(time.Microsecond)
			if got != a || err != nil {
				t.Errorf("%v: %s", err, cmp.Diff(a, got))
			}
			ids = append(ids, a.ID)
		}
		for want, f := range map[string]ledger.ArrivalFilter{
			"0 1 2": {Source: "filter"},
			"0 1":   {Partner: "f1"},
			"2":     {Source: "filter", ReplayOf: ids[0]},
			"0 2":   {Source: "filter", States: []ledger.ArrivalState{ledger.ArrivalHeld, ledger.ArrivalArchived}},
			"1":     {Source: "filter", Name: "b.csv"},
			"0":     {Source: "filter", Like: "_1%"},
			"1 2":   {Source: "filter", Like: "B.CSV"},
			"2 0":   {Source: "filter", Hash: "h1", Newest: true},
			"2 1":   {Source: "filter", Newest: true, Limit: 2},
			"1 0":   {Source: "filter", Newest: true, After: ids[2]},
			"":      {Source: "filter", Like: `\`},
		} {
			got, err := tx.Arrivals(f)
			var ns []string
			for _, a := range got {
				ns = append(ns, fmt.Sprint(slices.Index(ids, a.ID)))
			}
			if strings.Join(ns, " ") != want || err != nil {
				t.Errorf("%+v: got %v, %v; want %s", f, ns, err, want)
			}
		}
		now := time.Now()
		for before, want := range map[time.Duration]int{time.Minute: 3, -time.Minute: 2} { // one is settled now
			b, err := tx.Arrival(ids[1])
			if err != nil {
				return err
			}
			b.SettledAt = now
			if err := tx.UpdateArrival(&b); err != nil {
				return err
			}
			if got, err := tx.Arrivals(ledger.ArrivalFilter{Source: "filter", Since: now.Add(-before)}); len(got) != want || err != nil {
				t.Errorf("since %v before: %d arrivals, %v; want %d", before, len(got), err, want)
			}
		}
		_, err := tx.Arrival(1 << 60)
		if !errors.Is(err, ledger.ErrNotFound) || !errors.Is(tx.UpdateArrival(&ledger.Arrival{ID: 1 << 60}), ledger.ErrNotFound) ||
			!errors.Is(tx.UpdateDelivery(&ledger.Delivery{ID: 1 << 60}), ledger.ErrNotFound) {
			t.Errorf("an unknown number: %v", err)
		}
		return nil
	})
}

func oddTexts(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		for odd, want := range map[string]string{
			"a\x00b": "a␀b", "M\xfcller": "M�ller", "'; DROP TABLE arrival; --": "'; DROP TABLE arrival; --", "日本 \U0001f600": "日本 \U0001f600", "": "",
		} {
			if err := tx.SetCursor("odd", odd); err != nil {
				return err
			}
			if got, err := tx.Cursor("odd"); got != want || err != nil {
				t.Errorf("%q came back as %q, %v", odd, got, err)
			}
		}
		for range 2 {
			if err := tx.Look("odd", "p", []ledger.Look{{Name: "a\x00b"}, {Name: "M\xfcller.csv"}, {Name: `"quoted\'`}}, start); err != nil {
				return err
			}
		}
		got, err := tx.Arrivals(ledger.ArrivalFilter{Source: "odd"})
		if len(got) != 3 || got[0].Looks != 2 || got[1].Looks != 2 || got[2].Name != `"quoted\'` {
			t.Errorf("%+v", got)
		}
		return err
	})
}

func searches(t *testing.T, l db) {
	hash := "5ea7c4ed" + strings.Repeat("0", 56)
	var a ledger.Arrival
	var d ledger.Delivery
	l.do(t, func(tx *ledger.Tx) error {
		var err error
		if a, err = arrival(tx, "ORDERS_77.edi"); err != nil {
			return err
		}
		d = ledger.Delivery{Arrival: a.ID, Effect: "search/1", Key: "SO-5", Name: "out_5.csv", BodyHash: hash, State: ledger.DeliveryDone}
		m := ledger.Message{Arrival: a.ID, N: 1, Control: "CTRL77", Reference: "MSG77", State: "planned"}
		return errors.Join(tx.InsertDelivery(&d), tx.PutMessage(&m), tx.ControlUse("search", "them", 777001, d.ID))
	})
	l.do(t, func(tx *ledger.Tx) error {
		for term, want := range map[string]ledger.Hit{
			fmt.Sprint("a", a.ID):     {Kind: "arrival", ID: a.ID, Why: "number"},
			fmt.Sprint(" D", d.ID):    {Kind: "delivery", ID: d.ID, Why: "number"},
			"ORDERS_77.edi":           {Kind: "arrival", ID: a.ID, Why: "file name"},
			"orders_77":               {Kind: "arrival", ID: a.ID, Why: "part of the file name"},
			"out_5.csv":               {Kind: "delivery", ID: d.ID, Why: "name of the file put"},
			"SO-5":                    {Kind: "delivery", ID: d.ID, Why: "key of the delivery"},
			strings.ToUpper(hash[:9]): {Kind: "delivery", ID: d.ID, Why: "hash of what went out"},
			"CTRL77":                  {Kind: "arrival", ID: a.ID, Why: "interchange control reference"},
			"MSG77":                   {Kind: "arrival", ID: a.ID, Why: "message reference"},
			"0777001":                 {Kind: "control", ID: d.ID, Why: "control number 777001 from search to them"},
		} {
			hits, err := tx.Search(term)
			if len(hits) == 0 || hits[0] != want || err != nil {
				t.Errorf("%q: %+v, %v; want %+v", term, hits, err, want)
			}
		}
		for _, term := range []string{"", " ", "orders%77", "ordersx77", "5ea7c4e", "a0", "d-", "a-1", "ß", "nothing of the kind"} {
			if hits, err := tx.Search(term); len(hits) != 0 || err != nil {
				t.Errorf("%q: %+v, %v", term, hits, err)
			}
		}
		return nil
	})
}

// archivedMany is more than a page of hashes.
const archivedMany = 1100

func archived(t *testing.T, l db) {
	l.do(t, func(tx *ledger.Tx) error {
		for i := range 3 {
			a := ledger.Arrival{Source: "archived", Name: fmt.Sprint(i), Hash: "zz-arrival", State: ledger.ArrivalArchived}
			if err := tx.InsertArrival(&a); err != nil {
				return err
			}
		}
		if err := errors.Join(tx.SetBaseline("archived", "zz-baseline", 1, 0), tx.PutProfile("zz", "p", "zz-profile", start)); err != nil {
			return err
		}
		for i := range 2 * archivedMany {
			d := ledger.Delivery{Target: "archived", Effect: fmt.Sprint("archived ", i), State: ledger.DeliveryDone, BodyHash: fmt.Sprintf("zz-body-%04d", i)}
			if i%2 == 1 {
				d.BodyHash = ""
			}
			if err := tx.InsertDelivery(&d); err != nil {
				return err
			}
		}
		return errors.Join(tx.PutBlob("zz1", []byte("1")), tx.PutBlob("zz2", nil))
	})
	found := map[string]int{}
	for hash, err := range l.Archived(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(hash, "zz-") {
			found[hash]++
		}
	}
	for _, once := range []string{"zz-arrival", "zz-baseline", "zz-profile", "zz-body-0000", fmt.Sprintf("zz-body-%04d", 2*archivedMany-2)} {
		if found[once] != 1 {
			t.Errorf("%s comes %d times", once, found[once])
		}
	}
	if len(found) != 3+archivedMany {
		t.Errorf("%d hashes", len(found))
	}
	all, err := l.Blobs(t.Context(), "zz", 10)
	if !slices.Equal(all, []string{"zz1", "zz2"}) || err != nil {
		t.Errorf("blobs %v, %v", all, err)
	}
	if data, ok, err := l.Blob(t.Context(), "zz2"); len(data) != 0 || !ok || err != nil {
		t.Errorf("an empty blob: %v %v %v", data, ok, err)
	}
	if _, ok, err := l.Blob(t.Context(), "zz3"); ok || err != nil {
		t.Errorf("an unknown blob: %v %v", ok, err)
	}
}

// modelFile is what a plain map knows of a listed file.
type modelFile struct {
	Size, Time int64
	Looks      int
	First      time.Time
}

func lookModel(t *testing.T, l db) {
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		source := fmt.Sprint("model ", n)
		model := map[string]modelFile{}
		for step := range rapid.IntRange(1, 6).Draw(r, "steps") {
			now := start.Add(time.Duration(step) * time.Minute)
			listing := rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c", "ä", "A"}), rapid.IntRange(0, 2), 0, 5).Draw(r, "listing")
			next := map[string]modelFile{}
			var seen []ledger.Look
			for name, version := range listing {
				f := modelFile{Size: int64(version), Time: int64(version % 2), Looks: 1, First: now}
				if old, ok := model[name]; ok && old.Size == f.Size && old.Time == f.Time {
					f.Looks, f.First = old.Looks+1, old.First
				}
				next[name] = f
				seen = append(seen, ledger.Look{Name: name, Size: f.Size, ModTime: time.UnixMicro(f.Time)})
			}
			model = next
			got := map[string]modelFile{}
			l.do(t, func(tx *ledger.Tx) error {
				if err := tx.Look(source, "p", seen, now); err != nil {
					return err
				}
				all, err := tx.Arrivals(ledger.ArrivalFilter{Source: source})
				for _, a := range all {
					us := int64(0)
					if !a.ModTime.IsZero() {
						us = a.ModTime.UnixMicro()
					}
					got[a.Name] = modelFile{a.Size, us, a.Looks, a.FirstLook}
				}
				return err
			})
			if !maps.Equal(got, model) {
				r.Fatalf("step %d: %s", step, cmp.Diff(model, got))
			}
		}
	})
}

func manyLooks(t *testing.T, l db) {
	seen := make([]ledger.Look, 10_000)
	for i := range seen {
		seen[i] = ledger.Look{Name: fmt.Sprintf("STOCK_%05d.csv", i), Size: int64(i), ModTime: start}
	}
	l.do(t, func(tx *ledger.Tx) error {
		return errors.Join(tx.Look("many", "p", seen, start), tx.Look("many", "p", seen, start), tx.Look("many", "p", seen[5000:], start))
	})
	l.do(t, func(tx *ledger.Tx) error {
		all, err := tx.Arrivals(ledger.ArrivalFilter{Source: "many"})
		if len(all) != 5000 || all[0].Looks != 3 || all[0].Name != "STOCK_05000.csv" {
			t.Errorf("%d files, %+v", len(all), all[0])
		}
		return errors.Join(err, tx.Look("many", "p", nil, start))
	})
}

func ids(t *testing.T, l db) {
	last := int64(0)
	for i := range 20 {
		l.do(t, func(tx *ledger.Tx) error {
			for j := range 3 {
				d := ledger.Delivery{Effect: fmt.Sprint("ids", i, j)}
				if err := tx.InsertDelivery(&d); err != nil {
					return err
				}
				if d.ID <= last {
					t.Errorf("d%d after d%d", d.ID, last)
				}
				last = d.ID
			}
			return nil
		})
	}
}
