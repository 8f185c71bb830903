package shopware

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// tokens is who may come in, and how often the token route was tried.
type tokens struct {
	mu       sync.Mutex
	issued   int64
	expiry   map[string]time.Time
	attempts int
	first    time.Time // of the attempts; they are forgotten after backOffReset
	blocked  time.Time // until when
}

const backOffReset = 24 * time.Hour

// backOff is how long the token route is closed after a number of attempts.
func backOff(attempts int) time.Duration {
	switch {
	case attempts >= 20:
		return 60 * time.Second
	case attempts >= 15:
		return 30 * time.Second
	case attempts >= 10:
		return 10 * time.Second
	}
	return 0
}

// token answers POST /api/oauth/token for the grant client_credentials.
func (s *Shop) token(r *request) *answer {
	if r.method != http.MethodPost {
		return refusal(refuse(http.StatusMethodNotAllowed, "0", "No route found for %q: Method Not Allowed (Allow: POST)", r.method+" "+cut(r.path)))
	}
	now := s.now()
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	if wait := s.tokens.blocked.Sub(now); wait > 0 {
		seconds := int64((wait + time.Second - 1) / time.Second)
		p := refuse(http.StatusTooManyRequests, "FRAMEWORK__AUTH_THROTTLED", "Auth throttled for %d seconds.", seconds)
		p.meta = map[string]any{"parameters": map[string]any{"seconds": seconds}}
		return refusal(p)
	}
	if now.Sub(s.tokens.first) > backOffReset {
		s.tokens.attempts, s.tokens.first = 0, now
	}
	s.tokens.attempts++
	if bad := s.credentials(r); bad != nil {
		s.tokens.close(now)
		return refusal(bad)
	}
	if !s.config.CountEveryToken {
		s.tokens.attempts = 0
	}
	s.tokens.close(now)
	return okay([]byte(`{"token_type":"Bearer","expires_in":` + strconv.Itoa(int(s.config.TokenLifetime/time.Second)) +
		`,"access_token":"` + s.tokens.issue(now, s.config.TokenLifetime) + `"}`))
}

// close shuts the route after too many attempts.
func (t *tokens) close(now time.Time) {
	if wait := backOff(t.attempts); wait > 0 {
		t.blocked = now.Add(wait)
	}
}

func (t *tokens) issue(now time.Time, life time.Duration) string {
	if t.expiry == nil {
		t.expiry = map[string]time.Time{}
	}
	for token, end := range t.expiry {
		if end.Before(now) {
			delete(t.expiry, token)
		}
	}
	t.issued++
	sum := sha256.Sum256([]byte("sandbox token " + strconv.FormatInt(t.issued, 10)))
	token := "sandbox." + hex.EncodeToString(sum[:])
	t.expiry[token] = now.Add(life)
	return token
}

// credentials checks a token request. Codes are those of the shop's OAuth server.
func (s *Shop) credentials(r *request) *problem {
	body, bad := r.json()
	if bad != nil {
		return bad
	}
	m, _ := body.(map[string]any)
	for _, name := range sortedKeys(m) {
		switch name {
		case "grant_type", "client_id", "client_secret", "scope", "scopes":
		default:
			return refuse(http.StatusBadRequest, "SANDBOX__UNKNOWN_FIELD", "a token request has no member %q", cut(name))
		}
	}
	for _, name := range []string{"grant_type", "client_id", "client_secret"} {
		if text, _ := m[name].(string); text == "" {
			return refuse(http.StatusBadRequest, "3", "The request is missing a required parameter: check the `%s` parameter", name)
		}
	}
	if m["grant_type"] != "client_credentials" {
		return refuse(http.StatusBadRequest, "2", "The authorization grant type is not supported by the authorization server.")
	}
	if m["client_id"] != s.config.ClientID || m["client_secret"] != s.config.ClientSecret {
		return refuse(http.StatusUnauthorized, "4", "Client authentication failed")
	}
	return nil
}

// authorize refuses a request without a good token.
func (s *Shop) authorize(r *request) *problem {
	denied := func(hint string) *problem {
		p := refuse(http.StatusUnauthorized, "9", "%s", hint)
		p.title = "The resource owner or authorization server denied the request."
		return p
	}
	token, ok := strings.CutPrefix(r.header.Get("Authorization"), "Bearer ")
	if !ok {
		return denied("Missing \"Authorization\" header")
	}
	now := s.now()
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	switch end, known := s.tokens.expiry[token]; {
	case !known:
		return denied("Access token could not be verified")
	case !now.Before(end):
		return denied("Access token is invalid or expired")
	}
	return nil
}
