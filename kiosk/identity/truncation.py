"""How documents cut long names, applied to a record to see whether it is the name that was cut. Pure.

A cut name is compared by doing to the record what the issuer did to the card, never by "begins with".
"""

from kiosk.identity.folding import forms, words

_APOSTROPHES = "'’`ʼ"
_JOINS = "- "
# A cut to fewer characters would be the cut of too many names. Cards have room for 35 to 40.
SHORTEST_CUT = 20


def aamva_reduced(name: str, length: int) -> str:
    """Cut a name as AAMVA A.7.7 says, from the right and only as far as needed.

    First the spaces beside hyphens, then apostrophes, then any character except hyphens, spaces and the one
    right after them (and the first).
    """
    letters = list(name)
    for may_go in (_is_space_beside_hyphen, _is_apostrophe, _is_inside_word):
        place = len(letters) - 1
        while place >= 0 and len(letters) > length:
            if may_go(letters, place):
                del letters[place]
            place -= 1
    return "".join(letters)


def _is_space_beside_hyphen(letters: list[str], place: int) -> bool:
    return letters[place] == " " and "-" in (letters[max(place - 1, 0)], *letters[place + 1 : place + 2])


def _is_apostrophe(letters: list[str], place: int) -> bool:
    return letters[place] in _APOSTROPHES


def _is_inside_word(letters: list[str], place: int) -> bool:
    return place > 0 and letters[place] not in _JOINS and letters[place - 1] not in _JOINS


def is_aamva_cut_of(printed: str, full: str) -> bool:
    """Whether a card that says it cut this name (DDE, DDF, DDG) cut it from this full name."""
    if len(printed) < SHORTEST_CUT or len(full) <= len(printed):
        return False
    return not forms(aamva_reduced(full, len(printed))).isdisjoint(forms(printed))


def is_mrz_cut_of(printed: str, full: str) -> bool:
    """Whether a passport whose name line is full can mean this name: all words but the last are whole.

    The last may be cut (9303-3, 4.7); words behind it may be missing.
    """
    cut, whole = words(printed), words(full)
    if len(cut) < 2 or len(cut) > len(whole):
        return False
    if any(forms(one).isdisjoint(forms(other)) for one, other in zip(cut[:-1], whole, strict=False)):
        return False
    return any(form.startswith(cut[-1]) for form in forms(whole[len(cut) - 1]))
