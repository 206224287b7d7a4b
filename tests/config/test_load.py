"""A good file becomes typed values; a bad one is refused with everything that is wrong with it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from edge.config.contacts import parse_contact
from edge.config.load import load_config, parse_config
from edge.config.model import Config
from edge.errors import ConfigError

GOOD = """\
[device]
id = "box-1"
[site]
id = "quarry"
[[camera]]
id = "gate"
source = "test://gate"
"""


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "edge.toml")
    return str(caught.value).splitlines()


def fault(extra: str) -> str:
    """Return the only fault that `extra` after a good file makes."""
    found = faults(GOOD + extra)
    assert len(found) == 1, found
    return found[0]


def test_a_small_file_stands_on_the_defaults() -> None:
    config = parse_config(GOOD, "edge.toml")

    assert config.device.id == "box-1"
    assert config.cameras[0].source == "test://gate"
    assert config.cameras[0].stall_s == 1.5
    assert config.retention.days == 90
    assert config.mqtt.url == ""


def test_every_kind_of_value_arrives_typed() -> None:
    text = (
        GOOD
        + """
    analysis_fps = 5
    [[camera.line]]
    id = "l"
    points = [[0, 0.5], [1, 0.5]]
    road = "main"
    [[road]]
    id = "main"
    classes = ["truck"]
    [[rule]]
    kind = "wrong-road"
    enabled = false
    [models]
    threads = 4
    """
    )
    config = parse_config(text, "edge.toml")

    assert config.cameras[0].lines[0].points == ((0.0, 0.5), (1.0, 0.5))
    assert isinstance(config.cameras[0].analysis_fps, float)
    assert (config.rules[0].enabled, config.models.threads, config.roads[0].classes) == (False, 4, ("truck",))


def test_what_was_loaded_cannot_be_changed() -> None:
    config = parse_config(GOOD, "edge.toml")
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.device.id = "other"  # type: ignore[misc]  # the point of the test


def test_a_date_without_quotes_is_a_date_all_the_same() -> None:
    text = GOOD.replace('id = "quarry"', 'id = "quarry"\nholidays = [2026-12-25, "2027-01-01"]')
    assert parse_config(text, "edge.toml").site.holidays == ("2026-12-25", "2027-01-01")


def test_the_countries_of_a_site_are_those_with_layouts() -> None:
    assert parse_config(GOOD, "edge.toml").site.plates == ()
    text = GOOD.replace('id = "quarry"', 'id = "quarry"\nplates = ["za", "gb"]')
    assert parse_config(text, "edge.toml").site.plates == ("za", "gb")


def test_an_unknown_country_is_told_with_its_line_and_the_known_ones() -> None:
    text = GOOD.replace('id = "quarry"', 'id = "quarry"\nplates = [\n  "za",\n  "gbr",\n]')
    (told,) = faults(text)
    assert told.startswith("edge.toml:7: site.plates: 'gbr' is not one of at, be, bg,")
    assert "us, vn, za" in told
    assert "did you mean gr?" in told or "did you mean gb?" in told


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = """\
[device]
id = "box 1"
loglevel = "info"
[site]
timezone = "Mars/Base"
[[camera]]
id = "gate"
source = "rtps://host/x"
stall_s = "1"
"""
    found = faults(text)

    assert [line.split(": ")[:2] for line in found] == [
        ["edge.toml:2", "device.id"],
        ["edge.toml:3", "device.loglevel"],
        ["edge.toml:4", "site.id"],
        ["edge.toml:5", "site.timezone"],
        ["edge.toml:8", "camera.source"],
        ["edge.toml:9", "camera.stall_s"],
    ]
    assert all("; " in line for line in found), "a cause and a cure each"


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("stal_s = 1", "edge.toml:8: camera.stal_s: unknown key; did you mean stall_s?"),
        ("[mqqt]", "edge.toml:8: mqqt: unknown key; did you mean mqtt?"),
        ("zzz = 1", "edge.toml:8: camera.zzz: unknown key; known are id, source, backend"),
        ("stall_s = 0.1", "edge.toml:8: camera.stall_s: 0.1 is out of bounds; must be 0.2 to 60 s"),
        ("stall_s = nan", "edge.toml:8: camera.stall_s: is a number nan, must be a number"),
        ("stall_s = true", "edge.toml:8: camera.stall_s: is true or false True, must be a number"),
        ('transport = "tpc"', "'tpc' is not one of tcp, udp; did you mean tcp?"),
        ("[models]\nthreads = 1.5", "edge.toml:9: models.threads: is a number 1.5, must be a whole number"),
        ("[store]\nevidence = 1", "must be true or false; write true or false"),
        ("line = 3", "edge.toml:8: camera.line: is a whole number, must be a list; write [[camera.line]]"),
        ("mask = [3]", "edge.toml:8: camera.mask: is a whole number, must be a table"),
        ('mqtt = "x"', "unknown key"),
        ("[retention]\ndays = 0", "0 is out of bounds; must be 1 to 3650 days"),
        ('[store]\npath = ""', "store.path: is empty"),
        ('[mqtt]\nurl = "http://host"', "is no broker address; write mqtt://host:1883"),
        ('[mqtt]\nurl = "mqtt://u:pw@host"', "carries a login; put it into mqtt.username"),
        ('[mqtt]\nurl = "mqtt://host/topic"', "more than host and port"),
        ('[mqtt]\nurl = "mqtt://host:99999"', "is no broker address"),
        ('[mqtt]\nusername = "u"\npassword = "a"\npassword_file = "/b"', "mqtt.password: is given twice"),
        ('[mqtt]\npassword = "a"', "mqtt.username: is missing; a password needs a user name"),
        ('[mqtt]\nurl = "mqtts://h"\ncert_file = "/c"', "mqtt.key_file: is missing; cert_file is of no use"),
        ('[mqtt]\nurl = "mqtt://h"\nca_file = "/c"', "mqtt.ca_file: is of no use on an open connection"),
        (
            '[models]\nplates = "paddle"\npaddle_dir = "/m"',
            'models.paddle_python: is missing; plates = "paddle" needs it',
        ),
        ('[[rule]]\nkind = "after-hours"', "edge.toml:8: rule: can never fire: the site is always open"),
        ('[[rule]]\nkind = "wrong-road"\nroads = ["mian"]', "road 'mian' does not exist; add [[road]]"),
        ('[[road]]\nid = "a"\n[[road]]\nid = "a"', "edge.toml:11: road.id: 'a' is taken already, line 9"),
        ('[[camera]]\nid = "gate"\nsource = "/x.mp4"', "edge.toml:9: camera.id: 'gate' is taken already, line 6"),
    ],
)
def test_a_fault_names_its_place_its_cause_and_its_cure(extra: str, expected: str) -> None:
    assert expected in fault(extra)


@pytest.mark.parametrize(
    ("polygon", "expected"),
    [
        ("[[0, 0], [1, 1]]", "has 2 points; an area needs three"),
        ("[[0, 0], [0.5, 0.5], [1, 1]]", "encloses no area"),
        ("[[0, 0], [640, 0], [0, 1]]", "[640, 0] lies outside the picture; points are parts of width and height"),
        ("[[0, 0], [0.5], [0, 1]]", "[0.5] is no point; write [x, y]"),
        ('[[0, 0], ["a", 1], [0, 1]]', "is no point"),
    ],
)
def test_an_area_is_a_polygon_inside_the_picture(polygon: str, expected: str) -> None:
    assert expected in fault(f'[[camera.mask]]\nid = "m"\npolygon = {polygon}')


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("[[0, 0.5]]", "has 1 points; a line has two"),
        ("[[0, 0.5], [0, 0.5]]", "both ends are the same point"),
        ("[[0, 0.5], [1, 1.01]]", "[1, 1.01] lies outside the picture"),
    ],
)
def test_a_line_has_two_ends_inside_the_picture(points: str, expected: str) -> None:
    text = f'[[camera.line]]\nid = "l"\nroad = "main"\npoints = {points}\n[[road]]\nid = "main"'
    assert expected in fault(text)


def test_a_line_for_a_road_that_does_not_exist_is_told_the_nearest() -> None:
    text = '[[camera.line]]\nid = "l"\nroad = "mian"\npoints = [[0, 0], [1, 1]]\n[[road]]\nid = "main"'
    assert fault(text) == "edge.toml:10: camera.line.road: road 'mian' does not exist; did you mean main?"


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ('days = ["mon"]\nopen = "8:00"\nclose = "17:00"', "'8:00' is no time; write HH:MM"),
        ('days = ["mon"]\nopen = "24:00"\nclose = "17:00"', "'24:00' is no time"),
        ('days = ["mon"]\nopen = "08:00"\nclose = "24:01"', "'24:01' is no time"),
        ('days = ["mon"]\nopen = "08:00"\nclose = "08:00"', "closes at the minute it opens"),
        ('days = []\nopen = "08:00"\nclose = "18:00"', "site.hours.days: is empty"),
        ('days = ["monday"]\nopen = "08:00"\nclose = "18:00"', "did you mean mon?"),
    ],
)
def test_opening_hours_are_times_on_days(hours: str, expected: str) -> None:
    assert expected in fault(f"[[site.hours]]\n{hours}")


@pytest.mark.parametrize("zone", ["Africa/Johanesburg", "../../etc/passwd", "", "Africa"])
def test_a_time_zone_that_is_none_is_refused(zone: str) -> None:
    [told] = faults(GOOD.replace('id = "quarry"', f'id = "quarry"\ntimezone = "{zone}"'))
    assert "is unknown; " in told


@pytest.mark.parametrize("date", ["2026-02-30", "25-12-2026", "20261225"])
def test_a_holiday_is_a_day_of_the_calendar(date: str) -> None:
    [told] = faults(GOOD.replace('id = "quarry"', f'id = "quarry"\nholidays = ["{date}"]'))
    assert "is no date" in told


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://u:p@10.0.0.1:554/s",
        "rtsp://[fe80::1]:554/s",
        "srt://host:9000?mode=caller",
        "https://h/live.m3u8",
        "csi://0",
        "v4l2:///dev/video0",
        "file:///srv/a.mp4",
        "/srv/a b.mp4",
        "clip.mp4",
        "test://gate",
        "replay://run-1",
    ],
)
def test_every_documented_address_is_taken(source: str) -> None:
    assert parse_config(GOOD.replace("test://gate", source), "edge.toml").cameras[0].source == source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("rtps://h/s", "scheme 'rtps' is unknown; did you mean rtsp"),
        ("rtsp:///s", "is incomplete; name the host"),
        ("rtsp://h:99999/s", "is no address"),
        ("csi://front", "is incomplete; write csi://0"),
        ("v4l2://dev/video0", "is incomplete; write v4l2:///dev/video0"),
        ("file://", "is incomplete"),
        ("", "is empty"),
    ],
)
def test_an_address_nothing_can_open_is_refused(source: str, expected: str) -> None:
    [told] = faults(GOOD.replace("test://gate", source))
    assert told.startswith("edge.toml:7: camera.source: ")
    assert expected in told


def test_a_message_never_shows_a_password() -> None:
    told = "\n".join(faults(GOOD.replace("test://gate", "rtsp://u:hunter2@:x/s") + "[mqtt]\npassword = [1]"))
    assert "hunter2" not in told
    assert "mqtt.password: is a list, must be a text" in told


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[device\n", "edge.toml:1: file:"),
        ("[device]\nid = 'x'\nid = 'y'\n", "edge.toml:3: file:"),
        ('a = 1\nb = "unfinished', "edge.toml:2: file:"),
    ],
)
def test_what_is_no_toml_is_refused_at_its_line(text: str, place: str) -> None:
    [told] = faults(text)
    assert told.startswith(place)
    assert "correct the line" in told


def test_an_empty_file_is_told_what_it_lacks() -> None:
    assert [line.rpartition("; ")[2] for line in faults("")] == ["add [[camera]]", "add [device]", "add [site]"]


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_config(tmp_path / "absent.toml")
    with pytest.raises(ConfigError, match="Is a directory"):
        load_config(tmp_path)


def test_a_file_in_another_encoding_is_refused_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes("[device]\nid = 'é'\n".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin.toml:2: file: is no UTF-8 text; save it as UTF-8"):
        load_config(path)


def test_brackets_without_end_are_a_message_and_no_crash() -> None:
    assert len(faults("a = " + "[" * 100_000)) == 1


def test_the_whole_model_is_made_of_sections() -> None:
    assert repr(parse_config(GOOD, "edge.toml")).startswith("Config(device=Device(id='box-1'")
    assert Config.__dataclass_fields__["cameras"].metadata["about"].toml == "camera"


BOOM = '[registry]\nfile = "plates.csv"\n[boom]\n'


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ('[boom]\noutput = "gpiochip0/12"\n', "boom.output: can never open: nobody is known here; set registry.file"),
        (f'{BOOM}output = "relay 1"\n', "write chip and line, as in gpiochip0/12"),
        (f'{BOOM}output = "mqtt:yard/boom"\n', "is no line"),
        (f'{BOOM}input = "mqtt:yard/+"\n', "is no line and no topic"),
        (f'{BOOM}input = "mqtt:yard/boom"\n', "there is no broker; set mqtt.url"),
        (f'{BOOM}output = "gpiochip0/12"\ninput = "gpiochip0/12"\n', "is the output's own line"),
        (f'{BOOM}output = "gpiochip0/12"\nopen_s = 31\n', "must be 0.1 to 30 s"),
        (f'{BOOM}output = "gpiochip0/12"\nroads = ["main"]\n', "road 'main' does not exist"),
    ],
)
def test_a_boom_that_could_not_work_is_refused_with_its_cure(extra: str, told: str) -> None:
    assert told in fault(extra)


@pytest.mark.parametrize(
    ("address", "kind", "shown"),
    [
        ("gpiochip0/12", "gpio", "/dev/gpiochip0/12"),
        ("/dev/gpiochip1/PQ.06", "gpio", "/dev/gpiochip1/PQ.06"),
        ("simulate:///run/chip.sock/12", "simulate", "/run/chip.sock/12"),
        ("mqtt:yard/boom", "mqtt", "mqtt:yard/boom"),
    ],
)
def test_a_wire_is_named_as_the_fitter_knows_it(address: str, kind: str, shown: str) -> None:
    contact = parse_contact(address)
    assert contact is not None
    assert (contact.kind, str(contact)) == (kind, shown)
