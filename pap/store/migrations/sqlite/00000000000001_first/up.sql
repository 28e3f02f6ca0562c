-- Ids are UUIDv7 in canonical text, so their order is the order of creation. Times are UTC text to the microsecond,
-- whose order as text is their order in time. Lists are JSON text.

CREATE TABLE organisations (
    id           TEXT NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    display_name TEXT,
    conditions   TEXT NOT NULL,
    created_at   TEXT NOT NULL
) STRICT;

CREATE TABLE projects (
    id              TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    name            TEXT NOT NULL,
    conditions      TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    UNIQUE (organisation_id, name),
    -- What the composite reference of `keys` points at.
    UNIQUE (organisation_id, id)
) STRICT;

CREATE TABLE keys (
    id               TEXT NOT NULL PRIMARY KEY,
    organisation_id  TEXT NOT NULL REFERENCES organisations (id),
    project_id       TEXT,
    name             TEXT NOT NULL,
    owner            TEXT NOT NULL,
    environment      TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    scopes           TEXT NOT NULL,
    conditions       TEXT NOT NULL,
    tags             TEXT NOT NULL,
    parent_key_id    TEXT REFERENCES keys (id),
    status           TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'revoked')),
    expires_at       TEXT,
    expiry_exception TEXT,
    created_at       TEXT NOT NULL,
    created_by       TEXT NOT NULL,
    suspended_at     TEXT,
    revoked_at       TEXT,
    revoked_reason   TEXT,
    generation       INTEGER NOT NULL,
    last_used_at     TEXT,
    -- A key of a project is a key of that project's organisation, whatever the program believes.
    FOREIGN KEY (organisation_id, project_id) REFERENCES projects (organisation_id, id),
    CHECK ((status = 'revoked') = (revoked_at IS NOT NULL)),
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL)),
    CHECK (status <> 'suspended' OR suspended_at IS NOT NULL)
) STRICT;

-- A name is free again once its key is revoked. NULL would be unlike every other NULL.
CREATE UNIQUE INDEX keys_live_name ON keys (organisation_id, coalesce(project_id, ''), name) WHERE status <> 'revoked';
CREATE INDEX keys_by_organisation ON keys (organisation_id, id);
CREATE INDEX keys_by_project ON keys (project_id, id);
CREATE INDEX keys_by_parent ON keys (parent_key_id) WHERE parent_key_id IS NOT NULL;

CREATE TABLE credentials (
    id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 12),
    key_id     TEXT NOT NULL REFERENCES keys (id),
    hash       TEXT NOT NULL,
    not_before TEXT NOT NULL,
    expires_at TEXT,
    created_at TEXT NOT NULL,
    revoked_at TEXT,
    generation INTEGER NOT NULL
) STRICT;

CREATE INDEX credentials_by_key ON credentials (key_id, id);

CREATE TABLE policy_documents (
    path        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('policy', 'policy_set')),
    policy_id   TEXT NOT NULL,
    version     TEXT NOT NULL,
    text        TEXT NOT NULL,
    imported_at TEXT NOT NULL,
    current     INTEGER NOT NULL CHECK (current IN (0, 1)),
    PRIMARY KEY (path, digest)
) STRICT;

CREATE UNIQUE INDEX policy_documents_current ON policy_documents (path) WHERE current;
CREATE INDEX policy_documents_by_version ON policy_documents (policy_id, version);

-- AUTOINCREMENT: a sequence that was once seen is never given again.
CREATE TABLE changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    at       TEXT NOT NULL
) STRICT;

CREATE TABLE wrapped_keys (
    id         TEXT NOT NULL PRIMARY KEY,
    purpose    TEXT NOT NULL,
    version    INTEGER NOT NULL,
    envelope   TEXT NOT NULL,
    created_at TEXT NOT NULL,
    retired_at TEXT,
    UNIQUE (purpose, version)
) STRICT;

CREATE TABLE settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
