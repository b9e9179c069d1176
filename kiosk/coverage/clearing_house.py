"""The clearing house over HTTPS: one question, one answer, within a deadline and a size.

Envelopes: `core`, the MIME multipart form of the CAQH CORE Connectivity Rule vC2.2.0, or `plain`, the X12
text itself. Nothing that was sent or received is put into an error or a log.
"""

import socket
import ssl
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from threading import Timer
from time import monotonic
from urllib.parse import urlsplit

from urllib3.filepost import encode_multipart_formdata

from kiosk.config import Coverage as Settings
from kiosk.coverage.eligibility import NoAnswer, NotAccepted

DEADLINE_S = 25.0
"""The CORE response time rule gives the payer 20 seconds."""
CONNECT_S = 5.0
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
        headers = {"Content-Type": kind, "Accept": "*/*"}
        try:
            answer, said = self._exchanged(body, headers)
        except (OSError, HTTPException) as error:
            raise NoAnswer(type(error).__name__) from None
        if answer.status != 200:
            again = answer.status >= 500 or answer.status in _TRY_AGAIN
            raise (NoAnswer if again else NotAccepted)(f"status {answer.status}")
        return self._unwrapped(said, answer.getheader("Content-Type", ""))

    def _exchanged(self, body: bytes, headers: dict[str, str]) -> tuple[HTTPResponse, bytes]:
        """The answer and its whole body. A payer that drips, be it headers, is a payer that is down."""
        until = monotonic() + self.deadline_s
        target = urlsplit(self.url)._replace(scheme="", netloc="").geturl() or "/"
        with closing(_connection(self.url)) as connection:
            connection.connect()
            left = max(0.0, until - monotonic())
            connection.sock.settimeout(left or None)
            hanging_up = Timer(left, _hang_up, (connection.sock,))
            hanging_up.daemon = True
            hanging_up.start()
            try:
                connection.request("POST", target, body, headers)
                answer = connection.getresponse()
                said = answer.read(MOST_BYTES + 1)
            finally:
                hanging_up.cancel()
        if len(said) > MOST_BYTES:
            raise NotAccepted("too long")
        if monotonic() >= until:
            raise NoAnswer("too slow")
        if answer.length:
            raise NoAnswer("cut short")
        return answer, said

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


def _connection(url: str) -> HTTPConnection:
    place = urlsplit(url)
    host = place.hostname or ""
    if place.scheme == "https":
        tls = ssl.create_default_context()
        return HTTPSConnection(host, place.port, timeout=CONNECT_S, context=tls)
    return HTTPConnection(host, place.port, timeout=CONNECT_S)


def _hang_up(line: socket.socket) -> None:
    """Whoever reads from it is told that there is no more: the deadline is for all that is said."""
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)


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
