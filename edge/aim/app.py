"""The live view's addresses: `/` and its files, `/site` once, `/next` again and again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from edge.aim.guard import Guard
from edge.aim.mailbox import Mailbox
from edge.aim.page import Messages, SiteShown
from edge.aim.viewers import MOST, Viewers

STATIC = Path(__file__).parent / "static"
WAIT_S = 2.0
"""How long a page waits for news before it is told that there are none."""
LONGEST_NAME = 40


class LivePages:
    """Answers pages. `/next` waits in a thread of its own, so a page gets a shot when it asks and not before."""

    def __init__(self, site: SiteShown, mailbox: Mailbox, viewers: Viewers, messages: Messages) -> None:
        self._site = msgspec.json.encode(site)
        self._mailbox = mailbox
        self._viewers = viewers
        self._messages = messages

    def site(self, request: Request) -> Response:
        """Answer with what stays as it is."""
        del request
        return Response(self._site, media_type="application/json")

    def next(self, request: Request) -> Response:
        """Answer with the newest shot above `after` and the events above `event`, or with 204 when nothing is new."""
        asked = request.query_params
        viewer = asked.get("viewer", "")[:LONGEST_NAME]
        ours = asked.get("run") == self._messages.run  # numbers of another life of this server mean nothing here
        after, event = (_number(asked.get(name, "0")) if ours else 0 for name in ("after", "event"))
        if not self._viewers.ask(viewer):
            raise HTTPException(503, f"there are {MOST} viewers already; close one")
        self._messages.wait_for_turn()
        shot = self._mailbox.newer(after, WAIT_S)
        if shot is None:
            return Response(status_code=204)
        body = self._messages.message(shot, event)
        if shot.ended:
            self._viewers.told(viewer)
        return Response(body, media_type="application/octet-stream")


def make_app(pages: LivePages, known: Callable[[str], bool]) -> Starlette:
    """Return the app; `known` tells by which host names it may be called."""
    routes = [
        Route("/site", pages.site),
        Route("/next", pages.next),
        Mount("/", StaticFiles(directory=STATIC, html=True)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, known=known)])


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise HTTPException(400, "a number is wanted")
    return int(text)
