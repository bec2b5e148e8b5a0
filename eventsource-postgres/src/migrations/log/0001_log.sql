-- The log of one program or of several, in the schema that stands first in the search path.
--
-- By hand, as the role that shall own it:
--   psql -v ON_ERROR_STOP=1 --single-transaction -c 'CREATE SCHEMA eventsource' -c 'SET search_path TO eventsource' -f 0001_log.sql

CREATE TABLE migrations (
    version integer PRIMARY KEY,
    migrated_at timestamptz NOT NULL DEFAULT now()
);

-- Positions are 1, 2, 3 … without a gap, in the order in which commits become visible: `append` gives them under a lock that is held until
-- the transaction has ended. So no reader can pass one that appears later.
CREATE TABLE events (
    position bigint PRIMARY KEY,
    stream text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    event_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    schema_version integer NOT NULL,
    -- Microseconds since 1970, UTC.
    recorded_at bigint NOT NULL,
    -- To the byte as it was appended: JSON in UTF-8. The view `log` shows it as text.
    payload bytea NOT NULL,
    -- The same; nothing where nothing is known.
    metadata bytea NOT NULL,
    UNIQUE (stream, version)
);

-- What each commit did: its events are the rows from first_position on.
CREATE TABLE commits (
    commit_id uuid PRIMARY KEY,
    -- The fingerprint's 16 bytes.
    fingerprint uuid NOT NULL,
    first_position bigint NOT NULL,
    events integer NOT NULL
);

-- Every pair that was ever appended.
CREATE TABLE types (
    name text COLLATE "C" NOT NULL,
    schema_version integer NOT NULL,
    PRIMARY KEY (name, schema_version)
);

-- The newest state of a stream and a schema. It can be thrown away: states are folded from events.
CREATE TABLE snapshots (
    stream text COLLATE "C" NOT NULL,
    fingerprint uuid NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (stream, fingerprint)
);

-- The tables of read models that every append folds in its own transaction; `schema` is theirs.
CREATE TABLE immediate (
    schema text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    shadow boolean NOT NULL,
    PRIMARY KEY (schema, name, version, shadow)
);

-- For people and SQL tools.
CREATE VIEW log AS
SELECT position, stream, version, name, schema_version,
    timestamptz '1970-01-01 00:00:00Z' + recorded_at * interval '1 microsecond' AS recorded_at,
    convert_from(payload, 'UTF8') AS payload, convert_from(metadata, 'UTF8') AS metadata, event_id
FROM events;

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: what was recorded is never changed or removed, append a new event that corrects it', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON commits FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON types FOR EACH STATEMENT EXECUTE FUNCTION refuse();

-- Of both functions below: what they set ends with them. The arrays of a call say nothing about the next one, so a plan is made once; and it never
-- reads a whole table, whatever was known of its size when it was made.

