"""What the patient does, and what an effect found: what moves a check-in on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.checkin.rules.cases import Case
from kiosk.checkin.rules.effects import Fetch
from kiosk.checkin.rules.steps import Found, Who
from kiosk.coverage.rules import Card
from kiosk.identity.chunks import Chunks
from kiosk.identity.documents import HealthLink, Personal


@dataclass(frozen=True, slots=True, repr=False)
class Scanned(Personal):
    """What was held under a scanner says. Nothing at all: nobody could read it.

    `number` is an unknown code that could be a member number, `chunks` a health card of which some codes are
    missing, `link` a card that must be fetched, `fetched` what brought it. By `mark` a code is known again.
    """

    who: Who | None = None
    case: Case | None = None
    card: Card | None = None
    number: str = ""
    chunks: Chunks | None = None
    link: HealthLink | None = None
    fetched: Fetch | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Chose:
    """A button of the page's question."""

    name: str
    value: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Typed(Personal):
    """The text of the page's field."""

    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Photographed(Personal):
    """Pictures of an insurance card, by side. None at all: they could not be used."""

    pictures: Mapping[str, bytes]


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


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nobody, more than one, or not now. `final`: another try would not be taken."""

    case: Case
    final: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Arrived(Personal):
    """The ticket, given now or before, and the insurance on file."""

    ticket: str
    again: bool = False
    on_file: Card | None = None


@dataclass(frozen=True, slots=True, repr=False)
class NotFetched(Personal):
    """What is behind the link could not be had.

    `passcode`: a passcode may open it, or another one; so many `tries` are left, if that is known.
    """

    fetched: Fetch
    passcode: bool = False
    tries: int | None = None


Given = (
    Scanned
    | Chose
    | Typed
    | Photographed
    | Confirmed
    | Speaks
    | Press
    | Found
    | NotFound
    | Arrived
    | NotFetched
)
