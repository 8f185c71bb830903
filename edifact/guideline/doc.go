// Package guideline narrows the messages of a directory to what a partner or an industry uses: which segments and groups,
// how often, which elements in which format, which codes, and what depends on what.
//
//	guideline: hammerl-orders
//	title: Orders of Hammerl
//	message: ORDERS
//	directory: D.96A
//	extends: retail-orders        # another guideline, narrowed further
//	others: refused               # what is not named here is not used; without it, it is allowed
//	segments:
//	  BGM:
//	    elements:
//	      C002.1001: {codes: [220, 221]}
//	      "1004": {use: required, format: an..17}
//	  DTM[137]: {use: required, max: 1, elements: {C507.2379: {value: 102}}}
//	  SG2[BY]: {use: required, max: 1}
//	  SG2[BY]/NAD: {elements: {C082.3039: {use: required}}}
//	  SG25: {max: 999}
//	rules:
//	  - name: currency
//	    if: {SG25/SG28/PRI: present}
//	    then: {SG7/CUX: required}
//	    message: prices need their currency
//
// Paths are those of the segment table. A part in brackets means the occurrences with that qualifier: the first element
// of the segment or of the group's trigger, or the one that "by" names. What is said of a path without brackets goes for
// all its occurrences together (use, max), and for each (elements, what stands in the group).
//
// A [Checker] goes beside a validate.Validator, which says where in the table each segment stands, and merges both
// lists of findings, so that one fault stays one finding:
//
//	found = checker.Event(ev, validator.Row(), validator.Event(ev))
//
// [Deriver] drafts a guideline from real files; [Guideline.Markdown] prints it as a guide for people.
package guideline
