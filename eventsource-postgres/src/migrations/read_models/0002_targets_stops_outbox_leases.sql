-- When a table is built, why one does not go on, and who empties an outbox.
--
-- By hand, as the role that owns the tables:
--   psql -v ON_ERROR_STOP=1 --single-transaction -c 'SET search_path TO read_models' -f 0002_targets_stops_outbox_leases.sql

-- Where the log ended when the table was made: until its checkpoint has come there, it is being built. Older tables count as built.
ALTER TABLE "@projections" ADD COLUMN target bigint NOT NULL DEFAULT 0;
-- Why it does not go on, in JSON; null while it does.
ALTER TABLE "@projections" ADD COLUMN stop text;

-- Who carries out what waits in the outbox of a process manager, of whatever version: a lease as that of a table.
CREATE TABLE "@outboxes" (
    process text COLLATE "C" PRIMARY KEY,
    term bigint NOT NULL,
    holder uuid,
    ends_at timestamptz
);

INSERT INTO "@migrations" (version) VALUES (2);
