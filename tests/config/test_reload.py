"""A changed file is noticed, judged and told; a bad one leaves the last good one in place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.config.load import parse_config
from edge.config.reload import ConfigWatch, Reload, changes
from edge.errors import ConfigError

BASE = """\
[device]
id = "box-1"
[site]
id = "quarry"
[[camera]]
id = "gate"
source = "rtsp://u:one@h/s"
[mqtt]
username = "u"
password = "first"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "edge.toml"
    path.write_text(BASE)
    return path


def settle(watch: ConfigWatch) -> Reload | None:
    return watch.poll() or watch.poll()


def test_an_untouched_file_is_no_event(path: Path) -> None:
    watch = ConfigWatch(path)
    assert [watch.poll() for _ in range(3)] == [None, None, None]


def test_a_changed_key_is_told_with_old_and_new(path: Path) -> None:
    watch = ConfigWatch(path)
    path.write_text(BASE.replace("[mqtt]", "stall_s = 3.0\n[mqtt]"))

    outcome = settle(watch)

    assert outcome is not None
    assert [str(change) for change in outcome.changes] == ["camera[gate].stall_s: 1.5 -> 3.0"]
    assert watch.current.cameras[0].stall_s == outcome.config.cameras[0].stall_s == 3.0


def test_a_bad_file_keeps_the_last_good_one_and_is_told_once(path: Path) -> None:
    watch = ConfigWatch(path)
    path.write_text(BASE.replace("[mqtt]", "stal_s = 3.0\n[mqtt]"))

    outcome = settle(watch)

    assert outcome is not None
    assert outcome.changes == ()
    assert "did you mean stall_s?" in str(outcome.error)
    assert outcome.config is watch.current
    assert watch.current == parse_config(BASE, "edge.toml")
    assert settle(watch) is None


def test_a_file_put_right_again_is_told_even_without_a_change(path: Path) -> None:
    watch = ConfigWatch(path)
    path.write_text("nonsense")
    assert settle(watch) is not None
    path.write_text(BASE)

    outcome = settle(watch)

    assert outcome is not None
    assert (outcome.error, outcome.changes) == (None, ())


def test_a_file_that_vanishes_keeps_the_last_good_one_until_it_is_back(path: Path) -> None:
    watch = ConfigWatch(path)
    path.unlink()
    gone = settle(watch)
    assert gone is not None
    assert "No such file" in str(gone.error)
    path.write_text(BASE)
    back = settle(watch)
    assert back is not None
    assert back.error is None


def test_a_touched_file_with_the_same_text_is_no_event(path: Path) -> None:
    watch = ConfigWatch(path)
    os.utime(path, (1, 1))
    assert settle(watch) is None


def test_a_file_that_is_still_being_written_is_not_judged(path: Path) -> None:
    watch = ConfigWatch(path)
    two = BASE + '[[camera]]\nid = "second"\nsource = "test://gate"\n'
    path.write_text(two[:60])
    assert watch.poll() is None
    path.write_text(two)
    assert watch.poll() is None
    outcome = watch.poll()
    assert outcome is not None
    assert [str(change) for change in outcome.changes] == ["camera[second]: absent -> added"]


def test_a_file_that_is_wrong_at_the_start_is_an_error(path: Path) -> None:
    path.write_text("")
    with pytest.raises(ConfigError):
        ConfigWatch(path)


def test_a_changed_secret_is_told_without_the_secret() -> None:
    old = parse_config(BASE, "a")
    new = parse_config(BASE.replace("first", "second").replace("u:one@", "u:two@"), "b")
    assert [str(change) for change in changes(old, new)] == [
        "camera[gate].source: 'rtsp://u:***@h/s' -> 'rtsp://u:***@h/s'",
        "mqtt.password: '***' -> '***'",
    ]


def test_a_change_says_when_it_needs_a_restart() -> None:
    old, new = parse_config(BASE, "a"), parse_config(BASE.replace("box-1", "box-2"), "b")
    [change] = changes(old, new)
    assert change.needs_restart
    assert str(change).endswith("(takes effect after a restart)")


def test_order_alone_is_no_change_where_things_have_names() -> None:
    one, two = '[[road]]\nid = "a"\n', '[[road]]\nid = "b"\nallows = "in"\n'
    old, new = parse_config(BASE + one + two, "a"), parse_config(BASE + two + one, "b")
    assert changes(old, new) == ()


def test_a_removed_thing_is_told_as_removed() -> None:
    old = parse_config(BASE + '[[road]]\nid = "a"\n', "a")
    assert [str(change) for change in changes(old, parse_config(BASE, "b"))] == ["road[a]: present -> removed"]
