"""A simulated GPIO chip: what the kernel's character device does with its lines. The world drives the inputs.

A line is held by one holder at most; an output goes off when its holder lets go. Every edge is kept with its time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from edge.ports import Edge


@dataclass(frozen=True, slots=True)
class Seen:
    """An edge on a line, and why: `set` by its holder, `released` when that let go, `driven` by the world."""

    line: str
    edge: Edge
    why: str


@dataclass(slots=True)
class _Line:
    """`on` is the level, `told` what an input's holder knows; `since_ns`: the level is as it is since then."""

    on: bool = False
    holder: object | None = None
    output: bool = False
    told: bool = False
    debounce_ns: int = 0
    since_ns: int = 0


@dataclass(slots=True)
class Chip:
    """Lines by name; any name will do. Time is passed in."""

    edges: list[Seen] = field(default_factory=list)
    _lines: dict[str, _Line] = field(default_factory=dict)

    def hold(self, name: str, holder: object, now_ns: int, *, output: bool, debounce_s: float = 0.0) -> bool:
        """Give a line to `holder`, an output off; False when somebody has it."""
        line = self._lines.setdefault(name, _Line())
        if line.holder is not None:
            return False
        line.holder, line.output, line.debounce_ns = holder, output, round(debounce_s * 1e9)
        line.told = line.on
        if output:
            self._put(name, "set", now_ns, on=False)
        return True

    def set(self, name: str, now_ns: int, *, on: bool) -> None:
        """Set a held output."""
        self._put(name, "set", now_ns, on=on)

    def drive(self, name: str, now_ns: int, *, on: bool) -> None:
        """Let the world put an input on or off; an output is its holder's."""
        line = self._lines.setdefault(name, _Line())
        if not line.output:
            self._put(name, "driven", now_ns, on=on)

    def release(self, holder: object, now_ns: int) -> None:
        """Take back every line of a holder that let go or died; outputs go off."""
        for name, line in self._lines.items():
            if line.holder is holder:
                if line.output:
                    self._put(name, "released", now_ns, on=False)
                line.holder, line.output = None, False

    def settled(self, now_ns: int) -> list[tuple[object, Edge]]:
        """Return the edges of held inputs that have lasted, each with the holder to be told."""
        told = []
        for line in self._lines.values():
            if line.holder is not None and not line.output and line.on is not line.told and _due(line) <= now_ns:
                line.told = line.on
                told.append((line.holder, Edge(line.on, line.since_ns)))
        return told

    def due_ns(self) -> int | None:
        """Return when the next edge will have lasted, None when there is none."""
        waiting = (line for line in self._lines.values() if line.holder is not None and not line.output)
        return min((_due(line) for line in waiting if line.on is not line.told), default=None)

    def level(self, name: str) -> tuple[bool, bool]:
        """Return whether a line is on, and whether it is held."""
        line = self._lines.get(name, _Line())
        return line.on, line.holder is not None

    def _put(self, name: str, why: str, now_ns: int, *, on: bool) -> None:
        line = self._lines[name]
        if line.on is not on:
            line.on, line.since_ns = on, now_ns
            self.edges.append(Seen(name, Edge(on, now_ns), why))


def _due(line: _Line) -> int:
    return line.since_ns + line.debounce_ns
