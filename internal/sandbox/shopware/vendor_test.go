package shopware

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/batchgate/batchgate/internal/sharedtest"
)

func vendorDocument(t *testing.T, release string) *openapi3.T {
	t.Helper()
	file := map[string]string{"6.6": "adminapi-6.6.10.13.pruned.json", "6.7": "adminapi-6.7.10.0.pruned.json"}[release]
	doc, err := openapi3.NewLoader().LoadFromFile(sharedtest.Path(t, "platforms/shopware/"+file))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// tamed takes out of an answer what the documents are known to say wrongly: they declare nothing as nullable, and
// lists of taxes as objects.
func tamed(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, member := range v {
			_, isList := member.([]any)
			switch {
			case member == nil:
				delete(v, k)
			case isList && slices.Contains([]string{"calculatedTaxes", "taxRules", "addressFormat"}, k):
				v[k] = map[string]any{}
			default:
				v[k] = tamed(member)
			}
		}
	case []any:
		for i := range v {
			v[i] = tamed(v[i])
		}
	}
	return v
}

// faults gives what an answer's value breaks in a schema.
func schemaFaults(schema *openapi3.SchemaRef, body []byte) []string {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return []string{err.Error()}
	}
	return listFaults(schema.Value.VisitJSON(tamed(v), openapi3.MultiErrors()))
}

func listFaults(err error) []string {
	var list openapi3.MultiError
	if errors.As(err, &list) {
		var all []string
		for _, e := range list {
			all = append(all, listFaults(e)...)
		}
		return all
	}
	var fault *openapi3.SchemaError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &fault) && fault.SchemaField == "required" && strings.Contains(fault.Reason, `"children"`):
		return nil // order lines require an association that is null unless asked for
	case errors.As(err, &fault) && fault.SchemaField == "required" && strings.Contains(fault.Reason, `"secretAccessKey"`):
		return nil // no shop gives its secrets away
	case errors.As(err, &fault):
		return []string{"/" + strings.Join(fault.JSONPointer(), "/") + ": " + fault.Reason}
	}
	return []string{err.Error()}
}

func TestAnswersOfSearchesFollowTheVendorsSchema(t *testing.T) {
	for _, release := range []string{"6.6", "6.7"} {
		t.Run(release, func(t *testing.T) {
			doc := vendorDocument(t, release)
			a := demoAPI(t, Config{Release: release})
			checked := 0
			for _, e := range a.shop.schema.order {
				item := doc.Paths.Value("/search/" + kebab(e.name))
				if e.keys != nil || item == nil {
					continue
				}
				associations := map[string]any{}
				for _, f := range e.fields {
					if f.kind.association() {
						associations[f.name] = map[string]any{"limit": 3}
					}
				}
				status, body := a.raw("POST", "/api/search/"+kebab(e.name), string(marshal(map[string]any{"limit": 5, "associations": associations})))
				if status != 200 {
					t.Fatalf("%s: %d %s", e.name, status, body)
				}
				schema := item.Post.Responses.Status(200).Value.Content["application/json"].Schema
				for _, fault := range schemaFaults(schema, body) {
					t.Errorf("%s: %s", e.name, fault)
				}
				if !strings.Contains(string(body), `"total":0,`) {
					checked++
				}
			}
			if checked < 25 {
				t.Errorf("only %d entities had rows to check", checked)
			}
		})
	}
}

func TestOtherAnswersFollowTheVendorsSchema(t *testing.T) {
	doc := vendorDocument(t, "6.7")
	a := demoAPI(t, Config{EmptyObjects: true})
	o, _ := a.shop.Order("10234")
	check := func(method, path, vendorPath, body string, status int) {
		t.Helper()
		got, answer := a.raw(method, path, body)
		if got != status {
			t.Errorf("%s: status %d, want %d: %s", path, got, status, answer)
		}
		operation := doc.Paths.Value(vendorPath).GetOperation(method)
		var schema *openapi3.SchemaRef
		switch response := operation.Responses.Status(status); {
		case status >= 400:
			schema = doc.Components.Schemas["failure"]
		case response.Value.Content["application/json"] != nil:
			schema = response.Value.Content["application/json"].Schema
		default:
			return
		}
		for _, fault := range schemaFaults(schema, answer) {
			t.Errorf("%s: %s", path, fault)
		}
	}
	check("POST", "/api/oauth/token", "/oauth/token", goodToken, 200)
	check("GET", "/api/_info/version", "/_info/version", "", 200)
	check("POST", "/api/_action/sync", "/_action/sync", stockRecord("BG-1001", 5), 200)
	check("POST", "/api/_action/sync", "/_action/sync", `[{"entity":"product","action":"upsert","payload":[{"stock":"x"}]}]`, 400)
	check("GET", "/api/_action/state-machine/order/"+o.ID+"/state", "/_action/state-machine/{entityName}/{entityId}/state", "", 200)
	check("POST", "/api/_action/order/"+o.ID+"/state/process", "/_action/order/{orderId}/state/{transition}", "", 200)
	check("POST", "/api/_action/order/"+o.ID+"/state/process", "/_action/order/{orderId}/state/{transition}", "", 400)
	check("GET", "/api/order/"+o.ID, "/order/{id}", "", 200)
	check("GET", "/api/order/"+idOf("none"), "/order/{id}", "", 404)
	check("GET", "/api/order", "/order", "", 200)
}

func stockRecord(number string, stock int) string {
	return `[{"entity":"product","action":"upsert","payload":[{"id":"` + productID(number) + `","stock":` + string(marshal(stock)) + `}]}]`
}

// TestSchemaTableKnowsEveryVendorField compares the embedded table with the documents field by field.
func TestSchemaTableKnowsEveryVendorField(t *testing.T) {
	for _, release := range []string{"6.6", "6.7"} {
		doc := vendorDocument(t, release)
		table, err := loadSchema(release)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range table.order {
			if e.keys != nil {
				continue
			}
			vendor := doc.Components.Schemas[vendorName(e.name)].Value
			for name, p := range vendor.Properties {
				f := e.byName[name]
				switch {
				case f == nil && p.Ref == "" && p.Value.Type == nil:
					// without a type in the documents: leftovers of the Commercial extension
				case f == nil:
					t.Errorf("%s: %s.%s is not in the table", release, e.name, name)
				case f.readOnly != p.Value.ReadOnly && f.kind != kindLink:
					t.Errorf("%s: %s.%s read-only is %v", release, e.name, name, f.readOnly)
				}
			}
			for _, f := range e.fields {
				if vendor.Properties[f.name] == nil {
					t.Errorf("%s: %s.%s is not in the document", release, e.name, f.name)
				}
				if f.required != slices.Contains(vendor.Required, f.name) && !requiredOtherwise(e, f) {
					t.Errorf("%s: %s.%s required is %v", release, e.name, f.name, f.required)
				}
			}
		}
	}
}

// requiredOtherwise names the differences in required fields that are meant.
func requiredOtherwise(e *entity, f *field) bool {
	return f.kind == kindID || f.kind.association() || e.name == "order_line_item" && f.name == "states" || e.name == "country" && f.name == "addressFormat"
}

func vendorName(entity string) string {
	c := camel(entity)
	return strings.ToUpper(c[:1]) + c[1:]
}
