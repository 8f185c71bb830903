package gateway_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/internal/gateway"
	"github.com/batchgate/batchgate/internal/ledger"
)

// answering is a world whose retailer gets APERAK, in a folder of their own.
func answering(t *testing.T, when string) *world {
	t.Helper()
	w := newWorld(t, func(profile string) string {
		return strings.Replace(profile, "acknowledge: {contrl: {when: asked, folder: edi-out}}",
			"acknowledge: {contrl: {when: asked, folder: edi-out}, aperak: {when: "+when+", folder: told}}", 1)
	})
	if err := os.MkdirAll(filepath.Join(w.dir, "erp/told"), 0o750); err != nil {
		t.Fatal(err)
	}
	return w
}

// order gives an ORDERS message of the retailer.
func order(reference, number, function, quantity string) string {
	return fmt.Sprintf("UNH+%s+ORDERS:D:96A:UN'BGM+220+%s+%s'DTM+137:20261125:102'NAD+BY+4005555000013::9'LIN+1++4099999000017:EN'QTY+21:%s:PCE'UNS+S'UNT+8+%[1]s'",
		reference, number, function, quantity)
}

func interchange(control, ask string, messages ...string) string {
	return "UNA:+.? 'UNB+UNOC:3+4005555000013:14+4012345000009:14+261125:0930+" + control + ask + "'" + strings.Join(messages, "") +
		fmt.Sprintf("UNZ+%d+%s'", len(messages), control)
}

// told gives all APERAK files, and wants them to be right.
func (w *world) told() (all []string) {
	w.Helper()
	for _, name := range w.files("told") {
		text := w.read("told/" + name)
		v := validate.New()
		for ev, err := range edifact.NewReader(bytes.NewReader([]byte(text))).Events() {
			if err != nil {
				w.Fatal(err)
			}
			for _, f := range append(ev.Findings, v.Event(ev)...) {
				w.Errorf("%s: %v", name, f)
			}
		}
		all = append(all, text)
	}
	return all
}

// goldenAperak compares an APERAK but for its number, which is its control number, and its time.
func goldenAperak(t *testing.T, name, got string) {
	t.Helper()
	got = regexp.MustCompile(`BGM\+\+\d+`).ReplaceAllString(got, "BGM++CONTROL")
	golden(t, name, regexp.MustCompile(`137:\d{12}`).ReplaceAllString(got, "137:CCYYMMDDHHMM"))
}

func (w *world) fetchTold() {
	w.Helper()
	for _, name := range w.files("told") {
		if err := os.Remove(filepath.Join(w.dir, "erp/told", name)); err != nil {
			w.Fatal(err)
		}
	}
}

func TestEachMessageIsAnsweredAsSoonAsItIsDecided(t *testing.T) {
	w := answering(t, "always")
	w.put("edi/W1.EDI", interchange("480", "", order("1", "W-1", "9", "12"), order("2", "W-2", "1", "5")))
	w.run()
	told := w.told()
	if len(told) != 1 {
		t.Fatalf("the first is decided, the second held: %q", told)
	}
	goldenAperak(t, "aperak-accepted.EDI", told[0])
	a := w.arrival("W1.EDI")
	if a.State == ledger.ArrivalSettled {
		t.Fatalf("%s %s", a.State, a.Reason)
	}
	w.run()
	if again := w.told(); len(again) != 1 {
		t.Fatalf("answered again: %q", again)
	}
	w.fetchTold()
	held := w.delivery("order W-2")
	if err := gateway.DropDelivery(t.Context(), w.led, held.ID, "anna"); err != nil {
		t.Fatal(err)
	}
	w.run()
	if told = w.told(); len(told) != 1 {
		t.Fatalf("rejected by a person: %q", told)
	}
	goldenAperak(t, "aperak-refused.EDI", told[0])
	if a := w.arrival("W1.EDI"); a.State != ledger.ArrivalSettled {
		t.Errorf("%s %s", a.State, a.Reason)
	}
}

