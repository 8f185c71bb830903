package shopware

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Client gives an HTTP client that talks to the shop without a network, whatever host its addresses name. A broken
// connection is an error that wraps [io.ErrUnexpectedEOF].
func (s *Shop) Client() *http.Client { return &http.Client{Transport: transport{s}} }

type transport struct{ shop *Shop }

// RoundTrip serves the request in the caller's goroutine.
func (t transport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := &recorder{header: http.Header{}}
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p != http.ErrAbortHandler {
			panic(p)
		}
		if resp, err = nil, r.Context().Err(); err == nil {
			err = fmt.Errorf("connection to the sandbox broke: %w", io.ErrUnexpectedEOF)
		}
	}()
	t.shop.ServeHTTP(w, r)
	return w.response(r), nil
}

// recorder keeps an answer in memory.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

func (w *recorder) response(r *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.header,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}
}
