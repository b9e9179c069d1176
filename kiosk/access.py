"""Who may do what: every route and every socket event, in one table. What is not declared is refused.

A test walks all routes × roles. `kiosk.guards` finds out who asks; this module decides.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from flask import g


class Role(StrEnum):
    """What a request is made as."""

    ANYONE = "anyone"
    KIOSK = "kiosk"
    BOARD = "board"
    HOST = "host"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `name` is the username, or the station or board that the device was paired as."""

    role: Role
    name: str = ""
    id: str = ""


NOBODY = Principal(Role.ANYONE)

ALL = frozenset(Role)
STAFF = frozenset({Role.COORDINATOR, Role.SUPERVISOR})
SUPERVISOR = frozenset({Role.SUPERVISOR})
KIOSK = frozenset({Role.KIOSK})
BOARD = frozenset({Role.BOARD})
HOST = frozenset({Role.HOST})
SCREENS = KIOSK | BOARD

ROUTES: dict[str, frozenset[Role]] = {
    "static": ALL,
    # the way in
    "home.page": ALL,
    "home.health": ALL,
    "home.metrics": ALL,
    # staff
    "staff.sign_in": ALL,
    "staff.sign_out": STAFF,
    # screens and device hosts
    "stations.pair": ALL,
    "station_api.request_pairing": ALL,
    "station_api.claim_pairing": ALL,
    "station_api.painted": ALL,
    "station_api.scan": HOST,
    "station_api.next_job": HOST,
    "station_api.job_sending": HOST,
    "station_api.job_done": HOST,
    "station_api.job_failed": HOST,
    "station_api.health": HOST,
    "stations.screens": STAFF,
    "stations.approve": STAFF,
    "stations.revoke": STAFF,
    "trying.page": STAFF,
    "trying.act": STAFF,
    "trying.settings": STAFF,
    "trying.print_settings": STAFF,
    # the kiosk's touch screen: an unpaired screen is sent to pairing by the page itself
    "checkin.page": ALL,
    "checkin.answer": KIOSK,
    "checkin.photo": KIOSK,
    "checkin.scan": KIOSK,
    "checkin.speech": KIOSK,
    # waiting room
    "board.page": ALL,
    "board.speech": BOARD,
    "phone.page": ALL,
    # the coordinator
    "console.page": STAFF,
    "console.act": STAFF,
    "console.call_next": STAFF,
    "console.desk": STAFF,
    "console.issue": STAFF,
    "console.reprint": STAFF,
    "console.ticket": STAFF,
    "console.close_task": STAFF,
    "console.insurance": STAFF,
    "coverage.photo": STAFF,
    # who is expected
    "appointments.page": STAFF,
    "appointments.add": STAFF,
    "appointments.load": STAFF,
    "appointments.cancel": STAFF,
    "appointments.reinstate": STAFF,
    "appointments.letter": STAFF,
    "appointments.picture": STAFF,
    "appointments.new_code": STAFF,
    # the demo's hardware bench (registered in the demo only)
    "bench.page": ALL,
    "bench.scan": ALL,
    "bench.fault": ALL,
    "bench.paper": ALL,
}

EVENTS: dict[str, frozenset[Role]] = {
    "connect": ALL,
    "disconnect": ALL,
    "announced": BOARD,
    "painted": SCREENS,
}


def allowed(endpoint: str, role: Role) -> bool:
    """Tell whether `role` may use the route or event. False for what the tables do not name."""
    roles = ROUTES.get(endpoint, EVENTS.get(endpoint, frozenset()))
    return role in roles


def choose(endpoint: str, principals: Iterable[Principal], named: Collection[str] = ()) -> Principal | None:
    """Return as whom to let this request pass, or None.

    One browser may hold several credentials (in the demo it is kiosk, board and console at once): the
    device that the address names comes first, then staff, then what is left.
    """
    able = [who for who in (*principals, NOBODY) if allowed(endpoint, who.role)]
    return min(
        able, key=lambda who: (who.name not in named, who.role not in STAFF, who is NOBODY), default=None
    )


def undeclared(names: Iterable[str]) -> list[str]:
    """Return the routes or events that no table declares."""
    return sorted(name for name in names if name not in ROUTES and name not in EVENTS)


def principal() -> Principal:
    """Return who makes this request."""
    return cast(Principal, g.get("principal", NOBODY))


def principals() -> tuple[Principal, ...]:
    """Return everybody whose credentials came with this request."""
    return cast(tuple[Principal, ...], g.get("principals", ()))