// delivery gives the newest delivery of a key.
func (w *world) delivery(key string) (found ledger.Delivery) {
	w.Helper()
	for _, d := range w.deliveries() {
		if d.Key == key {
			found = d
		}
	}
	if found.ID == 0 {
		w.Fatalf("no delivery of %s", key)
	}
	return found
}

func TestAnErrorOfTheApplicationIsTold(t *testing.T) {
	w := answering(t, "errors")
	// The first is right, the second lacks what the mapping wants, the third is broken in its syntax.
	w.put("edi/W1.EDI", interchange("480", "++++1", order("1", "W-1", "9", "12"),
		strings.NewReplacer("BGM+220+W-2+9", "BGM+220++9").Replace(order("2", "W-2", "9", "5")), order("3", "W-3", "9", "zwei")))
	w.run()
	told := w.told()
	if len(told) != 1 || !strings.Contains(told[0], "RFF+ACW:2'") {
		t.Fatalf("%q", told)
	}
	goldenAperak(t, "aperak-errors.EDI", told[0])
	if contrl := w.files("edi-out"); len(contrl) != 1 || !strings.Contains(w.read("edi-out/"+contrl[0]), "UCM+3+ORDERS:D:96A:UN+4") {
		t.Errorf("CONTRL: %v", contrl)
	}
}

func TestTheSameFileIsAnsweredWithTheSameBytes(t *testing.T) {
	w := answering(t, "always")
	file := interchange("480", "", order("1", "W-1", "9", "12"), order("2", "W-2", "9", "5"))
	w.put("edi/W1.EDI", file)
	w.run()
	before := w.told()
	if len(before) != 2 {
		t.Fatalf("%q", before)
	}
	w.fetchTold()
	w.later(time.Hour)
	w.put("edi/AGAIN.EDI", file)
	w.run()
	if again := w.told(); !slices.Equal(before, again) {
		t.Errorf("%q\n%q", before, again)
	}
	if got := w.files("import"); len(got) != 2 {
		t.Errorf("orders twice: %v", got)
	}
}

func TestWhatEndsOtherwiseTheSecondTimeIsAnsweredAnew(t *testing.T) {
	w := answering(t, "always")
	file := interchange("480", "", order("1", "W-1", "1", "12"))
	w.put("edi/W1.EDI", file)
	w.run()
	if err := gateway.DropDelivery(t.Context(), w.led, w.delivery("order W-1").ID, "anna"); err != nil {
		t.Fatal(err)
	}
	w.run()
	refused := w.told()
	if len(refused) != 1 || !strings.Contains(refused[0], "+9+RE'") {
		t.Fatalf("%q", refused)
	}
	// The same file again is refused as before.
	w.fetchTold()
	w.put("edi/W2.EDI", file)
	w.run()
	if again := w.told(); !slices.Equal(again, refused) {
		t.Fatalf("%q", again)
	}
	// A replay is released this time.
	w.fetchTold()
	err := w.led.Do(t.Context(), func(tx *ledger.Tx) error {
		a := w.arrival("W1.EDI")
		again, err := tx.NextReplay(&a)
		return errors.Join(err, tx.InsertArrival(&again))
	})
	if err != nil {
		t.Fatal(err)
	}
	w.run()
	if err := gateway.ReleaseDelivery(t.Context(), w.led, w.delivery("order W-1").ID, "anna"); err != nil {
		t.Fatal(err)
	}
	w.run()
	if told := w.told(); len(told) != 1 || !strings.Contains(told[0], "+9+AP'") {
		t.Errorf("%q", told)
	}
}

func TestMessagesThatNobodyTakesAreAnsweredWhenAPersonRejectsThem(t *testing.T) {
	w := answering(t, "errors")
	w.put("edi/W1.EDI", interchange("480", "", "UNH+1+INVOIC:D:96A:UN'BGM+380+R-1+9'DTM+137:20261125:102'NAD+BY+4005555000013::9'UNS+S'MOA+79:12'UNT+7+1'"))
	w.run()
	if told := w.told(); len(told) != 0 {
		t.Fatalf("it is held: %q", told)
	}
	if err := gateway.RejectArrival(t.Context(), w.led, w.arrival("W1.EDI").ID, "anna"); err != nil {
		t.Fatal(err)
	}
	w.run()
	if told := w.told(); len(told) != 1 || !strings.Contains(told[0], "RFF+ACW:1'RFF+DM:R-1'ERC+18'FTX+AAO+++the message was not accepted'") {
		t.Errorf("%q", told)
	}
}

