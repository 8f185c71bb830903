-- What web orders hold of each article of a shop, until it is shipped, closed or cancelled.
CREATE TABLE order_item (
	target TEXT NOT NULL, number TEXT NOT NULL, sku TEXT NOT NULL, quantity TEXT NOT NULL,
	placed_at BIGINT NOT NULL, arrival BIGINT NOT NULL, delivery BIGINT NOT NULL,
	ended TEXT NOT NULL, open_until BIGINT NOT NULL, changed BIGINT NOT NULL,
	PRIMARY KEY (target, number, sku)
) $keyed;
CREATE INDEX order_item_open ON order_item (target, sku, open_until);
CREATE INDEX order_item_changed ON order_item (target, changed);

-- What despatch advices have shipped of them. The same advice told again replaces what it said before.
CREATE TABLE shipped_item (
	target TEXT NOT NULL, number TEXT NOT NULL, sku TEXT NOT NULL, advice TEXT NOT NULL,
	quantity TEXT NOT NULL, at BIGINT NOT NULL, closes BIGINT NOT NULL, arrival BIGINT NOT NULL,
	PRIMARY KEY (target, number, sku, advice)
) $keyed;
CREATE INDEX shipped_item_arrival ON shipped_item (arrival);
