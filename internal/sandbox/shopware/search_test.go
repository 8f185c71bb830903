package shopware

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// numbers gives the product numbers of a search.
func (a *api) numbers(criteria string) []string {
	a.t.Helper()
	list := []string{}
	for _, row := range a.search("product", criteria) {
		list = append(list, row["productNumber"].(string))
	}
	return list
}

// TestFilters runs each filter over three products: A-1 (stock 10), A-2 (stock 20, Müsli), B-1 (stock 2, close-out).
func TestFilters(t *testing.T) {
	a := newAPI(t, Config{})
	a.sync(`[{"entity":"product","action":"upsert","payload":[{"id":"` + productID("A-2") + `","customFields":{"erp":{"code":7}},"tags":[{"id":"` + idOf("t1") + `","name":"neu"},{"id":"` + idOf("t2") + `","name":"bio"}]}]}]`)
	f := func(s string) string { return `{"sort":[{"field":"productNumber"}],"filter":[` + s + `]}` }
	for filter, want := range map[string]string{
		`{"type":"equals","field":"productNumber","value":"A-1"}`:                                                                                            "A-1",
		`{"type":"equals","field":"productNumber","value":"a-1"}`:                                                                                            "A-1",
		`{"type":"equals","field":"product.productNumber","value":"A-1"}`:                                                                                    "A-1",
		`{"type":"equals","field":"id","value":"` + productID("B-1") + `"}`:                                                                                  "B-1",
		`{"type":"equals","field":"stock","value":20}`:                                                                                                       "A-2",
		`{"type":"equals","field":"stock","value":"20"}`:                                                                                                     "A-2",
		`{"type":"equals","field":"isCloseout","value":true}`:                                                                                                "B-1",
		`{"type":"equals","field":"isCloseout","value":0}`:                                                                                                   "A-1 A-2",
		`{"type":"equals","field":"updatedAt","value":null}`:                                                                                                 "A-1 B-1",
		`{"type":"equals","field":"tax.taxRate","value":7}`:                                                                                                  "A-2",
		`{"type":"equals","field":"tags.name","value":"bio"}`:                                                                                                "A-2",
		`{"type":"equals","field":"tags.name","value":null}`:                                                                                                 "A-1 B-1",
		`{"type":"equals","field":"tagIds","value":"` + idOf("t1") + `"}`:                                                                                    "A-2",
		`{"type":"equals","field":"customFields.erp.code","value":7}`:                                                                                        "A-2",
		`{"type":"equals","field":"customFields.erp.code","value":8}`:                                                                                        "",
		`{"type":"equals","field":"price.gross","value":29.95}`:                                                                                              "A-1",
		`{"type":"equals","field":"visibilities.salesChannel.name","value":"Sandbox"}`:                                                                       "A-1 A-2 B-1",
		`{"type":"equalsAny","field":"productNumber","value":["A-1","B-1","X"]}`:                                                                             "A-1 B-1",
		`{"type":"equalsAny","field":"productNumber","value":"A-1|A-2"}`:                                                                                     "A-1 A-2",
		`{"type":"equalsAny","field":"productNumber","value":["A-1","A-1"]}`:                                                                                 "A-1",
		`{"type":"equalsAny","field":"stock","value":[2,10]}`:                                                                                                "A-1 B-1",
		`{"type":"contains","field":"name","value":"MÜS"}`:                                                                                                   "A-2",
		`{"type":"prefix","field":"productNumber","value":"a-"}`:                                                                                             "A-1 A-2",
		`{"type":"suffix","field":"productNumber","value":"-1"}`:                                                                                             "A-1 B-1",
		`{"type":"range","field":"stock","parameters":{"gte":10,"lt":20}}`:                                                                                   "A-1",
		`{"type":"range","field":"stock","parameters":{"gt":10}}`:                                                                                            "A-2",
		`{"type":"range","field":"stock","parameters":{"lte":2}}`:                                                                                            "B-1",
		`{"type":"range","field":"updatedAt","parameters":{"gte":"2020-01-01"}}`:                                                                             "A-2",
		`{"type":"range","field":"createdAt","parameters":{"gte":"2026-03-02T13:00:00.000+01:00"}}`:                                                          "A-1 A-2 B-1",
		`{"type":"range","field":"createdAt","parameters":{"gt":"2026-03-02 12:00:00"}}`:                                                                     "",
		`{"type":"range","field":"productNumber","parameters":{"gte":"A-2","lte":"B"}}`:                                                                      "A-2",
		`{"type":"not","queries":[{"type":"equals","field":"stock","value":10}]}`:                                                                            "A-2 B-1",
		`{"type":"not","operator":"or","queries":[{"type":"equals","field":"stock","value":10},{"type":"equals","field":"stock","value":2}]}`:                "A-2",
		`{"type":"not","operator":"and","queries":[{"type":"equals","field":"stock","value":10},{"type":"equals","field":"stock","value":2}]}`:               "A-1 A-2 B-1",
		`{"type":"multi","operator":"or","queries":[{"type":"equals","field":"stock","value":10},{"type":"equals","field":"productNumber","value":"B-1"}]}`:  "A-1 B-1",
		`{"type":"multi","operator":"AND","queries":[{"type":"equals","field":"stock","value":10},{"type":"equals","field":"productNumber","value":"A-1"}]}`: "A-1",
		`{"type":"equals","field":"productNumber","value":"A-1"},{"type":"equals","field":"stock","value":20}`:                                               "",
	} {
		if got := strings.Join(a.numbers(f(filter)), " "); got != want {
			t.Errorf("%s: %q, want %q", filter, got, want)
		}
	}
}

