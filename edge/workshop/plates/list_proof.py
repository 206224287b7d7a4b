"""Layouts and hands for every proof of the plate reader. Nothing is trained or tuned on them.

The texts follow the same laws as in training, for a country has but one; every row differs in measure, tone, gaps and
order, every text is one of the fifth that training never shows, and the hands are the proof list's of the scenes.
"""

from __future__ import annotations

from edge.scene.list_proof import PROOF
from edge.workshop.plates.layouts import ALL, CONSONANTS, NO_I_O_Q, Layout

SEEDS = range(2**41, 2**42)
FONTS = PROOF.fonts
_DARK, _BLUE, _GREEN = ((18, 243),), ((50, 244),), ((64, 242),)
_FLAT, _SQUARE = (4.38, 4.52), (1.22, 1.34)
_PROVINCES = ("L", "MP", "NW", "NC", r"E\C", "FS", "GP")
_TOWNS = (r"C\A 999-999", "CY 99999", "CF 999-999", "CJ 99999", "CBS 9999", r"C\A 99999")
_NATAL = ("ND 999-999", "NP 999-999", "NJ 9999", "NPN 99999", "NUR 99999")

# A table is read by its rows.
# fmt: off
SOUTH_AFRICA = (
    Layout("proof-za-wc", "za", _TOWNS, CONSONANTS, _FLAT, _BLUE, weight=2),
    Layout("proof-za-kzn", "za", _NATAL, CONSONANTS, _FLAT, _BLUE),
    Layout("proof-za-gp", "za", ("AA 99 AA GP",), CONSONANTS, _FLAT, _GREEN),
    Layout("proof-za-old", "za", tuple(f"AAA 999 {p}" for p in _PROVINCES), CONSONANTS, _FLAT, _DARK, weight=2),
    Layout("proof-za-new", "za", tuple(f"AA 99 AA {p}" for p in (*_PROVINCES, "ZN")), CONSONANTS, _FLAT, _DARK),
)
SOUTH_AFRICA_SQUARE = (
    Layout("proof-za-square-wc", "za", tuple(t.replace(" ", "|") for t in _TOWNS + _NATAL), CONSONANTS, _SQUARE, _BLUE),
    Layout("proof-za-square-gp", "za", ("AA 99|AA GP",), CONSONANTS, _SQUARE, _GREEN),
    Layout("proof-za-square-old", "za", tuple(f"AAA|999 {p}" for p in _PROVINCES), CONSONANTS, _SQUARE, _DARK),
)
ABROAD = (
    Layout("proof-gb", "gb", ("AA99 AAA",), NO_I_O_Q, (4.6, 4.75), ((18, 243), (18, 192))),
    Layout("proof-ro", "eu", ("B 999 AAA", "AA 99 AAA"), NO_I_O_Q, (4.62, 4.78), _DARK, "l", "RO"),
    Layout("proof-d", "eu", ("AA*AA 999", "A*AA 9999"), NO_I_O_Q, (4.62, 4.78), _DARK, "l", "D"),
    Layout("proof-us", "us", ("AAA 9999", "9AAA999"), ALL, (1.92, 2.02), ((48, 222),), captions=("OREGON", "IOWA"),
           caption_share=0.19, fill=0.82),
    Layout("proof-in", "in", ("AA 99 AA 9999",), ALL, (4.1, 4.4), _DARK),
    Layout("proof-br", "br", ("AAA9A99",), ALL, (3.0, 3.15), _DARK, "", "", ("BRASIL",), 0.22, 0.82),
)
ABROAD_SQUARE = (
    Layout("proof-gb-square", "gb", ("AA99|AAA",), NO_I_O_Q, (1.36, 1.46), ((18, 243), (18, 192))),
    Layout("proof-in-square", "in", ("AA99A|A9999", "AA99|AA9999"), ALL, (1.6, 1.75), _DARK, "l", "IND"),
    Layout("proof-vn-square", "vn", ("99A|999.99", "99-A9|999.99"), NO_I_O_Q, (1.3, 1.42), _DARK),
    Layout("proof-pk-square", "pk", ("AAA|9999",), ALL, (1.9, 2.0), _DARK),
)
# fmt: on
LAYOUTS = SOUTH_AFRICA + SOUTH_AFRICA_SQUARE + ABROAD + ABROAD_SQUARE
