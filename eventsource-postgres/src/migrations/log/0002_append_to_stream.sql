-- Appending one commit to one stream, which is most of what is appended, in fewer statements. `append_one` stays for programs of an older release
-- that are running.
--
-- By hand, after 0001_log.sql and as the same role:
--   psql -v ON_ERROR_STOP=1 --single-transaction -c 'SET search_path TO eventsource' -f 0002_append_to_stream.sql

-- Takes the log's lock after those who have it and those who wait for it, `lock_wait` milliseconds at most.
CREATE FUNCTION wait_for_log(lock_wait integer) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT SET lock_timeout = 0 AS $$
BEGIN
    -- It ends with this function; the lock does not.
    PERFORM set_config('lock_timeout', lock_wait::text, true);
    PERFORM pg_advisory_xact_lock((1702065713::bigint << 32) | 'events'::regclass::oid::bigint);
END $$;

-- Appends one commit to one stream. The parameters are those of `append`.
--
-- The answer has three numbers: 0 when it is written, -1 when its id is there already, 1 when the stream has another version; the position of its
-- first event; the version that the stream had. It is null, and nothing is appended, when there are read models to fold and the caller does not.
--
-- What an append costs is for the most part the number of its statements, so it has two behind the lock: one that looks, one that writes. The
-- second one's plan never reads a table; the first one's may not either, whatever was known of the tables' sizes when it was made.
CREATE FUNCTION append_to_stream(
    lock_wait integer, folded boolean,
    id uuid, content uuid, at bigint, target text, expected bigint,
    event_ids uuid[], event_names text[], event_schemas integer[], payloads bytea[], metadatas bytea[],
    new_types boolean,
    snap_fingerprint uuid, snap_state bytea
) RETURNS bigint[] LANGUAGE plpgsql SET search_path FROM CURRENT SET enable_seqscan = off AS $$
DECLARE
    added integer := cardinality(event_ids);
    folds boolean;
    known boolean;
    next bigint;
    actual bigint;
    last_time bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'events are appended in transactions that are READ COMMITTED'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    -- Held until the transaction has ended. Each statement after it sees all that its earlier holders have written. It is not given to one who
    -- tries while others wait.
    IF NOT pg_try_advisory_xact_lock((1702065713::bigint << 32) | 'events'::regclass::oid::bigint) THEN
        PERFORM wait_for_log(lock_wait);
    END IF;
    SELECT EXISTS (SELECT FROM immediate), EXISTS (SELECT FROM commits c WHERE c.commit_id = id),
        coalesce((SELECT e.position FROM events e ORDER BY e.position DESC LIMIT 1), 0) + 1,
        coalesce(head.version, 0), head.recorded_at
    INTO folds, known, next, actual, last_time
    FROM (VALUES (0)) AS always LEFT JOIN LATERAL (
        SELECT e.version, e.recorded_at FROM events e WHERE e.stream = target ORDER BY e.version DESC LIMIT 1
    ) AS head ON true;
    IF folds AND NOT folded THEN
        RETURN NULL;
    END IF;
    IF known THEN
        RETURN ARRAY[-1, 0, actual];
    END IF;
    IF actual <> expected THEN
        RETURN ARRAY[1, 0, actual];
    END IF;
    IF added = 1 THEN
        WITH kept AS (
            INSERT INTO commits (commit_id, fingerprint, first_position, events) VALUES (id, content, next, 1)
        )
        INSERT INTO events (position, stream, version, event_id, name, schema_version, recorded_at, payload, metadata)
        VALUES (next, target, actual + 1, event_ids[1], event_names[1], event_schemas[1], greatest(at, last_time), payloads[1], metadatas[1]);
    ELSE
        WITH kept AS (
            INSERT INTO commits (commit_id, fingerprint, first_position, events) VALUES (id, content, next, added)
        )
        INSERT INTO events (position, stream, version, event_id, name, schema_version, recorded_at, payload, metadata)
        SELECT next + e.ord - 1, target, actual + e.ord, e.id, e.name, e.schema, greatest(at, last_time), e.payload, e.metadata
        FROM unnest(event_ids, event_names, event_schemas, payloads, metadatas)
            WITH ORDINALITY AS e(id, name, schema, payload, metadata, ord);
    END IF;
    IF new_types THEN
        INSERT INTO types (name, schema_version)
        SELECT DISTINCT e.name, e.schema FROM unnest(event_names, event_schemas) AS e(name, schema)
        ON CONFLICT DO NOTHING;
    END IF;
    IF snap_state IS NOT NULL THEN
        INSERT INTO snapshots (stream, fingerprint, version, position, state)
        VALUES (target, snap_fingerprint, actual + added, next + added - 1, snap_state)
        ON CONFLICT ON CONSTRAINT snapshots_pkey DO UPDATE
        SET version = excluded.version, position = excluded.position, state = excluded.state;
    END IF;
    RETURN ARRAY[0, next, actual];
END $$;

INSERT INTO migrations (version) VALUES (2);
