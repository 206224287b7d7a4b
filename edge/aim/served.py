"""Where the board is served: its port, its key, its server."""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import TYPE_CHECKING

import tomlkit  # noqa: F401 - what saving needs is missed before anything is drawn

from edge.aim.board import Board, make_board_app
from edge.aim.door import open_door
from edge.aim.server import PageServer

if TYPE_CHECKING:
    from typing_extensions import Self  # in the standard library from 3.11 on


class ServedBoard:
    """A context manager that has its port at once and serves a board from `serve` on.

    The key stands behind the `#` of the address: a browser sends that part to nobody.

    Raises:
        UsageError: the port is in use, or the address is none of this machine.
    """

    def __init__(self, address: str, port: int) -> None:
        self._door = open_door(address, port, "--serve-on", "--port")
        self._key = secrets.token_urlsafe(18)
        self._server: PageServer | None = None

    @property
    def url(self) -> str:
        """The address to open, with the key."""
        return f"{self._door.url}#{self._key}"

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return self._door.local

    def serve(self, board: Board) -> None:
        """Begin to answer."""
        self._server = PageServer(make_board_app(board, self._door.known, self._key), self._door)
        self._server.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is None:
            self._door.listener.close()
        else:
            self._server.stop()
