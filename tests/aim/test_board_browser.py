"""The board in a real browser, beside a running service."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from edge.aim import open_board
from edge.aim.board import Board
from edge.aim.keeping import ConfigKeeper
from edge.config.load import load_config
from edge.hatch import ask, beside
from edge.wire.holding import ASK, decode_holding
from tests.aim.test_board import Still

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROME = shutil.which("chromium") or shutil.which("google-chrome")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(CHROME is None, reason="neither chromium nor google-chrome is installed"),
]
SAMPLE = (Path(__file__).parents[2] / "deploy/config/edge.toml").read_text("utf-8")
PATIENCE_S = 120.0
Place = tuple[float, float]


@pytest.fixture
def screen() -> dict[str, Any]:
    return {"viewport": {"width": 1280, "height": 900}, "has_touch": True}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The commented sample with a store of its own and no plate reader."""
    path = tmp_path / "edge.toml"
    text = SAMPLE.replace('# path = "/var/lib/edge/events.db"', f'path = "{tmp_path / "events.db"}"')
    path.write_text(text.replace('# plates = "plate-ocr"', 'plates = "none"'))
    return path


@pytest.fixture
def still_url(config: Path) -> Iterator[str]:
    """A board over a camera that shows a clock."""
    with open_board("127.0.0.1", 0) as served:
        served.serve(Board(ConfigKeeper(config, "gate"), Still(), lambda _: "nobody was asked"))
        yield served.url


def comments(text: str) -> list[str]:
    return sorted(re.findall(r"#[^\n]*", text))


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector("#picture[data-drawn]")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def drag(page: Page, start: Place, end: Place) -> None:
    """Draw with the mouse; places are parts of the picture."""
    box = page.locator("#sheet").bounding_box()
    assert box
    for place, deed in ((start, page.mouse.down), (end, page.mouse.up)):
        page.mouse.move(box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"], steps=3)
        deed()


def swipe(page: Page, start: Place, end: Place) -> None:
    """Draw with a finger."""
    box = page.locator("#sheet").bounding_box()
    assert box
    finger = page.context.new_cdp_session(page)
    for kind, place in (("touchStart", start), ("touchMove", end), ("touchEnd", None)):
        points = place and [{"x": box["x"] + place[0] * box["width"], "y": box["y"] + place[1] * box["height"]}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points or []})


def saved(page: Page) -> str:
    press(page, "Save")
    page.locator("#answer").wait_for()
    page.wait_for_function("document.getElementById('state').textContent != 'saving'")
    return page.locator("#answer").inner_text()


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-m", "edge", *words], stderr=subprocess.PIPE, text=True) as command:
        try:
            yield command
        finally:
            command.send_signal(signal.SIGTERM)


def wait_until_it_works(store: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while (answer := ask(beside(store), ASK)) is None or decode_holding(answer).starting:
        assert time.monotonic() < end, "the service does not work"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_line_a_road_and_a_mask_are_drawn_and_the_running_service_takes_them_over(
    page: Page, config: Path, complaints: list[str]
) -> None:
    before = config.read_text()
    with running("run", "--config", str(config)) as service:
        wait_until_it_works(config.with_name("events.db"))
        with running("aim", "gate", "--config", str(config), "--port", "0") as aim:
            assert aim.stderr is not None
            told = aim.stderr.readline()
            assert "draw at http://127.0.0.1:" in told, told + aim.stderr.read()
            open_page(page, told.split()[-1])
            press(page, "Add")
            page.get_by_label("Name of road-1").fill("back")
            page.get_by_label("Name of road-1").press("Tab")
            page.get_by_label("Allows: back").select_option("out")
            press(page, "Line")
            drag(page, (0.4, 0.3), (0.8, 0.35))
            page.get_by_label("Road: line-1").select_option("back")
            page.get_by_label("Inside: line-1").select_option("left")
            press(page, "Mask")
            drag(page, (0.02, 0.02), (0.2, 0.1))
            answer = saved(page)
        assert answer == "Saved; the running service has taken it over: gate has 3 lines, 0 zones, 1 mask."
        service.send_signal(signal.SIGTERM)
        _, log = service.communicate(timeout=PATIENCE_S)
    assert "configuration: camera[gate].line[line-1]: absent -> added" in log
    assert comments(config.read_text()) == comments(before)
    kept = load_config(config)
    line = kept.cameras[0].lines[-1]
    assert (line.id, line.road, line.inward) == ("line-1", "back", "left")
    assert np.allclose(line.points, [(0.4, 0.3), (0.8, 0.35)], atol=0.003)
    assert [(road.id, road.allows) for road in kept.roads][-1] == ("back", "out")
    assert len(kept.cameras[0].masks) == 1
    assert complaints == []


def test_the_clock_is_masked_with_one_press_and_proposed_no_more(page: Page, still_url: str, config: Path) -> None:
    open_page(page, still_url)
    press(page, "Mask the clock")
    assert page.locator("#proposed").is_hidden()
    assert saved(page) == "Saved; nobody was asked."
    assert [mask.id for mask in load_config(config).cameras[0].masks] == ["clock"]


def test_a_finger_draws_a_zone_and_moves_its_corner(page: Page, still_url: str, config: Path) -> None:
    open_page(page, still_url)
    press(page, "Zone")
    swipe(page, (0.5, 0.2), (0.7, 0.4))
    page.get_by_label("Kind: zone-1").select_option("queue")
    swipe(page, (0.7, 0.4), (0.9, 0.6))
    swipe(page, (0.6, 0.2), (0.6, 0.1))  # the dot in the middle of a side becomes a corner
    saved(page)
    [zone] = load_config(config).cameras[0].zones
    wanted = [(0.5, 0.2), (0.6, 0.1), (0.7, 0.2), (0.9, 0.6), (0.5, 0.4)]
    assert zone.kind == "queue"
    assert np.allclose(zone.polygon, wanted, atol=0.004)


def test_a_line_is_deleted_and_undone_by_keyboard(page: Page, still_url: str) -> None:
    open_page(page, still_url)
    drag(page, (0.66, 0.7334), (0.66, 0.80))
    page.locator("#lines li[data-chosen]").wait_for()
    page.keyboard.press("Delete")
    assert page.get_by_label("Name of main-line").count() == 0
    page.keyboard.press("Control+z")
    assert page.get_by_label("Name of main-line").count() == 1


def test_a_refusal_is_shown_in_the_loader_s_words_and_the_file_stays(page: Page, still_url: str, config: Path) -> None:
    before = config.read_text()
    open_page(page, still_url)
    page.get_by_label("Name of main-line").fill("main line")
    page.get_by_label("Name of main-line").press("Tab")
    answer = saved(page)
    assert answer.startswith("Not saved, the file is as it was.")
    assert "'main line' is no name" in answer
    assert page.locator("#state").inner_text() == "not saved"
    assert config.read_text() == before


def test_without_the_key_in_the_address_the_page_shows_nothing(page: Page, still_url: str) -> None:
    page.goto(still_url.partition("#")[0])
    page.get_by_text("the key is missing or of another run").wait_for()


@pytest.mark.parametrize("size", [(360, 740), (1280, 800), (2560, 1300)])
def test_nothing_lies_beside_the_screen(page: Page, still_url: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_page(page, still_url)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
