-- What keys were used for, summed up: a row for each key, of each minute, hour and day in which it was used.

CREATE TABLE usage (
    granularity TEXT NOT NULL CHECK (granularity IN ('minute', 'hour', 'day')),
    -- Seconds since 1970, the first of the stretch.
    starts_at INTEGER NOT NULL CHECK (starts_at >= 0),
    -- By its name.
    organisation TEXT NOT NULL,
    -- Empty where no known key was presented.
    key_id TEXT NOT NULL,
    requests INTEGER NOT NULL CHECK (requests >= 0),
    permits INTEGER NOT NULL CHECK (permits >= 0),
    denials INTEGER NOT NULL CHECK (denials >= 0),
    not_applicable INTEGER NOT NULL CHECK (not_applicable >= 0),
    errors INTEGER NOT NULL CHECK (errors >= 0),
    cost INTEGER NOT NULL CHECK (cost >= 0),
    -- The same by reason, country, network and action, as JSON.
    parts TEXT NOT NULL,
    latency TEXT NOT NULL,
    PRIMARY KEY (granularity, starts_at, organisation, key_id),
    CHECK (requests = permits + denials + not_applicable + errors)
) STRICT;
CREATE INDEX usage_by_organisation ON usage (organisation, granularity, starts_at);
CREATE INDEX usage_by_key ON usage (key_id, granularity, starts_at);

-- How many different addresses and resources: sketches, from which none of them can be read.
CREATE TABLE usage_distinct (
    granularity TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    key_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('address', 'resource')),
    sketch TEXT NOT NULL,
    PRIMARY KEY (granularity, starts_at, organisation, key_id, kind)
) STRICT;

-- The last batch that each node has added: the same batch again adds nothing.
CREATE TABLE usage_writers (
    node_id TEXT NOT NULL PRIMARY KEY,
    batch INTEGER NOT NULL,
    written_at TEXT NOT NULL
) STRICT;
CREATE INDEX usage_writers_by_time ON usage_writers (written_at);
