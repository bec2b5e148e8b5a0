-- Read models, one row for each table: "name@version" holds the rows, the view "name" shows those of the highest version, and
-- "name@version@shadow" is what a rebuild fills beside it. A copy by hand, since renaming a table looks into every view of the file.
CREATE TEMP TABLE eventsource_views_before AS SELECT * FROM eventsource_views;
DROP TABLE eventsource_views;
CREATE TABLE eventsource_views (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    shadow INTEGER NOT NULL CHECK (shadow IN (0, 1)),
    fingerprint BLOB NOT NULL,
    description TEXT NOT NULL,
    -- Behind which position it began to read the log.
    began INTEGER NOT NULL,
    -- How far other versions had come when it was made.
    passed INTEGER NOT NULL,
    checkpoint INTEGER NOT NULL,
    -- Whether appends fold it in their own transaction.
    immediate INTEGER NOT NULL DEFAULT 0 CHECK (immediate IN (0, 1)),
    -- The lease: the last term that has begun, who has it, and until when, in milliseconds since 1970 by the machine's clock.
    term INTEGER NOT NULL DEFAULT 0,
    holder BLOB,
    ends INTEGER,
    PRIMARY KEY (name, version, shadow)
) STRICT, WITHOUT ROWID;
INSERT INTO eventsource_views (name, version, shadow, fingerprint, description, began, passed, checkpoint)
    SELECT name, version, 0, fingerprint, description, 0, 0, checkpoint FROM eventsource_views_before;
DROP TABLE eventsource_views_before;

-- Positions that an operator lets a version of a read model pass over.
CREATE TABLE eventsource_skips (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    reason TEXT NOT NULL,
    -- Microseconds since 1970, UTC.
    ordered_at INTEGER NOT NULL,
    PRIMARY KEY (name, version, position)
) STRICT, WITHOUT ROWID;

-- Commands that process managers have sent and nobody has carried out yet.
CREATE TABLE eventsource_outbox (
    -- The order in which they were sent.
    number INTEGER PRIMARY KEY,
    process TEXT NOT NULL,
    id BLOB NOT NULL,
    -- The key of the instance and its type; both null for a global one.
    instance_type TEXT,
    instance ANY,
    command TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    -- Text where it is UTF-8, so that SQL tools can read it, else a blob.
    payload ANY NOT NULL,
    -- Microseconds since 1970, UTC.
    due INTEGER NOT NULL,
    origin ANY NOT NULL,
    -- Why it was parked; null while it waits.
    parked TEXT,
    UNIQUE (process, id)
) STRICT;
CREATE INDEX eventsource_outbox_waiting ON eventsource_outbox (process, due) WHERE parked IS NULL;
CREATE INDEX eventsource_outbox_parked ON eventsource_outbox (process, due) WHERE parked IS NOT NULL;
