"""The clearing house over HTTPS: one question, one answer, within a deadline and a size.

Envelopes: `core`, the MIME multipart form of the CAQH CORE Connectivity Rule vC2.2.0, or `plain`, the X12
text itself. Nothing that was sent or received is put into an error or a log.
"""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

from urllib3.filepost import encode_multipart_formdata

from kiosk.config import Coverage as Settings
from kiosk.coverage.eligibility import NoAnswer, NotAccepted
from kiosk.coverage.exchange import (
    Answer,
    Deadline,
    FetchError,
    NotUnderstood,
    Place,
    addresses_of,
    certified,
    exchange,
)

DEADLINE_S = 25.0
"""The CORE response time rule gives the payer 20 seconds."""
MOST_BYTES = 1024 * 1024
REQUEST, RESPONSE = "X12_270_Request_005010X279A1", "X12_271_Response_005010X279A1"
CORE_VERSION = "2.2.0"
_TRY_AGAIN = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpClearingHouse:
    """Whoever listens at `url`. `password` is that of the account `sender`; empty: it knows us otherwise."""

    url: str
    envelope: str = "core"
    sender: str = ""
    receiver: str = ""
    password: str = field(default="", repr=False)
    deadline_s: float = DEADLINE_S

    def ask(self, x12_270: str) -> str:
        """Return the X12 271. Raises NoAnswer."""
        body, kind = self._wrapped(x12_270)
        try:
            answer = self._asked(body, kind)
        except NotUnderstood:
            raise NotAccepted("not understood") from None
        except FetchError as error:
            raise NoAnswer(str(error)) from None
        if answer.status != 200:
            again = answer.status >= 500 or answer.status in _TRY_AGAIN
            raise (NoAnswer if again else NotAccepted)(f"status {answer.status}")
        return self._unwrapped(answer.body, answer.kind)

    def _asked(self, body: bytes, kind: str) -> Answer:
        url, deadline = urlsplit(self.url), Deadline(self.deadline_s)
        host, tls = url.hostname or "", certified() if url.scheme == "https" else None
        place = Place(host, url.port or (443 if tls else 80), addresses_of(host, deadline), tls)
        target = url._replace(scheme="", netloc="").geturl() or "/"
        return exchange(
            place, "POST", target, body, {"Content-Type": kind}, deadline=deadline, most_bytes=MOST_BYTES
        )

    def _wrapped(self, x12_270: str) -> tuple[bytes, str]:
        if self.envelope == "plain":
            return x12_270.encode("ascii"), "application/edi-x12"
        fields = {
            "PayloadType": REQUEST,
            "ProcessingMode": "RealTime",
            "PayloadID": str(uuid.uuid4()),
            "TimeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "UserName": self.sender,
            "Password": self.password,
            "SenderID": self.sender,
            "ReceiverID": self.receiver,
            "CORERuleVersion": CORE_VERSION,
            "Payload": x12_270,
        }
        return encode_multipart_formdata(fields)

    def _unwrapped(self, said: bytes, kind: str) -> str:
        if self.envelope == "plain":
            return said.decode("latin-1")
        parts = _parts(said, kind)
        if parts.get("ErrorCode", "Success") != "Success":
            raise NotAccepted("envelope refused")
        if not parts.get("Payload"):
            raise NotAccepted("no payload")
        return parts["Payload"]


def open_clearing_house(settings: Settings) -> HttpClearingHouse:
    """The site's clearing house, as configured. Raises OSError when the password's file cannot be read."""
    password = Path(settings.password_file).read_text().strip() if settings.password_file else ""
    return HttpClearingHouse(
        url=settings.clearing_house,
        envelope=settings.envelope,
        sender=settings.sender,
        receiver=settings.receiver,
        password=password,
    )


def _parts(said: bytes, kind: str) -> dict[str, str]:
    """The fields of a multipart form, by name."""
    header = b"Content-Type: " + kind.encode("latin-1", "replace").replace(b"\r", b"").replace(b"\n", b"")
    whole = message_from_bytes(header + b"\r\n\r\n" + said)
    if not whole.is_multipart():
        raise NotAccepted("no envelope")
    parts = [part for part in whole.get_payload() if isinstance(part, Message)]
    return {str(part.get_param("name", header="content-disposition")): _text(part) for part in parts}


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    return data.decode("latin-1").strip() if isinstance(data, bytes) else ""
