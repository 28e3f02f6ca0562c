-- A notice may be about an organisation and no key of it. A node of an older version can't read such a one, and leaves it to
-- the others.

CREATE TABLE outbox_next (
    id              TEXT NOT NULL PRIMARY KEY,
    kind            TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    -- NULL: it is about the organisation.
    key_id          TEXT,
    recipient       TEXT NOT NULL,
    payload         TEXT NOT NULL,
    -- However many nodes find that somebody is to be told, he is told once.
    dedup_key       TEXT NOT NULL UNIQUE,
    due_at          TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    claimed_by      TEXT,
    claimed_until   TEXT,
    handed_at       TEXT,
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
) STRICT;

INSERT INTO outbox_next
    (id, kind, organisation_id, key_id, recipient, payload, dedup_key, due_at, created_at, claimed_by, claimed_until,
     handed_at)
SELECT id, kind, organisation_id, key_id, recipient, payload, dedup_key, due_at, created_at, claimed_by, claimed_until,
       handed_at
FROM outbox;

DROP TABLE outbox;
ALTER TABLE outbox_next RENAME TO outbox;

CREATE INDEX outbox_due ON outbox (due_at, id) WHERE handed_at IS NULL;
CREATE INDEX outbox_handed ON outbox (handed_at) WHERE handed_at IS NOT NULL;
CREATE INDEX outbox_by_organisation ON outbox (organisation_id, id);
