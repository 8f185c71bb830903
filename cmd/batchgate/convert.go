package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/batchgate/batchgate/edifact"
	"github.com/batchgate/batchgate/edifact/directory"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/profiles"
)

// mappingFlags name mappings on the command line.
type mappingFlags struct {
	read, write, codes string
	directories        *directoryFlags
}

// load compiles a mapping; what is wrong with it is said.
func (f *mappingFlags) load(name string, talk io.Writer) (*mapping.Mapping, error) {
	known, err := f.directories.set(name)
	if err != nil {
		return nil, err
	}
	m, found := profiles.LoadMapping(name, f.codes, known)
	for _, one := range found {
		fmt.Fprintln(talk, one)
	}
	if m == nil {
		return nil, errFindings
	}
	return m, nil
}

func newConvert(s streams) *cobra.Command {
	var directories directoryFlags
	c := converting{by: mappingFlags{directories: &directories}}
	var at string
	cmd := &cobra.Command{
		Use:   "convert FILE",
		Short: "turn a file of one format into one of another, by mappings",
		Long: `convert reads a file with the mapping of --read and writes its documents with that of --write: any format becomes any
other. A mapping holds for both directions, so that the same two files turn the result back.

Without --write the documents are written as JSON lines, in the shape of docs/json.md; without --read FILE holds such
lines. What cannot be read is said and left out, as in a flow; nothing is written when a document cannot be.

Documents that are written are held in memory all together; --json streams.

Exit status: 0 done, 1 a finding of severity error, 2 wrong use.`,
		Example: `  batchgate convert STOCK.XML --read mappings/stock-xml.yaml
  batchgate convert STOCK.XML --read mappings/stock-xml.yaml --write mappings/stock-csv.yaml > STOCK.CSV
  batchgate convert ORDERS.EDI --read mappings/orders-d96a-in.yaml --write mappings/order-ubl.yaml --out "ORD{number}.XML"
  batchgate convert - --write mappings/orders-d96a.yaml --sender 4012345000009:14 --recipient 4098765000003:14 < orders.jsonl`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			c.s, c.name = s, args[0]
			if c.by.read == "" && c.by.write == "" {
				return &usageError{errors.New("convert wants --read, --write or both")}
			}
			if err := c.envelopeOf(at); err != nil {
				return err
			}
			file, err := openFile(args[0], s.in)
			if err != nil {
				return err
			}
			defer file.Close()
			return c.run(cmd.Context(), bufio.NewReaderSize(file, 64<<10))
		},
	}
	directories.add(cmd)
	cmd.Flags().StringVar(&c.by.read, "read", "", "mapping that reads FILE; without it FILE holds documents as JSON lines")
	cmd.Flags().StringVar(&c.by.write, "write", "", "mapping that writes; without it documents are written as JSON lines")
	cmd.Flags().StringVar(&c.by.codes, "codes", "", "folder with the code lists of the mappings; otherwise codes beside the folder of each mapping")
	cmd.Flags().StringVarP(&c.out, "out", "o", "", "file to write, which must not be there yet; with {number} in it one for each document; otherwise standard output")
	cmd.Flags().StringVar(&c.outside, "outside", "refuse", "characters that the target does not have: refuse or transliterate")
	cmd.Flags().StringVar(&c.sender, "sender", "", "sender of an interchange, as ID or ID:QUALIFIER (UNB 0004, 0007)")
	cmd.Flags().StringVar(&c.recipient, "recipient", "", "recipient of an interchange, as ID or ID:QUALIFIER (UNB 0010, 0007)")
	cmd.Flags().StringVar(&c.envelope.Control, "control", "1", "reference of an interchange (UNB 0020), or number of an IDoc")
	cmd.Flags().StringVar(&at, "time", "", "time of preparation of an interchange, as 2026-11-24T18:05:00+01:00; otherwise now")
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "findings as JSON lines on standard error")
	return cmd
}

// converting turns one file into another.
type converting struct {
	s                  streams
	name, out, outside string
	sender, recipient  string
	by                 mappingFlags
	asJSON             bool
	envelope           mapping.Envelope
	faulty             bool
}

// envelopeOf checks what an interchange says of itself.
func (c *converting) envelopeOf(at string) error {
	c.envelope.Sender, c.envelope.SenderQualifier, _ = strings.Cut(c.sender, ":")
	c.envelope.Recipient, c.envelope.RecipientQualifier, _ = strings.Cut(c.recipient, ":")
	if c.outside != mapping.Refuse && c.outside != mapping.Transliterate {
		return unknown("--outside", c.outside, []string{mapping.Refuse, mapping.Transliterate})
	}
	if at == "" {
		c.envelope.Time = time.Now()
		return nil
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return &usageError{fmt.Errorf("--time %q is not written as 2026-11-24T18:05:00+01:00", at)}
	}
	c.envelope.Time = t
	return nil
}

func (c *converting) say(found ...finding.Finding) {
	for _, f := range found {
		c.faulty = c.faulty || f.Severity == finding.Error
		if c.asJSON {
			_ = jsonLines(c.s.err, []finding.Finding{f}) // talk that cannot be written is lost
			continue
		}
		fmt.Fprintln(c.s.err, f)
	}
}

func (c *converting) run(ctx context.Context, in *bufio.Reader) error {
	var write *mapping.Mapping
	var err error
	if c.by.write != "" {
		if write, err = c.by.load(c.by.write, c.s.err); err != nil {
			return err
		}
	}
	var docs []*document.Document
	lines := bufio.NewWriter(c.s.out)
	take := func(d *document.Document) error {
		if write != nil {
			docs = append(docs, d.Clone())
			return ctx.Err()
		}
		_, err := lines.Write(append(d.AppendJSON(nil), '\n'))
		return errors.Join(err, ctx.Err())
	}
	if c.by.read == "" {
		err = c.documents(in, take)
	} else {
		err = c.readWith(in, take)
	}
	if err == nil && write != nil {
		err = c.writeWith(write, docs)
	}
	if err = errors.Join(err, lines.Flush()); err == nil && c.faulty {
		return errFindings
	}
	return err
}

