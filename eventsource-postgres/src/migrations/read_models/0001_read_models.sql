-- What is known of the read models, in the schema that stands first in the search path. Their own tables are made when a program opens them.
--
-- By hand, as the role that shall own them:
--   psql -v ON_ERROR_STOP=1 --single-transaction -c 'CREATE SCHEMA read_models' -c 'SET search_path TO read_models' -f 0001_read_models.sql

-- No projection has an `@` in its name.
CREATE TABLE "@migrations" (
    version integer PRIMARY KEY,
    migrated_at timestamptz NOT NULL DEFAULT now()
);

-- A row for each version of a projection: what its table was made from, and how far the log is in it.
CREATE TABLE "@projections" (
    name text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    fingerprint uuid NOT NULL,
    description text NOT NULL,
    checkpoint bigint NOT NULL,
    PRIMARY KEY (name, version)
);

INSERT INTO "@migrations" (version) VALUES (1);
