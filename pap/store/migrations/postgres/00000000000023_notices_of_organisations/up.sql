-- A notice may be about an organisation and no key of it: NULL. A node of an older version can't read such a one, and leaves
-- it to the others.

ALTER TABLE outbox ALTER COLUMN key_id DROP NOT NULL;
