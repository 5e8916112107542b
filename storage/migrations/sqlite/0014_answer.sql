-- +goose Up

-- How long the last answer took, in milliseconds; 0: not known. What takes long
-- is asked first, or a run would wait for it at its end.
ALTER TABLE source ADD COLUMN answer INTEGER NOT NULL DEFAULT 0;
