-- A partner was put back to an older state of its own.
CREATE TABLE partner_restore (
	id $id,
	partner TEXT NOT NULL, at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, actor TEXT NOT NULL
);
CREATE INDEX partner_restore_of ON partner_restore (partner, id);
