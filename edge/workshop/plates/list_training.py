"""Layouts to train on. None of these rows may be used for a proof."""

from __future__ import annotations

from edge.workshop.plates.layouts import ALL, CONSONANTS, CYRILLIC_ALIKE, NO_I_O_Q, Layout

SEEDS = range(2**40)
_DARK = ((15, 240), (25, 225), (45, 235))
_YELLOW = ((15, 185), (25, 200), (20, 170))
_LIGHT = ((235, 20), (215, 30), (225, 60))
_TINTED = ((70, 238), (55, 240), (85, 235))
# A table is read by its rows.
# fmt: off
_FLAT, _EU = (4.2, 5.2), (4.3, 5.1)
_TWO, _CYCLE = (1.25, 2.1), (1.0, 1.55)

_SOUTH_AFRICA = (
    Layout("za-wc", "za", (r"C\A 999-999", r"C\A 99999", r"C\A 9999", r"C\A 999"), tones=_TINTED, weight=4),
    Layout(
        "za-wc-towns", "za",
        ("CY 999-999", "CF 999-999", "CJ 99999", "CBS 9999", "CCC 999", "CEM 9999", "CK 99999", "CL 99999",
         r"C\AW 99999", "CFM 9999", "CX 99999", "CEO 999", "CBL 9999", "CEA 9999", "CW 99999", "CG 999"),
        tones=_TINTED, weight=4,
    ),
    Layout("za-wc-square", "za", (r"C\A|999-999", "CY|999-999", "CF|99999", "CJ|99999"), aspect=_TWO,
           tones=_TINTED),
    Layout("za-gp", "za", ("AA 99 AA GP", "AAA 999 GP", "AA99AA GP"), tones=_TINTED, weight=6),
    Layout("za-gp-square", "za", ("AA 99|AA GP", "AAA|999 GP", "AAA 999|GP"), aspect=_TWO, tones=_TINTED),
    Layout("za-kzn", "za", ("ND 999-999", "NP 999-999", "NJ 9999", "NPN 99999", "NU 99999", "NUR 99999", "NN 99999",
                            "NX 9999", "NES 9999", "NIM 999", "NKR 9999", "ND 99999"), tones=_TINTED, weight=4),
    Layout("za-kzn-new", "za", ("AA 99 AA ZN", "AA 99|AA ZN"), tones=_DARK),
    Layout("za-kzn-square", "za", ("ND|999-999", "NP|99999", "NUR|99999"), aspect=_TWO, tones=_TINTED),
    Layout("za-provinces", "za", tuple(f"AAA 999 {p}" for p in (r"\L", "MP", "NW", "NC", r"E\C", "FS", "GP")),
           tones=_DARK, weight=6),
    Layout("za-provinces-new", "za", tuple(f"AA 99 AA {p}" for p in (r"\L", "MP", "NW", "NC", "EC", "FS")),
           tones=_DARK, weight=3),
    Layout("za-provinces-square", "za", tuple(f"AAA 999|{p}" for p in ("L", "MP", "NW", "NC", "EC", "FS")),
           aspect=_TWO, tones=_DARK, weight=3),
    Layout("za-provinces-cycle", "za", tuple(f"AAA|999 {p}" for p in ("L", "MP", "NW", "NC", "EC", "FS", "GP")),
           aspect=_CYCLE, tones=_DARK, weight=3),
    Layout("za-yellow", "za", ("AAA 999 GP", "TJ 99999", "AA 99 AA GP", r"C\A 999-999"), tones=_YELLOW),
    Layout("za-homeland", "za", ("AAA 999 B", "AAA 9999"), tones=_DARK),
    Layout("africa-south", "other", ("N 99999 W", "N 9999 S", "B 999 AAA", "AAA 999 MC", "A 999 AAA", "AAA 9999",
                                     "AAD 9999", "ACA 9999", "MC 99-99", "AAA 99 MC"), tones=_DARK + _YELLOW),
)
_EUROPE = (
    Layout("gb", "gb", ("AA99 AAA", "AA99AAA"), NO_I_O_Q + "O", _FLAT, _DARK + _YELLOW, weight=5),
    Layout("gb-band", "gb", ("AA99 AAA",), NO_I_O_Q, _FLAT, _DARK + _YELLOW, "l", "GB", weight=2),
    Layout("gb-older", "gb", ("A999 AAA", "AAA 999A", "A99 AAA", "AAA 99A", "A9 AAA", "AAA 9", "9 AAA", "AA 9999",
                              "AAA 999", "9999 AA", "A 9999", "A9 AA"), ALL, _FLAT,
           _DARK + _YELLOW + _LIGHT, weight=2.5),
    Layout("gb-square", "gb", ("AA99|AAA", "A999|AAA", "AAA|999A"), NO_I_O_Q, _TWO, _DARK + _YELLOW, weight=2),
    Layout("gb-ni", "gb", ("AIZ 9999", "AAZ 9999", "AIA 9999"), NO_I_O_Q, _FLAT, _DARK + _YELLOW),
    Layout("d", "eu", ("A*AA 999", "AA*AA 999", "AAA*A 999", "A*AA 9999", "AA*A 9999", "AAA*AA 99", "A*A 9999",
                       "AA*AA 9999", "A*AA 99H"), ALL, _EU, _DARK, "l", "D", weight=4),
    Layout("d-season", "eu", ("AA*A 99%", "A*AA 999%", "AA*AA 9%"), ALL, _EU, _DARK, "l", "D", weight=0.7),
    Layout("d-square", "eu", ("A*|AA 999", "AA*|AA 99", "AAA|*A 99", "AA|*AA 999", "AA*|A 999", "A*|A 9999",
                             "A*|AA 9999", "AAA*|AA 99"), ALL, (1.3, 1.8), _DARK,
           "l", "D", weight=3),
    Layout("f", "eu", ("AA-999-AA",), NO_I_O_Q, _EU, _DARK, "lr", "F", weight=2),
    Layout("f-older", "eu", ("999 AA 99", "9999 AA 99", "999 AAA 99"), NO_I_O_Q, _EU, _DARK + _YELLOW, "l", "F"),
    Layout("f-square", "eu", ("AA-999|AA", "999|AAA 99"), NO_I_O_Q, _TWO, _DARK, "lr", "F"),
    Layout("i", "eu", ("AA 999AA", "AA 999 AA"), NO_I_O_Q, _EU, _DARK, "lr", "I", weight=1.5),
    Layout("i-square", "eu", ("AA 999|AA", "AA|999AA", "AA|99999"), NO_I_O_Q, _TWO, _DARK, "l", "I"),
    Layout("e", "eu", ("9999 AAA", "A 9999 AA", "AA 9999 A"), CONSONANTS, _EU, _DARK, "l", "E", weight=1.5),
    Layout("e-square", "eu", ("9999|AAA",), CONSONANTS, _TWO, _DARK, "l", "E"),
    Layout("nl", "eu", ("99-AA-AA", "AA-999-A", "A-999-AA", "99-AAA-9", "9-AAA-99", "AA-99-AA"), CONSONANTS, _EU,
           _YELLOW, "l", "NL", weight=1.5),
    Layout("b", "eu", ("9-AAA-999", "AAA-999"), ALL, _EU, ((60, 235), (80, 240)), "l", "B"),
    Layout("pl", "eu", ("AA 99999", "AAA 9999", "AA 9999A", "AAA A999", "AA 999AA"), NO_I_O_Q + "O", _EU, _DARK,
           "l", "PL", weight=1.5),
    Layout("cz", "eu", ("9A9 9999", "9AA 9999"), NO_I_O_Q, _EU, _DARK, "l", "CZ"),
    Layout("east", "eu", ("AA 999 AA", "AAA-999", "AA-999AA", "AA 9999 AA", "A 9999 AA", "AA 99-99"), NO_I_O_Q, _EU,
           _DARK, "l", "H", weight=1.5),
    Layout("ro", "eu", ("A 999 AAA", "AA 99 AAA", r"B 99 AAA", "B 999 AAA"), NO_I_O_Q + "I", _EU, _DARK, "l", "RO",
           weight=2.5),
    Layout("bg-gr", "eu", ("AA 9999 AA", "A 9999 AA", "AAA-9999"), CYRILLIC_ALIKE, _EU, _DARK, "l", "BG"),
    Layout("north", "eu", ("AAA 999", "AA 99 999", "AA 99999", "AAA-99A"), NO_I_O_Q, _EU, _DARK, "l", "S"),
    Layout("baltic", "eu", ("AA-9999", "AA-999", "AAA 999", "999 AAA", "A-99"), NO_I_O_Q, _EU, _DARK, "l", "LV",
           weight=1.5),
    Layout("irl", "eu", ("99-A-99999", "99-AA-999", "999-A-9999", "999-AA-9999", "99-A-9999"), "DCGKLMOWTXS", _EU,
           _DARK, "l", "IRL", weight=2),
    Layout("p", "eu", ("99-99-AA", "AA-99-99", "99-AA-99", "AA-99-AA"), NO_I_O_Q, _EU, _DARK, "lr", "P"),
    Layout("ch-a", "eu", ("AA*999 999", "AA 99999", "A-99999 A", "AA-999 AA", "A 999 AA"), NO_I_O_Q, _EU, _DARK),
    Layout("trailer", "eu", ("AA 99999", "AAA 999|AA", "AA*|AA 999"), NO_I_O_Q, _TWO, _DARK + _YELLOW),
)
_STATES = ("CALIFORNIA", "VIRGINIA", "TEXAS", "NEW YORK", "FLORIDA", "OHIO", "OREGON", "WASHINGTON", "ONTARIO", "MAINE",
           "ILLINOIS", "NEVADA", "QUEBEC", "MONTANA", "KENTUCKY", "ARIZONA", "ALBERTA", "GEORGIA")
