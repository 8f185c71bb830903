package shopware

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func (a *api) move(entity, id, action, body string) map[string]any {
	a.t.Helper()
	return a.ok("POST", "/api/_action/"+entity+"/"+id+"/state/"+action, body)
}

func TestTransitionsFollowTheTable(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{})
	got := a.move("order", o.ID, "process", `{"sendMail":false}`)
	if got["technicalName"] != "in_progress" || got["apiAlias"] != "state_machine_state" {
		t.Errorf("answer %v", got)
	}
	a.move("order_delivery", o.Deliveries[0].ID, "ship_partially", `{"sendMail":false,"documentIds":[],"internalComment":"ein Teil"}`)
	a.move("order_delivery", o.Deliveries[0].ID, "ship", ``)
	a.move("order_delivery", o.Deliveries[0].ID, "ship", ``) // ship from shipped is legal
	a.move("state-machine/order-transaction", o.Transactions[0].ID, "paid", `[]`)
	o, _ = a.shop.Order(o.Number)
	if o.State != "in_progress" || o.Deliveries[0].State != "shipped" || o.Transactions[0].State != "paid" {
		t.Errorf("states %+v", o)
	}
}

func TestIllegalTransitionsNameThePossibleOnes(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{})
	before := dump(a.shop)
	p := a.refused("POST", "/api/_action/order/"+o.ID+"/state/complete", `{}`, 400, "SYSTEM__ILLEGAL_STATE_TRANSITION")
	parameters := p["meta"].(map[string]any)["parameters"].(map[string]any)
	if !reflect.DeepEqual(parameters["possibleTransitions"], []any{"process", "cancel"}) || parameters["currentState"] != "open" {
		t.Errorf("parameters %v", parameters)
	}
	if !strings.Contains(p["detail"].(string), "process, cancel") {
		t.Errorf("detail %v", p["detail"])
	}
	if dump(a.shop) != before {
		t.Error("a refused transition has changed something")
	}
}

func TestTransitionRequestsAreChecked(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{})
	path := "/api/_action/order/" + o.ID + "/state/process"
	a.refused("POST", path, `{"sendmail":false}`, 400, "SANDBOX__UNKNOWN_FIELD")
	a.refused("POST", path, `{"sendMail":"no"}`, 400, "SANDBOX__BODY")
	a.refused("POST", path, `{"documentIds":1}`, 400, "SANDBOX__BODY")
	a.refused("POST", path, `{"stateFieldName":"x"}`, 400, "SANDBOX__BODY")
	a.refused("POST", path, `"x"`, 400, "SANDBOX__BODY")
	a.refused("GET", path, ``, 404, "0")
	a.refused("POST", "/api/_action/product/"+o.ID+"/state/process", ``, 404, "0")
	a.refused("POST", "/api/_action/state-machine/product/"+o.ID+"/state/process", ``, 404, "0")
	a.refused("POST", "/api/_action/order/"+idOf("none")+"/state/process", ``, 404, "CHECKOUT__ORDER_ORDER_NOT_FOUND")
	a.refused("POST", "/api/_action/order_delivery/"+idOf("none")+"/state/ship", ``, 404, "FRAMEWORK__ENTITY_NOT_FOUND")
	a.refused("GET", "/api/_action/state-machine/order/"+idOf("none")+"/state", ``, 404, "CHECKOUT__ORDER_ORDER_NOT_FOUND")
	a.refused("GET", "/api/_action/state-machine/product/"+o.ID+"/state", ``, 400, "SYSTEM__STATE_MACHINE_INVALID_ENTITY")
}

func TestPossibleTransitionsCanBeAsked(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{})
	for _, name := range []string{"order_delivery", "order-delivery"} {
		list := a.ok("GET", "/api/_action/state-machine/"+name+"/"+o.Deliveries[0].ID+"/state", "")["transitions"].([]any)
		var actions []string
		for _, v := range list {
			m := v.(map[string]any)
			if m["fromStateName"] != "open" {
				t.Errorf("from %v", m["fromStateName"])
			}
			actions = append(actions, m["actionName"].(string))
		}
		if want := []string{"ship", "ship_partially", "cancel"}; !slices.Equal(actions, want) {
			t.Errorf("actions %v, want %v", actions, want)
		}
	}
}

