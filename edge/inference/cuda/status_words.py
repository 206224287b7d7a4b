"""Names of statuses, of which pycuda tells the driver's words alone: `cuMemAlloc failed: out of memory`."""

from __future__ import annotations

import ctypes
from typing import Any

HIGHEST = 1000
"""Statuses are numbered below this; the last is CUDA_ERROR_UNKNOWN, 999 (cuda.h)."""


class StatusWords:
    """Asks the driver itself which of its statuses are told with which words, once, when it is needed first."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._names: dict[str, str] = {}

    def name(self, status: int) -> str:
        """Return the name of a status by its number."""
        return self._text("cuGetErrorName", status) or f"status {status}"

    def told_by(self, failed: Exception) -> tuple[str, str]:
        """Return which driver call failed and the name of its status; the words where no status is told with them.

        The text is `CALL failed: WORDS`, with ` - MORE` behind it where pycuda has something to add.
        """
        call, _, words = str(failed).partition(" failed: ")
        if not self._names:
            self._names = self._asked()
        status = self._names.get(words) or self._names.get(words.partition(" - ")[0])
        return call or "CUDA", status or words or type(failed).__name__

    def _asked(self) -> dict[str, str]:
        every = ((self._text("cuGetErrorString", n), self._text("cuGetErrorName", n)) for n in range(1, HIGHEST))
        return {words: name for words, name in every if words and name}

    def _text(self, ask: str, status: int) -> str:
        text = ctypes.c_char_p()
        failed = getattr(self._library, ask)(status, ctypes.byref(text))
        return "" if failed or text.value is None else text.value.decode()
