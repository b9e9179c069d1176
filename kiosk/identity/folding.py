"""Two spellings of one name: what may differ without being another name. Pure.

Case, accents, apostrophes, full stops; a hyphen, a space and nothing are the same. ß Ä Ö Ü Å Æ Ø Œ Þ Ð are
written in more than one way, so a name has a set of forms, and two names are the same if a form is in both.
Nothing here is similarity: a different letter is a different name.
"""

import re
from unicodedata import normalize

_PLAIN = str.maketrans(
    {"ß": "SS", "Æ": "AE", "Ø": "O", "Œ": "OE", "Đ": "D", "Ð": "D", "Þ": "TH", "Ł": "L", "İ": "I"}
)
# ICAO 9303-3 §6, table A: what passports and most registries write.
_SPELLED_OUT = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE", "Å": "AA", "Ø": "OE", "Ñ": "N", "Ĳ": "IJ"})
_NORDIC = str.maketrans({"Ä": "AE", "Å": "A", "Ö": "OE", "Ø": "OE"})
_ICELANDIC = str.maketrans({"Ð": "DH"})
_SENTINELS = {"NONE", "UNAVL", "UNAVAIL", "UNAVAILABLE", "FNU", "LNU", "NFN", "NLN", "NMN", "NMI", "<", ""}
_SUFFIXES = {
    **dict.fromkeys(("JR", "JNR", "JUNIOR"), "JR"),
    **dict.fromkeys(("SR", "SNR", "SENIOR"), "SR"),
    **{
        word: roman
        for roman, words in {
            "I": ("I", "1ST"),
            "II": ("II", "2ND"),
            "III": ("III", "3RD"),
            "IV": ("IV", "4TH"),
            "V": ("V", "5TH"),
            "VI": ("VI", "6TH"),
            "VII": ("VII", "7TH"),
            "VIII": ("VIII", "8TH"),
            "IX": ("IX", "9TH"),
        }.items()
        for word in words
    },
}
# I, V and X are also initials and family names of their own.
_SUFFIXES_BEHIND_A_NAME = _SUFFIXES.keys() - {"I", "V"}
_WORD_BREAKS = re.compile(r"[\s<‐-―-]+")


def forms(name: str) -> frozenset[str]:
    """All ways to write a name in A–Z and digits, without spaces. None for a name that is not there."""
    upper = "".join(_upper(letter) for letter in normalize("NFC", name))
    if upper.strip() in _SENTINELS:
        return frozenset()
    written = {upper, upper.translate(_SPELLED_OUT), upper.translate(_NORDIC), upper.translate(_ICELANDIC)}
    return frozenset(filter(None, map(_letters, written)))


def _upper(letter: str) -> str:
    return "ß" if letter in "ßẞ" else letter.upper()


def _letters(name: str) -> str:
    return "".join(letter for letter in normalize("NFKD", name.translate(_PLAIN)) if letter.isalnum())


def words(name: str) -> list[str]:
    """The words of a name: hyphens part them too."""
    return [word for word in _WORD_BREAKS.split(name.strip()) if word and word.upper() not in _SENTINELS]


def same(one: str, other: str) -> bool:
    """Whether two names can be one name written in two ways."""
    return not forms(one).isdisjoint(forms(other))


def suffix_of(text: str) -> str:
    """One word for each suffix (JR, SR, II = 2ND …), or "" for what is none."""
    return _SUFFIXES.get(text.upper().strip(" .,"), "")


def without_suffix(family_name: str) -> tuple[str, str]:
    """Part `SMITH JR` into name and suffix, if there is one behind the name."""
    before, _, last = family_name.strip().rpartition(" ")
    if before and last.upper().strip(".,") in _SUFFIXES_BEHIND_A_NAME:
        return before.rstrip(" ,"), suffix_of(last)
    return family_name, ""
