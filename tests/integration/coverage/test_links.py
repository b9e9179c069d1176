"""SMART Health Links against a real HTTPS server: fetched where they may be, refused everywhere else."""

import json
import socket
import threading
import time
import traceback
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from kiosk.coverage.exchange import FetchError, Unreachable, system_resolve
from kiosk.coverage.https import LARGEST, Errand, Reach
from kiosk.coverage.links import Fetched, LinkProblem, Problem, Trust, fetch
from kiosk.identity import HealthLink
from tests.integration.coverage.insurer import HOST, Insurer, as_json, plain
from tests.unit.identity.health_cards import (
    AT,
    COVERAGE,
    PATIENT,
    TRUSTED,
    base64url,
    bundle,
    deflated,
    jwe,
    jws,
    payload,
)

SECRET = bytes(range(32))
CARDS = {"verifiableCredential": [jws(payload())]}
SEALED = jwe(CARDS, SECRET)
SHC, FHIR = "application/smart-health-card", "application/fhir+json;fhirVersion=4.0.1"
PATH = "/shl/m4n1fest"


def link(insurer: Insurer, flags: str = "", path: str = PATH, **changes: Any) -> HealthLink:
    given = {"url": insurer.url(path), "key": base64url(SECRET), "flags": frozenset(flags)}
    return HealthLink(**{**given, **changes})


def trust(insurer: Insurer, seconds: float = 20, **changes: Any) -> Trust:
    return Trust(issuers=(TRUSTED,), reach=insurer.reach(**changes), seconds=seconds)


def fetched(insurer: Insurer, of: HealthLink, given: Trust | None = None, **how: Any) -> Fetched:
    asked = {"recipient": "Riverside Clinic", "passcode": None, "at": AT, **how}
    return fetch(of, given or trust(insurer), **asked)


def problem(insurer: Insurer, of: HealthLink, given: Trust | None = None, **how: Any) -> LinkProblem:
    with pytest.raises(LinkProblem) as raised:
        fetched(insurer, of, given, **how)
    return raised.value


def manifest(*files: dict[str, Any], **more: Any) -> Any:
    return as_json({"files": list(files), **more})


def embedded(content: Any = None, kind: str = SHC) -> dict[str, Any]:
    return {"contentType": kind, "embedded": SEALED if content is None else jwe(content, SECRET)}


# The protocol


def test_a_manifest_with_the_files_inside_is_read(insurer):
    insurer.answers[PATH] = manifest(embedded())
    found = fetched(insurer, link(insurer))
    assert [(one.family_name, one.verified, one.issuer_name) for one in found.cards] == [
        ("Sample", True, "Example Insurer")
    ]
    asked = insurer.asked[0]
    assert (asked.method, asked.path) == ("POST", PATH)
    assert json.loads(asked.body) == {"recipient": "Riverside Clinic", "embeddedLengthMax": 2 * 2**20}
    assert asked.headers["Content-Type"] == "application/json"
    assert not {"Cookie", "Authorization", "Referer"} & set(asked.headers)
    assert asked.headers["Host"] == f"{HOST}:{insurer.port}"


def test_files_at_their_own_places_are_fetched(insurer):
    insurer.answers[PATH] = manifest(
        {"contentType": SHC, "location": insurer.url("/file/1?sig=abc")},
        {"contentType": FHIR, "location": insurer.url("/file/2")},
    )
    insurer.answers["/file/1"] = plain(SEALED.encode(), Content_Type="application/jose")
    insurer.answers["/file/2"] = plain(jwe(bundle(PATIENT, COVERAGE), SECRET, {"cty": FHIR}).encode())
    found = fetched(insurer, link(insurer))
    assert [one.verified for one in found.cards] == [True, False]
    assert found.cards[1].issuer == f"https://{HOST}"
    assert [(one.method, one.path) for one in insurer.asked] == [
        ("POST", PATH),
        ("GET", "/file/1?sig=abc"),
        ("GET", "/file/2"),
    ]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (PATH, f"{PATH}?recipient=Riverside%20%26%20Co"),
        (f"{PATH}?a=b", f"{PATH}?a=b&recipient=Riverside%20%26%20Co"),
    ],
)
def test_a_link_to_one_file_is_fetched_at_once(insurer, path, asked):
    insurer.answers[PATH] = plain(jwe(CARDS, SECRET, {"zip": "DEF", "cty": None}).encode())
    found = fetched(insurer, link(insurer, "U", path), recipient="Riverside & Co")
    assert found.cards[0].verified
    assert [(one.method, one.path) for one in insurer.asked] == [("GET", asked)]


