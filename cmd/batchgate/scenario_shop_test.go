package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/batchgate/batchgate/internal/sandbox/shopware"
)

// shopCommands are what scripts do to the shop as its buyers, its merchant and its payment providers.
func shopCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"shop": plainly(newShop), "products": plainly(addProducts), "order": plainly(placeOrder), "orders": plainly(placeOrders), "transition": plainly(moveState),
		"pay":    plainly(func(ts *testscript.TestScript, args []string) { move(ts, args, "order_transaction") }),
		"cancel": plainly(func(ts *testscript.TestScript, args []string) { move(ts, append(args, "cancel"), "order") }),
		"edit":   plainly(editOrder), "delete": plainly(deleteOrder), "admin": plainly(adminCall), "clock": plainly(moveClock), "fault": plainly(addFault),
		"nofault": plainly(func(ts *testscript.TestScript, _ []string) { scenarioOf(ts).shop.Load().ClearFaults() }),
	}
}

// newShop is shop [release=6.6] [touch=true]: another shop, without orders, at the same address. touch makes a change of a
// payment touch the order's time stamp.
func newShop(ts *testscript.TestScript, args []string) {
	var cfg shopware.Config
	for _, arg := range args {
		switch key, value := pair(ts, arg); key {
		case "release":
			cfg.Release = value
		case "touch":
			cfg.TouchOrder = value == "true"
		default:
			ts.Fatalf("unknown %s", key)
		}
	}
	ts.Check(scenarioOf(ts).start(cfg))
}

// addProducts is products [-count N] SKU:STOCK[:GROSS[:RATE]] ...: adds articles to the shop; with -count N of each, {n} in
// their number being 0001 and so on.
func addProducts(ts *testscript.TestScript, args []string) {
	var c shopware.Catalogue
	if len(args) > 1 && args[0] == "-count" {
		count, err := strconv.Atoi(args[1])
		ts.Check(err)
		var all []string
		for _, arg := range args[2:] {
			for n := range count {
				all = append(all, numberedText(arg, n+1))
			}
		}
		args = all
	}
	for _, arg := range args {
		parts := strings.Split(arg, ":")
		if len(parts) < 2 {
			ts.Fatalf("usage: products SKU:STOCK[:GROSS[:RATE]] ...")
		}
		stock, err := strconv.ParseInt(parts[1], 10, 64)
		ts.Check(err)
		p := shopware.Product{Number: parts[0], Name: "Artikel " + parts[0], Stock: stock, Gross: "10.00", TaxRate: "19"}
		if len(parts) > 2 {
			p.Gross = shopware.Money(parts[2])
		}
		if len(parts) > 3 {
			p.TaxRate = shopware.Money(parts[3])
		}
		c.Products = append(c.Products, p)
	}
	ts.Check(scenarioOf(ts).shop.Load().Seed(c))
}

// placeOrder is order NUMBER [key=value ...], or order -file FILE with the sandbox's own JSON. Keys: payment, state (of the
// payment), at (-48h), lines (SKU:QUANTITY[:PRICE],...), customer (number; without it a guest), first, last, company, email,
// vat, street, zip, city, country, ship.* of another delivery address, shipping (cost), carrier, discount (10% or 5.00), tax (gross, net,
// tax-free), comment, field.NAME.
func placeOrder(ts *testscript.TestScript, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: order NUMBER [key=value ...], or order -file FILE")
	}
	if args[0] == "-file" {
		var o shopware.Order
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &o))
		_, err := scenarioOf(ts).shop.Load().PlaceOrder(o)
		ts.Check(err)
		return
	}
	o := shopware.Order{Number: args[0], Customer: shopware.Customer{Email: "maja.lindqvist@example.se", FirstName: "Maja", LastName: "Lindqvist"},
		Billing:       shopware.Address{Street: "Storgatan 4", Zip: "392 32", City: "Kalmar", Country: "SE"},
		PaymentMethod: "payment_invoice", Lines: []shopware.Line{{Product: "BG-1001", Quantity: 1}}}
	for _, arg := range args[1:] {
		key, value := pair(ts, arg)
		if field, ok := strings.CutPrefix(key, "ship."); ok {
			if o.Shipping == nil {
				other := o.Billing
				o.Shipping = &other
			}
			setAddress(ts, o.Shipping, field, value)
			continue
		}
		setOrder(ts, &o, key, value)
	}
	_, err := scenarioOf(ts).shop.Load().PlaceOrder(o)
	ts.Check(err)
}

