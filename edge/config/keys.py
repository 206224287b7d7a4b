"""How a configuration key is described, and how a table of keys is printed without its secrets."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from edge.config.masking import MASK, mask_uri


@dataclass(frozen=True, slots=True)
class About:
    """What is known of one key.

    `form` names the check of edge/config/forms.py that the value must pass, `each` the one that every element of a list
    must pass. `toml` is the key's name in the file where it differs from the field's (arrays of tables are singular
    there: `[[camera]]`). `reload=False`: a change takes effect only after a restart.
    """

    doc: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    secret: bool = False
    reload: bool = True
    form: str = ""
    each: str = ""
    toml: str = ""
    example: str = ""


def key(  # noqa: PLR0913 - one keyword for each thing that is known of a key
    doc: str,
    *,
    default: Any = ...,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    secret: bool = False,
    reload: bool = True,
    form: str = "",
    each: str = "",
    toml: str = "",
    example: str = "",
) -> Any:
    """Describe one configuration key; without `default` it must be given. The rest is told in `About`."""
    about = About(doc, unit, low, high, choices, secret, reload, form, each, toml, example)
    if default is ...:
        return field(metadata={"about": about})
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True, slots=True, repr=False)
class Section:
    """A table of the file. Printing one never shows a secret."""

    def __repr__(self) -> str:
        shown = (f"{part.name}={masked(getattr(self, part.name), part.metadata['about'])!r}" for part in fields(self))
        return f"{type(self).__name__}({', '.join(shown)})"


def masked(value: Any, about: About) -> Any:
    """Return `value` as it may be shown: secrets and the passwords inside addresses replaced; no text stays no text."""
    if about.secret:
        return MASK if value else value
    return mask_uri(value) if isinstance(value, str) else value
