"""What a check-in wants done: somebody else carries it out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kiosk.checkin.rules.steps import Dialogue, Who
from kiosk.coverage.rules import Card, Finding
from kiosk.identity.documents import HealthLink, Personal


@dataclass(frozen=True, slots=True, repr=False)
class LookUp(Personal):
    """Find whom both identifiers mean; comes back as Found or NotFound."""

    who: Who
    birth_date: date


@dataclass(frozen=True, slots=True)
class Arrive:
    """Check in for an appointment, or without one for `services`; comes back as Arrived or NotFound.

    Without `paper` the ticket is printed later.
    """

    reference: str = ""
    services: tuple[str, ...] = ()
    paper: bool = True


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A person is needed."""

    kind: str
    subject: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class CloseTask:
    """A person is not needed any more."""

    kind: str
    subject: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Print:
    """Put the ticket on paper, once more as a `copy`."""

    ticket: str
    copy: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Fetch(Personal):
    """Get the card behind a link; comes back as Scanned or NotFetched, when the patient may be elsewhere."""

    link: HealthLink
    passcode: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Insure(Personal):
    """Keep what the patient showed of their insurance with the visit of `ticket`."""

    ticket: str
    finding: Finding
    card: Card | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)


Effect = LookUp | Arrive | OpenTask | CloseTask | Print | Fetch | Insure

Outcome = tuple[Dialogue, tuple[Effect, ...]]
