-- +goose Up

-- Each transaction that takes items into the index makes a segment of it. They
-- are merged when there are sixteen of a size and not at every fourth: on a
-- first run that was more work than all else in the index, and a search looks
-- into sixty segments in a millisecond. What one transaction brings is one
-- segment, up to 4 MiB. By default all segments of a size are merged at once,
-- within the transaction that brings the sixteenth: that limit has to be far
-- above the first, so that they are merged a little with each transaction.
INSERT INTO item_text (item_text, rank) VALUES ('automerge', 16);
INSERT INTO item_text (item_text, rank) VALUES ('crisismerge', 64);
INSERT INTO item_text (item_text, rank) VALUES ('hashsize', 4194304);
