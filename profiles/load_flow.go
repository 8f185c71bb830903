package profiles

import (
	"fmt"
	"path"
	"strings"
	"time"
	_ "time/tzdata" // zones are part of the result and must not depend on the machine

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/internal/option"
)

// flowLoader reads one flow of a profile.
type flowLoader struct {
	*loader
	f       *Flow
	v       option.Values // effective settings
	partner option.Values // given on the partner's level
	own     option.Values // given in the flow
	pair    option.Pair
	used    *used
}

func (l *loader) flow(p *Profile, partner option.Values, pair option.Pair, u *used) *Flow {
	if err := checkName(pair.Key); err != nil {
		l.addSplit(pair.Source.At(pair.KeyNode, "option.value", ""), fmt.Sprintf("the flow's name %q %s", finding.Cut(pair.Key), err))
		return nil
	}
	table := flowTable()
	own, found := table.Decode(pair.Source, pair.Node, option.Flow)
	l.add(found...)
	partner = partner.Only(table)
	fl := &flowLoader{loader: l, v: table.Layer(partner, own), partner: partner, own: own, pair: pair, used: u,
		f: &Flow{Name: pair.Key, Partner: p.Partner, Profile: p, place: pair.Source.Place(pair.KeyNode)}}
	fl.f.options = fl.v
	fl.zone()
	fl.from()
	fl.to()
	fl.rules()
	fl.amounts()
	fl.schedule()
	fl.functions()
	fl.envelope()
	fl.mappings()
	fl.guideline()
	fl.stock()
	fl.webOrders()
	fl.take()
	fl.anyDirectory()
	fl.acknowledge()
	fl.sending()
	fl.check()
	return fl.f
}

// fault reports something about a setting of a block, or about the flow itself where the block is not there.
func (l *flowLoader) fault(v option.Values, name, rule, hint, format string, args ...any) {
	f := v.Fault(name, rule, fmt.Sprintf(format, args...))
	if f.Place.Line == 0 {
		f = l.pair.Source.At(l.pair.KeyNode, rule, f.Message)
	}
	f.Hint = hint
	l.add(f)
}

func checkZone(s string) error {
	if _, err := time.LoadLocation(s); err != nil || s == "" || s == "Local" {
		return fmt.Errorf("is not a time zone; write Europe/Berlin, or UTC")
	}
	return nil
}

func (l *flowLoader) zone() {
	l.f.Zone = time.UTC
	if zone, err := time.LoadLocation(l.v.Text("zone")); err == nil {
		l.f.Zone = zone
	}
}

func (l *flowLoader) from() {
	v := l.v.Block("from")
	f := &l.f.From
	f.Connection = l.find(l.f.Profile, v, l.used)
	f.Kind = document.Kind(v.Text("kind"))
	f.Folder = cleanFolder(v.Text("folder"))
	f.Match, f.Exclude, f.FoldCase = v.Texts("match"), v.Texts("exclude"), !v.Flag("case_sensitive")
	f.Channels, f.StartAt = v.Texts("channels"), v.Time("start_at", l.f.Zone)
	f.AskAbove = v.Int("ask_above")
	f.Processed, f.Failed = l.below(v, "processed", f.Folder), l.below(v, "failed", f.Folder)
	f.StableFor = v.Duration("stable_for")
	if !v.Has("stable_for") && f.Connection != nil {
		f.StableFor = f.Connection.StableFor
	}
}

func (l *flowLoader) to() {
	v := l.v.Block("to")
	t := &l.f.To
	t.Connection = l.find(l.f.Profile, v, l.used)
	t.Folder = cleanFolder(v.Text("folder"))
	t.Temp = l.below(v, "temp", t.Folder)
	t.Exists, t.Done = v.Text("exists"), v.Text("done")
	t.Name, _ = ParseName(v.Text("name"))
	t.TakenBy = v.Texts("taken_by")
	s := v.Block("series")
	t.Series = Series{Name: orText(s.Text("name"), l.f.ID()), First: int64(s.Int("first")), Last: int64(s.Int("last"))}
	if s.Has("last") && t.Series.Last <= t.Series.First {
		l.fault(s, "last", "option.value", "write the largest number of the series, such as 99999", "last %d is not above first %d", t.Series.Last, t.Series.First)
		t.Series.Last = 0
	}
}

