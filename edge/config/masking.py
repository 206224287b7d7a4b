"""Secrets never reach a log, a message or a screen: addresses keep their shape and lose their passwords."""

from __future__ import annotations

import re

MASK = "***"

# The last @ before the path ends the credentials: fitters do type passwords that hold an @.
_CREDENTIALS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?P<login>[^/?#\s]*)@")
_TOKEN = re.compile(
    r"(?P<name>[?&;](?:[a-z0-9_.-]*(?:pass|pwd|token|secret|auth|sig|key)[a-z0-9_.-]*))=[^&;#\s]*", re.IGNORECASE
)


def mask_uri(text: str) -> str:
    """Return `text` with every password and token inside its addresses replaced by `***`; other text stays as it is."""
    return _TOKEN.sub(rf"\g<name>={MASK}", _CREDENTIALS.sub(_mask_login, text))


def _mask_login(found: re.Match[str]) -> str:
    user, colon, _ = found["login"].partition(":")
    return f"{found['scheme']}{user}:{MASK}@" if colon else f"{found['scheme']}{MASK}@"
