"""The coordinator's floor as plain values: read once from a `Reading`, then only drawn by the templates."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel import Locale, UnknownLocaleError

from kiosk.checkin.records import people_of
from kiosk.clinic import Clinic
from kiosk.console import records, rules, words
from kiosk.console.insurance import troubled
from kiosk.console.rules import Shown, Wait
from kiosk.console.words import Names
from kiosk.database import Reading
from kiosk.queueing.room import Room
from kiosk.queueing.tickets import State, Ticket

KEPT = 50
"""So many tickets that are over stay in the list, the latest first."""

DIGITS = 9
"""So many desks have a key of their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket in the list. `position` counts in the chosen desk's line; `insurance` needs a person."""

    ticket: Ticket
    name: str
    service: str
    language: str
    why: str
    minutes: int
    wait: Wait
    position: int | None
    desk: str
    seen: str
    insurance: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Tickets of one kind under one heading. `folded`: to begin with, only the heading shows."""

    name: str
    word: str
    icon: str
    lines: Sequence[Line]
    folded: bool = False
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class DeskCard:
    """One desk in the strip: who is there since when, whether the screens showed the call, who is next."""

    id: str
    name: str
    key: str
    open: bool
    mine: bool
    chosen: bool
    services: str
    line: Line | None
    since: datetime | None
    shown: Shown | None
    next: Line | None
    waiting: int
    seen: str


@dataclass(frozen=True, slots=True)
class Floor:
    """Everybody here and every desk."""

    names: Names
    lines: Mapping[str, Line]
    groups: Sequence[Group]
    desks: Sequence[DeskCard]
    waiting: int
    over: int

    @property
    def chosen(self) -> DeskCard | None:
        """The desk that "call next" calls for."""
        return next((card for card in self.desks if card.chosen), None)


GROUPS: Sequence[tuple[str, str, Collection[State], bool]] = (
    ("waiting", "Waiting", {State.WAITING}, False),
    ("called", "At the desks", {State.CALLED, State.SERVING}, False),
    ("held", "On hold", {State.HELD}, False),
    ("no_show", "Missed", {State.NO_SHOW}, False),
    ("served", "Finished", {State.SERVED, State.CANCELLED}, True),
)
"""The list's groups: name and icon, heading, states, folded."""


def floor(
    here: Clinic, reading: Reading, *, me: str, chosen: str | None, mine: Collection[str], at: datetime
) -> Floor:
    """Return everybody who is or was here today, in true order, and every desk."""
    room = Room(here.config.room_rules(), reading.snapshot)
    drawer = _Drawer(here, reading, room, site_names(here, reading, me=me), chosen, at)
    groups = [drawer.group(*group) for group in GROUPS]
    lines = {line.ticket.id: line for group in groups for line in group.lines}
    waiting = groups[0].lines
    desks = [
        _card(here, room, lines, waiting, desk=desk, number=number, chosen=chosen, mine=mine, at=at)
        for number, desk in enumerate(room.rules.desks, 1)
    ]
    over = sum(line.wait is Wait.OVER for line in waiting)
    return Floor(drawer.names, lines, groups, desks, len(waiting), over)


def site_names(here: Clinic, reading: Reading, *, me: str) -> Names:
    """Return how this site calls everything; `me` is called "You"."""
    config = here.config
    language = config.site.languages[0]
    half_days = "a" in Locale.parse(language.replace("-", "_")).time_formats["short"].pattern

    def clock(at: datetime) -> str:
        # Babel's own formatting would take longer than the rest of a page with 300 lines.
        local = here.local(at)
        if not half_days:
            return f"{local.hour}:{local.minute:02d}"
        return f"{(local.hour - 1) % 12 + 1}:{local.minute:02d}\u202f{'AM' if local.hour < 12 else 'PM'}"

    return Names(
        clock=clock,
        desks={d.id: d.name for d in config.desks},
        services={s.id: config.service_name(s.id, language) for s in config.services},
        priorities={p.id: p.name for p in config.priorities},
        stations={s.id: s.name for s in config.stations},
        boards={b.id: b.name for b in config.boards},
        staff=records.staff_names(reading) | {me: "You"},
    )


def language_name(code: str) -> str:
    """What a language is called in English."""
    try:
        return Locale.parse(code.replace("-", "_")).get_language_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


class _Drawer:
    """Turns tickets into lines, opening the names of those that are shown and of no others."""

    def __init__(
        self, here: Clinic, reading: Reading, room: Room, names: Names, chosen: str | None, at: datetime
    ) -> None:
        self.names = names
        self.at = at
        self._reading = reading
        self._room = room
        self._first_language = here.config.site.languages[0]
        desk = room.rules.desks.get(chosen or "")
        self._services = desk.services if desk else frozenset()
        self._troubled = troubled(reading)

    def group(self, name: str, word: str, states: Collection[State], folded: bool) -> Group:
        """Return the group of the tickets in `states`."""
        tickets = [t for t in self._reading.snapshot.tickets.values() if t.state in states]
        if State.SERVED in states:
            tickets.sort(key=lambda t: t.closed_at or t.since, reverse=True)
        else:
            tickets.sort(key=lambda t: t.place)
        kept = tickets if State.WAITING in states else tickets[:KEPT]
        return Group(name, word, name, self._lines(kept), folded, len(tickets) - len(kept))

    def _lines(self, tickets: Sequence[Ticket]) -> list[Line]:
        people = people_of(self._reading, [t.visit for t in tickets])
        lines = []
        position = 0
        for ticket in tickets:
            in_line = ticket.state is State.WAITING and ticket.service in self._services
            position += in_line
            name = words.full_name(people.get(ticket.visit))
            lines.append(self._line(ticket, name, position if in_line else None))
        return lines

    def _line(self, ticket: Ticket, name: str, position: int | None) -> Line:
        service = self._room.rules.services.get(ticket.service)
        end = ticket.closed_at or ticket.called_at or self.at
        return Line(
            ticket=ticket,
            name=name,
            service=self.names.service(ticket.service),
            language="" if ticket.language == self._first_language else language_name(ticket.language),
            why=words.why(self._room.why(ticket), ticket, self.names),
            minutes=words.minutes(end - rules.waits_since(ticket)),
            wait=rules.wait(ticket, service.target if service else timedelta.max, at=end),
            position=position,
            desk=self.names.desk(ticket.desk),
            seen=rules.stamp(ticket),
            insurance=ticket.id in self._troubled,
        )


def _card(
    here: Clinic,
    room: Room,
    lines: Mapping[str, Line],
    waiting: Iterable[Line],
    *,
    desk: str,
    number: int,
    chosen: str | None,
    mine: Collection[str],
    at: datetime,
) -> DeskCard:
    services = room.rules.desks[desk].services
    ticket = rules.occupant(room, desk)
    in_line = [line for line in waiting if line.ticket.service in services]
    called = ticket is not None and ticket.state is State.CALLED
    language = here.config.site.languages[0]
    return DeskCard(
        id=desk,
        name=here.config.desk_name(desk),
        key=f"Alt+{number}" if number <= DIGITS else "",
        open=desk in room.open_desks,
        mine=desk in mine,
        chosen=desk == chosen,
        services=", ".join(s.name.get(language, s.id) for s in here.config.services if s.id in services),
        line=lines.get(ticket.id) if ticket else None,
        since=(ticket.called_at if called else ticket.started_at) if ticket else None,
        shown=rules.shown(ticket, at=at) if ticket and called else None,
        next=in_line[0] if in_line else None,
        waiting=len(in_line),
        seen=rules.stamp(ticket),
    )
