package flow

import (
	"bufio"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// claimants gives the flows whose files begin as this one does; where none knows it for sure, those that may. One flow
// alone is left to say itself what is wrong.
func claimants(in *bufio.Reader, flows []*profiles.Flow, name string) ([]*profiles.Flow, finding.List) {
	if len(flows) == 1 {
		return flows, nil
	}
	head, _ := in.Peek(mapping.SniffLength) // a shorter file gives what it has
	var sure, perhaps []*profiles.Flow
	for _, f := range flows {
		switch f.Read.Claims(head) {
		case mapping.Yes:
			sure = append(sure, f)
		case mapping.Perhaps:
			perhaps = append(perhaps, f)
		}
	}
	switch {
	case len(sure) > 0:
		return sure, nil
	case len(perhaps) > 0:
		return perhaps, nil
	}
	return nil, finding.List{{Rule: "flow.none", Severity: finding.Error, Place: finding.Place{File: name}, Message: "none of the flows whose match fits its name takes a file that begins like this",
		Hint: "look at the root element that their mappings name, or add a flow"}}
}
