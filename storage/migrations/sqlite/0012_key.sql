-- +goose Up

-- Whose sources are asked one after another, wherever the polls run; address is
-- the one that the list names, '' of a source that is not asked by itself.
ALTER TABLE source ADD COLUMN key     TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN address TEXT NOT NULL DEFAULT '';

CREATE INDEX source_politeness ON source (key);

-- When a politeness key may be asked next, by any of several machines. Only
-- PostgreSQL has rows here.
CREATE TABLE turn (
  key   TEXT    PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
