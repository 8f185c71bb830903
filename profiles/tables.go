package profiles

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/batchgate/batchgate/internal/document"
	"github.com/batchgate/batchgate/internal/option"
)

// Tables gives the tables of all settings, for help and the reference page: the home's, the profile's, the flow's, then
// one for each transport and platform.
func Tables() []*option.Table {
	all := []*option.Table{homeTable(), profileTable(), flowTable()}
	transports := transportTables()
	for _, name := range sortedKeys(transports) {
		all = append(all, transports[name])
	}
	for _, p := range platforms() {
		all = append(all, p.table)
	}
	return all
}

func homeTable() *option.Table {
	ledger := &option.Table{Name: "ledger", Help: "the database of what happened", Options: []option.Option{
		{Name: "sqlite", Type: option.Folder, Example: "data/batchgate.db", Help: "file of an SQLite database, relative to the home; it is data/batchgate.db where nothing is given", Check: notEmpty},
		{Name: "postgres", Type: option.Secret, Example: "env:DATABASE_URL", Help: "address of a PostgreSQL database, as env:NAME or file:PATH"},
	}}
	return &option.Table{Name: "batchgate.yaml", Help: "settings of the home", Options: []option.Option{
		{Name: "ledger", Type: option.Block, Block: ledger, Help: "where the ledger is"},
		{Name: "archive", Type: option.Folder, Default: "data/archive", Help: "folder of the archive, relative to the home", Check: notEmpty},
	}}
}

func profileTable() *option.Table {
	own := &option.Table{Name: "profile", Help: "what is known about a partner", Elsewhere: laterKeys(), Options: []option.Option{
		{Name: "partner", Type: option.Text, Required: true, Example: "mueller-erp", Help: "name of the partner: small letters, digits, - and _", Check: checkName},
		{Name: "status", Type: option.Choice, Default: "draft", Allowed: []string{"draft", "test", "live", "paused"}, Help: "how far it may go: draft is only checked, test marks what it sends as test, paused does nothing"},
		{Name: "identities", Type: option.Block, Help: "how the partner names itself", Block: &option.Table{Name: "identities", Help: "how the partner names itself", Options: []option.Option{
			{Name: "unb", Type: option.Texts, Example: `["4098765000003:14"]`, Help: "identification and qualifier in interchanges; the first one is written", Check: checkIdentity},
			{Name: "idoc", Type: option.Block, Block: idocTable(), Help: "the partner in control records of IDocs, as the receiver of what is written"},
		}}},
		{Name: "us", Type: option.Block, Help: "how we name ourselves to the partner", Block: &option.Table{Name: "us", Help: "how we name ourselves to the partner", Options: []option.Option{
			{Name: "unb", Type: option.Text, Example: `"4012345000009:14"`, Help: "identification and qualifier in interchanges", Check: checkIdentity},
			{Name: "idoc", Type: option.Block, Block: idocTable(), Help: "ourselves in control records of IDocs, as the sender of what is written"},
		}}},
		{Name: "interchanges", Type: option.Block, Help: "what the partner's EDIFACT is really like, where it differs from what it says", Block: interchangesTable()},
		{Name: "connections", Type: option.Tree, Help: "the partner's own connections by name; those of connections.yaml can be used too"},
		{Name: "flows", Type: option.Tree, Help: "the flows by name"},
	}}
	return own.With("profile", sharedTable())
}

// idocTable has what a control record says of a sender or receiver; SAP finds its partner profile (WE20) by these.
func idocTable() *option.Table {
	return &option.Table{Name: "idoc", Help: "one side in control records of IDocs", Options: []option.Option{
		{Name: "client", Type: option.Text, Example: `"100"`, Help: "client (MANDT); that of the receiver is written", Check: upTo(3)},
		{Name: "port", Type: option.Text, Example: "SAPPRD", Help: "port (SNDPOR, RCVPOR)", Check: upTo(10)},
		{Name: "type", Type: option.Text, Example: "LS", Help: "partner type (SNDPRT, RCVPRT): LS logical system, KU customer, LI vendor", Check: upTo(2)},
		{Name: "function", Type: option.Text, Example: "AG", Help: "partner function (SNDPFC, RCVPFC)", Check: upTo(2)},
		{Name: "number", Type: option.Text, Example: "PRDCLNT100", Help: "partner number (SNDPRN, RCVPRN)", Check: upTo(10)},
	}}
}

