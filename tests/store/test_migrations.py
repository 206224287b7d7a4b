"""Old files become equal to new ones, and the schema does not change without a number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest

from edge.errors import StoreFailed
from edge.store import migrations
from edge.store.identity import APPLICATION_ID, SCHEMA_VERSION
from edge.store.migrations import SCHEMA, STEPS, make_or_migrate

FROZEN = {int(path.stem): path for path in (Path(__file__).parent / "schemas").glob("*.sql")}


def shape(connection: apsw.Connection) -> dict[str, Any]:
    """Return what counts of a schema: not its words, but its tables, columns, keys and indexes."""
    found: dict[str, Any] = {}
    for schema, name, kind, columns, without_rowid, strict in connection.execute("PRAGMA table_list").fetchall():
        if schema != "main" or str(name).startswith("sqlite_"):
            continue
        found[f"table {name}"] = (kind, columns, without_rowid, strict)
        found[f"columns {name}"] = connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
        found[f"keys {name}"] = connection.execute(f"PRAGMA foreign_key_list({name})").fetchall()
        for _, index, unique, origin, partial in connection.execute(f"PRAGMA index_list({name})").fetchall():
            rows = connection.execute(f"PRAGMA index_xinfo({index})").fetchall()
            found[f"index {name} {index}"] = (unique, origin, partial, rows)
    checks = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type <> 'table'").fetchall()
    return found | {f"sql {name}": sql and " ".join(str(sql).split()) for name, sql in checks}


def old_file(version: int) -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute(FROZEN[version].read_text("utf-8"))
    connection.pragma("application_id", APPLICATION_ID)
    connection.pragma("user_version", version)
    return connection


def test_every_version_so_far_is_frozen() -> None:
    assert sorted(FROZEN) == list(range(1, SCHEMA_VERSION + 1))
    assert sorted(STEPS) == list(range(2, SCHEMA_VERSION + 1))


def test_the_schema_does_not_change_without_a_new_number() -> None:
    assert SCHEMA.read_text("utf-8") == FROZEN[SCHEMA_VERSION].read_text("utf-8")


@pytest.mark.parametrize("version", FROZEN)
def test_an_old_file_becomes_equal_to_a_new_one(version: int) -> None:
    fresh, old = apsw.Connection(":memory:"), old_file(version)
    assert make_or_migrate(fresh, "fresh") is True
    assert make_or_migrate(old, "old") is False
    assert shape(old) == shape(fresh)
    assert old.pragma("user_version") == fresh.pragma("user_version") == SCHEMA_VERSION
    assert len(shape(fresh)) > 15


def test_steps_run_in_order_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = {2: "ALTER TABLE visit ADD COLUMN colour TEXT", 3: "UPDATE visit SET colour = 'red'"}
    old = old_file(1)
    old.execute("INSERT INTO visit VALUES ('v', 1, 'open', 1, '{}')")
    make_or_migrate(old, "old", steps=steps)
    make_or_migrate(old, "old", steps=steps)
    assert old.execute("SELECT colour FROM visit").get == "red"
    assert old.pragma("user_version") == 3
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", 1)
    with pytest.raises(StoreFailed, match=r"newer edge \(schema 3"):
        make_or_migrate(old, "old")


def test_a_step_that_fails_leaves_the_old_file() -> None:
    old = old_file(1)
    before = shape(old)
    with pytest.raises(apsw.SQLError):
        make_or_migrate(old, "old", steps={2: "ALTER TABLE visit ADD COLUMN colour TEXT; SELECT nonsense"})
    assert shape(old) == before
    assert old.pragma("user_version") == 1


def test_the_shape_sees_a_difference() -> None:
    fresh, other = apsw.Connection(":memory:"), old_file(SCHEMA_VERSION)
    make_or_migrate(fresh, "fresh")
    other.execute("DROP INDEX visit_open")
    assert shape(other) != shape(fresh)
