-- +goose Up

-- "rwir": tells this file from any other SQLite database (S44).
PRAGMA application_id = 1920428402;

-- Every timestamp is in microseconds UTC since 1970. In source and poll, 0
-- stands for never.

-- The mirror of the configuration and what the polls taught us. Rows are
-- never deleted: items and the ledger refer to them.
CREATE TABLE source (
  id            INTEGER PRIMARY KEY,
  name          TEXT    NOT NULL UNIQUE, -- news.Source.ID
  config        TEXT    NOT NULL,        -- JSON of news.Source, without headers: they may hold secrets
  rank          INTEGER NOT NULL,
  removed       INTEGER NOT NULL DEFAULT FALSE,
  url           TEXT    NOT NULL DEFAULT '',
  moved         TEXT    NOT NULL DEFAULT '',
  moved_since   INTEGER NOT NULL DEFAULT 0,
  moved_seen    INTEGER NOT NULL DEFAULT 0,
  etag          TEXT    NOT NULL DEFAULT '',
  last_modified TEXT    NOT NULL DEFAULT '',
  body_hash     TEXT    NOT NULL DEFAULT '',
  next_due      INTEGER NOT NULL DEFAULT 0,
  next_why      TEXT    NOT NULL DEFAULT '',
  last_poll     INTEGER NOT NULL DEFAULT 0,
  last_ok       INTEGER NOT NULL DEFAULT 0,
  last_new      INTEGER NOT NULL DEFAULT 0,
  failures      INTEGER NOT NULL DEFAULT 0,
  error         TEXT    NOT NULL DEFAULT '',
  gone          INTEGER NOT NULL DEFAULT 0,
  rhythm        BLOB,
  not_before    INTEGER NOT NULL DEFAULT 0,
  busy          INTEGER NOT NULL DEFAULT 0,
  confirmed     INTEGER NOT NULL DEFAULT 0,
  learned       TEXT    NOT NULL DEFAULT '',
  sought        INTEGER NOT NULL DEFAULT FALSE,
  proposal      TEXT    NOT NULL DEFAULT '',
  hub           TEXT    NOT NULL DEFAULT '',
  topic         TEXT    NOT NULL DEFAULT ''
) STRICT;

-- The sources' places at WebSub hubs.
CREATE TABLE subscription (
  source_id INTEGER PRIMARY KEY REFERENCES source (id),
  hub       TEXT    NOT NULL,
  topic     TEXT    NOT NULL,
  token     TEXT    NOT NULL UNIQUE,
  secret    TEXT    NOT NULL,
  asked     INTEGER NOT NULL,
  expires   INTEGER NOT NULL,
  denied    INTEGER NOT NULL
) STRICT;

-- A cut is a value that stories are listed by. Its counters are kept by the
-- transaction that changes them, because counting a million rows for every
-- page of categories would not do.
CREATE TABLE cut (
  id      INTEGER PRIMARY KEY,
  kind    TEXT    NOT NULL, -- all, category, country, language or source
  value   TEXT    NOT NULL,
  stories INTEGER NOT NULL DEFAULT 0, -- rows of story_cut
  changed INTEGER NOT NULL DEFAULT 0, -- change counter when a story in it last changed, came or left
  UNIQUE (kind, value)
) STRICT;
INSERT INTO cut (id, kind, value) VALUES (1, 'all', '');

CREATE TABLE story (
  id          INTEGER PRIMARY KEY,
  uid         TEXT    NOT NULL UNIQUE,
  published   INTEGER,                    -- NULL until it has had a visible item; never moves later
  updated     INTEGER NOT NULL DEFAULT 0,
  changed     INTEGER NOT NULL DEFAULT 0, -- change counter
  lead        INTEGER NOT NULL DEFAULT 0, -- item.id; 0: nothing visible
  lead_source INTEGER NOT NULL DEFAULT 0, -- source.id of the lead
  cuts        BLOB                        -- the cut ids it is listed under, as uvarints
) STRICT;
CREATE INDEX story_changed ON story (changed);
CREATE INDEX story_withdrawn ON story (uid) WHERE lead = 0; -- hardly any

-- The order of every list of stories, kept as an index of its own: one range
-- scan per page, whatever is listed.
CREATE TABLE story_cut (
  cut_id    INTEGER NOT NULL,
  published INTEGER NOT NULL,
  story_id  INTEGER NOT NULL,
  PRIMARY KEY (cut_id, published, story_id)
) STRICT, WITHOUT ROWID;