func TestWrongFiltersAreRefused(t *testing.T) {
	a := newAPI(t, Config{})
	for filter, code := range map[string]string{
		`{"type":"equals","field":"stok","value":1}`:                   "FRAMEWORK__UNMAPPED_FIELD",
		`{"type":"equals","field":"tax","value":1}`:                    "FRAMEWORK__UNMAPPED_FIELD",
		`{"type":"equals","field":"tax.x","value":1}`:                  "FRAMEWORK__UNMAPPED_FIELD",
		`{"type":"equals","field":"stock.x","value":1}`:                "FRAMEWORK__UNMAPPED_FIELD",
		`{"type":"equals","field":"crossSellings.x","value":1}`:        "FRAMEWORK__UNMAPPED_FIELD",
		`{"type":"equals","field":"stock"}`:                            "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"equals","value":1}`:                                  "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"like","field":"name","value":"x"}`:                   "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"equals","field":"name","value":"x","operator":"or"}`: "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"equalsAny","field":"name","value":[]}`:               "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"equalsAny","field":"name","value":""}`:               "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"range","field":"stock","parameters":{}}`:             "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"range","field":"stock","parameters":{"from":1}}`:     "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"range","field":"stock","parameters":{"gte":null}}`:   "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"multi","operator":"xnor","queries":[]}`:              "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"multi","operator":"","queries":[]}`:                  "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"multi","operator":"and"}`:                            "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"contains","field":"name","value":null}`:              "FRAMEWORK__INVALID_FILTER_QUERY",
		`3`: "FRAMEWORK__INVALID_FILTER_QUERY",
		strings.Repeat(`{"type":"not","queries":[`, 99) + strings.Repeat(`]}`, 99): "FRAMEWORK__INVALID_FILTER_QUERY",
		`{"type":"equals","field":"stock","value":"many"}`:                         "SANDBOX__FILTER_VALUE",
		`{"type":"range","field":"createdAt","parameters":{"gte":"yesterday"}}`:    "SANDBOX__FILTER_VALUE",
		`{"type":"equals","field":"active","value":"yes"}`:                         "SANDBOX__FILTER_VALUE",
		`{"type":"equals","field":"name","value":{"a":1}}`:                         "SANDBOX__FILTER_VALUE",
		`{"type":"equals","field":"taxId","value":"19"}`:                           "FRAMEWORK__INVALID_UUID",
	} {
		a.refused("POST", "/api/search/product", `{"filter":[`+filter+`]}`, 400, code)
	}
}

func TestSortsAndPages(t *testing.T) {
	a := newAPI(t, Config{})
	for criteria, want := range map[string]string{
		`{"sort":[{"field":"stock"}]}`:                                                     "B-1 A-1 A-2",
		`{"sort":[{"field":"stock","order":"DESC"}]}`:                                      "A-2 A-1 B-1",
		`{"sort":[{"field":"tax.taxRate","order":"ASC"},{"field":"stock","order":"ASC"}]}`: "A-2 B-1 A-1",
		`{"sort":[{"field":"stock"}],"limit":2}`:                                           "B-1 A-1",
		`{"sort":[{"field":"stock"}],"limit":2,"page":2}`:                                  "A-2",
		`{"sort":[{"field":"stock"}],"limit":2,"page":3}`:                                  "",
		`{"sort":[{"field":"name","order":"DESC","naturalSorting":true}]}`:                 "B-1 A-1 A-2",
	} {
		if got := strings.Join(a.numbers(criteria), " "); got != want {
			t.Errorf("%s: %q, want %q", criteria, got, want)
		}
	}
	unsorted := []string{}
	for _, row := range a.search("product", `{}`) {
		unsorted = append(unsorted, row["id"].(string))
	}
	if !slices.IsSorted(unsorted) {
		t.Error("rows without a sort are not in the order of their ids")
	}
}

