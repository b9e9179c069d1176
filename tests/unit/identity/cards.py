"""Makes AAMVA texts: the elements of every edition's tables, in the orders that issuers use."""

from dataclasses import dataclass, field
from datetime import date

from kiosk.identity.aamva.issuers import REGIONS

VERSIONS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 63)
CANADIAN = {"ON", "NS", "NL", "NB", "BC", "SK", "MB", "PE", "QC", "YT", "AB", "NU", "NT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a card is about."""

    family: str = "SAMPLE"
    given: str = "MICHAEL"
    middle: str = "JOHN"
    suffix: str = ""
    born: date = date(1986, 6, 6)
    expires: date = date(2030, 12, 10)
    number: str = "T64235789"
    street: str = "2300 WEST BROAD STREET"
    city: str = "RICHMOND"
    postal: str = "232690000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """How a card says it."""

    holder: Holder = field(default_factory=Holder)
    version: int = 10
    issuer: str = "636000"
    order: str = "flags_behind_names"
    century_first: bool | None = None
    given_comma: bool = False
    jurisdiction: bool = True
    flags: str = "NNN"

    @property
    def region(self) -> str:
        return REGIONS[self.issuer]

    @property
    def is_canadian(self) -> bool:
        return self.region in CANADIAN

    def date(self, day: date) -> str:
        first = self.is_canadian or self.version < 2 if self.century_first is None else self.century_first
        return f"{day:%Y%m%d}" if first else f"{day:%m%d%Y}"


def elements_2000(card: Card) -> list[str]:
    """DL/ID-2000, table 1: one full name, everything CCYYMMDD."""
    holder = card.holder
    name = ",".join((holder.family, holder.given, holder.middle, holder.suffix)).rstrip(",")
    return [
        f"DAA{name}",
        f"DAG{holder.street}",
        f"DAI{holder.city}",
        f"DAJ{card.region}",
        f"DAK{holder.postal}",
        f"DAQ{holder.number}",
        "DARD",
        "DAS",
        "DAT",
        "DAU505",
        "DAW125",
        "DAYBRO",
        "DAZBLK",
        f"DBA{card.date(holder.expires)}",
        f"DBB{card.date(holder.born)}",
        "DBC1",
        f"DBD{card.date(date(2020, 1, 2))}",
        "DBHN",
    ]


def elements_2003(card: Card) -> list[str]:
    """2003 and 2005: DCS, and DCT for all given names."""
    holder = card.holder
    separator = "," if card.given_comma else " "
    return [
        "DCAD",
        "DCBNONE",
        "DCDNONE",
        f"DBA{card.date(holder.expires)}",
        f"DCS{holder.family}",
        f"DCT{separator.join(filter(None, (holder.given, holder.middle)))}",
        f"DBD{card.date(date(2020, 1, 2))}",
        f"DBB{card.date(holder.born)}",
        "DBC1",
        "DAYBRO",
        "DAU068 IN",
        f"DAG{holder.street}",
        f"DAI{holder.city}",
        f"DAJ{card.region}",
        f"DAK{holder.postal}",
        f"DAQ{holder.number}",
        "DCF83D9BN217QO983B1",
        f"DCG{'CAN' if card.is_canadian else 'USA'}",
        "DCHNONE",
        *([f"DCU{holder.suffix}"] if holder.suffix else []),
    ]


def elements_2009(card: Card) -> list[str]:
    """2009 and later: DCS, DAC, DAD, each with a truncation flag."""
    holder = card.holder
    family, given = f"DCS{holder.family}", f"DAC{holder.given}"
    middle = f"DAD{holder.middle.replace(' ', ',') or 'NONE'}"
    flags = [f"DD{letter}{flag}" for letter, flag in zip("EFG", card.flags, strict=True)]
    suffix = [f"DCU{holder.suffix}"] if holder.suffix else []
    number = f"DAQ{holder.number}"
    classes = ["DCAD", "DCBK", "DCDPH"]
    dates = [
        f"DBD{card.date(date(2020, 1, 2))}",
        f"DBB{card.date(holder.born)}",
        f"DBA{card.date(holder.expires)}",
    ]
    body = ["DBC1", "DAU068 in", "DAYBRO"]
    address = [f"DAG{holder.street}", f"DAI{holder.city}", f"DAJ{card.region}", f"DAK{holder.postal}"]
    numbers = ["DCF2424244747474786102204", f"DCG{'CAN' if card.is_canadian else 'USA'}"]
    optional = [
        "DCK123456789",
        "DDAF",
        f"DDB{card.date(date(2018, 6, 6))}",
        "DDD1",
        "DAZBLK",
        "DAW125",
        "DDK1",
    ]
    if card.order == "flags_behind_names":
        names = [family, flags[0], given, flags[1], middle, flags[2]]
        return [number, *names, *suffix, *classes, *dates, *body, *address, *numbers, *optional]
    if card.order == "table":
        names = [family, given, middle]
        return [
            *classes,
            dates[2],
            *names,
            *dates[:2],
            *body,
            *address,
            number,
            *numbers,
            *flags,
            *suffix,
            *optional,
        ]
    names = [family, flags[0], given, flags[1], middle, flags[2]]
    return [*dates, *body, *address, *names, *suffix, number, *numbers, *classes, *optional]


ORDERS = ("flags_behind_names", "table", "names_late")


def elements(card: Card) -> list[str]:
    """The elements of the edition that this card follows."""
    if card.version < 2:
        return elements_2000(card)
    return elements_2003(card) if card.version < 4 else elements_2009(card)


def text(card: Card, lines: list[str] | None = None) -> str:
    """The whole PDF417 text by D.12, offsets and lengths right."""
    subfile = "DL" + "\n".join(elements(card) if lines is None else lines) + "\r"
    extra = f"Z{card.region[0]}Z{card.region[0]}AMISC 01\nZ{card.region[0]}B1\r" if card.jurisdiction else ""
    entries = 2 if extra else 1
    jurisdiction_version = "" if card.version < 2 else "00"
    first = 19 + len(jurisdiction_version) + 10 * entries
    designators = f"DL{first:04}{len(subfile):04}"
    if extra:
        designators += f"Z{card.region[0]}{first + len(subfile):04}{len(extra):04}"
    version = f"{card.version:02}{jurisdiction_version}{entries:02}"
    return f"@\n\x1e\rANSI {card.issuer}{version}{designators}{subfile}{extra}"