-- Appends commits in their order, each whole or not at all, and says of each what became of it.
--
-- commit_ids, fingerprints, times, commit_events: of each commit, with the number of its events.
-- streams: the names of all streams that the commits touch, each once.
-- part_commit, part_stream, part_expected, part_events: the parts of the commits, in their order: which commit, which stream (both counted
--   from 1), the version that the stream must have, how many events.
-- event_part, event_offset, …: the events, in their order: which part, and which of its events (from 0).
-- new_types: whether a name or a schema version among the events may be new to `types`.
-- snap_commit, …: states to keep if their commit is written.
-- lock_wait: how long to wait for other writers, in milliseconds.
-- folded: whether the caller folds, in this transaction, the read models that stand in `immediate`. Where it does not and there are some, nothing
--   is appended and the answer is null.
--
-- refused_by: 0 for a commit that is written, -1 for one whose id is there already, else the part of the commit whose stream has another
--   version. first_positions: where a written commit begins. actual_versions: the version that the stream of a conflict has.
CREATE FUNCTION append(
    lock_wait integer, folded boolean,
    commit_ids uuid[], fingerprints uuid[], times bigint[], commit_events integer[],
    streams text[],
    part_commit integer[], part_stream integer[], part_expected bigint[], part_events integer[],
    event_part integer[], event_offset integer[], event_stream text[], event_ids uuid[], event_names text[], event_schemas integer[],
    payloads bytea[], metadatas bytea[],
    new_types boolean,
    snap_commit integer[], snap_stream text[], snap_fingerprint uuid[], snap_version bigint[], snap_state bytea[],
    OUT refused_by integer[], OUT first_positions bigint[], OUT actual_versions bigint[]
) LANGUAGE plpgsql SET search_path FROM CURRENT
    SET lock_timeout = 0 SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    next bigint;
    heads bigint[];
    head_times bigint[];
    known integer[];
    part_first bigint[];
    part_version bigint[];
    part_time bigint[];
    part integer := 1;
    part_end integer;
    part_count integer := cardinality(part_commit);
    stream integer;
    refused integer;
    position bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'events are appended in transactions that are READ COMMITTED'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM set_config('lock_timeout', lock_wait::text, true);
    -- Held until the transaction has ended. Each statement after it sees all that its earlier holders have written.
    PERFORM pg_advisory_xact_lock((1702065713::bigint << 32) | 'events'::regclass::oid::bigint);
    IF NOT folded AND EXISTS (SELECT FROM immediate) THEN
        RETURN;
    END IF;
    SELECT coalesce(max(e.position), 0) + 1 INTO next FROM events e;
    SELECT array_agg(coalesce(h.version, 0) ORDER BY s.ord), array_agg(h.recorded_at ORDER BY s.ord) INTO heads, head_times
    FROM unnest(streams) WITH ORDINALITY AS s(name, ord)
    LEFT JOIN LATERAL (
        SELECT e.version, e.recorded_at FROM events e WHERE e.stream = s.name ORDER BY e.version DESC LIMIT 1
    ) AS h ON true;
    SELECT array_agg(i.ord) INTO known
    FROM unnest(commit_ids) WITH ORDINALITY AS i(id, ord) JOIN commits c ON c.commit_id = i.id;

    -- An array that is filled from its middle would begin there.
    first_positions := array_fill(NULL::bigint, ARRAY[cardinality(commit_ids)]);
    actual_versions := first_positions;
    FOR number IN 1 .. cardinality(commit_ids) LOOP
        refused := CASE WHEN number = ANY (known) THEN -1 ELSE 0 END;
        part_end := part;
        WHILE part_end <= part_count AND part_commit[part_end] = number LOOP
            stream := part_stream[part_end];
            IF refused = 0 AND heads[stream] <> part_expected[part_end] THEN
                refused := part_end;
                actual_versions[number] := heads[stream];
            END IF;
            part_end := part_end + 1;
        END LOOP;
        refused_by[number] := refused;
        IF refused = 0 THEN
            first_positions[number] := next;
            WHILE part < part_end LOOP
                stream := part_stream[part];
                part_first[part] := next;
                part_version[part] := heads[stream] + 1;
                head_times[stream] := greatest(head_times[stream], times[number]);
                part_time[part] := head_times[stream];
                heads[stream] := heads[stream] + part_events[part];
                next := next + part_events[part];
                part := part + 1;
            END LOOP;
        END IF;
        part := part_end;
    END LOOP;

    IF part_first IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO commits (commit_id, fingerprint, first_position, events)
    SELECT c.id, c.fingerprint, first_positions[c.ord], c.events
    FROM unnest(commit_ids, fingerprints, commit_events) WITH ORDINALITY AS c(id, fingerprint, events, ord)
    WHERE refused_by[c.ord] = 0;
    INSERT INTO events (position, stream, version, event_id, name, schema_version, recorded_at, payload, metadata)
    SELECT part_first[e.part] + e.at, e.stream, part_version[e.part] + e.at, e.id, e.name, e.schema, part_time[e.part], e.payload, e.metadata
    FROM unnest(event_part, event_offset, event_stream, event_ids, event_names, event_schemas, payloads, metadatas)
        AS e(part, at, stream, id, name, schema, payload, metadata)
    WHERE refused_by[part_commit[e.part]] = 0;
    IF new_types THEN
        INSERT INTO types (name, schema_version)
        SELECT DISTINCT e.name, e.schema
        FROM unnest(event_part, event_names, event_schemas) AS e(part, name, schema)
        WHERE refused_by[part_commit[e.part]] = 0
        ON CONFLICT DO NOTHING;
    END IF;
    IF cardinality(snap_commit) > 0 THEN
        INSERT INTO snapshots (stream, fingerprint, version, position, state)
        SELECT DISTINCT ON (s.stream, s.fingerprint) s.stream, s.fingerprint, s.version, e.position, s.state
        FROM unnest(snap_commit, snap_stream, snap_fingerprint, snap_version, snap_state)
            AS s(number, stream, fingerprint, version, state)
        JOIN events e ON e.stream = s.stream AND e.version = s.version
        WHERE refused_by[s.number] = 0
        ORDER BY s.stream, s.fingerprint, s.version DESC
        ON CONFLICT ON CONSTRAINT snapshots_pkey DO UPDATE
        SET version = excluded.version, position = excluded.position, state = excluded.state;
    END IF;
