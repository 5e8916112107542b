-- +goose Up

-- SQLite's search index is tuned in this step; there is nothing to do here.
SELECT 1;
