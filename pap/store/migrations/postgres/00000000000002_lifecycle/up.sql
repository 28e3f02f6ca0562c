-- The life of keys, credentials of every kind, the audit chain, and what several nodes share.

ALTER TABLE organisations ADD COLUMN policy TEXT NOT NULL DEFAULT '{}', ADD COLUMN generation BIGINT NOT NULL DEFAULT 1;
ALTER TABLE projects ADD COLUMN generation BIGINT NOT NULL DEFAULT 1;

ALTER TABLE keys RENAME COLUMN status TO state;
ALTER TABLE keys
    DROP CONSTRAINT keys_status_check,
    ADD COLUMN limits TEXT NOT NULL DEFAULT '[]',
    ADD COLUMN not_before TIMESTAMP,
    ADD COLUMN rotation_interval_seconds BIGINT CHECK (rotation_interval_seconds > 0),
    ADD COLUMN grace_seconds BIGINT CHECK (grace_seconds >= 0),
    ADD COLUMN rotate_at TIMESTAMP,
    ADD COLUMN expired_at TIMESTAMP,
    ADD COLUMN revoked_cause TEXT CHECK (revoked_cause IN ('manual', 'threat', 'policy', 'leak'));
UPDATE keys SET revoked_cause = 'manual' WHERE revoked_at IS NOT NULL;
ALTER TABLE keys
    ALTER COLUMN limits DROP DEFAULT,
    ADD CHECK (state IN ('pending', 'active', 'rotating', 'expired', 'suspended', 'revoked')),
    ADD CHECK ((revoked_at IS NULL) = (revoked_cause IS NULL)),
    ADD CHECK (state <> 'expired' OR expired_at IS NOT NULL),
    ADD CHECK (state <> 'pending' OR not_before IS NOT NULL);

-- A name is free again once its key has ended. NULL would be unlike every other NULL.
DROP INDEX keys_live_name;
CREATE UNIQUE INDEX keys_live_name ON keys (organisation_id, coalesce(project_id, ''), name)
    WHERE state NOT IN ('expired', 'revoked');
CREATE INDEX keys_by_owner ON keys (organisation_id, owner, id);
-- What the sweeper looks for.
CREATE INDEX keys_ending ON keys (expires_at) WHERE state NOT IN ('expired', 'revoked');
CREATE INDEX keys_beginning ON keys (not_before) WHERE state = 'pending';
CREATE INDEX keys_rotating ON keys (id) WHERE state = 'rotating';
CREATE INDEX keys_to_rotate ON keys (rotate_at) WHERE rotate_at IS NOT NULL AND state IN ('active', 'rotating');

ALTER TABLE credentials
    ALTER COLUMN hash DROP NOT NULL,
    ADD COLUMN kind TEXT NOT NULL DEFAULT 'secret'
        CHECK (kind IN ('secret', 'public_key', 'jwks_url', 'jwt_subject', 'certificate')),
    ADD COLUMN public TEXT,
    -- A digest of what a caller is found by, where that is neither the credential's id nor the key's.
    ADD COLUMN lookup TEXT COLLATE "C",
    ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('pending', 'active', 'revoked')),
    ADD COLUMN collected_at TIMESTAMP,
    ADD COLUMN superseded_by TEXT COLLATE "C";
UPDATE credentials SET state = 'revoked' WHERE revoked_at IS NOT NULL;
ALTER TABLE credentials
    ALTER COLUMN kind DROP DEFAULT,
    ALTER COLUMN state DROP DEFAULT,
    ADD CHECK ((kind = 'secret') = (public IS NULL)),
    ADD CHECK (kind = 'secret' OR hash IS NULL),
    ADD CHECK (state <> 'pending' OR (kind = 'secret' AND hash IS NULL)),
    ADD CHECK (state <> 'active' OR kind <> 'secret' OR hash IS NOT NULL),
    ADD CHECK ((state = 'revoked') = (revoked_at IS NOT NULL));

-- However many nodes open a rotation, a key has one.
CREATE UNIQUE INDEX credentials_pending ON credentials (key_id) WHERE state = 'pending';
-- A subject or a certificate presents one key.
CREATE UNIQUE INDEX credentials_lookup ON credentials (lookup) WHERE lookup IS NOT NULL AND state = 'active';

