"""Making the schema, and leading older files to it, one numbered step after the other in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import apsw

from edge.errors import StoreFailed
from edge.store.identity import APPLICATION_ID, SCHEMA_VERSION
from edge.store.transactions import forced

SCHEMA = Path(__file__).with_name("schema.sql")
_LIST_OF_ANOMALIES = """
CREATE INDEX event_subject ON event (json_extract(payload, '$.subject'))
  WHERE kind IN ('pass.final', 'pass.corrected', 'anomaly.resolved', 'anomaly.reopened');
CREATE TABLE anomaly (
  anomaly_id TEXT    PRIMARY KEY,
  visit_id   TEXT,
  state      TEXT    NOT NULL CHECK (state IN ('open', 'resolved')),
  seq        INTEGER NOT NULL,  -- the event that told this state
  body       TEXT    NOT NULL   -- the data of the event that raised it, JSON
) STRICT;
CREATE INDEX anomaly_open ON anomaly (seq) WHERE state = 'open';
CREATE INDEX anomaly_visit ON anomaly (visit_id);
INSERT INTO anomaly (anomaly_id, visit_id, state, seq, body)
  SELECT json_extract(payload, '$.subject'), json_extract(payload, '$.data.visit_id'), 'open', seq,
    json_extract(payload, '$.data')
  FROM event WHERE kind = 'anomaly.raised' AND json_valid(payload);
"""
STEPS: Mapping[int, str] = {2: _LIST_OF_ANOMALIES}
"""SQL that leads from the schema of one version to the next, by the version it leads to."""


def make_or_migrate(connection: apsw.Connection, place: str, *, steps: Mapping[int, str] = STEPS) -> bool:
    """Bring the file to the newest schema; returns whether it was made just now.

    Raises:
        StoreFailed: the file belongs to another program or to a newer edge; it is left as it was.
    """
    found = connection.pragma("user_version")
    newest = max(steps, default=SCHEMA_VERSION)
    if connection.execute("SELECT count(*) FROM sqlite_schema").get == 0:
        with forced(connection):
            connection.execute(SCHEMA.read_text("utf-8"))
            _stamp(connection, newest)
        return True
    if connection.pragma("application_id") != APPLICATION_ID:
        raise StoreFailed(f"{place}: a database of another program; point store.path elsewhere")
    if found > newest:
        raise StoreFailed(
            f"{place}: written by a newer edge (schema {found}, this one knows {newest});"
            " install that edge, or move the file away"
        )
    if found < newest:
        with forced(connection):
            for version in range(found + 1, newest + 1):
                connection.execute(steps[version])
            _stamp(connection, newest)
    return False


def _stamp(connection: apsw.Connection, version: int) -> None:
    connection.pragma("application_id", APPLICATION_ID)
    connection.pragma("user_version", version)
