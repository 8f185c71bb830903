package mapping

import (
	"bytes"
)

// Claim says whether a file is one of a mapping's, as far as its first bytes tell.
type Claim uint8

const (
	// Perhaps: the format has no sign by which it is known.
	Perhaps Claim = iota
	// No: the file is of another format, or of another kind.
	No
	// Yes: the file begins as the mapping wants it.
	Yes
)

// SniffLength is how many bytes of a file Claims wants to see.
const SniffLength = 64 << 10

// Claims tells by the first bytes of a file whether it is one of the mapping's: an XML file by its root element and the
// conditions that the mapping gives it, JSON by its first bracket, a workbook by being a zip archive.
func (m *Mapping) Claims(head []byte) Claim {
	yes := false
	switch m.format {
	case XML:
		yes = m.takesXML(head)
	case JSON:
		head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
		yes = len(head) > 0 && (head[0] == '{' || head[0] == '[')
	case XLSX:
		yes = bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0"))
	case IDoc:
		yes = m.takesIDoc(head)
	default:
		return Perhaps
	}
	if yes {
		return Yes
	}
	return No
}
