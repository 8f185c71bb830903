package shopware

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSyncUpsertChangesStockInBothForms(t *testing.T) {
	a := newAPI(t, Config{})
	id := productID("A-1")
	a.sync(`[{"entity":"product","action":"upsert","payload":[{"id":"` + id + `","stock":77}]}]`)
	if got := a.stock("A-1"); got != 77 {
		t.Errorf("list form: stock %d", got)
	}
	got := a.sync(`{"stock":{"entity":"product","action":"upsert","payload":[{"id":"` + id + `","stock":78}]}}`)
	if s := a.stock("A-1"); s != 78 {
		t.Errorf("object form: stock %d", s)
	}
	want := map[string]any{"extensions": []any{}, "data": map[string]any{"product": []any{id}}, "notFound": []any{}, "deleted": []any{}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("answer %v, want %v", got, want)
	}
}

func TestSyncMayAnswerEmptyMapsAsObjects(t *testing.T) {
	a := newAPI(t, Config{EmptyObjects: true})
	got := a.sync(`[{"entity":"product","action":"upsert","payload":[{"id":"` + productID("A-1") + `","stock":1}]}]`)
	if !reflect.DeepEqual(got["deleted"], map[string]any{}) {
		t.Errorf("deleted %v", got["deleted"])
	}
}

func TestSyncObjectFormKeepsItsOrder(t *testing.T) {
	a := newAPI(t, Config{})
	id := productID("A-1")
	a.sync(`{"z":{"entity":"product","action":"upsert","payload":[{"id":"` + id + `","stock":1}]},
		"a":{"entity":"product","action":"upsert","payload":[{"id":"` + id + `","stock":2}]}}`)
	if got := a.stock("A-1"); got != 2 {
		t.Errorf("stock %d: the operation written last must win", got)
	}
}

func TestSyncIsOneTransaction(t *testing.T) {
	a := newAPI(t, Config{})
	before := dump(a.shop)
	p := a.refused("POST", "/api/_action/sync", `{
		"first":{"entity":"product","action":"upsert","payload":[{"id":"`+productID("A-1")+`","stock":1},{"id":"`+productID("A-2")+`","stock":2}]},
		"second":{"entity":"product","action":"delete","payload":[{"id":"`+productID("B-1")+`"}]},
		"write-product":{"entity":"product","action":"upsert","payload":[{"id":"`+productID("A-1")+`","stock":3},{"id":"`+productID("A-2")+`","stock":"4"}]}}`,
		400, codeType)
	if got := pointer(p); got != "/write-product/1/stock" {
		t.Errorf("pointer %q", got)
	}
	if after := dump(a.shop); after != before {
		t.Error("a refused sync has changed something")
	}
	if err := checkIndexes(a.shop); err != nil {
		t.Error(err)
	}
}

func TestSyncTellsAllFaultsAtOnce(t *testing.T) {
	a := newAPI(t, Config{})
	_, b := a.raw("POST", "/api/_action/sync", `[{"entity":"product","action":"upsert","payload":[
		{"id":"`+productID("A-1")+`","stock":"1","nonsense":2},{"id":"zz"},{"productNumber":"N-1","stock":1}]}]`)
	var got []string
	for _, e := range decoded(t, b)["errors"].([]any) {
		got = append(got, pointer(e.(map[string]any)))
	}
	want := []string{"/0/0/nonsense", "/0/0/stock", "/0/1/id", "/0/2/taxId", "/0/2/price", "/0/2/name"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("pointers %q, want %q", got, want)
	}
}

