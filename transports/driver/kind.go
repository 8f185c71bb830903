package driver

import "fmt"

// Kind sorts errors by what a caller has to do about them.
type Kind uint8

const (
	// Unknown is what no other kind fits.
	Unknown Kind = iota
	// NotFound says that the file or folder is not there.
	NotFound
	// NoFolder says that the folder a file should stand in is not there, which NotFound of a rename leaves open. Drivers
	// may say NotFound for it; transports.Endpoint finds out.
	NoFolder
	// Exists says that the new name is taken.
	Exists
	// Denied says that the rights on the server do not allow it.
	Denied
	// Auth says that the server does not accept who we are.
	Auth
	// Full says that there is no room: disk, quota or file size limit.
	Full
	// Throttled says that the server wants fewer calls or connections.
	Throttled
	// Temporary says that the line or the server had a fault that may be gone soon.
	Temporary
	// InUse says that somebody has the file open and does not share it, as Windows has it.
	InUse
	// Incomplete says that more or fewer bytes came than were announced.
	Incomplete
	// Unsupported says that the server cannot do it.
	Unsupported
	// BadName says that the name leads out of the root or cannot be stored by the server.
	BadName
	// Cancelled says that the caller gave up, or that its time was over.
	Cancelled
)

var kindNames = [...]string{
	Unknown:     "unknown fault",
	NotFound:    "not found",
	NoFolder:    "folder missing",
	Exists:      "name taken",
	Denied:      "not permitted",
	Auth:        "login refused",
	Full:        "disk full",
	Throttled:   "server busy",
	Temporary:   "temporary fault",
	InUse:       "file in use",
	Incomplete:  "incomplete",
	Unsupported: "not supported",
	BadName:     "name refused",
	Cancelled:   "cancelled",
}

// String gives the kind in words: "disk full".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[Unknown]
}

// Transient tells whether trying again later may help without anybody doing something about it. Unknown faults count
// as transient: every operation of an endpoint may be repeated, and a limit on attempts ends it.
func (k Kind) Transient() bool {
	switch k {
	case Unknown, Throttled, Temporary, InUse, Incomplete, Cancelled:
		return true
	default:
		return false
	}
}

// Fault is an error whose kind is known where it arises. Drivers return it for what their protocol has no error for, and
// from the function that opens a connection.
type Fault struct {
	Kind Kind
	Err  error
}

// Faultf makes a fault; the format is that of fmt.Errorf.
func Faultf(kind Kind, format string, args ...any) error {
	return &Fault{kind, fmt.Errorf(format, args...)}
}

// Error gives the text of the cause, without the kind.
func (f *Fault) Error() string { return f.Err.Error() }

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }
