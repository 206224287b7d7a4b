"""The service and its registry: every change is recorded, a wrong file is told, a missing key hides all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge.app import make_pipeline
from edge.clock import ClockQuality, ManualClock
from edge.config.reload import ConfigWatch
from edge.gate.registry import Entry
from edge.inference.desk import PromptDesk
from edge.inference.scripted import ScriptedDetector, ScriptedReader
from edge.registryfile import write_registry
from edge.service import Service
from edge.sitebook import Proven
from edge.types import Decision, Detections, Direction, Event, Pass, Plate, RegistryChange, Stage
from edge.wire import decode_event

NOON_NS = 1_772_625_600_000_000_000
CONFIG = """
[device]
id = "box"
[site]
id = "yard"
[[camera]]
id = "gate"
source = "test://gate"
[store]
path = "{folder}/events.db"
[registry]
file = "plates.csv"
"""


class Site:
    """A service that runs no camera, and the files around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.toml = folder / "edge.toml"
        self.plates = folder / "plates.csv"
        self.toml.write_text(CONFIG.format(folder=folder))
        self.know("CF 207-358")
        self.service: Service | None = None

    def know(self, *plates: str) -> None:
        write_registry(str(self.plates), [Entry((plate,), "allow") for plate in plates])

    def start(self) -> Service:
        self.close()
        self.service = Service(ConfigWatch(self.toml), ManualClock(NOON_NS))
        self.service._registry.start()
        return self.service

    def close(self) -> None:
        if self.service is not None:
            self.service._store.close()
            self.service = None

    def settle(self) -> None:
        assert self.service is not None
        for _ in range(2):
            reload = self.service._watch.poll()
            if reload is not None:
                self.service._apply(reload)
            self.service._registry.follow()

    def passing(self, text: str) -> Pass:
        assert self.service is not None
        told = Pass(
            "p", Stage.FINAL, 1, "gate", 1, "l", "main", Direction.IN, 0.9, NOON_NS, "car", (Plate(text, 0.9, 3, 3),)
        )
        (event, *_) = self.service._site.settle([Proven(told)], ClockQuality.SYNCED)
        assert isinstance(event.body, Pass)
        return event.body

    def changes(self) -> list[RegistryChange]:
        assert self.service is not None
        events: list[Event] = [decode_event(row.payload) for row in self.service._store.outbox(0, 100)]
        return [event.body for event in events if isinstance(event.body, RegistryChange)]

    def troubles(self) -> str:
        assert self.service is not None
        return " ".join(self.service.report().troubles)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with closing(Site(tmp_path)) as site:
        yield site


def hide(site: Site, more: str = "") -> None:
    site.toml.write_text(CONFIG.format(folder=site.folder) + f'unknown_plates = "hash"\n{more}')


def test_every_change_of_the_registry_is_an_event_and_decides_the_next_pass(site: Site) -> None:
    site.start()
    assert [change.added for change in site.changes()] == [("CF 207-358",)]
    site.know("CY 88-431")
    site.settle()
    (_, change) = site.changes()
    assert (change.added, change.removed, change.entries) == (("CY 88-431",), ("CF 207-358",), 1)
    access = site.passing("CY88431").access
    assert access is not None
    assert access.decision is Decision.ALLOW


def test_the_votes_of_a_running_camera_know_a_changed_registry(site: Site) -> None:
    service = site.start()
    camera = service._config.cameras[0]
    detector, desk = ScriptedDetector(lambda _: Detections.empty()), PromptDesk(ScriptedReader(lambda _: []))
    expect = make_pipeline(service._config, camera, detector, desk, service._site)._plates._expect
    assert expect().known == {"CF207358"}
    site.know("CY 88-431", "ND 55-012")
    site.settle()
    assert expect().known == {"CY88431", "ND55012"}


def test_store_evidence_decides_whether_cameras_keep_pictures_and_may_change_without_a_restart(site: Site) -> None:
    service = site.start()
    detector, desk = ScriptedDetector(lambda _: Detections.empty()), PromptDesk(ScriptedReader(lambda _: []))

    def keeps() -> bool:
        config = service._config
        return make_pipeline(config, config.cameras[0], detector, desk, service._site)._evidence is not None

    before = keeps()
    site.toml.write_text(site.toml.read_text().replace("[registry]", "evidence = false\n[registry]"))
    site.settle()
    assert (before, keeps()) == (True, False)


def test_a_restart_tells_only_what_changed_meanwhile(site: Site) -> None:
    site.start()
    site.start()
    assert len(site.changes()) == 1
    site.know("CF 207-358", "CY 88-431")
    site.start()
    assert [change.added for change in site.changes()] == [("CF 207-358",), ("CY 88-431",)]


def test_a_wrong_registry_is_told_in_the_status_until_it_is_right(site: Site) -> None:
    site.start()
    site.plates.write_text("plate,list\nCF1,nobody\n")
    site.settle()
    assert "plates.csv:2: list" in site.troubles()
    access = site.passing("CF207358").access
    assert access is not None
    assert access.decision is Decision.ALLOW
    site.know("CY 88-431")
    site.settle()
    assert site.troubles() == ""


def test_a_changed_configuration_changes_bound_and_hash_without_a_restart(site: Site) -> None:
    site.start()
    assert site.passing("XK7PWZ").plates[0].text == "XK7PWZ"
    hide(site, "fuzzy = 0.0\n")
    site.settle()
    assert site.passing("CF2O7358").plates[0].text.startswith("#")
    assert (site.folder / "site.key").stat().st_mode & 0o777 == 0o600


def test_who_is_removed_is_unknown_from_then_on_and_told_by_hash(site: Site) -> None:
    hide(site)
    site.start()
    site.know("CY 88-431")
    site.settle()
    assert site.changes()[-1].removed[0].startswith("#")
    assert site.passing("CF207358").plates[0].text == site.changes()[-1].removed[0]


@pytest.mark.parametrize("spoil", [lambda key: key.write_text("nonsense"), lambda key: key.mkdir()])
def test_without_its_key_the_service_hides_plates_all_the_same_and_says_so(
    site: Site, spoil: Callable[[Path], object]
) -> None:
    hide(site)
    spoil(site.folder / "site.key")
    site.start()
    assert "passing key" in site.troubles()
    assert site.passing("XK7PWZ").plates[0].text.startswith("#")
