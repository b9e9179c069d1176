"""The words of a check-in: its pages, what a patient does, what is to be done. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kiosk.checkin.cases import Case


class Step(StrEnum):
    """The page that the patient sees."""

    WELCOME = "welcome"
    SCAN = "scan"
    NAME = "name"
    MONTH = "month"
    DAY = "day"
    YEAR = "year"
    CHECK = "check"
    CONFIRM = "confirm"
    SERVICE = "service"
    TICKET = "ticket"
    REFUSED = "refused"


class Notice(StrEnum):
    """What the page says besides its question."""

    UNREADABLE = "unreadable"
    USE_TOUCH = "use_touch"
    NO_LICENCES = "no_licences"
    SCANNED = "scanned"
    NAME_MISSING = "name_missing"
    NO_SUCH_DATE = "no_such_date"
    YEAR_MISSING = "year_missing"
    COPY = "copy"


PROBLEMS = frozenset(Notice) - {Notice.SCANNED, Notice.COPY}


class Source(StrEnum):
    """Where the first identifier comes from."""

    TYPED = "typed"
    LICENCE = "licence"
    TRAVEL_DOCUMENT = "travel_document"
    HEALTH_CARD = "health_card"
    BOOKING = "booking"


class _Personal:
    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Who(_Personal):
    """The first identifier: a name, typed or scanned, or a booking's `reference`. Data entry, not proof."""

    source: Source = Source.TYPED
    family_name: str = ""
    given_name: str | None = None
    middle_name: str = ""
    suffix: str = ""
    birth_date: date | None = None
    truncated: frozenset[str] = frozenset()
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the site offers, what day it is there, and the digits of a staff code, should one be needed."""

    languages: tuple[str, ...]
    walk_in: tuple[str, ...]
    today: date
    licence_scanning: bool = True
    number: int = 10


# What the patient does, and what an effect found.


@dataclass(frozen=True, slots=True)
class Scanned:
    """Something was held under a scanner. Neither `who` nor `case`: nobody could read it."""

    who: Who | None = None
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Chose:
    """A button of the page's question."""

    name: str
    value: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Typed(_Personal):
    """The text of the page's field."""

    text: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Yes or no."""

    yes: bool


@dataclass(frozen=True, slots=True)
class Speaks:
    """A language was chosen."""

    language: str


class Press(StrEnum):
    """The buttons that every page has, and the clock."""

    BACK = "back"
    START_OVER = "start_over"
    HELP = "help"
    PRINT_AGAIN = "print_again"
    DONE = "done"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True, repr=False)
class Found(_Personal):
    """The one appointment that both identifiers mean, and the little of it that may be shown."""

    reference: str
    first_name: str
    initial: str
    slot: datetime
    arrived: bool = False


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nobody, more than one, or not now. `final`: another try would not be taken."""

    case: Case
    final: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """The ticket, given now or before."""

    ticket: str
    again: bool = False


Given = Scanned | Chose | Typed | Confirmed | Speaks | Press | Found | NotFound | Arrived


# What somebody else carries out.


@dataclass(frozen=True, slots=True, repr=False)
class LookUp(_Personal):
    """Find whom both identifiers mean; comes back as Found or NotFound."""

    who: Who
    birth_date: date


@dataclass(frozen=True, slots=True)
class Arrive:
    """Check in for an appointment, or without one for `services`; comes back as Arrived or NotFound."""

    reference: str = ""
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A person is needed."""

    kind: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Reprint:
    """Print the ticket once more, marked as a copy."""

    ticket: str


Effect = LookUp | Arrive | OpenTask | Reprint


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Dialogue(_Personal):
    """Where a check-in stands. `found` is there on the confirmation page alone."""

    step: Step = Step.WELCOME
    language: str = ""
    who: Who | None = None
    month: int = 0
    day: int = 0
    year: int = 0
    failures: int = 0
    unread: int = 0
    case: Case | None = None
    found: Found | None = None
    ticket: str = ""
    again: bool = False
    copies: int = 0
    code: str = ""
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
