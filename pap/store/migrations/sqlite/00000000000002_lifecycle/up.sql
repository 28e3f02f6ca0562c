-- The life of keys, credentials of every kind, the audit chain, and what several nodes share.
--
-- SQLite can't change a CHECK, so `keys` and `credentials` are made anew: set aside, dropped with the references to
-- them, and filled again. References stay enforced all the while, and it is one transaction.

ALTER TABLE organisations ADD COLUMN policy TEXT NOT NULL DEFAULT '{}';
ALTER TABLE organisations ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
ALTER TABLE projects ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;

CREATE TABLE keys_before AS SELECT * FROM keys;
CREATE TABLE credentials_before AS SELECT * FROM credentials;
DROP TABLE credentials;
DROP TABLE keys;

CREATE TABLE keys (
    id                        TEXT NOT NULL PRIMARY KEY,
    organisation_id           TEXT NOT NULL REFERENCES organisations (id),
    project_id                TEXT,
    name                      TEXT NOT NULL,
    owner                     TEXT NOT NULL,
    environment               TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    scopes                    TEXT NOT NULL,
    conditions                TEXT NOT NULL,
    limits                    TEXT NOT NULL,
    tags                      TEXT NOT NULL,
    parent_key_id             TEXT REFERENCES keys (id),
    state                     TEXT NOT NULL
        CHECK (state IN ('pending', 'active', 'rotating', 'expired', 'suspended', 'revoked')),
    not_before                TEXT,
    expires_at                TEXT,
    expiry_exception          TEXT,
    rotation_interval_seconds INTEGER CHECK (rotation_interval_seconds > 0),
    grace_seconds             INTEGER CHECK (grace_seconds >= 0),
    rotate_at                 TEXT,
    created_at                TEXT NOT NULL,
    created_by                TEXT NOT NULL,
    suspended_at              TEXT,
    expired_at                TEXT,
    revoked_at                TEXT,
    revoked_cause             TEXT CHECK (revoked_cause IN ('manual', 'threat', 'policy', 'leak')),
    revoked_reason            TEXT,
    generation                INTEGER NOT NULL,
    last_used_at              TEXT,
    -- A key of a project is a key of that project's organisation, whatever the program believes.
    FOREIGN KEY (organisation_id, project_id) REFERENCES projects (organisation_id, id),
    CHECK ((state = 'revoked') = (revoked_at IS NOT NULL)),
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL)),
    CHECK ((revoked_at IS NULL) = (revoked_cause IS NULL)),
    CHECK (state <> 'suspended' OR suspended_at IS NOT NULL),
    CHECK (state <> 'expired' OR expired_at IS NOT NULL),
    CHECK (state <> 'pending' OR not_before IS NOT NULL)
) STRICT;

INSERT INTO keys (
    id, organisation_id, project_id, name, owner, environment, scopes, conditions, limits, tags, parent_key_id, state,
    expires_at, expiry_exception, created_at, created_by, suspended_at, revoked_at, revoked_cause, revoked_reason,
    generation, last_used_at
)
SELECT
    id, organisation_id, project_id, name, owner, environment, scopes, conditions, '[]', tags, parent_key_id, status,
    expires_at, expiry_exception, created_at, created_by, suspended_at, revoked_at, iif(revoked_at IS NULL, NULL, 'manual'),
    revoked_reason, generation, last_used_at
FROM keys_before;

-- A name is free again once its key has ended. NULL would be unlike every other NULL.
CREATE UNIQUE INDEX keys_live_name ON keys (organisation_id, coalesce(project_id, ''), name)
    WHERE state NOT IN ('expired', 'revoked');
CREATE INDEX keys_by_organisation ON keys (organisation_id, id);
CREATE INDEX keys_by_project ON keys (project_id, id);
CREATE INDEX keys_by_parent ON keys (parent_key_id) WHERE parent_key_id IS NOT NULL;
CREATE INDEX keys_by_owner ON keys (organisation_id, owner, id);
-- What the sweeper looks for.
CREATE INDEX keys_ending ON keys (expires_at) WHERE state NOT IN ('expired', 'revoked');
CREATE INDEX keys_beginning ON keys (not_before) WHERE state = 'pending';
CREATE INDEX keys_rotating ON keys (id) WHERE state = 'rotating';
CREATE INDEX keys_to_rotate ON keys (rotate_at) WHERE rotate_at IS NOT NULL AND state IN ('active', 'rotating');

CREATE TABLE credentials (
    id            TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 12),
    key_id        TEXT NOT NULL REFERENCES keys (id),
    kind          TEXT NOT NULL CHECK (kind IN ('secret', 'public_key', 'jwks_url', 'jwt_subject', 'certificate')),
    hash          TEXT,
    public        TEXT,
    -- A digest of what a caller is found by, where that is neither the credential's id nor the key's.
    lookup        TEXT,
    state         TEXT NOT NULL CHECK (state IN ('pending', 'active', 'revoked')),
    not_before    TEXT NOT NULL,
    expires_at    TEXT,
    created_at    TEXT NOT NULL,
    collected_at  TEXT,
    superseded_by TEXT,
    revoked_at    TEXT,
    generation    INTEGER NOT NULL,
    CHECK ((kind = 'secret') = (public IS NULL)),
    CHECK (kind = 'secret' OR hash IS NULL),
    CHECK (state <> 'pending' OR (kind = 'secret' AND hash IS NULL)),
    CHECK (state <> 'active' OR kind <> 'secret' OR hash IS NOT NULL),
    CHECK ((state = 'revoked') = (revoked_at IS NOT NULL))
) STRICT;

