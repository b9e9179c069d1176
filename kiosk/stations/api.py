"""The station API, as `docs/station-api.md` says it: pairing, scans in, jobs out, health in."""

import base64
import binascii
import time
import uuid
from contextlib import AbstractContextManager
from typing import Annotated, Literal, TypeVar, cast

import msgspec
from flask import Blueprint, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from kiosk.access import principal
from kiosk.checkin import dialogue
from kiosk.checkin.ticket.printing import target
from kiosk.clinic import clinic
from kiosk.database import Transaction, jobs
from kiosk.database.jobs import Job
from kiosk.stations import health as devices
from kiosk.stations import pairing, records, rules, work
from kiosk.stations.bell import Bell
from kiosk.stations.rules import Count, Kind, Part, Preview, State
from kiosk.trying.scans import was_a_try

blueprint = Blueprint("station_api", __name__)

MAX_BODY_BYTES = 32_768
MAX_SCAN_BYTES = 4_096
LONGEST_WAIT_S = 30

Body = TypeVar("Body")
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
Total = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
JobCause = Literal[
    "paper_out", "cover_open", "cutter", "offline", "unreachable", "timeout",
    "denied", "taken", "setup", "error",
]  # fmt: skip


class StationError(Exception):
    """The request was refused: a status and a sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Pairing(msgspec.Struct, frozen=True):
    """Screens are paired by their page, so here it is always a host."""

    kind: Literal["host"]


class Claim(msgspec.Struct, frozen=True):
    claim: Annotated[str, msgspec.Meta(max_length=100)]


class Scan(msgspec.Struct, frozen=True):
    id: uuid.UUID
    scanner: Name
    data: str
    symbology: Annotated[str, msgspec.Meta(max_length=8, pattern=r"^[!-~]*$")] | None = None


class OfJob(msgspec.Struct, frozen=True, kw_only=True):
    """`attempt` as the job was given."""

    attempt: Annotated[int, msgspec.Meta(ge=1)]


class Sending(OfJob, frozen=True):
    """Nothing more to say."""


class Done(OfJob, frozen=True):
    confirmation: Literal["printed", "sent"]


class Failed(OfJob, frozen=True):
    cause: JobCause
    printed: Literal["no", "maybe"]


class Used(msgspec.Struct, frozen=True):
    tickets: Total
    cuts: Total
    paper_mm: Total


class DeviceHealth(msgspec.Struct, frozen=True):
    name: Name
    kind: Literal["scanner", "printer"]
    state: State
    cause: JobCause | Literal["paper_low", "unplugged"] | None
    since: Annotated[str, msgspec.Meta(max_length=40)]
    said: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*\Z")] = ""
    count: Used | None = None


class Shown(msgspec.Struct, frozen=True):
    address: Annotated[str, msgspec.Meta(pattern=r"^http://127\.0\.0\.1:[1-9][0-9]{0,4}\Z")]
    key: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Health(msgspec.Struct, frozen=True):
    version: Annotated[str, msgspec.Meta(max_length=40)]
    devices: Annotated[list[DeviceHealth], msgspec.Meta(max_length=32)]
    preview: Shown | None = None


@blueprint.record_once
def ring_after_commits(setup: BlueprintSetupState) -> None:
    """Let commits wake the hosts that wait for a job."""
    bell = setup.app.extensions["bell"] = Bell()
    setup.app.extensions["clinic"].live.listeners.append(bell.ring)


@blueprint.before_request
def limit_body() -> None:
    """No host has more to say."""
    request.max_content_length = MAX_BODY_BYTES


@blueprint.errorhandler(StationError)
def refused(error: StationError) -> ResponseReturnValue:
    """Say why, in a sentence."""
    return jsonify(error=str(error)), error.status


@blueprint.post("/api/pairing")
def request_pairing() -> ResponseReturnValue:
    """A device host without a token asks for a code."""
    body(Pairing)
    with transaction() as tx:
        asked = pairing.ask(tx, Kind.HOST, request.remote_addr or "")
    if asked is None:
        raise StationError(429, "Too many codes wait at this address already. Approve one, or wait.")
    expires_s = int(rules.CODE_LIFE.total_seconds())
    return jsonify(code=asked.code, claim=asked.claim, expires_s=expires_s), 201


@blueprint.post("/api/pairing/claim")
def claim_pairing() -> ResponseReturnValue:
    """The host asks whether its code was typed."""
    secret = body(Claim).claim
    here = clinic()
    with here.database.snapshot(at=here.now()) as reading:
        if pairing.expiry(reading, secret, here.now()) is not None:
            return jsonify({}), 202
    with transaction() as tx:
        claimed = pairing.claim(tx, secret)
    if claimed is None:
        raise StationError(404, "This pairing expired or was used. Ask for a new code.")
    return jsonify(token=claimed.token, station=claimed.name)


@blueprint.get("/api/painted/<any(kiosk, board):kind>/<name>")
def painted(kind: str, name: str) -> ResponseReturnValue:
    """Say how long ago a screen drew its last frame, so that its box can restart a browser that hangs.

    Anybody may ask: the box of a television has no token, and the answer tells of no person.
    """
    here = clinic()
    at = here.now()
    with here.database.snapshot(at=at) as reading:
        drawn_at = records.painted_at(reading, Kind(kind), name)
    return jsonify(seconds=None if drawn_at is None else max(0, int((at - drawn_at).total_seconds())))


@blueprint.post("/api/station/scans")
def scan() -> ResponseReturnValue:
    """Something was held under a scanner; no bytes when it was not read whole. The same id again changes
    nothing.
    """
    said = body(Scan)
    try:
        data = base64.b64decode(said.data, validate=True)
    except (binascii.Error, ValueError):
        raise StationError(400, "data: this is not base64.") from None
    if len(data) > MAX_SCAN_BYTES:
        raise StationError(413, f"data: {len(data)} bytes are too many; a scan has {MAX_SCAN_BYTES}.")
    if not was_a_try(clinic(), principal().name, said.id.hex, data):
        dialogue.scanned(clinic(), principal().name, said.id.hex, data, said.symbology)
    return jsonify({}), 202


@blueprint.get("/api/station/jobs/next")
def next_job() -> ResponseReturnValue:
    """Wait for work. While waiting, nothing is held: no transaction, no connection."""
    host, here, bell = principal(), clinic(), cast(Bell, current_app.extensions["bell"])
    until = time.monotonic() + wait_s()
    while True:
        rung = bell.count(target(host.name))
        with here.database.snapshot(at=here.now()) as reading:
            paired = records.standing(reading, {host.id})
            found = work.waiting(reading, here, host.name, host.id)
        if not paired:
            raise StationError(401, "This device is not paired any more.")
        if found:
            with transaction() as tx:
                job = work.take(tx, here, host.name, host.id)
            if job is not None:
                return jsonify(job)
        left = until - time.monotonic()
        if left <= 0:
            return "", 204
        bell.wait(target(host.name), rung, left)


@blueprint.post("/api/station/jobs/<int(max=9223372036854775807):job_id>/sending")
def job_sending(job_id: int) -> ResponseReturnValue:
    """The first byte is about to leave."""
    said = body(Sending)
    with transaction() as tx:
        if not work.sending(tx, own_job(tx, job_id, said), principal().id):
            raise StationError(409, "The lease is lost. Print nothing.")
    return jsonify({})


@blueprint.post("/api/station/jobs/<int(max=9223372036854775807):job_id>/done")
def job_done(job_id: int) -> ResponseReturnValue:
    """The ticket came out."""
    said = body(Done)
    confirmed = said.confirmation == "printed"
    with transaction() as tx:
        work.done(tx, own_job(tx, job_id, said), principal().id, confirmed=confirmed)
    return jsonify({})


@blueprint.post("/api/station/jobs/<int(max=9223372036854775807):job_id>/failed")
def job_failed(job_id: int) -> ResponseReturnValue:
    """The ticket did not come out, or nobody knows."""
    said = body(Failed)
    with transaction() as tx:
        work.failed(tx, own_job(tx, job_id, said), principal().id, cause=said.cause, printed=said.printed)
    return jsonify({})


@blueprint.post("/api/station/health")
def health() -> ResponseReturnValue:
    """How the host's devices are."""
    said = body(Health)
    with transaction() as tx:
        parts = [Part(d.name, d.kind, d.state, d.cause or "", tx.at, _count(d), d.said) for d in said.devices]
        preview = Preview(said.preview.address, said.preview.key) if said.preview else None
        devices.report(tx, principal().id, said.version, parts, preview)
    return "", 204


