"""Which of several readings of one card makes sense. Pure.

A keyboard layout moves hyphens, apostrophes and slashes about; where they may stand in a name, a number or an
address tells one layout from another. What readings that make equal sense differ in is not known.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from kiosk.identity.documents import Licence

_IDENTITY = ("family_name", "given_name", "middle_name", "suffix", "birth_date", "document_number")
_ADDRESS = ("street", "city", "region", "postal_code")
_ODD_NAME = re.compile(r"[/&*´`º{]|\b\w-|(?<=[A-Z])[a-zß-ÿ](?=[A-Z])")
# Given names have an apostrophe anywhere (Tre'Von); in family names it follows one or two letters (O'Hara).
_ODD_FAMILY_NAME = re.compile(r"[\w.]{3}['’]\w\w")
_ODD_NUMBER = re.compile(r"[^\w *.-]|[^\x00-\x7f]")
_ODD_ADDRESS = re.compile(r"(?<!\d)/|/(?!\d)|\d&|&\d|\w{3}['’]\w\w|[a-z]?[ßà-ÿ](?=[A-Z])|[£*+´`º{}|<>=\\^~]")
_POSTAL_CODE = re.compile(r"\d{5,6}(?:-?\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d")


def most_plausible(cards: Iterable[Licence]) -> Licence | None:
    """The reading with the least that is odd; None if there are several and they are different people."""
    odd = {card: _oddities(card) for card in cards}
    best = [card for card in odd if odd[card] == min(odd.values())]
    first, *others = best
    if any(getattr(other, field) != getattr(first, field) for other in others for field in _IDENTITY):
        return None
    blank = Licence()
    for field in _ADDRESS:
        if any(getattr(other, field) != getattr(first, field) for other in others):
            first = replace(first, **{field: getattr(blank, field)})
    return first


def _oddities(card: Licence) -> int:
    names = (card.family_name, card.given_name, card.middle_name, card.suffix)
    odd = [_ODD_NAME.search(name) for name in names]
    odd += [_ODD_FAMILY_NAME.search(card.family_name)]
    odd += [_ODD_ADDRESS.search(part) for part in (card.street, card.city)]
    number, code = card.document_number, card.postal_code
    return (
        sum(map(bool, odd))
        + (not number or bool(_ODD_NUMBER.search(number)))
        + (bool(code) and not _POSTAL_CODE.fullmatch(code))
    )
