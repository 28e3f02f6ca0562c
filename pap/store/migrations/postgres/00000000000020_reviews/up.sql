-- Reviews of access: who looked at which keys and what they granted, what was said of each, and who signed it.

CREATE TABLE reviews (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    state           TEXT NOT NULL,
    started_at      TIMESTAMP NOT NULL,
    started_by      TEXT NOT NULL,
    -- When it was signed, or another was started in its place; by whom; and the words of whoever signed.
    ended_at        TIMESTAMP,
    ended_by        TEXT,
    statement       TEXT,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);

CREATE INDEX reviews_by_organisation ON reviews (organisation_id, id);
CREATE UNIQUE INDEX reviews_open ON reviews (organisation_id) WHERE state = 'open';

-- A key as it was when it was looked at, and what was said of it.
CREATE TABLE review_items (
    review_id    TEXT COLLATE "C" NOT NULL REFERENCES reviews (id),
    key_id       TEXT COLLATE "C" NOT NULL REFERENCES keys (id),
    key_path     TEXT NOT NULL,
    owner        TEXT NOT NULL,
    state        TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    expires_at   TIMESTAMP,
    last_used_at TIMESTAMP,
    verdict      TEXT,
    reason       TEXT,
    decided_at   TIMESTAMP,
    decided_by   TEXT,
    PRIMARY KEY (review_id, key_id),
    CHECK ((verdict IS NULL) = (reason IS NULL)),
    CHECK ((verdict IS NULL) = (decided_at IS NULL)),
    CHECK ((verdict IS NULL) = (decided_by IS NULL))
);

CREATE INDEX review_items_by_key ON review_items (key_id);