def _count(device: DeviceHealth) -> Count | None:
    return Count(**msgspec.structs.asdict(device.count)) if device.count else None


def transaction() -> AbstractContextManager[Transaction]:
    """The transaction of this request."""
    here = clinic()
    return here.database.begin(at=here.now())


def body(shape: type[Body]) -> Body:
    """Return the request's JSON as `shape`; what is wrong with it is said in a sentence."""
    try:
        return msgspec.json.decode(request.get_data(), type=shape)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        field = where.strip("`").lstrip(".")
        raise StationError(400, f"{field}: {what}." if field else f"{what}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise StationError(400, "The body is not JSON.") from None
    except RequestEntityTooLarge:
        raise StationError(413, f"The body has more than {MAX_BODY_BYTES} bytes.") from None


def wait_s() -> int:
    """How long the host wants to wait for a job."""
    text = request.args.get("wait", "0")
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= LONGEST_WAIT_S):
        raise StationError(400, f"wait: a whole number of seconds from 0 to {LONGEST_WAIT_S} is expected.")
    return int(text)


def own_job(tx: Transaction, job_id: int, said: OfJob) -> Job:
    """Return the job, if it is one of this host's station and the attempt that is spoken of is its latest.

    What was said of an earlier one may have lain in the network: it must not end the one under way.
    """
    job = jobs.find(tx.connection, tx.site, job_id)
    if job is None or job.target != target(principal().name):
        raise StationError(404, "This station has no such job.")
    if said.attempt != job.attempts:
        raise StationError(409, "This attempt is over.")
    return job