// upTo checks the length of a field.
func upTo(n int) func(string) error {
	return func(s string) error {
		if len([]rune(s)) > n || strings.TrimSpace(s) != s {
			return fmt.Errorf("has blanks around it, or more than %d characters", n)
		}
		return nil
	}
}

func interchangesTable() *option.Table {
	return &option.Table{Name: "interchanges", Help: "what the partner's EDIFACT is really like", Short: "charset", Options: []option.Option{
		{Name: "charset", Type: option.Text, Example: "windows-1252", Help: "set of its characters, by its name or syntax level, whatever UNB says; without it what UNB says", Check: checkCharset},
		{Name: "line_breaks", Type: option.Choice, Default: "refuse", Allowed: []string{"refuse", "keep", "drop"}, Help: "what a line break within a segment is: a fault, part of the value, or nothing"},
	}}
}

func flowTable() *option.Table {
	own := &option.Table{Name: "flow", Help: "one stream of documents from one source to one target", Elsewhere: laterKeys(), Options: []option.Option{
		{Name: "from", Type: option.Block, Block: fromTable(), Required: true, OnDemand: true, Help: "the source"},
		{Name: "take", Type: option.Block, Block: takeTable(), Help: "which messages the flow takes; what no flow takes is held"},
		{Name: "mapping", Type: option.Block, Block: mappingTable(), OnDemand: true, Help: "how files become documents, or documents files"},
		{Name: "guideline", Type: option.Text, Example: "hammerl-orders", Help: "what the messages have to keep beside their directory, those that come in and those that are written: guidelines/NAME.yaml; see batchgate guideline", Check: notEmpty},
		{Name: "to", Type: option.Block, Block: toTable(), Required: true, OnDemand: true, Help: "the target"},
		{Name: "full_file", Type: option.Block, OnDemand: true, Help: "says that each file names everything there is; without it a file is a delta", Block: &option.Table{Name: "full_file", Help: "each file names everything there is", Short: "missing", Options: []option.Option{
			{Name: "missing", Type: option.Choice, Default: "leave", Allowed: []string{"leave", "zero", "hold"}, Help: "what becomes of what the file does not name"},
		}}},
		{Name: "ready_when", Type: option.Text, Example: `payment.state in ["paid", "authorized"]`, Help: "condition for a document to go; others wait and are looked at again", Check: notEmpty},
		{Name: "ready_within", Type: option.Duration, Min: 60, Example: "14d", Help: "how long after it was placed an order may wait for ready_when before it is held for a person; without it for ever"},
		{Name: "after_export", Type: option.Block, Block: afterExportTable(), Help: "what to do when an order is cancelled or edited in the platform after it went out"},
	}}
	return own.With("flow", sharedTable())
}

