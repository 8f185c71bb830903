package transports

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/batchgate/batchgate/transports/driver"
)

// Error is what every method of an Endpoint returns when it fails.
type Error struct {
	// Op is what was tried: open, list, stat, read, claim, move, stage, publish, write, remove, make, sync.
	Op string
	// Endpoint is the name of the endpoint.
	Endpoint string
	// Path is the name it was tried on, as the server has it; empty where there is none.
	Path string
	// To is the new name, where one was to be given.
	To string
	// Kind says what to do about it.
	Kind driver.Kind
	// Err is the cause.
	Err error
}

// KindOf gives the kind of an error that came from an Endpoint, however wrapped. A context's error that came from
// elsewhere is Cancelled, everything else Unknown.
func KindOf(err error) driver.Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return driver.Cancelled
	}
	return driver.Unknown
}

// Error gives what happened, where, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op + " " + DisplayName(e.Endpoint))
	if e.Path != "" {
		b.WriteString(":" + DisplayName(e.Path))
	}
	if e.To != "" {
		b.WriteString(" to " + DisplayName(e.To))
	}
	b.WriteString(": " + e.what())
	if hint := e.Hint(); hint != "" {
		b.WriteString("; " + hint)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// what joins the kind in words and the cause as the system or server said it.
func (e *Error) what() string {
	cause := causeText(e.Err)
	switch {
	case cause == "":
		return e.Kind.String()
	case e.Kind == driver.Unknown:
		return cause
	}
	return e.Kind.String() + " (" + cause + ")"
}

// causeText gives the text of a cause without the names that a system error repeats.
func causeText(err error) string {
	switch c := err.(type) {
	case nil:
		return ""
	case *fs.PathError:
		return causeText(c.Err)
	case *os.LinkError:
		return causeText(c.Err)
	case *os.SyscallError:
		return causeText(c.Err)
	}
	return DisplayName(err.Error())
}

// Hint says what to do about the error, or is empty.
func (e *Error) Hint() string {
	switch e.Kind {
	case driver.NotFound, driver.NoFolder:
		return e.hintMissing()
	case driver.Exists:
		if e.Op == "publish" || e.Op == "write" {
			return "it was not replaced; wait until it is fetched or move it away"
		}
		return "nothing was replaced"
	case driver.Denied:
		return "give the account that batchgate uses the right to " + e.right()
	case driver.Full:
		if e.Op == "stage" || e.Op == "write" {
			return "free space and retry, nothing was published"
		}
		return "free space and retry"
	case driver.Auth:
		return "check the user, key or password of this endpoint"
	case driver.Throttled:
		return "use fewer connections or poll less often"
	case driver.InUse:
		return "another program has it open; wait until it is closed"
	case driver.Incomplete:
		return "it may still be written, or the transfer broke; list again and retry"
	case driver.BadName:
		return "names stay below the endpoint's root, without \"..\", and use only what the server can store"
	}
	return ""
}

func (e *Error) hintMissing() string {
	switch {
	case e.Kind == driver.NoFolder || e.Op == "list":
		return "create the folder or correct its name, batchgate does not create it"
	case e.Op == "open" && e.Path == "":
		return "create the root folder or correct its name, batchgate does not create it"
	}
	return ""
}

func (e *Error) right() string {
	switch e.Op {
	case "open", "read", "stat":
		return "read it"
	case "list":
		return "list the folder"
	case "make":
		return "create folders there"
	default:
		return "create, rename and remove files there"
	}
}
