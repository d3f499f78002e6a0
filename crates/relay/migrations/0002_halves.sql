-- One event can come in two halves: from the visitor's browser, and from the shop's own system by webhook. They are
-- merged in one row.

-- Which halves came: 1 browser, 2 shop, 3 both.
ALTER TABLE event ADD COLUMN sources INTEGER NOT NULL DEFAULT 1;
-- Which halves may come; until all are there, the JSON of a delivered event is kept for a day.
ALTER TABLE event ADD COLUMN expected INTEGER NOT NULL DEFAULT 1;
-- When the Pixel event happened, Unix time in seconds; NULL while no browser has posted. A server event more than 48
-- hours later would count again.
ALTER TABLE event ADD COLUMN browser_s INTEGER;
-- Grows with each merge, so that a request under way with an older text settles nothing.
ALTER TABLE event ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
UPDATE event SET browser_s = event_time_s;

-- What the shop said of an order, for `reconcile`: no personal data but one hash.
CREATE TABLE purchase (
    -- As in the configuration; empty for the only shop.
    shop TEXT NOT NULL,
    -- shopify, woocommerce, stripe or signed.
    platform TEXT NOT NULL,
    -- The platform's own id of the order, which a refund names.
    order_id TEXT NOT NULL,
    -- The id of its event, which the Pixel event carries too.
    event_id TEXT NOT NULL,
    -- The platform's word for how far the order is: paid, pending, cancelled …
    status TEXT NOT NULL,
    -- Why no Purchase was made of it; NULL if one was.
    reason TEXT,
    value REAL,
    currency TEXT,
    -- The hash of the customer's id, which a refund can be matched by.
    external_id TEXT,
    -- When the shop first spoke of it and when last, Unix time in milliseconds.
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    PRIMARY KEY (shop, platform, order_id)
) STRICT, WITHOUT ROWID;

-- Deliveries of webhooks that were taken, so that a replayed one is known.
CREATE TABLE delivery (
    shop TEXT NOT NULL,
    platform TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (shop, platform, delivery_id)
) STRICT, WITHOUT ROWID;