// documents reads documents that stand there as JSON lines.
func (c *converting) documents(in *bufio.Reader, take func(*document.Document) error) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 32<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		d, err := document.ParseJSON(lines.Bytes())
		if err != nil {
			c.say(finding.Finding{Rule: "convert.document", Severity: finding.Error, Place: finding.Place{File: c.name, Line: n}, Message: err.Error(), Source: finding.Cut(lines.Text())})
			continue
		}
		if err := take(d); err != nil {
			return err
		}
	}
	return lines.Err()
}

// readWith reads a file with a mapping.
func (c *converting) readWith(in *bufio.Reader, take func(*document.Document) error) error {
	m, err := c.by.load(c.by.read, c.s.err)
	if err != nil {
		return err
	}
	found, err := readMapped(m, in, c.name, take)
	c.say(found...)
	return err
}

// readMapped reads a file of any format with a mapping. The findings are all there is to say about the file; the error is
// one of reading its bytes, or of take.
func readMapped(m *mapping.Mapping, in io.Reader, name string, take func(*document.Document) error) (finding.List, error) {
	opt := mapping.ReadOptions{Emit: take}
	if m.Format() == mapping.EDIFACT {
		return readMessages(m, in, name, opt)
	}
	found, err := m.ReadRows(in, name, opt)
	if err == nil {
		return found, nil
	}
	if !ofFile(err) {
		return found, err
	}
	if !found.HasErrors() {
		found = append(found, finding.Finding{Rule: "convert.file", Severity: finding.Error, Place: finding.Place{File: name}, Message: err.Error()})
	}
	return found, nil
}

// readMessages reads the messages of interchanges that a mapping is for.
func readMessages(m *mapping.Mapping, in io.Reader, name string, opt mapping.ReadOptions) (finding.List, error) {
	var found finding.List
	var r *mapping.Reader
	others := 0
	for ev, err := range edifact.NewReader(in, edifact.FileName(name)).Events() {
		if e, ok := errors.AsType[*edifact.Error](err); ok {
			return append(found, e.Finding), nil
		}
		if err != nil {
			return found, err
		}
		found = append(found, ev.Findings...)
		if ev.Kind == edifact.MessageStart {
			if r = nil; ev.Message.Type == m.Message() && directory.SameName(ev.Message.Directory(), m.Directory()) {
				r = m.NewReader(opt)
			} else {
				others++
			}
		}
		if r == nil {
			continue
		}
		if ev.Segment != nil {
			if err := r.Push(ev.Segment); err != nil {
				return found, err
			}
		}
		if ev.Kind == edifact.MessageEnd {
			more, err := r.End()
			found, r = append(found, more...), nil
			if err != nil {
				return found, err
			}
		}
	}
	if others > 0 {
		found = append(found, finding.Finding{Rule: "convert.message", Severity: finding.Warning, Place: finding.Place{File: name}, Count: others,
			Message: fmt.Sprintf("left out, because the mapping is for %s %s: messages of other types", m.Message(), m.Directory())})
	}
	return found, nil
}

// writeWith writes documents with a mapping: into one file, or one for each.
func (c *converting) writeWith(m *mapping.Mapping, docs []*document.Document) error {
	if len(docs) == 0 {
		return nil
	}
	if !strings.Contains(c.out, "{number}") {
		body, err := c.encode(m, docs)
		if err != nil || body == nil {
			return err
		}
		return c.place(c.out, body)
	}
	names := map[string]string{}
	for _, d := range docs {
		body, err := c.encode(m, []*document.Document{d})
		if err != nil {
			return err
		}
		key := strings.ReplaceAll(d.Key(), document.KeySeparator, "-")
		name := strings.ReplaceAll(c.out, "{number}", safeName(key))
		if other, taken := names[name]; taken {
			return fmt.Errorf("documents %q and %q would both be written to %s", other, key, name)
		}
		names[name] = key
		if body == nil {
			continue
		}
		if err := c.place(name, body); err != nil {
			return err
		}
	}
	return nil
}

func (c *converting) encode(m *mapping.Mapping, docs []*document.Document) ([]byte, error) {
	body, found, err := m.Encode(docs, mapping.WriteOptions{Envelope: c.envelope, Outside: c.outside})
	c.say(found...)
	return body, err
}

// safeName keeps a number fit for the name of a file.
func safeName(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, s)
}

// place writes a file that is not there yet, whole or not at all.
func (c *converting) place(name string, body []byte) error {
	if name == "" {
		_, err := c.s.out.Write(body)
		return err
	}
	if _, err := os.Lstat(name); err == nil {
		return fmt.Errorf("%s is there already: remove it, or choose another name", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".batchgate-*")
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Link(f.Name(), name)                   // unlike a rename, a link does not replace what came meanwhile
		if err != nil && !errors.Is(err, os.ErrExist) { // not every file system has links
			err = os.Rename(f.Name(), name)
		}
	}
	_ = os.Remove(f.Name()) // after a rename there is nothing
	return err
}

// mapped checks a file by reading it with a mapping.
func (v *validating) mapped(in io.Reader, name string, by *mappingFlags, talk io.Writer) error {
	m, err := by.load(by.read, talk)
	if err != nil {
		return err
	}
	v.mapping = m.Name()
	found, err := readMapped(m, in, name, func(*document.Document) error {
		v.rowCount++
		return nil
	})
	v.say(found...)
	return err
}