def test_a_passcode_is_sent_when_the_link_wants_one(insurer):
    insurer.answers[PATH] = manifest(embedded())
    assert fetched(insurer, link(insurer, "P"), passcode="1234").cards
    assert json.loads(insurer.asked[0].body)["passcode"] == "1234"


def test_a_passcode_is_sent_whenever_there_is_one(insurer):
    insurer.answers[PATH] = manifest(embedded())
    fetched(insurer, link(insurer), passcode="1234")
    assert json.loads(insurer.asked[0].body)["passcode"] == "1234"


def test_without_its_passcode_a_link_is_not_asked(insurer):
    assert problem(insurer, link(insurer, "P")).problem is Problem.PASSCODE_NEEDED
    assert insurer.connections == 0


@pytest.mark.parametrize(
    ("answer", "remaining"),
    [
        (as_json({"remainingAttempts": 4}, 401), 4),
        (as_json({"remainingAttempts": True}, 401), None),
        (as_json([], 401), None),
        (plain(b"", 401), None),
    ],
)
def test_a_wrong_passcode_says_how_many_tries_are_left(insurer, answer, remaining):
    insurer.answers[PATH] = answer
    found = problem(insurer, link(insurer, "P"), passcode="0000")
    assert (found.problem, found.remaining) == (Problem.WRONG_PASSCODE, remaining)


def test_a_server_may_want_a_passcode_of_which_the_link_does_not_speak(insurer):
    insurer.answers[PATH] = plain(b"", 401)
    assert problem(insurer, link(insurer)).problem is Problem.PASSCODE_NEEDED


def test_an_expired_link_is_not_asked(insurer):
    assert problem(insurer, link(insurer, expires=AT)).problem is Problem.EXPIRED
    assert insurer.connections == 0
    insurer.answers[PATH] = manifest(embedded())
    assert fetched(insurer, link(insurer, expires=AT + timedelta(seconds=1))).cards


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (plain(b"", 404), Problem.GONE),
        (plain(b"", 410), Problem.GONE),
        (manifest(embedded(), status="no-longer-valid"), Problem.GONE),
        (plain(b"", 429), Problem.UNREACHABLE),
        (plain(b"", 503), Problem.UNREACHABLE),
        (plain(b"", 400), Problem.MALFORMED),
        (plain(b"", 204), Problem.MALFORMED),
        (plain(b"no JSON"), Problem.MALFORMED),
        (as_json([]), Problem.MALFORMED),
        (as_json({}), Problem.MALFORMED),
        (manifest({"contentType": SHC}), Problem.MALFORMED),
        (manifest({"contentType": SHC, "embedded": "a.b.c"}), Problem.MALFORMED),
        (manifest({"contentType": SHC, "embedded": jwe(CARDS, bytes(32))}), Problem.MALFORMED),
        (manifest(embedded({"verifiableCredential": ["a.b.c"]})), Problem.MALFORMED),
        (manifest(embedded({"verifiableCredential": [jws(payload(exp=1))]})), Problem.EXPIRED),
        (
            manifest(embedded({"verifiableCredential": [jws(payload(), signature=bytes(64))]})),
            Problem.NOT_TRUSTED,
        ),
        (plain(deflated(b"{}"), Content_Encoding="deflate"), Problem.MALFORMED),
        (plain(b"{}" + b" " * LARGEST), Problem.MALFORMED),
    ],
)
def test_answers_that_give_nothing(insurer, answer, expected):
    insurer.answers[PATH] = answer
    assert problem(insurer, link(insurer)).problem is expected


def test_a_file_that_is_no_text_is_malformed(insurer):
    insurer.answers[PATH] = plain(b"\xff\xfe")
    assert problem(insurer, link(insurer, "U")).problem is Problem.MALFORMED


def test_files_of_other_kinds_are_not_fetched(insurer):
    insurer.answers[PATH] = manifest(
        {"contentType": "application/smart-api-access", "location": insurer.url("/token")},
        {"contentType": None, "location": insurer.url("/token")},
    )
    assert fetched(insurer, link(insurer)).cards == ()
    assert len(insurer.asked) == 1


def test_not_more_than_ten_files_are_fetched(insurer):
    insurer.answers[PATH] = manifest(*[{"contentType": SHC, "location": insurer.url("/file")}] * 30)
    insurer.answers["/file"] = plain(SEALED.encode())
    assert len(fetched(insurer, link(insurer)).cards) == 10
    assert len(insurer.asked) == 11


