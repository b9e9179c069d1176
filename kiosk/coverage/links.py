"""SMART Health Links, fetched by the server: what their files say of a person and an insurance.

The protocol of HL7 SMART Health Cards and Links 1.0, over `https` alone. A link is a bearer secret: whoever
has its address and key reads the files, so neither is ever in a log, an error or a repr.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NoReturn, cast
from urllib.parse import quote

from kiosk.coverage.exchange import Answer, NotTrusted, NotUnderstood, Unreachable
from kiosk.coverage.https import SECONDS, Errand, Reach, host_of
from kiosk.identity import HealthCard, HealthLink, Issuer, Reason, Rules
from kiosk.identity.compact import json_object
from kiosk.identity.documents import Personal
from kiosk.identity.health_file import LARGEST, HealthFile, cards_in, opened

MOST_FILES = 10
EMBEDDED = 2 * 2**20
"""Files up to so many characters may be inside the manifest, which saves a request each."""
KINDS = frozenset({"application/smart-health-card", "application/fhir+json"})


class Problem(StrEnum):
    """Why a link gave nothing."""

    GONE = "gone"
    EXPIRED = "expired"
    PASSCODE_NEEDED = "passcode_needed"
    WRONG_PASSCODE = "wrong_passcode"
    NOT_TRUSTED = "not_trusted"
    UNREACHABLE = "unreachable"
    MALFORMED = "malformed"


class LinkProblem(Exception):
    """The link gave nothing. `remaining`: the wrong passcodes that its server still takes, if it says so."""

    def __init__(self, problem: Problem, remaining: int | None = None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.remaining = remaining


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose signatures count, and which hosts may be asked, for so many seconds altogether."""

    issuers: tuple[Issuer, ...]
    reach: Reach
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True, repr=False)
class Fetched(Personal):
    """What a link led to: each card says whether it is verified. No cards: its files are of other things."""

    cards: tuple[HealthCard, ...]


def fetch(link: HealthLink, trust: Trust, *, recipient: str, passcode: str | None, at: datetime) -> Fetched:
    """Fetch a link as `recipient`, which its holder may see. Raises LinkProblem.

    It waits for another server, up to `trust.seconds`: not inside a transaction.
    """
    if link.expires is not None and link.expires <= at:
        raise LinkProblem(Problem.EXPIRED)
    if link.needs_passcode and not passcode:
        raise LinkProblem(Problem.PASSCODE_NEEDED)
    try:
        source = "https://" + host_of(link.url)[0]
        errand = Errand(trust.reach, trust.seconds)
        files = _opened(_files(errand, link, recipient, passcode), link.key)
    except NotTrusted:
        raise LinkProblem(Problem.NOT_TRUSTED) from None
    except NotUnderstood:
        raise LinkProblem(Problem.MALFORMED) from None
    except Unreachable:
        raise LinkProblem(Problem.UNREACHABLE) from None
    cards, refused = cards_in(files, Rules(issuers=trust.issuers), at, source=source)
    if refused and not cards:
        _refuse(refused)
    return Fetched(cards)


def _files(errand: Errand, link: HealthLink, recipient: str, passcode: str | None) -> Iterator[str]:
    """The files, still sealed: the one that the address gives (flag U), or those of the manifest."""
    if link.is_one_file:
        sign = "&" if "?" in link.url else "?"
        yield _text(_good(errand.get(f"{link.url}{sign}recipient={quote(recipient, safe='')}")))
        return
    asked = {"recipient": recipient, "embeddedLengthMax": EMBEDDED}
    if passcode:
        asked["passcode"] = passcode
    for file in _listed(errand.post(link.url, json.dumps(asked).encode()), passcode)[:MOST_FILES]:
        embedded, location = file.get("embedded"), file.get("location")
        if isinstance(embedded, str):
            yield embedded
        elif isinstance(location, str):
            yield _text(_good(errand.get(location)))
        else:
            raise NotUnderstood


def _listed(answer: Answer, passcode: str | None) -> list[dict[str, object]]:
    """The files of the manifest that are of use here."""
    if answer.status == 401:
        _refuse_passcode(answer, passcode)
    manifest = _object(_good(answer))
    if manifest.get("status") == "no-longer-valid":
        raise LinkProblem(Problem.GONE)
    files = manifest.get("files")
    if not isinstance(files, list):
        raise NotUnderstood
    return [file for file in files if isinstance(file, dict) and _kind(file) in KINDS]


def _kind(file: dict[str, object]) -> str:
    """The content type without its parameters, as in `application/fhir+json;fhirVersion=4.0.1`."""
    kind = file.get("contentType")
    return kind.partition(";")[0].strip().lower() if isinstance(kind, str) else ""


def _good(answer: Answer) -> Answer:
    match answer.status:
        case 200:
            return answer
        case 404 | 410:
            raise LinkProblem(Problem.GONE)
        case status if 300 <= status < 400:
            raise NotTrusted
        case status if status in (408, 425, 429) or status >= 500:
            raise Unreachable
    raise NotUnderstood


def _refuse_passcode(answer: Answer, passcode: str | None) -> NoReturn:
    """Not this passcode; or the server wants one, of which the link did not speak."""
    problem = Problem.WRONG_PASSCODE if passcode else Problem.PASSCODE_NEEDED
    try:
        remaining = _object(answer).get("remainingAttempts")
    except NotUnderstood:
        remaining = None
    is_number = isinstance(remaining, int) and not isinstance(remaining, bool)
    raise LinkProblem(problem, cast(int, remaining) if is_number else None)


def _refuse(reasons: frozenset[Reason]) -> NoReturn:
    """Every card of the link was refused."""
    if reasons <= {Reason.EXPIRED, Reason.NOT_YET_VALID}:
        raise LinkProblem(Problem.EXPIRED)
    raise LinkProblem(Problem.MALFORMED if reasons == {Reason.MALFORMED} else Problem.NOT_TRUSTED)


def _opened(sealed: Iterator[str], key: str) -> list[HealthFile]:
    """The files, unpacked no larger than one may be altogether."""
    files: list[HealthFile] = []
    for one in sealed:
        file = opened(one, key, LARGEST - sum(file.size for file in files))
        if file is None:
            raise NotUnderstood
        files.append(file)
    return files


def _object(answer: Answer) -> dict[str, object]:
    try:
        return json_object(answer.body)
    except ValueError:
        raise NotUnderstood from None


def _text(answer: Answer) -> str:
    try:
        return answer.body.decode("ascii")
    except UnicodeDecodeError:
        raise NotUnderstood from None
