-- Schema 2 of a device's event store. Numbered steps in migrations.py lead here from every older one.
-- Times are UTC nanoseconds since 1970, JSON is text as it is published, sizes are bytes.

-- One row: whose file this is and where its numbering and its chain stand.
CREATE TABLE store (
  one           INTEGER PRIMARY KEY CHECK (one = 1),
  device        TEXT    NOT NULL,
  site          TEXT    NOT NULL,
  epoch         TEXT    NOT NULL,            -- life of this file; a new file starts a new epoch at seq 1
  created_ns    INTEGER NOT NULL,
  last_seq      INTEGER NOT NULL DEFAULT 0,  -- survives retention, so that numbers are never given twice
  last_chain    TEXT    NOT NULL,
  dropped_seq   INTEGER NOT NULL DEFAULT 0,  -- retention dropped every event up to here ...
  dropped_chain TEXT    NOT NULL,            -- ... and this is the seal that the first remaining one follows
  last_visit    INTEGER NOT NULL DEFAULT 0   -- highest visit number given
) STRICT;

-- What was recorded, for ever in this order. Rows leave only from the front, by retention.
CREATE TABLE event (
  seq         INTEGER PRIMARY KEY,  -- gap-free
  event_id    TEXT    NOT NULL UNIQUE,
  kind        TEXT    NOT NULL,
  wall_ns     INTEGER NOT NULL,     -- when it happened
  recorded_ns INTEGER NOT NULL,
  clock       TEXT    NOT NULL,     -- synced, unsynced, stated
  camera_id   TEXT,
  plates      TEXT    NOT NULL,     -- letters and digits of its plates between spaces, to search: ' CA123456 '
  payload     TEXT    NOT NULL      -- CloudEvents JSON, byte for byte as published
) STRICT;
CREATE INDEX event_wall ON event (wall_ns);
CREATE INDEX event_plates ON event (plates) WHERE plates <> '';
-- What is told of one pass or anomaly: the only events that are looked for by what they are about.
CREATE INDEX event_subject ON event (json_extract(payload, '$.subject'))
  WHERE kind IN ('pass.final', 'pass.corrected', 'anomaly.resolved', 'anomaly.reopened');

-- How far each event has come on its way out. Written in the same transaction as the event.
CREATE TABLE outbox (
  seq   INTEGER PRIMARY KEY REFERENCES event (seq) ON DELETE CASCADE,
  stage INTEGER NOT NULL CHECK (stage BETWEEN 0 AND 3),  -- new, sent, acknowledged by the broker, by the consumer
  topic TEXT    NOT NULL
) STRICT;
CREATE INDEX outbox_waiting ON outbox (seq) WHERE stage < 2;

-- The newest state of each visit, so that open ones survive a restart and the retention of their events.
CREATE TABLE visit (
  visit_id TEXT    PRIMARY KEY,
  number   INTEGER NOT NULL,  -- what a person says aloud
  state    TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
  seq      INTEGER NOT NULL,  -- the event that told this state
  body     TEXT    NOT NULL   -- the event's data, JSON
) STRICT;
CREATE INDEX visit_open ON visit (number) WHERE state = 'open';
CREATE INDEX visit_seq ON visit (seq);

-- Every anomaly and whether it is resolved, so that open ones survive the retention of their events.
CREATE TABLE anomaly (
  anomaly_id TEXT    PRIMARY KEY,
  visit_id   TEXT,
  state      TEXT    NOT NULL CHECK (state IN ('open', 'resolved')),
  seq        INTEGER NOT NULL,  -- the event that told this state
  body       TEXT    NOT NULL   -- the data of the event that raised it, JSON
) STRICT;
CREATE INDEX anomaly_open ON anomaly (seq) WHERE state = 'open';
CREATE INDEX anomaly_visit ON anomaly (visit_id);

-- Pictures that prove events. They leave oldest first, by age and by the room they take.
CREATE TABLE evidence (
  evidence_id TEXT    PRIMARY KEY,
  seq         INTEGER NOT NULL,  -- the event it came with
  kind        TEXT    NOT NULL,
  width_px    INTEGER NOT NULL,
  height_px   INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  jpeg        BLOB    NOT NULL   -- last, so that the columns before it are read without it
) STRICT;
CREATE INDEX evidence_age ON evidence (seq, size);
