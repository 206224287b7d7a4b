"""The small local pages of a device: so far the live view of `edge watch --serve`.

Only this package knows starlette and uvicorn. An analysis reaches its viewers through one slot with the newest shot:
putting one there is a swap under a lock, and whatever a page costs is paid by the thread that serves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.aim.live import LiveView


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
