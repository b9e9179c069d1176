"""A clearing house for the demo and the tests: a real HTTP server that reads the 270 and writes the 271.

What it answers is told by the last digit of the member number (`RULES`). It knows nobody and keeps nothing.

    python -m kiosk.coverage.simulated --port 8200
"""

import argparse
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from urllib3.filepost import encode_multipart_formdata

from kiosk.coverage.clearing_house import CORE_VERSION, RESPONSE
from kiosk.coverage.x12.interchange import Interchange, Segment, X12Error, element, read, write

HOST = "127.0.0.1"
RULES: Mapping[str, str] = {
    "0": "active",
    "1": "active, co-pay",
    "2": "active, deductible",
    "3": "inactive",
    "4": "not found",
    "5": "wrong birth date",
    "6": "payer down",
    "7": "payer down at the first try",
    "8": "clearing house out of order",
    "9": "not understood",
}
_CO_PAY: Sequence[Segment] = (
    ("EB", "B", "IND", "98", "", "", "27", "25", "", "", "", "", "Y"),
    ("EB", "B", "IND", "98", "", "", "27", "60", "", "", "", "", "N"),
)
_DEDUCTIBLE: Sequence[Segment] = (
    ("EB", "C", "IND", "30", "", "", "23", "1500", "", "", "", "", "Y"),
    ("EB", "C", "IND", "30", "", "", "29", "320.5", "", "", "", "", "Y"),
    ("MSG", "REFERRAL NEEDED FOR SPECIALISTS"),
)
_REJECTED = {"not found": "75", "wrong birth date": "71"}


class SimulatedClearingHouse:
    """Listens on a port of its own from `with` to its end; counts the questions."""

    def __init__(self, port: int = 0) -> None:
        house = self
        self.questions: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, kind, body = house.respond(said, self.headers.get("Content-Type", ""))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: a question is about somebody."""

        self.server = ThreadingHTTPServer((HOST, port), Handler)
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.server.server_port}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    def respond(self, said: bytes, kind: str) -> tuple[int, str, bytes]:
        """Status, content type and body of the answer."""
        core = kind.startswith("multipart/")
        question = _payload(said, kind) if core else said.decode("latin-1")
        try:
            asked = read(question)
            told = RULES.get(_member(asked)[-1:], "active")
        except X12Error:
            return 400, "text/plain", b""
        self.questions.append(question)
        again = self.questions.count(question) > 1
        if told == "clearing house out of order" or (told == "payer down at the first try" and not again):
            return 503, "text/plain", b""
        answer = response(asked, told, at=datetime.now(UTC))
        if not core:
            return 200, "application/edi-x12", answer.encode("ascii")
        body, boundary = encode_multipart_formdata(
            {
                "PayloadType": RESPONSE,
                "ProcessingMode": "RealTime",
                "CORERuleVersion": CORE_VERSION,
                "ErrorCode": "Success",
                "Payload": answer,
            }
        )
        return 200, boundary, body


def response(asked: Interchange, told: str, *, at: datetime) -> str:
    """The 271 to that 270."""
    if told == "not understood":
        body: list[Segment] = [("AK1", "HS", "1"), ("IK5", "R", "5"), ("AK9", "R", "1", "1", "0")]
        return _enveloped(asked, body, "999", "FA", at)
    question = asked.sets[0]

    def named(code: str) -> Segment:
        return next(one for one in question if one[0] == "NM1" and element(one, 1) == code)

    trace = next(one for one in question if one[0] == "TRN")
    birth = next(one for one in question if one[0] == "DMG")
    body = [
        ("BHT", "0022", "11", element(trace, 2), f"{at:%Y%m%d}", f"{at:%H%M}"),
        ("HL", "1", "", "20", "1"),
        *([("AAA", "Y", "", "42", "P")] if told.startswith("payer down") and "first" not in told else []),
        named("PR"),
    ]
    if told == "payer down":
        return _enveloped(asked, body, "271", "HB", at)
    body += [
        ("HL", "2", "1", "21", "1"),
        named("1P"),
        ("HL", "3", "2", "22", "0"),
        ("TRN", "2", element(trace, 2), element(trace, 3)),
        named("IL"),
        *([("AAA", "N", "", _REJECTED[told], "C")] if told in _REJECTED else []),
        birth,
        *_benefits(told, at),
    ]
    return _enveloped(asked, body, "271", "HB", at)


def _benefits(told: str, at: datetime) -> Sequence[Segment]:
    if told in _REJECTED:
        return ()
    if told == "inactive":
        last_year = at.year - 1
        return (("DTP", "347", "D8", f"{last_year}1231"), ("EB", "6", "", "30", "", "GOLD PLAN"))
    begins: Segment = ("DTP", "346", "D8", f"{at.year}0101")
    more = {"active, co-pay": _CO_PAY, "active, deductible": (*_CO_PAY, *_DEDUCTIBLE)}.get(told, ())
    return (begins, ("EB", "1", "", "30^98", "C1", "GOLD PLAN"), *more)


def _enveloped(asked: Interchange, body: Sequence[Segment], kind: str, functional: str, at: datetime) -> str:
    return write(
        body, kind=kind, functional=functional, sender=asked.receiver, receiver=asked.sender,
        number=int(asked.number), at=at,
    )  # fmt: skip


def _member(asked: Interchange) -> str:
    subscriber = next((s for one in asked.sets for s in one if s[0] == "NM1" and element(s, 1) == "IL"), ())
    return element(subscriber, 9)


def _payload(said: bytes, kind: str) -> str:
    whole = message_from_bytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + said)
    for part in whole.get_payload():
        if isinstance(part, Message) and part.get_param("name", header="content-disposition") == "Payload":
            return bytes(part.get_payload(decode=True) or b"").decode("latin-1")
    return ""


def main() -> None:
    """Listen until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.coverage.simulated", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    with SimulatedClearingHouse(parser.parse_args().port) as house:
        print(f"A simulated clearing house listens at {house.url}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