func TestPageBounds(t *testing.T) {
	a := newAPI(t, Config{})
	for i := range 30 {
		a.sync(fmt.Sprintf(`[{"entity":"tag","action":"upsert","payload":[{"id":"%s","name":"%d"}]}]`, idOf("tag", fmt.Sprint(i)), i))
	}
	if n := len(a.search("tag", `{}`)); n != 25 {
		t.Errorf("%d rows without a limit, want 25", n)
	}
	a.search("tag", `{"limit":500}`)
	a.refused("POST", "/api/search/tag", `{"limit":501}`, 400, "FRAMEWORK__QUERY_LIMIT_EXCEEDED")
	a.refused("POST", "/api/search/tag", `{"associations":{"products":{"limit":501}}}`, 400, "FRAMEWORK__QUERY_LIMIT_EXCEEDED")
	for _, body := range []string{`{"limit":0}`, `{"limit":-1}`, `{"limit":"5"}`, `{"limit":1.5}`} {
		a.refused("POST", "/api/search/tag", body, 400, "FRAMEWORK__INVALID_LIMIT_QUERY")
	}
	a.refused("POST", "/api/search/tag", `{"page":0}`, 400, "FRAMEWORK__INVALID_PAGE_QUERY")
	for mode, want := range map[string]string{`0`: "10", `"none"`: "10", `1`: "30", `"exact"`: "30", `2`: "30", `"next-pages"`: "30"} {
		got := a.ok("POST", "/api/search/tag", `{"limit":10,"total-count-mode":`+mode+`}`)
		if got["total"] != json.Number(want) {
			t.Errorf("total-count-mode %s: total %v, want %s", mode, got["total"], want)
		}
	}
	if got := a.ok("POST", "/api/search/tag", `{"limit":3,"total-count-mode":2}`); got["total"] != json.Number("19") {
		t.Errorf("next-pages looks five pages ahead and one row: total %v, want 19", got["total"])
	}
	a.refused("POST", "/api/search/tag", `{"total-count-mode":3}`, 400, "SANDBOX__UNKNOWN_FIELD")
}

func TestUnknownCriteriaAreRefused(t *testing.T) {
	a := newAPI(t, Config{})
	a.refused("POST", "/api/search/product", `{"limt":1}`, 400, "SANDBOX__UNKNOWN_FIELD")
	a.refused("POST", "/api/search/product", `[1]`, 400, "SANDBOX__BODY")
	a.refused("POST", "/api/search/product", `{"filter":{}}`, 400, "FRAMEWORK__INVALID_FILTER_QUERY")
	a.refused("POST", "/api/search/product", `{"sort":{}}`, 400, "FRAMEWORK__INVALID_SORT_QUERY")
	a.refused("POST", "/api/search/product", `{"sort":[{"field":"stock","order":"up"}]}`, 400, "FRAMEWORK__INVALID_SORT_QUERY")
	a.refused("POST", "/api/search/product", `{"sort":[{"field":"stock","x":1}]}`, 400, "FRAMEWORK__INVALID_SORT_QUERY")
	a.refused("POST", "/api/search/product", `{"sort":[{"field":"stok"}]}`, 400, "FRAMEWORK__UNMAPPED_FIELD")
	a.refused("POST", "/api/search/product", `{"ids":[]}`, 400, "FRAMEWORK__INVALID_API_CRITERIA_IDS")
	a.refused("POST", "/api/search/product", `{"includes":["id"]}`, 400, "SANDBOX__BODY")
	a.refused("POST", "/api/search/product", `{"aggregations":[{"name":"a"}]}`, 501, "SANDBOX__NOT_SIMULATED")
	a.refused("POST", "/api/search/product", `{"fields":["tax.name"]}`, 501, "SANDBOX__NOT_SIMULATED")
	a.refused("POST", "/api/search/produkt", `{}`, 404, "0")
	a.refused("POST", "/api/search/order_line_item", `{}`, 404, "0")
	a.refused("GET", "/api/search/product", ``, 405, "0")
	if n := len(a.search("product", `[]`)); n != 3 {
		t.Error("an empty list is an empty object to PHP")
	}
	b := newAPI(t, Config{Release: "6.6"})
	b.refused("POST", "/api/search/product", `{"excludes":{"product":["id"]}}`, 400, "SANDBOX__UNKNOWN_FIELD")
}

func TestAssociationsAreNullUnlessAskedFor(t *testing.T) {
	a := newAPI(t, Config{})
	a.order(Order{Shipping: &Address{FirstName: "Other", Street: "Weg 2", City: "Kiel", Country: "DE"}})
	bare := a.search("order", `{}`)[0]
	for _, f := range a.shop.schema.entities["order"].fields {
		if v, given := bare[f.name]; !given || f.kind.association() && v != nil {
			t.Errorf("%s is %v", f.name, v)
		}
	}
	row := a.search("order", `{"associations":{"lineItems":{"filter":[{"type":"equals","field":"type","value":"product"}],"sort":[{"field":"position","order":"DESC"}],"limit":1},
		"deliveries":{"associations":{"shippingOrderAddress":{"associations":{"country":{}}},"stateMachineState":{},"shippingMethod":{},"positions":{"associations":{"orderLineItem":{}}}}},
		"transactions":{"associations":{"paymentMethod":{},"stateMachineState":{}}},"stateMachineState":{},"orderCustomer":{"associations":{"customer":{}}},
		"addresses":{},"billingAddress":{"associations":{"country":[]}},"currency":{},"language":{"associations":{"locale":{}}},"salesChannel":{},"tags":{},
		"primaryOrderDelivery":{},"primaryOrderTransaction":{},"createdBy":{}}}`)[0]
	get := func(path ...any) any {
		var v any = row
		for _, p := range path {
			switch p := p.(type) {
			case string:
				v = v.(map[string]any)[p]
			case int:
				v = v.([]any)[p]
			}
		}
		return v
	}
	for _, c := range []struct {
		path []any
		want any
	}{
		{[]any{"lineItems", 0, "payload", "productNumber"}, "A-2"},
		{[]any{"deliveries", 0, "shippingOrderAddress", "city"}, "Kiel"},
		{[]any{"deliveries", 0, "shippingOrderAddress", "country", "iso"}, "DE"},
		{[]any{"deliveries", 0, "stateMachineState", "technicalName"}, "open"},
		{[]any{"deliveries", 0, "shippingMethod", "technicalName"}, "shipping_standard"},
		{[]any{"transactions", 0, "paymentMethod", "technicalName"}, "payment_invoice"},
		{[]any{"stateMachineState", "technicalName"}, "open"},
		{[]any{"orderCustomer", "email"}, "k@example.org"},
		{[]any{"orderCustomer", "customer", "guest"}, true},
		{[]any{"billingAddress", "city"}, "Berlin"},
		{[]any{"billingAddress", "country", "iso"}, "DE"},
		{[]any{"currency", "isoCode"}, "EUR"},
		{[]any{"language", "locale", "code"}, "de-DE"},
		{[]any{"salesChannel", "name"}, "Sandbox"},
		{[]any{"primaryOrderDelivery", "id"}, get("deliveries", 0, "id")},
		{[]any{"primaryOrderTransaction", "id"}, get("transactions", 0, "id")},
		{[]any{"createdBy"}, nil},
		{[]any{"billingAddressVersionId"}, liveVersion},
	} {
		if got := get(c.path...); got != c.want {
			t.Errorf("%v = %v, want %v", c.path, got, c.want)
		}
	}
	if n := len(get("lineItems").([]any)); n != 1 {
		t.Errorf("%d lines, want 1", n)
	}
	if n := len(get("addresses").([]any)); n != 2 {
		t.Errorf("%d addresses, want 2", n)
	}
	if get("tags") == nil {
		t.Error("an empty list that was asked for is an empty list")
	}
	a.refused("POST", "/api/search/order", `{"associations":{"lineItem":{}}}`, 400, "FRAMEWORK__ASSOCIATION_NOT_FOUND")
	a.refused("POST", "/api/search/order", `{"associations":{"deliveries.stateMachineState":{}}}`, 400, "FRAMEWORK__ASSOCIATION_NOT_FOUND")
	a.refused("POST", "/api/search/order", `{"associations":["lineItems"]}`, 400, "FRAMEWORK__INVALID_ASSOCIATION_QUERY")
}