-- What lists and grouping look at. guid, url and canonical are NULL when they
-- equal the column before them (item_key, guid, url), as they mostly do.
CREATE TABLE item (
  id             INTEGER PRIMARY KEY,
  source_id      INTEGER NOT NULL REFERENCES source (id),
  key_hash       INTEGER NOT NULL,
  item_key       TEXT    NOT NULL,
  guid           TEXT,
  url            TEXT,
  canonical      TEXT,
  canonical_hash INTEGER, -- NULL when canonical is ""
  title          TEXT    NOT NULL,
  language       TEXT    NOT NULL,
  published      INTEGER NOT NULL,
  updated        INTEGER NOT NULL,
  first_seen     INTEGER NOT NULL,
  raw_hash       TEXT    NOT NULL,
  hash           TEXT    NOT NULL,
  hidden         INTEGER NOT NULL DEFAULT FALSE,
  story_id       INTEGER REFERENCES story (id),
  copy_of        INTEGER,
  why            TEXT, -- why it is in its story
  UNIQUE (source_id, key_hash)
) STRICT;
CREATE INDEX item_canonical ON item (canonical_hash) WHERE canonical_hash IS NOT NULL;
CREATE INDEX item_story ON item (story_id);
CREATE INDEX item_published ON item (published);
CREATE INDEX item_first_seen ON item (first_seen);

-- The bulk of an item, apart from what lists scan and grouping updates.
CREATE TABLE item_body (
  item_id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
  summary TEXT NOT NULL,
  content TEXT,          -- NULL when packed is set
  packed  BLOB,          -- content, compressed with zstd
  author  TEXT NOT NULL,
  claimed TEXT NOT NULL,
  image   TEXT NOT NULL,
  extra   TEXT -- JSON: enclosures, tags, repairs; NULL if it has none
) STRICT;

CREATE TABLE item_category (
  item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  cut_id  INTEGER NOT NULL REFERENCES cut (id),
  rank    INTEGER NOT NULL, -- best first
  score   REAL    NOT NULL,
  hand    TEXT    NOT NULL, -- news.By
  why     TEXT,             -- JSON list
  PRIMARY KEY (item_id, cut_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_place (
  item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  cut_id  INTEGER NOT NULL REFERENCES cut (id),
  rank    INTEGER NOT NULL,
  score   REAL    NOT NULL,
  why     TEXT    NOT NULL,
  PRIMARY KEY (item_id, cut_id)
) STRICT, WITHOUT ROWID;

-- Other keys that an item was seen under (S27).
CREATE TABLE item_alias (
  id        INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source (id),
  key_hash  INTEGER NOT NULL,
  item_key  TEXT    NOT NULL,
  item_id   INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  UNIQUE (source_id, key_hash)
) STRICT;
CREATE INDEX item_alias_item ON item_alias (item_id);

-- What an item said before it was changed.
CREATE TABLE revision (
  id      INTEGER PRIMARY KEY,
  item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  at      INTEGER NOT NULL, -- when it stopped saying so
  url     TEXT    NOT NULL,
  title   TEXT    NOT NULL,
  summary TEXT    NOT NULL,
  content TEXT,             -- as in item_body
  packed  BLOB,
  hash    TEXT    NOT NULL
) STRICT;
CREATE INDEX revision_item ON revision (item_id);

-- Keys of removed items, which do not come back (S27).
CREATE TABLE tombstone (
  source_id INTEGER NOT NULL REFERENCES source (id),
  key_hash  INTEGER NOT NULL,
  item_key  TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  why       TEXT    NOT NULL,
  PRIMARY KEY (source_id, key_hash)
) STRICT, WITHOUT ROWID;

-- The ledger.
CREATE TABLE poll (
  id        INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source (id),
  at        INTEGER NOT NULL,
  took      INTEGER NOT NULL, -- nanoseconds
  outcome   TEXT    NOT NULL,
  status    INTEGER NOT NULL,
  url       TEXT    NOT NULL,
  asked     TEXT    NOT NULL,
  bytes     INTEGER NOT NULL,
  seen      INTEGER NOT NULL,
  new       INTEGER NOT NULL,
  changed   INTEGER NOT NULL,
  left_out  INTEGER NOT NULL,
  repairs   TEXT, -- JSON list
  note      TEXT    NOT NULL,
  error     TEXT    NOT NULL,
  next_due  INTEGER NOT NULL,
  next_why  TEXT    NOT NULL,
  encoding  TEXT    NOT NULL
) STRICT;
CREATE INDEX poll_source ON poll (source_id, id);

CREATE TABLE edition_state (
  path    TEXT    PRIMARY KEY,
  hash    TEXT    NOT NULL,
  updated INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- changes is the change counter of the archive, raised by every transaction
-- that changes a story. item and story are the highest id that a removed row
-- had: ids stand in published addresses, so none is ever given twice.
CREATE TABLE counter (
  name TEXT    PRIMARY KEY,
  n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter (name, n) VALUES ('changes', 0), ('item', 0), ('story', 0);

-- Triggers, because adding is frequent and must cost nothing, while removing
-- is rare and whoever does it must not forget.
-- +goose StatementBegin
CREATE TRIGGER item_removed AFTER DELETE ON item BEGIN
  UPDATE counter SET n = OLD.id WHERE name = 'item' AND n < OLD.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER story_removed AFTER DELETE ON story BEGIN
  UPDATE counter SET n = OLD.id WHERE name = 'story' AND n < OLD.id;
END;
-- +goose StatementEnd