// TestSyncChecksEveryValue sends one wrong record each and looks at code and pointer.
func TestSyncChecksEveryValue(t *testing.T) {
	const protected = "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION"
	order := "order"
	cases := []struct {
		name, entity, record, code, pointer string
	}{
		{"unknown member", "product", `{"stok":1}`, "SANDBOX__UNKNOWN_FIELD", "/stok"},
		{"whole number in quotes", "product", `{"stock":"1"}`, codeType, "/stock"},
		{"whole number with a point", "product", `{"stock":1.0}`, codeType, "/stock"},
		{"whole number too big", "product", `{"stock":99999999999999999999}`, codeType, "/stock"},
		{"text as number", "product", `{"ean":4006381333931}`, codeType, "/ean"},
		{"truth value as number", "product", `{"active":1}`, codeType, "/active"},
		{"required text empty", "product", `{"productNumber":""}`, codeBlank, "/productNumber"},
		{"required value null", "product", `{"stock":null}`, codeBlank, "/stock"},
		{"read-only", "product", `{"availableStock":1}`, protected, "/availableStock"},
		{"read-only time", "product", `{"createdAt":"2026-01-01T00:00:00.000+00:00"}`, protected, "/createdAt"},
		{"version", "product", `{"versionId":"` + liveVersion + `"}`, "SANDBOX__VERSION_WRITTEN", "/versionId"},
		{"other version", "product", `{"parentVersionId":"` + liveVersion + `"}`, "SANDBOX__VERSION_WRITTEN", "/parentVersionId"},
		{"key with capitals", "product", `{"taxId":"0FA91CE3E96A4BC2BE4BD9CE752C3425"}`, "FRAMEWORK__INVALID_UUID", "/taxId"},
		{"key as number", "product", `{"taxId":3}`, codeType, "/taxId"},
		{"price without net", "product", `{"price":[{"currencyId":"` + defaultCurrency + `","gross":1,"linked":true}]}`, codeBlank, "/price/0/net"},
		{"price as text", "product", `{"price":[{"currencyId":"` + defaultCurrency + `","gross":"1","net":1,"linked":true}]}`, codeType, "/price/0/gross"},
		{"price with unknown member", "product", `{"price":[{"currencyId":"` + defaultCurrency + `","gross":1,"net":1,"linked":true,"tax":1}]}`, "SANDBOX__UNKNOWN_FIELD", "/price/0/tax"},
		{"price without the default currency", "product", `{"price":[{"currencyId":"` + liveVersion + `","gross":1,"net":1,"linked":true}]}`, protected, "/price"},
		{"price as object", "product", `{"price":{"gross":1}}`, codeType, "/price"},
		{"list price without net", "product", `{"price":[{"currencyId":"` + defaultCurrency + `","gross":1,"net":1,"linked":true,"listPrice":{"gross":2,"linked":true}}]}`, codeBlank, "/price/0/listPrice/net"},
		{"number far too long", "product", `{"weight":1` + strings.Repeat("0", 60) + `}`, codeType, "/weight"},
		{"number with a huge exponent", "product", `{"weight":1e999999999}`, codeType, "/weight"},
		{"time that is none", "product", `{"releaseDate":"soon"}`, codeType, "/releaseDate"},
		{"choice that is none", "product", `{"type":"virtual"}`, codeChoice, "/type"},
		{"number choice that is none", "product", `{"visibilities":[{"salesChannelId":"` + idOf("sales_channel") + `","visibility":99}]}`, codeChoice, "/visibilities/0/visibility"},
		{"list for association as object", "product", `{"visibilities":{"a":1}}`, codeType, "/visibilities"},
		{"list item that is no object", "product", `{"visibilities":[1]}`, codeType, "/visibilities/0"},
		{"nested record lacks a required field", "product", `{"visibilities":[{"visibility":30}]}`, codeBlank, "/visibilities/0/salesChannelId"},
		{"association outside the table", "product", `{"crossSellings":[{}]}`, "SANDBOX__NOT_SIMULATED", "/crossSellings"},
		{"own fields as list", "product", `{"customFields":[1]}`, codeType, "/customFields"},
		{"state", order, `{"stateId":"` + liveVersion + `"}`, protected, "/stateId"},
		{"tracking codes as text", "order_delivery", `{"trackingCodes":"1Z"}`, codeType, "/trackingCodes"},
		{"tracking code as number", "order_delivery", `{"trackingCodes":["1Z",2]}`, codeType, "/trackingCodes/1"},
	}
	a := newAPI(t, Config{})
	placed := a.order(Order{})
	ids := map[string]string{"product": productID("A-1"), "order": placed.ID, "order_delivery": placed.Deliveries[0].ID}
	before := dump(a.shop)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a.t = t
			record := `{"id":"` + ids[c.entity] + `",` + c.record[1:]
			p := a.refused("POST", "/api/_action/sync", `{"op":{"entity":"`+c.entity+`","action":"upsert","payload":[`+record+`]}}`, 400, c.code)
			if got := pointer(p); got != "/op/0"+c.pointer {
				t.Errorf("pointer %q, want %q", got, "/op/0"+c.pointer)
			}
			if dump(a.shop) != before {
				t.Error("a refused record has changed something")
			}
		})
	}
}

