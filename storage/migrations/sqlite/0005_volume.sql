-- +goose Up

-- Archive documents (RFC 5005): what has left a feed, in bytes that were
-- published once and stay as they are.
CREATE TABLE volume_cut (
  id   INTEGER PRIMARY KEY,
  path TEXT    NOT NULL UNIQUE, -- site path of the cut's feeds, without extension
  last INTEGER NOT NULL DEFAULT 0 -- number of its newest document; 0: none
) STRICT;

CREATE TABLE volume (
  cut_id INTEGER NOT NULL REFERENCES volume_cut (id),
  n      INTEGER NOT NULL, -- from 1, without gaps
  hash   TEXT    NOT NULL,
  plain  TEXT,             -- the document, as content in item_body
  packed BLOB,
  PRIMARY KEY (cut_id, n)
) STRICT;

-- Which document a story is in, by cut.
CREATE TABLE volume_entry (
  cut_id   INTEGER NOT NULL REFERENCES volume_cut (id),
  story_id INTEGER NOT NULL,
  n        INTEGER NOT NULL DEFAULT 0, -- 0: in none yet
  void     INTEGER NOT NULL DEFAULT FALSE, -- a report of it was withdrawn since
  PRIMARY KEY (cut_id, story_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX volume_waiting ON volume_entry (cut_id, story_id) WHERE n = 0;
CREATE INDEX volume_void ON volume_entry (cut_id) WHERE void = TRUE; -- hardly any
CREATE INDEX volume_entry_story ON volume_entry (story_id);

-- Up to which change every story has been entered.
INSERT INTO counter (name, n) VALUES ('entered', 0);
