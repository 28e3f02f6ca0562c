-- Decisions, as far as they are logged, without credentials.

CREATE TABLE decisions (
    -- That of the answer; with `/n` behind it for the n-th result of several.
    id TEXT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    -- The one that decided, by its name.
    organisation TEXT NOT NULL,
    door TEXT NOT NULL,
    caller_key_id TEXT NOT NULL,
    key_id TEXT,
    decision TEXT NOT NULL,
    reason TEXT,
    action TEXT,
    resource TEXT,
    address TEXT,
    microseconds INTEGER NOT NULL CHECK (microseconds >= 0),
    policy_id TEXT NOT NULL,
    policy_version TEXT NOT NULL,
    policy_set TEXT NOT NULL,
    -- Whether policies were asked.
    is_evaluated INTEGER NOT NULL CHECK (is_evaluated IN (0, 1)),
    -- As policies saw it, and what they answered, in the form of the JSON Profile.
    request TEXT NOT NULL,
    response TEXT NOT NULL,
    -- Ids of the attributes that were left out of the request, as a JSON array.
    redacted TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_by_organisation ON decisions (organisation, id);
CREATE INDEX decisions_by_key ON decisions (key_id, id);
CREATE INDEX decisions_by_time ON decisions (at);

-- Which documents policies were made of: `[[path, digest], …]`. Their texts are in policy_documents.
CREATE TABLE policy_sets (
    digest TEXT NOT NULL PRIMARY KEY,
    members TEXT NOT NULL
) STRICT;
