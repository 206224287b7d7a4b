"""The board's addresses: what may be asked by whom, what is told, and what never leaves."""

from __future__ import annotations

import http.client
import json
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest

from edge.aim import open_board
from edge.aim.board import BOARD, Board
from edge.aim.keeping import ConfigKeeper
from edge.aim.score import Mark, Score
from edge.config import Camera
from edge.errors import SourceLost
from edge.types import U8

SAMPLE = Path(__file__).parents[2] / "deploy/config/edge.toml"
SECRET = "swordfish"  # noqa: S105 - what must not be told


@dataclass
class Still:
    """A camera that shows a clock on gray, and a look that waits to be let go."""

    source: str = "rtsp://viewer:***@192.0.2.10/stream1"
    taken: int = 0
    broken: bool = False
    hold: threading.Event = field(default_factory=threading.Event)
    asked: list[Mapping[str, float]] = field(default_factory=list)

    def snapshots(self, camera: Camera) -> Sequence[U8]:
        assert camera.id == "gate"
        self.taken += 1
        return [clock(second) for second in range(4)]

    def measure(self, by_hand: Mapping[str, float]) -> Score:
        self.asked.append(by_hand)
        assert self.hold.wait(30)
        if self.broken:
            raise SourceLost("rtsp://192.0.2.10: no answer")
        mark = Mark("plate", "main-line", "fail", 48.0, "70 px", "plates are 48 px wide")
        return Score("gate", passed=False, seconds=30.0, vehicles=2, mode="day", marks=(mark,))


def clock(second: int) -> U8:
    picture = np.full((360, 640, 3), 90, np.uint8)
    cv2.rectangle(picture, (0, 0), (330, 34), (0, 0, 0), cv2.FILLED)
    cv2.putText(
        picture, f"2026-03-04 17:59:1{second}", (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255,) * 3, 1, cv2.LINE_AA
    )
    return picture


@dataclass
class Client:
    """Asks as the page does; headers given as None are left out."""

    url: str

    def ask(self, path: str, body: Any = None, method: str | None = None, **headers: str | None) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        given = {"X-Key": parts.fragment, "Origin": f"http://{parts.netloc}", "Content-Type": "application/json"}
        given |= {name.replace("_", "-").title(): value for name, value in headers.items()}  # type: ignore[misc]
        line = http.client.HTTPConnection(parts.netloc, timeout=30)
        payload = None if body is None else json.dumps(body)
        line.request(
            method or ("GET" if body is None else "POST"),
            path,
            payload,
            {name: value for name, value in given.items() if value is not None},
        )
        with closing(line):
            reply = line.getresponse()
            return reply.status, reply.read()

    def board(self) -> Any:
        return json.loads(self.ask("/keyed/board")[1])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = Path(shutil.copy(SAMPLE, tmp_path / "edge.toml"))
    source = f"rtsp://viewer:{SECRET}@192.0.2.10/stream1"
    path.write_text(path.read_text().replace('source = "test://gate"', f'source = "{source}"'))
    return path


@pytest.fixture
def still() -> Still:
    return Still()


@pytest.fixture
def client(path: Path, still: Still) -> Iterator[Client]:
    with open_board("127.0.0.1", 0) as served:
        served.serve(Board(ConfigKeeper(path, "gate"), still, lambda kept: f"told of {kept.revision[:4]}"))
        yield Client(served.url)
        still.hold.set()


def test_the_board_tells_what_is_drawn_and_proposes_the_clock_as_a_mask(client: Client) -> None:
    board = client.board()
    assert (board["camera"], board["size"]) == ("gate", [640, 360])
    assert [line["id"] for line in board["drawing"]["lines"]] == ["main-line", "side-line"]
    [(name, box)] = board["proposed"]
    assert name == "clock"
    assert box[3] < 0.15
    status, jpeg = client.ask("/keyed/picture")
    assert (status, jpeg[:2]) == (200, b"\xff\xd8")


