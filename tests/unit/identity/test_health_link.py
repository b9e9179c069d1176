"""SMART Health Links: read, held to the specification, never followed."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from kiosk.identity import HealthLink, Reason, Unknown, recognise

AT = datetime(2026, 11, 23, tzinfo=UTC)
KEY = "rxTgYlOaKJPFtcEd0qcceN8wEU4p94SqAwIWQe6uX7Q"
GOOD = {"url": "https://payer.example/shl/abc", "key": KEY, "flag": "L", "label": "Insurance card", "v": 1}


def link(content: object = None, **changes: object) -> str:
    body = {**GOOD, **changes} if content is None else content
    return "shlink:/" + urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()


def test_a_link_is_read():
    assert recognise(link(), at=AT) == HealthLink(
        url="https://payer.example/shl/abc", key=KEY, flags=frozenset("L"), label="Insurance card"
    )


def test_a_viewer_padding_and_caps_lock_do_not_matter():
    assert recognise("https://viewer.example/#" + link()) == recognise(link())
    assert recognise(link() + "==") == recognise(link())
    assert recognise(link().swapcase()) == recognise(link())


def test_the_scheme_of_carins_guide_is_read_too():
    short = link().replace("shlink:/", "shl:/")
    assert recognise(short) == recognise(link())
    assert recognise(short.swapcase()) == recognise(link())
    assert recognise("shl:/!!") == Unknown(reason=Reason.UNKNOWN_CODE)


def test_only_url_and_key_are_needed():
    assert recognise(link({"url": "https://a.example", "key": KEY})) == HealthLink(
        url="https://a.example", key=KEY
    )


@pytest.mark.parametrize("expiry", [1795478400, 1795478400.0, "1795478400", 1795478400000, "1795478400000"])
def test_expiry_is_honoured_in_seconds_or_milliseconds(expiry):
    ends = datetime(2026, 11, 24, tzinfo=UTC)
    found = recognise(link(exp=expiry), at=AT)
    assert isinstance(found, HealthLink)
    assert found.expires == ends
    assert recognise(link(exp=expiry), at=ends) == Unknown(reason=Reason.EXPIRED)
    assert isinstance(recognise(link(exp=expiry)), HealthLink)


def test_another_version_is_named():
    assert recognise(link(v=2)) == Unknown(reason=Reason.UNKNOWN_VERSION)


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://payer.example/"},
        {"url": "https://"},
        {"url": "https://user@payer.example/"},
        {"url": "https://@payer.example/"},
        {"url": "https://payer.example:0/"},
        {"url": "https://payer.example:99999/"},
        {"url": "https://[::1/"},
        {"url": "https://payer.example/a b"},
        {"url": "https://payer.example\\@evil.example/"},
        {"url": "https://päyer.example/"},
        {"url": "https://payer.example/\n"},
        {"url": "https://payer.example/" + "a" * 128},
        {"url": "javascript:alert(1)"},
        {"url": 5},
        {"key": KEY[:-1]},
        {"key": KEY[:-1] + "="},
        {"key": None},
        {"flag": "PU"},
        {"flag": ["L"]},
        {"label": "x" * 81},
        {"label": "a\nb"},
        {"label": 5},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": 10**400},
        {"exp": -1e300},
        {"exp": float("nan")},
    ],
)
def test_what_is_against_the_specification_is_malformed(changes):
    assert recognise(link(**changes)) == Unknown(reason=Reason.MALFORMED)


@pytest.mark.parametrize(
    "text", ["shlink:/", "shlink:/!!", "shlink:/A", link([]), link("x"), "x y#shlink:/abc", "shlink:/W1tb"]
)
def test_what_cannot_be_unpacked_is_malformed(text):
    assert recognise(text) == Unknown(reason=Reason.MALFORMED)


def test_flags_that_we_do_not_know_are_ignored():
    found = recognise(link(flag="LXZ"))
    assert isinstance(found, HealthLink)
    assert found.flags == {"L"}


@pytest.mark.parametrize(("flag", "passcode", "one_file"), [("P", True, False), ("LU", False, True)])
def test_a_link_says_how_it_is_fetched(flag, passcode, one_file):
    found = recognise(link(flag=flag))
    assert isinstance(found, HealthLink)
    assert (found.needs_passcode, found.is_one_file) == (passcode, one_file)


def test_a_link_never_prints_its_secret():
    found = recognise(link())
    assert repr(found) == "<HealthLink>"
