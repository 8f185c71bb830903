package shopware

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/batchgate/batchgate/internal/flow"
)

// write sends the records of one call. A sync is one transaction, in which one bad record fails all: the records that the
// shop's answer points at are refused and the others sent again; where it points at none, halves find the bad ones.
func (t *Target) write(ctx context.Context, d *flow.Delivery, c encodedCall) (flow.Report, error) {
	var report flow.Report
	rows := make([]int, len(c.Payload))
	for i := range rows {
		rows[i] = i
	}
	err := t.writeRows(ctx, d, c, rows, &report)
	return report, err
}

func (t *Target) writeRows(ctx context.Context, d *flow.Delivery, c encodedCall, rows []int, report *flow.Report) error {
	for len(rows) > 0 {
		payload := make([]any, len(rows))
		for i, r := range rows {
			payload[i] = c.Payload[r]
		}
		r, err := t.shop.syncStep(ctx, c.operation(), c.Entity, payload)
		report.Request, report.Answer = r.Request, r.Answer
		e, ok := errors.AsType[*apiError](err)
		if !ok || e.status != http.StatusBadRequest {
			return err
		}
		bad := pointedAt(e, c.operation(), len(rows))
		if len(bad) == 0 {
			return t.halves(ctx, d, c, rows, report, e)
		}
		kept := rows[:0:0]
		for i, r := range rows {
			if f, ok := bad[i]; ok {
				report.Refused = append(report.Refused, refusal(d, c, r, f))
			} else {
				kept = append(kept, r)
			}
		}
		rows = kept
	}
	return nil
}

// halves isolates the bad records of a batch when the answer does not name them.
func (t *Target) halves(ctx context.Context, d *flow.Delivery, c encodedCall, rows []int, report *flow.Report, e *apiError) error {
	if len(rows) == 1 {
		f := fault{Detail: e.Error()}
		if len(e.faults) > 0 {
			f = e.faults[0]
		}
		report.Refused = append(report.Refused, refusal(d, c, rows[0], f))
		return nil
	}
	middle := len(rows) / 2
	if err := t.writeRows(ctx, d, c, rows[:middle], report); err != nil {
		return err
	}
	return t.writeRows(ctx, d, c, rows[middle:], report)
}

func refusal(d *flow.Delivery, c encodedCall, row int, f fault) flow.Refusal {
	doc := c.Docs[row]
	return flow.Refusal{Doc: doc, Key: d.Docs[doc].Key(), Rule: "shopware.refused", Pointer: f.Source.Pointer,
		Message: "the shop refused it: " + strings.TrimSpace(f.Code+" "+f.text())}
}

// pointedAt reads the records out of pointers of the form /operation/index/field.
func pointedAt(e *apiError, operation string, n int) map[int]fault {
	bad := map[int]fault{}
	for _, f := range e.faults {
		parts := strings.Split(strings.TrimPrefix(f.Source.Pointer, "/"), "/")
		if len(parts) < 2 || parts[0] != operation {
			continue
		}
		if i, err := strconv.Atoi(parts[1]); err == nil && i >= 0 && i < n {
			if _, ok := bad[i]; !ok {
				bad[i] = f
			}
		}
	}
	return bad
}

// transition moves a delivery to shipped or shipped_partially. It may mail the customer, so it is done once: after a lost
// answer the shop is asked for the state.
func (t *Target) transition(c encodedCall) flow.Step {
	path := "/api/_action/order_delivery/" + c.Delivery + "/state/" + c.To
	return flow.Step{Name: c.Step, Once: true,
		Do: func(ctx context.Context, _ flow.Evidence) (flow.Report, error) {
			body, err := json.Marshal(map[string]any{"sendMail": c.SendMail})
			if err != nil {
				return flow.Report{}, flow.Stop("%s: %w", c.Step, err)
			}
			answer, err := t.shop.do(ctx, call{method: http.MethodPost, path: path, body: body})
			if e, ok := errors.AsType[*apiError](err); ok && e.status == http.StatusBadRequest {
				// Somebody may have done it in the shop since it was asked.
				if state, stateErr := t.deliveryState(ctx, c.Delivery); stateErr == nil && reached(state, c.To) {
					return flow.Report{Request: "POST " + path, Answer: "refused, and the delivery is " + state + " already"}, nil
				}
			}
			return flow.Report{Request: "POST " + path, Answer: answerText(answer, err)}, err
		},
		Check: func(ctx context.Context, _ flow.Evidence) (flow.State, flow.Report, error) {
			state, err := t.deliveryState(ctx, c.Delivery)
			if err != nil {
				return flow.CannotTell, flow.Report{}, err
			}
			r := flow.Report{Request: "search order-delivery", Answer: "the delivery is " + state}
			if reached(state, c.To) {
				return flow.Done, r, nil
			}
			return flow.NotDone, r, nil
		}}
}

// stateAfter is the state in which a transition ends.
func stateAfter(transition string) string {
	if transition == shipPartially {
		return "shipped_partially"
	}
	return "shipped"
}

// reached tells whether a state makes a transition needless; what was shipped in whole was shipped in part before.
func reached(state, transition string) bool {
	return state == stateAfter(transition) || state == "shipped"
}

func (t *Target) deliveryState(ctx context.Context, id string) (string, error) {
	rows, err := t.shop.search(ctx, "order-delivery", criteria{Limit: 1, Filter: []filter{{Type: "equals", Field: "id", Value: id}},
		Associations: map[string]any{"stateMachineState": struct{}{}}})
	if err != nil {
		return "", err
	}
	if len(rows) == 0 {
		return "", flow.Stop("the shop has no delivery %s any more", id)
	}
	n, err := parse(rows[0])
	if err != nil {
		return "", flow.Later(0, err)
	}
	return n.at("stateMachineState", "technicalName").text(), nil
}
