"""Errors a caller can act on, and the exit code each one ends a command with.

A message is one line that names the place, the cause and the cure: it is printed as it stands, without a traceback.
"""

from __future__ import annotations

from typing import ClassVar


class EdgeError(Exception):
    """Root of every error this product raises on purpose."""

    exit_code: ClassVar[int] = 1


class UsageError(EdgeError):
    """The command line asks for something that cannot be done."""

    exit_code = 2


class ConfigError(EdgeError):
    """The configuration, a source address or a model card is wrong; trying again cannot help."""

    exit_code = 2


class SourceLost(EdgeError):
    """A source cannot be reached or stopped delivering; trying again with back-off may help."""

    exit_code = 3


class SourceStalled(SourceLost):
    """A connection is open and nothing comes over it."""


class SourceRefused(SourceLost):
    """The camera answers and says no (wrong password, no right to it); trying again quickly would lock the account."""


class SourceEnded(EdgeError):
    """A finite source has delivered its last frame. Not a failure."""

    exit_code = 0


class SourceCut(SourceEnded):
    """A file ended before the end it announces, or parts of it were too damaged to show."""

    exit_code = 3


class SourceBroken(EdgeError):
    """A file or stream that cannot be decoded at all; trying again cannot help."""

    exit_code = 3


class ModelError(EdgeError):
    """A model file or card that is missing, damaged or does not agree with the other."""

    exit_code = 4


class EngineFailed(EdgeError):
    """An engine gave no answer. Never reported as an empty one: a dead engine must not look like an empty road."""

    exit_code = 4


class EngineLost(EngineFailed):
    """The device under an engine is lost to this process for good; another process may have it again."""


class StoreFailed(EdgeError):
    """Events cannot be written or read: the disk is full, not writable or damaged."""

    exit_code = 5


class WireError(EdgeError, ValueError):
    """Bytes that are no event of ours, or a value that has no place on the wire; the message names the place."""

    exit_code = 5


class BrokerDown(EdgeError):
    """The broker is absent, refuses us or went away; the outbox keeps every row."""

    exit_code = 6


class BoomFailed(EdgeError):
    """The line to the boom cannot be held, set or read; whoever held it lets go, which turns it off."""

    exit_code = 7
