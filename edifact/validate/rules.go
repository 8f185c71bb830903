package validate

import (
	"slices"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

// The names of the rules.
const (
	RuleDirectoryUnknown  = "edifact.directory-unknown"
	RuleMessageUnknown    = "edifact.message-unknown"
	RuleSegmentUnknown    = "edifact.segment-unknown"
	RuleSegmentUnexpected = "edifact.segment-unexpected"
	RuleSegmentOrder      = "edifact.segment-order"
	RuleSegmentMissing    = "edifact.segment-missing"
	RuleSegmentRepeat     = "edifact.segment-repeat"
	RuleGroupRepeat       = "edifact.group-repeat"
	RuleElementMissing    = "edifact.element-missing"
	RuleComponentMissing  = "edifact.component-missing"
	RuleElementTooMany    = "edifact.element-too-many"
	RuleComponentTooMany  = "edifact.component-too-many"
	RuleElementRepeat     = "edifact.element-repeat"
	RuleElementLength     = "edifact.element-length"
	RuleElementShort      = "edifact.element-short"
	RuleElementFormat     = "edifact.element-format"
	RuleDependency        = "edifact.dependency"
	RuleDecimalMark       = "edifact.decimal-mark"
	RuleDecimalDigit      = "edifact.decimal-digit"
	RuleCodeUnknown       = "edifact.code-unknown"
	RuleEnvelopeDate      = "edifact.envelope-date"
	RuleTrailing          = "edifact.trailing-separator"
	RuleMore              = "edifact.more"
)

// rule is the index of a rule in the table.
type rule uint8

const (
	directoryUnknown rule = iota
	messageUnknown
	segmentUnknown
	segmentUnexpected
	segmentOrder
	segmentMissing
	segmentRepeat
	groupRepeat
	elementMissing
	componentMissing
	elementTooMany
	componentTooMany
	elementRepeat
	elementLength
	elementShort
	elementFormat
	dependency
	decimalMark
	decimalDigit
	codeUnknown
	envelopeDate
	trailing
	more
	ruleCount
)

var rules = [ruleCount]edifact.Rule{
	directoryUnknown:  {Name: RuleDirectoryUnknown, Severity: finding.Note, Clause: "ISO 9735-1, S009", Hint: "only the envelope is checked; name the directory to read it by in the profile"},
	messageUnknown:    {Name: RuleMessageUnknown, Severity: finding.Note, Clause: "ISO 9735-1, S009", Hint: "only the envelope is checked; the message is none of the directory's"},
	segmentUnknown:    {Name: RuleSegmentUnknown, Severity: finding.Error, Clause: "ISO 9735-1 7", Hint: "the directory has no such segment; look for a terminator in a text that lacks its release character"},
	segmentUnexpected: {Name: RuleSegmentUnexpected, Severity: finding.Error, Clause: "ISO 9735-1 7", Hint: "the message has no such segment; let the sender leave it out"},
	segmentOrder:      {Name: RuleSegmentOrder, Severity: finding.Error, Clause: "ISO 9735-1 7", Hint: "let the sender keep the order of the segment table"},
	segmentMissing:    {Name: RuleSegmentMissing, Severity: finding.Error, Clause: "ISO 9735-1 8", Hint: "the segment is mandatory there; let the sender add it"},
	segmentRepeat:     {Name: RuleSegmentRepeat, Severity: finding.Error, Clause: "ISO 9735-1 8", Hint: "let the sender send the segment less often, or begin the next group in time"},
	groupRepeat:       {Name: RuleGroupRepeat, Severity: finding.Error, Clause: "ISO 9735-1 8", Hint: "let the sender split the message"},
	elementMissing:    {Name: RuleElementMissing, Severity: finding.Error, Clause: "ISO 9735-1 8", Hint: "the element is mandatory; let the sender fill it in"},
	componentMissing:  {Name: RuleComponentMissing, Severity: finding.Error, Clause: "ISO 9735-1 8", Hint: "the component is mandatory where its composite is used; let the sender fill it in"},
	elementTooMany:    {Name: RuleElementTooMany, Severity: finding.Error, Clause: "ISO 9735-1 7", Hint: "look for an element separator in a text that lacks its release character"},
	componentTooMany:  {Name: RuleComponentTooMany, Severity: finding.Error, Clause: "ISO 9735-1 7", Hint: "look for a component separator in a text that lacks its release character"},
	elementRepeat:     {Name: RuleElementRepeat, Severity: finding.Error, Clause: "ISO 9735-1 8", Hint: "let the sender repeat the element less often"},
	elementLength:     {Name: RuleElementLength, Severity: finding.Error, Clause: "ISO 9735-1 10", Hint: "let the sender shorten the value, or use the next element for the rest of it"},
	elementShort:      {Name: RuleElementShort, Severity: finding.Error, Clause: "ISO 9735-1 10", Hint: "the value has a fixed length; let the sender fill it up"},
	elementFormat:     {Name: RuleElementFormat, Severity: finding.Error, Clause: "ISO 9735-1 10", Hint: "let the sender send digits alone where the directory has a number, and none where it has letters"},
	dependency:        {Name: RuleDependency, Severity: finding.Error, Clause: "ISO 9735-1 11", Hint: "a note of the directory ties these elements to each other; let the sender fill in or leave out what the note says"},
	decimalMark:       {Name: RuleDecimalMark, Severity: finding.Warning, Clause: "ISO 9735-1 10", Hint: "UNA names the other decimal mark; the value is read as it is meant, let the sender send what it names"},
	decimalDigit:      {Name: RuleDecimalDigit, Severity: finding.Warning, Clause: "ISO 9735-1 10", Hint: "a digit stands on both sides of a decimal mark; let the sender write 0.5 and 5"},
	codeUnknown:       {Name: RuleCodeUnknown, Severity: finding.Warning, Clause: "ISO 9735-1 8", Hint: "the directory's code list does not have it; add the code to the partner's lists if it is agreed upon"},
	envelopeDate:      {Name: RuleEnvelopeDate, Severity: finding.Error, Clause: "ISO 9735-1, 0017", Hint: "the date is YYMMDD in syntax 1 to 3 and CCYYMMDD in syntax 4; tolerate the other one in the profile if this partner cannot change it"},
	trailing:          {Name: RuleTrailing, Severity: finding.Note, Clause: "ISO 9735-1 9", Hint: "separators behind the last value of a segment or composite can be left out"},
	more:              {Name: RuleMore, Severity: finding.Error, Hint: "the findings up to here tell what is wrong; the message is probably not what it should be"},
}

// Rules gives all rules of this package.
func Rules() []edifact.Rule { return slices.Clone(rules[:]) }