def test_what_is_saved_stands_in_the_file_and_the_service_s_word_is_told(client: Client, path: Path) -> None:
    board = client.board()
    x1, y1, x2, y2 = board["proposed"][0][1]
    mask = {"id": "clock", "polygon": [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]}
    drawing = board["drawing"] | {"masks": [mask]}
    status, body = client.ask("/keyed/save", {"revision": board["revision"], "drawing": drawing})
    assert status == 200, body
    saved = json.loads(body)
    assert saved["told"] == f"told of {saved['revision'][:4]}"
    assert 'id = "clock"' in path.read_text()
    assert client.board()["proposed"] == [], "what is masked is not proposed again"


def test_a_wrong_drawing_is_answered_with_the_loader_s_words(client: Client, path: Path) -> None:
    board, before = client.board(), path.read_text()
    drawing = board["drawing"] | {"roads": []}
    status, body = client.ask("/keyed/save", {"revision": board["revision"], "drawing": drawing})
    assert status == 422
    assert b"road 'main' does not exist" in body
    assert path.read_text() == before


def test_a_file_changed_meanwhile_is_a_conflict(client: Client, path: Path) -> None:
    board = client.board()
    path.write_text(path.read_text() + "# mine\n")
    status, body = client.ask("/keyed/save", {"revision": board["revision"], "drawing": board["drawing"]})
    assert status == 409
    assert b"changed by somebody else" in body


def test_no_password_is_in_anything_the_page_gets(client: Client) -> None:
    pages = [
        client.ask(f"/{name}")[1] for name in ("", "board.js", "sheet.js", "board.css", "keyed/board", "keyed/measured")
    ]
    assert not [page for page in pages if SECRET.encode() in page]


@pytest.mark.parametrize("key", [None, "another", "é"])
@pytest.mark.parametrize("address", ["/keyed/board", "/keyed/picture", "/keyed/measured"])
def test_without_the_key_nothing_is_shown(client: Client, address: str, key: str | None) -> None:
    assert client.ask(address, X_Key=key)[0] == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_Key": None}, 403),
        ({"Origin": None}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Host": "evil.example"}, 421),
    ],
)
def test_only_the_page_itself_may_change_anything(
    client: Client, path: Path, headers: dict[str, str | None], status: int
) -> None:
    board, before = client.board(), path.read_text()
    drawing = board["drawing"] | {"masks": [{"id": "m", "polygon": [[0, 0], [1, 0], [1, 1]]}]}
    assert client.ask("/keyed/save", {"revision": board["revision"], "drawing": drawing}, **headers)[0] == status
    assert path.read_text() == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    assert client.ask("/keyed/board", method=method)[0] == 405


@pytest.mark.parametrize(
    "body", ["no drawing", {"revision": 1}, {"revision": "", "drawing": {"lines": [{"id": "a" * 65}]}}]
)
def test_what_is_no_drawing_is_refused(client: Client, body: object) -> None:
    assert client.ask("/keyed/save", body)[0] == 400


def test_a_body_without_end_is_refused(client: Client) -> None:
    assert client.ask("/keyed/save", "x" * 300_000)[0] == 413


def test_a_look_runs_once_at_a_time_and_its_score_is_told(client: Client, still: Still) -> None:
    assert json.loads(client.ask("/keyed/measure", {"by_hand": {"main-line": 48.0}})[1])["running"]
    client.ask("/keyed/measure", {})
    assert client.ask("/keyed/retake", {})[0] == 409, "two looks at once"
    still.hold.set()
    told = {"running": True}
    while told["running"]:
        told = json.loads(client.ask("/keyed/measured")[1])
    assert told["score"]["marks"][0]["state"] == "fail"  # type: ignore[index]
    assert still.asked == [{"main-line": 48.0}]
    assert client.ask("/keyed/retake", {})[0] == 200
    assert still.taken == 2


def test_a_look_that_fails_says_why_and_can_be_repeated(client: Client, still: Still) -> None:
    still.broken = True
    still.hold.set()
    for _ in range(2):
        client.ask("/keyed/measure", {})
        told = {"running": True}
        while told["running"]:
            told = json.loads(client.ask("/keyed/measured")[1])
        assert told == {"running": False, "score": None, "trouble": "rtsp://192.0.2.10: no answer"}
    assert len(still.asked) == 2


@pytest.mark.parametrize("file", sorted(BOARD.iterdir()), ids=lambda file: file.name)
def test_the_page_asks_no_other_place_for_anything(file: Path) -> None:
    addresses = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert "//" not in addresses.replace("// ", ""), "an address of another place"
