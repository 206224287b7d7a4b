"""The key that hides unknown plates: a file of its own, so that whoever takes the database has hashes alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from edge.errors import ConfigError

KEY_FILE = "site.key"
"""Its name beside the store."""
_BYTES = 32
_OWNER_ONLY = 0o600


def fresh_key() -> bytes:
    """Return a new key, kept nowhere."""
    return secrets.token_bytes(_BYTES)


def site_key(path: Path) -> bytes:
    """Return the key that the file holds in hex; a missing file is made, readable by its owner alone.

    Raises:
        ConfigError: it cannot be read or made, others may read it, or it holds no key. The message never shows one.
    """
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"{path}: others may read this key; chmod 600 it, or give the site a new one")
        key = bytes.fromhex(path.read_text("ascii"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; the service's user must be able to read or make it") from None
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise ConfigError(f"{path}: holds no key of {2 * _BYTES} hex digits; restore it, or remove it for a new one")
    return key


def _make(path: Path) -> None:
    """Write a key that is whole as soon as the file is there: a power cut must not leave half of one."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _OWNER_ONLY)
    try:
        os.write(descriptor, fresh_key().hex().encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    partial.replace(path)
