"""What a scan can turn out to be. Pure: plain frozen values, nothing else.

Text that a document does not carry is `""`, a date that it does not carry or that cannot be told is `None`.
The repr names the type only: these values may end up in a log line or a traceback, their contents must not.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Personal:
    """A value about a person: it never prints what it holds."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Licence(Personal):
    """A driver licence or ID card by AAMVA. Data entry, not proof: the barcode is unsigned.

    `issuer` is the six-digit IIN. `truncated` holds the fields (`family_name`, `given_name`, `middle_name`)
    that the card itself says it cut (DDE, DDF, DDG = T).
    """

    family_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    birth_date: date | None = None
    expiry: date | None = None
    document_number: str = ""
    issuer: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    aamva_version: int | None = None
    truncated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TravelDocument(Personal):
    """A passport or identity card read from its machine-readable zone (ICAO 9303), check digits right.

    `kind` is the document code (`P`, `ID`, `V`…), `issuer` and `nationality` are printed codes (`D`, `UTO`).
    Names are transliterated capitals. `truncated` says that the name filled its line: it may go on. A birth
    date with unknown parts (`<<`) is `None`, `birth_year` is then what is known of it.
    """

    kind: str
    issuer: str
    document_number: str
    family_name: str
    given_name: str = ""
    nationality: str = ""
    birth_date: date | None = None
    birth_year: int | None = None
    expiry: date | None = None
    truncated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Booking(Personal):
    """An appointment letter's code with a right signature. It selects the appointment, it does not identify.

    It may be past `expires`: whoever asks decides what that means.
    """

    reference: str
    expires: datetime
    key_id: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PatientNumber(Personal):
    """A number that a system gave a patient, e.g. on a wristband. `value` is without spaces or prefix."""

    system: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Coverage(Personal):
    """One insurance cover out of a health card (FHIR R4 Coverage). All text as the payer wrote it."""

    member_id: str = ""
    payer: str = ""
    plan: str = ""
    group: str = ""
    rx_bin: str = ""
    rx_pcn: str = ""
    rx_group: str = ""
    relationship: str = ""
    status: str = ""
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HealthCard(Personal):
    """A SMART Health Card. `verified`: its signature is right and the site trusts its issuer.

    An unverified card is what the holder says, to be shown to staff. A card is not an identity document.
    """

    family_name: str = ""
    given_name: str = ""
    birth_date: date | None = None
    coverages: tuple[Coverage, ...] = ()
    issuer: str = ""
    issuer_name: str = ""
    verified: bool = False
    not_before: datetime | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HealthLink(Personal):
    """A SMART Health Link, valid in form, not fetched. A bearer secret: `key` opens the content."""

    url: str
    key: str
    flags: frozenset[str] = frozenset()
    label: str = ""
    expires: datetime | None = None

    @property
    def needs_passcode(self) -> bool:
        """Whether its holder must say a passcode before it can be fetched."""
        return "P" in self.flags

    @property
    def is_one_file(self) -> bool:
        """Whether its address gives the one file itself instead of a list of files."""
        return "U" in self.flags


class Reason(StrEnum):
    """Why a scan was not recognised: a word for staff, never shown with contents."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    UNKNOWN_CODE = "unknown_code"
    COMPACT_ENCODING = "compact_encoding"
    SEPARATORS_LOST = "separators_lost"
    INCOMPLETE = "incomplete"
    CONTRADICTORY = "contradictory"
    UNCLEAR_NAME = "unclear_name"
    KEYBOARD_LAYOUT = "keyboard_layout"
    BAD_SIGNATURE = "bad_signature"
    BAD_CHECK_DIGIT = "bad_check_digit"
    BAD_ALGORITHM = "bad_algorithm"
    UNKNOWN_KEY = "unknown_key"
    UNKNOWN_VERSION = "unknown_version"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nothing that may be used, and why."""

    reason: Reason


Recognised = Licence | HealthCard | HealthLink | Booking | TravelDocument | PatientNumber | Unknown
