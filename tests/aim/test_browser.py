"""The live view in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from edge.aim import open_live_view
from edge.aim.live import LiveView, Showing
from edge.tally import event_text
from edge.types import CameraStatus, Severity, TrackState
from tests.aim.gate import Quiet, event, frame, step, track

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROME = shutil.which("chromium") or shutil.which("google-chrome")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(CHROME is None, reason="neither chromium nor google-chrome is installed"),
]

CLIP = Path(__file__).parents[2] / "fixtures/clips/gate_demo.mp4"
INK = """() => {
  const { width, height } = document.getElementById("picture");
  const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(document.getElementById("picture"), 0, 0);
  const pixels = copy.getImageData(0, 0, width, height).data;
  let sum = 0;
  const values = new Set();
  for (let at = 0; at < pixels.length; at += 4) {
    sum = (sum * 31 + pixels[at] + 7 * pixels[at + 1]) % 1000000007;
    values.add(pixels[at]);
  }
  return { sum, values: values.size };
}"""
"""A number that depends on every pixel of the canvas, and how many values of red there are."""


@pytest.fixture
def screen() -> dict[str, Any]:
    return {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}


@pytest.fixture
def live() -> Iterator[LiveView]:
    with open_live_view("127.0.0.1", 0) as live:
        yield live


@pytest.fixture
def showing(live: LiveView) -> Showing:
    return live.begin("test://gate", Quiet(), event_text)


def drive(showing: Showing, seqs: range) -> None:
    """Show a car, and another that was lost; every tenth frame brings an alarm."""
    for seq in seqs:
        lost = [track(2, 0, box=(200, 20, 260, 60), state=TrackState.LOST)]
        events = [event(seq, Severity.ALARM)] if seq % 10 == 0 else []
        showing.add(frame(seq), step(seq, [track(1, seq, dhash=seq)], lost=lost, events=events))


def wait_for(page: Page, condition: str, argument: object = None) -> None:
    page.wait_for_function(condition, arg=argument)


def wait_for_seq(page: Page, seq: int) -> None:
    wait_for(page, "seq => document.getElementById('picture').dataset.seq == seq", seq)


def link(page: Page) -> Any:
    return page.evaluate("document.documentElement.dataset.link")


def test_the_page_follows_the_analysis(page: Page, live: LiveView, showing: Showing, complaints: list[str]) -> None:
    drive(showing, range(11))
    page.goto(live.url)
    wait_for_seq(page, 10)
    first = page.evaluate(INK)
    assert first["values"] > 3, "the picture is blank"
    assert page.title() == "test://gate · live view"
    states = [row.split("\t")[-1] for row in page.locator("#tracks tr").all_inner_texts()]
    assert states == ["confirmed", "lost"]
    assert page.locator("#events li").all_inner_texts()[0].endswith("alarm: anomaly 10")
    assert page.locator("#events li[data-severity=alarm]").count() == 2
    drive(showing, range(11, 21))
    wait_for_seq(page, 20)
    assert page.evaluate(INK)["sum"] != first["sum"]
    assert page.locator("#tracks tr").first.inner_text().split("\t")[:3] == ["#1", "car", "CA000001"]
    assert page.locator("#events li").first.inner_text().endswith("alarm: anomaly 20"), "the newest is on top"
    assert link(page) == "live"
    assert complaints == []


@pytest.mark.parametrize("layer", ["Boxes", "Labels", "Trails", "Lines"])
def test_what_is_drawn_is_chosen_by_keyboard(page: Page, live: LiveView, showing: Showing, layer: str) -> None:
    drive(showing, range(11))
    page.goto(live.url)
    wait_for_seq(page, 10)
    with_it = page.evaluate(INK)["sum"]
    page.get_by_label(layer).focus()
    page.keyboard.press("Space")
    assert not page.get_by_label(layer).is_checked()
    assert page.evaluate(INK)["sum"] != with_it
    page.keyboard.press("Space")
    assert page.evaluate(INK)["sum"] == with_it


def test_the_choice_is_reached_by_tab_and_kept(page: Page, live: LiveView, showing: Showing) -> None:
    drive(showing, range(3))
    page.goto(live.url)
    wait_for_seq(page, 2)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "boxes"
    page.keyboard.press("Space")
    page.reload()
    wait_for_seq(page, 2)
    assert not page.get_by_label("Boxes").is_checked()


@pytest.mark.parametrize("size", [(360, 740), (768, 1024), (1280, 800), (2560, 1300)])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nothing_lies_beside_the_screen(
    page: Page, live: LiveView, showing: Showing, size: tuple[int, int], scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    drive(showing, range(11))
    page.goto(live.url)
    wait_for_seq(page, 10)
    drive(showing, range(11, 16))
    wait_for_seq(page, 15)  # a viewer has been noticed by now: plates are shown
    wait_for(page, "document.querySelector('#tracks td:nth-child(3)').textContent == 'CA000001'")
    beside = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((one) => {
          const box = one.getBoundingClientRect();
          return box.width && (box.right > innerWidth + 0.5 || box.left < -0.5);
        }).map((one) => one.tagName + " " + one.id)"""
    )
    assert beside == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_camera_that_is_away_is_said_over_its_last_picture(page: Page, live: LiveView, showing: Showing) -> None:
    drive(showing, range(3))
    page.goto(live.url)
    wait_for_seq(page, 2)
    live.say(CameraStatus("cam", "lost", "no answer"))
    page.get_by_text("camera lost: no answer").wait_for()
    assert link(page) == "live"
    live.say(CameraStatus("cam", "live"))
    page.locator("#state", has_text=re.compile("^live$")).wait_for()
    assert page.locator("#notice").is_hidden()


