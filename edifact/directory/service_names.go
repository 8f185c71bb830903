package directory

// serviceNames are the names of elements and composites of the service segments, for people, where the tables have none.
var serviceNames = map[string]string{
	"S001": "syntax identifier", "S002": "interchange sender", "S003": "interchange recipient", "S004": "date and time of preparation",
	"S005": "recipient's reference or password", "S006": "sender of the group", "S007": "recipient of the group",
	"S008": "version of the group's messages", "S009": "message identifier", "S010": "status of the transfer", "S011": "place of the element",
	"S016": "message subset", "S017": "message implementation guideline", "S018": "scenario", "S020": "reference", "S021": "object type",
	"S022": "status of the object", "S300": "date and time of initiation", "S302": "dialogue reference", "S303": "transaction reference",
	"S306": "interactive message identifier", "S500": "security party", "S501": "security date and time", "S502": "security algorithm",
	"S503": "algorithm parameter", "S504": "list parameter", "S505": "service character for signature", "S508": "validation result",

	"0004": "Sender identification", "0008": "Sender's address for replies", "0010": "Recipient identification", "0014": "Recipient's routing address",
	"0017": "Date of preparation", "0019": "Time of preparation", "0020": "Interchange control reference", "0022": "Recipient's reference or password",
	"0026": "Application reference", "0032": "Interchange agreement", "0036": "Number of messages or groups", "0038": "Type of the group's messages",
	"0040": "Sender of the group", "0042": "Sender's further identification", "0044": "Recipient of the group", "0046": "Recipient's further identification",
	"0048": "Group reference", "0057": "Association assigned code", "0058": "Application password", "0060": "Number of messages in the group",
	"0062": "Message reference", "0068": "Common access reference", "0070": "Number of this transfer", "0074": "Number of segments",
	"0080": "Version of the service code lists", "0096": "Position of the segment in the message", "0098": "Position of the element in the segment",
	"0104": "Position of the component in the element", "0110": "Version of the code lists", "0115": "Message subset", "0116": "Version of the subset",
	"0118": "Release of the subset", "0121": "Message implementation guideline", "0122": "Version of the guideline", "0124": "Scenario",
	"0136": "Repetition of the element", "0534": "Security reference", "0560": "Validation value", "0588": "Number of security segments",
}

// nameService fills in what the tables do not name.
func (r *Release) nameService() {
	for id, e := range r.elements {
		if e.Name == "" {
			e.Name = serviceNames[id]
		}
	}
	for id, c := range r.composites {
		if c.Name == "" {
			c.Name = serviceNames[id]
		}
	}
}