func TestSyncChecksItsOperations(t *testing.T) {
	a := newAPI(t, Config{})
	for body, want := range map[string]string{
		`[{"action":"upsert","payload":[{}]}]`:                                  "/0/entity",
		`[{"entity":"produkt","action":"upsert","payload":[{}]}]`:               "/0/entity",
		`[{"entity":"product","payload":[{}]}]`:                                 "/0/action",
		`[{"entity":"product","action":"update","payload":[{}]}]`:               "/0/action",
		`[{"entity":"product","action":"upsert"}]`:                              "/0/payload",
		`[{"entity":"product","action":"upsert","payload":{}}]`:                 "/0/payload",
		`[{"entity":"product","action":"upsert","payload":[{}],"x":1}]`:         "/0/x",
		`[{"entity":"product","action":"upsert","payload":[],"criteria":[{}]}]`: "/0/criteria",
		`{"a":3}`: "/a",
	} {
		if got := pointer(a.refused("POST", "/api/_action/sync", body, 400, "FRAMEWORK__INVALID_SYNC_OPERATION")); got != want {
			t.Errorf("%s: pointer %q, want %q", body, got, want)
		}
	}
	a.refused("POST", "/api/_action/sync", `"x"`, 400, "SANDBOX__BODY")
	a.refused("POST", "/api/_action/sync", `{"a":`, 400, "0")
	a.refused("POST", "/api/_action/sync", `{} {}`, 400, "0")
	a.refused("POST", "/api/_action/sync", `[] []`, 400, "0")
	a.header = map[string]string{"Content-Type": "text/plain"}
	a.refused("POST", "/api/_action/sync", `[]`, 415, "SANDBOX__CONTENT_TYPE")
	a.header = map[string]string{"indexing-behavior": "never"}
	a.refused("POST", "/api/_action/sync", `[]`, 400, "SANDBOX__HEADER")
	a.header = map[string]string{"sw-version-id": productID("x")}
	a.refused("POST", "/api/_action/sync", `[]`, 400, "SANDBOX__VERSION")
}