def test_a_lost_connection_is_said_and_mended_by_itself(page: Page, live: LiveView, showing: Showing) -> None:
    drive(showing, range(11))
    page.goto(live.url)
    wait_for_seq(page, 10)
    assert live._server is not None
    live._server.stop()
    page.get_by_text("no connection; trying again").wait_for()
    assert link(page) == "lost"
    assert "grayscale" in page.evaluate("getComputedStyle(document.getElementById('picture')).filter")
    with open_live_view("127.0.0.1", urlsplit(live.url).port or 0) as again:
        drive(again.begin("test://gate again", Quiet(), event_text), range(1, 4))
        wait_for_seq(page, 3)
        page.get_by_role("heading", name="test://gate again").wait_for()
        assert link(page) == "live"
        assert page.locator("#events li").count() == 0, "those of the run before are gone"


def test_the_end_is_said(page: Page, complaints: list[str]) -> None:
    with open_live_view("127.0.0.1", 0) as live:
        showing = live.begin("test://gate", Quiet(), event_text)
        drive(showing, range(3))
        page.goto(live.url)
        wait_for_seq(page, 2)
        showing.finish(step(3, ended=[track(1, 2)], events=[event(99)], analysed=False))
    page.locator("#notice", has_text="ended").wait_for()
    assert link(page) == "ended"
    assert page.locator("#events li").first.inner_text().endswith("anomaly 99")
    assert page.evaluate(INK)["values"] > 3, "the last picture stays"
    assert complaints == []


@contextmanager
def watching(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `edge watch … --serve 0` and give the address it prints."""
    command = [sys.executable, "-m", "edge", "watch", *words, "--serve", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as watch:
        try:
            said = ""
            while watch.stderr and "live view at" not in said:
                line = watch.stderr.readline()
                assert line, f"ended before it served: {said}"
                said += line
            yield watch, said.split()[-1]
        finally:
            watch.kill()


@pytest.mark.slow
def test_edge_watch_serves_the_demo_clip(page: Page, complaints: list[str]) -> None:
    with watching(str(CLIP), "--config", str(CLIP.with_suffix(".toml")), "--seconds", "30") as (watch, url):
        page.goto(url)
        page.locator("#tracks tr[data-state=confirmed]").first.wait_for()
        first = page.evaluate(INK)
        assert first["values"] > 50, "the picture is blank"
        seq = page.evaluate("Number(document.getElementById('picture').dataset.seq)")
        wait_for(page, "seq => Number(document.getElementById('picture').dataset.seq) > seq", seq)
        assert page.evaluate(INK)["sum"] != first["sum"]
        page.locator("#events li", has_text="pass").first.wait_for()
        page.locator("#figures dd", has_text=re.compile(r"\d\.\d/s")).first.wait_for()
        page.locator("#notice", has_text="ended").wait_for()
        assert watch.wait(60) == 0
    assert complaints == []
