"""Where each key of a TOML text stands: the standard parser gives values without lines, and a fitter needs the line."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""Keys and array positions from the root of the file to a value: `("camera", 0, "line", 1, "road")`."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\])*"'),
    re.compile(r"'[^']*'"),
)
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\]))')


def index_lines(text: str) -> Mapping[Path, int]:
    """Return the 1-based line of every table, key and array element of `text`, which must be valid TOML."""
    return _Scan(text).run()


def index_tables(text: str) -> tuple[tuple[Path, int], ...]:
    """Return path and 1-based line of every `[table]` and `[[table]]` header of valid TOML, from above to below."""
    scan = _Scan(text)
    scan.run()
    return tuple(scan.headers)


class _Scan:
    """One walk over the text. It trusts that a real parser has accepted it, so it only follows, and never judges."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._newlines = [place for place, char in enumerate(text) if char == "\n"]
        self._lines: dict[Path, int] = {(): 1}
        self._lengths: dict[Path, int] = {}
        self.headers: list[tuple[Path, int]] = []

    def run(self) -> Mapping[Path, int]:
        table: Path = ()
        while self._skip(_BLANK) < len(self._text):
            if self._peek("["):
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _header(self) -> Path:
        start = self._at
        is_array = self._text.startswith("[[", start)
        self._at += 2 if is_array else 1
        parts = self._dotted()
        self._skip(_SPACE)
        self._at += 2 if is_array else 1
        path: Path = ()
        for place, part in enumerate(parts):
            path = (*path, part)
            self._note(path, start)
            if is_array and place == len(parts) - 1:
                self._lengths[path] = self._lengths.get(path, 0) + 1
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
                self._note(path, start)
        self._lines[path] = self._line(start)
        self.headers.append((path, self._line(start)))
        return path

    def _pair(self, table: Path) -> None:
        start = self._at
        path = table
        for part in self._dotted():
            path = (*path, part)
            self._note(path, start)
        self._skip(_SPACE)
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip(_SPACE)
        if self._peek("["):
            self._items(path, "]")
        elif self._peek("{"):
            self._items(path, "}")
        elif self._peek('"', "'"):
            self._string()
        else:
            self._skip(_SCALAR)

    def _items(self, path: Path, closing: str) -> None:
        self._at += 1
        place = 0
        while self._skip(_BLANK) < len(self._text) and not self._peek(closing):
            if closing == "]":
                self._note((*path, place), self._at)
                self._value((*path, place))
                place += 1
            else:
                self._pair(path)
            self._skip(_BLANK)
            if self._peek(","):
                self._at += 1
        self._at += 1

    def _dotted(self) -> list[str]:
        parts = []
        while True:
            self._skip(_SPACE)
            parts.append(self._name())
            self._skip(_SPACE)
            if not self._peek("."):
                return parts
            self._at += 1

    def _name(self) -> str:
        if self._peek('"'):
            return _ESCAPE.sub(_unescape, self._string()[1:-1])
        if self._peek("'"):
            return self._string()[1:-1]
        start = self._at
        self._skip(_BARE)
        # A stray byte cannot occur in valid TOML; stepping over it keeps the walk finite all the same.
        self._at = max(self._at, start + 1)
        return self._text[start : self._at]

    def _string(self) -> str:
        for shape in _STRINGS:
            found = shape.match(self._text, self._at)
            if found:
                self._at = found.end()
                return found[0]
        self._at += 1
        return ""

    def _skip(self, shape: re.Pattern[str]) -> int:
        found = shape.match(self._text, self._at)
        if found:
            self._at = found.end()
        return self._at

    def _peek(self, *starts: str) -> bool:
        return self._text.startswith(starts, self._at)

    def _note(self, path: Path, place: int) -> None:
        self._lines.setdefault(path, self._line(place))

    def _line(self, place: int) -> int:
        return bisect_right(self._newlines, place - 1) + 1


def _unescape(found: re.Match[str]) -> str:
    return chr(int(found[1] or found[2], 16)) if found[1] or found[2] else found[3]
