-- +goose Up

-- What a published file was made from, as a hash: one that would be made from
-- the same again need not be made to know that it has not changed.
ALTER TABLE edition_state ADD COLUMN key TEXT NOT NULL DEFAULT '';
