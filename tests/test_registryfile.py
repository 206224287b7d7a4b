"""The registry's file: followed, kept over a restart, replaced whole; and the key that lies beside the store."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.gate.registry import Entry
from edge.registryfile import RegistryNews, RegistryWatch, read_registry, write_registry
from edge.store.sitekey import site_key

ONE, TWO = Entry(("A 1",), "allow"), Entry(("B 2",), "deny")


def settle(watch: RegistryWatch) -> RegistryNews | None:
    return watch.poll() or watch.poll()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_registry(str(tmp_path / "plates.csv"), (ONE,))
    return tmp_path / "plates.csv"


def test_what_is_known_at_the_first_start_is_told_as_added(file: Path) -> None:
    news = RegistryWatch(str(file), file.with_name("last.csv")).poll()
    assert news is not None
    assert news.change is not None
    assert (news.change.file, news.change.added, len(news.change.sha256)) == ("plates.csv", ("A 1",), 64)


def test_a_changed_file_is_taken_in_once_it_is_settled_and_told_once(file: Path) -> None:
    watch = RegistryWatch(str(file), file.with_name("last.csv"))
    watch.poll()
    write_registry(str(file), (ONE, TWO))
    assert watch.poll() is None
    news = watch.poll()
    assert news is not None
    assert news.change is not None
    assert news.change.added == ("B 2",)
    assert watch.entries == (ONE, TWO)
    assert watch.poll() is None


@pytest.mark.parametrize("damage", ["plate,list\nA 1,nobody\n", "", None])
def test_a_wrong_or_missing_file_leaves_the_last_good_entries(file: Path, damage: str | None) -> None:
    watch = RegistryWatch(str(file), file.with_name("last.csv"))
    watch.poll()
    file.unlink() if damage is None else file.write_text(damage)
    news = settle(watch)
    assert news is not None
    assert news.error is not None
    assert str(file) in str(news.error)
    assert watch.entries == (ONE,)
    write_registry(str(file), (ONE,))
    assert settle(watch) == RegistryNews()


def test_after_a_restart_only_what_changed_meanwhile_is_told(file: Path) -> None:
    kept = file.with_name("last.csv")
    before = RegistryWatch(str(file), kept)
    before.poll()
    before.keep()
    assert RegistryWatch(str(file), kept).poll() == RegistryNews()
    write_registry(str(file), (TWO,))
    news = RegistryWatch(str(file), kept).poll()
    assert news is not None
    assert news.change is not None
    assert (news.change.added, news.change.removed) == (("B 2",), ("A 1",))


def test_a_file_that_is_wrong_at_the_start_leaves_what_was_known_before(file: Path) -> None:
    kept = file.with_name("last.csv")
    before = RegistryWatch(str(file), kept)
    before.poll()
    before.keep()
    file.write_text("nonsense")
    assert RegistryWatch(str(file), kept).entries == (ONE,)
    kept.write_text("nonsense")
    assert RegistryWatch(str(file), kept).entries == ()


def test_a_registry_that_is_switched_off_is_told_as_removed(file: Path) -> None:
    kept = file.with_name("last.csv")
    before = RegistryWatch(str(file), kept)
    before.poll()
    before.keep()
    news = RegistryWatch("", kept).poll()
    assert news is not None
    assert news.change is not None
    assert news.change.removed == ("A 1",)
    assert RegistryWatch("", file.with_name("none.csv")).poll() == RegistryNews()


def test_writing_keeps_the_rights_of_the_file_and_leaves_nothing_beside_it(file: Path) -> None:
    file.chmod(0o664)
    write_registry(str(file), (TWO,))
    assert stat.S_IMODE(file.stat().st_mode) == 0o664
    assert read_registry(str(file)) == (TWO,)
    assert [path.name for path in file.parent.iterdir()] == ["plates.csv"]


def test_what_could_not_be_read_back_is_never_written(file: Path) -> None:
    with pytest.raises(ConfigError, match="is no list"):
        write_registry(str(file), (Entry(("C 3",), "nobody"),))
    assert read_registry(str(file)) == (ONE,)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "site.key"
    before = os.umask(0)
    try:
        key = site_key(path)
    finally:
        os.umask(before)
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert site_key(path) == key
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31, "ab" * 33, "é" * 64])
def test_a_damaged_key_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    path = tmp_path / "site.key"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="holds no key") as caught:
        site_key(path)
    assert not text or text not in str(caught.value)
    assert path.read_text("utf-8") == text


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "site.key"
    site_key(path)
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="others may read"):
        site_key(path)


def test_a_key_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        site_key(tmp_path / "none" / "site.key")
