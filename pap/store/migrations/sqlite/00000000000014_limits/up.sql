-- Limits that keys share, and what a use costs that doesn't say.

CREATE TABLE limits (
    id              TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    -- Whose uses it counts: those of keys of this project or of this owner; of all keys where both are NULL.
    project_id      TEXT REFERENCES projects (id),
    owner           TEXT,
    name            TEXT NOT NULL,
    -- How it counts, and which uses: a JSON object.
    definition      TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    generation      INTEGER NOT NULL,
    UNIQUE (organisation_id, name),
    CHECK (project_id IS NULL OR owner IS NULL)
) STRICT;

CREATE INDEX limits_by_organisation ON limits (organisation_id, id);

-- What a use costs by its action and the type of its resource: a JSON array.
ALTER TABLE organisations ADD COLUMN costs TEXT NOT NULL DEFAULT '[]';
