-- What was used of quotas, and whose calendar they follow.

ALTER TABLE organisations ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';

CREATE TABLE quota_uses (
    -- Whose quota it is, and which.
    bucket         TEXT NOT NULL,
    -- How long its longest period is: what was used of a day is none of a month's.
    window_seconds INTEGER NOT NULL,
    -- The first second behind the period, since 1970.
    ends_at        INTEGER NOT NULL,
    used           INTEGER NOT NULL,
    PRIMARY KEY (bucket, window_seconds, ends_at)
) STRICT;

CREATE INDEX quota_uses_by_end ON quota_uses (ends_at);
