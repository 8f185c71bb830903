-- Times are microseconds since 1970 in UTC, 0 for none. Nothing is NULL.
CREATE TABLE arrival (
	id $id,
	partner TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
	size BIGINT NOT NULL, mod_time BIGINT NOT NULL,
	looks BIGINT NOT NULL, first_look BIGINT NOT NULL, last_look BIGINT NOT NULL,
	path TEXT NOT NULL, hash TEXT NOT NULL,
	state TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
	row_count BIGINT NOT NULL, documents BIGINT NOT NULL, failed BIGINT NOT NULL,
	replay_of BIGINT NOT NULL, replay BIGINT NOT NULL, remainder_of BIGINT NOT NULL,
	profile TEXT NOT NULL, tries BIGINT NOT NULL, run_at BIGINT NOT NULL,
	created_at BIGINT NOT NULL, settled_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX arrival_seen ON arrival (source, name) WHERE state = 'seen';
CREATE UNIQUE INDEX arrival_version ON arrival (source, name, version) WHERE version <> '' AND replay = 0;
CREATE INDEX arrival_open ON arrival (state, id) WHERE state <> 'settled';
CREATE INDEX arrival_name ON arrival (name, source);
CREATE INDEX arrival_hash ON arrival (hash) WHERE hash <> '';
CREATE INDEX arrival_replay ON arrival (replay_of) WHERE replay_of <> 0;

CREATE TABLE message (
	arrival BIGINT NOT NULL, n BIGINT NOT NULL, flow TEXT NOT NULL,
	reference TEXT NOT NULL, type TEXT NOT NULL, version TEXT NOT NULL,
	sender TEXT NOT NULL, recipient TEXT NOT NULL, control TEXT NOT NULL,
	state TEXT NOT NULL, reason TEXT NOT NULL,
	row_count BIGINT NOT NULL, documents BIGINT NOT NULL,
	byte_offset BIGINT NOT NULL, byte_length BIGINT NOT NULL,
	PRIMARY KEY (arrival, n, flow)
) $keyed;
CREATE INDEX message_flow ON message (flow, arrival);
CREATE INDEX message_reference ON message (reference) WHERE reference <> '';
CREATE INDEX message_control ON message (control) WHERE control <> '';

CREATE TABLE document (
	id $id,
	arrival BIGINT NOT NULL, n BIGINT NOT NULL, message BIGINT NOT NULL,
	flow TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
	fingerprint BIGINT NOT NULL, delivery BIGINT NOT NULL, state TEXT NOT NULL
);
CREATE INDEX document_arrival ON document (arrival);
CREATE INDEX document_delivery ON document (delivery) WHERE delivery <> 0;
CREATE INDEX document_by_key ON document (key, flow, kind);

CREATE TABLE document_key (
	value TEXT NOT NULL, scheme TEXT NOT NULL, document BIGINT NOT NULL, data TEXT NOT NULL,
	PRIMARY KEY (value, scheme, document)
) $keyed;

CREATE TABLE delivery (
	id $id,
	arrival BIGINT NOT NULL, flow TEXT NOT NULL, target TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
	effect TEXT NOT NULL UNIQUE,
	state TEXT NOT NULL, reason TEXT NOT NULL, tries BIGINT NOT NULL, run_at BIGINT NOT NULL,
	doc_count BIGINT NOT NULL, body_hash TEXT NOT NULL, name TEXT NOT NULL, profile TEXT NOT NULL, acked TEXT NOT NULL,
	created_at BIGINT NOT NULL, done_at BIGINT NOT NULL, fetched_at BIGINT NOT NULL, acked_at BIGINT NOT NULL,
	facts $blob NOT NULL
);
CREATE INDEX delivery_arrival ON delivery (arrival, state);
CREATE INDEX delivery_ready ON delivery (target, id) WHERE state = 'ready';
CREATE INDEX delivery_trouble ON delivery (state, id) WHERE state IN ('dead', 'held');
CREATE INDEX delivery_unfetched ON delivery (target, id) WHERE state = 'done' AND name <> '' AND fetched_at = 0;
CREATE INDEX delivery_key ON delivery (key) WHERE key <> '';
CREATE INDEX delivery_name ON delivery (name) WHERE name <> '';

-- Apart from the row, because the row is written anew at every change of state.
CREATE TABLE delivery_docs (delivery BIGINT PRIMARY KEY, docs $blob NOT NULL);

CREATE TABLE attempt (
	owner TEXT NOT NULL, id BIGINT NOT NULL, step TEXT NOT NULL, n BIGINT NOT NULL,
	state TEXT NOT NULL, started_at BIGINT NOT NULL, ended_at BIGINT NOT NULL,
	request_hash TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL,
	evidence $blob NOT NULL, refused $blob NOT NULL, error TEXT NOT NULL,
	PRIMARY KEY (owner, id, step, n)
) $keyed;

CREATE TABLE counter (name TEXT PRIMARY KEY, last BIGINT NOT NULL) $keyed;
CREATE TABLE control (
	number BIGINT NOT NULL, own TEXT NOT NULL, partner TEXT NOT NULL, delivery BIGINT NOT NULL,
	PRIMARY KEY (number, own, partner)
) $keyed;

CREATE TABLE cursor_of (source TEXT PRIMARY KEY, value TEXT NOT NULL) $keyed;
CREATE TABLE blob_of (hash TEXT PRIMARY KEY, size BIGINT NOT NULL, data $blob NOT NULL);

CREATE TABLE baseline (
	name TEXT PRIMARY KEY, snapshot TEXT NOT NULL, row_count BIGINT NOT NULL, last_part BIGINT NOT NULL
) $keyed;
CREATE TABLE baseline_part (
	name TEXT NOT NULL, part BIGINT NOT NULL, delivery BIGINT NOT NULL, data $blob NOT NULL,
	PRIMARY KEY (name, part)
);

-- One row for a list, because findings are written and read together.
CREATE TABLE finding_list (
	id $id,
	arrival BIGINT NOT NULL, delivery BIGINT NOT NULL, flow TEXT NOT NULL, findings $blob NOT NULL
);
CREATE INDEX finding_arrival ON finding_list (arrival);

CREATE TABLE event (
	id $id,
	at BIGINT NOT NULL, actor TEXT NOT NULL, what TEXT NOT NULL,
	arrival BIGINT NOT NULL, delivery BIGINT NOT NULL, detail TEXT NOT NULL
);
CREATE INDEX event_arrival ON event (arrival) WHERE arrival <> 0;
CREATE INDEX event_delivery ON event (delivery) WHERE delivery <> 0;

CREATE TABLE lease (endpoint TEXT PRIMARY KEY, owner TEXT NOT NULL, until BIGINT NOT NULL, epoch BIGINT NOT NULL) $keyed;
CREATE TABLE profile_version (version TEXT PRIMARY KEY, partner TEXT NOT NULL, bundle TEXT NOT NULL, at BIGINT NOT NULL) $keyed;
