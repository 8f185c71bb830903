package profiles

import (
	"path"
	"strings"
	"time"

	"github.com/batchgate/batchgate/edifact/guideline"
	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/amounts"
	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/mapping"
	"github.com/batchgate/batchgate/internal/option"
)

// Flow is one stream of documents from one source to one target.
type Flow struct {
	Name    string
	Partner string
	Profile *Profile

	From From
	Take Take
	// Read turns files into documents; nil when the source is a platform. Write turns documents into files; nil when the
	// target is a platform.
	Read, Write *mapping.Mapping
	// Guideline is what the flow's EDIFACT messages have to keep beside their directory, both those that are read and those
	// that are written; nil for none.
	Guideline *guideline.Guideline
	To        To

	FullFile        *FullFile // nil: the file is a delta, what it does not name stays as it is
	UnknownSKU      string    // "ignore" or "hold"
	UnknownOrder    string    // "ignore" or "hold"
	Guards          Guards
	Functions       map[string]string // BGM 1225: "process", "hold" or "ignore"; see Function
	SameNumber      string            // what to do with an order of a file whose number came before: HoldNumber, Replace or Amend
	Acknowledge     Acknowledge
	Charset         Charset
	Envelope        Envelope
	ReadyWhen       *mapping.Condition // nil: every document is ready
	ReadyWithin     time.Duration      // 0: a document may wait for ever
	Attributes      map[string]string  // custom fields of the platform by the names that documents give them
	Exported        Exported
	AfterExport     AfterExport
	Customers       Customers
	UnknownCustomer string // "ignore" or "hold"
	Shipment        Shipment
	Amounts         Amounts
	Schedule        Schedule
	Stock           *Stock      // nil: the ERP's figure is handed on as it is
	Assortment      *Assortment // nil: every article of a file is tried
	WebOrders       *WebOrders  // nil: every order may be the shop's
	Retry           Retry
	BatchSize       int            // documents in one call
	Zone            *time.Location // zone of dates in file names and envelopes
	Rules           finding.Levels // what rules count for, by their names

	place   finding.Place
	options option.Values
}

// From is where a flow's arrivals come from.
type From struct {
	Connection *Connection
	Kind       document.Kind // kind of document; of a folder that of the mapping

	// Folders.
	Folder    string   // below the connection's root, with /; "" is the root
	Match     []string // patterns of file names; one of them must match
	Exclude   []string // patterns of names that are left alone
	FoldCase  bool     // upper and lower case are the same in patterns
	StableFor time.Duration
	Processed string // folder for taken files, below the connection's root
	Failed    string // folder for files that failed, below the connection's root

	// Platforms.
	Channels []string // only orders of these sales channels; empty: of all

	StartAt  time.Time // nothing older is taken: orders by when they were placed, files by their time; zero: no limit
	AskAbove int       // the first look takes no more than so many without asking
}

// Take says which messages of an arrival a flow takes. An empty text takes any.
type Take struct {
	Message   string // 0065, "DESADV"
	Version   string // 0052, "D"
	Release   string // 0054, "96A"
	Sender    string // 0004
	Recipient string // 0010
	Test      *bool  // 0035; nil: see Flow.TakesTest
}

// To is where a flow's deliveries go. All but Connection is for folders.
type To struct {
	Connection *Connection
	Folder     string // below the connection's root
	Temp       string // folder for unfinished files, below the connection's root; "" is Folder itself
	Name       NameTemplate
	Exists     string // what to do when the name is taken: "wait", "number" or "refuse"
	Series     Series
	TakenBy    []string // patterns by which the ERP takes files; empty: not known
	Done       string   // "" for none; see DoneName
}

// Series says which numbers {series} gives.
type Series struct {
	Name        string // of the counter; flows may share one
	First, Last int64  // after Last comes First again; Last 0: no end
}

// Number gives the number of the nth file of the series, n from 1 on.
func (s Series) Number(n int64) int64 {
	if s.Last == 0 {
		return s.First + n - 1
	}
	return s.First + (n-1)%(s.Last-s.First+1)
}

// FullFile says that each file names everything there is.
type FullFile struct {
	Missing string // what becomes of what the file does not name: "leave", "zero" or "hold"
}

// Guards stop an arrival that looks wrong until a person releases it.
type Guards struct {
	RowsDrop option.Share // so many fewer rows than the baseline has
	Changed  option.Share // so many changed values
	MinRows  int          // a baseline with fewer keys is not guarded
}

