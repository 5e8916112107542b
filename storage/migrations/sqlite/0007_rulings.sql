-- +goose Up

-- What the desk said about the filing of items, word by word; the last about a
-- category of an item is the one that holds.
CREATE TABLE ruling (
  id      INTEGER PRIMARY KEY,
  item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  cut_id  INTEGER NOT NULL REFERENCES cut (id),
  at      INTEGER NOT NULL, -- 0: before this was recorded
  who     TEXT    NOT NULL,
  said    TEXT    NOT NULL  -- in, out or undecided
) STRICT;
CREATE INDEX ruling_item ON ruling (item_id);

-- Umbrellas that came along with a category are not what the desk said.
INSERT INTO ruling (item_id, cut_id, at, who, said)
SELECT item_id, cut_id, 0, '', 'in' FROM item_category WHERE hand = 'desk' AND COALESCE(why, '') NOT LIKE '%takes in %'
UNION ALL
SELECT item_id, cut_id, 0, '', 'out' FROM item_unfiled;
