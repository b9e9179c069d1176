"""The way to the clearing house: real HTTP, both envelopes, and everything that goes wrong on it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kiosk.config import Config, ConfigError
from kiosk.coverage.clearing_house import MOST_BYTES, RESPONSE, HttpClearingHouse, open_clearing_house
from kiosk.coverage.eligibility import NoAnswer, NotAccepted
from kiosk.coverage.simulated import SimulatedClearingHouse
from kiosk.coverage.x12 import read_answer, write_inquiry
from tests import cast
from tests.integration.coverage.conftest import settings
from tests.unit.coverage.messages import TRACE, inquiry

AT = datetime(2026, 11, 23, 14, tzinfo=UTC)


def question(digit: str = "1") -> str:
    return write_inquiry(inquiry(member_id=f"W123{digit}"), sender="CLINIC", receiver="HOUSE", at=AT)


@pytest.mark.parametrize("envelope", ["core", "plain"])
def test_a_question_is_answered_in_both_envelopes(house: SimulatedClearingHouse, envelope: str) -> None:
    client = HttpClearingHouse(url=house.url, envelope=envelope, sender="CLINIC", receiver="HOUSE")

    assert read_answer(client.ask(question()), trace=TRACE).state == "active"
    assert house.questions == [question()]


def test_the_core_envelope_names_everything_that_the_rule_asks_for(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n")
    client = open_clearing_house(settings("https://house.example/", password_file=str(tmp_path / "password")))

    body, kind = client._wrapped("ISA")

    assert kind.startswith("multipart/form-data; boundary=")
    for name in (
        "PayloadType", "ProcessingMode", "PayloadID", "TimeStamp", "UserName", "Password", "SenderID",
        "ReceiverID", "CORERuleVersion", "Payload",
    ):  # fmt: skip
        assert f'name="{name}"'.encode() in body
    assert b"secret\r\n" in body
    assert "secret" not in repr(client)


@contextmanager
def answering(status: int, body: bytes, headers: dict[str, str]) -> Iterator[str]:
    """A server that says one thing."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


PLAIN = {"Content-Type": "application/edi-x12"}
FORM = "multipart/form-data; boundary=xx"


def form(**fields: str) -> bytes:
    parts = [
        f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return ("".join(parts) + "--xx--\r\n").encode()


@pytest.mark.parametrize(
    ("status", "body", "headers", "error"),
    [
        (503, b"", PLAIN, NoAnswer),
        (500, b"x" * 100, PLAIN, NoAnswer),
        (429, b"", PLAIN, NoAnswer),
        (401, b"", PLAIN, NotAccepted),
        (404, b"", PLAIN, NotAccepted),
        (302, b"", {"Location": "http://127.0.0.1:1/"}, NotAccepted),
        (200, b"x" * (MOST_BYTES + 1), PLAIN, NotAccepted),
        (200, b"ISA", {"Content-Type": "text/plain"}, NotAccepted),
        (200, b"ISA", {}, NotAccepted),
        (200, form(ErrorCode="Sender", Payload="ISA"), {"Content-Type": FORM}, NotAccepted),
        (200, form(ErrorCode="Success"), {"Content-Type": FORM}, NotAccepted),
        (200, form(PayloadType=RESPONSE), {"Content-Type": FORM}, NotAccepted),
        (200, b"ISA", {"Content-Type": "multipart/form-data"}, NotAccepted),
    ],
)
def test_what_is_no_answer_is_told_apart(
    status: int, body: bytes, headers: dict[str, str], error: type[NoAnswer]
) -> None:
    with answering(status, body, headers) as url, pytest.raises(NoAnswer) as refused:
        HttpClearingHouse(url=url).ask(question())

    assert type(refused.value) is error
    assert "W123" not in str(refused.value)


def test_a_payload_in_its_envelope_is_found() -> None:
    whole = form(PayloadType="X12_271_Response_005010X279A1", ErrorCode="Success", Payload="ISA*00~")
    with answering(200, whole, {"Content-Type": FORM}) as url:
        assert HttpClearingHouse(url=url).ask(question()) == "ISA*00~"


def test_nobody_listening_is_no_answer() -> None:
    with pytest.raises(NoAnswer):
        HttpClearingHouse(url="http://127.0.0.1:9/").ask(question())


@contextmanager
def dripping(*begins: bytes) -> Iterator[str]:
    """A server that begins so, and then says one byte after the other without end."""
    done = threading.Event()

    def serve() -> None:
        line, _ = server.accept()
        with line, suppress(OSError):
            line.recv(65_536)
            line.sendall(b"".join(begins))
            while not done.wait(0.02):
                line.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            done.set()
            thread.join(20)


@pytest.mark.parametrize(
    "begins",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/edi-x12\r\nContent-Length: 300000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/edi-x12\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"",
    ],
)
def test_an_answer_that_drips_is_no_answer_be_it_headers(begins: bytes) -> None:
    with dripping(begins) as url, pytest.raises(NoAnswer):
        HttpClearingHouse(url=url, envelope="plain", deadline_s=0.2).ask(question())


def test_an_answer_that_is_cut_short_is_no_answer() -> None:
    with answering(200, b"ISA", {**PLAIN, "Content-Length": "300"}) as url, pytest.raises(NoAnswer):
        HttpClearingHouse(url=url, envelope="plain", deadline_s=10).ask(question())


def test_the_simulated_house_takes_no_nonsense(house: SimulatedClearingHouse) -> None:
    client = HttpClearingHouse(url=house.url, envelope="plain")

    with pytest.raises(NotAccepted):
        client.ask("hello")
    with pytest.raises(NotAccepted):
        HttpClearingHouse(url=house.url).ask("hello")


COVERAGE = {
    "ask": True, "clearing_house": "https://house.example/", "sender": "CLINIC", "receiver": "HOUSE",
    "provider_name": "Riverside", "provider_npi": "1234567893", "payers": {"Acme Health": "ACME1"},
}  # fmt: skip


def configured(tmp_path: Path, **changes: object) -> Config:
    return cast.config(tmp_path, coverage={**COVERAGE, **changes})


def test_a_clearing_house_is_configured_whole(tmp_path: Path) -> None:
    assert configured(tmp_path).coverage.payers == {"Acme Health": "ACME1"}
    assert configured(tmp_path, clearing_house="http://127.0.0.1:8200/").coverage.clearing_house
    assert cast.config(tmp_path).coverage.ask is False


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("clearing_house", "http://house.example/"),
        ("clearing_house", "ftp://house.example/"),
        ("provider_npi", ""),
        ("provider_npi", "12345"),
        ("provider_npi", "1234567890"),
        ("provider_name", ""),
        ("sender", ""),
        ("sender", "clinic*"),
        ("receiver", ""),
        ("payers", {}),
        ("payers", {"Acme": "a*"}),
        ("envelope", "soap"),
        ("currency", "dollars"),
        ("password_file", "/nowhere/password"),
    ],
)
def test_what_cannot_work_is_refused_by_name(tmp_path: Path, key: str, value: object) -> None:
    with pytest.raises(ConfigError, match=key):
        configured(tmp_path, **{key: value})
