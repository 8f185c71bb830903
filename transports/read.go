package transports

import (
	"io"

	"github.com/batchgate/batchgate/transports/driver"
)

// reader gives the bytes of an open file and says what went wrong in the endpoint's words.
type reader struct {
	io.ReadCloser
	endpoint *Endpoint
	name     string
	size     int64 // wanted, or below 0
	got      int64
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.got += int64(n)
	if err != nil && err != io.EOF {
		return n, r.endpoint.fail("read", r.name, "", err)
	}
	if r.size >= 0 && (r.got > r.size || err == io.EOF && r.got < r.size) {
		return n, r.endpoint.fail("read", r.name, "", wrongSize(r.got, r.size, err == io.EOF))
	}
	return n, err
}

func (r *reader) Close() error {
	if err := r.ReadCloser.Close(); err != nil {
		return r.endpoint.fail("read", r.name, "", err)
	}
	return nil
}

// wrongSize says how many bytes came and how many were announced.
func wrongSize(got, want int64, ended bool) error {
	more := ""
	if !ended {
		more = " or more"
	}
	return driver.Faultf(driver.Incomplete, "%d bytes%s of announced %d", got, more, want)
}