func TestSyncCreatesAProductWithItsParts(t *testing.T) {
	a := newAPI(t, Config{})
	id := idOf("new")
	got := a.sync(fmt.Sprintf(`{"write":{"entity":"product","action":"upsert","payload":[{"id":"%s","productNumber":"N-1","name":"Neu","stock":5,
		"price":[{"currencyId":"%s","gross":11.9,"net":10,"linked":true}],"tax":{"id":"%s","taxRate":5.5,"name":"5,5 %%"},
		"visibilities":[{"id":"%s","salesChannelId":"%s","visibility":30}],"categories":[{"id":"%s"},{"name":"Neuheiten"}],
		"tags":[{"id":"%s","name":"aus ERP"}],"manufacturer":{"name":"Werk"}}]}}`,
		id, defaultCurrency, idOf("tax 5.5"), idOf("vis"), idOf("sales_channel"), idOf("category"), idOf("tag")))
	written := got["data"].(map[string]any)
	for entity, n := range map[string]int{"product": 1, "tax": 1, "product_visibility": 1, "product_category": 2, "category": 1, "tag": 1,
		"product_tag": 1, "product_manufacturer": 1, "product_translation": 1, "category_translation": 1, "product_manufacturer_translation": 1} {
		if list, _ := written[entity].([]any); len(list) != n {
			t.Errorf("%s: ids %v, want %d", entity, written[entity], n)
		}
	}
	row := a.search("product", `{"ids":["`+id+`"],"associations":{"tax":{},"categories":{},"visibilities":{},"manufacturer":{},"tags":{}}}`)[0]
	if row["available"] != true || row["minPurchase"] != json.Number("1") || row["availableStock"] != json.Number("5") || row["updatedAt"] != nil {
		t.Errorf("defaults: %v", row)
	}
	if n := len(row["categories"].([]any)); n != 2 {
		t.Errorf("%d categories, want 2", n)
	}
	if ids := row["categoryIds"].([]any); len(ids) != 2 {
		t.Errorf("categoryIds %v", ids)
	}
	if rate := row["tax"].(map[string]any)["taxRate"]; rate != json.Number("5.5") {
		t.Errorf("tax rate %v", rate)
	}
	if err := checkIndexes(a.shop); err != nil {
		t.Error(err)
	}
}

func TestRequiredFieldsAreNeededOnCreateOnly(t *testing.T) {
	a := newAPI(t, Config{})
	p := a.refused("POST", "/api/_action/sync", `[{"entity":"order_delivery","action":"upsert","payload":[{"id":"`+idOf("none")+`","trackingCodes":["1"]}]}]`, 400, codeBlank)
	if got := pointer(p); got != "/0/0/orderId" {
		t.Errorf("pointer %q", got)
	}
	a.sync(`[{"entity":"order_delivery","action":"upsert","payload":[{"id":"` + a.order(Order{}).Deliveries[0].ID + `","trackingCodes":["1"]}]}]`)
}

func TestVariantsInheritRequiredFields(t *testing.T) {
	a := newAPI(t, Config{})
	a.sync(`[{"entity":"product","action":"upsert","payload":[{"id":"` + idOf("variant") + `","parentId":"` + productID("A-1") + `","productNumber":"A-1.1","stock":1}]}]`)
	row := a.search("product", `{"filter":[{"type":"equals","field":"productNumber","value":"A-1.1"}]}`)[0]
	if row["name"] != nil || row["price"] != nil || row["taxId"] != nil {
		t.Errorf("a variant's inherited fields are null in the answer: %v", row)
	}
	parent := a.search("product", `{"ids":["`+productID("A-1")+`"],"associations":{"children":{}}}`)[0]
	if len(parent["children"].([]any)) != 1 || parent["childCount"] != json.Number("1") {
		t.Errorf("children %v, count %v", parent["children"], parent["childCount"])
	}
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"upsert","payload":[{"parentId":"`+productID("A-1")+`","stock":1}]}]`, 400, codeBlank)
}

func TestForeignKeysMustExist(t *testing.T) {
	body := `{"op":{"entity":"product","action":"upsert","payload":[{"id":"` + productID("A-1") + `","taxId":"` + idOf("nowhere") + `"}]}}`
	a := newAPI(t, Config{})
	before := dump(a.shop)
	p := a.refused("POST", "/api/_action/sync", body, 500, "1452")
	if pointer(p) != "" || !strings.Contains(p["detail"].(string), "foreign key constraint fails") {
		t.Errorf("the database's error has no pointer: %v", p)
	}
	if dump(a.shop) != before {
		t.Error("the record was written")
	}
	b := newAPI(t, Config{ForeignKeyStatus: 400})
	if got := pointer(b.refused("POST", "/api/_action/sync", body, 400, "1452")); got != "/op/0/taxId" {
		t.Errorf("pointer %q", got)
	}
}

func TestForeignKeysMayNameWhatTheSameRequestWritesLater(t *testing.T) {
	a := newAPI(t, Config{})
	a.sync(`{"a":{"entity":"product","action":"upsert","payload":[{"id":"` + productID("A-1") + `","taxId":"` + idOf("later") + `"}]},
		"b":{"entity":"tax","action":"upsert","payload":[{"id":"` + idOf("later") + `","taxRate":3,"name":"3 %"}]}}`)
}

func TestUniqueKeys(t *testing.T) {
	a := newAPI(t, Config{})
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"upsert","payload":[{"id":"`+productID("A-1")+`","productNumber":"a-2"}]}]`, 400, "CONTENT__DUPLICATE_PRODUCT_NUMBER")
	a.refused("POST", "/api/_action/sync", `[{"entity":"product_visibility","action":"upsert","payload":[{"id":"`+idOf("fresh")+`","productId":"`+productID("A-1")+`","salesChannelId":"`+idOf("sales_channel")+`","visibility":10}]}]`, 500, "1062")
	a.sync(`[{"entity":"product","action":"upsert","payload":[{"id":"` + productID("A-1") + `","productNumber":"C-1"},{"id":"` + productID("A-2") + `","productNumber":"A-1"}]}]`)
	if a.stock("A-1") != 20 || a.stock("C-1") != 10 {
		t.Error("numbers did not move")
	}
}

