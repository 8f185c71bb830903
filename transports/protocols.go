package transports

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/batchgate/batchgate/finding"
	"github.com/batchgate/batchgate/transports/driver"
	"github.com/batchgate/batchgate/transports/local"
	"github.com/batchgate/batchgate/transports/mem"
)

// Options says which endpoint to open.
type Options struct {
	// Name is what people call the endpoint; it stands in error texts.
	Name string
	// Transport is one of Transports.
	Transport string
	// Root is the folder that the endpoint cannot leave: of a local endpoint a path of this system. It must exist.
	Root string
	// Memory is what a "mem" endpoint works on; nil means a new, empty one.
	Memory *mem.Store
}

// protocol is one way to reach files.
type protocol struct {
	name string
	open func(ctx context.Context, o Options) (driver.Conn, error)
}

// protocols is the list of all transports; a new one is added here.
func protocols() []protocol {
	return []protocol{
		{"local", func(_ context.Context, o Options) (driver.Conn, error) { return local.Open(o.Root) }},
		{"mem", func(_ context.Context, o Options) (driver.Conn, error) {
			if o.Memory == nil {
				o.Memory = mem.NewStore()
			}
			return o.Memory.Connect(), nil
		}},
	}
}

// Transports gives the names of all transports.
func Transports() []string {
	var names []string
	for _, p := range protocols() {
		names = append(names, p.name)
	}
	return names
}

// Open connects to an endpoint.
func Open(ctx context.Context, o Options) (*Endpoint, error) {
	for _, p := range protocols() {
		if p.name != o.Transport {
			continue
		}
		conn, err := p.open(ctx, o)
		if err != nil {
			return nil, openError(o, err)
		}
		return New(o.Name, conn), nil
	}
	return nil, openError(o, unknownTransport(o.Transport))
}

func unknownTransport(name string) error {
	text := fmt.Sprintf("unknown transport %q", name)
	if near := finding.Nearest(name, Transports()); near != "" {
		text += fmt.Sprintf(", did you mean %q?", near)
	}
	return driver.Faultf(driver.Unsupported, "%s; there are %s", text, strings.Join(Transports(), ", "))
}

// openError is for what goes wrong before there is a connection to ask for the kind.
func openError(o Options, err error) *Error {
	e := &Error{Op: "open", Endpoint: o.Name, Err: err}
	if f, ok := errors.AsType[*driver.Fault](err); ok {
		e.Kind = f.Kind
	}
	return e
}
