-- Entries of one sort, such as those of bulk acts, which name keys that are no entry's own target.
CREATE INDEX audit_entries_by_event ON audit_entries (event, sequence);
