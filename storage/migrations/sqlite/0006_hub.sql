-- +goose Up

-- Our own WebSub hub. Who gets a feed sent, until when. What was sent last is
-- kept as a hash: a subscription is owed the feed while that is another than
-- the feed's, so there is no queue that a kill could lose.
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
CREATE INDEX hub_subscription_host ON hub_subscription (host);

-- Wishes that were taken in and not yet confirmed by their callback; the
-- latest of each counts.
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
CREATE INDEX hub_request_host ON hub_request (host);
