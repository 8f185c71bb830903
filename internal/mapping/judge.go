package mapping

import (
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
)

// later is an expression of an item that is reckoned when the whole document is read.
type later struct {
	rule  *rule
	items []item
}

// needItem reports a mandatory value of an item that is not there. Those of the document are judged at its end.
func (r *Reader) needItem(rule *rule, g *document.Group) {
	if rule.required && rule.scope.parent != nil && rule.read == nil && g.At(rule.slot).IsBlank() {
		r.problem(ruleMissing, r.where(), "", rule, r.pathOf(rule)+" is missing, and the mapping says that it is required", "")
		r.bad = true
	}
}

// reckon reckons `read:`; for an item that waits until the whole document is there.
func (r *Reader) reckon(rule *rule) {
	items := r.itemsAround(rule.scope)
	if rule.scope.parent != nil {
		r.deferred = append(r.deferred, later{rule, items})
		return
	}
	r.evaluate(later{rule, items})
}

// itemsAround gives the document and the items that are open, down to that of a scope.
func (r *Reader) itemsAround(s *scope) []item {
	var items []item
	for ; s != nil; s = s.parent {
		g := r.groups[s.number]
		if s.parent == nil {
			g = &r.doc.Group
		}
		items = append([]item{{group: g, path: s.name}}, items...)
	}
	return items
}

func (r *Reader) evaluate(l later) {
	g := l.items[len(l.items)-1].group
	v, err := l.rule.read.value(&frame{items: l.items, value: g.At(l.rule.slot)})
	if err != nil {
		r.problem(ruleReckon, l.rule.read.place, l.rule.source, l.rule, fmt.Sprintf("%s: %v", r.pathOf(l.rule), err), "")
		r.bad = true
		return
	}
	g.Put(l.rule.slot, v)
	if o, ok := g.Origin(l.rule.slot); r.opt.Trace && !ok {
		o.Rule = l.rule.place
		g.Trace(l.rule.slot, o)
	}
}

// finish checks the document that is complete and emits it.
func (r *Reader) finish() error {
	for _, l := range r.deferred {
		r.evaluate(l)
	}
	r.deferred = r.deferred[:0]
	r.compareStated()
	if !r.bad && !r.dropped {
		r.judge()
	}
	bad, dropped := r.bad || r.edi != nil && r.edi.wrong || r.tree != nil && r.tree.wrong, r.dropped
	r.bad, r.dropped = false, false
	clear(r.paths)
	switch {
	case bad:
		r.found.refused++
		return nil
	case dropped:
		r.found.dropped++
		return nil
	case r.opt.Emit == nil:
		return nil
	}
	return r.opt.Emit(r.doc)
}

// judge looks for what is missing in the document, and makes the checks all of whose fields are there.
func (r *Reader) judge() {
	if r.doc.At(r.key).IsBlank() {
		r.missing(keyField(r.m.kind), nil)
	}
	if r.plain {
		return
	}
	for _, rule := range r.m.required {
		if rule.slot != r.key && r.doc.At(rule.slot).IsBlank() {
			r.missing(rule.field, rule)
		}
	}
	if r.bad {
		return
	}
	for _, k := range r.m.checks {
		if f, failed := k.run(&r.doc.Group, r.where); failed {
			r.found.add(f)
			r.bad = true
		}
	}
}

func (r *Reader) missing(field string, rule *rule) {
	r.problem(ruleMissing, r.where(), "", rule, field+" is missing, and every "+string(r.m.kind)+" has one", "")
	r.bad = true
}

// where gives the place at which the document begins, for what is missing in it.
func (r *Reader) where() finding.Place {
	if r.edi != nil {
		return r.edi.start
	}
	if r.tree != nil {
		return r.tree.start
	}
	if r.idoc != nil {
		return r.idoc.start
	}
	return r.row.start()
}

// run makes a check of a document.
func (k *check) run(g *document.Group, where func() finding.Place) (finding.Finding, bool) {
	var values []string
	for _, slot := range k.slots {
		if g.At(slot).IsMissing() {
			return finding.Finding{}, false
		}
		values = append(values, g.Shape().Fields[slot].Name+" is "+g.At(slot).Text())
	}
	yes, err := holds(k.expression, &frame{items: []item{{group: g}}})
	if yes && err == nil {
		return finding.Finding{}, false
	}
	f := finding.Finding{Rule: ruleCheck, Severity: finding.Error, Place: where(), Related: &k.place,
		Message: "the check does not hold: " + k.expression.source, Hint: strings.Join(values, ", ")}
	if err != nil {
		f.Message = fmt.Sprintf("the check %s cannot be made: %v", k.expression.source, err)
	}
	return f, true
}
