"""A scanner that plays a US keyboard on a host set to another: what may have been typed. Pure.

Where a US keyboard types `@`, a German one types `"`, and Y is Z. A layout is a permutation of signs, so it
can be undone, if the text shows which it was. Letters tell it seldom: element ids, the state and the colours.
Where they do not, the licence is read under each layout, and the readings are compared (aamva/plausible.py).
"""

import re

FRENCH = str.maketrans(
    "QAWZ?M;:!%ù°qawz,m&é\"'(-è_çà1234567890)",
    "AQZWM:,./\"'_aqzwm;1234567890!@#$%^&*()-",
)
BELGIAN = FRENCH | str.maketrans("§!)-=+", "68-=/?")
GERMAN = str.maketrans("YZyzßäÄöÖüÜ-_§/()=?\"&;:'", "ZYzy-'\";:[{/?#&*()_@^<>|")
SWISS = str.maketrans("YZyz'äà-_*ç/()=?\"&;:", "ZYzy-''/?#$&*()_@^<>")
BRITISH = str.maketrans('"@£#¬~', '@"#\\~|')
# All but the British have the signs on the digits and beside them alike.
_SOUTHERN = str.maketrans("\"'-_?&/()=;:", "@-/?_^&*()<>")
SPANISH = _SOUTHERN | str.maketrans("´·", "'#")
LATIN_AMERICAN = _SOUTHERN | str.maketrans("{", "'")
ITALIAN = _SOUTHERN | str.maketrans("à£", "'#")
PORTUGUESE = _SOUTHERN | str.maketrans("º", "'")
# Danish, Finnish, Norwegian and Swedish: alike where it matters.
NORDIC = _SOUTHERN | str.maketrans("+äæø'", "-'''\\")
CANADIAN_FRENCH = str.maketrans("\"/?éÉ`'", "@#^/?'<")

_Y_FOR_Z = (GERMAN, SWISS)
_Y_FOR_Y = (BRITISH, SPANISH, LATIN_AMERICAN, ITALIAN, PORTUGUESE, NORDIC, CANADIAN_FRENCH)

_FRENCH_HEADER = re.compile(r"[Qq][Nn][Ss][Ii] (?P<digits>[^\w\s][^A-Z\s]*)")
_QUOTE_FOR_AT = re.compile(r'"[^0-9A-Za-z"@]{0,4}6?[^0-9A-Za-z"@]{0,2}[AaCcMm]{0,2}(?:ANSI|AAMVA|ansi|aamva)')
_GERMAN_SIGNS = re.compile(r"Y([A-Z])[0-9]{8}|Y([A-Z])Y\2[A-Z]|DAJ(?:NZ|KZ|WZ|AY)\b")
_GERMAN_COLOURS = re.compile(r"DA[YZ](?:GRZ|HAY|SDZ)|DAY(?:BAL|BLN|RED|WHI)|DAZ(?:BLU|GRN|MAR|DIC|PNK)")
_STRAIGHT = re.compile(r"Z([A-Z])[0-9]{8}|DAJ(?:NY|KY|WY|AZ)\b")
_STRAIGHT_COLOURS = re.compile(r"DA[YZ](?:GRY|HAZ|SDY)|DAZ(?:BAL|BLN|RED|WHI)|DAY(?:BLU|GRN|MAR|DIC|PNK)")
_COLOURED = re.compile(
    r"(?P<id>DA[YZ])(?:BL[KNU]|BRO|BRN|GR[NYZ]|HA[YZ]|SD[YZ]|BAL|RED|WHI|UNK|DIC|MAR|PNK|XXX)"
)
_ALBERTA = re.compile(r"(?:ANSI|ansi) (?:990876|604432)")
# A letter that no key of a US keyboard types came by its code: it is not a key of another layout either.
_IN_A_WORD = re.compile(r"(?<=[A-Z])[ÄÖÜ](?=[A-Z\s]|$)")


def us_typed(text: str) -> list[str]:
    """The licence as a US keyboard typed it: one text, or one for each layout that the host may have had."""
    if french := _FRENCH_HEADER.search(text):
        return [text.translate(BELGIAN if {"§", "!"} & {*french["digits"]} else FRENCH)]
    quoted = _QUOTE_FOR_AT.search(text)
    typed = text[quoted.end() if quoted else 0 :].upper()
    if quoted is None:
        is_german = "@" not in text and _GERMAN_SIGNS.search(typed) and not _STRAIGHT.search(typed)
        return [_undone(text, GERMAN)] if is_german else [text]
    hair_first = None if _ALBERTA.search(text) else _hair_comes_first(typed)
    swapped = bool(_GERMAN_SIGNS.search(typed) or _GERMAN_COLOURS.search(typed) or hair_first)
    straight = bool(_STRAIGHT.search(typed) or _STRAIGHT_COLOURS.search(typed) or hair_first is False)
    layouts = (*_Y_FOR_Y, *_Y_FOR_Z) if swapped == straight else _Y_FOR_Z if swapped else _Y_FOR_Y
    return list({_undone(text, layout): None for layout in layouts})


def _undone(text: str, layout: dict[int, int]) -> str:
    kept = [found.start() for found in _IN_A_WORD.finditer(text)]
    letters = list(text.translate(layout))
    for place in kept:
        letters[place] = text[place]
    return "".join(letters)


def _hair_comes_first(typed: str) -> bool | None:
    """Every card has eyes (DAY), and hair (DAZ) behind them, but Alberta's: else they are swapped."""
    first = _COLOURED.search(typed)
    return first["id"] == "DAZ" if first else None
