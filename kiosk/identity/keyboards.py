"""A scanner that plays a US keyboard on a host set to another: tell which layout it was, and undo it. Pure.

Where a US keyboard types `@`, a German one types `"`, and Y is Z. A layout is a permutation of signs, so it
can be undone, if the text shows which it was. Names do not; element ids, the state and the colours do.
"""

import re

FRENCH = str.maketrans(
    "QAWZ?M;:!%ù°qawz,m&é\"'(-è_çà1234567890)",
    "AQZWM:,./\"'_aqzwm;1234567890!@#$%^&*()-",
)
GERMAN = str.maketrans("YZyzßäÄöÖüÜ-_§/()=?\"&;:'", "ZYzy-'\";:[{/?#&*()_@^<>|")
_FRENCH_HEADER = re.compile(r"[Qq][Nn][Ss][Ii] ")
# Shift and 2 is " on British, German, Italian and Spanish keyboards; of these only the German swaps Y and Z.
_QUOTE_FOR_AT = re.compile(r'"[^0-9A-Za-z"]{0,4}(?:6?M)?(?:ANSI|AAMVA|ansi|aamva)')
_GERMAN_SIGNS = re.compile(r"Y([A-Z])[0-9]{8}|Y([A-Z])Y\2[A-Z]|DAJ(?:NZ|KZ|WZ|AY)\b")
_GERMAN_COLOURS = re.compile(r"DA[YZ](?:GRZ|HAY|SDZ)|DAY(?:BAL|BLN|RED|WHI)|DAZ(?:BLU|GRN|MAR|DIC|PNK)")
_STRAIGHT = re.compile(r"Z([A-Z])[0-9]{8}|DAJ(?:NY|KY|WY|AZ)\b")
_STRAIGHT_COLOURS = re.compile(r"DA[YZ](?:GRY|HAZ|SDY)|DAZ(?:BAL|BLN|RED|WHI)|DAY(?:BLU|GRN|MAR|DIC|PNK)")
_COLOURED = re.compile(
    r"(?P<id>DA[YZ])(?:BL[KNU]|BRO|BRN|GR[NYZ]|HA[YZ]|SD[YZ]|BAL|RED|WHI|UNK|DIC|MAR|PNK|XXX)"
)


def us_typed(text: str) -> str | None:
    """The licence as a US keyboard would have typed it. None: it was another, and which cannot be told."""
    if _FRENCH_HEADER.search(text):
        return text.translate(FRENCH)
    quoted = _QUOTE_FOR_AT.search(text)
    if quoted is None:
        is_german = "@" not in text and _GERMAN_SIGNS.search(text) and not _STRAIGHT.search(text)
        return text.translate(GERMAN) if is_german else text
    typed = text[quoted.end() :].upper()
    german = bool(
        _GERMAN_SIGNS.search(typed) or _GERMAN_COLOURS.search(typed) or _eyes_come_after_hair(typed)
    )
    straight = bool(
        _STRAIGHT.search(typed) or _STRAIGHT_COLOURS.search(typed) or _eyes_come_after_hair(typed) is False
    )
    if german and not straight:
        return text.translate(GERMAN)
    return None if german == straight and re.search(r"[YZß]", typed) else text


def _eyes_come_after_hair(typed: str) -> bool | None:
    """Every card has eyes (DAY), and hair (DAZ) only behind them: the other way round they are swapped."""
    first = _COLOURED.search(typed)
    return first["id"] == "DAZ" if first else None
