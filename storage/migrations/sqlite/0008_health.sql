-- +goose Up

-- The days on which a source had news, as an index of its own: every look at
-- the health of a wire goes through it.
CREATE INDEX item_source ON item (source_id, published);

-- What was found of a source, or of the wire itself, from when to when. Of one
-- source and group there is one row that has not ended.
CREATE TABLE spell (
  id       INTEGER PRIMARY KEY,
  source   TEXT    NOT NULL, -- news.Source.ID; '': the wire itself
  kind     TEXT    NOT NULL, -- health.Kind
  began    INTEGER NOT NULL,
  seen     INTEGER NOT NULL,
  told     INTEGER NOT NULL, -- 0: not worth telling so far
  ended    INTEGER NOT NULL, -- 0: it goes on
  worst    INTEGER NOT NULL, -- health.Severity
  finding  TEXT    NOT NULL  -- JSON of health.Finding, as it was found last
) STRICT;
CREATE INDEX spell_ended ON spell (ended);

-- Items of proposed sources, apart from all that is published. Rows go when
-- the desk accepts the source, and become items.
CREATE TABLE preview (
  id         INTEGER PRIMARY KEY,
  source_id  INTEGER NOT NULL REFERENCES source (id),
  key_hash   INTEGER NOT NULL,
  item_key   TEXT    NOT NULL,
  raw_hash   TEXT    NOT NULL,
  hash       TEXT    NOT NULL,
  published  INTEGER NOT NULL, -- these two stay, as they do for an item
  first_seen INTEGER NOT NULL,
  item       TEXT    NOT NULL, -- JSON of news.Item
  UNIQUE (source_id, key_hash)
) STRICT;
