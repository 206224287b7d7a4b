"""The small local pages of a device: the live view of `edge watch --serve`, and the board of `edge aim`.

Only this package knows starlette, uvicorn and tomlkit. An analysis reaches its viewers through one slot with the
newest shot: putting one there is a swap under a lock, and whatever a page costs is paid by the thread that serves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.aim.live import LiveView
    from edge.aim.served import ServedBoard


def open_live_view(address: str, port: int) -> LiveView:
    """Return a live view whose port is taken and that serves nothing yet; `port` 0 takes a free one.

    Raises:
        UsageError: the web extra is not installed, the port is in use, or the address is none of this machine.
    """
    try:
        from edge.aim.live import LiveView  # noqa: PLC0415 - an extra that only a page needs
    except ModuleNotFoundError as error:
        raise UsageError(f"--serve: needs {error.name}, which is not installed: pip install edge-gate[web]") from None
    return LiveView(address, port)


def open_board(address: str, port: int) -> ServedBoard:
    """Return where a board will be served, its port taken; `port` 0 takes a free one.

    Raises:
        UsageError: as `open_live_view`.
    """
    try:
        from edge.aim.served import ServedBoard  # noqa: PLC0415 - an extra that only a page needs
    except ModuleNotFoundError as error:
        raise UsageError(f"aim: needs {error.name}, which is not installed: pip install edge-gate[web]") from None
    return ServedBoard(address, port)
