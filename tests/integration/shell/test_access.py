"""Every route and every socket event, for every role: what the table says is what the door does."""

import itertools

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient
from werkzeug.routing import IntegerConverter, Rule

from kiosk import access
from kiosk.access import Principal, Role
from kiosk.app import Undeclared, check_declared
from kiosk.clinic import Clinic
from tests.integration.shell.conftest import Enter

REACHED = "the room was reached"


def an_address(rule: Rule) -> str:
    """Some address that the rule matches."""
    values = {}
    for name, converter in rule._converters.items():
        kinds = getattr(converter, "items", None)
        values[name] = 1 if isinstance(converter, IntegerConverter) else sorted(kinds)[0] if kinds else "x"
    built = rule.build(values)
    assert built is not None
    return built[1]


def test_every_route_admits_exactly_the_roles_of_the_table(app: Flask, as_role: Enter) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    app.before_request_funcs[None].append(lambda: REACHED)
    walked = 0
    for role in Role:
        client = as_role(role)
        for rule in app.url_map.iter_rules():
            if rule.endpoint == "static":
                continue
            for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
                answer = client.open(an_address(rule), method=method)
                admitted = answer.text == REACHED
                assert admitted == access.allowed(rule.endpoint, role), (rule.endpoint, method, role)
                if not admitted:
                    assert answer.status_code in (303, 401, 403)
                walked += 1
    assert walked > 100


def test_a_route_that_nobody_declared_keeps_the_server_from_starting(app: Flask, here: Clinic) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "")

    with pytest.raises(Undeclared, match=r"forgotten: say in kiosk/access\.py"):
        check_declared(app, here.live)


def test_an_event_that_nobody_declared_keeps_the_server_from_starting(app: Flask, here: Clinic) -> None:
    here.live.socketio.on_event("forgotten", lambda: None)

    with pytest.raises(Undeclared, match="forgotten"):
        check_declared(app, here.live)


@pytest.mark.parametrize("role", Role)
def test_every_event_admits_exactly_the_roles_of_the_table(
    app: Flask, here: Clinic, as_role: Enter, role: Role
) -> None:
    for event in access.EVENTS.keys() - {"connect", "disconnect"}:
        socket = SocketIOTestClient(app, here.live.socketio, flask_test_client=as_role(role))
        assert socket.is_connected() == access.allowed("connect", role)
        if socket.is_connected():
            socket.emit(event, {"ticket": "x", "called_at": "2026-11-23T14:00:00+00:00"})
            assert socket.is_connected() == access.allowed(event, role), (event, role)


@pytest.mark.parametrize(
    ("held", "endpoint", "named", "chosen"),
    [
        ("kiosk board coordinator", "console.page", "", "coordinator"),
        ("kiosk board coordinator", "checkin.page", "front", "kiosk"),
        ("kiosk board coordinator", "board.page", "lobby", "board"),
        ("kiosk board coordinator", "home.page", "", "coordinator"),
        ("kiosk", "home.page", "", "kiosk"),
        ("kiosk", "console.page", "", None),
        ("", "home.page", "", "anyone"),
    ],
)
def test_a_browser_that_is_several_things_acts_as_what_the_address_asks_for(
    held: str, endpoint: str, named: str, chosen: str | None
) -> None:
    names = {"kiosk": "front", "board": "lobby", "coordinator": "ana"}
    for order in itertools.permutations(held.split()):
        found = access.choose(
            endpoint, [Principal(Role(role), names[role]) for role in order], {named} - {""}
        )
        assert (found and found.role) == chosen
