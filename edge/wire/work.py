"""What a person at the device asks the running service to write down, and what it answers."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from edge.wire.scalars import from_json, to_json

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Words = Annotated[str, Meta(min_length=1, max_length=500)]


class Resolve(Struct, frozen=True, tag_field="order", tag="resolve"):
    """An anomaly has been seen to. `name`: its id or the beginning of it, or the number of its visit."""

    name: Name
    who: Name
    why: Words


class Reopen(Struct, frozen=True, tag_field="order", tag="reopen"):
    """An anomaly has to be seen to again; named as in Resolve."""

    name: Name
    who: Name
    why: Words


class Correct(Struct, frozen=True, tag_field="order", tag="correct"):
    """A pass, or each side of a visit, really was of this class or had this plate instead of `was`."""

    name: Name
    who: Name
    why: Words
    class_name: Name | None = None
    plate: Name | None = None
    was: Name | None = None


class Merge(Struct, frozen=True, tag_field="order", tag="merge"):
    """Two half visits are one; each by its number, its id or the beginning of it."""

    name: Name
    other: Name
    who: Name
    why: Words


class Split(Struct, frozen=True, tag_field="order", tag="split"):
    """The two sides of a visit belong to two vehicles."""

    name: Name
    who: Name
    why: Words


Order: TypeAlias = Resolve | Reopen | Correct | Merge | Split


class Done(Struct, frozen=True, tag_field="answer", tag="done"):
    """The order is recorded; one sentence for each event."""

    sentences: tuple[str, ...]


class Refused(Struct, frozen=True, tag_field="answer", tag="refused"):
    """Nothing was recorded: why, and the exit code that goes with it."""

    why: str
    exit_code: int


Answer: TypeAlias = Done | Refused


def encode_order(order: Order) -> bytes:
    """Return an order. Raises WireError for one that `decode_order` would refuse, with its place."""
    payload = to_json(order, "order")
    decode_order(payload)
    return payload


def decode_order(payload: bytes) -> Order:
    """Return an order to the service. Raises WireError that names the place."""
    order: Order = from_json(payload, Order, "order")
    return order


def encode_answer(answer: Answer) -> bytes:
    """Return the service's answer."""
    return to_json(answer, "answer")


def decode_answer(payload: bytes) -> Answer:
    """Return the service's answer. Raises WireError that names the place."""
    answer: Answer = from_json(payload, Answer, "answer")
    return answer
