"""The live view of one analysis: what is analysed, as a page shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from edge.aim.app import LivePages, make_app
from edge.aim.door import open_door
from edge.aim.mailbox import Mailbox
from edge.aim.page import Messages, SiteShown
from edge.aim.reporter import Reporter
from edge.aim.server import PageServer
from edge.aim.viewers import Viewers
from edge.clock import SystemClock, make_id
from edge.config import Line
from edge.errors import EdgeError
from edge.pipeline import Step
from edge.ports import Frame, SourceSpec
from edge.types import CameraStatus, Event, Reading

if TYPE_CHECKING:
    from typing_extensions import Self  # in the standard library from 3.11 on

GOODBYE_S = 3.0
"""How long an analysis that has ended stays for viewers that do not know it yet."""


class Watched(Protocol):
    """What is needed of an analysis."""

    zone: tzinfo
    spec: SourceSpec
    size_wh: tuple[int, int]
    lines: tuple[Line, ...]
    detector: str

    @property
    def dropped(self) -> int: ...

    def read(self, track_id: int) -> Reading: ...


class Showing:
    """Puts what an analysis does into the mailbox. Called by the analysis' thread."""

    def __init__(self, watched: Watched, mailbox: Mailbox, viewers: Viewers) -> None:
        self._watched = watched
        self._mailbox = mailbox
        self._viewers = viewers
        self._reporter = Reporter(watched.read)
        self._frames = 0

    def add(self, frame: Frame, step: Step) -> None:
        """Show a frame and what it came to; waits for no viewer."""
        self._frames += step.frames
        self._put(step, frame=frame, frames=self._frames, dropped=self._watched.dropped)

    def finish(self, step: Step) -> None:
        """Show what became final after the last frame."""
        self._put(step)

    def _put(self, step: Step, **fields: object) -> None:
        marks = self._reporter.marks(step, watching=self._viewers.watching)
        self._mailbox.put(marks=marks, events=self._reporter.tell(step.events), **fields)


class LiveView:
    """A page that shows one analysis; a context manager that has its port at once and serves from `begin` on.

    Raises:
        UsageError: the port is in use, or the address is none of this machine.
    """

    def __init__(self, address: str, port: int) -> None:
        self._door = open_door(address, port)
        self._clock = SystemClock()
        self._mailbox = Mailbox()
        self._viewers = Viewers(self._clock)
        self._server: PageServer | None = None

    @property
    def url(self) -> str:
        """The address to open."""
        return self._door.url

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return self._door.local

    def say(self, camera: CameraStatus) -> None:
        """Show a camera's new state. May be called from any thread."""
        self._mailbox.put(camera=camera)

    def begin(self, title: str, watched: Watched, text_of: Callable[[Event], str]) -> Showing:
        """Open the page; `title` names the source, `text_of` says in words what an event is about."""
        run, spec = make_id(self._clock.wall_ns()), watched.spec
        about = f"{spec.codec} {spec.fps:g}/s by {spec.backend} · {watched.detector}"
        site = SiteShown(run, title, spec.live, about, watched.lines)
        pages = LivePages(site, self._mailbox, self._viewers, Messages(run, watched.zone, text_of))
        self._server = PageServer(make_app(pages, self._door.known), self._door)
        self._server.start()
        return Showing(watched, self._mailbox, self._viewers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is None:
            self._door.listener.close()
            return
        self._mailbox.put(ended=True, trouble=str(error) if isinstance(error, EdgeError) else "")
        self._viewers.wait_until_told(GOODBYE_S)
        self._server.stop()
