package document

import (
	"slices"

	"github.com/batchgate/batchgate/finding"
)

// Origin says where a value came from: the rule of the mapping that read it and the place of its bytes.
type Origin struct {
	Rule  finding.Place `json:"rule"`  // line of the mapping, or the connector's own rule in Path
	Place finding.Place `json:"place"` // bytes in the file
	Raw   string        `json:"raw"`   // the bytes as they stand there, as text
}

// Fields are what values were read from: a record that knows where each of its fields stands.
type Fields interface {
	// Origin gives the place of a field and the bytes there, as text.
	Origin(field int) (place finding.Place, raw string)
}

// origin is what is kept of where a value came from. Of most nobody asks, so that places are worked out when one does.
type origin struct {
	rule   *finding.Place // of a value that is a field; nil: known is all there is
	fields Fields
	field  int
	known  *Origin
}

// get works an origin out; false when there is none.
func (o *origin) get() (Origin, bool) {
	switch {
	case o.rule != nil:
		place, raw := o.fields.Origin(o.field)
		return Origin{Rule: *o.rule, Place: place, Raw: raw}, true
	case o.known != nil:
		return *o.known, *o.known != Origin{}
	}
	return Origin{}, false
}

// at gives what is kept of the value in a slot.
func (g *Group) at(slot int) *origin {
	if g.origins == nil {
		g.origins = make([]origin, len(g.values))
	}
	return &g.origins[slot]
}

// Trace records where the value in a slot came from.
func (g *Group) Trace(slot int, o Origin) { *g.at(slot) = origin{known: &o} }

// TraceField records that the value in a slot is a field of a record, which stays as it is until the group was used or
// cloned. The rule stays as it is for good.
func (g *Group) TraceField(slot int, rule *finding.Place, fields Fields, field int) {
	o := g.at(slot)
	o.rule, o.fields, o.field = rule, fields, field
}

// SetFrom sets a value with its origin, for readers that trace.
func (g *Group) SetFrom(name string, v Value, o Origin) {
	slot := g.shape.mustSlot(name)
	g.values[slot] = v
	g.Trace(slot, o)
}

// Origin gives where the value in a slot came from; false when it was not traced.
func (g *Group) Origin(slot int) (Origin, bool) {
	if g.origins == nil {
		return Origin{}, false
	}
	return g.origins[slot].get()
}

// cloneOrigins copies origins so that they outlive the records that values were read from.
func cloneOrigins(from []origin) []origin {
	to := slices.Clone(from)
	for i := range to {
		if o, ok := to[i].get(); ok {
			to[i] = origin{known: &o}
		}
	}
	return to
}