// placeOrders is orders COUNT PREFIX [key=value ...]: so many equal orders, PREFIX1 and so on.
func placeOrders(ts *testscript.TestScript, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: orders COUNT PREFIX [key=value ...]")
	}
	for i := range whole(ts, args[0]) {
		placeOrder(ts, append([]string{fmt.Sprintf("%s%d", args[1], i+1)}, args[2:]...))
	}
}

func setOrder(ts *testscript.TestScript, o *shopware.Order, key, value string) {
	if field, ok := strings.CutPrefix(key, "field."); ok {
		if o.CustomFields == nil {
			o.CustomFields = map[string]any{}
		}
		o.CustomFields[field] = value
		return
	}
	texts := map[string]*string{"payment": &o.PaymentMethod, "state": &o.PaymentState, "customer": &o.Customer.Number, "first": &o.Customer.FirstName,
		"last": &o.Customer.LastName, "email": &o.Customer.Email, "vat": &o.Customer.VATID, "carrier": &o.ShippingMethod, "tax": &o.TaxStatus, "comment": &o.Comment}
	if to := texts[key]; to != nil {
		*to = value
		return
	}
	switch key {
	case "at":
		o.Time = time.Now().UTC().Add(offset(ts, value))
	case "lines":
		o.Lines = lines(ts, value)
	case "shipping":
		o.ShippingCost = shopware.Money(value)
	case "discount":
		o.Discount = &shopware.Discount{Code: "RABATT", Label: "Rabatt"}
		if percent, ok := strings.CutSuffix(value, "%"); ok {
			o.Discount.Percent = shopware.Money(percent)
		} else {
			o.Discount.Amount = shopware.Money(value)
		}
	case "company":
		o.Customer.Company, o.Billing.Company = value, value
	default:
		setAddress(ts, &o.Billing, key, value)
	}
}

func setAddress(ts *testscript.TestScript, a *shopware.Address, key, value string) {
	to := map[string]*string{"first": &a.FirstName, "last": &a.LastName, "company": &a.Company, "department": &a.Department, "street": &a.Street,
		"additional": &a.Additional, "zip": &a.Zip, "city": &a.City, "country": &a.Country, "phone": &a.Phone}[key]
	if to == nil {
		ts.Fatalf("an order has no %s", key)
	}
	*to = value
}

func lines(ts *testscript.TestScript, text string) []shopware.Line {
	var all []shopware.Line
	for part := range strings.SplitSeq(text, ",") {
		fields := strings.Split(part, ":")
		l := shopware.Line{Product: fields[0], Quantity: 1}
		if len(fields) > 1 {
			n, err := strconv.ParseInt(fields[1], 10, 64)
			ts.Check(err)
			l.Quantity = n
		}
		if len(fields) > 2 {
			l.Price = shopware.Money(fields[2])
		}
		all = append(all, l)
	}
	return all
}

// moveState is transition NUMBER ENTITY ACTION, as the merchant does it: order, order_delivery or order_transaction. pay NUMBER
// ACTION and cancel NUMBER are short for the usual ones.
func moveState(ts *testscript.TestScript, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: transition NUMBER ENTITY ACTION")
	}
	move(ts, []string{args[0], args[2]}, args[1])
}

func move(ts *testscript.TestScript, args []string, entity string) {
	if len(args) != 2 {
		ts.Fatalf("a number and an action are needed")
	}
	ts.Check(scenarioOf(ts).shop.Load().Transition(args[0], entity, args[1]))
}

