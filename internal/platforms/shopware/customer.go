package shopware

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
)

// mailKey begins the key of a customer who is known by an address alone.
const mailKey = "mail:"

func customerKey(doc *document.Document) string {
	if number := doc.Get("shop_number").Text(); number != "" {
		return number
	}
	return mailKey + doc.Get("email").Text()
}

// customers finds the ids of customers. An address that several accounts have stands for none of them.
func (t *Target) customers(ctx context.Context, keys []string, found map[string]string) error {
	var numbers, mails []string
	for _, k := range keys {
		if mail, ok := strings.CutPrefix(k, mailKey); ok {
			mails = append(mails, mail)
		} else {
			numbers = append(numbers, k)
		}
	}
	for field, values := range map[string][]string{"customerNumber": numbers, "email": mails} {
		if len(values) == 0 {
			continue
		}
		rows, err := t.shop.search(ctx, "customer", criteria{Limit: maxLimit, Includes: map[string][]string{"customer": {"id", "customerNumber", "email"}},
			Filter: []filter{{Type: "equalsAny", Field: field, Value: values}, {Type: "equals", Field: "guest", Value: false}}})
		if err != nil {
			return err
		}
		several := map[string]bool{}
		for _, row := range rows {
			var c struct{ ID, CustomerNumber, Email string }
			if err := json.Unmarshal(row, &c); err != nil {
				return flow.Later(0, fmt.Errorf("look up customers: the shop's answer is not readable: %w", err))
			}
			key := c.CustomerNumber
			if field == "email" {
				key = mailKey + c.Email
			}
			if _, twice := found[key]; twice {
				several[key] = true
			}
			found[key] = c.ID
		}
		for key := range several {
			delete(found, key)
		}
	}
	return nil
}

// customer writes the ERP's number into a custom field of the shop's customer.
func (e *encoder) customer(c *encodedCall, i int, doc *document.Document) {
	key, number := customerKey(doc), doc.Get("number").Text()
	id, ok := e.facts.Lookup(customerTable, key)
	switch field := e.target.opt.CustomerField; {
	case !ok:
		e.refuse(i, key, "shopware.unknown-customer", e.target.opt.UnknownCustomer == "ignore", "the shop has no account of this number or address, or several")
	case number == "":
		e.refuse(i, key, "shopware.customer-number", false, "the customer has no number")
	default:
		pointer := fmt.Sprintf("/customer/payload/%d", len(c.Payload))
		e.wrote(i, "shop_number", c.Step, pointer+"/id", id)
		e.wrote(i, "number", c.Step, pointer+"/customFields/"+field, number)
		c.Payload = append(c.Payload, json.RawMessage(fmt.Sprintf(`{"id":%q,"customFields":{%q:%q}}`, id, field, number)))
		c.Docs = append(c.Docs, i)
	}
}