func TestResolversFindKeysByNumber(t *testing.T) {
	a := newAPI(t, Config{})
	a.sync(`[{"entity":"product","action":"upsert","payload":[{"id":{"resolver":"product.number","value":"A-2"},"stock":9}]}]`)
	if got := a.stock("A-2"); got != 9 {
		t.Errorf("stock %d", got)
	}
	a.sync(`[{"entity":"product","action":"upsert","payload":[{"id":"` + productID("A-2") + `","taxId":{"resolver":"tax.tax_rate","value":19},
		"canonicalProductId":{"resolver":"product.number","value":"no","nullOnMissing":true}}]}]`)
	row, _ := a.shop.Row("product", productID("A-2"))
	if row["taxId"] != idOf("tax", "19.0") || row["canonicalProductId"] != nil {
		t.Errorf("taxId %v, canonicalProductId %v", row["taxId"], row["canonicalProductId"])
	}
	for record, want := range map[string]string{
		`{"id":{"resolver":"product.number","value":"no"},"stock":9}`:                           "/op/0/id",
		`{"id":{"resolver":"product.ean","value":"no"},"stock":9}`:                              "/op/0/id",
		`{"id":"` + productID("A-2") + `","taxId":{"resolver":"product.number","value":"A-1"}}`: "/op/0/taxId",
		`{"id":"` + productID("A-2") + `","taxId":{"resolver":"tax.tax_rate","value":55}}`:      "/op/0/taxId",
	} {
		p := a.refused("POST", "/api/_action/sync", `{"op":{"entity":"product","action":"upsert","payload":[`+record+`]}}`, 400, "FRAMEWORK__API_INVALID_SYNC_RESOLVERS")
		if got := pointer(p); got != want {
			t.Errorf("%s: pointer %q, want %q", record, got, want)
		}
	}
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"upsert","payload":[{"id":"`+productID("A-2")+`","taxId":{"resolver":"tax.tax_rate","value":55,"nullOnMissing":true}}]}]`, 400, codeBlank)
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"upsert","payload":[{"id":{"resolver":"product.number","value":"A-2","x":1}}]}]`, 400, "SANDBOX__UNKNOWN_FIELD")
}

