package guideline

import (
	"slices"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
)

// The names of the rules by which messages are checked.
const (
	RuleMessage          = "guideline.message"
	RuleAssociation      = "guideline.association"
	RuleSegmentUnused    = "guideline.segment-unused"
	RuleSegmentMissing   = "guideline.segment-missing"
	RuleSegmentRepeat    = "guideline.segment-repeat"
	RuleQualifier        = "guideline.qualifier"
	RuleElementMissing   = "guideline.element-missing"
	RuleElementUnused    = "guideline.element-unused"
	RuleElementFormat    = "guideline.element-format"
	RuleCode             = "guideline.code"
	RuleCondition        = "guideline.condition"
	RuleMore             = "guideline.more"
	severityOfGuidelines = finding.Error
)

var rules = []edifact.Rule{
	{Name: RuleMessage, Severity: severityOfGuidelines, Hint: "let the sender use the directory that was agreed upon, or write a guideline for this one"},
	{Name: RuleAssociation, Severity: severityOfGuidelines, Hint: "let the sender name the subset that was agreed upon (0057), or add it to the guideline's association"},
	{Name: RuleSegmentUnused, Severity: severityOfGuidelines, Hint: "let the sender leave it out, or name it in the guideline"},
	{Name: RuleSegmentMissing, Severity: severityOfGuidelines, Hint: "let the sender add it, or make it optional in the guideline"},
	{Name: RuleSegmentRepeat, Severity: severityOfGuidelines, Hint: "let the sender send it less often, or raise max in the guideline"},
	{Name: RuleQualifier, Severity: severityOfGuidelines, Hint: "let the sender use a qualifier of the guideline, or name this one in it"},
	{Name: RuleElementMissing, Severity: severityOfGuidelines, Hint: "let the sender fill it in, or make it optional in the guideline"},
	{Name: RuleElementUnused, Severity: severityOfGuidelines, Hint: "let the sender leave it empty, or name it in the guideline"},
	{Name: RuleElementFormat, Severity: severityOfGuidelines, Hint: "let the sender keep to the format that was agreed upon, or widen it in the guideline"},
	{Name: RuleCode, Severity: severityOfGuidelines, Hint: "let the sender use a value of the guideline, or add this one to it"},
	{Name: RuleCondition, Severity: severityOfGuidelines, Hint: "see the rule in the guideline"},
	{Name: RuleMore, Severity: severityOfGuidelines, Hint: "the findings up to here tell what is wrong"},
}

// Rules gives all rules by which messages are checked against guidelines.
func Rules() []edifact.Rule { return slices.Clone(rules) }

func ruleOf(name string) *edifact.Rule {
	for i := range rules {
		if rules[i].Name == name {
			return &rules[i]
		}
	}
	panic("guideline: no rule " + name) // the names are constants above
}
