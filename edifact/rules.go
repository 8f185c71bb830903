package edifact

import (
	"slices"

	"github.com/batchgate/batchgate/finding"
)

// Rule is one thing that this package checks. A profile changes its level by the name, which is stable.
type Rule struct {
	// Name is "edifact." and what is checked.
	Name string
	// Severity is what the rule counts for when nobody changes it.
	Severity finding.Severity
	// Clause is the source of the rule. Numbers of four digits and S0nn are the data elements of ISO 9735.
	Clause string
	// Hint says what to do.
	Hint string
}

// The names of the rules.
const (
	RuleRead              = "edifact.read"
	RuleEmpty             = "edifact.empty"
	RuleNoInterchange     = "edifact.no-interchange"
	RuleTruncated         = "edifact.truncated"
	RuleTooLong           = "edifact.segment-size"
	RuleSeparators        = "edifact.separators"
	RuleUNA               = "edifact.una"
	RuleUNAShort          = "edifact.una-short"
	RuleUNAMissing        = "edifact.una-missing"
	RuleByteOrderMark     = "edifact.byte-order-mark"
	RuleEBCDIC            = "edifact.ebcdic"
	RuleJunk              = "edifact.junk"
	RulePadding           = "edifact.padding"
	RuleEmptySegment      = "edifact.empty-segment"
	RuleTag               = "edifact.tag"
	RuleLineBreak         = "edifact.line-break"
	RuleSyntax            = "edifact.syntax"
	RuleRepetition        = "edifact.repetition-missing"
	RuleCharset           = "edifact.charset"
	RuleCharsetMismatch   = "edifact.charset-mismatch"
	RuleCharsetUnknown    = "edifact.charset-unknown"
	RuleRepertoire        = "edifact.repertoire"
	RuleControl           = "edifact.control-character"
	RuleObject            = "edifact.object-length"
	RuleMany              = "edifact.more"
	RuleUNBMissing        = "edifact.unb-missing"
	RuleUNZMissing        = "edifact.unz-missing"
	RuleUNZCount          = "edifact.unz-count"
	RuleUNZReference      = "edifact.unz-reference"
	RuleUNEMissing        = "edifact.une-missing"
	RuleUNECount          = "edifact.une-count"
	RuleUNEReference      = "edifact.une-reference"
	RuleUNGMissing        = "edifact.ung-missing"
	RuleUNHMissing        = "edifact.unh-missing"
	RuleUNTMissing        = "edifact.unt-missing"
	RuleUNTCount          = "edifact.unt-count"
	RuleUNTReference      = "edifact.unt-reference"
	RuleOutsideMessage    = "edifact.outside-message"
	RuleNoMessage         = "edifact.no-message"
	RuleDuplicateMessage  = "edifact.duplicate-message"
	RuleDuplicateControl  = "edifact.duplicate-interchange"
	RuleEnvelopeMandatory = "edifact.envelope-mandatory"
)

