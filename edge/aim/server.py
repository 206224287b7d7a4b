"""The HTTP server in a thread of its own, which gives way to the analysis."""

from __future__ import annotations

import logging
import os
import threading

import uvicorn
from starlette.types import ASGIApp

from edge.aim.door import Door

NICENESS = 10
"""Pages are served with what processor time the analysis leaves."""
FLUSH_S = 1
"""How long the last answers may take to leave."""
STOP_S = 5.0
"""How long to wait for the server's end: it is bounded, and nothing of the analysis depends on it."""
MOST_CONNECTIONS = 64


class PageServer:
    """Serves `app` behind `door` from `start` to `stop`."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._door = door
        # The same protocol and loop wherever it runs, whatever else is installed there.
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=FLUSH_S,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="live view", daemon=True)

    def start(self) -> None:
        """Begin to answer; who has connected since the door was opened is answered now."""
        self._thread.start()

    def stop(self) -> None:
        """Send what is under way and close every connection."""
        # A viewer that does not read is cut off: no news worth a line.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._server.should_exit = True
        self._thread.join(STOP_S)

    def _run(self) -> None:
        # On Linux this is a thread's own, and the threads it starts inherit it.
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
        self._server.run([self._door.listener])
