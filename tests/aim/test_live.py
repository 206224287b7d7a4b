"""The live view over real HTTP."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import pytest

from edge.aim import open_live_view
from edge.aim.app import STATIC
from edge.aim.door import open_door
from edge.aim.live import LiveView, Showing
from edge.aim.viewers import MOST
from edge.errors import StoreFailed, UsageError
from edge.ports import Letterboxed
from edge.tally import event_text
from edge.types import CameraStatus
from edge.vision.frame import PlanarFrame
from tests.aim.gate import Quiet, Viewer, event, frame, get, step, track


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveView]:
    monkeypatch.setattr("edge.aim.live.GOODBYE_S", 0.0)  # these viewers never ask for the end
    with open_live_view("127.0.0.1", 0) as live:
        yield live


@pytest.fixture
def showing(live: LiveView) -> Showing:
    return live.begin("gate.mp4", Quiet(), event_text)


def port_of(url: str) -> int:
    return urlsplit(url).port or 0


def status_of(url: str, method: str = "GET", **headers: str) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port_of(url), timeout=30)
    line.request(method, urlsplit(url).path, headers=headers)
    return line.getresponse().status


def test_a_viewer_gets_the_newest_picture_and_every_event(live: LiveView, showing: Showing) -> None:
    for seq in range(30):
        showing.add(frame(seq), step(seq, [track(1, seq)], events=[event(seq)] if seq % 10 == 0 else ()))
    viewer = Viewer(live.url)
    told, jpeg = viewer.ask() or ({}, b"")
    assert (told["seq"], told["frames"]) == (29, 30)
    assert [one["id"] for one in told["events"]] == ["e0", "e10", "e20"]
    assert jpeg.startswith(b"\xff\xd8")
    showing.add(frame(30), step(30, events=[event(30)]))
    told, _ = viewer.ask() or ({}, b"")
    assert [one["id"] for one in told["events"]] == ["e30"]


def test_the_site_is_told_with_its_lines(live: LiveView, showing: Showing) -> None:
    del showing
    _, body = get(f"{live.url}site")
    site = json.loads(body)
    assert (site["title"], site["live"]) == ("gate.mp4", True)
    line = {"id": "gate", "points": [[0.1, 0.6], [0.9, 0.6]], "road": "main", "inward": "right", "one_way": "no"}
    assert site["lines"] == [line]


def test_a_camera_that_is_lost_is_told_without_a_new_frame(live: LiveView, showing: Showing) -> None:
    showing.add(frame(), step(0))
    viewer = Viewer(live.url)
    viewer.ask()
    live.say(CameraStatus("cam", "lost", "no answer"))
    told, _ = viewer.ask() or ({}, b"")
    assert (told["camera"], told["reason"], told["seq"]) == ("lost", "no answer", 0)


def test_numbers_of_an_earlier_server_mean_nothing(live: LiveView, showing: Showing) -> None:
    showing.add(frame(), step(0, events=[event(1)]))
    told, _ = Viewer(live.url, number=999, event=999, run="earlier").ask() or ({}, b"")
    assert [one["id"] for one in told["events"]] == ["e1"]


def test_whoever_came_before_the_analysis_began_is_answered_then(live: LiveView) -> None:
    pages: list[int] = []
    early = threading.Thread(target=lambda: pages.append(get(live.url)[0]))
    early.start()
    live.begin("gate.mp4", Quiet(), event_text)
    early.join()
    assert pages == [200]


class Jammed(PlanarFrame):
    """A frame whose view takes until it is let go: a viewer's thread hangs in it."""

    reached = threading.Event()
    go = threading.Event()

    def letterbox(self, width: int, height: int, *, centre: bool = True, pad: int = 114) -> Letterboxed:
        self.reached.set()
        assert self.go.wait(60)
        return PlanarFrame.letterbox(self, width, height, centre=centre, pad=pad)


def test_an_analysis_goes_on_while_a_picture_is_being_coded(live: LiveView, showing: Showing) -> None:
    plain = frame()
    showing.add(Jammed("cam", 0, plain.wall_ns, 0, 0, plain.planes), step(0))
    told: list[int] = []
    slow = threading.Thread(target=lambda: told.append((Viewer(live.url).ask() or ({"seq": -1}, b""))[0]["seq"]))
    slow.start()
    assert Jammed.reached.wait(60)
    for seq in range(1, 500):
        showing.add(frame(seq), step(seq, [track(1, seq)]))
    assert told == [], "the viewer still hangs: nothing above waited for it"
    Jammed.go.set()
    slow.join()
    assert told == [0]
    [newest, _] = Viewer(live.url).ask() or ({}, b"")
    assert newest["seq"] == 499


