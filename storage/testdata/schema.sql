CREATE TRIGGER item_removed AFTER DELETE ON item BEGIN
  UPDATE counter SET n = OLD.id WHERE name = 'item' AND n < OLD.id;
END;

CREATE TRIGGER item_unindexed AFTER DELETE ON item BEGIN
  DELETE FROM item_text WHERE rowid = OLD.id;
  DELETE FROM item_indexed WHERE item_id = OLD.id;
END;

CREATE TRIGGER story_removed AFTER DELETE ON story BEGIN
  UPDATE counter SET n = OLD.id WHERE name = 'story' AND n < OLD.id;
END;

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

CREATE TABLE counter (
  name TEXT    PRIMARY KEY,
  n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cut (
  id      INTEGER PRIMARY KEY,
  kind    TEXT    NOT NULL, -- all, category, country, language or source
  value   TEXT    NOT NULL,
  stories INTEGER NOT NULL DEFAULT 0, -- rows of story_cut
  changed INTEGER NOT NULL DEFAULT 0, -- change counter when a story in it last changed, came or left
  UNIQUE (kind, value)
) STRICT;

CREATE TABLE decision (
  id       INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  who      TEXT    NOT NULL,
  what     TEXT    NOT NULL,
  item_id  INTEGER NOT NULL, -- 0: none
  story_id INTEGER NOT NULL, -- 0: none
  note     TEXT    NOT NULL
) STRICT;

CREATE TABLE edition_state (
  path    TEXT    PRIMARY KEY,
  hash    TEXT    NOT NULL,
  updated INTEGER NOT NULL
, key TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;

CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);

CREATE TABLE hub_request (
  id       INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  mode     TEXT    NOT NULL, -- subscribe or unsubscribe
  topic    TEXT    NOT NULL,
  callback TEXT    NOT NULL,
  host     TEXT    NOT NULL,
  secret   TEXT    NOT NULL,
  lease    INTEGER NOT NULL, -- seconds
  UNIQUE (topic, callback)
) STRICT;

CREATE TABLE hub_subscription (
  id         INTEGER PRIMARY KEY,
  topic      TEXT    NOT NULL, -- absolute URL of one of our feeds
  callback   TEXT    NOT NULL,
  host       TEXT    NOT NULL, -- of the callback
  secret     TEXT    NOT NULL,
  expires    INTEGER NOT NULL,
  sent       TEXT    NOT NULL, -- hash of the feed as it was sent last
  failures   INTEGER NOT NULL DEFAULT 0, -- in a row
  failing    INTEGER NOT NULL DEFAULT 0, -- since when; 0: not
  not_before INTEGER NOT NULL DEFAULT 0, -- when a failed delivery is tried again
  UNIQUE (topic, callback)
) STRICT;

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
  why            TEXT, fixed        INTEGER NOT NULL DEFAULT FALSE, completeness INTEGER NOT NULL DEFAULT 0, -- why it is in its story
  UNIQUE (source_id, key_hash)
) STRICT;

CREATE TABLE item_alias (
  id        INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source (id),
  key_hash  INTEGER NOT NULL,
  item_key  TEXT    NOT NULL,
  item_id   INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  UNIQUE (source_id, key_hash)
) STRICT;

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

CREATE TABLE item_indexed (
  item_id INTEGER PRIMARY KEY,
  hash    INTEGER NOT NULL -- of item.hash
) STRICT;

