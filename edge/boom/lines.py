"""Which variant of a line an address means."""

from __future__ import annotations

from edge.boom import gpio, simulated
from edge.config.contacts import Contact, parse_contact
from edge.errors import ConfigError
from edge.ports import BoomInput, BoomOutput


def open_output(contact: Contact, *, active_low: bool = False) -> BoomOutput:
    """Return the line that opens the boom, held and off.

    Raises:
        BoomFailed: it cannot be held.
        ConfigError: libgpiod is absent.
    """
    if contact.kind == "simulate":
        return simulated.SimulatedOutput(contact)
    return gpio.GpioOutput(contact, active_low=active_low)


def open_input(contact: Contact, *, active_low: bool = False, debounce_s: float = 0.0) -> BoomInput:
    """Return the line that says how the boom or its loop stands, held. Raises as `open_output` does."""
    if contact.kind == "simulate":
        return simulated.SimulatedInput(contact, debounce_s=debounce_s)
    return gpio.GpioInput(contact, active_low=active_low, debounce_s=debounce_s)


def describe(contact: Contact) -> str:
    """Say how a line stands, without taking it. Raises as `open_output` does."""
    return simulated.describe(contact) if contact.kind == "simulate" else gpio.describe(contact)


def contact_of(address: str) -> Contact:
    """Return the wire that an address of the configuration names.

    Raises:
        ConfigError: it names none.
    """
    contact = parse_contact(address)
    if contact is None:
        raise ConfigError(f"boom: {address!r} is no line; write it like gpiochip0/12")
    return contact
