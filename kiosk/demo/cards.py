"""What a scanner reads off the demo's cards: AAMVA licences (Card Design Standard 2020, Annex D), with their
control characters, offsets and lengths. Pure.
"""

import unicodedata
from datetime import date

from kiosk.appointments.rules import Person

ISSUER = "636000"
_WITHOUT_DECOMPOSITION = str.maketrans({"Ł": "L", "Ø": "O", "Đ": "D", "ß": "SS", "Æ": "AE"})


def licence(person: Person, number: str) -> bytes:
    """The PDF417 text of this person's licence. Cards hold capitals without accents."""
    born = person.birth_date or date(1980, 1, 1)
    suffix = [f"DCU{person.suffix.upper()}"] if person.suffix else []
    elements = [
        f"DAQ{number}",
        f"DCS{_capitals(person.family_name)}",
        "DDEN",
        f"DAC{_capitals(person.given_name)}",
        "DDFN",
        f"DAD{_capitals(person.middle_name) or 'NONE'}",
        "DDGN",
        *suffix,
        "DCAD",
        "DCBNONE",
        "DCDNONE",
        "DBD01022022",
        f"DBB{born:%m%d%Y}",
        "DBA01022032",
        "DBC9",
        "DAU068 in",
        "DAYBRO",
        "DAG1 EXAMPLE STREET",
        "DAIRIVERSIDE",
        "DAJVA",
        "DAK232690000  ",
        "DCFDEMO0000000000000001",
        "DCGUSA",
    ]
    subfile = "DL" + "\n".join(elements) + "\r"
    extra = "ZVZVADEMO\r"
    offset = 21 + 2 * 10
    designators = f"DL{offset:04}{len(subfile):04}ZV{offset + len(subfile):04}{len(extra):04}"
    return f"@\n\x1e\rANSI {ISSUER}100002{designators}{subfile}{extra}".encode()


def garbled(payload: bytes) -> bytes:
    """A scan that broke off: the hand moved."""
    return payload[: len(payload) // 3] + b"\x00\x7f#?" + payload[len(payload) // 3 + 30 : len(payload) // 2]


def _capitals(name: str) -> str:
    upper = name.upper().translate(_WITHOUT_DECOMPOSITION)
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", upper) if not unicodedata.combining(letter)
    )
