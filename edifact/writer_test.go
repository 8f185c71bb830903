package edifact_test

import "github.com/batchgate/batchgate/edifact"

var testMessage = edifact.MessageHeader{Reference: "1", Type: "ORDERS", Version: "D", Release: "96A", Agency: "UN"}

func testInterchange(level, version string) edifact.Interchange {
	i := edifact.Interchange{
		Syntax: edifact.Syntax{Identifier: level, Version: version}, Control: "1001", Date: "261201", Time: "1000",
		Sender: edifact.Party{ID: "4098765000003", Qualifier: "14"}, Recipient: edifact.Party{ID: "4012345000009", Qualifier: "14"},
	}
	if version == "4" {
		i.Date = "20261201"
	}
	return i
}
