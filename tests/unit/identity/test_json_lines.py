"""`python -m kiosk identify --jsonl`: a line for a line, whatever stands in it."""

import io
import json
from datetime import UTC, datetime

import pytest

from kiosk.identity import HealthCard, Rules
from kiosk.identity.documents import Coverage
from kiosk.identity.json_lines import described, identify, identify_lines, payloads
from tests.unit.identity.cards import Card, Holder, text

AT = datetime(2026, 11, 23, tzinfo=UTC)


def lines(*given: bytes, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, object]]]:
    wrong = identify_lines(given, Rules(), at=AT)
    return wrong, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_field_of_a_licence_is_named(capsys):
    payload = text(Card(holder=Holder(family="PEÑA", given="JOSÉ")))
    wrong, found = lines(json.dumps({"payload": payload}).encode(), capsys=capsys)
    assert wrong == 0
    assert found == [
        {
            "document": "Licence",
            "family_name": "PEÑA",
            "given_name": "JOSÉ",
            "middle_name": "JOHN",
            "suffix": "",
            "birth_date": "1986-06-06",
            "expiry": "2030-12-10",
            "document_number": "T64235789",
            "issuer": "636000",
            "street": "2300 WEST BROAD STREET",
            "city": "RICHMOND",
            "region": "VA",
            "postal_code": "23269",
            "aamva_version": 10,
            "truncated": [],
        }
    ]


def test_an_object_and_a_bare_string_say_the_same(capsys):
    payload = text(Card(flags="TNT", holder=Holder(family="MÜLLER")))
    given = [
        json.dumps(value, ensure_ascii=ascii).encode()
        for value in (payload, {"payload": payload, "id": 7})
        for ascii in (True, False)
    ]
    wrong, found = lines(*given, capsys=capsys)
    assert (wrong, len(found)) == (0, 4)
    assert found == [found[0]] * 4
    assert found[0]["truncated"] == ["family_name", "middle_name"]


@pytest.mark.parametrize(
    "bad", [b"nope", b"{", b"7", b"null", b"[]", b"{}", b'{"payload": 7}', b'"\xff"', b"[" * 100_000]
)
def test_a_line_that_is_no_scan_is_answered_and_the_next_is_read(bad, capsys):
    wrong, found = lines(b'"9434765919"\n', bad, b"\n", b'{"payload": "hello"}', capsys=capsys)
    assert wrong == 1
    assert [document["document"] for document in found] == ["PatientNumber", "Unknown", "Unknown"]
    assert found[1]["reason"] == "unreadable"
    assert str(found[1]["error"]).startswith("Line 2: ")
    assert "error" not in found[2]


def test_an_argument_and_standard_input_are_taken_as_they_are(capsys):
    assert list(payloads("943 476 5919", None, io.BytesIO())) == [b"943 476 5919"]
    assert list(payloads(None, None, io.BytesIO(b"\xd1\n"))) == [b"\xd1\n"]
    assert identify([b"hello", b""], Rules(), at=AT) == 2
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_what_is_inside_a_document_is_described_too():
    found = described(HealthCard(family_name="SAMPLE", coverages=(Coverage(member_id="M1"),)))
    assert found["coverages"][0]["member_id"] == "M1"
    assert found["not_before"] is None
