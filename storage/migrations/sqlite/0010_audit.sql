-- +goose Up

-- What was done on the desk's pages, or tried: who, when, from where.
CREATE TABLE audit (
  id     INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  who    TEXT    NOT NULL, -- '' if nobody was logged in
  client TEXT    NOT NULL, -- address
  what   TEXT    NOT NULL,
  object TEXT    NOT NULL,
  before TEXT    NOT NULL,
  after  TEXT    NOT NULL,
  error  TEXT    NOT NULL  -- '' if it was done
) STRICT;