// Acknowledge says what the partner is told about its interchanges (CONTRL) and about each of their messages (APERAK).
type Acknowledge struct{ Contrl, Aperak Acknowledgement }

// Acknowledgement says when and where acknowledgements of one kind are put.
type Acknowledgement struct {
	When       string      // "always" or "never"; CONTRL: "asked" (UNB 0031); APERAK: "errors"; "" is never
	Connection *Connection // nil where the profile says nothing of it
	Folder     string      // below the connection's root
	Name       NameTemplate
	Directory  string // release of APERAK, "D.96A"
}

// Never tells whether none is put.
func (a Acknowledgement) Never() bool { return a.When == "" || a.When == "never" }

// Charset is the character set of EDIFACT that is written.
type Charset struct {
	Level   string // 0001, "UNOC"
	Outside string // what happens to characters that it does not have: "refuse" or "transliterate"
}

// Envelope is how an interchange is written.
type Envelope struct {
	Syntax             string // 0002: "3" or "4"
	UNA                string // service string advice: "always" or "needed"
	Separators         string // the six characters of UNA
	AskAcknowledgement bool   // 0031
	Test               bool   // 0035; set unless the profile is live
}

// Exported says how a platform is told that an order was exported.
type Exported struct {
	Field  string   // custom field that gets the time and file name; "" marks nothing
	Others []string // marks of another program: custom fields, or tags as "tag:NAME"
}

// Customers says which number the buyer of an order has, and when the ERP is told about a customer.
type Customers struct {
	Guests    string           // number of the collective account of guests; "" leaves them without
	Number    string           // where the number comes from: "shop", "series" or "from_erp"
	Series    Series           // numbers that we give
	Field     string           // custom field of the platform's customers that holds the ERP's number
	WriteBack bool             // write the numbers that we give into that field
	Mapping   *mapping.Mapping // writes a customer before its first order; nil: customers are not written
	Folder    string           // where their files go
	Name      NameTemplate     // names of their files
}

// AfterExport says what to do when an order is cancelled or edited in the platform after it went out.
type AfterExport struct {
	Cancelled string           // "hold", "send" or "ignore"
	Edited    string           // "hold", "send" or "ignore"
	Mapping   *mapping.Mapping // writes changes; nil: the flow's own does
	Name      NameTemplate     // of the files with changes; zero: that of the target
}

// Amounts says how the amounts of an order are made to add up.
type Amounts struct {
	amounts.Rule
	// LineTypes says what a platform's own types of order lines are, by "TYPE" or "TYPE:PATTERN" of their code.
	LineTypes map[string]string
}

// Shipment says what a shipment does in a platform.
type Shipment struct {
	Ship     bool // mark the order shipped; false sets tracking codes only
	SendMail bool // let the platform mail its customer
	Close    bool // what a despatch advice leaves of an order will not come any more
}

// ID is the flow's name in the home, "partner/flow".
func (f *Flow) ID() string { return f.Partner + "/" + f.Name }

// Function tells what to do with a message by its function code (BGM 1225): "process", "hold" or "ignore". A code that
// the profile does not name is processed when it says original, or nothing, and held otherwise.
func (f *Flow) Function(code string) string {
	if do, ok := f.Functions[code]; ok {
		return do
	}
	if code == "" || code == "9" {
		return "process"
	}
	return "hold"
}

// TakesTest tells whether the flow takes a message with or without the test indicator (UNB 0035). Unless the profile says
// otherwise, a live profile takes no test messages and a test profile takes both.
func (f *Flow) TakesTest(test bool) bool {
	if f.Take.Test != nil {
		return *f.Take.Test == test
	}
	return !test || f.Profile.Status != Live
}

// DoneName gives the name of the file that is put after a finished one, or "". Of a Done like ".OK" it is the name with
// that extension in place of its own; {name} in it stands for the whole name and {stem} for the name without extension.
func (t To) DoneName(name string) string {
	stem := strings.TrimSuffix(name, path.Ext(name))
	if strings.HasPrefix(t.Done, ".") {
		return stem + t.Done
	}
	return strings.NewReplacer("{name}", name, "{stem}", stem).Replace(t.Done)
}

// Origin tells which layer and line a setting came from, by its dotted path: "guards.rows_drop".
func (f *Flow) Origin(path string) (option.Origin, bool) { return f.options.Origin(path) }

// Settings gives all effective settings with their origins, in the order of the reference.
func (f *Flow) Settings() func(yield func(option.Setting) bool) { return f.options.Settings() }

// Place gives where the flow stands in its profile.
func (f *Flow) Place() finding.Place { return f.place }
