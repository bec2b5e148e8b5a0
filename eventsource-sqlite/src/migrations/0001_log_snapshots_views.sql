-- The log. Positions are given in the order of commits, under SQLite's write lock, so no reader can pass one that appears later.
CREATE TABLE eventsource_events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    event_id BLOB NOT NULL,
    name TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    -- Microseconds since 1970, UTC.
    recorded_at INTEGER NOT NULL,
    -- Text where it is UTF-8, so that SQL tools can read it, else a blob.
    payload ANY NOT NULL,
    -- The same; null where nothing is known.
    metadata ANY,
    UNIQUE (stream, version)
) STRICT;

-- What each commit did: its events are the rows from first_position on.
CREATE TABLE eventsource_commits (
    commit_id BLOB PRIMARY KEY NOT NULL,
    fingerprint BLOB NOT NULL,
    first_position INTEGER NOT NULL,
    events INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every pair that was ever appended.
CREATE TABLE eventsource_types (
    name TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    PRIMARY KEY (name, schema_version)
) STRICT, WITHOUT ROWID;

-- The newest state of a stream and a schema.
CREATE TABLE eventsource_snapshots (
    stream TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    state ANY NOT NULL,
    PRIMARY KEY (stream, fingerprint)
) STRICT;

-- Read models: the table "name@version" holds the rows, the view "name" shows those of the highest version.
CREATE TABLE eventsource_views (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    description TEXT NOT NULL,
    checkpoint INTEGER NOT NULL,
    PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER eventsource_events_no_update BEFORE UPDATE ON eventsource_events
BEGIN SELECT RAISE(ABORT, 'events are never changed: append a new one that corrects it'); END;
CREATE TRIGGER eventsource_events_no_delete BEFORE DELETE ON eventsource_events
BEGIN SELECT RAISE(ABORT, 'events are never deleted: append a new one that revokes it'); END;
CREATE TRIGGER eventsource_commits_no_update BEFORE UPDATE ON eventsource_commits
BEGIN SELECT RAISE(ABORT, 'commits are never changed'); END;
CREATE TRIGGER eventsource_commits_no_delete BEFORE DELETE ON eventsource_commits
BEGIN SELECT RAISE(ABORT, 'commits are never deleted'); END;
-- REPLACE deletes without asking the triggers on DELETE.
CREATE TRIGGER eventsource_events_no_replace BEFORE INSERT ON eventsource_events
WHEN NEW.position <= (SELECT max(position) FROM eventsource_events)
    OR EXISTS (SELECT 1 FROM eventsource_events WHERE stream = NEW.stream AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'events are never replaced: append a new one that corrects it'); END;