# Where it may not go


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/m",
        "https://insurer.example/m",  # the port of https, which this list does not have
        "https://insurer.example.:{port}/m",
        "https://insurer.example@other.example:{port}/m",
        "https://other.example:{port}#@insurer.example:{port}/m",
        "http://insurer.example:{port}/m",
        "https://127.0.0.1:{port}/m",
        "https://2130706433:{port}/m",
        "https://0x7f000001:{port}/m",
        "https://0177.0.0.1:{port}/m",
        "https://127.1:{port}/m",
        "https://[::1]:{port}/m",
        "https://[::ffff:127.0.0.1]:{port}/m",
        "https://169.254.169.254/latest/meta-data",
        "https://insurer.example:{port}\\@other.example/m",
        "https://insurer.example:99999/m",
        "https://insurer.example:0/m",
        "https://[/m",
        "https:///m",
        "file:///etc/passwd",
        "https://insurer.example:{port}/a b",
        "https://insurer.example:{port}/a\r\nX: y",
    ],
)
def test_only_hosts_on_the_list_are_asked(insurer, url):
    there = url.replace("{port}", str(insurer.port))
    assert problem(insurer, link(insurer, url=there)).problem is Problem.NOT_TRUSTED
    insurer.answers[PATH] = manifest({"contentType": SHC, "location": there})
    assert problem(insurer, link(insurer)).problem is Problem.NOT_TRUSTED
    assert insurer.connections == 1


FORBIDDEN = (
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "192.88.99.1", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "fd00::1", "fc00::1", "fe80::1", "fe80::1%lo",
    "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
    "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:db8::1", "3fff::1", "nonsense",
)  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_a_name_that_leads_inside_is_not_asked(insurer, address):
    for addresses in ([address], ["93.184.215.14", address]):
        given = trust(insurer, resolve=lambda _, found=addresses: found, networks=())
        assert problem(insurer, link(insurer), given).problem is Problem.NOT_TRUSTED
    assert insurer.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "2130706433", "0177.0.0.01", "localhost", "::1"])
def test_numbers_in_disguise_are_refused_where_they_lead_even_if_they_were_listed(insurer, host):
    listed = Reach(hosts=frozenset({(host, insurer.port)}), ca_file=str(insurer.ca_file))
    shown = f"[{host}]" if ":" in host else host
    assert listed.resolve is system_resolve
    with pytest.raises(FetchError):
        Errand(listed).get(f"https://{shown}:{insurer.port}/")
    assert insurer.connections == 0


def test_a_name_is_looked_up_once_for_a_request_and_again_for_the_next(insurer):
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    insurer.answers[PATH] = manifest({"contentType": SHC, "location": insurer.url("/file")})
    given = trust(insurer, resolve=lambda _: next(answers))
    assert problem(insurer, link(insurer), given).problem is Problem.NOT_TRUSTED
    assert [one.path for one in insurer.asked] == [PATH]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(insurer, status):
    insurer.answers[PATH] = plain(b"", status, Location=insurer.url("/elsewhere"))
    insurer.answers["/elsewhere"] = manifest(embedded())
    assert problem(insurer, link(insurer)).problem is Problem.NOT_TRUSTED
    assert len(insurer.asked) == 1


