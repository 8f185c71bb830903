package profiles

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/internal/option"
)

// connectionsFile reads the connections that profiles share.
func (l *loader) connectionsFile(name string) map[string]*Connection {
	if _, ok := l.files[name]; !ok {
		return map[string]*Connection{}
	}
	src, ok := l.parse(name)
	if !ok {
		return map[string]*Connection{}
	}
	if src.Root.Kind != yaml.MappingNode {
		f := src.At(src.Root, "option.type", "this file is a block of connections by name")
		f.Hint = `write shop: {platform: shopware, url: "https://shop.example", ...}`
		l.add(f)
		return map[string]*Connection{}
	}
	var pairs []option.Pair
	for i := 0; i+1 < len(src.Root.Content); i += 2 {
		key, value := src.Root.Content[i], src.Root.Content[i+1]
		pairs = append(pairs, option.Pair{Key: key.Value, KeyNode: key, Node: value, Source: src, Origin: option.Origin{Layer: option.Shared, Place: src.Place(key)}})
	}
	return l.connections(pairs, "", option.Shared)
}

// connections reads connections by name; partner is "" for shared ones.
func (l *loader) connections(pairs []option.Pair, partner string, layer option.Layer) map[string]*Connection {
	all := map[string]*Connection{}
	for _, p := range pairs {
		if err := checkName(p.Key); err != nil {
			l.addSplit(p.Source.At(p.KeyNode, "option.value", ""), fmt.Sprintf("the connection's name %q %s", finding.Cut(p.Key), err))
			continue
		}
		if before, ok := l.shared[p.Key]; ok && partner != "" {
			f := p.Source.At(p.KeyNode, "profile.connection", fmt.Sprintf("connection %q stands in %s too", p.Key, l.place(connectionsName)))
			f.Hint = "give one of them another name"
			if o, ok := before.Options.Origin(before.choice()); ok {
				f.Related = &o.Place
			}
			l.add(f)
		}
		if c := l.connection(p, partner, layer); c != nil {
			all[p.Key] = c
		}
	}
	return all
}

func (c *Connection) choice() string {
	if c.IsFolder() {
		return "transport"
	}
	return "platform"
}

func (l *loader) connection(p option.Pair, partner string, layer option.Layer) *Connection {
	table, transport, plat := l.connectionTable(p)
	if table == nil {
		return nil
	}
	given, found := table.Decode(p.Source, p.Node, layer)
	l.add(found...)
	v := table.Layer(given)
	c := &Connection{Name: p.Key, Partner: partner, Transport: transport, Platform: plat, Options: v, lookup: l.lookup,
		Poll: v.Duration("poll"), InFlight: v.Int("in_flight"), Retry: retryOf(v.Block("retry"))}
	if c.IsFolder() {
		c.StableFor = v.Duration("stable_for")
	} else {
		c.BatchSize, c.URL = v.Int("batch_size"), strings.TrimRight(l.text(v, "url"), "/")
		l.checkResolved(v, "url", c.URL)
	}
	if _, ok := table.Find("root"); ok {
		c.Root = l.opt.local(l.text(v, "root"))
	}
	l.checkSecrets(c)
	return c
}

// connectionTable finds the settings that a connection has by its transport or platform.
func (l *loader) connectionTable(p option.Pair) (table *option.Table, transport, plat string) {
	transports := transportTables()
	known := append([]string{}, sortedKeys(transports)...)
	var names []string
	for _, one := range platforms() {
		names = append(names, one.name)
	}
	if p.Node.Kind != yaml.MappingNode {
		l.unknownConnectionKind(p, p.Node, "connection %q has no settings", p.Key)
		return nil, "", ""
	}
	for i := 0; i+1 < len(p.Node.Content); i += 2 {
		key, value := p.Node.Content[i].Value, p.Node.Content[i+1]
		switch key {
		case "transport":
			if t, ok := transports[value.Value]; ok {
				return t, value.Value, ""
			}
			l.unknownChoice(p, value, "transport", known)
			return nil, "", ""
		case "platform":
			if one, ok := platformOf(value.Value); ok {
				return one.table, "", one.name
			}
			l.unknownChoice(p, value, "platform", names)
			return nil, "", ""
		}
	}
	l.unknownConnectionKind(p, p.KeyNode, "connection %q has neither transport nor platform", p.Key)
	return nil, "", ""
}

func (l *loader) unknownConnectionKind(p option.Pair, n *yaml.Node, format string, args ...any) {
	f := p.Source.At(n, "option.missing", fmt.Sprintf(format, args...))
	f.Hint = "write transport: local and its root, or platform: shopware and its url"
	l.add(f)
}

func (l *loader) unknownChoice(p option.Pair, n *yaml.Node, what string, known []string) {
	f := p.Source.At(n, "option.value", fmt.Sprintf("unknown %s %q", what, finding.Cut(n.Value)))
	f.Hint = option.UnknownHint(n.Value, known)
	if hint, ok := later()[n.Value]; ok {
		f.Message, f.Hint = fmt.Sprintf("%s %s is not part of this version", what, n.Value), hint
	}
	l.add(f)
}

// text gives a text that may be a reference.
func (l *loader) text(v option.Values, name string) string {
	if r, ok := v.Reference(name); ok {
		return l.resolve(v, name, r)
	}
	return v.Text(name)
}

// checkResolved checks an address that a reference gave.
func (l *loader) checkResolved(v option.Values, name, value string) {
	if _, ok := v.Reference(name); !ok || value == "" {
		return
	}
	if err := checkURL(value); err != nil {
		l.addSplit(v.Fault(name, "option.value", ""), fmt.Sprintf("what %s gives as %s %s", v.Text(name), name, err))
	}
}

// checkSecrets looks whether everything that is referred to is there.
func (l *loader) checkSecrets(c *Connection) {
	for _, o := range c.Options.Table().Options {
		if o.Name == "root" || o.Name == "url" || o.Type != option.Secret && !o.Reference {
			continue // those two were looked up before
		}
		if r, ok := c.Options.Reference(o.Name); ok {
			l.resolve(c.Options, o.Name, r)
		}
	}
}

// addSplit adds a finding whose text has its way out after a semicolon.
func (l *loader) addSplit(f finding.Finding, text string) {
	f.Message, f.Hint, _ = strings.Cut(text, "; ")
	l.add(f)
}
