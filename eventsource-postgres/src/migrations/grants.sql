-- The rights of a program that may append and read, and nothing more: it changes no event, and makes no table but those of its read models.
--
-- As the owner of the tables, after the migrations:
--   psql -v ON_ERROR_STOP=1 --single-transaction -v role=bank_app -v log=eventsource -v views=read_models -f grants.sql
-- The program then starts with migrate(false).
--
-- The read models are handed over, and what is handed over goes to a role that the giver is a member of. A superuser is one of every role; for any
-- other owner (bank_owner, who has CREATE on the database) somebody who may says before:
--   GRANT bank_app TO bank_owner

GRANT USAGE ON SCHEMA :"log" TO :"role";
GRANT SELECT ON :"log".migrations, :"log".log TO :"role";
GRANT SELECT, INSERT ON :"log".events, :"log".commits, :"log".types TO :"role";
-- Snapshots can be thrown away: the newest takes the place of the one before.
GRANT SELECT, INSERT, UPDATE ON :"log".snapshots TO :"role";

-- Read models are the program's own, and so is which of them its appends fold.
GRANT SELECT, INSERT, DELETE ON :"log".immediate TO :"role";
GRANT CREATE, USAGE ON SCHEMA :"views" TO :"role";
ALTER SCHEMA :"views" OWNER TO :"role";
ALTER TABLE :"views"."@migrations" OWNER TO :"role";
ALTER TABLE :"views"."@projections" OWNER TO :"role";
ALTER TABLE :"views"."@skips" OWNER TO :"role";
ALTER TABLE :"views"."@outbox" OWNER TO :"role";
ALTER TABLE :"views"."@outboxes" OWNER TO :"role";
