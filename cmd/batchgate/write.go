package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/flatfile"
)

// writeFlags say how a file is written.
type writeFlags struct {
	newline, charset string // "" is what the format has without a word

	characters          string // EDIFACT
	keepTrailers, noUNA bool

	as, mapping, delimiter string // rows
	noHeader               bool

	form   string // IDocs
	indent int    // XML and JSON
	lines  bool   // JSON
}

func newWrite(s streams) *cobra.Command {
	var f writeFlags
	cmd := &cobra.Command{
		Use:   "write FILE",
		Short: "make a file of the JSON lines that read gives",
		Long: `write turns JSON lines in the shape of batchgate read back into a file of the format that they are of, and writes it to
standard output; what read gives beyond values, such as places, may be left out. What cannot be written so that it is read back
is refused with its reason.

EDIFACT: {"tag":"BGM","elements":[[["220"]],[["PO1"]]]}. Texts are written in the character set of UNB, with release
characters where they are needed. UNT, UNE and UNZ get the counts and references that are right, whatever their lines say, and a
difference is named; --keep-trailers writes them as they are.
Rows: a delimited file, a workbook with --as xlsx (each cell a text), or with --mapping the file of fixed width or with records of
several types that a mapping describes.
IDocs: in the form that --form says; SEGNUM, PSGNUM and HLEVEL are made right.
XML and JSON: what read shows without --record is the whole file but for comments, and for text between elements, which goes
before them; with --record it is the records alone, in the elements around them.

Exit status: 0 written, 1 something could not be written, 2 wrong use.`,
		Example: `  batchgate read ORDERS.EDI | jq -c 'if .tag == "BGM" then .elements[1][0][0] = "PO2" else . end' | batchgate write -
  batchgate write --characters ":+.? '" --newline crlf ORDER.JSON > ORDER.EDI
  batchgate read STOCK.CSV | batchgate write - --as xlsx > STOCK.XLSX
  batchgate read IDOC.XML | batchgate write - --form padded > IDOC.TXT`,
		Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			file, err := openFile(args[0], s.in)
			if err != nil {
				return err
			}
			defer file.Close()
			out := bufio.NewWriterSize(s.out, 64<<10)
			err = f.write(args[0], bufio.NewReaderSize(file, 64<<10), out, s.err)
			return errors.Join(err, out.Flush())
		},
	}
	cmd.Flags().StringVar(&f.as, "as", "", "what rows become: delimited or xlsx (default delimited)")
	cmd.Flags().StringVar(&f.mapping, "mapping", "", "mapping that says how a delimited or fixed-width file looks")
	cmd.Flags().StringVar(&f.delimiter, "delimiter", ";", "delimiter of a delimited file")
	cmd.Flags().BoolVar(&f.noHeader, "no-header", false, "write no row with the names of the columns")
	cmd.Flags().StringVar(&f.form, "form", "padded", "form of IDocs: padded, exact, trimmed, endless or xml")
	cmd.Flags().IntVar(&f.indent, "indent", 0, "blanks for each level of XML or JSON; 0 breaks no lines")
	cmd.Flags().BoolVar(&f.lines, "lines", false, "write each record of JSON as a line of its own")
	cmd.Flags().StringVar(&f.newline, "newline", "", "what stands behind each segment or row: lf, crlf or none (default none for EDIFACT, otherwise crlf)")
	cmd.Flags().StringVar(&f.characters, "characters", "", `the six service characters of UNA, as ":+.? '"; otherwise those of the first line, or of the standard`)
	cmd.Flags().StringVar(&f.charset, "charset", "", "character set for the texts; of EDIFACT whatever UNB says, otherwise utf-8")
	cmd.Flags().BoolVar(&f.keepTrailers, "keep-trailers", false, "write UNT, UNE and UNZ as they are given")
	cmd.Flags().BoolVar(&f.noUNA, "no-una", false, "leave UNA out, which needs the service characters of the standard")
	return cmd
}

// shapeOfLine tells of which format a line that read gives is.
type shapeOfLine struct {
	Tag     *string         `json:"tag"`
	Segment *string         `json:"segment"`
	Format  string          `json:"format"`
	Values  json.RawMessage `json:"values"`
}

// write writes the file that the lines give.
func (f *writeFlags) write(name string, in io.Reader, out, talk io.Writer) error {
	w := lineWriting{name: name, talk: talk}
	w.in = json.NewDecoder(in)
	var first json.RawMessage
	var shape shapeOfLine
	switch err := w.in.Decode(&first); {
	case err == io.EOF:
		return fmt.Errorf("%s holds no line", name)
	case err != nil:
		return fmt.Errorf("%s: line 1: %w", name, err)
	}
	if err := json.Unmarshal(first, &shape); err != nil {
		return fmt.Errorf("%s: line 1: %w", name, err)
	}
	w.in = json.NewDecoder(io.MultiReader(bytes.NewReader(first), w.in.Buffered(), in))
	switch {
	case shape.Tag != nil:
		return f.segments(&w, out)
	case shape.Segment != nil:
		return f.idocs(&w, out)
	case shape.Format == "xml":
		return f.elements(&w, out)
	case shape.Format == "json":
		return f.values(&w, out)
	case shape.Values != nil:
		return f.rows(&w, out)
	}
	return fmt.Errorf("%s: line 1 is none that read gives: it has neither tag, segment nor values", name)
}

// lineEnd gives the line end asked for, or the usual one of the format.
func (f *writeFlags) lineEnd(usual string) (string, error) {
	if f.newline == "" {
		return usual, nil
	}
	return newlineOf(f.newline)
}

// lineWriting goes through lines and tells what could not be written.
type lineWriting struct {
	name   string
	in     *json.Decoder
	talk   io.Writer
	line   int // from 1
	faulty bool
}

// eachLine calls fn for every line. Where fn refuses a value, that is said and the next line is taken; any other error ends it.
func eachLine[T any](w *lineWriting, fn func(*T) error) error {
	for {
		var line T
		err := w.in.Decode(&line)
		if err == io.EOF {
			return nil
		}
		w.line++
		if err == nil {
			err = w.refused(fn(&line))
		}
		if err != nil {
			return fmt.Errorf("%s: line %d: %w", w.name, w.line, err)
		}
	}
}

// refused says that a value cannot be written, and gives any other error back.
func (w *lineWriting) refused(err error) error {
	value, ok := errors.AsType[*flatfile.ValueError](err)
	if !ok {
		return err
	}
	w.faulty = true
	fmt.Fprintf(w.talk, "batchgate: %s: line %d: %v\n", w.name, w.line, value)
	return nil
}

// end gives the error of the whole, once the file was flushed.
func (w *lineWriting) end(err error) error {
	if err == nil && w.faulty {
		return errFindings
	}
	return err
}