// sharedTable has the settings that may stand on the partner's level for all flows and on a flow's for it alone.
func sharedTable() *option.Table {
	hold := []string{"ignore", "hold"}
	return &option.Table{Options: []option.Option{
		{Name: "unknown_sku", Type: option.Choice, Default: "hold", Allowed: hold, Help: "what to do with articles that the target does not know; ignore gives one finding for each file"},
		{Name: "unknown_order", Type: option.Choice, Default: "hold", Allowed: hold, Help: "what to do with shipments of orders that the target does not know"},
		{Name: "stock", Type: option.Block, Block: stockTable(), OnDemand: true, Help: "what the ERP's stock figure means, and what the shop gets of it; without it the figure is handed on as it is"},
		{Name: "assortment", Type: option.Block, Block: assortmentTable(), OnDemand: true, Help: "ask the shop which articles it has, and leave out all others of a file"},
		{Name: "web_orders", Type: option.Block, Block: webOrdersTable(), OnDemand: true, Help: "tells the shop's orders from others that the ERP ships"},
		{Name: "guards", Type: option.Block, Block: guardsTable(), Help: "hold an arrival that looks wrong"},
		{Name: "functions", Type: option.Map, Allowed: []string{"process", "hold", "ignore"}, Example: `{cancellation: hold, "31": ignore}`, Help: "what to do by message function, a code of BGM 1225 or its name; without it an original is processed and others are held"},
		sameNumberOption(),
		{Name: "acknowledge", Type: option.Block, Block: acknowledgeTable(), OnDemand: true, Help: "what the partner is told about its interchanges"},
		{Name: "charset", Type: option.Block, Block: charsetTable(), Help: "characters of EDIFACT that is written"},
		{Name: "envelope", Type: option.Block, Block: envelopeTable(), Help: "how interchanges are written"},
		{Name: "codes", Type: option.Tree, Example: "{countries: codes/countries.csv, units: {PCE: ST}}", Help: "code lists by name: a file in codes/, or pairs of ours and theirs; a list that is not named here is codes/NAME.csv"},
		{Name: "attributes", Type: option.Map, Example: "{fraud: fraud_hold, parcel_shop: packstation}", Help: "custom fields of the platform's orders that documents carry, by the names that conditions and mappings use"},
		{Name: "exported", Type: option.Block, Block: exportedTable(), Help: "how the platform is told that an order was exported"},
		{Name: "schedule", Type: option.Block, Block: scheduleTable(), Help: "when the ERP's folders may be reached"},
		{Name: "amounts", Type: option.Block, Block: amountsTable(), Help: "how the amounts of an order are made to add up"},
		{Name: "customers", Type: option.Block, Block: customersTable(), Help: "which number the buyer of an order has, and when the ERP is told about a customer"},
		{Name: "unknown_customer", Type: option.Choice, Default: "hold", Allowed: hold, Help: "what to do with customers that the target does not know"},
		{Name: "shipment", Type: option.Block, Block: shipmentTable(), Help: "what a shipment does in the platform"},
		{Name: "retry", Type: option.Block, Block: retryTable(), OnDemand: true, Help: "how often a failed delivery is tried again, where it differs from the target's connection"},
		{Name: "batch_size", Type: option.Int, Min: 1, Max: 100_000, Help: "documents written with one call, where it differs from the target's connection; lines of a list (stock, prices, products) in one file, 10,000 where it is not said"},
		{Name: "zone", Type: option.Text, Default: "UTC", Example: "Europe/Berlin", Help: "time zone of dates in file names and envelopes, and of start_at", Check: checkZone},
		{Name: "rules", Type: option.Map, Allowed: []string{"error", "warning", "note", "off"}, Example: "{edifact.unt-count: warning}", Help: "level of a rule by its name, where it differs from the strict one"},
	}}
}

func fromTable() *option.Table {
	return &option.Table{Name: "from", Help: "the source of a flow", Short: "connection", Options: []option.Option{
		{Name: "connection", Type: option.Text, Required: true, Example: "erp", Help: "name of a connection"},
		{Name: "folder", Type: option.Folder, Help: "folder below the connection's root", Check: checkFolder},
		{Name: "match", Type: option.Patterns, Default: "*", Example: `"STOCK*.CSV"`, Help: "names of the files that are meant"},
		{Name: "exclude", Type: option.Patterns, Example: `"*.part"`, Help: "names of files that are left alone"},
		{Name: "case_sensitive", Type: option.Flag, Default: "false", Help: "whether upper and lower case differ in match and exclude"},
		{Name: "stable_for", Type: option.Duration, Max: 86400, Help: "how long a file must stay the same, where it differs from the connection"},
		{Name: "processed", Type: option.Folder, Default: "processed", Help: "where taken files go, in folders by date, relative to folder", Check: checkRelative},
		{Name: "failed", Type: option.Folder, Default: "failed", Help: "where files go that failed, with the reason beside them, relative to folder", Check: checkRelative},
		{Name: "kind", Type: option.Choice, Allowed: kindNames(), Help: "kind of document that a platform gives"},
		{Name: "channels", Type: option.Texts, Example: "[DE, AT]", Help: "sales channels whose orders are meant; without it all", Check: notEmpty},
		{Name: "start_at", Type: option.Time, Example: "2026-12-01", Help: "nothing older is taken: orders by when they were placed, files by when they were last written; required where a platform is the source"},
		{Name: "ask_above", Type: option.Int, Default: "20", Max: 1 << 30, Help: "the first look at a source takes no more than so many without being told so by run --first-load"},
	}}
}