def test_a_viewer_that_does_not_read_holds_up_neither_the_analysis_nor_others(live: LiveView, showing: Showing) -> None:
    with socket.create_connection(("127.0.0.1", port_of(live.url))) as blocked:
        blocked.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        blocked.sendall(b"GET /next?viewer=blocked HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 50)
        for seq in range(500):
            showing.add(frame(seq), step(seq))
        told, _ = Viewer(live.url).ask() or ({}, b"")
    assert told["seq"] == 499


def test_a_viewer_learns_of_the_end_before_the_server_goes() -> None:
    with open_live_view("127.0.0.1", 0) as live:
        showing = live.begin("gate.mp4", Quiet(), event_text)
        showing.add(frame(), step(0))
        viewer = Viewer(live.url)
        viewer.ask()
        answers: list[object] = []
        waiting = threading.Thread(target=lambda: answers.extend([(viewer.ask() or ({}, b""))[0]["ended"]]))
        showing.finish(step(1, events=[event(1)]))
        viewer.number += 1
        waiting.start()
    waiting.join()
    assert answers == [True]
    with pytest.raises((URLError, ConnectionError)):
        get(live.url)


def test_an_analysis_that_failed_says_why() -> None:
    told: list[dict[str, object]] = []

    def look(viewer: Viewer) -> None:
        while not (told and told[-1]["ended"]):
            told.extend(answer[0] for answer in [viewer.ask()] if answer)

    def fail() -> None:
        with open_live_view("127.0.0.1", 0) as live:
            live.begin("gate.mp4", Quiet(), event_text).add(frame(), step(0))
            viewer = Viewer(live.url)
            viewer.ask()
            threads.append(threading.Thread(target=look, args=(viewer,)))
            threads[0].start()
            raise StoreFailed("events.db: the disk is full")

    threads: list[threading.Thread] = []
    with pytest.raises(StoreFailed):
        fail()
    threads[0].join()
    assert told[-1]["trouble"] == "events.db: the disk is full"


def test_with_too_many_viewers_the_next_is_refused(live: LiveView, showing: Showing) -> None:
    showing.add(frame(), step(0))
    for number in range(MOST):
        Viewer(live.url, f"viewer {number}".replace(" ", "-")).ask()
    with pytest.raises(HTTPError) as refused:
        Viewer(live.url, "one-more").ask()
    assert refused.value.code == 503


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:8321", 200),
        ("LOCALHOST:9000", 200),
        ("[::1]:8321", 200),
        ("evil.example", 421),
        ("evil.example:8321", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.168.1.20", 421),
        ("", 421),
    ],
)
def test_only_the_address_served_is_answered(live: LiveView, showing: Showing, host: str, status: int) -> None:
    del showing
    assert status_of(live.url, Host=host) == status
    assert status_of(f"{live.url}site", Host=host) == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_nothing_but_reading_is_allowed(live: LiveView, showing: Showing, method: str) -> None:
    del showing
    assert status_of(f"{live.url}site", method) == 405


@pytest.mark.parametrize("path", ["", "site", "live.js", "nothing"])
def test_every_answer_keeps_other_sites_out(live: LiveView, showing: Showing, path: str) -> None:
    del showing
    line = http.client.HTTPConnection("127.0.0.1", port_of(live.url), timeout=30)
    line.request("GET", f"/{path}", headers={"Origin": "http://evil.example"})
    headers = {name.lower(): value for name, value in line.getresponse().getheaders()}
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert not [name for name in headers if name.startswith("access-control")]
    assert "server" not in headers


@pytest.mark.parametrize("path", ["next?run=RUN&viewer=v&after=-1", "next?run=RUN&viewer=v&event=1e3"])
def test_a_number_that_is_none_is_refused(live: LiveView, showing: Showing, path: str) -> None:
    showing.add(frame(), step(0))
    viewer = Viewer(live.url)
    viewer.ask()
    with pytest.raises(HTTPError) as refused:
        get(live.url + path.replace("RUN", viewer.run))
    assert refused.value.code == 400


@pytest.mark.parametrize("path", ["/../app.py", "/%2e%2e/app.py", "//etc/passwd"])
def test_nothing_outside_the_page_s_own_files_is_served(live: LiveView, showing: Showing, path: str) -> None:
    del showing
    line = http.client.HTTPConnection("127.0.0.1", port_of(live.url), timeout=30)
    line.request("GET", path)
    assert line.getresponse().status == 404


@pytest.mark.parametrize("file", sorted(STATIC.iterdir()), ids=lambda file: file.name)
def test_the_page_asks_no_other_place_for_anything(file: Path) -> None:
    addresses = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert "//" not in addresses.replace("// ", ""), "an address of another place"


def test_a_port_in_use_is_said_with_its_cure(live: LiveView) -> None:
    with pytest.raises(UsageError, match=f"--serve {port_of(live.url)}: address already in use; .*--serve 0"):
        open_live_view("127.0.0.1", port_of(live.url))


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(UsageError, match=r"--serve-on 192\.0\.2\.1 .*give an address of this machine"):
        open_live_view("192.0.2.1", 0)


def test_on_every_address_any_of_them_may_be_asked_for_but_no_foreign_name() -> None:
    door = open_door("0.0.0.0", 0)  # noqa: S104 - that is the case
    with door.listener:
        assert not door.local
        assert door.known("192.168.1.20")
        assert door.known(socket.gethostname().lower())
        assert not door.known("evil.example")
        assert "0.0.0.0" not in door.url  # noqa: S104 - as above
