-- What is remembered of the use of each key, what waits to be looked at, and what was found.

CREATE TABLE watches (
    key_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES keys (id),
    -- The octets of the watch, in base64. The first of them is their form.
    memory    TEXT NOT NULL CHECK (length(memory) <= 24000),
    -- Up to when it has been told that time passes.
    looked_at TIMESTAMP NOT NULL
);

CREATE INDEX watches_by_time ON watches (looked_at);

-- Uses on their way from the nodes that decide to the one that watches. What was looked at is gone.
CREATE TABLE sightings (
    node_id    TEXT COLLATE "C" NOT NULL,
    batch      BIGINT NOT NULL,
    seen       TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL,
    PRIMARY KEY (node_id, batch)
);

CREATE INDEX sightings_by_time ON sightings (written_at);

CREATE TABLE anomalies (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id),
    key_id          TEXT COLLATE "C" NOT NULL REFERENCES keys (id),
    detector        TEXT COLLATE "C" NOT NULL,
    severity        TEXT NOT NULL,
    explanation     TEXT NOT NULL,
    -- Figures and requests, as JSON.
    evidence        TEXT NOT NULL,
    -- When it began, in seconds since 1970: with it the watch says which one it means.
    since           BIGINT NOT NULL,
    first_seen_at   TIMESTAMP NOT NULL,
    last_seen_at    TIMESTAMP NOT NULL,
    times           BIGINT NOT NULL,
    -- Of those, the ones before it began anew.
    earlier_times   BIGINT NOT NULL,
    state           TEXT NOT NULL,
    snoozed_until   TIMESTAMP,
    note            TEXT,
    response        TEXT,
    responded_at    TIMESTAMP,
    -- Whether the watch knows what people have said of it.
    is_learned      BOOLEAN NOT NULL,
    generation      BIGINT NOT NULL,
    CHECK ((response IS NULL) = (responded_at IS NULL))
);

-- However often it is seen, an alert of a key and a detector that nobody has looked at is one.
CREATE UNIQUE INDEX anomalies_open ON anomalies (key_id, detector) WHERE state = 'open';
CREATE INDEX anomalies_by_beginning ON anomalies (key_id, detector, since);
CREATE INDEX anomalies_by_organisation ON anomalies (organisation_id, id);
CREATE INDEX anomalies_unlearned ON anomalies (id) WHERE NOT is_learned;