func takeTable() *option.Table {
	return &option.Table{Name: "take", Help: "which messages a flow takes", Short: "message", Options: []option.Option{
		{Name: "message", Type: option.Text, Example: "DESADV", Help: "message type (0065); without it that of the mapping", Check: checkUpper},
		{Name: "version", Type: option.Text, Example: "D", Help: "version (0052), or any; without it that of the mapping's directory"},
		{Name: "release", Type: option.Text, Example: "96A", Help: "release (0054), or any; without it that of the mapping's directory"},
		{Name: "sender", Type: option.Text, Help: "identification of the sender (0004); without it each of the partner's identities"},
		{Name: "recipient", Type: option.Text, Help: "identification of the recipient (0010); without it any"},
		{Name: "test", Type: option.Flag, Help: "whether the messages carry the test indicator (0035); without it a live profile takes none that do"},
	}}
}

func mappingTable() *option.Table {
	return &option.Table{Name: "mapping", Help: "the mappings of a flow", Short: "name", Options: []option.Option{
		{Name: "name", Type: option.Text, Example: "stock-csv", Help: "mapping that reads where files are the source, and writes where a platform is"},
		{Name: "read", Type: option.Text, Help: "mapping that reads"},
		{Name: "write", Type: option.Text, Help: "mapping that writes"},
	}}
}

func toTable() *option.Table {
	return &option.Table{Name: "to", Help: "the target of a flow", Short: "connection", Options: []option.Option{
		{Name: "connection", Type: option.Text, Required: true, Example: "shop", Help: "name of a connection"},
		{Name: "folder", Type: option.Folder, Help: "folder below the connection's root", Check: checkFolder},
		{Name: "temp", Type: option.Folder, Example: "../tmp", Help: "folder for unfinished files on the same file system, relative to folder; without it folder itself, under a hidden name", Check: checkRelative},
		{Name: "name", Type: option.Text, Example: `"ORD{control:6}.EDI"`, Help: "name of the files, with {control}, {series}, {number}, {date:20060102}, {source}", Check: checkTemplate},
		{Name: "exists", Type: option.Choice, Default: "wait", Allowed: []string{"wait", "number", "refuse"}, Help: "what to do when the name is taken: wait until it is free, add a number, or hold the delivery"},
		{Name: "series", Type: option.Block, Block: seriesTable(), Help: "which numbers {series} gives"},
		{Name: "taken_by", Type: option.Patterns, Example: `"*.EDI"`, Help: "wildcard by which the ERP takes files, so that check can see that it takes finished files and nothing else"},
		{Name: "done", Type: option.Text, Example: ".OK", Help: "file that says that another one is complete: an extension in place of its own, or a name with {name} or {stem}", Check: checkDone},
	}}
}

func seriesTable() *option.Table {
	return &option.Table{Name: "series", Help: "which numbers {series} gives", Short: "name", Options: []option.Option{
		{Name: "name", Type: option.Text, Example: "orders", Help: "name of the series, which flows may share; without it the flow has its own", Check: checkName},
		{Name: "first", Type: option.Int, Default: "1", Min: 1, Max: 1 << 40, Help: "the first number"},
		{Name: "last", Type: option.Int, Min: 1, Max: 1 << 40, Example: "99999", Help: "the last number, after which the first comes again; without it there is no end"},
	}}
}

func guardsTable() *option.Table {
	return &option.Table{Name: "guards", Help: "hold an arrival that looks wrong until a person releases it", Options: []option.Option{
		{Name: "rows_drop", Type: option.Percent, Default: "30%", Help: "so many fewer rows than are known; for full files"},
		{Name: "changed", Type: option.Percent, Default: "40%", Help: "so many changed values of those known"},
		{Name: "min_rows", Type: option.Int, Default: "20", Max: 1 << 30, Help: "guards start when so many rows are known"},
	}}
}

