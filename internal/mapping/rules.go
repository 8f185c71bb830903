package mapping

// UnknownCode is the rule of a code that a code list does not have.
const UnknownCode = "mapping.code"

// The names of what this package finds. They are stable: profiles change the level of a rule by its name.
const (
	// In a mapping itself.
	ruleSyntax     = "mapping.syntax"     // not YAML, or not of the form that is wanted
	ruleKey        = "mapping.key"        // a key that is not known, is missing, or stands twice
	ruleField      = "mapping.field"      // a field that the document does not have, or that is mapped twice
	rulePlace      = "mapping.place"      // a place that the format does not have
	ruleType       = "mapping.type"       // a conversion that does not fit the field
	ruleCodes      = "mapping.codes"      // a code list that is not known
	ruleNever      = "mapping.never"      // a line that can never match
	ruleExpression = "mapping.expression" // an expression that is wrong
	ruleValue      = "mapping.setting"    // a value that a key does not take

	// In a file that is read, or a document that is written.
	ruleNumber    = "mapping.number" // text that is not a number
	ruleTime      = "mapping.time"   // text that is not a date or time
	ruleFlag      = "mapping.flag"   // text that is neither of a flag's two
	ruleCode      = UnknownCode
	ruleDropped   = "mapping.dropped"     // what `unknown: drop` left out
	ruleTwice     = "mapping.twice"       // two values for one field
	ruleMissing   = "mapping.missing"     // a mandatory value that is not there
	ruleFixed     = "mapping.fixed"       // a constant that differs
	ruleCharset   = "mapping.charset"     // bytes that are no character of the declared set
	ruleRuined    = "mapping.ruined"      // what a spreadsheet made of an article number
	ruleMisplaced = "mapping.misplaced"   // a segment that cannot stand where it stands
	ruleUnmapped  = "mapping.unmapped"    // what no line takes
	ruleStated    = "mapping.stated"      // a value that does not follow from the others as it does when we write
	ruleCheck     = "mapping.check"       // sums that do not agree
	ruleReckon    = "mapping.reckon"      // an expression that has no result
	ruleFit       = "mapping.fit"         // a text that was changed to fit
	ruleTooLong   = "mapping.too-long"    // a text that does not fit
	ruleOutside   = "mapping.outside"     // characters that the target does not have
	ruleTooMany   = "mapping.too-many"    // more than the format has room for
	ruleTrigger   = "mapping.trigger"     // a group without its first segment
	ruleDiffers   = "mapping.differs"     // documents that cannot share one message or row
	ruleSequence  = "mapping.line-number" // two items with one number
)
