-- What a node says of itself beside how far it has come.

-- For how long it goes on believing its keys when it is cut off; NULL: for ever.
ALTER TABLE nodes ADD COLUMN longest_staleness_seconds INTEGER CHECK (longest_staleness_seconds >= 0);
-- How far its clock is ahead of the database's.
ALTER TABLE nodes ADD COLUMN clock_ahead_milliseconds INTEGER NOT NULL DEFAULT 0;
CREATE INDEX nodes_by_sight ON nodes (seen_at);
