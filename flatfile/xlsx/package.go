package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/flatfile/xmlfile"
)

// judgeFile looks at a file before anything of it is unpacked.
func judgeFile(f *os.File, o Options) (*zip.Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > o.MaxFile {
		return nil, workbookError(ruleLimit, fmt.Sprintf("the workbook is longer than %d bytes", o.MaxFile), "raise max_file if it is right", flatfile.ErrTooLong)
	}
	head := make([]byte, 8)
	n, err := f.ReadAt(head, 0)
	switch {
	case n == 0 && err == io.EOF:
		return nil, workbookError(ruleFile, "the file has no bytes", "", flatfile.ErrEmpty)
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return nil, workbookError(ruleFile, "the file is an old xls workbook, or an encrypted one", "save it as xlsx without a password", ErrWorkbook)
	case !bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, workbookError(ruleFile, "the file is no xlsx workbook: it is no zip archive", "look at it with batchgate read; a CSV file is another format", ErrWorkbook)
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, workbookError(ruleFile, "the archive cannot be read: "+err.Error(), "it may still be being written, or was cut off on its way", flatfile.ErrTruncated)
	}
	return z, judgeParts(z, info.Size(), o)
}

// judgeParts refuses an archive that would unpack to more than the limits. What a part unpacks to is bound by what it says.
func judgeParts(z *zip.Reader, size int64, o Options) error {
	if len(z.File) > maxParts {
		return workbookError(ruleLimit, fmt.Sprintf("the archive has more than %d parts", maxParts), "", flatfile.ErrTooLong)
	}
	var total uint64
	for _, p := range z.File {
		total += p.UncompressedSize64
		if total > uint64(o.MaxUnpacked) || p.UncompressedSize64 > uint64(o.MaxUnpacked) {
			return workbookError(ruleLimit, fmt.Sprintf("the workbook unpacks to more than %d bytes", o.MaxUnpacked), "raise max_unpacked if it is right", flatfile.ErrTooLong)
		}
	}
	if total > 32<<20 && total > maxRatio*uint64(size) {
		return workbookError(ruleLimit, fmt.Sprintf("the workbook unpacks to %d times its size: this is no honest one", total/uint64(size)), "save it again with Excel", flatfile.ErrTooLong)
	}
	return nil
}

func workbookError(rule, message, hint string, cause error) *flatfile.Error {
	return &flatfile.Error{Finding: finding.Finding{Rule: rule, Severity: finding.Error, Message: message, Hint: hint}, Err: cause}
}

const (
	relationSpace = "http://schemas.openxmlformats.org/package/2006/relationships"
	maxSmallPart  = 16 << 20
)

// sheetPart finds the part of the archive that holds a sheet, by the identifier of its relation.
func sheetPart(z *zip.Reader, relation string) (*zip.File, error) {
	rels := findPart(z, "xl/_rels/workbook.xml.rels")
	if rels == nil {
		return nil, workbookError(ruleFile, "the workbook does not say where its sheets are", "", ErrWorkbook)
	}
	in, err := rels.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	r := xmlfile.NewReader(io.LimitReader(in, maxSmallPart), xmlfile.Options{Record: "Relationships/Relationship", Namespaces: map[string]string{"": relationSpace}})
	for rec, err := range r.Records() {
		if err != nil {
			return nil, workbookError(ruleFile, "the list of sheets cannot be read: "+err.Error(), "", ErrWorkbook)
		}
		if id, _ := rec.Attr(0, "Id"); id != relation {
			continue
		}
		target, _ := rec.Attr(0, "Target")
		if !strings.HasPrefix(target, "/") {
			target = "xl/" + target
		}
		if part := findPart(z, strings.TrimPrefix(path.Clean(target), "/")); part != nil {
			return part, nil
		}
	}
	return nil, workbookError(ruleFile, "the sheet is named and not there", "save the workbook again with Excel", ErrWorkbook)
}

func findPart(z *zip.Reader, name string) *zip.File {
	for _, p := range z.File {
		if strings.EqualFold(strings.ReplaceAll(p.Name, `\`, "/"), name) {
			return p
		}
	}
	return nil
}

// spool copies a source into a temporary file, no more than the limit. It is to be removed by the caller.
func spool(r io.Reader, o Options) (string, error) {
	f, err := os.CreateTemp("", "batchgate-*.xlsx")
	if err != nil {
		return "", err
	}
	n, err := io.Copy(f, io.LimitReader(r, o.MaxFile+1))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil && n > o.MaxFile {
		err = workbookError(ruleLimit, fmt.Sprintf("the workbook is longer than %d bytes", o.MaxFile), "raise max_file if it is right", flatfile.ErrTooLong)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}
