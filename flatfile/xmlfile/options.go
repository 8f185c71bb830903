package xmlfile

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
)

// DefaultMaxRecord is the limit of a record in bytes where none is set: 16 MiB, room for an invoice with its picture.
const DefaultMaxRecord = 16 << 20

// DefaultMaxDepth is how deep elements may nest where nothing else is set.
const DefaultMaxDepth = 100

// Limits that are never needed by a business document, and bound what a hostile one costs.
const (
	largestMaxRecord = 1 << 28 // positions within a record fit 32 bits
	maxAttributes    = 1000    // of an element
	maxNames         = 100_000 // different names in a file
	maxScopes        = 10_000  // different sets of namespaces in a file
)

// Options says how an XML file is read.
type Options struct {
	// Record is the path of the element that is a record, from the root: "Stock/Items/Item". "" is the root element,
	// whatever its name.
	Record string
	// Keep are paths of elements outside of the records that are wanted with each record behind them: "Stock/Warehouse".
	Keep []string
	// Namespaces are the prefixes of Record and Keep; "" is the namespace of names without prefix.
	Namespaces map[string]string
	// Charset overrules what the file declares of itself: "" is as XML has it (declaration, byte order mark, else UTF-8).
	Charset string
	// MaxRecord is the limit of a record in bytes, 0 is DefaultMaxRecord; MaxDepth that of nested elements, 0 is
	// DefaultMaxDepth.
	MaxRecord, MaxDepth int
}

// Check tells whether the options make sense. Its error is a *flatfile.Error with the cause flatfile.ErrOptions.
func (o Options) Check() error {
	_, err := o.compile()
	return err
}

// plan is Options made ready.
type plan struct {
	Options
	record []qualified
	keep   [][]qualified
}

// qualified is a name with its namespace.
type qualified struct{ space, local string }

func (o Options) compile() (*plan, error) {
	p := &plan{Options: o}
	if p.MaxRecord == 0 {
		p.MaxRecord = DefaultMaxRecord
	}
	if p.MaxDepth == 0 {
		p.MaxDepth = DefaultMaxDepth
	}
	if p.MaxRecord < 0 || p.MaxRecord > largestMaxRecord {
		return nil, optionError("record limit", fmt.Sprintf("%d bytes", p.MaxRecord), fmt.Sprintf("give 1 to %d", largestMaxRecord))
	}
	if p.MaxDepth < 0 || p.MaxDepth > 10_000 {
		return nil, optionError("depth limit", fmt.Sprintf("%d elements", p.MaxDepth), "give 1 to 10000")
	}
	var err error
	if p.Record != "" {
		if p.record, err = o.path(p.Record); err != nil {
			return nil, err
		}
	}
	for _, text := range o.Keep {
		path, err := o.path(text)
		if err != nil {
			return nil, err
		}
		if len(p.record) == 0 || len(path) < 2 || len(path) > len(p.record) || !samePath(path[:len(path)-1], p.record[:len(path)-1]) || path[len(path)-1] == p.record[len(path)-1] {
			return nil, optionError("keep", fmt.Sprintf("%q is not beside the record %q", text, o.Record), "name a child of an element around the record")
		}
		p.keep = append(p.keep, path)
	}
	if o.Charset != "" {
		if _, err := lookupCharset(o.Charset); err != nil {
			return nil, optionError("charset", err.Error(), "")
		}
	}
	return p, nil
}

// path reads "a:Stock/Item".
func (o Options) path(text string) ([]qualified, error) {
	var path []qualified
	for step := range strings.SplitSeq(text, "/") {
		prefix, local, found := strings.Cut(step, ":")
		if !found {
			prefix, local = "", step
		}
		space, known := o.Namespaces[prefix]
		switch {
		case prefix != "" && !known:
			return nil, optionError("path", fmt.Sprintf("the prefix %q of %q is not known", prefix, text), "add it to the namespaces")
		case !isName([]byte(local)) || strings.Contains(local, ":"):
			return nil, optionError("path", fmt.Sprintf("%q in %q is not a name", step, text), "write element names with / between them")
		}
		path = append(path, qualified{space, local})
	}
	return path, nil
}

func samePath(a, b []qualified) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func optionError(option, what, hint string) *flatfile.Error {
	return &flatfile.Error{
		Finding: finding.Finding{Rule: ruleOptions, Severity: finding.Error, Message: option + ": " + what, Hint: hint},
		Err:     flatfile.ErrOptions,
	}
}

// The names of what this package checks. They are stable: profiles refer to them.
const (
	ruleOptions   = "xml.options"
	ruleSource    = "xml.source"
	ruleEmpty     = "xml.empty"
	ruleTruncated = "xml.truncated"
	ruleTooLong   = "xml.record-size"
	ruleDepth     = "xml.depth"
	ruleLimit     = "xml.limit"
	ruleCharset   = "xml.charset"
	ruleSyntax    = "xml.syntax"
	ruleNesting   = "xml.nesting"
	ruleEntity    = "xml.entity"
	ruleNamespace = "xml.namespace"
	ruleAttribute = "xml.attribute"
	ruleRoot      = "xml.root"
	ruleDoctype   = "xml.doctype"
	ruleLate      = "xml.late"
	ruleStray     = "xml.stray-text"
)