INSERT INTO credentials (id, key_id, kind, hash, state, not_before, expires_at, created_at, revoked_at, generation)
SELECT
    id, key_id, 'secret', hash, iif(revoked_at IS NULL, 'active', 'revoked'), not_before, expires_at, created_at,
    revoked_at, generation
FROM credentials_before;

CREATE INDEX credentials_by_key ON credentials (key_id, id);
-- However many nodes open a rotation, a key has one.
CREATE UNIQUE INDEX credentials_pending ON credentials (key_id) WHERE state = 'pending';
-- A subject or a certificate presents one key.
CREATE UNIQUE INDEX credentials_lookup ON credentials (lookup) WHERE lookup IS NOT NULL AND state = 'active';

DROP TABLE credentials_before;
DROP TABLE keys_before;

-- `entry` is what is hashed; the columns beside it repeat parts of it to find it by.
CREATE TABLE audit_entries (
    sequence        INTEGER NOT NULL PRIMARY KEY,
    at              TEXT NOT NULL,
    event           TEXT NOT NULL,
    organisation_id TEXT NOT NULL,
    actor           TEXT NOT NULL,
    target_kind     TEXT NOT NULL,
    target_id       TEXT NOT NULL,
    entry           TEXT NOT NULL,
    previous        TEXT NOT NULL CHECK (length(previous) = 64),
    hash            TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;

CREATE INDEX audit_entries_by_organisation ON audit_entries (organisation_id, sequence);
CREATE INDEX audit_entries_by_target ON audit_entries (target_id, sequence);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, sequence);

CREATE TABLE audit_checkpoints (
    sequence  INTEGER NOT NULL PRIMARY KEY,
    hash      TEXT NOT NULL,
    at        TEXT NOT NULL,
    key_id    TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;

-- A person whose envelope is gone is known by no name any more.
CREATE TABLE persons (
    id           TEXT NOT NULL PRIMARY KEY,
    name_digest  TEXT UNIQUE,
    envelope     TEXT,
    created_at   TEXT NOT NULL,
    destroyed_at TEXT,
    CHECK ((destroyed_at IS NULL) = (envelope IS NOT NULL)),
    CHECK ((destroyed_at IS NULL) = (name_digest IS NOT NULL))
) STRICT;

CREATE TABLE outbox (
    id            TEXT NOT NULL PRIMARY KEY,
    kind          TEXT NOT NULL,
    key_id        TEXT,
    payload       TEXT NOT NULL,
    dedup_key     TEXT NOT NULL UNIQUE,
    due_at        TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    claimed_by    TEXT,
    claimed_until TEXT,
    handed_at     TEXT,
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
) STRICT;

CREATE INDEX outbox_due ON outbox (due_at, id) WHERE handed_at IS NULL;
CREATE INDEX outbox_handed ON outbox (handed_at) WHERE handed_at IS NOT NULL;

CREATE TABLE idempotency (
    caller          TEXT NOT NULL,
    route           TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_digest     TEXT NOT NULL,
    status          INTEGER NOT NULL,
    answer          TEXT,
    key_id          TEXT,
    created_at      TEXT NOT NULL,
    PRIMARY KEY (caller, route, idempotency_key)
) STRICT;

CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE signing_keys (
    kid          TEXT NOT NULL PRIMARY KEY,
    algorithm    TEXT NOT NULL,
    public_jwk   TEXT NOT NULL,
    envelope     TEXT,
    state        TEXT NOT NULL CHECK (state IN ('published', 'signing', 'retired', 'gone')),
    published_at TEXT NOT NULL,
    signing_at   TEXT,
    retired_at   TEXT,
    gone_at      TEXT,
    CHECK ((state = 'gone') = (gone_at IS NOT NULL)),
    -- What signs no more can't be made to.
    CHECK ((state IN ('published', 'signing')) = (envelope IS NOT NULL)),
    CHECK (state <> 'signing' OR signing_at IS NOT NULL),
    CHECK (state <> 'retired' OR retired_at IS NOT NULL)
) STRICT;

-- Of each algorithm, one key signs.
CREATE UNIQUE INDEX signing_keys_signing ON signing_keys (algorithm) WHERE state = 'signing';

CREATE TABLE revoked_tokens (
    jti        TEXT NOT NULL PRIMARY KEY,
    key_id     TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT NOT NULL
) STRICT;

CREATE INDEX revoked_tokens_by_end ON revoked_tokens (expires_at);

CREATE TABLE used_assertions (
    client_id  TEXT NOT NULL,
    jti        TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (client_id, jti)
) STRICT;

CREATE INDEX used_assertions_by_end ON used_assertions (expires_at);

CREATE TABLE nodes (
    id       TEXT NOT NULL PRIMARY KEY,
    role     TEXT NOT NULL,
    address  TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    seen_at  TEXT NOT NULL
) STRICT;

CREATE TABLE leases (
    name   TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until  TEXT NOT NULL
) STRICT;
