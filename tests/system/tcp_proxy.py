"""A TCP proxy that makes a link bad on purpose: delay, a slow line, a cut, a half-open connection."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any

_CHUNK = 4096


class TcpProxy:
    """Listens on a free loopback port and forwards to another one, from a thread of its own. Settings act at once.

    `delay_s` is added to every chunk each way, `bytes_per_s` (0: no limit) slows each direction, `frozen` keeps every
    connection open and lets nothing through, as a dead link without a word does.
    """

    def __init__(self, target_port: int) -> None:
        self.delay_s = 0.0
        self.bytes_per_s = 0.0
        self.frozen = False
        self.port = 0
        self.connections = 0
        self._target_port = target_port
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tcp-proxy", daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> TcpProxy:  # noqa: PYI034 - typing has Self from 3.11 on
        """Start listening."""
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everything."""
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Reset every connection; new ones are welcome."""
        self._call(self._cut())

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        await self._cut()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, near_reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            near.transport.abort()
            return
        self._writers |= {near, far}
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(self._pipe(near_reader, far), self._pipe(far_reader, near))
        finally:
            self._writers -= {near, far}
            near.close()
            far.close()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                while self.frozen:  # noqa: ASYNC110 - set from another thread, where an asyncio.Event cannot be
                    await asyncio.sleep(0.01)
                await asyncio.sleep(self.delay_s + (len(chunk) / self.bytes_per_s if self.bytes_per_s else 0.0))
                writer.write(chunk)
                await writer.drain()
        writer.close()
