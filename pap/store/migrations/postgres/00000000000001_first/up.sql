-- Ids are UUIDv7 in canonical text, so their order is the order of creation. Whatever is compared or ordered is so by
-- its bytes, as on SQLite, whatever the collation of the database: COLLATE "C". Times are UTC to the microsecond, without
-- a zone, so that no setting of a session can shift them. Lists are JSON text.

CREATE TABLE organisations (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL UNIQUE,
    display_name TEXT,
    conditions   TEXT NOT NULL,
    created_at   TIMESTAMP NOT NULL
);

CREATE TABLE projects (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    name            TEXT COLLATE "C" NOT NULL,
    conditions      TEXT NOT NULL,
    created_at      TIMESTAMP NOT NULL,
    UNIQUE (organisation_id, name),
    -- What the composite reference of `keys` points at.
    UNIQUE (organisation_id, id)
);

CREATE TABLE keys (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organisation_id  TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    project_id       TEXT COLLATE "C",
    name             TEXT COLLATE "C" NOT NULL,
    owner            TEXT NOT NULL,
    environment      TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    scopes           TEXT NOT NULL,
    conditions       TEXT NOT NULL,
    tags             TEXT NOT NULL,
    parent_key_id    TEXT COLLATE "C" REFERENCES keys (id),
    status           TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'revoked')),
    expires_at       TIMESTAMP,
    expiry_exception TEXT,
    created_at       TIMESTAMP NOT NULL,
    created_by       TEXT NOT NULL,
    suspended_at     TIMESTAMP,
    revoked_at       TIMESTAMP,
    revoked_reason   TEXT,
    generation       BIGINT NOT NULL,
    last_used_at     TIMESTAMP,
    -- A key of a project is a key of that project's organisation, whatever the program believes.
    FOREIGN KEY (organisation_id, project_id) REFERENCES projects (organisation_id, id),
    CHECK ((status = 'revoked') = (revoked_at IS NOT NULL)),
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL)),
    CHECK (status <> 'suspended' OR suspended_at IS NOT NULL)
);

-- A name is free again once its key is revoked. NULL would be unlike every other NULL.
CREATE UNIQUE INDEX keys_live_name ON keys (organisation_id, coalesce(project_id, ''), name) WHERE status <> 'revoked';
CREATE INDEX keys_by_organisation ON keys (organisation_id, id);
CREATE INDEX keys_by_project ON keys (project_id, id);
CREATE INDEX keys_by_parent ON keys (parent_key_id) WHERE parent_key_id IS NOT NULL;

CREATE TABLE credentials (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(id) = 12),
    key_id     TEXT COLLATE "C" NOT NULL REFERENCES keys (id),
    hash       TEXT NOT NULL,
    not_before TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    generation BIGINT NOT NULL
);

CREATE INDEX credentials_by_key ON credentials (key_id, id);

CREATE TABLE policy_documents (
    path        TEXT COLLATE "C" NOT NULL,
    digest      TEXT COLLATE "C" NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('policy', 'policy_set')),
    policy_id   TEXT COLLATE "C" NOT NULL,
    version     TEXT COLLATE "C" NOT NULL,
    text        TEXT NOT NULL,
    imported_at TIMESTAMP NOT NULL,
    current     BOOLEAN NOT NULL,
    PRIMARY KEY (path, digest)
);

CREATE UNIQUE INDEX policy_documents_current ON policy_documents (path) WHERE current;
CREATE INDEX policy_documents_by_version ON policy_documents (policy_id, version);

-- Who adds a line holds the turn of acts and gives it the number behind the newest, which therefore is never removed.
CREATE TABLE changes (
    sequence BIGINT NOT NULL PRIMARY KEY,
    kind     TEXT NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,
    at       TIMESTAMP NOT NULL
);

CREATE TABLE wrapped_keys (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    purpose    TEXT COLLATE "C" NOT NULL,
    version    INTEGER NOT NULL,
    envelope   TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    retired_at TIMESTAMP,
    UNIQUE (purpose, version)
);

CREATE TABLE settings (
    key   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
