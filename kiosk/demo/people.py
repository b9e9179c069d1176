"""The demo's patients: invented, and plainly so: family names are words for "example" in many languages."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from kiosk.appointments.rules import Person

FAMILY = (
    "Sample", "Example", "Specimen", "Muster", "Beispiel", "Ejemplo", "Muestra", "Exemple",
    "Modèle", "Esempio", "Exemplo", "Amostra", "Voorbeeld", "Przykład", "Příklad", "Példa", "Örnek",
    "Näyte", "Exempel", "Eksempel", "Primjer", "Pavyzdys", "Paraugs", "Sampull", "Mfano", "Misal",
    "Contoh", "Halimbawa", "Tauira", "Ví-Dụ", "Mithaal", "Udaharan", "Lìzi", "Rei", "Yeje",
)  # fmt: skip
GIVEN = (
    "Ana", "Ben", "Chidi", "Dina", "Emeka", "Fatima", "Grace", "Hana", "Ivo", "João", "Keisha",
    "Lars", "Mei", "Nadia", "Omar", "Priya", "Quinn", "Rosa", "Søren", "Tereza", "Uma", "Valeria",
    "Wei", "Ximena", "Yusuf", "Zoë", "Aarav", "Björn", "Carmen", "Đặng", "Elif", "Łukasz", "Noor",
    "Siobhán", "Tomás", "Uğur",
)  # fmt: skip
ORDINARY = 17
"""So many patients without a difficulty come first."""
MIDDLE = ("", "", "", "", "Marie", "Lee", "José", "Ann", "Kofi")
LANGUAGES = ("en", "en", "en", "en", "es", "es", "ar")


def people(chance: random.Random, today: date) -> Iterator[Person]:
    """Yield people, no two with the same name; the difficult cases after `ORDINARY` others."""
    pairs = [(family, given) for family in FAMILY for given in GIVEN]
    chance.shuffle(pairs)
    for number, (family, given) in enumerate(pairs):
        if number == ORDINARY:
            yield from _difficult(today)
        yield Person(family, given, chance.choice(MIDDLE), "", _birth_date(chance, today))


def stranger(today: date) -> Person:
    """Somebody with a card whom nobody expects."""
    return Person("Nobody", "Expected", "", "", date(today.year - 41, 5, 17))


def _difficult(today: date) -> Iterator[Person]:
    """Twins, father and son of one name, a hyphen and accents, a leap day, a child."""
    twins = date(today.year - 29, 3, 14)
    yield Person("Sample", "Tina", "", "", twins)
    yield Person("Sample", "Tino", "", "", twins)
    yield Person("Muster", "Max", "", "Sr", date(today.year - 71, 8, 2))
    yield Person("Muster", "Max", "", "Jr", date(today.year - 38, 11, 30))
    yield Person("Ejemplo-Muestra", "María José", "", "", date(1984, 2, 29))
    yield Person("Voorbeeld", "Kim", "", "", date(today.year - 7, 6, 21))


def _birth_date(chance: random.Random, today: date) -> date:
    years = chance.triangular(3, 92, 55)
    return today - timedelta(days=int(years * 365.25))
