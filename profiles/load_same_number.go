package profiles

import (
	"slices"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/option"
)

// What to do with an order whose number came before with other content.
const (
	HoldNumber = "hold"    // a person decides
	Replace    = "replace" // it takes the place of the earlier one
	Amend      = "amend"   // it goes out behind it, as a change
)

func sameNumberOption() option.Option {
	return option.Option{Name: "same_number", Type: option.Choice, Default: HoldNumber, Allowed: []string{HoldNumber, Replace, Amend},
		Help: "what to do with an order or invoice of a file whose number came before with other content: hold it, let it replace the earlier one, or send it behind that as a change"}
}

// checkSameNumber looks whether the target can see what an order with a known number is.
func (l *flowLoader) checkSameNumber() {
	l.f.SameNumber = l.v.Text("same_number")
	if l.f.Read == nil || !Numbered(l.f.Read.Kind()) {
		l.misplaced(l.own, "where no orders or invoices are read from files", "same_number")
		return
	}
	if l.f.SameNumber == HoldNumber || l.f.Write == nil || slices.Contains(l.f.Write.Written(), "function") {
		return
	}
	l.fault(l.v, "same_number", "profile.functions", "write function in the mapping, or same_number: hold",
		"same_number is %s, but mapping %s does not write function, so that the target would take a second %s for a new one", l.f.SameNumber, l.f.Write.Name(), l.f.Read.Kind())
}

// Numbered tells whether the number of a document may come once: another one of that number takes its place, or is a mistake.
func Numbered(k document.Kind) bool { return k == document.Order || k == document.Invoice }
