-- What is known of the read models, in the schema that stands first in the search path. Their own tables are made when a program opens them.
--
-- By hand, as the role that shall own them:
--   psql -v ON_ERROR_STOP=1 --single-transaction -c 'CREATE SCHEMA read_models' -c 'SET search_path TO read_models' -f 0001_read_models.sql

-- No projection has an `@` in its name.
CREATE TABLE "@migrations" (
    version integer PRIMARY KEY,
    migrated_at timestamptz NOT NULL DEFAULT now()
);

-- A row for each table: what it was made from, how far the log is in it, and who feeds it.
CREATE TABLE "@projections" (
    name text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    -- Whether it is built anew beside the one that is read.
    shadow boolean NOT NULL,
    fingerprint uuid NOT NULL,
    description text NOT NULL,
    began bigint NOT NULL,
    -- How far other versions were when it was made.
    passed bigint NOT NULL,
    checkpoint bigint NOT NULL,
    -- Of its lease: the term that has begun last, who has it, and until when.
    term bigint NOT NULL DEFAULT 0,
    holder uuid,
    ends_at timestamptz,
    PRIMARY KEY (name, version, shadow)
);

-- Positions that a version of a projection passes over.
CREATE TABLE "@skips" (
    name text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    reason text NOT NULL,
    -- Microseconds since 1970, UTC.
    ordered_at bigint NOT NULL,
    PRIMARY KEY (name, version, position)
);

-- Commands that process managers have sent and that were not carried out yet.
CREATE TABLE "@outbox" (
    process text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    -- In the order in which they were sent.
    number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    -- The key of the instance that sent it: its type, and its value in a form of the store's own.
    instance_type text NOT NULL,
    instance bytea NOT NULL,
    command text NOT NULL,
    schema_version integer NOT NULL,
    payload bytea NOT NULL,
    -- Microseconds since 1970, UTC.
    due bigint NOT NULL,
    origin bytea NOT NULL,
    -- Why it waits for an operator; null while it waits to be carried out.
    parked text,
    PRIMARY KEY (process, id)
);
CREATE INDEX ON "@outbox" (process, due, number);

INSERT INTO "@migrations" (version) VALUES (1);
