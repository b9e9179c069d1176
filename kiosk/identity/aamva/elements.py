"""The data elements of an AAMVA card: their ids, since when they exist, and what a value looks like. Pure.

Source: AAMVA DL/ID Card Design Standard, Annex D, tables D.3 and D.4 of each edition. The values matter only
where separators were lost: there an element is believed only if its value is of its kind.
"""

import re
from dataclasses import dataclass
from functools import cache

LATEST = 99
_LETTER = r"[^\W\d_]"
_NAME = rf"{_LETTER}(?:{_LETTER}|[ '’`.,/-])*"
_DATE = r"(?:\d{8}|\d\d[-/]\d\d[-/]\d{4}|\d{4}[-/]\d\d[-/]\d\d)"
_NO_DATE = r"NONE|unavl|UNAVL"
_TEXT = r"[\w .,:;#&*+/'()@-]*"
_PLACE = rf"{_LETTER}(?:{_LETTER}|[ '’.,-])*"
_COLOUR = (
    r"(?:BLK|BLU|BRO|BRN|DIC|GRA|GRN|GRY|HAZ|HZL|MAR|PNK|UNK|AUB|BAL|BLN|BLD|SDY|WHI|RED|XXX|[A-Z]{0,2}"
    r"|BLACK|BLUE|BROWN|GREEN|GRAY|GREY|HAZEL|BALD|BLOND|WHITE|SANDY|MAROON|UNKNOWN|NONE)"
)
_POSTAL_CODE = r"\d{5}(?:\d|[ -]?\d{4}|[ -]*0+)?|[A-Z]\d[A-Z] ?\d[A-Z]\d(?: {0,5}|0{3,5})"
_DEGREE = r"PH\.?D\.?|M\.?D\.?|ESQ\.?|NONE"
SUFFIX = r"(?:JR\.?|SR\.?|[1-9](?:ST|ND|RD|TH)|I{1,3}|IV|VI{0,3}|IX|X)"


@dataclass(frozen=True, slots=True)
class Element:
    """One element id. `strict`: a value of this kind cannot be taken for a piece of a name."""

    value: re.Pattern[str]
    first: int = 0
    last: int = LATEST
    strict: bool = False


def _of(value: str, first: int = 0, last: int = LATEST, *, strict: bool = False) -> Element:
    return Element(re.compile(rf"\s*(?:{value})\s*"), first, last, strict)


def _name(value: str, first: int = 0, last: int = LATEST) -> Element:
    """Padded on the right only: what stands behind a space is not the beginning of a name."""
    return Element(re.compile(rf"(?:{value})\s*"), first, last)


_CODE = r"[A-Z0-9 ,.*/+()-]{0,30}"

