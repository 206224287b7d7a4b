"""How registrations of each country are composed: a table, a row a layout. What fits no row is free text.

A row is written as people write the plate: `@` is a letter, `#` a digit, `*` either; `[ABC]` is one of these, `[^IQ]`
any letter but these; `(CA|CF)` is one of these words; `{2}` or `{1,4}` behind any of them repeats it. Spaces, dots and
dashes are written for people and not read. The commonest rows stand first: a plate that fits several is written as the
first one says. A row may be too wide, which leaves some look-alikes as they were read; one that is too narrow spoils
good plates. Texts of choice are no rows: `SURF 1 GP` stays as it was read.
"""

from __future__ import annotations

from types import MappingProxyType

_WESTERN_CAPE = (
    "CA|CAA|CAM|CAR|CAW|CB|CBL|CBM|CBR|CBS|CBT|CBY|CC|CCA|CCC|CCD|CCK|CCM|CCO|CCP|CE|CEA|CEG|CEM|CEO|CER|CES|CEX|CEY|CF|"
    "CFA|CFG|CFM|CFP|CFR|CG|CJ|CK|CL|CN|CO|CR|CS|CT|CV|CW|CX|CY|CZ"
)
_SOUTH_AFRICA = (
    f"({_WESTERN_CAPE}) #{{1,5}}",
    f"({_WESTERN_CAPE}) ###-###",
    "N@{1,2} #{1,5}",  # KwaZulu-Natal until 2023
    "N@{1,2} ###-###",
    "@@@ ### (GP|EC|FS|L|MP|NC|NW|B|M)",  # B and M: police and army
    "@@ ## @@ (GP|EC|FS|L|MP|NC|NW|ZN)",
)
_IRISH = "C|CE|CN|CW|D|DL|G|KE|KK|KY|L|LD|LH|LK|LM|LS|MH|MN|MO|OY|RN|SO|T|TN|TS|W|WD|WH|WW|WX"
_ROMANIAN = (
    "AB|AG|AR|BC|BH|BN|BR|BT|BV|BZ|CJ|CL|CS|CT|CV|DB|DJ|GJ|GL|GR|HD|HR|IF|IL|IS|MH|MM|MS|MT|NT|OT|PH|SB|SJ|SM|SV|TL|TM|"
    "TR|VL|VN|VS"
)
_CROATIAN = (
    "BJ|BM|CK|DA|DE|DJ|DU|GS|IM|KA|KC|KR|KT|KZ|MA|NA|NG|OG|OS|PU|PZ|RI|SB|SI|SK|SL|ST|VK|VT|VU|VZ|ZD|ZG|ZU"  # ŠI is SI
)
_INDIAN = (
    "AN|AP|AR|AS|BR|CG|CH|DD|DL|DN|GA|GJ|HP|HR|JH|JK|KA|KL|LA|LD|MH|ML|MN|MP|MZ|NL|OD|OR|PB|PY|RJ|SK|TG|TN|TR|TS|UA|UK|"
    "UP|WB"
)
_NL = "[BDFGHJKLNPRSTVWXYZ]"
_VN = "[ABCDEFGHKLMNPSTUVXYZ]"

