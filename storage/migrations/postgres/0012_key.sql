-- +goose Up

-- Whose sources are asked one after another, wherever the polls run; address is
-- the one that the list names, '' of a source that is not asked by itself.
ALTER TABLE source ADD COLUMN key     TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN address TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE INDEX source_politeness ON source (key);

-- When a politeness key may be asked next, by any of several machines: by the
-- clock of this server. A row is written twice for every request.
CREATE TABLE turn (
  key   TEXT COLLATE "C" PRIMARY KEY,
  until BIGINT NOT NULL
) WITH (fillfactor = 50);
