package validate

import (
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
)

// Option changes what a Validator checks.
type Option func(*options)

type options struct {
	levels  [ruleCount]finding.Severity
	off     [ruleCount]bool
	release *directory.Release
	codes   map[string]map[string]bool
	most    int
	known   *directory.Set
}

const defaultMost = 1000

// Severities changes the severity of rules by name. Names of other packages' rules are passed over.
func Severities(levels map[string]finding.Severity) Option {
	return func(o *options) {
		for i := range rules {
			if level, ok := levels[rules[i].Name]; ok {
				o.levels[i], o.off[i] = level, false
			}
		}
	}
}

// Off switches rules off by name. Names of other packages' rules are passed over.
func Off(names ...string) Option {
	return func(o *options) {
		for _, name := range names {
			for i := range rules {
				if rules[i].Name == name {
					o.off[i] = true
				}
			}
		}
	}
}

// ReadAs checks all messages by a directory, whatever UNH says: for partners that name another, or one that is not
// known. Service messages (CONTRL) are checked by their own all the same.
func ReadAs(release *directory.Release) Option { return func(o *options) { o.release = release } }

// Directories gives the directories in which that of a message is looked up by its name, as "D:22A". Without it these are the
// embedded ones of package directory.
func Directories(known *directory.Set) Option { return func(o *options) { o.known = known } }

// AllowCodes adds codes to the list of an element, as agreed upon with a partner or in an industry.
func AllowCodes(element string, codes ...string) Option {
	return func(o *options) {
		if o.codes == nil {
			o.codes = map[string]map[string]bool{}
		}
		if o.codes[element] == nil {
			o.codes[element] = map[string]bool{}
		}
		for _, c := range codes {
			o.codes[element][c] = true
		}
	}
}

// MaxFindings limits the findings of one message, 1,000 when not given. What is found beyond is counted in one more.
func MaxFindings(n int) Option { return func(o *options) { o.most = max(n, 1) } }
