"""The board: the page of `edge aim`, on which a fitter draws on a camera's picture and sees what it is worth."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import msgspec
import numpy as np
from msgspec import Struct
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from edge.aim.app import STATIC
from edge.aim.drawing import Drawing
from edge.aim.guard import Guard, Keyed
from edge.aim.keeping import ChangedMeanwhile, ConfigKeeper, Kept
from edge.aim.score import Score
from edge.config import Camera
from edge.errors import ConfigError, EdgeError, UsageError
from edge.types import U8
from edge.vision.overlays import Overlay, overlays

BOARD = Path(__file__).parent / "sheet"
QUALITY = 90


class Eyes(Protocol):
    """The camera, as the product captures it. `source`: its address as it may be shown."""

    source: str

    def snapshots(self, camera: Camera) -> Sequence[U8]:
        """Return pictures (H,W,3) uint8 RGB over some seconds, at least one. Raises EdgeError when there is none."""
        ...

    def measure(self, by_hand: Mapping[str, float]) -> Score:
        """Look for a while and judge what was seen. Raises EdgeError."""
        ...


class BoardShown(Struct, frozen=True):
    """What the page draws. `proposed`: burnt-in texts that no mask covers yet, as name and box in 0..1."""

    camera: str
    source: str
    file: str
    size: tuple[int, int]
    revision: str
    drawing: Drawing
    proposed: tuple[tuple[str, tuple[float, float, float, float]], ...]


class Save(Struct, frozen=True):
    """The page's word: this drawing, made on what `revision` held."""

    revision: str
    drawing: Drawing


class Saved(Struct, frozen=True):
    """The answer: the new revision, what the file says now, and what the service made of it."""

    revision: str
    drawing: Drawing
    told: str


class Measure(Struct, frozen=True):
    """The page asks for a look; `by_hand`: line id -> plate width in px that the fitter marked."""

    by_hand: dict[str, float] = {}


class Measured(Struct, frozen=True):
    """How far a look has come: `trouble` says why it failed."""

    running: bool
    score: Score | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class _View:
    """The snapshot that is drawn on."""

    picture: U8
    texts: tuple[Overlay, ...]


class Board:
    """Answers the page. Requests come in threads of their own.

    Raises:
        EdgeError: the camera gives no picture.
    """

    def __init__(self, keeper: ConfigKeeper, eyes: Eyes, told: Callable[[Kept], str]) -> None:
        self._keeper = keeper
        self._eyes = eyes
        self._told = told
        self._saving = threading.Lock()
        self._looking = threading.Lock()
        self._measured = Measured(running=False)
        self._view = self._look()

    @property
    def picture(self) -> U8:
        """The snapshot (H,W,3) uint8 RGB, without masks: they are drawn on it."""
        return self._view.picture

    def show(self, request: Request) -> Response:
        """Answer with all but the picture."""
        del request
        return _json(self._shown())

    def jpeg(self, request: Request) -> Response:
        """Answer with the snapshot."""
        del request
        bgr = cv2.cvtColor(self._view.picture, cv2.COLOR_RGB2BGR)
        _, coded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        return Response(coded.tobytes(), media_type="image/jpeg")

    def retake(self, request: Request) -> Response:
        """Take another snapshot and answer as `show`."""
        del request
        if not self._looking.acquire(blocking=False):
            return PlainTextResponse("a look is under way; wait for its end\n", 409)
        try:
            self._view = self._look()
        finally:
            self._looking.release()
        return _json(self._shown())

    def save(self, wanted: Save) -> Response:
        """Write the drawing into the file, and tell what the service made of it."""
        with self._saving:
            try:
                kept = self._keeper.save(wanted.drawing, wanted.revision)
            except ChangedMeanwhile as error:
                return PlainTextResponse(str(error), 409)
            except ConfigError as error:
                return PlainTextResponse(str(error), 422)
            return _json(Saved(kept.revision, kept.drawing, self._told(kept)))

    def measure(self, asked: Measure) -> Response:
        """Begin a look, unless one is under way."""
        if self._looking.acquire(blocking=False):
            self._measured = Measured(running=True)
            threading.Thread(target=self._measure, args=(asked.by_hand,), name="look", daemon=True).start()
        return _json(self._measured)

    def measured(self, request: Request) -> Response:
        """Answer how far the look has come."""
        del request
        return _json(self._measured)

    def _measure(self, by_hand: Mapping[str, float]) -> None:
        try:
            self._measured = Measured(running=False, score=self._eyes.measure(by_hand))
        except EdgeError as error:
            self._measured = Measured(running=False, trouble=str(error))
        finally:
            self._looking.release()

    def _look(self) -> _View:
        pictures = self._eyes.snapshots(self._keeper.read().camera)
        return _View(pictures[-1], overlays(pictures))

    def _shown(self) -> BoardShown:
        kept, view = self._keeper.read(), self._view
        height, width = view.picture.shape[:2]
        proposed = [text for text in view.texts if not _covered(text, kept.camera, (width, height))]
        return BoardShown(
            camera=kept.camera.id,
            source=self._eyes.source,
            file=str(self._keeper.path),
            size=(width, height),
            revision=kept.revision,
            drawing=kept.drawing,
            proposed=tuple(("clock" if text.changes else "name", text.box) for text in proposed),
        )


def make_board_app(board: Board, known: Callable[[str], bool], key: str) -> Starlette:
    """Return the app; `known` tells by which host names it may be called, `key` who may see and change."""
    keyed = Starlette(
        routes=[
            Route("/board", board.show),
            Route("/picture", board.jpeg),
            Route("/retake", board.retake, methods=["POST"]),
            Route("/save", _post(Save, board.save), methods=["POST"]),
            Route("/measure", _post(Measure, board.measure), methods=["POST"]),
            Route("/measured", board.measured),
        ],
        middleware=[Middleware(Keyed, key=key)],
        exception_handlers={EdgeError: _failed},
    )
    routes = [
        Mount("/keyed", keyed),
        Mount("/base", StaticFiles(directory=STATIC)),
        Mount("/", StaticFiles(directory=BOARD, html=True)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, known=known, methods=("GET", "POST"))])


def _post(kind: type[Struct], answer: Callable[..., Response]) -> Callable[..., object]:
    async def take(request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await request.body(), type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return PlainTextResponse(f"{error}\n", 400)
        return await run_in_threadpool(answer, asked)

    return take


def _failed(request: Request, error: Exception) -> Response:
    del request
    return PlainTextResponse(str(error), 409 if isinstance(error, UsageError) else 502)


def _json(shown: Struct) -> Response:
    return Response(msgspec.json.encode(shown), media_type="application/json")


def _covered(text: Overlay, camera: Camera, size_wh: tuple[int, int]) -> bool:
    """Say whether the masks hide most of a text already."""
    width, height = size_wh
    hidden = np.zeros((height, width), np.uint8)
    for mask in camera.masks:
        cv2.fillPoly(hidden, [np.rint(np.asarray(mask.polygon) * size_wh).astype(np.int32)], 1)
    x1, y1, x2, y2 = (round(side * whole) for side, whole in zip(text.box, (width, height) * 2, strict=True))
    place = hidden[y1:y2, x1:x2]
    return bool(place.size) and float(place.mean()) > 0.5  # noqa: PLR2004 - most of it
