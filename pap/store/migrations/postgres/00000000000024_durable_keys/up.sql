-- Keys whose uses stand in a journal before they are answered.
ALTER TABLE keys ADD COLUMN durable BOOLEAN NOT NULL DEFAULT FALSE;