func acknowledgeTable() *option.Table {
	return &option.Table{Name: "acknowledge", Help: "what the partner is told about its interchanges", Options: []option.Option{
		{Name: "contrl", Type: option.Block, OnDemand: true, Help: "syntax acknowledgement", Block: acknowledgementTable("CONTRL",
			option.Option{Name: "when", Type: option.Choice, Default: "asked", Allowed: []string{"asked", "always", "never"}, Help: "asked is when the interchange asks for it (UNB 0031)"})},
		{Name: "aperak", Type: option.Block, OnDemand: true, Help: "what became of each message", Block: acknowledgementTable("APERAK",
			option.Option{Name: "when", Type: option.Choice, Default: "errors", Allowed: []string{"errors", "always", "never"}, Help: "errors is when a message, or a part of it, took no effect"},
			option.Option{Name: "directory", Type: option.Text, Default: "D.96A", Example: "D.01B", Help: "release of the APERAK"})},
	}}
}

// acknowledgementTable is what each kind of acknowledgement has, beside its own settings.
func acknowledgementTable(message string, own ...option.Option) *option.Table {
	return &option.Table{Name: strings.ToLower(message), Help: "the " + message + " message", Options: append(own,
		option.Option{Name: "connection", Type: option.Text, Example: "erp", Help: "name of a connection; without it that of the source"},
		option.Option{Name: "folder", Type: option.Folder, Help: "folder below the connection's root", Check: checkFolder},
		option.Option{Name: "name", Type: option.Text, Default: message + "{control:6}.EDI", Help: "name of the files", Check: checkTemplate},
	)}
}

func charsetTable() *option.Table {
	levels := []string{"UNOA", "UNOB", "UNOC", "UNOD", "UNOE", "UNOF", "UNOG", "UNOH", "UNOI", "UNOJ", "UNOK", "UNOY"}
	return &option.Table{Name: "charset", Help: "characters of EDIFACT that is written", Short: "level", Options: []option.Option{
		{Name: "level", Type: option.Choice, Default: "UNOC", Allowed: levels, Help: "syntax level (0001)"},
		{Name: "outside", Type: option.Choice, Default: "refuse", Allowed: []string{"refuse", "transliterate"}, Help: "what to do with characters that it does not have, where the mapping says nothing"},
	}}
}

func envelopeTable() *option.Table {
	return &option.Table{Name: "envelope", Help: "how interchanges are written", Options: []option.Option{
		{Name: "syntax", Type: option.Choice, Default: "3", Allowed: []string{"3", "4"}, Help: "syntax version (0002)"},
		{Name: "una", Type: option.Choice, Default: "always", Allowed: []string{"always", "needed"}, Help: "service string advice: always, or only where separators are not the standard ones"},
		{Name: "separators", Type: option.Text, Example: `":+.? '"`, Default: ":+.? '", Help: "the six characters of UNA: component, element, decimal mark, release, reserved or repetition, end of segment", Check: checkSeparators},
		{Name: "ask_acknowledgement", Type: option.Flag, Default: "false", Help: "ask the partner for a CONTRL (UNB 0031)"},
	}}
}

func exportedTable() *option.Table {
	return &option.Table{Name: "exported", Help: "how the platform is told that an order was exported", Short: "field", Options: []option.Option{
		{Name: "field", Type: option.Text, Default: "batchgate_exported", Example: "batchgate_exported", Help: "custom field that gets time and file name; off marks nothing", Check: checkField},
		{Name: "others", Type: option.Texts, Example: `[erp_exported, "tag:Exportiert"]`, Help: "custom fields, or tags as tag:NAME, by which another program has marked what it exported; such orders are passed over", Check: checkMark},
	}}
}

func afterExportTable() *option.Table {
	policy := []string{"hold", "send", "ignore"}
	return &option.Table{Name: "after_export", Help: "what to do when an order is cancelled or edited in the platform after it went out", Options: []option.Option{
		{Name: "cancelled", Type: option.Choice, Default: "hold", Allowed: policy, Help: "hold tells it and lets a person decide, send sends it to the target, ignore notes it"},
		{Name: "edited", Type: option.Choice, Default: "hold", Allowed: policy, Help: "the same for an order that the target would now see otherwise"},
		{Name: "mapping", Type: option.Text, Example: "ordchg-d96a", Help: "mapping that writes changes, with function 1 for a cancellation and 4 for an edit; without it that of the flow"},
		{Name: "name", Type: option.Text, Example: `"CHG{control:6}.EDI"`, Help: "name of the files with changes; without it that of to", Check: checkTemplate},
	}}
}

