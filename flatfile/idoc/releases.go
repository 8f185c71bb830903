package idoc

// releases are the releases of segments that SAP's flat files of ORDERS05 and INVOIC01 name, and the length that a segment
// has in them where it is shorter than the newest. Segments that are not named here stand there without a release.
var releases = map[string]struct {
	release string
	length  int
}{
	"E1ADDI1": {"001", 266}, "E1CUBLB": {"000", 0}, "E1CUCFG": {"003", 0}, "E1CUINS": {"002", 0}, "E1CUPRT": {"002", 0}, "E1CUVAL": {"002", 270},
	"E1EDC06": {"000", 0}, "E1EDC07": {"000", 0}, "E1EDC19": {"", 108}, "E1EDK01": {"005", 0}, "E1EDK04": {"001", 0}, "E1EDK05": {"001", 0},
	"E1EDK28": {"001", 0}, "E1EDK29": {"003", 0}, "E1EDK35": {"000", 0}, "E1EDK36": {"000", 114}, "E1EDKA1": {"003", 0}, "E1EDKT1": {"002", 0},
	"E1EDKT2": {"001", 0}, "E1EDL37": {"005", 847}, "E1EDL39": {"000", 0}, "E1EDL44": {"004", 382}, "E1EDP01": {"008", 543}, "E1EDP02": {"001", 123},
	"E1EDP04": {"001", 0}, "E1EDP05": {"002", 0}, "E1EDP17": {"001", 0}, "E1EDP18": {"001", 0}, "E1EDP19": {"002", 242}, "E1EDP20": {"001", 61},
	"E1EDP28": {"003", 0}, "E1EDP35": {"000", 0}, "E1EDPA1": {"003", 0}, "E1EDPAD": {"001", 17}, "E1EDPS5": {"000", 0}, "E1EDPT1": {"001", 0},
	"E1EDPT2": {"001", 0}, "E1TXTH1": {"001", 0},
}
