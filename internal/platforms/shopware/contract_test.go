package shopware_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// The tests of orders, stock and shipments hand every request that they sent to checkRequests. The vendor's documents
// describe requests as answers are: a record is checked as its entity, in which nothing is required but an unknown name
// or a member that only the shop sets is a fault.

// vendorDocuments are the vendor's documents by release; empty where they are not beside the checkout.
var vendorDocuments = sync.OnceValues(func() (map[string]*openapi3.T, error) {
	docs := map[string]*openapi3.T{}
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		for _, release := range []string{"6.6.10.13", "6.7.10.0"} {
			name := filepath.Join(dir, "shared", "platforms", "shopware", "adminapi-"+release+".pruned.json")
			if _, missing := os.Stat(name); missing != nil || docs[release] != nil {
				continue
			}
			if docs[release], err = openapi3.NewLoader().LoadFromFile(name); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return docs, err
})

func checkRequests(t *testing.T, all []request) {
	docs, err := vendorDocuments()
	if err != nil {
		t.Error(err)
	}
	for release, doc := range docs {
		c := contract{doc}
		for _, r := range all {
			if err := c.check(r); err != nil {
				t.Errorf("%s %s breaks the contract of %s: %v\n%s", r.method, r.path, release, err, r.body)
			}
		}
	}
}

// needDocuments skips a test that is about the vendor's documents where they are missing.
func needDocuments(t *testing.T) map[string]*openapi3.T {
	t.Helper()
	docs, err := vendorDocuments()
	if err != nil {
		t.Fatal(err)
	}
	if len(docs) == 0 {
		t.Skip("needs ../shared/platforms/shopware beside the checkout")
	}
	return docs
}

type contract struct{ doc *openapi3.T }

func (c contract) check(r request) error {
	path := strings.TrimPrefix(r.path, "/api")
	op := c.operation(path, r.method)
	if op == nil {
		return errors.New("there is no such call")
	}
	if err := checkHeader(op, r.header); err != nil {
		return err
	}
	var body map[string]any
	d := json.NewDecoder(bytes.NewReader(r.body))
	if err := d.Decode(&body); err != nil {
		return err
	}
	whole := op.RequestBody.Value.Content["application/json"].Schema
	entity, searching := strings.CutPrefix(path, "/search/")
	switch {
	case path == "/_action/sync":
		return c.sync(body, whole.Value.Items)
	case searching:
		if err := whole.Value.VisitJSON(body); err != nil {
			return err
		}
		return c.criteria(pascal(entity), body, known(whole))
	}
	if err := whole.Value.VisitJSON(body); err != nil {
		return err
	}
	return names(body, known(whole))
}

// operation finds a call by its path, in which parts in braces stand for anything.
func (c contract) operation(path, method string) *openapi3.Operation {
	parts := strings.Split(path, "/")
	for template, item := range c.doc.Paths.Map() {
		same := func(want, got string) bool { return want == got || strings.HasPrefix(want, "{") && got != "" }
		if slices.EqualFunc(strings.Split(template, "/"), parts, same) && item.GetOperation(method) != nil {
			return item.GetOperation(method)
		}
	}
	return nil
}

func checkHeader(op *openapi3.Operation, header http.Header) error {
	for _, p := range op.Parameters {
		if v := header.Get(p.Value.Name); p.Value.In == "header" && v != "" && p.Value.Schema.Value.Enum != nil {
			if err := p.Value.Schema.Value.VisitJSON(v); err != nil {
				return fmt.Errorf("header %s: %w", p.Value.Name, err)
			}
		}
	}
	return nil
}

// sync checks a sync's operations, which may be named ones (a shop takes a list as well), and their records.
func (c contract) sync(operations map[string]any, form *openapi3.SchemaRef) error {
	for name, op := range operations {
		if err := form.Value.VisitJSON(op); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		members := op.(map[string]any)
		entity := c.doc.Components.Schemas[pascal(members["entity"].(string))]
		if entity == nil {
			return fmt.Errorf("%s: no entity %v", name, members["entity"])
		}
		for i, record := range members["payload"].([]any) {
			if err := checkRecord(entity, record.(map[string]any)); err != nil {
				return fmt.Errorf("/%s/%d: %w", name, i, err)
			}
		}
	}
	return nil
}

func checkRecord(entity *openapi3.SchemaRef, record map[string]any) error {
	if _, ok := record["id"].(string); !ok {
		return errors.New("an update without an id")
	}
	for name, value := range record {
		member := known(entity)[name]
		if member == nil {
			return fmt.Errorf("%q is not a member of the entity", name)
		}
		if member.Value.ReadOnly {
			return fmt.Errorf("%q is set by the shop alone", name)
		}
		if err := member.Value.VisitJSON(value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// criteria checks the fields and associations that a search names, level by level.
func (c contract) criteria(entity string, body map[string]any, members map[string]*openapi3.SchemaRef) error {
	if err := names(body, members); err != nil {
		return err
	}
	schema := c.doc.Components.Schemas[entity]
	if schema == nil {
		return fmt.Errorf("no entity %s", entity)
	}
	for _, list := range []string{"filter", "sort"} {
		if err := checkFields(schema, body[list]); err != nil {
			return fmt.Errorf("%s of %s: %w", list, entity, err)
		}
	}
	included, _ := body["includes"].(map[string]any)
	for of, fields := range included {
		for _, f := range fields.([]any) {
			if known(c.doc.Components.Schemas[pascal(of)])[f.(string)] == nil {
				return fmt.Errorf("includes: no field %v of %s", f, of)
			}
		}
	}
	associations, _ := body["associations"].(map[string]any)
	for name, inner := range associations {
		member := known(schema)[name]
		if member == nil {
			return fmt.Errorf("no association %s of %s", name, entity)
		}
		if err := c.criteria(target(member), inner.(map[string]any), members); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// checkFields follows the field names of filters and sortings, "salesChannel.name".
func checkFields(entity *openapi3.SchemaRef, list any) error {
	items, _ := list.([]any)
	for _, item := range items {
		members := item.(map[string]any)
		if err := checkFields(entity, members["queries"]); err != nil {
			return err
		}
		field, ok := members["field"].(string)
		if !ok {
			continue
		}
		at := entity
		for part := range strings.SplitSeq(field, ".") {
			if at = known(at)[part]; at == nil {
				return fmt.Errorf("no field %s", field)
			}
		}
	}
	return nil
}

// target is the entity that an association leads to.
func target(member *openapi3.SchemaRef) string {
	if member.Ref == "" && member.Value.Items != nil {
		member = member.Value.Items
	}
	return member.Ref[strings.LastIndexByte(member.Ref, '/')+1:]
}

// known gives the members of a schema, those of its parts too.
func known(s *openapi3.SchemaRef) map[string]*openapi3.SchemaRef {
	all := map[string]*openapi3.SchemaRef{}
	if s == nil {
		return all
	}
	for _, parts := range []openapi3.SchemaRefs{s.Value.AllOf, s.Value.OneOf, s.Value.AnyOf} {
		for _, p := range parts {
			for name, m := range known(p) {
				all[name] = m
			}
		}
	}
	for name, m := range s.Value.Properties {
		all[name] = m
	}
	return all
}

func names(body map[string]any, members map[string]*openapi3.SchemaRef) error {
	for name := range body {
		if members[name] == nil {
			return fmt.Errorf("%q is not known", name)
		}
	}
	return nil
}

// pascal turns order_delivery and order-delivery into OrderDelivery.
func pascal(entity string) string {
	var b strings.Builder
	for part := range strings.FieldsFuncSeq(entity, func(r rune) bool { return r == '_' || r == '-' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// The check has to find faults, or it proves nothing.
func TestTheContractCheckFindsFaults(t *testing.T) {
	id := strings.Repeat("0f", 16)
	record := func(entity, record string) string {
		return `{"x":{"entity":"` + entity + `","action":"upsert","payload":[` + record + `]}}`
	}
	for release, doc := range needDocuments(t) {
		for _, c := range []struct {
			path, body string
			fine       bool
		}{
			{"/_action/sync", record("product", `{"id":"`+id+`","stock":4}`), true},
			{"/_action/sync", record("product", `{"id":"`+id+`","stock":4.5}`), false},
			{"/_action/sync", record("product", `{"id":"`+id+`","inventory":4}`), false},
			{"/_action/sync", record("product", `{"id":"`+id+`","availableStock":4}`), false},
			{"/_action/sync", record("product", `{"id":"17","stock":4}`), false},
			{"/_action/sync", record("article", `{"id":"`+id+`"}`), false},
			{"/_action/sync", strings.Replace(record("product", `{"id":"`+id+`"}`), "upsert", "update", 1), false},
			{"/_action/sync", record("order_delivery", `{"id":"`+id+`","trackingCodes":"JD0001"}`), false},
			{"/search/order", `{"limit":2,"associations":{"lineItems":{}}}`, true},
			{"/search/order", `{"limit":2,"associations":{"lines":{}}}`, false},
			{"/search/order", `{"limit":2,"associations":{"deliveries":{"associations":{"parcel":{}}}}}`, false},
			{"/search/order", `{"limit":2,"sort":[{"field":"number"}]}`, false},
			{"/search/order", `{"limit":2,"filters":[]}`, false},
			{"/search/order", `{"limit":"2"}`, false},
			{"/search/orders", `{"limit":2}`, false},
			{"/_action/order_delivery/" + id + "/state/ship", `{"sendMail":false}`, true},
			{"/_action/order_delivery/" + id + "/state/ship", `{"mail":false}`, false},
		} {
			err := contract{doc}.check(request{method: http.MethodPost, path: "/api" + c.path, body: []byte(c.body)})
			if (err == nil) != c.fine {
				t.Errorf("%s: %s %s: %v", release, c.path, c.body, err)
			}
		}
	}
}
