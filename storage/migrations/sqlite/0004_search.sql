-- +goose Up

-- The words of visible items, by item id, and not the text once more. Filled
-- behind the polls and not by a trigger, which makes an insert cost twelve
-- times as much.
CREATE VIRTUAL TABLE item_text USING fts5 (
  title, body,
  content = '', contentless_delete = 1,
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);

-- Which items are in it, and what they said then.
CREATE TABLE item_indexed (
  item_id INTEGER PRIMARY KEY,
  hash    INTEGER NOT NULL -- of item.hash
) STRICT;

-- How far it has come in the order of story.changed, story.id.
INSERT INTO counter (name, n) VALUES ('indexed', 0), ('indexed_story', 0);

-- What is removed must not be found, whoever removes it.
-- +goose StatementBegin
CREATE TRIGGER item_unindexed AFTER DELETE ON item BEGIN
  DELETE FROM item_text WHERE rowid = OLD.id;
  DELETE FROM item_indexed WHERE item_id = OLD.id;
END;
-- +goose StatementEnd