GRAMMARS = MappingProxyType(
    {
        "at": ("@{1,2} #{1,5} @{1,3}", "@{1,2} @{1,5} #{1,3}"),
        "be": ("[123456789MOQT]-@@@-###", "@@@-###", "###-@@@"),
        "bg": ("[ABCEHKMOPTXY]{1,2} #### [ABCEHKMOPTXY]{2}",),
        "br": ("@@@-####", "@@@#@##"),
        "cy": ("@@@ ###",),
        "cz": ("#[ABCEHJKLMPSTUZ]* ####", "@@@ ##-##"),
        "de": (
            "@{1,3}-@{1,2} [123456789]#{0,3}",
            "@{1,3}-@{1,2} [123456789]#{0,3}[EH]",
            "@{1,3}-0#{4,5}",  # dealers' and collectors'
            "Y-### ###",  # army
        ),
        "dk": ("@@ ## ###",),
        "ee": ("### @@@", "## @@@"),
        "es": (
            "#### [BCDFGHJKLMNPRSTVWXYZ]{3}",
            "[CEHPRSTV] #### [BCDFGHJKLMNPRSTVWXYZ]{3}",  # trailers, mopeds, dealers, collectors
            "@{1,2}-####-@{1,2}",
        ),
        "fi": ("@{2,3}-#{1,3}",),
        "fr": ("[^IOU]{2}-###-[^IOU]{2}", "W-###-[^IOU]{2}", "#{1,4} @{1,3} ##", "#{1,4} @{1,3} 2[AB]"),
        "gb": (
            "[^IQZ][^IQ]## [^IQ]{3}",
            "[^IOQUZ]#{1,3} @{3}",
            "Q#{1,3} @{3}",
            "@{3} #{1,3}[^IOQUZ]",
            "@{1,3} #{1,4}",  # without a date: the oldest, and Northern Ireland
            "#{1,4} @{1,3}",
        ),
        "gr": ("[ABEHIKMNOPTXYZ]{3}-####", "[ABEHIKMNOPTXYZ]{3}-###"),
        "hr": (f"({_CROATIAN}) #{{3,4}}-@{{1,2}}",),
        "hu": ("@@@-###", "@@ @@-###"),
        "ie": (f"##-({_IRISH})-#{{1,6}}", f"##[12]-({_IRISH})-#{{1,6}}"),
        "in": (f"({_INDIAN}) #{{1,2}} [^IO]{{0,3}} #{{1,4}}", "## BH #### [^IO]{1,2}"),
        "it": ("[^IOQU]{2} ### [^IOQU]{2}", "[^IOQU]{2} #{5}", "@@ #{6}", "@@ [^IOQU]#{5}"),
        "lt": ("@@@ ###", "@@ ###", "## @@@"),
        "lu": ("@@ ####", "#{4,5}"),
        "lv": ("@{1,2}-#{1,4}",),
        "mt": ("@@@ ###",),
        "nl": (
            "@@-##-##",
            "##-##-@@",
            "##-@@-##",
            f"{_NL}{{2}}-##-{_NL}{{2}}",
            f"{_NL}{{2}}-{_NL}{{2}}-##",
            f"##-{_NL}{{2}}-{_NL}{{2}}",
            f"##-{_NL}{{3}}-#",
            f"#-{_NL}{{3}}-##",
            f"{_NL}{{2}}-###-{_NL}",
            f"{_NL}-###-{_NL}{{2}}",
            f"{_NL}{{3}}-##-{_NL}",
            f"{_NL}-##-{_NL}{{3}}",
            f"#-{_NL}{{2}}-###",
            f"###-{_NL}{{2}}-#",
        ),
        "pl": (
            "@{2,3} #####",
            "@{2,3} ####[^BDIOZ]",
            "@{2,3} ###[^BDIOZ]{2}",
            "@@ #[^BDIOZ]###",
            "@@ #[^BDIOZ]{2}##",
            "@@@ [^BDIOZ]###",
            "@@@ ##[^BDIOZ]{2}",
            "@@@ #[^BDIOZ]##",
            "@@@ ##[^BDIOZ]#",
            "@@@ #[^BDIOZ]{2}#",
            "@@@ [^BDIOZ]{2}##",
        ),
        "pt": ("@@-##-##", "##-##-@@", "##-@@-##", "@@-##-@@"),
        "ro": (
            "B ##{1,2} [^IOQ][^Q]{2}",
            f"({_ROMANIAN}) ## [^IOQ][^Q]{{2}}",
            "B 0#{4,5}",  # for some weeks, until a vehicle is registered
            f"({_ROMANIAN}) 0#{{4,5}}",
        ),
        "se": ("[^IQV]{3} ###", "[^IQV]{3} ##[^IOQV]"),
        "si": ("(CE|GO|KK|KP|KR|LJ|MB|MS|NM|PO|SG) **-***",),
        "sk": ("@@-###@@",),
        "us": (
            "@@@ ####",
            "@@@ ###",
            "### @@@",
            "#### @@@",
            "#@@@###",
            "#@@ ###",
            "###@@#",
            "@@# #@#",
            "@@@ @##",
            "@@@ ##@",
            "@## #@@",
            "@## @@@",
            "##@ ###",
            "@@ #####",
            "@@ ####",
            "@##-##@",
            "### @##",
        ),
        "vn": (
            f"##{_VN}-###.##",
            f"##{_VN}-####",
            f"##-{_VN}# ###.##",  # motorcycles
            f"##-{_VN}# ####",
            f"##-{_VN}{{2}} ###.##",
            "##(LD|NG|NN)-###.##",
        ),
        "za": _SOUTH_AFRICA,
    }
)
"""Layouts by ISO 3166 code of the country; those of the United States are the commonest of its states."""
LOOSE = frozenset({"us"})
"""Where so many plates fit no row that a text which fits none is no sign of a mistake."""
