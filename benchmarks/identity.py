"""Licences of all jurisdictions and editions, clean and damaged on the way: how many are read right."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import partial

from benchmarks.report import Figure, median
from kiosk.identity import Licence, recognise
from kiosk.identity.aamva.issuers import REGIONS
from tests.unit.identity.cards import ORDERS, VERSIONS, Card, Holder, text
from tests.unit.identity.damage import HARMLESS, LOSSY, cut, without_one_separator

FAMILIES = ("SMITH", "O'CONNOR", "SMITH-JONES", "VAN DER BERG", "PEÑA", "NG", "O", "de la Cruz")
WITH_IDS = ("ADAM", "DBASHIR", "DCSARA", "YAMADA", "MCDADE", "WOODCOCK", "LINDAHL", "MADDEN")
GIVENS = ("JOHN", "MARY", "JOSÉ", "JEAN-PAUL", "X", "D'ANDRE")
SPARSE = 7
MICROSECONDS = 300

Damage = Callable[[str], str | bytes]


def cards(families: tuple[str, ...]) -> list[Card]:
    """One card for every issuer and version."""
    choose = random.Random(1)
    return [
        Card(
            issuer=issuer,
            version=version,
            order=choose.choice(ORDERS),
            given_comma=True,
            holder=Holder(
                family=choose.choice(families),
                given=choose.choice(GIVENS),
                middle=choose.choice(["", "PAUL", "LEE"]),
                suffix=choose.choice(["", "", "JR", "III"]),
            ),
        )
        for issuer in REGIONS
        for version in VERSIONS
        # Pennsylvania's own order of names in the first edition leaves no room for names of two words.
        if not (REGIONS[issuer] == "PA" and version < 2)
    ]


def outcome(card: Card, payload: str | bytes) -> str:
    """`right`, `in part` (what is missing is blank), `refused`, or `WRONG`."""
    clean, found = recognise(text(card)), recognise(payload)
    if not isinstance(found, Licence) or not isinstance(clean, Licence):
        return "refused"
    pairs = [(getattr(found, field.name), getattr(clean, field.name)) for field in fields(Licence)]
    if any(value not in ("", None, expected) for value, expected in pairs):
        return "WRONG"
    return "right" if all(value == expected for value, expected in pairs) else "in part"


def is_right(card: Card) -> bool:
    """Whether the clean card says what its maker put in."""
    found, holder = recognise(text(card)), card.holder
    return isinstance(found, Licence) and (
        (found.family_name, found.given_name, found.middle_name, found.suffix)
        == (holder.family, holder.given, holder.middle, holder.suffix)
        and (found.birth_date, found.expiry, found.document_number)
        == (holder.born, holder.expires, holder.number)
        and (found.issuer, found.region, found.aamva_version) == (card.issuer, card.region, card.version)
    )


def figures() -> Iterator[Figure]:
    """What is read, by kind of damage; then what it costs."""
    for what, families in (("names as they are", FAMILIES), ("names with element ids", WITH_IDS)):
        some = cards(families)
        right = sum(map(is_right, some))
        yield Figure(f"clean, {what}", f"{right:,} of {len(some):,} right", "all", right == len(some))
        groups: dict[str, Iterable[Damage]] = {
            f"damage that can be undone ({len(HARMLESS)} kinds)": HARMLESS.values(),
            f"separators lost ({len(LOSSY)} kinds)": LOSSY.values(),
            "one separator lost": [
                partial(without_one_separator, number=number) for number in range(0, 30, 3)
            ],
            "cut off": [partial(cut, at=at) for at in range(40, 440, 40)],
        }
        for group, damages in groups.items():
            yield _judged(f"{group}, {what}", some[::SPARSE], damages)
    yield _cost()


def _judged(what: str, some: list[Card], damages: Iterable[Damage]) -> Figure:
    counts: Counter[str] = Counter()
    for damage in damages:
        for card in some:
            try:
                payload = damage(text(card))
            except UnicodeEncodeError:
                continue  # this line cannot carry this name
            counts[outcome(card, payload)] += 1
    measured = ", ".join(f"{counts[name]:,} {name}" for name in ("right", "in part", "refused", "WRONG"))
    return Figure(what, measured, "0 WRONG", counts["WRONG"] == 0)


def _cost() -> Figure:
    payloads = [text(card) for card in cards(FAMILIES)]
    spent = []
    for payload in payloads:
        begun = time.thread_time()
        recognise(payload)
        spent.append((time.thread_time() - begun) * 1e6)
    return Figure(
        "a clean licence", f"{median(spent):.0f} µs", f"≤ {MICROSECONDS} µs", median(spent) <= MICROSECONDS
    )
