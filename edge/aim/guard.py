"""Stands before every page: only under the address served, nothing for other sites to take, and only reads.

Who may change something has a key and comes from the page itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
MOST_BYTES = 262_144
"""Longest body of a POST."""


class Guard:
    """Wraps an app. A foreign name in Host is a page elsewhere that had its name lead here (DNS rebinding).

    Args:
        app: what is guarded.
        known: tells whether a host name, without its port, is one that this server is meant to be called by.
        methods: what may be asked.
    """

    def __init__(self, app: ASGIApp, known: Callable[[str], bool], methods: tuple[str, ...] = ("GET",)) -> None:
        self._app = app
        self._known = known
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        answer = self._refusal(scope) or self._app
        await answer(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        if not self._known(host_name(Headers(scope=scope).get("host", ""))):
            return PlainTextResponse("not served under this name; open the address that was printed\n", 421)
        if scope["method"] not in self._methods:
            allowed = ", ".join(self._methods)
            return PlainTextResponse(f"only {allowed}\n", 405, {"Allow": allowed})
        return None


class Keyed:
    """Wraps what may be seen and changed with a key only. Stands behind Guard.

    Another site can neither read the key nor send its header; a POST must come from the page served here, as JSON.
    """

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._refusal(scope) or self._app
        await answer(scope, receive, send)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if not secrets.compare_digest(headers.get("x-key", "").encode(), self._key.encode()):
            return PlainTextResponse("the key is missing or of another run; open the address that was printed\n", 403)
        if scope["method"] == "GET":
            return None
        if headers.get("origin") != f"http://{headers.get('host', '')}":
            return PlainTextResponse("only the page served here may change anything\n", 403)
        if headers.get("content-type") != "application/json":
            return PlainTextResponse("JSON is wanted\n", 415)
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return PlainTextResponse(f"at most {MOST_BYTES} bytes\n", 413)
        return None


def host_name(header: str) -> str:
    """Return the name in a Host header, without port and brackets, in lower case."""
    name = header.lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0]
