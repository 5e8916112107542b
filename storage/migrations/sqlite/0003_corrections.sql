-- +goose Up

-- Categories that the desk has taken an item out of: nothing files it there
-- again. What it has put an item in is in item_category, with its hand.
CREATE TABLE item_unfiled (
  item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  cut_id  INTEGER NOT NULL REFERENCES cut (id),
  PRIMARY KEY (item_id, cut_id)
) STRICT, WITHOUT ROWID;