def test_a_proxy_of_the_environment_is_not_used(insurer, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    insurer.answers[PATH] = manifest(embedded())
    assert fetched(insurer, link(insurer)).cards


def test_the_certificate_must_be_of_the_name(tmp_path):
    with Insurer(tmp_path, name="other.example") as other:
        assert problem(other, link(other)).problem is Problem.NOT_TRUSTED
        assert other.asked == []


def test_the_certificate_must_be_of_an_authority_that_the_machine_knows(insurer):
    assert problem(insurer, link(insurer), trust(insurer, ca_file=None)).problem is Problem.NOT_TRUSTED
    assert insurer.asked == []


# Servers that hold on, or say too much


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then: each read is in time, the whole never ends."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def dripping_headers(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(200):
        handler.wfile.write(b"H")
        handler.wfile.flush()
        time.sleep(0.1)


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Chunks without end."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while True:
        handler.wfile.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


@pytest.mark.parametrize("answer", [dripping, dripping_headers])
def test_a_server_that_drips_holds_nobody_beyond_the_deadline(insurer, answer):
    insurer.answers[PATH] = answer
    began = time.monotonic()
    assert problem(insurer, link(insurer), trust(insurer, seconds=0.5)).problem is Problem.UNREACHABLE
    assert time.monotonic() - began < 10


def test_the_deadline_is_for_all_requests_together(insurer):
    def late(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.2)
        plain(SEALED.encode())(handler)

    insurer.answers[PATH] = manifest(*[{"contentType": SHC, "location": insurer.url("/file")}] * 10)
    insurer.answers["/file"] = late
    assert problem(insurer, link(insurer), trust(insurer, seconds=0.7)).problem is Problem.UNREACHABLE


def test_an_answer_without_end_is_cut(insurer):
    insurer.answers[PATH] = endless
    assert problem(insurer, link(insurer)).problem is Problem.MALFORMED


def test_the_bound_of_bytes_is_for_all_requests_together(insurer):
    insurer.answers[PATH] = manifest(*[{"contentType": SHC, "location": insurer.url("/file")}] * 10)
    insurer.answers["/file"] = plain(SEALED.encode() + b" " * (LARGEST // 3))
    assert problem(insurer, link(insurer)).problem is Problem.MALFORMED
    assert len(insurer.asked) == 4


def test_a_bomb_in_a_sealed_file_is_not_unpacked(insurer):
    insurer.answers[PATH] = plain(jwe(b" " * 6 * 2**20 + b"{}", SECRET, {"zip": "DEF"}).encode())
    assert problem(insurer, link(insurer, "U")).problem is Problem.MALFORMED


def test_files_that_are_small_when_sealed_are_bounded_together_when_unpacked(insurer):
    half = jwe(b" " * 2 * 2**20 + b"{}", SECRET, {"zip": "DEF"})
    file = {"contentType": FHIR, "embedded": half}
    insurer.answers[PATH] = manifest(file, file)
    assert fetched(insurer, link(insurer)).cards == ()
    insurer.answers[PATH] = manifest(file, file, file)
    assert problem(insurer, link(insurer)).problem is Problem.MALFORMED


def test_a_server_that_never_greets_is_unreachable(insurer):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        given = trust(insurer, seconds=0.3, hosts=frozenset({(HOST, port)}))
        there = link(insurer, url=f"https://{HOST}:{port}/m")
        assert problem(insurer, there, given).problem is Problem.UNREACHABLE


def test_a_server_that_speaks_something_else_is_unreachable(insurer):
    def rude(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"220 mail.example ESMTP\r\n")

    insurer.answers[PATH] = rude
    assert problem(insurer, link(insurer)).problem is Problem.UNREACHABLE


def test_nobody_listening_is_unreachable_and_another_address_is_tried(insurer):
    insurer.answers[PATH] = manifest(embedded())
    assert fetched(insurer, link(insurer), trust(insurer, resolve=lambda _: ["127.0.0.9", "127.0.0.1"])).cards
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    given = trust(insurer, hosts=frozenset({(HOST, port)}))
    assert (
        problem(insurer, link(insurer, url=f"https://{HOST}:{port}/m"), given).problem is Problem.UNREACHABLE
    )


def test_a_name_that_nobody_knows_is_unreachable(insurer):
    def unknown(_: str) -> list[str]:
        raise socket.gaierror

    assert problem(insurer, link(insurer), trust(insurer, resolve=unknown)).problem is Problem.UNREACHABLE


def test_a_slow_name_server_does_not_hold_beyond_the_deadline(insurer):
    done = threading.Event()

    def slow(_: str) -> list[str]:
        done.wait(30)
        return ["127.0.0.1"]

    given = trust(insurer, seconds=0.2, resolve=slow)
    assert problem(insurer, link(insurer), given).problem is Problem.UNREACHABLE
    done.set()


def test_a_line_that_comes_too_late_is_hung_up(insurer, monkeypatch):
    lines: list[socket.socket] = []
    connect = socket.create_connection

    def slow(*place: Any, **how: Any) -> socket.socket:
        lines.append(connect(*place, **how))
        while errand._deadline._ends > time.monotonic():
            threading.Event().wait(0.01)
        return lines[0]

    errand = Errand(insurer.reach(), seconds=0.1)
    monkeypatch.setattr(socket, "create_connection", slow)
    with pytest.raises(Unreachable):
        errand.get(insurer.url("/"))
    assert lines[0].fileno() == -1


def test_past_the_deadline_nothing_is_asked(insurer):
    errand = Errand(insurer.reach(), seconds=-1)
    with pytest.raises(Unreachable):
        errand.get(insurer.url("/"))


# Secrets


def test_no_error_tells_the_link(insurer, caplog):
    secret = link(insurer, path="/shl/s3cr3t-manifest")
    for given in (trust(insurer, hosts=frozenset()), trust(insurer), trust(insurer, ca_file=None)):
        try:
            fetched(insurer, secret, given)
        except LinkProblem as error:
            told = "".join(traceback.format_exception(error)) + repr(error) + caplog.text
        assert "s3cr3t" not in told
        assert secret.key not in told
    assert "s3cr3t" not in repr(secret) + repr(Errand(insurer.reach()))


def test_what_was_fetched_never_prints_itself(insurer):
    insurer.answers[PATH] = manifest(embedded())
    assert repr(fetched(insurer, link(insurer))) == "<Fetched>"
    assert repr(replace(link(insurer), label="x")) == "<HealthLink>"
    assert isinstance(insurer.folder, Path)
