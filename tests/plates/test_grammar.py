"""Plates of each country, and what look-alikes become under them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.grammars import GRAMMARS, LOOSE
from edge.lookalikes import UNLIKE, price
from edge.plates.grammar import Prior, charges_of, fits, layouts, put_right, written
from edge.plates.text import normalise
from edge.types import PlateRead

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
EXAMPLES: dict[str, tuple[str, str]] = {
    "at": ("W 12345 A, KL 123 AB, G 1 ABC, W ABC 12", "1234AB, ABC1234, W12A34"),
    "be": ("1-ABC-123, ABC-123, 123-ABC, O-ABC-123", "AB-1234, 0-ABC-123, 12-ABC-34"),
    "bg": ("CB 1234 AB, C 1234 AB, PB 0001 XX", "CB 123 AB, DB 1234 AB, CB 1234 A1"),
    "br": ("ABC-1234, ABC1D23, BRA2E19", "AB-12345, ABC12D3, ABCD123"),
    "cy": ("ABC 123, KAA 001, NZZ 999", "AB 123, ABC 1234, 123 ABC"),
    "cz": ("1A2 3456, 5AB 0000, ABC 12-34", "1D2 3456, AA2 34567, 12A 3456"),
    "de": ("B-AB 1234, M-X 1, KA-AB 12E, MB-06150, Y-981 830", "1-AB 1234, B 1234 AB, BABC-1A2"),
    "dk": ("AB 12 345, XY 00 001, DK 99 999", "ABC 1234, AB 1 234, 12 AB 345"),
    "ee": ("123 ABC, 001 XYZ, 12 ABC", "ABC 123, 1234 AB, 123 AB1"),
    "es": ("1234 BCD, R 1234 BBX, M-1234-AB, 0000 ZZZ", "1234 ABC, 123 BCD, M-12345-A"),
    "fi": ("ABC-123, AB-1, XYZ-99", "A-123, ABC-1234, 123-ABC"),
    "fr": ("AB-123-CD, W-123-AB, 1234 AB 75, 123 ABC 2A", "AO-123-CD, AB-1234-C, 1234 ABCD 75"),
    "gb": ("AB12 CDE, A123 BCD, ABC 123D, ABZ 1234, F1", "AI12 CDE, AB12 QDE, AB1 CDEF"),
    "gr": ("YKZ-1234, ABE-0001, IHX-999", "YKQ-1234, YK-12345, DBE-1234"),
    "hr": ("ZG 1234-AB, ST 123-A, ŠI 123-AB", "XX 1234-AB, ZG 12-AB, ZG 1234-1A"),
    "hu": ("ABC-123, AA BC-123, AA AA-001", "AB-1234, ABC-12, ABCDE-123"),
    "ie": ("12-D-12345, 131-C-1, 06-WX-123456", "12-X-12345, 133-D-1234, D-12-1234"),
    "in": ("MH 12 AB 1234, DL 3 CAB 1234, 22 BH 1234 AA, MH 02 AL 157", "XX 12 AB 1234, MH AB 1234, MH 12 IO 1234"),
    "it": ("AB 123 CD, RE 199820, AB 12345", "AO 123 CD, ABC 123 D, A 123 BC"),
    "lt": ("ABC 123, AB 123, 12 ABC", "A 1234, ABC 12, 1234 AB"),
    "lu": ("AB 1234, 1234, 12345", "A 1234, AB 123, 123456"),
    "lv": ("AB-1234, AB-1, B-5246", "ABC-123, 1234-AB, AB-12345"),
    "mt": ("ABC 123, QQQ 001, ZZZ 999", "AB 1234, ABC 12, 123 ABC"),
    "nl": ("12-BBD-1, AB-12-34, 1-BBB-12, YH-28-DZ, BB-123-B", "AB-12-CDE, A-1234-B, 12-AEI-1"),
    "pl": ("WA 12345, KR 1234A, WAW A123, GD 1A234", "W 12345, WA 12B45, WA 123456"),
    "pt": ("12-34-AB, AB-12-34, 12-AB-34, AB-12-CD", "ABC-12-3, 1A-23-45, AB-CD-EF"),
    "ro": ("B 123 ABC, B 01 XEN, TR 05 RBG, B 089414", "XX 12 ABC, B 1 ABC, TR 05 IBG"),
    "se": ("ABC 123, ABC 12D, XYZ 999", "ABI 123, AB 1234, ABC 12O"),
    "si": ("LJ AB-123, MB 12-3AB, KP C1-234", "XX AB-123, LJ AB-12, 12 AB-123"),
    "sk": ("BA-123AB, KE-001ZZ, AA-999AA", "BA-12ABC, B-1234AB, BA-1234A"),
    "us": ("ABC 1234, 1ABC234, AB 12345, 123 ABC", "1234567, ABCDEFG, A1B2C3D"),
    "vn": ("51F-123.45, 30A-1234, 29-A1 123.45, 80NG-123.45", "51J-123.45, 5F-123.45, 51F-123.4567"),
    "za": (
        "CA 123-456, CF 207-358, ND 123-456, BB 12 CD GP, ABC 123 GP, ABC 123 EC, ABC 123 L, CAA 1, BB 12 CD ZN",
        "0F 207-358, CU 123, BB 12 CD XX, SURF 1 GP, 123 ABC GP",
    ),
}


def _each(side: int) -> list[tuple[str, str]]:
    return [(country, text) for country, sides in EXAMPLES.items() for text in sides[side].split(", ")]


def _read(text: str, confidence: float = 0.97) -> PlateRead:
    return PlateRead(text, (confidence,) * len(text), (0, 0, 110, 25), 0.5, 110, 25)


def _right(text: str, prior: Prior, confidence: float = 0.97) -> str:
    return put_right(text, charges_of(_read(text, confidence)), prior)


def test_every_country_has_examples() -> None:
    assert EXAMPLES.keys() == GRAMMARS.keys()
    assert set(GRAMMARS) >= LOOSE


@pytest.mark.parametrize(("country", "plate"), _each(0))
def test_a_plate_of_the_country_is_composed_as_its_table_says(country: str, plate: str) -> None:
    text = normalise(plate.replace("Š", "S"))
    assert fits(text, (country,)) == country
    assert _right(text, Prior((country,))) == text
    assert normalise(written(text, country)) == text


@pytest.mark.parametrize(("country", "plate"), _each(1))
def test_another_text_is_no_plate_of_the_country(country: str, plate: str) -> None:
    assert fits(normalise(plate), (country,)) is None


@pytest.mark.parametrize(
    ("country", "read", "plate"),
    [
        ("za", "0F207358", "CF 207-358"),
        ("za", "CF2O7358", "CF 207-358"),
        ("za", "8B12CDGP", "BB 12 CD GP"),
        ("za", "DVW123G9", "DVW123G9"),
        ("gb", "LJO8BTO", "LJ08 BTO"),
        ("gb", "LJOBBTO", "LJ08 BTO"),
        ("br", "ABCI234", "ABC-1234"),
        ("br", "ABC1023", "ABC-1023"),
        ("in", "MH12A81234", "MH 12 AB 1234"),
        ("vn", "51FI2345", "51F-123.45"),
        ("fr", "A8123CD", "AB-123-CD"),
        ("ro", "8121PHD", "B 121 PHD"),
    ],
)
def test_look_alikes_become_what_the_country_allows(country: str, read: str, plate: str) -> None:
    right = _right(read, Prior((country,)))
    assert written(right, fits(right, (country,))) == plate


@pytest.mark.parametrize(
    ("countries", "read"),
    [
        ((), "0F207358"),
        (("za",), "SURF1GP"),
        (("za",), "B0SS5GP"),
        (("za",), "0000000O"),
        (("de",), "88888888"),
        (("us",), "617218"),
        (("us",), "HI0NSF"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else value,
)
def test_a_text_that_only_dear_changes_would_make_a_plate_stays_as_read(countries: tuple[str, ...], read: str) -> None:
    assert _right(read, Prior(countries)) == read


def test_where_two_texts_are_as_likely_none_is_taken() -> None:
    assert _right("ND12345O", Prior(("za",))) == "ND123450"
    assert _right("0L1234AB", Prior(("bg",)), 0.5) == "0L1234AB"  # C, and no other, looks like 0; L is never a 0
    assert _right("YKL1234", Prior(("gr",))) == "YKI1234"
    assert _right("YK01234", Prior(("gr",))) == "YKO1234"
    assert _right("1HX1234", Prior(("gr",))) == "IHX1234"
    assert _right("7B1234AB", Prior(("bg",))) == "TB1234AB"


def test_the_first_of_two_countries_names_a_plate_of_both() -> None:
    assert fits("ABC123", ("lt", "hu")) == "lt"
    assert written("ABC123", "hu") == "ABC-123"


def test_gaps_on_which_layouts_disagree_are_not_written() -> None:
    assert written("MAB123", "de") == "MAB 123"  # M-AB or MA-B
    assert written("CF207358", None) == "CF207358"


def test_a_text_becomes_no_plate_for_being_known_and_a_known_one_stays_as_it_is() -> None:
    known = frozenset({"CF207358", "SURF01", "0F207359"})
    assert _right("CF207350", Prior(("za",), known), 0.1) == "CF207350"
    assert _right("SURFO1", Prior((), known), 0.1) == "SURFO1"
    assert _right("0F207359", Prior(("za",), known)) == "0F207359"


@given(st.sampled_from(sorted(GRAMMARS)), st.text(SIGNS, min_size=1, max_size=10), st.floats(0, 1))
@settings(max_examples=300, deadline=None)
def test_only_look_alikes_are_changed_and_only_into_a_plate(country: str, text: str, confidence: float) -> None:
    right = _right(text, Prior((country,)), confidence)
    assert len(right) == len(text)
    assert all(price(one, other) < UNLIKE for one, other in zip(text, right, strict=True))
    assert right == text or fits(right, (country,)) == country


@given(st.text(SIGNS, max_size=12), st.floats(0, 1))
@settings(deadline=None)
def test_free_text_is_never_changed(text: str, confidence: float) -> None:
    assert _right(text, Prior(), confidence) == text


@pytest.mark.parametrize("country", sorted(GRAMMARS))
def test_a_country_has_few_enough_layouts_to_try_all_of_them(country: str) -> None:
    assert 0 < sum(map(len, layouts(country).values())) < 4000
