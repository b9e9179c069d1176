"""The letters of the touch keyboard, in the order of the alphabet, by language. Pure: standard library only.

A name matches with or without its accents (`kiosk.identity.folding`); they are there because it is the name.
"""

from collections.abc import Iterable
from dataclasses import dataclass

LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MARKS = "'-"
ACCENTED = {
    "de": "ÄÖÜß",
    "es": "ÑÁÉÍÓÚÜ",
    "fr": "ÀÂÇÉÈÊËÎÏÔÙÛŒ",
    "ht": "ÀÈÒ",
    "it": "ÀÈÉÌÒÙ",
    "pl": "ĄĆĘŁŃÓŚŹŻ",
    "pt": "ÁÂÃÀÇÉÊÍÓÔÕÚ",
    "vi": "ĂÂĐÊÔƠƯ",
}
DIGITS = "0123456789"
CROCKFORD = DIGITS + "ABCDEFGHJKMNPQRSTVWXYZ"
"""The letters of a code on a letter: no I, L, O, U."""
RIGHT_TO_LEFT = "\u0627"
ALPHABETS = {
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآءؤئىة",
    "fa": "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیآء",
    "ru": "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
    "uk": "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ",
}


COLUMNS = 10
MOST_ROWS = 4
"""More rows of keys than these are not 20 mm high on a small wide panel."""


@dataclass(frozen=True, slots=True)
class Keyboard:
    """The keys of one alphabet. `wide` columns are for each of the other keys, `space` fills the last row."""

    direction: str
    keys: str
    wide: int
    space: int = 0

    @property
    def letters(self) -> str:
        """What this keyboard is called on the key that changes to it."""
        return "".join(key for key in self.keys if key.isalpha())[:3]


def keyboards(languages: Iterable[str], language: str) -> list[Keyboard]:
    """Return the keyboards for a patient who reads `language`, the one to begin with first.

    The first of the site's `languages` is the one that names are recorded in: its letters come first.
    """
    site = next(iter(languages), language)
    base, own = site.partition("-")[0], language.partition("-")[0]
    latin = LATIN + ACCENTED.get(own, ACCENTED.get(base, "")) + MARKS
    others = [ALPHABETS[name] for name in dict.fromkeys((base, own)) if name in ALPHABETS]
    alphabets = [*others, latin] if base in ALPHABETS else [latin, *others]
    return [_laid_out(keys, len(alphabets)) for keys in alphabets]


def lettered(*alphabets: str) -> list[Keyboard]:
    """Keyboards of these keys alone, without a space: for codes and numbers."""
    extra = 1 if len(alphabets) == 1 else 2
    return [Keyboard("ltr", keys, (-len(keys) % COLUMNS or COLUMNS) // extra) for keys in alphabets]


def _laid_out(keys: str, alphabets: int) -> Keyboard:
    """Beside the letters: space, delete, and a key to change the alphabet where there are several."""
    extra = 1 if alphabets == 1 else 2
    wide = 2 if len(keys) + 2 * extra < COLUMNS * MOST_ROWS else 1
    direction = "rtl" if keys[0] in RIGHT_TO_LEFT else "ltr"
    return Keyboard(direction, keys, wide, -(len(keys) + wide * extra) % COLUMNS or COLUMNS)