_MOTTOES = ("THE GOLDEN STATE", "YOURS TO DISCOVER", "GARDEN STATE", "EMPIRE STATE", "SUNSHINE", "GREAT LAKES",
            "MOUNTAINS", "IN GOD WE TRUST", "dmv.ca.gov", "OCT 07", "SEP", "2009", "JUN 11", "EXPIRES 12")
_CITY = ("ISLAMABAD", "ICT", "SINDH", "PUNJAB", "KPK", "PESHAWAR", "KARACHI", "ICT-ISLAMABAD", "GOVT OF SINDH")
_US = (1.75, 2.15)
_US_TONES = ((40, 225), (60, 205), (25, 240), (70, 190), (235, 40), (55, 170), (30, 150), (200, 50))
_AMERICA = (
    Layout("us", "us", ("AAA 9999", "AAA-9999", "999 AAA", "AAA 999", "9AAA999", "AAA9999", "999-AAA", "AA9 99A",
                        "A99 99A",
                        "AA 99999", "999 9999", "AA9A9A", "AAA 99A", "9A 9999", "99A 999", "9999 AA"), ALL, _US,
           _US_TONES, captions=_STATES + _MOTTOES, caption_share=0.2, fill=0.84, weight=6),
    Layout("us-vanity", "us", ("AAAAAA", "AAAAAAA", "AAAAA", "AA AAAA", "AAAA 9", "A AAAAA", "AAA AAA", "AAAA99",
                        "9AAAAA",
                               "######", "#######", "AAA 9", "A99AAAA"), ALL, _US, _US_TONES,
           captions=_STATES + _MOTTOES, caption_share=0.2, fill=0.84, weight=4),
    Layout("latin", "us", ("AAA-999", "AAA-99-99", "A99-999", "999-AAA", "AAA 999", "P 999 999", "AA-99-99",
                        "A 999 AAA"),
           ALL, (1.8, 2.9), _US_TONES + _YELLOW, captions=("CUBA", "PERU", "CHILE", "COLOMBIA", "MEXICO", "HONDURAS"),
           caption_share=0.18, weight=1.5),
    Layout("cuba", "us", ("A 999 999", "A999999"), CONSONANTS, _FLAT, _DARK, "l", "CUBA"),
    Layout("br", "br", ("AAA-9999", "AAA 9999"), ALL, (2.7, 3.4), ((30, 165), (20, 190), (230, 70)),
           captions=("SP-SAO PAULO", "RJ-RIO DE JANEIRO", "PR-CURITIBA", "BA-SALVADOR"), caption_share=0.2, fill=0.84),
    Layout("br-mercosul", "br", ("AAA9A99", "AAA 9A99", "AA 999 AA", "AAA 9999"), ALL, (2.7, 3.4), ((15, 240), (60,
                        235)),
           captions=("BRASIL", "REPUBLICA ARGENTINA", "URUGUAY"), caption_share=0.24, fill=0.84, weight=1.5),
    Layout("br-cycle", "br", ("AAA|9999", "AAA|9A99"), ALL, (1.0, 1.35), ((15, 240), (30, 165)),
           captions=("BRASIL",), caption_share=0.16, weight=1.5),
)
_ASIA = (
    Layout("in", "in", ("AA 99 AA 9999", "AA99AA9999", "AA 99 A 9999", "AA-99-AA-9999", "AA 9 AAA 9999"), ALL, (3.6,
                        5.0),
           _DARK + _YELLOW, weight=3),
    Layout("in-ind", "in", ("AA99AA9999", "AA 99 AA 9999"), ALL, (3.6, 5.0), _DARK + _YELLOW, "l", "IND"),
    Layout("in-square", "in", ("AA99A|A9999", "AA99|AA9999", "AA99AA|9999", "AA 99|A 9999", "AA9AA|9999", "AA9A|A9999"),
           ALL, (1.4, 2.4), _DARK + _YELLOW, "l", "IND", weight=4),
    Layout("in-cycle", "in", ("AA 99|AA 9999", "AA99 A|9999"), ALL, (1.0, 1.6), _DARK + _LIGHT, weight=2),
    Layout("pk", "pk", ("AAA-999", "AA-999", "AAA-9999", "AA-9999", "A-9999", "AAA 999"), ALL, (1.8, 3.2),
           _DARK + _YELLOW + _LIGHT, captions=_CITY, caption_share=0.2, fill=0.84, weight=4),
    Layout("pk-band", "pk", ("AAA-999", "AA-999"), ALL, (2.0, 2.6), _DARK, "l", "", ("ICT-ISLAMABAD",), 0.2, 0.84,
           2),
    Layout("pk-punjab", "pk", ("AAA-^99^|9999", "AAA ^-99^|999", "AAA|9999", "AA-^99^|9999", "AAA.^99^|9999"), ALL,
           (1.5, 2.3), _DARK, "l", "", weight=6),
    Layout("pk-punjab-bare", "pk", ("AAA-^99^|9999", "AAA ^99^|999", "AA-^99^|999", "AAA-^99^|999"), ALL, (1.6, 2.5),
           _DARK + _YELLOW, "", "", ("PUNJAB",), 0.12, 0.84, 3),
    Layout("vn", "vn", ("99A-999.99", "99A-9999", "99A 99999"), NO_I_O_Q, _FLAT, (*_DARK, (235, 70))),
    Layout("vn-square", "vn", ("99A|999.99", "99A|9999", "99-A9|999.99", "99-AA|999.99", "99-A9|9999"), NO_I_O_Q,
           _CYCLE, (*_DARK, (235, 70)), weight=2.5),
    Layout("id", "id", ("A 9999 AA", "AA 9999 AA", "A 9999 AAA", "AA 999 AA", "B 9999 AAA"), ALL, (2.6, 4.2),
           _LIGHT + _DARK, captions=("07.14", "03-21", "11.19"), caption_share=0.2, fill=0.84, weight=1.5),
    Layout("my-sg", "other", ("AAA 9999", "A 9999 A", "AAA 9999 A", "AA 9999 A"), NO_I_O_Q, (3.0, 5.0), _LIGHT,
           weight=1.5),
    Layout("my-square", "other", ("AAA|9999", "AA|9999 A"), NO_I_O_Q, _TWO, _LIGHT),
    Layout("gulf", "other", ("A ~ 99999", "~ 99999", "~ 999999", "99999 ~", "A~9999", "99 ~ 99999"), ALL, _FLAT,
           _DARK, weight=2),
    Layout("gulf-square", "other", ("~~|99999", "A~|99999", "~99|9999"), ALL, _TWO, _DARK),
    Layout("il", "other", ("99-999-99", "999-99-999", "99.999.99"), ALL, _FLAT, _YELLOW, "l", "IL"),
    Layout("tr", "other", ("99 AA 999", "99 AAA 99", "99 A 9999", "99 AAA 999"), NO_I_O_Q, _EU, _DARK, "l", "TR"),
    Layout("kenya", "other", ("AAA 999A", "AAA|999A", "UAA 999A", "AAA|999A"), NO_I_O_Q, (1.5, 4.6),
           _DARK + _YELLOW),
)
_OTHERS = (
    Layout("au-nsw", "au", ("AAA-99A", "AAA-999", "AA-99-AA", "AAA 99A"), ALL, (2.6, 4.0), _DARK + _YELLOW, "v", "NSW",
           ("NEW SOUTH WALES",), 0.12, 0.84, weight=1.5),
    Layout("au", "au", ("AAA-999", "AAA 999", "AA-99-AA", "AAA-99A", "9AA-9AA", "999-AAA", "AA 99 AA", "999 AAA",
                        "AAAA99"),
           ALL, (2.4, 3.6), _DARK + _YELLOW + _LIGHT,
           captions=("NEW SOUTH WALES", "VICTORIA", "QUEENSLAND", "NSW", "WESTERN AUSTRALIA", "THE PREMIER STATE"),
           caption_share=0.17, fill=0.84, weight=3),
    Layout("ru", "ru", ("A999AA^99^", "A 999 AA ^999^", "A999AA 99", "A999AA ^999^"), CYRILLIC_ALIKE, _FLAT, _DARK,
           weight=2),
    Layout("ru-square", "ru", ("A999|AA^99^", "9999|AA^99^"), CYRILLIC_ALIKE, _TWO, _DARK),
    Layout("any", "other", ("#####", "######", "### ###", "#######", "########", "## ## ##", "##########", "AAA 999",
                            "999 999", "9999", "99999", "999999", "AA 99", "AAA 9", "#########"), ALL, (1.8, 5.2),
           _DARK + _YELLOW + _LIGHT, weight=7),
    Layout("any-square", "other", ("###|###", "###|####", "##|####", "####|###", "####|####", "##|###", "#####|####",
                                   "##|#####", "#|#####", "####|#####", "#####|#####", "A 99|999"), ALL, (1.0, 2.4),
           _DARK + _YELLOW + _LIGHT, weight=5),
)
_SQUARE = (
    Layout("africa-square", "other", ("AAA|999A", "AAA|9999", "T 999|AAA", "AAA 99|9A", "AA 999|AA", "AAA|999 AA"), ALL,
           (1.2, 2.2), _DARK + _YELLOW, weight=2),
    Layout("asia-cycle", "other", ("AA9|9999", "999|AAA", "9AA|9999", "^AAA^|9999", "^99-A9^|9999", "^9AA^|9999",
                                   "AAA|^9999^", "^99 AA^|99999"), ALL, _CYCLE, _DARK + _LIGHT + _YELLOW, weight=2),
    Layout("emblem-square", "other", ("AAA~|9999", "~AAA|999", "AA~99|9999", "AAA|~999", "AAA~|999A"), ALL, _TWO,
           _DARK + _YELLOW + _LIGHT),
    Layout("d-square-old", "eu", ("AA**|A 99H", "A**|AA 99H", "AAA|*A 99H", "AA|*A 9999H"), ALL, (1.2, 1.7), _DARK,
           "l", "D"),
    Layout("irl-square", "eu", ("99-A|99999", "99 AA|9999", "99-A|999999", "999-A|9999"), "DCGKLMOWTXS", (1.3, 1.9),
           _DARK, "l", "IRL"),
    Layout("tr-square", "other", ("99 AA|999", "99 A|9999", "99 AAA|99"), NO_I_O_Q, (1.3, 1.9), _DARK, "l", "TR",
           weight=0.7),
    Layout("pk-punjab-letter", "pk", ("AAA-^99^|9999 A", "AAA.^99^|9999 A", "AA ^99^|9999", "AAA ^-99^|9999"), ALL,
           (1.5, 2.3), _DARK, "l", "", weight=2),
)
FRAME_WORDS = ("DUSTER", "FORD", "AUTOHAUS MEYER", "WWW.MOTORS.COM", "TOYOTA", "CITY CARS", "HONDA",
               "QUALITY USED CARS", "MINI", "TYPE R", "SUZUKI", "GARAGE 24", "TEL 0123 456", "GOLF", "4 MOTION")
"""What dealers and makers write around plates."""
# fmt: on
LAYOUTS = _SOUTH_AFRICA + _EUROPE + _AMERICA + _ASIA + _OTHERS + _SQUARE
