"""What a patient's phone shows, and what is behind it: a SMART Health Link to a card at an insurer's."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

from kiosk.coverage.links import Trust
from tests.integration.coverage.insurer import Answer, Insurer, as_json
from tests.unit.identity.health_cards import (
    COVERAGE,
    PATIENT,
    PAYER,
    TRUSTED,
    base64url,
    bundle,
    jwe,
    jws,
    payload,
)

KEY = b"0123456789abcdef0123456789abcdef"
MANIFEST = "/manifest-5up3rs3cr3t"


def health_key() -> str:
    """The key as the link says it."""
    return base64url(KEY)


def trusting(insurer: Insurer) -> Callable[[object], Trust]:
    """What `kiosk.checkin.fetching` is to trust instead: an insurer on this machine."""
    given = Trust(issuers=(TRUSTED,), reach=insurer.reach())
    return lambda config: given


def link(insurer: Insurer, **content: Any) -> str:
    """The code on the phone."""
    plain = {"url": insurer.url(MANIFEST), "key": base64url(KEY), **content}
    return "shlink:/" + base64url(json.dumps(plain).encode())


def card(at: datetime, **patient: Any) -> Answer:
    """A signed card, good at that time."""
    year = {"start": f"{at - timedelta(days=30):%Y-%m-%d}", "end": f"{at + timedelta(days=300):%Y-%m-%d}"}
    resources = bundle({**PATIENT, **patient}, {**COVERAGE, "period": year}, PAYER)
    signed = payload(
        nbf=(at - timedelta(days=1)).timestamp(),
        vc={"credentialSubject": {"fhirVersion": "4.0.1", "fhirBundle": resources}},
    )
    sealed = jwe({"verifiableCredential": [jws(signed)]}, KEY)
    return as_json({"files": [{"contentType": "application/smart-health-card", "embedded": sealed}]})


def behind(passcode: str, answer: Answer, tries: int = 3) -> Answer:
    """That answer for who knows the passcode, as long as there are tries left."""
    left = [tries]

    def write(handler: BaseHTTPRequestHandler) -> None:
        said = json.loads(handler.server.insurer.asked[-1].body)  # type: ignore[attr-defined]
        if said.get("passcode") == passcode and left[0]:
            return answer(handler)
        left[0] = max(0, left[0] - 1)
        return as_json({"remainingAttempts": left[0]}, 401)(handler)

    return write


def once(released: Event, answer: Answer) -> Answer:
    """That answer, but not before it is released."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        released.wait(20)
        answer(handler)

    return write
