package shopware

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

const goodToken = `{"grant_type":"client_credentials","client_id":"sandbox","client_secret":"sandbox-secret"}`
const badToken = `{"grant_type":"client_credentials","client_id":"sandbox","client_secret":"wrong"}`

func TestTokenLastsTenMinutesOfTheShopsClock(t *testing.T) {
	a := newAPI(t, Config{})
	a.ok("GET", "/api/_info/version", "")
	a.shop.Advance(599 * time.Second)
	a.ok("GET", "/api/_info/version", "")
	a.shop.Advance(time.Second)
	a.refused("GET", "/api/_info/version", "", 401, "9")
	a.login()
	a.ok("GET", "/api/_info/version", "")
}

func TestTokenAnswerHasTypeAndLifetime(t *testing.T) {
	a := newAPI(t, Config{TokenLifetime: 90 * time.Second})
	got := a.ok("POST", "/api/oauth/token", goodToken)
	if got["token_type"] != "Bearer" || got["expires_in"] != json.Number("90") {
		t.Errorf("answer %v", got)
	}
}

func TestRequestsWithoutAGoodTokenAreRefusedWithCode9(t *testing.T) {
	a := newAPI(t, Config{})
	for _, token := range []string{"", "made-up"} {
		a.token = token
		a.refused("POST", "/api/search/order", `{}`, 401, "9")
	}
}

func TestTokenRequestsAreChecked(t *testing.T) {
	a := newAPI(t, Config{})
	a.refused("POST", "/api/oauth/token", badToken, 401, "4")
	a.refused("POST", "/api/oauth/token", `{"grant_type":"password","client_id":"a","client_secret":"b"}`, 400, "2")
	a.refused("POST", "/api/oauth/token", `{"grant_type":"client_credentials","client_id":"a"}`, 400, "3")
	a.refused("POST", "/api/oauth/token", `{"grant_type":"client_credentials","client_id":"a","client_secret":"b","x":1}`, 400, "SANDBOX__UNKNOWN_FIELD")
	a.refused("POST", "/api/oauth/token", `not json`, 400, "0")
	a.header = map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	a.refused("POST", "/api/oauth/token", `grant_type=client_credentials`, 415, "SANDBOX__CONTENT_TYPE")
}

func TestTokenRouteBacksOffAfterTenRefusals(t *testing.T) {
	a := newAPI(t, Config{})
	for range 10 {
		a.refused("POST", "/api/oauth/token", badToken, 401, "4")
	}
	p := a.refused("POST", "/api/oauth/token", goodToken, 429, "FRAMEWORK__AUTH_THROTTLED")
	if seconds := p["meta"].(map[string]any)["parameters"].(map[string]any)["seconds"]; seconds != json.Number("10") {
		t.Errorf("seconds = %v, want 10", seconds)
	}
	a.shop.Advance(10 * time.Second)
	a.ok("POST", "/api/oauth/token", goodToken) // and a success forgets the refusals
	a.refused("POST", "/api/oauth/token", badToken, 401, "4")
	a.refused("POST", "/api/oauth/token", badToken, 401, "4")
}

func TestTokenBackOffGrows(t *testing.T) {
	for attempts, want := range map[int]time.Duration{9: 0, 10: 10 * time.Second, 15: 30 * time.Second, 19: 30 * time.Second, 20: time.Minute, 99: time.Minute} {
		if got := backOff(attempts); got != want {
			t.Errorf("backOff(%d) = %v, want %v", attempts, got, want)
		}
	}
}

func TestTokenBackOffMayCountEveryToken(t *testing.T) {
	a := newAPI(t, Config{CountEveryToken: true}) // has asked once
	for range 9 {
		a.ok("POST", "/api/oauth/token", goodToken)
	}
	a.refused("POST", "/api/oauth/token", goodToken, 429, "FRAMEWORK__AUTH_THROTTLED")
	a.shop.Advance(24*time.Hour + time.Second)
	a.ok("POST", "/api/oauth/token", goodToken)
}

func TestPrivilegesAreNeeded(t *testing.T) {
	a := newAPI(t, Config{Privileges: []string{"product:read", "order:read", "product:update"}})
	a.search("product", `{}`)
	p := a.refused("POST", "/api/search/order", `{"associations":{"lineItems":{}}}`, 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR")
	if !strings.Contains(p["detail"].(string), `"missingPrivileges":["order_line_item:read"]`) {
		t.Errorf("detail %v", p["detail"])
	}
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"upsert","payload":[{"stock":1}]}]`, 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR")
	a.refused("POST", "/api/_action/sync", `[{"entity":"product","action":"delete","payload":[{"id":"`+productID("A-1")+`"}]}]`, 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR")
	a.refused("POST", "/api/_action/order/"+productID("x")+"/state/process", `{}`, 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR")
	a.refused("GET", "/api/customer/"+productID("x"), ``, 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR")
	a.refused("DELETE", "/api/product/"+productID("x"), ``, 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR")
	a.refused("POST", "/api/product", `{}`, 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR")
}
