"""What each key types on the keyboard that a scanner imitates. Pure data.

The rows are those of a keyboard from top left to bottom right, by Linux key code (`input-event-codes.h`), as
Windows defines the country's layout, because that is what scanners are set to. A space means that the key
types nothing. A combining accent is a dead key.
"""

from dataclasses import dataclass, field

# ` 1 … =   q … ]   a … ' \   (the key left of z) z … /
POSITIONS = (41, *range(2, 14), *range(16, 28), *range(30, 41), 43, 86, *range(44, 54))
KEYPAD_DIGITS = dict(zip((82, 79, 80, 81, 75, 76, 77, 71, 72, 73), "0123456789", strict=True))
ANYWHERE = {28: "\r", 96: "\r", 15: "\t", 14: "\b", 1: "\x1b", 57: " ", 55: "*", 74: "-", 78: "+", 98: "/"}


@dataclass(frozen=True, slots=True)
class Layout:
    """The character of each key alone, with Shift and with AltGr; `oem` is what Alt and three digits mean."""

    plain: dict[int, str]
    shift: dict[int, str]
    altgr: dict[int, str] = field(default_factory=dict)
    oem: str = "cp850"

    def __post_init__(self) -> None:
        for level in (self.plain, self.shift):
            for code, char in (ANYWHERE | KEYPAD_DIGITS).items():
                level.setdefault(code, char)


def _rows(*rows: str) -> dict[int, str]:
    keys = "".join(rows)
    return {code: char for code, char in zip(POSITIONS, keys, strict=True) if char != " "}


def _some(plain: dict[int, str], pairs: str) -> dict[int, str]:
    """`"q@ e€"`: with AltGr, the key of q types @ and the key of e types €."""
    key_of = {char: code for code, char in plain.items()}
    return {key_of[pair[0]]: pair[1] for pair in pairs.split()}


_US = _rows("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", "\\zxcvbnm,./") | {83: "."}
_UK = _rows("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'#", "\\zxcvbnm,./") | {83: "."}
_DE = _rows("\u03021234567890ß\u0301", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-") | {83: ","}
_FR = _rows("²&é\"'(-è_çà)=", "azertyuiop\u0302$", "qsdfghjklmù*", "<wxcvbn,;:!") | {83: "."}
_ES = _rows("º1234567890'¡", "qwertyuiop\u0300+", "asdfghjklñ\u0301ç", "<zxcvbnm,.-") | {83: "."}

LAYOUTS = {
    "us": Layout(
        _US, _rows("~!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"|', "|ZXCVBNM<>?") | {83: "."}, oem="cp437"
    ),
    "uk": Layout(
        _UK,
        _rows('¬!"£$%^&*()_+', "QWERTYUIOP{}", "ASDFGHJKL:@~", "|ZXCVBNM<>?") | {83: "."},
        _some(_UK, "`¦ 4€ eé uú ií oó aá"),
    ),
    "de": Layout(
        _DE,
        _rows('°!"§$%&/()=?\u0300', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_") | {83: ","},
        _some(_DE, "2² 3³ 7{ 8[ 9] 0} ß\\ q@ e€ +~ <| mµ"),
    ),
    "fr": Layout(
        _FR,
        _rows(" 1234567890°+", "AZERTYUIOP\u0308£", "QSDFGHJKLM%µ", ">WXCVBN?./§") | {83: "."},
        _some(_FR, "é\u0303 \"# '{ ([ -| è\u0300 _\\ ç^ à@ )] =} e€ $¤"),
    ),
    "es": Layout(
        _ES,
        _rows('ª!"·$%&/()=?¿', "QWERTYUIOP\u0302*", "ASDFGHJKLÑ\u0308Ç", ">ZXCVBNM;:_") | {83: "."},
        _some(_ES, "º\\ 1| 2@ 3# 4\u0303 5€ 6¬ e€ \u0300[ +] \u0301{ ç}"),
    ),
}