func TestTransitionsLeaveHistory(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{})
	a.move("order", o.ID, "process", `{"internalComment":"vom ERP"}`)
	if err := a.shop.Transition(o.Number, "order", "complete"); err != nil {
		t.Fatal(err)
	}
	rows := a.search("state-machine-history", `{"filter":[{"type":"equals","field":"referencedId","value":"`+o.ID+`"}],
		"sort":[{"field":"fromStateMachineState.technicalName","order":"DESC"}],"associations":{"fromStateMachineState":{},"toStateMachineState":{}}}`)
	if len(rows) != 2 {
		t.Fatalf("%d rows, want 2", len(rows))
	}
	first, second := rows[0], rows[1]
	if first["transitionActionName"] != "process" || first["internalComment"] != "vom ERP" || first["integrationId"] == nil ||
		first["toStateMachineState"].(map[string]any)["technicalName"] != "in_progress" || first["entityName"] != "order" {
		t.Errorf("first %v", first)
	}
	if second["transitionActionName"] != "complete" || second["integrationId"] != nil {
		t.Errorf("second %v", second)
	}
}

func TestMailsAreSentUnlessTurnedOff(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{})
	delivery := o.Deliveries[0].ID
	a.move("order_delivery", delivery, "ship_partially", `{"sendMail":false}`)
	a.header = map[string]string{"sw-skip-trigger-flow": "1"}
	a.move("order", o.ID, "process", ``)
	if n := len(a.shop.Mails()); n != 0 {
		t.Fatalf("%d mails, want none", n)
	}
	a.header = nil
	a.move("order_delivery", delivery, "ship", ``)
	a.move("order_delivery", delivery, "ship", ``) // nothing changes, nobody is told
	mails := a.shop.Mails()
	if len(mails) != 1 || mails[0].Event != "state_enter.order_delivery.state.shipped" || mails[0].To != "k@example.org" || mails[0].Order != o.Number {
		t.Errorf("mails %+v", mails)
	}
}

func TestStockFollowsOrders(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{}) // 3 of A-1, 2 of A-2
	check := func(what string, first, second int64) {
		t.Helper()
		if x, y := a.stock("A-1"), a.stock("A-2"); x != first || y != second {
			t.Errorf("%s: stock %d and %d, want %d and %d", what, x, y, first, second)
		}
		row, _ := a.shop.Row("product", productID("A-1"))
		if row["availableStock"] != float64(first) || row["sales"] != float64(10-first) || row["updatedAt"] != nil {
			t.Errorf("%s: availableStock %v, sales %v, updatedAt %v", what, row["availableStock"], row["sales"], row["updatedAt"])
		}
	}
	check("placed", 7, 18)
	a.move("order", o.ID, "cancel", ``)
	check("cancelled", 10, 20)
	a.move("order", o.ID, "reopen", ``)
	check("reopened", 7, 18)
	a.move("order", o.ID, "process", ``)
	a.move("order", o.ID, "complete", ``)
	a.move("order", o.ID, "reopen", ``)
	check("completed and reopened", 7, 18)
	a.ok("DELETE", "/api/order/"+o.ID, "")
	check("deleted", 10, 20)
	o = a.order(Order{})
	a.move("order", o.ID, "cancel", ``)
	a.ok("DELETE", "/api/order/"+o.ID, "")
	check("cancelled and deleted", 10, 20)
	if err := checkIndexes(a.shop); err != nil {
		t.Error(err)
	}
}

