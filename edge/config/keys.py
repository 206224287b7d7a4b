"""How a configuration key is described, and how a table of keys is printed without its secrets."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import Any, get_args, get_origin, get_type_hints

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


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a section: its Python name and type, its name in the file, and what is known of it."""

    name: str
    toml: str
    kind: Any
    about: About
    default: Any

    @property
    def required(self) -> bool:
        """Whether the file must give it."""
        return self.default is MISSING

    @property
    def table(self) -> type[Section] | None:
        """The section that stands below this key, once or as an array of tables; None for a plain value."""
        kind = get_args(self.kind)[0] if self.is_list else self.kind
        return kind if isinstance(kind, type) and issubclass(kind, Section) else None

    @property
    def is_list(self) -> bool:
        """Whether the key holds several values."""
        return get_origin(self.kind) is tuple


def slots_of(section: type[Section]) -> tuple[Slot, ...]:
    """Return the keys of a section in the order of the model."""
    hints = get_type_hints(section)
    parts = fields(section)
    return tuple(
        Slot(
            part.name, part.metadata["about"].toml or part.name, hints[part.name], part.metadata["about"], part.default
        )
        for part in parts
    )


def bounds_of(about: About) -> str:
    """Return the bounds of a key in words, empty when it has none."""
    if about.low is None or about.high is None:
        return ""
    return f"{about.low:g} to {about.high:g} {about.unit}".rstrip()


def example_of(about: About) -> str:
    """Return the example as it is written in the file: a list as it stands, a text in quotes."""
    return about.example if about.example.startswith("[") else f'"{about.example}"'
