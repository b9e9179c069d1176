"""The auto-play's desks: each calls, waits, serves and finishes, through the console's commands."""

from kiosk.clinic import utc_now
from kiosk.config import Config
from kiosk.console.rules import stamp
from kiosk.database import Database
from kiosk.demo.auto_play.browser import Browser
from kiosk.demo.auto_play.pace import Pace
from kiosk.queueing.snapshot import Snapshot
from kiosk.queueing.tickets import AT_DESK, State, Ticket

WALKING_S = (6.0, 20.0)
PAUSE_S = (4.0, 15.0)
SERVING = (0.25, 0.7)
"""A service lasts this part of what is expected of it: trainees see more."""
NEVER_COMES = 0.06


class AutoDesks:
    """All open desks. What a person does there is left to that person."""

    def __init__(self, config: Config, database: Database, coordinator: Browser, pace: Pace) -> None:
        self.rules = config.room_rules()
        self.database = database
        self.coordinator = coordinator
        self.pace = pace
        self.ours: set[str] | None = None

    def step(self) -> None:
        """Let every open desk do the next thing."""
        with self.database.snapshot(at=utc_now()) as reading:
            room = reading.snapshot
        there = {t.desk: t for t in room.tickets.values() if t.state in AT_DESK and t.desk is not None}
        if self.ours is None:
            self.ours = {ticket.id for ticket in there.values()}
        for desk in sorted(room.open_desks):
            self._go_on(desk, there.get(desk), room)

    def _go_on(self, desk: str, there: Ticket | None, room: Snapshot) -> None:
        assert self.ours is not None  # noqa: S101
        if there is None:
            expected = self._next(desk, room)
            if expected is not None and self.pace.over(f"pause {desk}", PAUSE_S):
                fields = {"seen": stamp(None), "expected": expected.id}
                self.coordinator.send(f"/console/desks/{desk}/next", fields)
                self.ours.add(expected.id)
        elif there.id not in self.ours:
            return
        elif there.state is State.CALLED and self.pace.over(f"walking {there.id}", WALKING_S):
            absent = self.pace.chance.random() < NEVER_COMES
            self._act(there, "no_show" if absent else "start")
        elif there.state is State.SERVING and self.pace.over(f"serving {there.id}", self._lasts(there)):
            self._act(there, "finish")

    def _act(self, ticket: Ticket, action: str) -> None:
        self.coordinator.send(f"/console/tickets/{ticket.id}/{action}", {"seen": stamp(ticket)})

    def _next(self, desk: str, room: Snapshot) -> Ticket | None:
        services = self.rules.desks[desk].services
        return next((ticket for ticket in room.in_order() if ticket.service in services), None)

    def _lasts(self, ticket: Ticket) -> tuple[float, float]:
        expected = self.rules.services[ticket.service].expected.total_seconds()
        return expected * SERVING[0], expected * SERVING[1]