func TestOldReleaseKnowsOneResolverAndOtherFields(t *testing.T) {
	a := newAPI(t, Config{Release: "6.6"})
	a.sync(`[{"entity":"product","action":"upsert","payload":[{"id":{"resolver":"product.number","value":"A-2"},"stock":9}]}]`)
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"upsert","payload":[{"id":"`+productID("A-2")+`","taxId":{"resolver":"tax.tax_rate","value":19}}]}]`, 400, "FRAMEWORK__API_INVALID_SYNC_RESOLVERS")
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"upsert","payload":[{"id":"`+productID("A-2")+`","type":"digital"}]}]`, 400, "SANDBOX__UNKNOWN_FIELD")
	o := a.order(Order{})
	if row, _ := a.shop.Row("order", o.ID); hasKey(row, "primaryOrderDeliveryId") || !hasKey(row, "orderNumber") {
		t.Errorf("fields of 6.6: %v", row)
	}
	if v := a.ok("GET", "/api/_info/version", "")["version"]; v != "6.6.10.13" {
		t.Errorf("version %v", v)
	}
	// linked is required in prices only from 6.7 on
	a.sync(`[{"entity":"product","action":"upsert","payload":[{"id":"` + productID("A-2") + `","price":[{"currencyId":"` + defaultCurrency + `","gross":1,"net":1}]}]}]`)
}

func hasKey(m map[string]any, key string) bool { _, ok := m[key]; return ok }

func TestOwnFieldsMergeByKey(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{CustomFields: map[string]any{"shop_note": "x"}})
	write := func(fields string) {
		a.sync(`[{"entity":"order","action":"upsert","payload":[{"id":"` + o.ID + `","customFields":` + fields + `}]}]`)
	}
	write(`{"erp_order_number":"4711","n":1.50}`)
	got, _ := a.shop.Order(o.Number)
	want := map[string]any{"shop_note": "x", "erp_order_number": "4711", "n": json.Number("1.50")}
	if !reflect.DeepEqual(got.CustomFields, want) {
		t.Errorf("customFields %v, want %v", got.CustomFields, want)
	}
	write(`{"shop_note":null,"n":null}`)
	got, _ = a.shop.Order(o.Number)
	if want := (map[string]any{"erp_order_number": "4711"}); !reflect.DeepEqual(got.CustomFields, want) {
		t.Errorf("customFields %v, want %v", got.CustomFields, want)
	}
	write(`null`)
	if got, _ = a.shop.Order(o.Number); got.CustomFields != nil {
		t.Errorf("customFields %v, want none", got.CustomFields)
	}
}

func TestUpdatesSetUpdatedAt(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{})
	if o.UpdatedAt != nil {
		t.Error("a fresh order has updatedAt")
	}
	a.shop.Advance(time.Minute)
	a.sync(`[{"entity":"order","action":"upsert","payload":[{"id":"` + o.ID + `","customFields":{"a":1}}]}]`)
	got, _ := a.shop.Order(o.Number)
	if got.UpdatedAt == nil || !got.UpdatedAt.Equal(start.Add(time.Minute)) {
		t.Errorf("updatedAt %v", got.UpdatedAt)
	}
	a.shop.Advance(time.Minute)
	a.sync(`[{"entity":"order_delivery","action":"upsert","payload":[{"id":"` + o.Deliveries[0].ID + `","trackingCodes":["1"]}]}]`)
	if again, _ := a.shop.Order(o.Number); !again.UpdatedAt.Equal(*got.UpdatedAt) {
		t.Error("a write on a delivery has changed the order's updatedAt")
	}
	a.sync(`[{"entity":"order","action":"upsert","payload":[{"id":"` + o.ID + `","tags":[{"id":"` + idOf("tag") + `","name":"exportiert"}]}]}]`)
	again, _ := a.shop.Order(o.Number)
	if !again.UpdatedAt.Equal(start.Add(2*time.Minute)) || !reflect.DeepEqual(again.Tags, []string{"exportiert"}) {
		t.Errorf("updatedAt %v, tags %v", again.UpdatedAt, again.Tags)
	}
}

