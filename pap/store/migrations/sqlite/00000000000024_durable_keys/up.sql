-- Keys whose uses stand in a journal before they are answered.
ALTER TABLE keys ADD COLUMN durable INTEGER NOT NULL DEFAULT 0 CHECK (durable IN (0, 1));
