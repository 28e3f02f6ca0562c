-- Where people and programs are reached, and what is on its way to them.

CREATE TABLE contacts (
    id                TEXT NOT NULL PRIMARY KEY,
    organisation_id   TEXT NOT NULL REFERENCES organisations (id),
    kind              TEXT NOT NULL,
    address           TEXT NOT NULL,
    -- Told of what concerns keys of this owner; NULL: of all keys of the organisation.
    owner             TEXT,
    -- A JSON array of what it is told; empty: everything.
    events            TEXT NOT NULL,
    state             TEXT NOT NULL,
    disabled_reason   TEXT,
    -- What webhooks are signed with, sealed under the master key; during a rotation the older secret beside it.
    envelope          TEXT,
    secret_version    INTEGER NOT NULL DEFAULT 1,
    previous_envelope TEXT,
    previous_until    TEXT,
    created_at        TEXT NOT NULL,
    generation        INTEGER NOT NULL,
    CHECK ((previous_envelope IS NULL) = (previous_until IS NULL))
) STRICT;

CREATE INDEX contacts_by_organisation ON contacts (organisation_id, id);

-- What one contact is told, with a copy of the notice: it may be sent again when the notice is long forgotten.
CREATE TABLE deliveries (
    id              TEXT NOT NULL PRIMARY KEY,
    contact_id      TEXT NOT NULL REFERENCES contacts (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    notice_id       TEXT NOT NULL,
    kind            TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    payload         TEXT NOT NULL,
    noticed_at      TEXT NOT NULL,
    state           TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    fault           TEXT,
    due_at          TEXT NOT NULL,
    claimed_by      TEXT,
    claimed_until   TEXT,
    created_at      TEXT NOT NULL,
    ended_at        TEXT,
    -- However many nodes pass a notice on, it is on its way to each contact once.
    UNIQUE (notice_id, contact_id),
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
) STRICT;

-- What waits has not ended.
CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE ended_at IS NULL;
CREATE INDEX deliveries_waiting ON deliveries (created_at) WHERE ended_at IS NULL;
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX deliveries_by_organisation ON deliveries (organisation_id, id);
CREATE INDEX deliveries_by_contact ON deliveries (contact_id, id);

-- The webhook whose secret an answer held, where it wasn't that of a key.
ALTER TABLE idempotency ADD COLUMN contact_id TEXT;