-- `entry` is what is hashed; the columns beside it repeat parts of it to find it by.
CREATE TABLE audit_entries (
    sequence        BIGINT NOT NULL PRIMARY KEY,
    at              TIMESTAMP NOT NULL,
    event           TEXT NOT NULL,
    organisation_id TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    target_kind     TEXT NOT NULL,
    target_id       TEXT COLLATE "C" NOT NULL,
    entry           TEXT NOT NULL,
    previous        TEXT NOT NULL CHECK (length(previous) = 64),
    hash            TEXT NOT NULL CHECK (length(hash) = 64)
);

CREATE INDEX audit_entries_by_organisation ON audit_entries (organisation_id, sequence);
CREATE INDEX audit_entries_by_target ON audit_entries (target_id, sequence);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, sequence);

CREATE TABLE audit_checkpoints (
    sequence  BIGINT NOT NULL PRIMARY KEY,
    hash      TEXT NOT NULL,
    at        TIMESTAMP NOT NULL,
    key_id    TEXT COLLATE "C" NOT NULL,
    signature TEXT NOT NULL
);

-- A person whose envelope is gone is known by no name any more.
CREATE TABLE persons (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name_digest  TEXT COLLATE "C" UNIQUE,
    envelope     TEXT,
    created_at   TIMESTAMP NOT NULL,
    destroyed_at TIMESTAMP,
    CHECK ((destroyed_at IS NULL) = (envelope IS NOT NULL)),
    CHECK ((destroyed_at IS NULL) = (name_digest IS NOT NULL))
);

CREATE TABLE outbox (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind          TEXT NOT NULL,
    key_id        TEXT COLLATE "C",
    payload       TEXT NOT NULL,
    dedup_key     TEXT COLLATE "C" NOT NULL UNIQUE,
    due_at        TIMESTAMP NOT NULL,
    created_at    TIMESTAMP NOT NULL,
    claimed_by    TEXT COLLATE "C",
    claimed_until TIMESTAMP,
    handed_at     TIMESTAMP,
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
);

CREATE INDEX outbox_due ON outbox (due_at, id) WHERE handed_at IS NULL;
CREATE INDEX outbox_handed ON outbox (handed_at) WHERE handed_at IS NOT NULL;

CREATE TABLE idempotency (
    caller          TEXT COLLATE "C" NOT NULL,
    route           TEXT COLLATE "C" NOT NULL,
    idempotency_key TEXT COLLATE "C" NOT NULL,
    body_digest     TEXT NOT NULL,
    status          INTEGER NOT NULL,
    answer          TEXT,
    key_id          TEXT COLLATE "C",
    created_at      TIMESTAMP NOT NULL,
    PRIMARY KEY (caller, route, idempotency_key)
);

CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE signing_keys (
    kid          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    algorithm    TEXT NOT NULL,
    public_jwk   TEXT NOT NULL,
    envelope     TEXT,
    state        TEXT NOT NULL CHECK (state IN ('published', 'signing', 'retired', 'gone')),
    published_at TIMESTAMP NOT NULL,
    signing_at   TIMESTAMP,
    retired_at   TIMESTAMP,
    gone_at      TIMESTAMP,
    CHECK ((state = 'gone') = (gone_at IS NOT NULL)),
    -- What signs no more can't be made to.
    CHECK ((state IN ('published', 'signing')) = (envelope IS NOT NULL)),
    CHECK (state <> 'signing' OR signing_at IS NOT NULL),
    CHECK (state <> 'retired' OR retired_at IS NOT NULL)
);

-- Of each algorithm, one key signs.
CREATE UNIQUE INDEX signing_keys_signing ON signing_keys (algorithm) WHERE state = 'signing';

CREATE TABLE revoked_tokens (
    jti        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    key_id     TEXT COLLATE "C" NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP NOT NULL
);

CREATE INDEX revoked_tokens_by_end ON revoked_tokens (expires_at);

CREATE TABLE used_assertions (
    client_id  TEXT COLLATE "C" NOT NULL,
    jti        TEXT COLLATE "C" NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (client_id, jti)
);

CREATE INDEX used_assertions_by_end ON used_assertions (expires_at);

CREATE TABLE nodes (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    role     TEXT NOT NULL,
    address  TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    seen_at  TIMESTAMP NOT NULL
);

CREATE TABLE leases (
    name   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder TEXT COLLATE "C" NOT NULL,
    until  TIMESTAMP NOT NULL
);
