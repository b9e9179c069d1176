"""Pairing, for people: the page that shows a screen's code, and the console's page of all devices."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    abort,
    after_this_request,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from kiosk.access import principal, principals
from kiosk.clinic import Clinic, clinic
from kiosk.database import Reading
from kiosk.stations import pairing, records, rules
from kiosk.stations.pairing import Approval
from kiosk.stations.rules import Device, Kind

blueprint = Blueprint("stations", __name__, template_folder="templates")

LOOK_AGAIN_S = 3
COOKIE_LIFE = timedelta(days=3650)
"""Browsers shorten it; every renewal of the token begins it anew."""


@dataclass(frozen=True, slots=True)
class Place:
    """A station or board of kiosk.toml, or one that is no longer there, and what is paired as it."""

    id: str
    name: str
    is_board: bool
    kinds: tuple[Kind, ...]
    devices: tuple[Device, ...]

    @property
    def missing(self) -> list[Kind]:
        """What is still to be paired here."""
        return [kind for kind in self.kinds if kind not in {device.kind for device in self.devices}]


def pairing_needed(kind: str, name: str) -> Response | None:
    """Return the way to the pairing page, or None when this browser is paired as exactly that."""
    wanted = Kind(kind)
    if not _is_paired(wanted, name):
        return make_response(redirect(url_for("stations.pair", kind=kind, name=name), 303))
    _renew(wanted, name)
    return None


@blueprint.app_template_filter()
def first_capital(text: str) -> str:
    """The text with a capital at its beginning, and nowhere else changed."""
    return text[:1].upper() + text[1:]


@blueprint.get("/pair/<any(kiosk, board):kind>/<name>")
def pair(kind: str, name: str) -> ResponseReturnValue:
    """Show this screen's code until somebody typed it on the console; looks again by itself."""
    wanted, here = Kind(kind), clinic()
    if name not in _names(here, wanted):
        abort(404)
    if _is_paired(wanted, name):
        return redirect(_address(wanted, name), 303)
    code, _, secret = request.cookies.get("pairing", "").partition(".")
    at = here.now()
    with here.database.snapshot(at=at) as reading:
        expires_at = pairing.expiry(reading, secret, at)
    if expires_at is not None:
        return _code_page(wanted, name, code)
    with here.database.begin(at=at) as tx:
        claimed = pairing.claim(tx, secret)
        asked = None if claimed else pairing.ask(tx, wanted, request.remote_addr or "", wanted=name)
    if claimed is not None:
        response = make_response(redirect(_address(claimed.kind, claimed.name), 303))
        response.delete_cookie("pairing", path=request.path)
        return _with_token(response, claimed.kind, claimed.name, claimed.token)
    if asked is None:
        return _code_page(wanted, name, None)
    response = _code_page(wanted, name, asked.code)
    response.set_cookie(
        "pairing", f"{asked.code}.{asked.claim}", max_age=rules.CODE_LIFE, path=request.path, httponly=True,
        samesite="Strict", secure=here.config.https,
    )  # fmt: skip
    return response


@blueprint.get("/console/screens")
def screens() -> ResponseReturnValue:
    """List what is paired and how it is; let in what shows a code."""
    return _screens_page()


@blueprint.post("/console/screens")
def approve() -> ResponseReturnValue:
    """Let the device that shows this code in."""
    here = clinic()
    code, command = request.form.get("code", "")[:40], request.form.get("command", "")[:64]
    kind, _, name = request.form.get("as", "").partition(":")
    if kind and (kind not in set(Kind) or name not in _names(here, Kind(kind))):
        abort(400)
    with here.database.begin(at=here.now()) as tx:
        before = tx.answered(command) if command else None
        outcome = Approval(before["outcome"]) if before else None
        if outcome is None:
            only = here.config.stations[0].id if len(here.config.stations) == 1 else None
            outcome = pairing.approve(tx, code, kind or None, name or None, principal().name, host_of=only)
            if outcome is Approval.APPROVED and command:
                tx.answer(command, {"outcome": outcome})
    if outcome is not Approval.APPROVED:
        return _screens_page(code=code, chosen=request.form.get("as", ""), problem=outcome), 400
    flash("paired")
    return redirect(url_for("stations.screens"), 303)


