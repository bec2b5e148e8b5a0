-- Where the log ended when the table was made: until its checkpoint has come there, it is being built. Older tables count as built.
ALTER TABLE eventsource_views ADD COLUMN target INTEGER NOT NULL DEFAULT 0;
-- Why it does not go on, in JSON; null while it does.
ALTER TABLE eventsource_views ADD COLUMN stop TEXT;

-- Who carries out what waits in the outbox of a process manager, of whatever version: a lease as that of a table.
CREATE TABLE eventsource_outboxes (
    process TEXT PRIMARY KEY NOT NULL,
    term INTEGER NOT NULL,
    holder BLOB,
    ends INTEGER
) STRICT, WITHOUT ROWID;
