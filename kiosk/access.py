"""Who may do what: every route and every socket event, in one table. What is not declared is refused.

A test walks all routes × roles. `identify` (set by `kiosk.app`) tells who asks; this module decides.
"""

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
    "stations.request_pairing": ALL,
    "stations.claim_pairing": ALL,
    "stations.scan": HOST,
    "stations.next_job": HOST,
    "stations.job_sending": HOST,
    "stations.job_done": HOST,
    "stations.job_failed": HOST,
    "stations.health": HOST,
    "stations.screens": STAFF,
    "stations.approve": STAFF,
    "stations.revoke": STAFF,
    # the kiosk's touch screen: an unpaired screen is sent to pairing by the page itself
    "checkin.page": ALL,
    "checkin.answer": KIOSK,
    # waiting room
    "board.page": ALL,
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
    # who is expected
    "appointments.page": STAFF,
    "appointments.add": STAFF,
    "appointments.load": STAFF,
    "appointments.cancel": STAFF,
    "appointments.letter": STAFF,
    # the demo's hardware bench (registered in the demo only)
    "bench.page": ALL,
    "bench.scan": ALL,
    "bench.fault": ALL,
    "bench.paper": ALL,
}

EVENTS: dict[str, frozenset[Role]] = {
    "connect": frozenset({Role.KIOSK, Role.BOARD, Role.COORDINATOR, Role.SUPERVISOR, Role.ANYONE}),
    "disconnect": ALL,
    "announced": BOARD,
}


def allowed(endpoint: str, role: Role) -> bool:
    """Tell whether `role` may use the route or event. False for what the tables do not name."""
    roles = ROUTES.get(endpoint, EVENTS.get(endpoint, frozenset()))
    return role in roles


def principal() -> Principal:
    """Return who makes this request."""
    return cast(Principal, g.get("principal", NOBODY))