func TestIncludesAndExcludesChooseFields(t *testing.T) {
	a := newAPI(t, Config{})
	row := a.search("product", `{"includes":{"product":["id","stock","tax"],"tax":["taxRate"]},"associations":{"tax":{}},"filter":[{"type":"equals","field":"productNumber","value":"A-1"}]}`)[0]
	want := map[string]any{"id": productID("A-1"), "stock": json.Number("10"), "apiAlias": "product",
		"tax": map[string]any{"taxRate": json.Number("19.0"), "apiAlias": "tax"}}
	if !reflect.DeepEqual(row, want) {
		t.Errorf("includes: %v, want %v", row, want)
	}
	row = a.search("product", `{"excludes":{"product":["name"]}}`)[0]
	if hasKey(row, "name") || !hasKey(row, "stock") {
		t.Errorf("excludes: %v", row)
	}
	row = a.search("product", `{"fields":["stock"]}`)[0]
	if len(row) != 4 || !hasKey(row, "id") || !hasKey(row, "stock") {
		t.Errorf("fields: %v", row)
	}
}

func TestDatesAreUTCWithMilliseconds(t *testing.T) {
	a := newAPI(t, Config{Now: func() time.Time { return time.Date(2026, 3, 2, 13, 0, 0, 7e6, time.FixedZone("", 3600)) }})
	if got := a.search("product", `{}`)[0]["createdAt"]; got != "2026-03-02T12:00:00.007+00:00" {
		t.Errorf("createdAt %v", got)
	}
}

func TestSearchIDs(t *testing.T) {
	a := newAPI(t, Config{})
	got := a.ok("POST", "/api/search-ids/product", `{"sort":[{"field":"productNumber"}],"limit":2,"total-count-mode":1}`)
	if want := []any{productID("A-1"), productID("A-2")}; !reflect.DeepEqual(got["data"], want) || got["total"] != json.Number("3") {
		t.Errorf("answer %v", got)
	}
}

func TestAnswersInJSONAPIAreRefused(t *testing.T) {
	a := newAPI(t, Config{})
	for _, accept := range []string{"*/*", "application/vnd.api+json"} {
		a.header = map[string]string{"Accept": accept}
		a.refused("POST", "/api/search/product", `{}`, 406, "SANDBOX__JSON_API")
		a.refused("GET", "/api/product", ``, 406, "SANDBOX__JSON_API")
		a.ok("GET", "/api/_info/version", "")
	}
}

func TestSingleEntities(t *testing.T) {
	a := newAPI(t, Config{})
	id := idOf("unit")
	a.ok("POST", "/api/unit", `{"id":"`+id+`","shortCode":"kg","name":"Kilo"}`)
	if got := a.ok("GET", "/api/unit/"+id, "")["data"].(map[string]any)["name"]; got != "Kilo" {
		t.Errorf("name %v", got)
	}
	got := a.ok("PATCH", "/api/unit/"+id+"?_response=detail", `{"name":"Kilogramm"}`)["data"].(map[string]any)
	if got["name"] != "Kilogramm" || got["shortCode"] != "kg" {
		t.Errorf("patched %v", got)
	}
	if list := a.ok("GET", "/api/unit?limit=1", "")["data"].([]any); len(list) != 1 {
		t.Errorf("list %v", list)
	}
	a.refused("PATCH", "/api/unit/"+id, `{"nam":"x"}`, 400, "SANDBOX__UNKNOWN_FIELD")
	a.refused("PATCH", "/api/unit/"+idOf("none"), `{"name":"x"}`, 404, "FRAMEWORK__RESOURCE_NOT_FOUND")
	a.refused("POST", "/api/unit", `[]`, 400, "SANDBOX__BODY")
	a.refused("PUT", "/api/unit", `{}`, 405, "0")
	a.refused("GET", "/api/unit/kg", ``, 400, "FRAMEWORK__INVALID_UUID")
	a.ok("DELETE", "/api/unit/"+id, "")
	a.refused("GET", "/api/unit/"+id, ``, 404, "FRAMEWORK__RESOURCE_NOT_FOUND")
	a.refused("DELETE", "/api/unit/"+id, ``, 404, "FRAMEWORK__RESOURCE_NOT_FOUND")
	a.refused("DELETE", "/api/tax/"+idOf("tax", "19.0"), ``, 409, "FRAMEWORK__DELETE_RESTRICTED")
	a.refused("GET", "/api/order_delivery", ``, 404, "0")
	a.refused("GET", "/admin", ``, 404, "0")
	a.refused("GET", "/api/_action/nothing", ``, 404, "0")
	a.refused("GET", "/api/_info/config", ``, 404, "0")
	a.refused("POST", "/api/_action/order/document/invoice/create", `[]`, 501, "SANDBOX__NOT_SIMULATED")
	a.token = ""
	a.ok("GET", "/api/_info/health-check", "")
}
