"""What an examination finds: one sentence each, and a cure for what is not well."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from edge.errors import EdgeError


class Level(enum.Enum):
    """How well it is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `said` is what was found, `cure` what to do, `exit_code` what a failure ends with."""

    subject: str
    level: Level
    said: str
    cure: str = ""
    exit_code: int = 0


def well(subject: str, said: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(subject, Level.OK, said)


def doubtful(subject: str, said: str, cure: str) -> Finding:
    """Return a finding that the product can live with."""
    return Finding(subject, Level.WARNING, said, cure)


def broken(subject: str, said: str, cure: str, exit_code: int = 1) -> Finding:
    """Return a finding that keeps a part of the product from working."""
    return Finding(subject, Level.FAILED, said, cure, exit_code)


def from_error(subject: str, error: EdgeError) -> tuple[Finding, ...]:
    """Return an error as findings, one a line; its lines already name their cure."""
    return tuple(Finding(subject, Level.FAILED, line, "", error.exit_code) for line in str(error).splitlines())


def verdict(findings: Sequence[Finding]) -> int:
    """Return the exit code: 0 when nothing failed, else that of the first failure."""
    return next((finding.exit_code for finding in findings if finding.level is Level.FAILED), 0)
