-- Who is to be told what about a key, and by whom an older secret is still used.

-- Nothing was ever written to it.
DROP TABLE outbox;

CREATE TABLE outbox (
    id              TEXT NOT NULL PRIMARY KEY,
    kind            TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    key_id          TEXT NOT NULL,
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

CREATE INDEX outbox_due ON outbox (due_at, id) WHERE handed_at IS NULL;
CREATE INDEX outbox_handed ON outbox (handed_at) WHERE handed_at IS NOT NULL;
CREATE INDEX outbox_by_organisation ON outbox (organisation_id, id);

ALTER TABLE credentials ADD COLUMN last_used_at TEXT;
ALTER TABLE credentials ADD COLUMN half_time_at TEXT;

CREATE INDEX credentials_at_half_time ON credentials (half_time_at) WHERE half_time_at IS NOT NULL;
CREATE INDEX credentials_uncollected ON credentials (created_at, id) WHERE state = 'pending';

-- Who presents an older secret while it makes way for a newer one. What isn't known of a caller is the empty text.
CREATE TABLE credential_callers (
    credential_id TEXT NOT NULL REFERENCES credentials (id),
    address       TEXT NOT NULL,
    user_agent    TEXT NOT NULL,
    last_seen_at  TEXT NOT NULL,
    PRIMARY KEY (credential_id, address, user_agent)
) STRICT;
