package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/flatfile"
	"github.com/batchgate/batchgate/internal/mapping"
)

func newRead(s streams) *cobra.Command {
	var flags delimitedFlags
	var own edifactFlags
	var trees treeFlags
	by := mappingFlags{directories: &directoryFlags{}}
	cmd := &cobra.Command{
		Use:   "read FILE",
		Short: "show a file's records with their values and places, as JSON lines",
		Long: `read shows what stands in a file: one JSON object a line for each segment or row, with its values and its place (byte
offset, line, segment, XML path, JSON pointer, cell). EDIFACT, IDocs, XML, JSON and Excel workbooks are recognised by
themselves; anything else is read as a delimited file, or with --mapping as the file of fixed width or with records of several
types that a mapping describes. What is wrong or odd goes to standard error. The shapes are described in
docs/json.md.

Exit status: 0 read, 1 the file has faults, 2 wrong use.`,
		Example: `  batchgate read ORDERS.EDI
  batchgate read STOCK.CSV --charset windows-1252 | jq .values
  batchgate read STOCK.XML --record Stock/Item
  batchgate read STOCK.XLSX --sheet Lager`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			options, err := flags.options()
			if err != nil {
				return err
			}
			file, err := openFile(args[0], s.in)
			if err != nil {
				return err
			}
			defer file.Close()
			in := bufio.NewReaderSize(file, 64<<10)
			out := bufio.NewWriter(s.out)
			defer out.Flush()
			r := reading{out: json.NewEncoder(out), talk: s.err}
			r.out.SetEscapeHTML(false)
			if by.read != "" {
				return r.layout(in, args[0], &by, s.err)
			}
			if isEDIFACT(in) {
				if cmd.Flags().Changed("charset") {
					own.charset = flags.charset
				}
				opts, err := own.options(args[0])
				if err != nil {
					return err
				}
				return r.segments(in, opts)
			}
			if kind := recognise(in); kind != delimitedFile {
				charset := ""
				if cmd.Flags().Changed("charset") {
					charset = flags.charset
				}
				err := trees.eachRecord(kind, in, args[0], charset, func(line any) error { return r.out.Encode(line) }, r.say)
				return errors.Join(err, r.end())
			}
			return r.rows(in, args[0], options)
		},
	}
	flags.add(cmd)
	own.addReading(cmd)
	trees.add(cmd)
	cmd.Flags().StringVar(&by.read, "mapping", "", "mapping that says how a delimited or fixed-width file looks")
	cmd.Flags().Lookup("charset").Usage = "character set of a file that is not EDIFACT; of EDIFACT the one that its texts really have, whatever UNB says"
	return cmd
}

type reading struct {
	out    *json.Encoder
	talk   io.Writer
	faulty bool
}

// segmentLine is one segment: docs/json.md, "read".
type segmentLine struct {
	Tag      string        `json:"tag"`
	Nesting  []string      `json:"nesting,omitempty"`
	Elements [][][]string  `json:"elements"` // element, repetition, component
	Service  *serviceLine  `json:"service,omitempty"`
	Place    finding.Place `json:"place"`
	Object   *[]byte       `json:"object,omitempty"`
}

// serviceLine says under which service characters an interchange stands; with its UNB.
type serviceLine struct {
	Characters string `json:"characters"` // the six of UNA
	UNA        bool   `json:"una"`
}

// rowLine is one row of a delimited file: docs/json.md, "read".
type rowLine struct {
	Record int64         `json:"record"`
	Type   string        `json:"type,omitempty"`
	Names  []string      `json:"names,omitempty"`
	Values []string      `json:"values"`
	Place  finding.Place `json:"place"`
}

func (r *reading) say(found ...finding.Finding) {
	for _, f := range found {
		fmt.Fprintln(r.talk, f)
		r.faulty = r.faulty || f.Severity == finding.Error
	}
}

func (r *reading) end() error {
	if r.faulty {
		return errFindings
	}
	return nil
}

