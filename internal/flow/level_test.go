package flow_test

import (
	"io"
	"strings"
	"testing"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/acknowledge"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/flow"
	"github.com/batchgate/batchgate/profiles"
)

// oneOrder is an order of the example's retailer. Its UNZ counts wrongly, and its UNT does; a zero byte stands behind it.
const oneOrder = "UNA:+.? 'UNB+UNOC:3+4005555000013:14+4012345000009:14+261125:0930+77'UNH+1+ORDERS:D:96A:UN'BGM+220+PO-1+9'DTM+137:20261125:102'" +
	"NAD+BY+4005555000013::9'LIN+1++4099999000017:EN'QTY+21:3:PCE'UNS+S'UNT+99+1'UNZ+9+77'\x00\x00"

// judged is what reading oneOrder gave.
type judged struct {
	broken  bool
	file    finding.List
	message finding.List
	answer  acknowledge.Action
}

func judge(t *testing.T, flows []*profiles.Flow) judged {
	t.Helper()
	var j judged
	found, err := flow.Read(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(oneOrder)), nil }, flows, flow.ReadOptions{Name: "f"}, flow.Sink{
		Document: func(*flow.Message, *document.Document) error { return nil },
		End: func(m *flow.Message) error {
			j.broken, j.message = j.broken || m.Broken, append(j.message, m.Findings...)
			return nil
		},
		Interchange: func(_ *edifact.Interchange, c *acknowledge.Contrl, _ []*profiles.Flow) error {
			j.answer = c.Action
			if len(c.Messages) > 0 && c.Action != acknowledge.Rejected {
				j.answer = c.Messages[0].Action
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	j.file = found
	return j
}

func severityOf(found finding.List, rule string) string {
	for _, f := range found {
		if f.Rule == rule {
			return f.Severity.String()
		}
	}
	return ""
}

// A rule that a profile makes milder stops neither message nor file, nor does a CONTRL reject what takes effect.
func TestLevelsHoldForMessagesFilesAndTheirAcknowledgement(t *testing.T) {
	flows := example(t)
	if j := judge(t, flows); !j.broken || j.answer != acknowledge.Rejected || severityOf(j.file, edifact.RuleUNZCount) != "error" || severityOf(j.message, edifact.RuleUNTCount) != "error" {
		t.Errorf("strict: %+v", j)
	}
	retail := func(rules finding.Levels) []*profiles.Flow {
		flows := example(t)
		for _, f := range flows {
			if f.Name == "retail-orders" {
				f.Rules = rules
			}
		}
		return flows
	}
	if j := judge(t, retail(finding.Levels{edifact.RuleUNTCount: "warning"})); j.broken || severityOf(j.message, edifact.RuleUNTCount) != "warning" || j.answer != acknowledge.Rejected {
		t.Errorf("a milder UNT alone: %+v", j)
	}
	j := judge(t, retail(finding.Levels{edifact.RuleUNTCount: "note", edifact.RuleUNZCount: "off", edifact.RulePadding: "error"}))
	if j.broken || severityOf(j.message, edifact.RuleUNTCount) != "note" || severityOf(j.file, edifact.RuleUNZCount) != "" || j.answer != acknowledge.Acknowledged {
		t.Errorf("milder: %+v", j)
	}
	if severityOf(j.file, edifact.RulePadding) != "error" {
		t.Errorf("what stands around the interchanges is for all flows: %v", j.file)
	}
}

func TestOfSeveralFlowsTheStrictestLevelCounts(t *testing.T) {
	flows := example(t)
	var twice []*profiles.Flow
	for _, f := range flows {
		if f.Name == "retail-orders" {
			mild := *f
			mild.Name, mild.Rules = "mild", finding.Levels{edifact.RuleUNTCount: "off", edifact.RuleUNZCount: "off"}
			milder := *f
			milder.Name, milder.Rules = "milder", finding.Levels{edifact.RuleUNTCount: "warning", edifact.RuleUNZCount: "note"}
			twice = append(twice, &mild, &milder)
		}
	}
	j := judge(t, twice)
	if j.broken || j.answer != acknowledge.Acknowledged || severityOf(j.file, edifact.RuleUNZCount) != "note" || severityOf(j.message, edifact.RuleUNTCount) != "warning" {
		t.Errorf("%+v", j)
	}
}
