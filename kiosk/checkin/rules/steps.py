"""The words of a check-in: its pages, what they say, and where it stands. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kiosk.checkin.rules.cases import Case
from kiosk.coverage.rules import Card
from kiosk.identity.chunks import Chunks
from kiosk.identity.claims import Claim, Source
from kiosk.identity.documents import HealthLink, Personal

DOCUMENTS = frozenset({Source.LICENCE, Source.TRAVEL_DOCUMENT})
"""What may not be read before the patient agreed."""


class Step(StrEnum):
    """The page that the patient sees."""

    WELCOME = "welcome"
    SCAN = "scan"
    CONSENT = "consent"
    NAME = "name"
    CODE = "code"
    MONTH = "month"
    DAY = "day"
    YEAR = "year"
    CHECK = "check"
    CONFIRM = "confirm"
    SERVICE = "service"
    INSURANCE = "insurance"
    CARD = "card"
    MEMBER = "member"
    PICTURES = "pictures"
    CARD_CHECK = "card_check"
    FETCHING = "fetching"
    PASSCODE = "passcode"
    TICKET = "ticket"
    REFUSED = "refused"


class Notice(StrEnum):
    """What the page says besides its question."""

    UNREADABLE = "unreadable"
    USE_TOUCH = "use_touch"
    NO_LICENCES = "no_licences"
    SCANNED = "scanned"
    NAME_MISSING = "name_missing"
    CODE_WRONG = "code_wrong"
    NO_SUCH_DATE = "no_such_date"
    YEAR_MISSING = "year_missing"
    COPY = "copy"
    NOT_A_CARD = "not_a_card"
    NOT_FETCHED = "not_fetched"
    NUMBER_WRONG = "number_wrong"
    PASSCODE_MISSING = "passcode_missing"
    PASSCODE_WRONG = "passcode_wrong"
    PICTURE_REFUSED = "picture_refused"


PROBLEMS = frozenset(Notice) - {Notice.SCANNED, Notice.COPY}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Who(Personal):
    """The first identifier: a name that somebody claims, or a letter's `reference` or typed `code`."""

    claim: Claim | None = None
    reference: str = ""
    code: str = ""

    @property
    def page(self) -> Step:
        """Where it was given, and can be changed."""
        if self.code:
            return Step.CODE
        typed = self.claim is not None and self.claim.source is Source.TYPED
        return Step.NAME if typed else Step.SCAN

    @property
    def needs_consent(self) -> bool:
        """Tell whether it was read from an identity document."""
        return self.claim is not None and self.claim.source in DOCUMENTS


@dataclass(frozen=True, slots=True, repr=False)
class Sent(Personal):
    """The patient was sent to the front desk with this code. `birth_date` tells them from the next one."""

    code: str
    birth_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the site offers, what day it is there, and the digits of a staff code, should one be needed."""

    languages: tuple[str, ...]
    walk_in: tuple[str, ...]
    today: date
    licence_scanning: bool = True
    insurance: bool = False
    camera: bool = False
    number: int = 10


@dataclass(frozen=True, slots=True, repr=False)
class Found(Personal):
    """The one appointment that both identifiers mean, and the little of it that may be shown."""

    reference: str
    first_name: str
    initial: str
    slot: datetime
    arrived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Dialogue(Personal):
    """Where a check-in stands.

    `found` is there on the confirmation page alone, `held` until the patient `agreed` that it is used.
    `typed` is what was not taken, to be mended. `card` is an insurance card that was shown, `on_file` the one
    that we know. `mark` is that of the last code that was read, `tries` are left for the passcode.
    """

    step: Step = Step.WELCOME
    language: str = ""
    held: Who | None = None
    agreed: bool = False
    who: Who | None = None
    typed: str = ""
    month: int = 0
    day: int = 0
    year: int = 0
    failures: int = 0
    unread: int = 0
    case: Case | None = None
    found: Found | None = None
    mark: str = ""
    chunks: Chunks = field(default_factory=Chunks)
    link: HealthLink | None = None
    passcode: str = ""
    tries: int | None = None
    card: Card | None = None
    on_file: Card | None = None
    ticket: str = ""
    again: bool = False
    copies: int = 0
    code: str = ""
    sent: Sent | None = None
    helped: bool = False
    notice: Notice | None = None

    @property
    def pristine(self) -> bool:
        """Nobody has begun."""
        return self == Dialogue()

    @property
    def birth_date(self) -> date | None:
        """The second identifier, once it is a date."""
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None