// editOrder is edit NUMBER key=value ...: the merchant changes an order in the shop. Keys: comment, field.NAME, quantity.SKU, remove (an SKU),
// street, zip, city, company, first, last (of the billing address).
func editOrder(ts *testscript.TestScript, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: edit NUMBER key=value ...")
	}
	o, ok := scenarioOf(ts).shop.Load().Order(args[0])
	if !ok {
		ts.Fatalf("the shop has no order %s", args[0])
	}
	order, address := map[string]any{}, map[string]any{}
	for _, arg := range args[1:] {
		key, value := pair(ts, arg)
		head, name, _ := strings.Cut(key, ".")
		switch head {
		case "comment":
			order["customerComment"] = value
		case "field":
			order["customFields"] = map[string]any{name: value}
		case "quantity":
			admin(ts, http.MethodPatch, lineOf(ts, o, name), map[string]any{"quantity": whole(ts, value)})
		case "remove":
			admin(ts, http.MethodDelete, lineOf(ts, o, value), nil)
		default:
			address[map[string]string{"street": "street", "zip": "zipcode", "city": "city", "company": "company", "first": "firstName", "last": "lastName"}[key]] = value
		}
	}
	if len(order) > 0 {
		admin(ts, http.MethodPatch, "/api/order/"+o.ID, order)
	}
	if len(address) > 0 {
		row, _ := scenarioOf(ts).shop.Load().Row("order", o.ID)
		admin(ts, http.MethodPatch, fmt.Sprintf("/api/order-address/%s", row["billingAddressId"]), address)
	}
}

// lineOf gives the API's path of an order's line.
func lineOf(ts *testscript.TestScript, o shopware.OrderState, sku string) string {
	i := slices.IndexFunc(o.Lines, func(l shopware.LineState) bool { return l.Product == sku })
	if i < 0 {
		ts.Fatalf("order %s has no %s", o.Number, sku)
	}
	return "/api/order-line-item/" + o.Lines[i].ID
}

func whole(ts *testscript.TestScript, text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	ts.Check(err)
	return n
}

// deleteOrder is delete NUMBER: the merchant deletes an order.
func deleteOrder(ts *testscript.TestScript, args []string) {
	o, ok := scenarioOf(ts).shop.Load().Order(args[0])
	if !ok {
		ts.Fatalf("the shop has no order %s", args[0])
	}
	admin(ts, http.MethodDelete, "/api/order/"+o.ID, nil)
}

// adminCall is admin METHOD PATH [BODY]: a call by other hands than the connector's.
func adminCall(ts *testscript.TestScript, args []string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: admin METHOD PATH [BODY]")
	}
	var body any
	if len(args) == 3 {
		body = json.RawMessage(args[2])
	}
	_, err := ts.Stdout().Write(admin(ts, args[0], args[1], body))
	ts.Check(err)
}

func admin(ts *testscript.TestScript, method, path string, body any) []byte {
	var token struct {
		Access string `json:"access_token"`
	}
	credentials := map[string]any{"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox-secret"}
	ts.Check(json.Unmarshal(shopCall(ts, http.MethodPost, "/api/oauth/token", "", credentials), &token))
	return shopCall(ts, method, path, token.Access, body)
}

func shopCall(ts *testscript.TestScript, method, path, token string, body any) []byte {
	var b []byte
	if body != nil {
		var err error
		b, err = json.Marshal(body)
		ts.Check(err)
	}
	req, err := http.NewRequest(method, ts.Getenv("SHOP_URL")+path, bytes.NewReader(b))
	ts.Check(err)
	req.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}, "User-Agent": {"merchant"}}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if resp.StatusCode/100 != 2 {
		ts.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, answer)
	}
	return answer
}

// moveClock is clock DURATION: the shop's time goes forward.
func moveClock(ts *testscript.TestScript, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: clock DURATION")
	}
	scenarioOf(ts).shop.Load().Advance(offset(ts, args[0]))
}

// addFault is fault key=value ...: something goes wrong in the shop. Keys: kind, method, path, body, status, nth, times, delay.
func addFault(ts *testscript.TestScript, args []string) {
	var f shopware.Fault
	for _, arg := range args {
		key, value := pair(ts, arg)
		n, _ := strconv.Atoi(value)
		switch key {
		case "kind":
			f.Kind = shopware.FaultKind(value)
		case "method":
			f.Method = value
		case "path":
			f.Path = value
		case "body":
			f.Body = value
		case "status":
			f.Status = n
		case "nth":
			f.Nth = n
		case "times":
			f.Times = n
		case "delay":
			f.Delay = offset(ts, value)
		default:
			ts.Fatalf("a fault has no %s", key)
		}
	}
	scenarioOf(ts).shop.Load().Fault(f)
}