// rules is the table behind the names.
var rules = []Rule{
	{RuleRead, finding.Error, "", "the source could not be read to its end; try again"},
	{RuleEmpty, finding.Error, "", "ask the sender for the file again"},
	{RuleNoInterchange, finding.Error, "ISO 9735-1 7", "the file does not begin with UNA or UNB; look whether it is an EDIFACT file and was transferred in its own character set"},
	{RuleTruncated, finding.Error, "ISO 9735-1 7", "the file is not complete; ask the sender for it again, and read it only when it is done"},
	{RuleTooLong, finding.Error, "", "a segment terminator is missing or wrong, or the limit for one segment is too low for this partner"},
	{RuleSeparators, finding.Error, "ISO 9735-1 5", "let the sender put a UNA that names its separators before UNB"},
	{RuleUNA, finding.Error, "ISO 9735-1 5", "let the sender write UNA with six different service characters, as UNA:+.? '"},
	{RuleUNAShort, finding.Error, "ISO 9735-1 5", "let the sender write all six service characters after UNA, a blank for the reserved one"},
	{RuleUNAMissing, finding.Error, "ISO 9735-1 5", "UNA holds for its own interchange alone; let the sender repeat it"},
	{RuleByteOrderMark, finding.Warning, "ISO 9735-1 6", "let the sender leave out the byte order mark"},
	{RuleEBCDIC, finding.Warning, "ISO 9735-1 6", "let the sender transfer the file as text; until then name its code page as the character set, ibm037, ibm273 or ibm500"},
	{RuleJunk, finding.Error, "ISO 9735-1 7", "let the sender leave out whatever is no interchange"},
	{RulePadding, finding.Warning, "ISO 9735-1 7", "let the sender leave out blanks and fill bytes between segments and at the end"},
	{RuleEmptySegment, finding.Error, "ISO 9735-1 7", "a terminator stands alone: look for a doubled one, or one in a text without its release character"},
	{RuleTag, finding.Error, "ISO 9735-1 7", "look for a terminator in a text that lacks its release character"},
	{RuleLineBreak, finding.Error, "ISO 9735-1 6", "if this partner wraps lines, allow line breaks in its profile"},
	{RuleSyntax, finding.Error, "ISO 9735-1, 0002", "the syntax version is 1, 2, 3 or 4; it is read as the nearest known one"},
	{RuleRepetition, finding.Warning, "ISO 9735-1 5", "UNA names no repetition separator: repeated elements cannot be told from one another"},
	{RuleCharset, finding.Error, "ISO 9735-1 6", "agree with the sender on the syntax identifier, or set the character set that it really uses in its profile"},
	{RuleCharsetMismatch, finding.Error, "ISO 9735-1 6", "the bytes are UTF-8: set the character set UTF-8 in the partner's profile, or let the sender declare UNOY"},
	{RuleCharsetUnknown, finding.Warning, "ISO 9735-1, 0001", "texts outside ASCII cannot be read; set the character set in the partner's profile"},
	{RuleRepertoire, finding.Warning, "ISO 9735-1 6", "the characters are read as they are; let the sender declare UNOB or UNOC"},
	{RuleControl, finding.Warning, "ISO 9735-1 6", "control characters are read as they are; let the sender leave them out"},
	{RuleObject, finding.Error, "ISO 9735-8, 0810", "the length in UNO must be the number of bytes up to UNP"},
	{RuleMany, finding.Error, "", "the findings up to here tell what is wrong; the file is probably not what it should be"},
	{RuleUNBMissing, finding.Error, "ISO 9735-1 7", "an interchange begins with UNB"},
	{RuleUNZMissing, finding.Error, "ISO 9735-1 7", "each interchange ends with its own UNZ"},
	{RuleUNZCount, finding.Error, "ISO 9735-1, UNZ 0036", "UNZ counts the messages of the interchange, or its groups where it has any; look for a lost or doubled message"},
	{RuleUNZReference, finding.Error, "ISO 9735-1, UNZ 0020", "UNZ repeats the control reference of its UNB; look for a cut between two interchanges"},
	{RuleUNEMissing, finding.Error, "ISO 9735-1 7", "each group ends with its own UNE"},
	{RuleUNECount, finding.Error, "ISO 9735-1, UNE 0060", "UNE counts the messages of its group"},
	{RuleUNEReference, finding.Error, "ISO 9735-1, UNE 0048", "UNE repeats the reference of its UNG"},
	{RuleUNGMissing, finding.Error, "ISO 9735-1 7", "a group begins with UNG"},
	{RuleUNHMissing, finding.Error, "ISO 9735-1 7", "a message begins with UNH"},
	{RuleUNTMissing, finding.Error, "ISO 9735-1 7", "each message ends with its own UNT"},
	{RuleUNTCount, finding.Error, "ISO 9735-1, UNT 0074", "UNT counts the segments of its message, UNH and UNT with them; look for lost segments"},
	{RuleUNTReference, finding.Error, "ISO 9735-1, UNT 0062", "UNT repeats the reference of its UNH; look for a cut between two messages"},
	{RuleOutsideMessage, finding.Error, "ISO 9735-1 7", "between UNT and the next UNH no user segment may stand"},
	{RuleNoMessage, finding.Error, "ISO 9735-1 7", "an interchange holds at least one message"},
	{RuleDuplicateMessage, finding.Error, "ISO 9735-1, UNH 0062", "a message reference is used once in an interchange"},
	{RuleDuplicateControl, finding.Error, "ISO 9735-1, UNB 0020", "a control reference is used once between two partners; look whether the file was put together twice"},
	{RuleEnvelopeMandatory, finding.Error, "ISO 9735-1 8", "let the sender fill in the element"},
}

// Rules gives all rules of this package.
func Rules() []Rule { return slices.Clone(rules) }

// about starts a finding under a rule.
func about(name string, place finding.Place, message string) finding.Finding {
	for i := range rules {
		if r := &rules[i]; r.Name == name {
			return finding.Finding{Rule: name, Severity: r.Severity, Place: place, Message: message, Hint: r.Hint, Clause: r.Clause}
		}
	}
	return finding.Finding{Rule: name, Severity: finding.Error, Place: place, Message: message}
}
