package shopware

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/batchgate/batchgate/internal/flow"
)

// Config says which shop it is and how to reach it.
type Config struct {
	URL      string                 // "https://shop.example", without /api
	ClientID string                 // access key id of an integration
	Secret   func() (string, error) // its secret, asked for when a token is needed
	HTTP     http.RoundTripper      // nil: one that keeps a connection for each call under way
	Rate     int                    // calls in a second at most; 0: no limit
	Timeout  time.Duration          // how long to wait for an answer; 0: 60 s
	Page     int                    // orders read with one call; 0: 100
	Overlap  time.Duration          // how far each look reaches back behind the one before
	Now      func() time.Time       // nil: time.Now
}

// Shop is one shop. It may be used by many goroutines.
type Shop struct {
	cfg   Config
	http  http.Client
	limit *rate.Limiter

	mu      sync.Mutex
	token   string
	expires time.Time
	release string // of the shop, once it was asked
}

// New makes a shop; nothing is sent yet.
func New(cfg Config) *Shop {
	if cfg.Timeout <= 0 {
		cfg.Timeout = time.Minute
	}
	if cfg.Page <= 0 {
		cfg.Page = 100
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.HTTP == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = maxConnections // 2 by default: the others would be dialled anew for each call
		cfg.HTTP = t
	}
	cfg.URL = strings.TrimRight(cfg.URL, "/")
	s := &Shop{cfg: cfg, http: http.Client{Transport: cfg.HTTP, Timeout: cfg.Timeout}, limit: rate.NewLimiter(rate.Inf, 1)}
	if cfg.Rate > 0 {
		s.limit = rate.NewLimiter(rate.Limit(cfg.Rate), cfg.Rate)
	}
	return s
}

// maxConnections is how many idle connections are kept, the most calls that may be under way at once.
const maxConnections = 32

// maxAnswer bounds an answer of the shop, in bytes.
const maxAnswer = 64 << 20

// call is one request of the Admin API.
type call struct {
	method, path string
	body         []byte
	header       map[string]string
}

// do makes a call and gives the answer's body. A refused token is renewed once.
func (s *Shop) do(ctx context.Context, c call) ([]byte, error) {
	for renewed := false; ; renewed = true {
		token, err := s.bearer(ctx)
		if err != nil {
			return nil, err
		}
		answer, err := s.send(ctx, c, token)
		if e, ok := errors.AsType[*apiError](err); ok && e.status == http.StatusUnauthorized && !renewed {
			s.forget(token)
			continue
		}
		return answer, failure(err)
	}
}

func (s *Shop) send(ctx context.Context, c call, token string) ([]byte, error) {
	if err := s.limit.Wait(ctx); err != nil {
		return nil, flow.Later(0, err)
	}
	req, err := http.NewRequestWithContext(ctx, c.method, s.cfg.URL+c.path, bytes.NewReader(c.body))
	if err != nil {
		return nil, flow.Stop("%s %s: %w", c.method, c.path, err)
	}
	req.Header.Set("Accept", "application/json")
	if c.method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for name, value := range c.header {
		req.Header.Set(name, value)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, lost(c, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, lost(c, err)
	}
	if resp.StatusCode/100 != 2 {
		return nil, newAPIError(c, resp, answer, s.cfg.Now())
	}
	return answer, nil
}

// lost sorts an error of the connection: what was never sent is tried again, of anything else the outcome is not known.
func lost(c call, err error) error {
	var u *url.Error // names the address, which may hold more than a log should
	if errors.As(err, &u) {
		err = u.Err
	}
	err = fmt.Errorf("%s %s: %w", c.method, c.path, err)
	var op *net.OpError
	var dns *net.DNSError
	if errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial" {
		return flow.Later(0, err)
	}
	return flow.Lost(err)
}

// bearer gives the token, one for the whole process, renewed before it expires.
func (s *Shop) bearer(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != "" && s.cfg.Now().Before(s.expires) {
		return s.token, nil
	}
	secret, err := s.cfg.Secret()
	if err != nil {
		return "", flow.Stop("token of the shop: %w", err)
	}
	body, err := json.Marshal(map[string]string{"grant_type": "client_credentials", "client_id": s.cfg.ClientID, "client_secret": secret})
	if err != nil {
		return "", flow.Stop("token of the shop: %w", err)
	}
	answer, err := s.send(ctx, call{method: http.MethodPost, path: "/api/oauth/token", body: body}, "")
	if err != nil {
		if f := flow.FailureOf(failure(err)); f.Kind == flow.Unknown { // asking for a token changes nothing
			return "", flow.Later(f.After, err)
		}
		return "", failure(err)
	}
	var t struct {
		Token   string `json:"access_token"`
		Expires int    `json:"expires_in"`
	}
	if err := json.Unmarshal(answer, &t); err != nil || t.Token == "" {
		return "", flow.Later(0, errors.New("token of the shop: the answer holds no access_token; is the address the shop's?"))
	}
	s.token = t.Token
	s.expires = s.cfg.Now().Add(time.Duration(t.Expires) * time.Second * 9 / 10)
	return s.token, nil
}

func (s *Shop) forget(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == token {
		s.token = ""
	}
}

// apiError is an answer of the shop that is not a success.
type apiError struct {
	call   string
	status int
	after  time.Duration
	faults []fault
	body   string
}

type fault struct {
	Status string `json:"status"`
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Source struct {
		Pointer string `json:"pointer"`
	} `json:"source"`
}

func newAPIError(c call, resp *http.Response, answer []byte, now time.Time) *apiError {
	e := &apiError{call: c.method + " " + c.path, status: resp.StatusCode, after: retryAfter(resp.Header.Get("Retry-After"), now)}
	var body struct {
		Errors []fault `json:"errors"`
	}
	if json.Unmarshal(answer, &body) == nil {
		e.faults = body.Errors
	}
	if len(e.faults) == 0 {
		e.body = string(answer[:min(len(answer), 300)])
	}
	return e
}

func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

func (e *apiError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: the shop answered %d", e.call, e.status)
	for i, f := range e.faults {
		if i == 3 {
			fmt.Fprintf(&b, " (and %d more)", len(e.faults)-3)
			break
		}
		fmt.Fprintf(&b, "; %s", strings.TrimSpace(f.Code+" "+f.text()))
		if f.Source.Pointer != "" {
			fmt.Fprintf(&b, " at %s", f.Source.Pointer)
		}
	}
	if e.body != "" {
		fmt.Fprintf(&b, "; %s", e.body)
	}
	if e.status == http.StatusForbidden {
		b.WriteString("; give the integration's role the missing rights")
	}
	return b.String()
}

func (f fault) text() string {
	if f.Detail != "" {
		return f.Detail
	}
	return f.Title
}

// failure says what to do about an answer of the shop.
func failure(err error) error {
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		return err
	}
	switch {
	case e.status == http.StatusTooManyRequests:
		return flow.Later(max(e.after, time.Second), err)
	case e.status == http.StatusRequestTimeout || e.status >= 500:
		// A proxy may have given up on a call that the shop goes on with.
		return &flow.Failure{Kind: flow.Unknown, After: e.after, Err: err}
	}
	return &flow.Failure{Kind: flow.NeedsPerson, Err: err}
}