END $$;

-- Appends one commit to one stream: `append` for what is most often asked, in a third of the time.
--
-- folded: as of `append`.
-- refused: 0 when it is written, -1 when its id is there already, 1 when the stream has another version, which is then in actual_version.
CREATE FUNCTION append_one(
    lock_wait integer, folded boolean,
    id uuid, content uuid, at bigint, target text, expected bigint,
    event_ids uuid[], event_names text[], event_schemas integer[], payloads bytea[], metadatas bytea[],
    new_types boolean,
    snap_fingerprint uuid, snap_state bytea,
    OUT refused integer, OUT first_position bigint, OUT actual_version bigint
) LANGUAGE plpgsql SET search_path FROM CURRENT
    SET lock_timeout = 0 SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    last_time bigint;
    added integer := cardinality(event_ids);
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'events are appended in transactions that are READ COMMITTED'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM set_config('lock_timeout', lock_wait::text, true);
    -- As in `append`.
    PERFORM pg_advisory_xact_lock((1702065713::bigint << 32) | 'events'::regclass::oid::bigint);
    IF NOT folded AND EXISTS (SELECT FROM immediate) THEN
        RETURN;
    END IF;
    SELECT e.version, e.recorded_at INTO actual_version, last_time
    FROM events e WHERE e.stream = target ORDER BY e.version DESC LIMIT 1;
    actual_version := coalesce(actual_version, 0);
    IF actual_version <> expected THEN
        refused := CASE WHEN EXISTS (SELECT FROM commits c WHERE c.commit_id = id) THEN -1 ELSE 1 END;
        RETURN;
    END IF;
    SELECT coalesce(max(e.position), 0) + 1 INTO first_position FROM events e;
    INSERT INTO commits (commit_id, fingerprint, first_position, events)
    VALUES (id, content, append_one.first_position, added) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        refused := -1;
        RETURN;
    END IF;
    refused := 0;
    IF added = 1 THEN
        INSERT INTO events (position, stream, version, event_id, name, schema_version, recorded_at, payload, metadata)
        VALUES (first_position, target, actual_version + 1, event_ids[1], event_names[1], event_schemas[1], greatest(at, last_time),
            payloads[1], metadatas[1]);
    ELSE
        INSERT INTO events (position, stream, version, event_id, name, schema_version, recorded_at, payload, metadata)
        SELECT append_one.first_position + e.ord - 1, target, actual_version + e.ord, e.id, e.name, e.schema, greatest(at, last_time),
            e.payload, e.metadata
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
        VALUES (target, snap_fingerprint, actual_version + added, append_one.first_position + added - 1, snap_state)
        ON CONFLICT ON CONSTRAINT snapshots_pkey DO UPDATE
        SET version = excluded.version, position = excluded.position, state = excluded.state;
    END IF;
END $$;

INSERT INTO migrations (version) VALUES (1);
