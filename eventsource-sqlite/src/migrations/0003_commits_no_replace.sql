-- REPLACE deletes without asking the triggers on DELETE.
CREATE TRIGGER eventsource_commits_no_replace BEFORE INSERT ON eventsource_commits
WHEN EXISTS (SELECT 1 FROM eventsource_commits WHERE commit_id = NEW.commit_id)
BEGIN SELECT RAISE(ABORT, 'commits are never replaced'); END;