// below gives a folder relative to another one, as a path below the root.
func (l *flowLoader) below(v option.Values, name, folder string) string {
	if !v.Has(name) {
		return ""
	}
	full := path.Join(folder, v.Text(name))
	if full == ".." || strings.HasPrefix(full, "../") {
		l.fault(v, name, "option.value", fmt.Sprintf("each ../ leaves one folder of %q", folder), "%s %q leads out of the connection's root", name, v.Text(name))
		return ""
	}
	return cleanFolder(full)
}

// cleanFolder writes a folder below a root in one way; "" is the root.
func cleanFolder(s string) string {
	if s = path.Clean(s); s == "." {
		return ""
	}
	return s
}

func (l *flowLoader) rules() {
	f, v := l.f, l.v
	f.UnknownSKU, f.UnknownOrder = v.Text("unknown_sku"), v.Text("unknown_order")
	if v.Has("full_file") {
		f.FullFile = &FullFile{Missing: v.Block("full_file").Text("missing")}
	}
	g := v.Block("guards")
	f.Guards = Guards{RowsDrop: g.Share("rows_drop"), Changed: g.Share("changed"), MinRows: g.Int("min_rows")}
	f.Rules = v.Map("rules")
	l.ruleNames(v)
	f.Exported.Field = v.Block("exported").Text("field")
	if f.Exported.Field == "off" {
		f.Exported.Field = ""
	}
	f.Exported.Others = v.Block("exported").Texts("others")
	f.ReadyWithin, f.Attributes = v.Duration("ready_within"), v.Map("attributes")
	after := v.Block("after_export")
	f.AfterExport.Cancelled, f.AfterExport.Edited = after.Text("cancelled"), after.Text("edited")
	f.AfterExport.Name, _ = ParseName(after.Text("name"))
	l.customers()
	s := v.Block("shipment")
	f.Shipment = Shipment{Ship: s.Flag("ship"), SendMail: s.Flag("send_mail"), Close: s.Text("rest") == "close"}
}

func (l *flowLoader) envelope() {
	c, e := l.v.Block("charset"), l.v.Block("envelope")
	l.f.Charset = Charset{Level: c.Text("level"), Outside: c.Text("outside")}
	l.f.Envelope = Envelope{Syntax: e.Text("syntax"), UNA: e.Text("una"), Separators: e.Text("separators"),
		AskAcknowledgement: e.Flag("ask_acknowledgement"), Test: l.f.Profile.Status != Live}
}

