package profiles

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/guideline"
	"github.com/batchgate/batchgate/edifact/validate"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/option"
)

// fixedRules are those behind which nothing of a file or message is known: a level cannot make up for what is lost.
func fixedRules() []string {
	return []string{edifact.RuleRead, edifact.RuleEmpty, edifact.RuleNoInterchange, edifact.RuleTruncated, edifact.RuleTooLong, edifact.RuleSeparators,
		edifact.RuleUNTMissing}
}

// Rules gives the rules of EDIFACT and of guidelines, whose levels a profile can change.
func Rules() []edifact.Rule {
	var all []edifact.Rule
	seen := map[string]bool{}
	for _, r := range slices.Concat(edifact.Rules(), validate.Rules(), guideline.Rules()) {
		if !seen[r.Name] && !slices.Contains(fixedRules(), r.Name) {
			all = append(all, r)
		}
		seen[r.Name] = true
	}
	return all
}

// ruleFamilies are what the names of all other rules begin with.
var ruleFamilies = []string{"amounts", "answer", "customer", "flatfile", "flow", "idoc", "json", "mapping", "order", "platform", "shipment", "shopware", "stock", "xlsx", "xml"}

// CheckRule tells whether the level of a rule can be changed, by its name. Names of EDIFACT and guidelines are known one by one,
// of others what stands before the point. The hint goes with the error.
func CheckRule(name string) (hint string, err error) {
	if slices.Contains(fixedRules(), name) {
		return "leave it out: nothing is known of what follows", fmt.Errorf("the level of %s cannot be changed", name)
	}
	family, rest, _ := strings.Cut(name, ".")
	if slices.Contains(ruleFamilies, family) && rest != "" {
		return "", nil
	}
	var known []string
	for _, r := range Rules() {
		if r.Name == name {
			return "", nil
		}
		known = append(known, r.Name)
	}
	if near := finding.Nearest(name, known); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	} else {
		hint = "the name of a rule stands in brackets behind each finding; batchgate rules lists those of EDIFACT"
	}
	return hint, fmt.Errorf("there is no rule %q", finding.Cut(name))
}

// ruleNames checks the names of rules in a profile.
func (l *flowLoader) ruleNames(v option.Values) {
	for _, pair := range v.Pairs("rules") {
		if hint, err := CheckRule(pair.Key); err != nil {
			f := pair.Source.At(pair.KeyNode, "option.value", err.Error())
			f.Hint = hint
			l.add(f)
		}
	}
}
