package profiles

import (
	"fmt"
	"time"

	"github.com/batchgate/batchgate/internal/option"
)

// Connection says how to reach an endpoint: a folder tree on a transport, or a platform.
type Connection struct {
	Name    string
	Partner string // "" for a shared connection

	Transport string // "local"; "" for a platform
	Platform  string // "shopware"; "" for a transport
	Root      string // folder that a local connection cannot leave
	URL       string // address of a platform

	// Options are all settings by the names of the tables in connection_tables.go.
	Options option.Values

	StableFor time.Duration // how long a file must look the same before it is taken
	Poll      time.Duration // how long to wait between two looks
	InFlight  int           // how many deliveries may be under way at once
	BatchSize int           // how many documents go into one call
	Retry     Retry

	lookup option.Lookup
}

// Retry is how often and for how long a failed delivery is tried again.
type Retry struct {
	Tries int           // attempts in all
	First time.Duration // wait after the first one; doubled each time, with jitter
	Max   time.Duration // longest wait
	For   time.Duration // attempts go on at least so long after the first one
}

// ID is the connection's name in the ledger: "partner/erp", or "shop" of a shared one.
func (c *Connection) ID() string {
	if c.Partner == "" {
		return c.Name
	}
	return c.Partner + "/" + c.Name
}

// IsFolder tells whether the connection is a folder tree on a transport.
func (c *Connection) IsFolder() bool { return c.Transport != "" }

// Secret gives a setting that is, or may be, a reference. It is looked up each time, so that a changed secret is taken up.
// The error names the variable or file and never holds a value.
func (c *Connection) Secret(name string) (string, error) {
	r, ok := c.Options.Reference(name)
	if !ok {
		if o, known := c.Options.Table().Find(name); known && o.Type == option.Secret {
			return "", fmt.Errorf("connection %s has no %s", c.ID(), name)
		}
		return c.Options.Text(name), nil
	}
	value, err := c.lookup.Resolve(r)
	if err != nil {
		return "", fmt.Errorf("%s of connection %s: %w", name, c.ID(), err)
	}
	return value, nil
}

func retryOf(v option.Values) Retry {
	return Retry{Tries: v.Int("tries"), First: v.Duration("first"), Max: v.Duration("max"), For: v.Duration("for")}
}
