-- What is remembered of the use of each key, what waits to be looked at, and what was found.

CREATE TABLE watches (
    key_id    TEXT NOT NULL PRIMARY KEY REFERENCES keys (id),
    -- The octets of the watch, in base64. The first of them is their form.
    memory    TEXT NOT NULL CHECK (length(memory) <= 24000),
    -- Up to when it has been told that time passes.
    looked_at TEXT NOT NULL
) STRICT;

CREATE INDEX watches_by_time ON watches (looked_at);

-- Uses on their way from the nodes that decide to the one that watches. What was looked at is gone.
CREATE TABLE sightings (
    node_id    TEXT NOT NULL,
    batch      INTEGER NOT NULL,
    seen       TEXT NOT NULL,
    written_at TEXT NOT NULL,
    PRIMARY KEY (node_id, batch)
) STRICT;

CREATE INDEX sightings_by_time ON sightings (written_at);

CREATE TABLE anomalies (
    id              TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    key_id          TEXT NOT NULL REFERENCES keys (id),
    detector        TEXT NOT NULL,
    severity        TEXT NOT NULL,
    explanation     TEXT NOT NULL,
    -- Figures and requests, as JSON.
    evidence        TEXT NOT NULL,
    -- When it began, in seconds since 1970: with it the watch says which one it means.
    since           INTEGER NOT NULL,
    first_seen_at   TEXT NOT NULL,
    last_seen_at    TEXT NOT NULL,
    times           INTEGER NOT NULL,
    -- Of those, the ones before it began anew.
    earlier_times   INTEGER NOT NULL,
    state           TEXT NOT NULL,
    snoozed_until   TEXT,
    note            TEXT,
    response        TEXT,
    responded_at    TEXT,
    -- Whether the watch knows what people have said of it.
    is_learned      INTEGER NOT NULL CHECK (is_learned IN (0, 1)),
    generation      INTEGER NOT NULL,
    CHECK ((response IS NULL) = (responded_at IS NULL))
) STRICT;

-- However often it is seen, an alert of a key and a detector that nobody has looked at is one.
CREATE UNIQUE INDEX anomalies_open ON anomalies (key_id, detector) WHERE state = 'open';
CREATE INDEX anomalies_by_beginning ON anomalies (key_id, detector, since);
CREATE INDEX anomalies_by_organisation ON anomalies (organisation_id, id);
CREATE INDEX anomalies_unlearned ON anomalies (id) WHERE NOT is_learned;
