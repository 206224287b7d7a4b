"""What `edge doctor` looks at beyond the machine: the adapters, each asked whether it could do its work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from edge.clock import Clock
from edge.config import Boom, Camera, Config, Models, Mqtt, Store
from edge.errors import ConfigError, EdgeError, ModelError
from edge.health.findings import Finding, broken, doubtful, from_error, well

FIRST_PICTURE_S = 10.0


def examine_config(path: Path) -> tuple[Config | None, tuple[Finding, ...]]:
    """Return the configuration, None when it is wrong, and what was found."""
    from edge.config.load import load_config

    try:
        config = load_config(path)
    except ConfigError as error:
        return None, from_error("config", error)
    return config, (well("config", f"{path} is valid"),)


def examine_models(models: Models) -> Iterator[Finding]:
    """Say whether each model file is the one its card describes, and whether detector and plate reader start."""
    from edge.inference.any_card import load_any_card
    from edge.inference.card import ModelCard, list_cards

    wanted = [Path(models.detector)] if "/" in models.detector else []
    for card_path in (*list_cards(), *wanted):
        try:
            card = load_any_card(card_path)
            card.check_file()
            builds = [card.at(build.kind) for build in card.builds] if isinstance(card, ModelCard) else []
            for build in builds:
                build.check_file()
        except ModelError as error:
            yield from from_error("models", error)
        else:
            others = "".join(f", {build.file.name} its {build.precision} build" for build in builds)
            yield well("models", f"{card.name} {card.version}: {card.file.name} is the file of its card{others}")
    yield from _networks(models)


def _networks(models: Models) -> Iterator[Finding]:
    from edge.inference.detector import open_detector
    from edge.inference.readers import open_reader

    try:
        detector = open_detector(models)
        yield well("detector", detector.label)
        detector.close()
    except EdgeError as error:
        yield from from_error("detector", error)
    if models.plates == "none":
        yield well("plates", "reading is turned off")
        return
    try:
        reader = open_reader(models)
        yield well("plates", reader.label)
        reader.close()
    except EdgeError as error:
        yield from from_error("plates", error)


def examine_trial(models: Models, store: Store, clock: Clock) -> Finding:
    """Say whether the configured detector has passed its trial on this device, and which one stands in if it has not.

    What keeps it from being tried at all is a finding of `examine_models`.
    """
    from edge.inference.last_good import LastGood, identity_of

    record = LastGood.beside(store, clock).read()
    accepted, refused = record.accepted, record.refused
    try:
        asked = identity_of(models)
    except EdgeError:
        asked = None
    if accepted and accepted.identity == asked:
        return well("detector", f"{accepted.title} passed its trial on this device, {accepted.at}")
    stands_in = f"; {accepted.told()}" if accepted else ""
    cure = "put a sound model there, or set models.detector back"
    if refused and refused.identity == asked:
        said = f"{refused.reason}{stands_in}"
        return doubtful("detector", said, cure) if accepted else broken("detector", said, cure, ModelError.exit_code)
    if asked is None and accepted:
        return doubtful("detector", f"what is configured cannot be tried{stands_in}", cure)
    return well("detector", "not tried on this device yet: the service tries it before it uses it")


def examine_database(store: Store, evidence_mb: int) -> Iterator[Finding]:
    """Say whether events can be written, by an SQLite that does not damage them."""
    from edge.health.machine import examine_store
    from edge.store.opening import engine_is_sound, sqlite_version

    yield examine_store(Path(store.path), evidence_mb * 1_000_000)
    version = sqlite_version()
    if engine_is_sound(version):
        yield well("store", f"SQLite {version}")
    else:
        yield broken("store", f"SQLite {version} can damage its write-ahead log", "install apsw 3.51.3 or newer", 5)


def examine_boom(boom: Boom) -> Iterator[Finding]:
    """Say how the boom's lines stand, without taking them: a running service holds them."""
    from edge.boom.lines import describe
    from edge.config.contacts import parse_contact

    for name, address in (("output", boom.output), ("input", boom.input)):
        contact = parse_contact(address)
        if contact is None:
            continue
        if contact.kind == "mqtt":
            yield well("boom", f"input: topic {contact.place}")
            continue
        try:
            yield well("boom", f"{name} {contact}: {describe(contact)}")
        except EdgeError as error:
            yield from from_error("boom", error)


def examine_broker(mqtt: Mqtt, site: str, device: str) -> tuple[Finding, ...]:
    """Connect as the device would, but under a name of its own so that a running service keeps its connection."""
    if not mqtt.url:
        return (doubtful("broker", "none is configured; events stay on the device", "set mqtt.url"),)
    from edge.mqtt import connect_broker
    from edge.ports import Message
    from edge.wire.topics import topic

    # A channel that the device may write under the access list of deploy/mosquitto.
    hello = Message(topic(site, device, "health"), b'{"kind":"doctor"}')
    try:
        broker = connect_broker(mqtt, f"edge-doctor-{os.getpid()}")
        broker.connect(hello, hello, ())
        broker.close()
    except EdgeError as error:
        return from_error("broker", error)
    return (well("broker", f"{mqtt.url} takes our messages"),)


def examine_camera(camera: Camera, clock: Clock, config: Config) -> tuple[Finding, ...]:
    """Open a camera as the service does and wait for one picture: without the decoders refused, on the GPU if so."""
    from edge.app import memory_for
    from edge.capture.sources import open_source
    from edge.capture.verdicts import trusting

    subject = f"camera {camera.id}"
    try:
        source = open_source(camera, clock, make_memory=memory_for(config, camera), distrusted=trusting(config.store))
        try:
            spec = source.open()
            width, height = source.read(FIRST_PICTURE_S).size_wh
        finally:
            source.close()
    except EdgeError as error:
        return from_error(subject, error)
    return (well(subject, f"{width}x{height} {spec.codec} {spec.fps:g}/s through {spec.backend}, {spec.decoder}"),)
