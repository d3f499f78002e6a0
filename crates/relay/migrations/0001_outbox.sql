-- The outbox: every event that the relay took, from the moment it was kept until nobody needs it any more.
--
-- One row is one event of one pixel. Browsers post an event again when an answer got lost, so (pixel_id, event_name,
-- event_id) is unique: Meta promises to collapse a browser twin and a server twin, but not two server twins.
CREATE TABLE event (
    -- Grows with each event kept; the only name of an event that the log uses.
    id INTEGER PRIMARY KEY,
    -- The pixel (dataset) that the event is sent to, digits.
    pixel_id TEXT NOT NULL,
    -- Meta's name of it, "Purchase".
    event_name TEXT NOT NULL,
    -- The id that the Pixel event carries too.
    event_id TEXT NOT NULL,
    -- When it happened, Unix time in seconds. Meta takes nothing older than seven days.
    event_time_s INTEGER NOT NULL,
    -- The event as it is sent. Emptied when it is delivered or expired: it holds hashes, address and user agent.
    json TEXT NOT NULL,
    -- When it was kept, Unix time in milliseconds.
    received_ms INTEGER NOT NULL,
    -- waiting: to be sent. delivered: Meta has it; kept for a while so that a repeat is known. rejected: Meta refuses
    -- it for what it holds, set aside. expired: grew older than seven days before Meta took it.
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'rejected', 'expired')),
    -- Attempts that Meta answered with trouble of its own.
    failures INTEGER NOT NULL DEFAULT 0,
    -- Not to be sent before, Unix time in milliseconds.
    next_ms INTEGER NOT NULL,
    -- When it left `waiting`, Unix time in milliseconds.
    settled_ms INTEGER,
    -- Why it was rejected or expired, with Meta's codes and words; while it waits, what the last trouble was.
    reason TEXT,
    UNIQUE (pixel_id, event_name, event_id)
) STRICT;

-- What the sender claims: due rows, oldest first. Settled rows, the many, are not in it.
CREATE INDEX event_waiting ON event (pixel_id, next_ms, id) WHERE state = 'waiting';

-- What the daily pruning and the status page look for.
CREATE INDEX event_settled ON event (state, settled_ms) WHERE state <> 'waiting';
