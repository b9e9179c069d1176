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
GERMAN = str.maketrans("YZyzßäÄöÖüÜ-_§/()=?\"&;:'", "ZYzy-'\";:[{/?#&*()_@^<>|")
BRITISH = str.maketrans('"@£#¬~', '@"#\\~|')
# Spanish, Italian and Portuguese; Danish, Finnish, Norwegian and Swedish: alike where it matters.
SOUTHERN = str.maketrans("\"'´àº£·-_?&/()=;:", "@-'''##/?_^&*()<>")
NORDIC = str.maketrans('"+äæø-_?&/()=;:', "@-'''/?_^&*()<>")

_FRENCH_HEADER = re.compile(r"[Qq][Nn][Ss][Ii] ")
_QUOTE_FOR_AT = re.compile(r'"[^0-9A-Za-z"@]{0,4}6?[^0-9A-Za-z"@]{0,2}[Mm]?(?:ANSI|AAMVA|ansi|aamva)')
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
    if _FRENCH_HEADER.search(text):
        return [text.translate(FRENCH)]
    quoted = _QUOTE_FOR_AT.search(text)
    if quoted is None:
        is_german = "@" not in text and _GERMAN_SIGNS.search(text) and not _STRAIGHT.search(text)
        return [_german(text)] if is_german else [text]
    typed = text[quoted.end() :].upper()
    hair_first = None if _ALBERTA.search(text) else _hair_comes_first(typed)
    german = bool(_GERMAN_SIGNS.search(typed) or _GERMAN_COLOURS.search(typed) or hair_first)
    straight = bool(_STRAIGHT.search(typed) or _STRAIGHT_COLOURS.search(typed) or hair_first is False)
    others = [text.translate(layout) for layout in (BRITISH, SOUTHERN, NORDIC)]
    if german == straight:
        return [*others, _german(text)]
    return [_german(text)] if german else others


def _german(text: str) -> str:
    kept = [found.start() for found in _IN_A_WORD.finditer(text)]
    letters = list(text.translate(GERMAN))
    for place in kept:
        letters[place] = text[place]
    return "".join(letters)


def _hair_comes_first(typed: str) -> bool | None:
    """Every card has eyes (DAY), and hair (DAZ) behind them, but Alberta's: else they are swapped."""
    first = _COLOURED.search(typed)
    return first["id"] == "DAZ" if first else None
