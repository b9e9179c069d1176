"""`/bench`: only where the demo runs, and only for a browser on the same machine."""

import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.bench.devices import Devices, DevicesAway
from kiosk.bench.faults import POSITIONS, REPAIR, SWITCHES
from kiosk.clinic import clinic
from kiosk.demo.samples import Sample, samples

blueprint = Blueprint("bench", __name__, template_folder="templates", url_prefix="/bench")

LOOPBACK = ("127.0.0.1", "::1")
SHOWN_PAPERS = 12
LONGEST_PAYLOAD = 4096
KINDS = ("card", "insurance", "letter", "trouble")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}


@blueprint.before_request
def only_here() -> None:
    """Refuse browsers on other machines: the bench shows birth dates, though invented ones."""
    if request.remote_addr not in LOOPBACK:
        abort(403)


@blueprint.get("")
def page() -> ResponseReturnValue:
    """The bench, with the devices as they are now."""
    return _page()


@blueprint.post("/scan")
def scan() -> ResponseReturnValue:
    """Hold a sample, or what was typed, under the simulated scanner."""
    typed = request.form.get("payload", "")
    chosen = request.form.get("sample", "")
    payload = typed_payload(typed)
    if chosen:
        payload = next((one.payload for one in _samples() if one.id == chosen), b"")
    if not 0 < len(payload) <= LONGEST_PAYLOAD:
        return _page(f"A scan has 1 to {LONGEST_PAYLOAD} bytes. Nothing was scanned.", 422)
    return _told(lambda devices: devices.scan(payload))


@blueprint.post("/fault")
def fault() -> ResponseReturnValue:
    """Put a switch of the panel into another position, or repair everything."""
    name = request.form.get("position", "")
    if name != "repair" and name not in POSITIONS:
        return _page("There is no such fault.", 422)
    changes = REPAIR if name == "repair" else POSITIONS[name].sets
    return _told(lambda devices: devices.fault(changes))


@blueprint.get("/papers/<int:number>.png")
def paper(number: int) -> ResponseReturnValue:
    """One paper that came out."""
    try:
        return Response(_devices().picture(number), content_type="image/png")
    except DevicesAway:
        abort(404)


def typed_payload(text: str) -> bytes:
    r"""The bytes that a person means who types `@\n\x1e\rANSI …`: escapes become control characters."""
    lines = text.replace("\r\n", "\n")

    def plain(match: re.Match[str]) -> str:
        return chr(int(match[1], 16)) if match[1] else _ESCAPES[match[2]]

    return re.sub(r"\\(?:x([0-9A-Fa-f]{2})|([nrt\\]))", plain, lines).encode("latin-1", "replace")


def _told(tell: Callable[[Devices], None]) -> ResponseReturnValue:
    try:
        tell(_devices())
    except DevicesAway as error:
        return _page(str(error), 503)
    return redirect(url_for("bench.page"), 303)


def _page(problem: str = "", status: int = 200) -> ResponseReturnValue:
    state: dict[str, Any] = {}
    papers: list[dict[str, Any]] = []
    try:
        state = _devices().state()
        papers = _devices().papers()[:SHOWN_PAPERS]
    except DevicesAway as error:
        problem = problem or str(error)
    settings = {**state.get("faults", {}), "scanner": state.get("scanner"), "held": state.get("held")}
    found = _samples()
    page = render_template(
        "bench/page.html",
        groups=[(kind, [one for one in found if one.kind == kind]) for kind in KINDS],
        switches=[(switch, switch.position(settings)) for switch in SWITCHES] if state else [],
        papers=[{**one, "at": datetime.fromisoformat(one["at"])} for one in papers],
        errors=state.get("errors", []),
        held=state.get("held"),
        problem=problem,
    )
    response = Response(page, status=status, content_type="text/html; charset=utf-8")
    if status == 200:
        shown = repr((settings, papers, [one.id for one in found], state.get("errors"), problem))
        response.set_etag(sha256(shown.encode()).hexdigest()[:20])
        response.make_conditional(request)
    return response


def _samples() -> list[Sample]:
    here = clinic()
    at = here.now()
    with here.database.snapshot(at=at) as reading:
        return samples(here.config, reading, at)


def _devices() -> Devices:
    demo = clinic().config.demo
    assert demo is not None  # noqa: S101
    return Devices(demo.bench)