func TestOurAnswersAreAcknowledgedAndNeverAnswered(t *testing.T) {
	w := answering(t, "always")
	w.put("edi/W1.EDI", interchange("480", "", order("1", "W-1", "9", "12")))
	w.run()
	d := w.delivery("aperak 4005555000013:14 480 1")
	control := regexp.MustCompile(`UNZ\+1\+(\d+)`).FindStringSubmatch(w.read("told/" + d.Name))[1]
	w.put("edi/C1.EDI", interchange("481", "", "UNH+1+CONTRL:D:3:UN'UCI+"+control+"+4012345000009:14+4005555000013:14+7'UNT+3+1'",
		"UNH+2+APERAK:D:96A:UN'BGM+312+A1'RFF+ACW:77'UNT+4+2'"))
	w.run()
	if got := w.acked(d.ID); got != "acknowledged" {
		t.Errorf("%q", got)
	}
	if told := w.told(); len(told) != 1 {
		t.Errorf("%q", told)
	}
}

// An article that the shop does not have is an error of the application, which the sender of the despatch advice is told.
func TestAnArticleThatTheShopDoesNotHaveIsTold(t *testing.T) {
	w := newWorld(t, func(profile string) string {
		return strings.Replace(profile, "    unknown_order: ignore ", "    acknowledge: {aperak: {folder: told}}\n    unknown_order: hold ", 1)
	})
	if err := os.MkdirAll(filepath.Join(w.dir, "erp/told"), 0o750); err != nil {
		t.Fatal(err)
	}
	w.run()
	w.put("out/DES1.EDI", strings.Replace(strings.Replace(advice, "BG-1001", "FREMD-1", 1), "++1", "", 1))
	w.run()
	told := w.told()
	if len(told) != 1 {
		for _, d := range w.deliveries() {
			t.Log(d.Kind, d.Key, d.State, d.Reason)
		}
		t.Fatalf("%q", told)
	}
	goldenAperak(t, "aperak-article.EDI", told[0])
}

// answeredStory is an interchange of a right message and of one with an error of the application.
func answeredStory() story {
	file := interchange("480", "++++1", order("1", "W-1", "9", "12"), strings.Replace(order("2", "W-2", "9", "5"), "W-2", "", 1))
	return story{files: map[string]string{"edi/W1.EDI": file}, judge: func(s *scene) error {
		said := map[string]int{}
		for name, text := range s.texts {
			for _, what := range []string{"UCI+480+", "+9+AP'", "+9+RE'"} {
				if strings.HasPrefix(name, "edi-out/") && strings.Contains(text, what) {
					said[what]++
				}
			}
		}
		if len(said) != 3 {
			return fmt.Errorf("the partner was told %v", said)
		}
		return errors.Join(s.archived(file, 1), s.onlyOnce("edi-out/", "", 3), s.onlyOnce("import/", ".CSV", 1))
	}}
}

func TestKilledAtAnyCallEachMessageIsAnsweredOnce(t *testing.T) {
	w := newWorld(t, func(profile string) string {
		return strings.Replace(profile, "acknowledge: {contrl: {when: asked, folder: edi-out}}",
			"acknowledge: {contrl: {when: asked, folder: edi-out}, aperak: {when: always, folder: edi-out}}", 1)
	})
	if err := errors.Join(w.gate.Close(), w.led.Close()); err != nil {
		t.Fatal(err)
	}
	for _, at := range []moment{beforeCall, afterCall, answerLost} {
		t.Run(string(at), func(t *testing.T) { interrupt(t, answeredStory(), w.dir, at) })
	}
}
