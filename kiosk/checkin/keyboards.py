"""The letters of the touch keyboard, in the order of the alphabet, by language. Pure: standard library only.

A name matches with or without its accents (`kiosk.identity.folding`); the keys are there because it is the name.
"""

from collections.abc import Iterable

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
ALPHABETS = {
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآءؤئىة",
    "fa": "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیآء",
    "ru": "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
    "uk": "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ",
}


def keyboards(languages: Iterable[str], language: str) -> list[tuple[str, str]]:
    """Return (direction, keys) of each keyboard for a patient who reads `language`, the first one first.

    The first of the site's `languages` is the one that names are recorded in: its letters come first.
    """
    site = next(iter(languages), language)
    base, own = site.partition("-")[0], language.partition("-")[0]
    latin = ("ltr", LATIN + ACCENTED.get(own, ACCENTED.get(base, "")) + MARKS)
    others = [(_direction(name), ALPHABETS[name]) for name in dict.fromkeys((base, own)) if name in ALPHABETS]
    return [*others, latin] if base in ALPHABETS else [latin, *others]


def _direction(language: str) -> str:
    return "rtl" if language in ("ar", "fa", "ur", "he") else "ltr"