func shipmentTable() *option.Table {
	return &option.Table{Name: "shipment", Help: "what a shipment does in the platform", Options: []option.Option{
		{Name: "ship", Type: option.Flag, Default: "true", Help: "mark the order shipped; false sets tracking codes only"},
		{Name: "send_mail", Type: option.Flag, Default: "false", Help: "let the platform mail its customer"},
		{Name: "rest", Type: option.Choice, Default: "open", Allowed: []string{"open", "close"}, Help: "what a despatch advice leaves of an order: open awaits further ones, close takes the order as shipped"},
	}}
}

// laterKeys are keys of a later version, so that nobody looks for a typing error.
func laterKeys() map[string]string {
	hints := map[string]string{}
	for _, key := range []string{"ownership", "expected_by", "alerts", "retention", "preset"} {
		hints[key] = "this version of batchgate does not do that; leave it out"
	}
	return hints
}

func kindNames() []string {
	var names []string
	for _, k := range document.Kinds() {
		names = append(names, string(k))
	}
	return names
}

func checkIdentity(s string) error { _, err := ParseIdentity(s); return err }

func checkTemplate(s string) error { _, err := ParseName(s); return err }

// checkName keeps names of partners, flows and connections fit for IDs, file names and commands.
func checkName(s string) error {
	ok := s != "" && len(s) <= 60 && !strings.HasPrefix(s, "-")
	for _, r := range s {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}
	if !ok {
		return fmt.Errorf("is not a name; use up to 60 small letters, digits, - and _")
	}
	return nil
}

func checkUpper(s string) error {
	ok := len(s) >= 1 && len(s) <= 6 && strings.ToUpper(s) == s
	if !ok {
		return fmt.Errorf("is not a message type; write it as DESADV")
	}
	return nil
}

// checkFolder takes a path below a root.
func checkFolder(s string) error {
	clean := path.Clean(s)
	switch {
	case strings.Contains(s, `\`):
		return fmt.Errorf(`holds \; write folders with /`)
	case path.IsAbs(s) || len(s) > 1 && s[1] == ':':
		return fmt.Errorf("is not below the connection's root; write it relative to that, as out/stock")
	case clean == ".." || strings.HasPrefix(clean, "../"):
		return fmt.Errorf("leads out of the connection's root; write it relative to that, as out/stock")
	}
	return nil
}

// checkRelative takes a path relative to a folder; whether it leaves the root is known only with that folder.
func checkRelative(s string) error {
	if err := notEmpty(s); err != nil {
		return err
	}
	return checkFolder(strings.ReplaceAll(s, "../", ""))
}

func checkDone(s string) error {
	if !strings.HasPrefix(s, ".") && !strings.Contains(s, "{name}") && !strings.Contains(s, "{stem}") {
		return fmt.Errorf("would be the same file each time; write .OK for the extension, or {name}.ok")
	}
	return checkNameText(strings.NewReplacer("{name}", "", "{stem}", "").Replace(s))
}

func checkField(s string) error {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return fmt.Errorf("is not the technical name of a custom field; use letters, digits and _")
		}
	}
	return notEmpty(s)
}

// checkMark takes the technical name of a custom field, or tag:NAME.
func checkMark(s string) error {
	if tag, ok := strings.CutPrefix(s, "tag:"); ok {
		return notEmpty(tag)
	}
	return checkField(s)
}

// checkSeparators takes six different characters (ISO 9735-1 8.1); the fifth may be a blank.
func checkSeparators(s string) error {
	if len(s) != 6 {
		return fmt.Errorf("has not six characters; write \":+.? '\"")
	}
	for i := range len(s) {
		c := s[i]
		plain := c > ' ' && c < 0x7f && !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z') || c == ' ' && i == 4
		if !plain {
			return fmt.Errorf("holds %q, which cannot separate; write \":+.? '\"", c)
		}
		if strings.IndexByte(s, c) != i {
			return fmt.Errorf("holds %q twice; write \":+.? '\"", c)
		}
	}
	if s[2] != '.' && s[2] != ',' {
		return fmt.Errorf("has %q as decimal mark; it is a point or a comma", s[2])
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