func TestStockFollowsWrittenOrderLines(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{})
	a.sync(`[{"entity":"order_line_item","action":"upsert","payload":[{"id":"` + o.Lines[0].ID + `","quantity":5}]}]`)
	if got := a.stock("A-1"); got != 5 {
		t.Errorf("stock %d after a quantity of 5, want 5", got)
	}
	a.sync(`[{"entity":"order_line_item","action":"delete","payload":[{"id":"` + o.Lines[0].ID + `"}]}]`)
	if got := a.stock("A-1"); got != 10 {
		t.Errorf("stock %d after the line is gone, want 10", got)
	}
}

func TestAvailableFollowsCloseoutAndIndexing(t *testing.T) {
	available := func(a *api) any {
		row, _ := a.shop.Row("product", productID("B-1"))
		return row["available"]
	}
	write := func(a *api, stock string) {
		a.sync(`[{"entity":"product","action":"upsert","payload":[{"id":"` + productID("B-1") + `","stock":` + stock + `}]}]`)
	}
	a := newAPI(t, Config{})
	a.order(Order{Lines: []Line{{Product: "B-1", Quantity: 2}}})
	if available(a) != false {
		t.Error("a sold-out product on close-out is available")
	}
	write(a, "3")
	if available(a) != true {
		t.Error("without a header the indexer runs in the request")
	}
	a.header = map[string]string{"indexing-behavior": "disable-indexing"}
	write(a, "0")
	if available(a) != true {
		t.Error("disable-indexing must leave available as it was")
	}
	a.header = nil
	a.ok("POST", "/api/_action/index", "")
	if available(a) != false {
		t.Error("the indexer did not run")
	}

	b := newAPI(t, Config{ManualWorkers: true})
	b.header = map[string]string{"indexing-behavior": "use-queue-indexing"}
	write(b, "0")
	if available(b) != true {
		t.Error("use-queue-indexing changes available before a worker runs")
	}
	if got := b.ok("POST", "/api/_action/message-queue/consume", "")["handledMessages"]; got != json.Number("1") {
		t.Errorf("%v messages, want 1", got)
	}
	if available(b) != false || b.shop.RunWorkers() != 0 {
		t.Error("the queue was not worked off")
	}

	c := newAPI(t, Config{})
	c.header = b.header
	write(c, "0")
	if available(c) != false {
		t.Error("without ManualWorkers the queue is worked off at once")
	}
}

func TestDeliveriesTouchTheirOrderOnlyWhereToldTo(t *testing.T) {
	for _, touch := range []bool{false, true} {
		a := newAPI(t, Config{TouchOrder: touch})
		o := a.order(Order{})
		a.shop.Advance(time.Hour)
		a.login()
		a.move("order_transaction", o.Transactions[0].ID, "paid", ``)
		o, _ = a.shop.Order(o.Number)
		if (o.UpdatedAt != nil) != touch {
			t.Errorf("TouchOrder %v: updatedAt %v", touch, o.UpdatedAt)
		}
		row, _ := a.shop.Row("order_transaction", o.Transactions[0].ID)
		if row["updatedAt"] != "2026-03-02T13:00:00.000+00:00" {
			t.Errorf("the payment's own updatedAt is %v", row["updatedAt"])
		}
	}
}

func TestMerchantTransitions(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{})
	for entity, action := range map[string]string{"order": "process", "order_delivery": "ship", "order_transaction": "paid"} {
		if err := a.shop.Transition(o.Number, entity, action); err != nil {
			t.Errorf("%s: %v", entity, err)
		}
	}
	for _, c := range [][3]string{{"none", "order", "process"}, {o.Number, "product", "process"}, {o.Number, "order", "process"}} {
		if err := a.shop.Transition(c[0], c[1], c[2]); err == nil {
			t.Errorf("%v: no error", c)
		}
	}
}

func TestMachinesEndOnlyInKnownStates(t *testing.T) {
	for entity, m := range loadMachines() {
		if !m.has(m.initial) || len(m.from(m.initial)) == 0 {
			t.Errorf("%s: initial state %q leads nowhere", entity, m.initial)
		}
	}
}
