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

// Config is how a sandbox shop behaves. The zero value is a usable shop of release 6.7.
type Config struct {
	// Now is the clock; nil is the machine's. [Shop.Advance] moves the shop's time on top of it.
	Now func() time.Time
	// Release is "6.6" or "6.7", which is the default.
	Release string
	// ClientID and ClientSecret are the integration's key; "sandbox" and "sandbox-secret" by default.
	ClientID, ClientSecret string
	// TokenLifetime is how long a token is good; 600 s by default.
	TokenLifetime time.Duration
	// CountEveryToken makes every token request count for the back-off, not only refused ones.
	CountEveryToken bool
	// Privileges of the integration, "order:read"; nil is an integration with the admin flag.
	Privileges []string

	// MaxLimit is the most rows of a page; 500 by default.
	MaxLimit int
	// MaxBody is the longest request body in bytes, above which the answer is 413; 32 MiB by default.
	MaxBody int64
	// MaxSyncRecords is how many records a sync may have before PHP's memory ends; 0 is no limit.
	MaxSyncRecords int
	// ForeignKeyStatus is the status of a foreign key that names nothing: 500 by default, as the database's error
	// comes through. With 400 the error has a pointer too.
	ForeignKeyStatus int
	// EmptyObjects writes empty maps of a sync's answer as {}, as the vendor's schema says, and not as [], as PHP does.
	EmptyObjects bool
	// TouchOrder makes a change of a delivery or payment change the order's updatedAt too.
	TouchOrder bool
	// ManualWorkers leaves queued indexing alone until [Shop.RunWorkers].
	ManualWorkers bool

	// NoJournal only counts requests. JournalLimit and JournalBytes bound the journal, oldest first out; 10,000
	// entries and 64 MiB of bodies by default.
	NoJournal    bool
	JournalLimit int
	JournalBytes int64
}

func (c *Config) setDefaults() {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Release = or(c.Release, "6.7")
	c.ClientID = or(c.ClientID, "sandbox")
	c.ClientSecret = or(c.ClientSecret, "sandbox-secret")
	c.TokenLifetime = or(c.TokenLifetime, 600*time.Second)
	c.MaxLimit = or(c.MaxLimit, 500)
	c.MaxBody = or(c.MaxBody, 32<<20)
	c.ForeignKeyStatus = or(c.ForeignKeyStatus, http.StatusInternalServerError)
	c.JournalLimit = or(c.JournalLimit, 10_000)
	c.JournalBytes = or(c.JournalBytes, 64<<20)
}

func or[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// Shop is a sandbox shop. It is an [http.Handler] and safe for concurrent use.
type Shop struct {
	config    Config
	schema    *schema
	resolvers map[string][2]string
	machines  map[string]*machine // by entity
	allowed   map[string]bool     // privileges; nil is everything

	mu       sync.RWMutex // guards what follows
	store    *store
	counters map[string]int64
	queue    []string // products whose indexing is queued
	mails    []Mail
	channel  channel

	clock   clock
	tokens  tokens
	faults  faults
	journal journal
}

// New gives an empty shop: with its languages, currency, salutations, state machines, and no products. Release must
// be "6.6", "6.7" or empty; anything else is a mistake of the caller and panics.
func New(cfg Config) *Shop {
	cfg.setDefaults()
	if cfg.Release != "6.6" && cfg.Release != "6.7" {
		panic(`sandbox shopware: release must be "6.6" or "6.7", not ` + strconv.Quote(cfg.Release))
	}
	schema, err := loadSchema(cfg.Release)
	if err != nil {
		panic("sandbox shopware: " + err.Error()) // the embedded table is checked by this package's tests
	}
	s := &Shop{config: cfg, schema: schema, resolvers: resolvers(cfg.Release), store: newStore(schema), counters: map[string]int64{}}
	s.clock.base = cfg.Now
	if cfg.Privileges != nil {
		s.allowed = map[string]bool{}
		for _, p := range cfg.Privileges {
			s.allowed[p] = true
		}
	}
	s.machines = loadMachines()
	s.install()
	return s
}

// clock is the shop's time: the configured one, moved.
type clock struct {
	base   func() time.Time
	mu     sync.Mutex
	offset time.Duration
}

func (s *Shop) now() time.Time {
	s.clock.mu.Lock()
	defer s.clock.mu.Unlock()
	return s.clock.base().Add(s.clock.offset).UTC()
}

// Advance moves the shop's clock forward.
func (s *Shop) Advance(d time.Duration) {
	s.clock.mu.Lock()
	defer s.clock.mu.Unlock()
	s.clock.offset += d
}

// newID gives the next id. Ids follow from how many were made, so that runs repeat. The shop's lock must be held.
func (s *Shop) newID() string {
	s.counters["id"]++
	return idOf("made", strconv.FormatInt(s.counters["id"], 10))
}

// idOf makes an id from words: the same words give the same id in every shop.
func idOf(words ...string) string {
	sum := sha256.Sum256([]byte("sandbox " + strings.Join(words, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// need tells whether the integration may do something.
func (s *Shop) need(privileges ...string) *problem {
	if s.allowed == nil {
		return nil
	}
	var lacking []any
	for _, p := range privileges {
		if !s.allowed[p] {
			lacking = append(lacking, p)
		}
	}
	if lacking == nil {
		return nil
	}
	detail := marshal(map[string]any{"message": "Missing privilege", "missingPrivileges": lacking})
	return refuse(http.StatusForbidden, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", "%s", detail)
}

// mayRead looks at the entity and all associations asked for.
func (s *Shop) mayRead(c *criteria) *problem {
	if s.allowed == nil {
		return nil
	}
	needed := map[string]any{}
	var collect func(*criteria)
	collect = func(c *criteria) {
		needed[c.entity.name+":read"] = nil
		for _, sub := range c.associations {
			if sub != nil {
				collect(sub)
			}
		}
	}
	collect(c)
	return s.need(sortedKeys(needed)...)
}

// mayWrite looks at an operation; an upsert needs both create and update.
func (s *Shop) mayWrite(op operation) *problem {
	if op.remove {
		return s.need(op.entity.name + ":delete")
	}
	return s.need(op.entity.name+":create", op.entity.name+":update")
}

func kebab(snake string) string { return strings.ReplaceAll(snake, "_", "-") }
