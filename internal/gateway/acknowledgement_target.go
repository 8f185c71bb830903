package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/flow"
)

// contrlFact is the fact in which the answer to an interchange is recorded.
const contrlFact = "contrl"

// contrlTarget places a CONTRL message.
type contrlTarget struct{ placing }

// Needs is empty.
func (t *contrlTarget) Needs(*flow.Delivery) []flow.Need { return nil }

// Lookup is never called.
func (t *contrlTarget) Lookup(_ context.Context, table string, _ []string) (map[string]string, time.Duration, error) {
	return nil, 0, flow.Stop("a folder has no look-up %q", table)
}

// Encode writes the interchange with the answer that was recorded when the file was read.
func (t *contrlTarget) Encode(_ *flow.Delivery, f flow.Facts, _ *flow.Trace) ([]byte, []flow.Refusal, finding.List, error) {
	recorded, ok := f.Lookup(contrlFact, contrlFact)
	if !ok {
		return nil, nil, nil, fmt.Errorf("no answer was recorded for this acknowledgement")
	}
	var c acknowledge.Contrl
	if err := json.Unmarshal([]byte(recorded), &c); err != nil {
		return nil, nil, nil, fmt.Errorf("recorded acknowledgement: %w", err)
	}
	control, err := f.Number(controlSeries)
	if err != nil {
		return nil, nil, nil, err
	}
	body, err := c.Encode(acknowledge.Envelope{Control: strconv.FormatInt(control, 10), Time: f.Now()})
	return body, nil, nil, err
}

// Steps places the file.
func (t *contrlTarget) Steps(d *flow.Delivery, body []byte) []flow.Step {
	p := t.placing
	p.name, p.delivery = d.Name, d.ID
	return p.steps(body)
}
