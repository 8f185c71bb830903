package flatfile

import (
	"fmt"

	"github.com/batchgate/batchgate/finding"
)

// The names of what this package checks. They are stable: profiles refer to them.
const (
	ruleOptions         = "flatfile.options"
	ruleSource          = "flatfile.source"
	ruleEmpty           = "flatfile.empty"
	ruleTruncated       = "flatfile.truncated"
	ruleTooLong         = "flatfile.record-size"
	ruleCharset         = "flatfile.charset"
	ruleBOM             = "flatfile.byte-order-mark"
	ruleColumnMissing   = "flatfile.column-missing"
	ruleColumnExtra     = "flatfile.column-extra"
	ruleColumnDuplicate = "flatfile.column-duplicate"
	ruleColumnUnnamed   = "flatfile.column-unnamed"
	ruleRowShort        = "flatfile.row-short"
	ruleRowLong         = "flatfile.row-long"
	ruleStrayQuote      = "flatfile.stray-quote"
	ruleOpenQuote       = "flatfile.open-quote"
	ruleNUL             = "flatfile.nul"
	ruleEmptyLine       = "flatfile.empty-line"
	ruleEndMark         = "flatfile.end-mark"
	ruleLineEnds        = "flatfile.line-ends"
	ruleRecordType      = "flatfile.record-type"
	ruleBinary          = "flatfile.binary"
	ruleNumber          = "flatfile.number"
	ruleFraming         = "flatfile.framing"
	ruleSepLine         = "flatfile.sep-line"
)

// optionError is the error for options that make no sense.
func optionError(option, what, hint string) *Error {
	return &Error{
		Finding: finding.Finding{Rule: ruleOptions, Severity: finding.Error, Message: option + ": " + what, Hint: hint},
		Err:     ErrOptions,
	}
}

// keepErrors is how many errors of one rule are kept one by one.
const keepErrors = 100

// keepExamples is how many lines a counted finding names.
const keepExamples = 5

// collection is the findings of a file, bounded: errors of one rule beyond the hundredth, and every note or warning after
// the first of its rule, are counted.
type collection struct {
	list  finding.List
	kept  map[string]int
	group map[string]int // rule to the place in list of its counted finding
}

// add takes in a finding.
func (c *collection) add(f finding.Finding) {
	if c.kept == nil {
		c.kept, c.group = map[string]int{}, map[string]int{}
	}
	limit := 1
	if f.Severity == finding.Error || f.Rule == ruleColumnExtra {
		limit = keepErrors
	}
	if c.kept[f.Rule] < limit {
		c.kept[f.Rule]++
		if limit == 1 {
			f = counted(f)
			c.group[f.Rule] = len(c.list)
		}
		c.list = append(c.list, f)
		return
	}
	at, grouped := c.group[f.Rule]
	if !grouped {
		c.group[f.Rule] = len(c.list)
		c.list = append(c.list, counted(f))
		return
	}
	g := &c.list[at]
	g.Count += max(f.Count, 1)
	if len(g.Examples) < keepExamples {
		g.Examples = append(g.Examples, example(f))
	}
}

// counted makes a finding one that others will be counted with.
func counted(f finding.Finding) finding.Finding {
	if f.Count == 0 {
		f.Count, f.Examples = 1, []string{example(f)}
	}
	return f
}

// onlyCounts tells whether another finding of a rule would but be counted, and counts it.
func (c *collection) onlyCounts(rule string) bool {
	at, grouped := c.group[rule]
	if !grouped || len(c.list[at].Examples) < keepExamples {
		return false
	}
	c.list[at].Count++
	return true
}

// example names one of the things that a counted finding stands for.
func example(f finding.Finding) string {
	if f.Place.Line == 0 {
		return fmt.Sprintf("record %d", f.Place.Record)
	}
	return fmt.Sprintf("line %d", f.Place.Line)
}
