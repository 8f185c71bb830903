package profiles

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxWorkbook bounds what a workbook may unpack to, in bytes.
const maxWorkbook = 64 << 20

// rowsOfWorkbook gives the first sheet of a workbook as lines with ; between the cells, a line for each row. Only that goes
// into a profile's bundle: the same codes give the same version, however a spreadsheet program packs them.
func rowsOfWorkbook(b []byte) ([]byte, error) {
	book, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{UnzipSizeLimit: maxWorkbook, UnzipXMLSizeLimit: maxWorkbook})
	if err != nil {
		return nil, err
	}
	defer func() { _ = book.Close() }()
	sheet := book.GetSheetName(0)
	rows, err := book.GetRows(sheet)
	if err != nil {
		return nil, err
	}
	scientific := regexp.MustCompile(`^\d(\.\d+)?E\+\d+$`)
	var out bytes.Buffer
	for i, row := range rows {
		for j, cell := range row {
			if scientific.MatchString(cell) {
				return nil, fmt.Errorf("row %d of sheet %s shows %s, a number that lost its digits: format the cell as text and write it again", i+1, sheet, cell)
			}
			if j > 0 {
				out.WriteByte(';')
			}
			out.WriteString(quotedCell(cell))
		}
		out.WriteByte('\n')
	}
	return out.Bytes(), nil
}

func quotedCell(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, s))
	if strings.ContainsAny(s, `;"`) {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}