CREATE TABLE item_place (
  item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  cut_id  INTEGER NOT NULL REFERENCES cut (id),
  rank    INTEGER NOT NULL,
  score   REAL    NOT NULL,
  why     TEXT    NOT NULL,
  PRIMARY KEY (item_id, cut_id)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE item_text USING fts5 (
  title, body,
  content = '', contentless_delete = 1,
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);

CREATE TABLE 'item_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'item_text_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'item_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'item_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE item_unfiled (
  item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  cut_id  INTEGER NOT NULL REFERENCES cut (id),
  PRIMARY KEY (item_id, cut_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mark (
  source_id INTEGER PRIMARY KEY REFERENCES source (id),
  entries   BLOB NOT NULL -- means something to the reader of feeds only
) STRICT;

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

CREATE TABLE ruling (
  id      INTEGER PRIMARY KEY,
  item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  cut_id  INTEGER NOT NULL REFERENCES cut (id),
  at      INTEGER NOT NULL, -- 0: before this was recorded
  who     TEXT    NOT NULL,
  said    TEXT    NOT NULL  -- in, out or undecided
) STRICT;

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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
, key     TEXT NOT NULL DEFAULT '', address TEXT NOT NULL DEFAULT '', answer INTEGER NOT NULL DEFAULT 0) STRICT;

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

CREATE TABLE story (
  id          INTEGER PRIMARY KEY,
  uid         TEXT    NOT NULL UNIQUE,
  published   INTEGER,                    -- NULL until it has had a visible item; never moves later
  updated     INTEGER NOT NULL DEFAULT 0,
  changed     INTEGER NOT NULL DEFAULT 0, -- change counter
  lead        INTEGER NOT NULL DEFAULT 0, -- item.id; 0: nothing visible
  lead_source INTEGER NOT NULL DEFAULT 0, -- source.id of the lead
  cuts        BLOB                        -- the cut ids it is listed under, as uvarints
, merged INTEGER NOT NULL DEFAULT 0, pin    INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE story_alias (
  uid      TEXT    PRIMARY KEY,
  story_id INTEGER NOT NULL REFERENCES story (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE story_cut (
  cut_id    INTEGER NOT NULL,
  published INTEGER NOT NULL,
  story_id  INTEGER NOT NULL,
  PRIMARY KEY (cut_id, published, story_id)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE tombstone (
  source_id INTEGER NOT NULL REFERENCES source (id),
  key_hash  INTEGER NOT NULL,
  item_key  TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  why       TEXT    NOT NULL,
  PRIMARY KEY (source_id, key_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE turn (
  key   TEXT    PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE volume (
  cut_id INTEGER NOT NULL REFERENCES volume_cut (id),
  n      INTEGER NOT NULL, -- from 1, without gaps
  hash   TEXT    NOT NULL,
  plain  TEXT,             -- the document, as content in item_body
  packed BLOB,
  PRIMARY KEY (cut_id, n)
) STRICT;

CREATE TABLE volume_cut (
  id   INTEGER PRIMARY KEY,
  path TEXT    NOT NULL UNIQUE, -- site path of the cut's feeds, without extension
  last INTEGER NOT NULL DEFAULT 0 -- number of its newest document; 0: none
) STRICT;

CREATE TABLE volume_entry (
  cut_id   INTEGER NOT NULL REFERENCES volume_cut (id),
  story_id INTEGER NOT NULL,
  n        INTEGER NOT NULL DEFAULT 0, -- 0: in none yet
  void     INTEGER NOT NULL DEFAULT FALSE, -- a report of it was withdrawn since
  PRIMARY KEY (cut_id, story_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE withdrawal (
  item_id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
  at      INTEGER NOT NULL,
  hand    TEXT    NOT NULL, -- news.By: desk or source
  why     TEXT    NOT NULL
) STRICT;

CREATE INDEX decision_item ON decision (item_id);

CREATE INDEX decision_story ON decision (story_id);

CREATE INDEX hub_request_host ON hub_request (host);

CREATE INDEX hub_subscription_host ON hub_subscription (host);

CREATE INDEX item_alias_item ON item_alias (item_id);

CREATE INDEX item_canonical ON item (canonical_hash) WHERE canonical_hash IS NOT NULL;

CREATE INDEX item_first_seen ON item (first_seen);

CREATE INDEX item_published ON item (published);

CREATE INDEX item_source ON item (source_id, published);

CREATE INDEX item_story ON item (story_id);

CREATE INDEX poll_source ON poll (source_id, id);

CREATE INDEX revision_at ON revision (at);

CREATE INDEX revision_item ON revision (item_id);

CREATE INDEX ruling_item ON ruling (item_id);

CREATE INDEX source_politeness ON source (key);

CREATE INDEX spell_ended ON spell (ended);

CREATE INDEX story_changed ON story (changed);

CREATE INDEX story_merged ON story (merged) WHERE merged <> 0;

CREATE INDEX story_withdrawn ON story (uid) WHERE lead = 0;

CREATE INDEX volume_entry_story ON volume_entry (story_id);

CREATE INDEX volume_void ON volume_entry (cut_id) WHERE void = TRUE;

CREATE INDEX volume_waiting ON volume_entry (cut_id, story_id) WHERE n = 0;

CREATE INDEX withdrawal_at ON withdrawal (at);

