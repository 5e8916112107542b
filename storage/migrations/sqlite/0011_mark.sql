-- +goose Up

-- Which entries of a source's last document are stored as they were there, so
-- that its next version is read only where it is new. In a table of its own:
-- the states of all sources are read at every run, these when a document came.
CREATE TABLE mark (
  source_id INTEGER PRIMARY KEY REFERENCES source (id),
  entries   BLOB NOT NULL -- means something to the reader of feeds only
) STRICT;