func (r *reading) segments(in io.Reader, opts []edifact.Option) error {
	file := edifact.NewReader(in, opts...)
	for ev, err := range file.Events() {
		if err != nil {
			if e, ok := errors.AsType[*edifact.Error](err); ok {
				r.say(e.Finding)
				break
			}
			return err
		}
		r.say(ev.Findings...)
		if ev.Segment == nil {
			continue
		}
		line := r.segment(ev.Segment)
		if ev.Kind == edifact.InterchangeStart {
			line.Service = &serviceLine{Characters: string(ev.Interchange.Separators.UNA()[3:]), UNA: ev.Interchange.HasUNA}
		}
		if object := file.Decoder().Object(); object != nil {
			if line.Object, err = r.object(object, line.Place); err != nil {
				return err
			}
		}
		if err := r.out.Encode(line); err != nil {
			return err
		}
	}
	return r.end()
}

// mostObject is how many bytes of a binary object are shown, which have to lie in memory.
const mostObject = 16 << 20

// object reads a binary object; one that is too large is left out, and that is said.
func (r *reading) object(in io.Reader, place finding.Place) (*[]byte, error) {
	b, err := io.ReadAll(io.LimitReader(in, mostObject+1)) // never nil
	if _, lost := errors.AsType[*edifact.Error](err); lost {
		return &b, nil // which reading on says
	}
	if len(b) > mostObject {
		r.say(finding.Finding{Rule: "read.object-size", Severity: finding.Error, Place: place,
			Message: fmt.Sprintf("the binary object has more than %d bytes and is left out", mostObject), Hint: "use batchgate split, which copies objects of any size"})
		return nil, nil
	}
	return &b, err
}

func (r *reading) segment(seg *edifact.Segment) segmentLine {
	line := segmentLine{Tag: seg.Tag(), Elements: [][][]string{}, Place: seg.Place(-1, -1, -1)}
	for _, n := range seg.Nesting() {
		line.Nesting = append(line.Nesting, string(n))
	}
	for e := range seg.Elements() {
		var repeats [][]string
		for n := range seg.Repeats(e) {
			var components []string
			for c := range seg.Components(e, n) {
				text, err := seg.Text(e, n, c)
				if bad, ok := errors.AsType[*edifact.CharsetError](err); ok {
					r.say(bad.Finding())
				}
				components = append(components, text)
			}
			repeats = append(repeats, components)
		}
		line.Elements = append(line.Elements, repeats)
	}
	return line
}

// layout reads the records of a file that a mapping describes.
func (r *reading) layout(in io.Reader, name string, by *mappingFlags, talk io.Writer) error {
	m, err := by.load(by.read, talk)
	if err != nil {
		return err
	}
	if m.Format() != mapping.Delimited && m.Format() != mapping.Fixed {
		return &usageError{fmt.Errorf("--mapping %s is of the format %s, which read knows by itself: leave it out, or use convert", by.read, m.Format())}
	}
	return r.records(m.OpenRows(in, name))
}

func (r *reading) rows(in io.Reader, name string, d flatfile.Delimited) error {
	file := flatfile.NewReader(in, d)
	file.SetFile(name)
	return r.records(file)
}

// records shows the records of a delimited or fixed-width file.
func (r *reading) records(file *flatfile.Reader) error {
	for rec, err := range file.Records() {
		if err != nil {
			if done, fatal := r.rowFault(err); fatal != nil || done {
				return errors.Join(fatal, r.end())
			}
			continue
		}
		line := rowLine{Record: rec.Number(), Type: rec.Type(), Names: file.Header(), Values: []string{}, Place: rec.Where()}
		named := line.Names == nil && (rec.Type() != "" || file.Named())
		for i := range rec.Fields() {
			text, err := rec.Text(i)
			if bad, ok := errors.AsType[*flatfile.CharsetError](err); ok {
				r.say(bad.Finding())
			}
			if row, ok := errors.AsType[*flatfile.RowError](err); ok {
				r.say(row.Findings...)
			}
			line.Values = append(line.Values, text)
			if named {
				line.Names = append(line.Names, rec.Name(i))
			}
		}
		if err := r.out.Encode(line); err != nil {
			return err
		}
	}
	return r.end()
}

// rowFault says what is wrong; done tells that the file cannot be read on.
func (r *reading) rowFault(err error) (done bool, fatal error) {
	if row, ok := errors.AsType[*flatfile.RowError](err); ok {
		r.say(row.Findings...)
		return false, nil
	}
	if file, ok := errors.AsType[*flatfile.FileError](err); ok {
		r.say(file.Findings...)
		return false, nil
	}
	if end, ok := errors.AsType[*flatfile.Error](err); ok {
		r.say(end.Finding)
		return true, nil
	}
	return true, err
}