@blueprint.post("/console/screens/<device_id>/revoke")
def revoke(device_id: str) -> ResponseReturnValue:
    """Shut a device out, at once."""
    here = clinic()
    with here.database.begin(at=here.now()) as tx:
        gone = records.revoke(tx, device_id, principal().name)
    if gone is not None:
        here.live.cut(device_id)
    flash("unpaired")
    return redirect(url_for("stations.screens"), 303)


def _screens_page(code: str = "", chosen: str = "", problem: Approval | None = None) -> str:
    here = clinic()
    at = here.now()
    with here.database.snapshot(at=at) as reading:
        return render_template(
            "stations/screens.html",
            version=reading.snapshot.version,
            places=_places(here, reading),
            requests=pairing.requests(reading, at),
            names={kind: _names(here, kind) for kind in Kind},
            subjects=rules.SUBJECTS,
            called=rules.called,
            trouble=rules.trouble,
            advice=rules.advice,
            code=code,
            chosen=chosen,
            problem=problem,
        )


def _places(here: Clinic, reading: Reading) -> list[Place]:
    paired = records.devices(reading, here.now())
    config = here.config
    configured = [
        *((s.id, s.name, False, (Kind.HOST, Kind.KIOSK)) for s in config.stations),
        *((b.id, b.name, True, (Kind.BOARD,)) for b in config.boards),
    ]
    places = [
        Place(id, name, is_board, kinds, tuple(d for d in paired if d.name == id and d.kind in kinds))
        for id, name, is_board, kinds in configured
    ]
    shown = {device.id for place in places for device in place.devices}
    left = tuple(device for device in paired if device.id not in shown)
    return [*places, Place("", gettext("No longer in kiosk.toml"), False, (), left)] if left else places


def _code_page(kind: Kind, name: str, code: str | None) -> Response:
    response = make_response(
        render_template("stations/pair.html", kind=kind, place=_names(clinic(), kind)[name], code=code)
    )
    # Plain HTTP, so that a television without scripts or sockets is paired as well.
    response.headers["Refresh"] = str(LOOK_AGAIN_S)
    return response


def _names(here: Clinic, kind: Kind) -> dict[str, str]:
    known = here.config.boards if kind is Kind.BOARD else here.config.stations
    return {one.id: one.name for one in known}


def _is_paired(kind: Kind, name: str) -> bool:
    role = records.ROLES[kind]
    return any(who.role is role and who.name == name for who in principals())


def _address(kind: Kind, name: str) -> str:
    return url_for("board.page", name=name) if kind is Kind.BOARD else url_for("checkin.page", station=name)


def _renew(kind: Kind, name: str) -> None:
    here, token = clinic(), request.cookies.get(_cookie(kind, name), "")
    with here.database.snapshot(at=here.now()) as reading:
        if not records.is_old(reading, token, here.now()):
            return
    with here.database.begin(at=here.now()) as tx:
        fresh = records.renewed(tx, token)
    if fresh is not None:
        after_this_request(lambda response: _with_token(response, kind, name, fresh))


def _with_token(response: Response, kind: Kind, name: str, token: str) -> Response:
    response.set_cookie(
        _cookie(kind, name), token, max_age=COOKIE_LIFE, httponly=True, samesite="Strict",
        secure=clinic().config.https,
    )  # fmt: skip
    return response


def _cookie(kind: Kind, name: str) -> str:
    """One cookie per screen: a browser may be several, and each is paired by itself."""
    return f"device-{kind}-{quote(name, safe='')}"