ELEMENTS: dict[str, Element] = {
    "DAA": _name(
        rf"{_LETTER}[^\d_,]*[,$@] *{_LETTER}[^\d_]*(?:{SUFFIX},*)?|{_LETTER}[^\d_,]* [^\d_,]*", 0, 1
    ),
    "DAB": _name(_NAME, 0, 1),
    "DAC": _name(rf"{_NAME}|"),
    "DAD": _name(rf"{_NAME}|"),
    "DAE": _of(rf"{SUFFIX}|", 0, 1, strict=True),
    "DAF": _of(r"[A-Z]{0,5}", 0, 1),
    "DAG": _of(rf"(?!DAL ?\d){_TEXT}"),
    "DAH": _of(_TEXT),
    "DAI": _of(_PLACE),
    "DAJ": _of(r"[A-Z]{2}", strict=True),
    "DAK": _of(_POSTAL_CODE, strict=True),
    "DAL": _of(r"[\w .,#&/'-]*\d[\w .,#&/'-]*", 0, 1),
    "DAM": _of(_TEXT, 0, 1),
    "DAN": _of(_PLACE, 0, 1),
    "DAO": _of(r"[A-Z]{2}", 0, 1, strict=True),
    "DAP": _of(_POSTAL_CODE, 0, 1, strict=True),
    "DAQ": _of(r"(?!.*(?:DCS|DBA|DBB|DBD))[A-Z0-9*. -]*\d[A-Z0-9*. -]*|NONE"),
    "DAR": _of(_CODE, 0, 1),
    "DAS": _of(_CODE, 0, 1),
    "DAT": _of(_CODE, 0, 1),
    "DAU": _of(
        r"\d{3} ?(?:IN|CM|in|cm)?|\d{2} ?(?:IN|in)|\d['-]-?\d\d?\"?|\d ?(?:FT|ft)[ -]?\d\d? ?(?:IN|in)?",
        strict=True,
    ),
    "DAV": _of(r"\d{3}", 0, 1, strict=True),
    "DAW": _of(r"\d{2,4}(?: ?(?:LBS?|lbs?|KG|kg))?|", strict=True),
    "DAX": _of(r"\d{2,4}(?: ?(?:KG|kg))?|", strict=True),
    "DAY": _of(_COLOUR, strict=True),
    "DAZ": _of(_COLOUR, strict=True),
    "DBA": _of(rf"{_DATE}|{_NO_DATE}", strict=True),
    "DBB": _of(_DATE, strict=True),
    "DBC": _of(r"[0129MFXU]", strict=True),
    "DBD": _of(rf"{_DATE}|{_NO_DATE}", strict=True),
    "DBE": _of(r"\d{0,6}|\d{4}-[\d:? -]*", 0, 1, strict=True),
    "DBF": _of(r"\d{0,3}", 0, 1, strict=True),
    "DBG": _of(rf"{_NAME}|\d|"),
    "DBH": _of(r"[YN0-2]?|DONOR", 0, 1),
    "DBI": _of(r"[YN01]?", 0, 1),
    "DBJ": _of(r"[A-Z0-9-]{0,25}", 0, 1),
    "DBK": _of(r"[\d-]{0,11}", 0, 1, strict=True),
    "DBL": _of(rf"{_DATE}|", 0, 1, strict=True),
    "DBM": _of(r"[\d-]{0,11}", 0, 1, strict=True),
    "DBN": _of(rf"{_NAME}|"),
    "DBO": _of(rf"{_NAME}|", 0, 1),
    "DBP": _of(rf"{_NAME}|", 0, 1),
    "DBQ": _of(rf"{_NAME}|", 0, 1),
    "DBR": _of(rf"{SUFFIX}|", 0, 1, strict=True),
    "DBS": _of(rf"{_NAME}|"),
    "DCA": _of(_CODE, 2),
    "DCB": _of(_CODE, 2),
    "DCD": _of(_CODE, 2),
    "DCE": _of(r"\d?", 2),
    "DCF": _of(r"[\w /.*+#&()?:-]*", 2),
    "DCG": _of(r"USA?|CAN|CDN|MEX", 2, strict=True),
    "DCH": _of(r"[A-Z0-9]{0,2}|NONE", 2),
    "DCI": _of(_TEXT, 2),
    "DCJ": _of(_TEXT, 2),
    "DCK": _of(r"[\w /.*+#&()-]*", 2),
    "DCL": _of(r"AI|AP|BK|HIS|[HOUW]?", 2),
    "DCM": _of(r"[A-Z0-9]{0,4}", 2),
    "DCN": _of(r"[A-Z0-9]{0,5}", 2),
    "DCO": _of(r"[A-Z0-9]{0,12}", 2),
    "DCP": _of(_TEXT, 2),
    "DCQ": _of(_TEXT, 2),
    "DCR": _of(_TEXT, 2),
    "DCS": _name(_NAME, 2),
    "DCT": _name(_NAME, 2),
    "DCU": _of(rf"{SUFFIX}|{_DEGREE}|", 2, strict=True),
    "DDA": _of(r"[A-Z]", 3),
    "DDB": _of(rf"{_DATE}|", 3, strict=True),
    "DDC": _of(rf"{_DATE}|", 3, strict=True),
    "DDD": _of(r"[01YN]?", 3, strict=True),
    "DDE": _of(r"[TNU]?", 3),
    "DDF": _of(r"[TNU]?", 3),
    "DDG": _of(r"[TNU]?", 3),
    "DDH": _of(rf"{_DATE}|", 3, strict=True),
    "DDI": _of(rf"{_DATE}|", 3, strict=True),
    "DDJ": _of(rf"{_DATE}|", 3, strict=True),
    "DDK": _of(r"[01YN]?", 3, strict=True),
    "DDL": _of(r"[01YN]?", 3, strict=True),
    "DDM": _of(r"[01YN]", 11),
    "DDN": _of(r"[01YN]", 11),
    "DDO": _of(r"[01YN]", 11),
    "DDP": _of(r"[01YN]", 11),
}

NAMES = frozenset({"DCS", "DAC", "DAD", "DCT", "DAA", "DAB"})
ADDRESS = frozenset({"DAG", "DAH", "DAI", "DAL", "DAM", "DAN"})
FLAGS = {"DDE": "DCS", "DDF": "DAC", "DDG": "DAD"}

# No name and no street contains these letters in a row, so where they stand an element begins.
NOT_IN_NAMES = {
    "DBG",
    "DBN",
    "DBS",
    "DCB",
    "DCD",
    "DCE",
    "DCF",
    "DCG",
    "DCI",
    "DCJ",
    "DCK",
    "DCM",
    "DCN",
    "DCP",
    "DCQ",
}
NOT_IN_NAMES |= {"DCT", "DDP"}

IDS = "|".join(ELEMENTS)
AT_START = re.compile(IDS)
ANY_ID = re.compile(r"D[A-D][A-Z]")


@cache
def native(version: int | None) -> dict[str, Element]:
    """The elements that a card of this version can have; of an unreadable version, all."""
    if version is None:
        return ELEMENTS
    return {key: element for key, element in ELEMENTS.items() if element.first <= version <= element.last}
