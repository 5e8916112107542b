-- +goose Up

-- What the desk decides about stories, and what is kept of them.
ALTER TABLE story ADD COLUMN merged INTEGER NOT NULL DEFAULT 0; -- story.id that it became part of, which is merged into none itself; 0: none
ALTER TABLE story ADD COLUMN pin    INTEGER NOT NULL DEFAULT 0; -- item.id that leads while it is visible in it; 0: none
CREATE INDEX story_merged ON story (merged) WHERE merged <> 0;

-- UIDs that a story had before it was first published. They are given to no
-- other story.
CREATE TABLE story_alias (
  uid      TEXT    PRIMARY KEY,
  story_id INTEGER NOT NULL REFERENCES story (id)
) STRICT, WITHOUT ROWID;

ALTER TABLE item ADD COLUMN fixed        INTEGER NOT NULL DEFAULT FALSE; -- the desk put it into its story
ALTER TABLE item ADD COLUMN completeness INTEGER NOT NULL DEFAULT 0;     -- news.Completeness
-- About right for what is there; the next change of an item measures it.
UPDATE item SET completeness = (
  SELECT CASE
    WHEN length(b.packed) >= 700 OR length(b.content) >= 1200 THEN 2
    WHEN b.packed IS NOT NULL OR length(b.content) >= 60 OR length(b.summary) >= 60 THEN 1
    ELSE 0 END
  FROM item_body b WHERE b.item_id = item.id);

-- Why an item is hidden; each that is has a row.
CREATE TABLE withdrawal (
  item_id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
  at      INTEGER NOT NULL,
  hand    TEXT    NOT NULL, -- news.By: desk or source
  why     TEXT    NOT NULL
) STRICT;
CREATE INDEX withdrawal_at ON withdrawal (at);
INSERT INTO withdrawal (item_id, at, hand, why) SELECT id, updated, 'desk', '' FROM item WHERE hidden = TRUE;

CREATE INDEX revision_at ON revision (at);

-- Who of the desk did what. The highest id tells a running process that the
-- stories it remembers may not be as they were.
CREATE TABLE decision (
  id       INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  who      TEXT    NOT NULL,
  what     TEXT    NOT NULL,
  item_id  INTEGER NOT NULL, -- 0: none
  story_id INTEGER NOT NULL, -- 0: none
  note     TEXT    NOT NULL
) STRICT;
CREATE INDEX decision_story ON decision (story_id);
CREATE INDEX decision_item ON decision (item_id);

-- The highest story id that has been published, or may have been: UIDs up to
-- here never change.
INSERT INTO counter (name, n) SELECT 'published', COALESCE(MAX(id), 0) FROM story;
