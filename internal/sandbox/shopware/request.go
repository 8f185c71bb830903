package shopware

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// request is a request with its body read.
type request struct {
	method, path string
	query        url.Values
	header       http.Header
	body         []byte
	effects      []Effect
}

// read takes a request in; a body that is too long gives a problem.
func (s *Shop) read(hr *http.Request) (*request, *problem) {
	r := &request{method: hr.Method, path: hr.URL.Path, header: hr.Header}
	if hr.URL.RawQuery != "" {
		r.query = hr.URL.Query()
	}
	if hr.Body == nil {
		return r, nil
	}
	var err error
	if r.body, err = io.ReadAll(io.LimitReader(hr.Body, s.config.MaxBody+1)); err != nil {
		return r, refuse(http.StatusBadRequest, "SANDBOX__BODY", "the body cannot be read: %v", err)
	}
	if int64(len(r.body)) > s.config.MaxBody {
		r.body = nil
		return r, refuse(http.StatusRequestEntityTooLarge, "0", "Request Entity Too Large")
	}
	return r, nil
}

// json decodes the body, which must be JSON and say so. An empty body is an empty object.
func (r *request) json() (any, *problem) {
	if len(r.body) == 0 {
		return map[string]any{}, nil
	}
	if bad := r.contentType(); bad != nil {
		return nil, bad
	}
	v, err := decodeJSON(r.body)
	if err != nil {
		return nil, malformed(err)
	}
	return v, nil
}

func (r *request) contentType() *problem {
	kind, _, _ := strings.Cut(r.header.Get("Content-Type"), ";")
	if kind = strings.TrimSpace(kind); !strings.EqualFold(kind, "application/json") {
		return refuse(http.StatusUnsupportedMediaType, "SANDBOX__CONTENT_TYPE", "a JSON body needs Content-Type: application/json, got %q", cut(kind))
	}
	return nil
}

func malformed(err error) *problem {
	return refuse(http.StatusBadRequest, "0", "The JSON payload is malformed: %v", err)
}

// orderedJSON decodes the body and, where it is an object, gives the order of its members.
func (r *request) orderedJSON() (v any, order []string, bad *problem) {
	if trimmed := bytes.TrimLeft(r.body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		v, bad = r.json()
		return v, nil, bad
	}
	if bad := r.contentType(); bad != nil {
		return nil, nil, bad
	}
	d := json.NewDecoder(bytes.NewReader(r.body))
	d.UseNumber()
	members := map[string]any{}
	d.Token() // the brace seen above
	for d.More() {
		name, err := d.Token()
		var member any
		if err == nil {
			err = d.Decode(&member)
		}
		if err != nil {
			return nil, nil, malformed(err)
		}
		key, _ := name.(string)
		if _, twice := members[key]; !twice {
			order = append(order, key)
		}
		members[key] = member
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, malformed(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, malformed(errTrailing)
	}
	return members, order, nil
}

// indexing gives the header indexing-behavior; ok is false for a value that is not known.
func (r *request) indexing() (value string, ok bool) {
	value = r.header.Get("indexing-behavior")
	return value, value == "" || value == indexByQueue || value == indexNever
}

// wantsJSON refuses to answer in JSON:API, which a shop speaks where plain JSON is not asked for.
func (r *request) wantsJSON() *problem {
	if strings.Contains(r.header.Get("Accept"), "application/json") {
		return nil
	}
	return refuse(http.StatusNotAcceptable, "SANDBOX__JSON_API", "without Accept: application/json a shop answers in JSON:API, which is not simulated")
}

// liveOnly refuses another version than the live one.
func (r *request) liveOnly() *problem {
	if v := r.header.Get("sw-version-id"); v != "" && v != liveVersion {
		return refuse(http.StatusBadRequest, "SANDBOX__VERSION", "only the live version is simulated, not %q", cut(v))
	}
	return nil
}

// skipsFlows tells whether the request wants no flows and mails.
func (r *request) skipsFlows() bool {
	v := r.header.Get("sw-skip-trigger-flow")
	return v == "1" || strings.EqualFold(v, "true")
}
