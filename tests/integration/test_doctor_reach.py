"""The doctor asks the clinic's address as a screen would: it says what is in the way, and what mends it."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.doctor import reach
from kiosk.doctor.findings import Finding, Level
from tests.integration.coverage.insurer import Insurer, plain


def found(url: str, authority: Path | None = None, *, alone: bool = False) -> Finding:
    """The one thing that is found."""
    (finding,) = reach.look(url, "This computer", authority, alone=alone)
    return finding


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Insurer]:
    """A server with a certificate for localhost, by an authority of its own."""
    with Insurer(tmp_path, "localhost") as running:
        running.answers["/healthz"] = plain(b"ok")
        yield running


@pytest.mark.parametrize("alone", [False, True])
def test_a_server_that_is_believed_and_well_is_good_news(server: Insurer, alone: bool) -> None:
    finding = found(f"https://localhost:{server.port}", server.ca_file, alone=alone)
    assert finding.level is Level.GOOD


def test_a_name_that_leads_nowhere_is_said_with_where_to_write_it() -> None:
    finding = found("https://kiosk.clinic.invalid")
    assert "the name kiosk.clinic.invalid leads nowhere" in finding.words
    assert "/etc/hosts" in finding.cure


def test_a_server_that_is_off_is_said_with_where_to_look() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    finding = found(f"https://localhost:{port}")
    assert finding.words.endswith("Connection refused.")
    assert "systemctl status nginx kiosk-server" in finding.cure


def test_an_authority_that_is_not_known_is_said_with_how_it_becomes_known(server: Insurer) -> None:
    finding = found(f"https://localhost:{server.port}")
    assert "does not believe the certificate" in finding.words
    assert "--ca ca.crt" in finding.cure


def test_a_certificate_of_another_name_is_said(server: Insurer) -> None:
    finding = found(f"https://127.0.0.1:{server.port}", server.ca_file)
    assert "is not for 127.0.0.1" in finding.words
    assert f"--url https://127.0.0.1:{server.port}" in finding.cure


@pytest.mark.parametrize(("status", "words"), [(502, "not the server behind it"), (404, "(404)")])
def test_something_else_that_answers_is_told_from_the_server(
    server: Insurer, status: int, words: str
) -> None:
    server.answers["/healthz"] = plain(b"", status)
    finding = found(f"https://localhost:{server.port}", server.ca_file)
    assert finding.level is Level.WRONG
    assert words in finding.words


def test_what_is_no_web_server_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as printer:

        def babble() -> None:
            line, _ = printer.accept()
            with line:
                line.recv(1000)
                line.sendall(b"\x12\x12\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        finding = found(f"http://127.0.0.1:{printer.getsockname()[1]}")
        thread.join()
    assert "is no web server" in finding.words