func TestListsAddAndNeverRemove(t *testing.T) {
	a := newAPI(t, Config{})
	id := productID("A-1")
	for _, name := range []string{"eins", "zwei"} {
		a.sync(`[{"entity":"product","action":"upsert","payload":[{"id":"` + id + `","tags":[{"id":"` + idOf(name) + `","name":"` + name + `"}]}]}]`)
	}
	row := a.search("product", `{"ids":["`+id+`"],"associations":{"tags":{"sort":[{"field":"name"}]}}}`)[0]
	if len(row["tags"].([]any)) != 2 {
		t.Fatalf("tags %v", row["tags"])
	}
	got := a.sync(`[{"entity":"product_tag","action":"delete","payload":[{"productId":"` + id + `","tagId":"` + idOf("eins") + `"}]}]`)
	gone := got["deleted"].(map[string]any)["product_tag"].([]any)[0].(map[string]any)
	if gone["productId"] != id || gone["tagId"] != idOf("eins") {
		t.Errorf("deleted %v", got["deleted"])
	}
	row = a.search("product", `{"ids":["`+id+`"],"associations":{"tags":{}}}`)[0]
	if len(row["tags"].([]any)) != 1 || len(a.search("tag", `{}`)) != 2 {
		t.Errorf("a mapping delete removes the mapping alone: %v", row["tags"])
	}
	if err := checkIndexes(a.shop); err != nil {
		t.Error(err)
	}
}

func TestTrackingCodesAreSetAsAWhole(t *testing.T) {
	a := newAPI(t, Config{})
	o := a.order(Order{})
	for _, codes := range []string{`["A","B"]`, `["C"]`} {
		a.sync(`[{"entity":"order_delivery","action":"upsert","payload":[{"id":"` + o.Deliveries[0].ID + `","trackingCodes":` + codes + `}]}]`)
	}
	o, _ = a.shop.Order(o.Number)
	if got := o.Deliveries[0].TrackingCodes; !reflect.DeepEqual(got, []string{"C"}) {
		t.Errorf("codes %v", got)
	}
}

func TestDeletesByIDAndByCriteria(t *testing.T) {
	a := newAPI(t, Config{})
	got := a.sync(`{"d":{"entity":"product","action":"delete","payload":[{"id":"` + productID("A-1") + `"},{"id":"` + idOf("none") + `"}]}}`)
	want := map[string]any{"extensions": []any{}, "data": []any{}, "notFound": map[string]any{"product": []any{idOf("none")}},
		"deleted": map[string]any{"product": []any{productID("A-1")}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("answer %v, want %v", got, want)
	}
	if n := len(a.search("product-visibility", `{}`)); n != 2 {
		t.Errorf("%d visibilities, want 2: they go with their product", n)
	}
	got = a.sync(`{"d":{"entity":"product_visibility","action":"delete","criteria":[{"type":"equals","field":"product.productNumber","value":"A-2"}]}}`)
	if list := got["deleted"].(map[string]any)["product_visibility"].([]any); len(list) != 1 {
		t.Errorf("deleted %v", got)
	}
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"delete","payload":[{}]}]`, 400, codeBlank)
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"delete","payload":[{"id":"`+productID("A-2")+`","stock":1}]}]`, 400, "SANDBOX__UNKNOWN_FIELD")
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"delete","criteria":[{"type":"equals","field":"x","value":"A-2"}]}]`, 400, "FRAMEWORK__UNMAPPED_FIELD")
	a.refused("POST", "/api/_action/sync", `[{"entity":"tax","action":"delete","payload":[{"id":"`+idOf("tax", "7.0")+`"}]}]`, 409, "FRAMEWORK__DELETE_RESTRICTED")
	if err := checkIndexes(a.shop); err != nil {
		t.Error(err)
	}
}

func TestSyncLimitsCanBeSet(t *testing.T) {
	a := newAPI(t, Config{MaxSyncRecords: 1, MaxBody: 300})
	record := `{"id":"` + productID("A-1") + `","stock":1}`
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"upsert","payload":[`+record+`,`+record+`]}]`, 500, "0")
	a.refused("POST", "/api/_action/sync", `[`+strings.Repeat(" ", 300)+`]`, 413, "0")
}
