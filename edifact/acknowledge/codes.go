package acknowledge

import (
	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/validate"
)

// unspecified is the code (0085) of what no other code fits.
const unspecified = "18"

// codes are the syntax error codes (0085) of the rules. Rules that are not here are unspecified errors.
var codes = map[string]string{
	validate.RuleDirectoryUnknown:  "12",
	validate.RuleMessageUnknown:    "12",
	validate.RuleSegmentUnknown:    "15",
	validate.RuleSegmentUnexpected: "15",
	validate.RuleSegmentOrder:      "15",
	validate.RuleSegmentMissing:    "13",
	validate.RuleSegmentRepeat:     "35",
	validate.RuleGroupRepeat:       "36",
	validate.RuleElementMissing:    "13",
	validate.RuleComponentMissing:  "13",
	validate.RuleElementTooMany:    "16",
	validate.RuleComponentTooMany:  "16",
	validate.RuleElementRepeat:     "35",
	validate.RuleElementLength:     "39",
	validate.RuleElementShort:      "40",
	validate.RuleElementFormat:     "37",
	validate.RuleDependency:        "13",
	validate.RuleDecimalMark:       "19",
	validate.RuleDecimalDigit:      "38",
	validate.RuleCodeUnknown:       "12",
	validate.RuleEnvelopeDate:      "12",
	validate.RuleTrailing:          "45",

	edifact.RuleTruncated:         "13",
	edifact.RuleSeparators:        "20",
	edifact.RuleUNA:               "20",
	edifact.RuleUNAShort:          "20",
	edifact.RuleUNAMissing:        "22",
	edifact.RuleByteOrderMark:     "21",
	edifact.RuleJunk:              "33",
	edifact.RulePadding:           "21",
	edifact.RuleEmptySegment:      "22",
	edifact.RuleTag:               "12",
	edifact.RuleLineBreak:         "21",
	edifact.RuleSyntax:            "2",
	edifact.RuleRepetition:        "22",
	edifact.RuleCharset:           "21",
	edifact.RuleCharsetMismatch:   "21",
	edifact.RuleCharsetUnknown:    "46",
	edifact.RuleRepertoire:        "21",
	edifact.RuleControl:           "21",
	edifact.RuleObject:            "29",
	edifact.RuleUNBMissing:        "13",
	edifact.RuleUNZMissing:        "13",
	edifact.RuleUNZCount:          "29",
	edifact.RuleUNZReference:      "28",
	edifact.RuleUNEMissing:        "13",
	edifact.RuleUNECount:          "29",
	edifact.RuleUNEReference:      "28",
	edifact.RuleUNGMissing:        "13",
	edifact.RuleUNHMissing:        "13",
	edifact.RuleUNTMissing:        "13",
	edifact.RuleUNTCount:          "29",
	edifact.RuleUNTReference:      "28",
	edifact.RuleOutsideMessage:    "33",
	edifact.RuleNoMessage:         "32",
	edifact.RuleDuplicateMessage:  "26",
	edifact.RuleDuplicateControl:  "26",
	edifact.RuleEnvelopeMandatory: "13",
}

// instead are the codes to use where a syntax version does not have the fitting one.
var (
	insteadIn4 = map[string]string{"19": "37", "38": "37"}
	insteadIn3 = map[string]string{"45": unspecified, "46": "2"}
)

// Code gives the syntax error code (0085) of a rule in a syntax version; "18", unspecified error, where none fits better.
func Code(rule string, syntax int) string {
	code, ok := codes[rule]
	if !ok {
		return unspecified
	}
	instead := insteadIn3
	if syntax >= 4 {
		instead = insteadIn4
	}
	if other, ok := instead[code]; ok {
		return other
	}
	return code
}

// means are the service segments that a rule means, whatever segment stands at its place.
var means = map[string]string{
	edifact.RuleUNTMissing: "UNT", edifact.RuleUNZMissing: "UNZ", edifact.RuleUNEMissing: "UNE",
	edifact.RuleUNHMissing: "UNH", edifact.RuleUNGMissing: "UNG", edifact.RuleUNBMissing: "UNB",
	edifact.RuleTruncated: "UNZ", edifact.RuleSyntax: "UNB", edifact.RuleCharsetUnknown: "UNB",
	edifact.RuleUNA: "UNA", edifact.RuleUNAShort: "UNA", edifact.RuleUNAMissing: "UNA", edifact.RuleSeparators: "UNA",
}