func (l *flowLoader) take() {
	v := l.v.Block("take")
	t := &l.f.Take
	t.Message, t.Version, t.Release = v.Text("message"), v.Text("version"), v.Text("release")
	t.Sender, t.Recipient = v.Text("sender"), v.Text("recipient")
	if v.Has("test") {
		test := v.Flag("test")
		t.Test = &test
	}
	if m := l.f.Read; m != nil && m.Format() == "edifact" {
		version, release, _ := strings.Cut(m.Directory(), ".")
		t.Message = orText(t.Message, m.Message())
		t.Version, t.Release = orText(t.Version, version), orText(t.Release, release)
	}
	for _, s := range []*string{&t.Version, &t.Release} {
		if *s == "any" {
			*s = ""
		}
	}
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (l *flowLoader) acknowledge() {
	if !l.v.Has("acknowledge") {
		return
	}
	v := l.v.Block("acknowledge")
	if v.Has("contrl") {
		l.f.Acknowledge.Contrl = l.acknowledgement(v.Block("contrl"), "CONTRL")
	}
	if v.Has("aperak") {
		l.f.Acknowledge.Aperak = l.acknowledgement(v.Block("aperak"), "APERAK")
		l.aperakDirectory(v.Block("aperak"))
	}
}

// aperakDirectory finds the release of a flow's APERAK.
func (l *flowLoader) aperakDirectory(v option.Values) {
	name := v.Text("directory")
	r, err := l.known.Open(name)
	if err == nil {
		_, err = r.Message("APERAK")
	}
	if err != nil {
		l.fault(v, "directory", "profile.aperak", "write D.96A; every release from D.95A on has APERAK", "%s", err)
		return
	}
	l.f.Acknowledge.Aperak.Directory = r.Name()
	if own := l.directoryFile(r.Name()); own != nil {
		l.used.directory(own, "APERAK")
	}
}

func (l *flowLoader) acknowledgement(v option.Values, message string) Acknowledgement {
	a := Acknowledgement{When: v.Text("when"), Folder: cleanFolder(v.Text("folder")), Connection: l.f.From.Connection}
	rule := "profile." + strings.ToLower(message)
	a.Name, _ = ParseName(v.Text("name"))
	if v.Has("connection") {
		a.Connection = l.find(l.f.Profile, v, l.used)
	}
	if a.Connection != nil && !a.Connection.IsFolder() {
		l.fault(v, "connection", rule, "name a connection with a transport", "%s is a file, and connection %s is a platform", message, a.Connection.Name)
	}
	for _, fact := range []string{"source", "number", "series"} {
		if a.Name.Uses(fact) {
			l.fault(v, "name", rule, "use {control} or {date:20060102}", "the name of %s files cannot hold {%s}", message, fact)
		}
	}
	return a
}

// sending lays the flow's wishes over those of the target's connection.
func (l *flowLoader) sending() {
	layers := []option.Values{l.partner.Block("retry"), l.own.Block("retry")}
	if to := l.f.To.Connection; to != nil {
		layers = append([]option.Values{to.Options.Block("retry")}, layers...)
		l.f.BatchSize = to.BatchSize
	}
	l.f.Retry = retryOf(retryTable().Layer(layers...))
	if l.v.Has("batch_size") {
		l.f.BatchSize = l.v.Int("batch_size")
	}
}

func (l *flowLoader) mappings() {
	v := l.v.Block("mapping")
	read, write := mappingUse{"read", v.Text("read")}, mappingUse{"write", v.Text("write")}
	if name := v.Text("name"); name != "" {
		if read.name != "" || write.name != "" {
			l.fault(v, "name", "profile.mapping", "write {read: ..., write: ...} or one name", "a name stands beside read or write")
		}
		if from := l.f.From.Connection; from != nil && !from.IsFolder() {
			write = mappingUse{"name", name}
		} else {
			read = mappingUse{"name", name}
		}
	}
	codes := l.codeLists()
	l.f.Read, l.f.Write = l.compile(v, read, codes), l.compile(v, write, codes)
	l.customerMapping(codes)
	after := l.v.Block("after_export")
	l.f.AfterExport.Mapping = l.compile(after, mappingUse{"mapping", after.Text("mapping")}, codes)
	if l.f.From.Kind == "" && l.f.Read != nil {
		l.f.From.Kind = l.f.Read.Kind()
	}
	l.condition()
}

// condition compiles ready_when, for sources that give single documents.
func (l *flowLoader) condition() {
	src, from := l.v.Text("ready_when"), l.f.From
	if src == "" || !from.Kind.Valid() || from.Connection == nil || from.Connection.IsFolder() {
		return
	}
	o, _ := l.v.Origin("ready_when")
	condition, found := mapping.CompileCondition(src, from.Kind, o.Place)
	for _, f := range found {
		f.Source = finding.Cut(l.pair.Source.Line(f.Place.Line)) // the line of the profile in place of the condition alone
		l.add(f)
	}
	if !found.HasErrors() {
		l.f.ReadyWhen = condition
	}
}

// mappingUse is a mapping that a flow names, and the setting in which it does.
type mappingUse struct{ setting, name string }
