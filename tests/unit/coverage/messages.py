"""A question and answers to it, for every test about X12. Nobody here is real."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from kiosk.coverage.eligibility import Inquiry
from kiosk.coverage.x12.interchange import Segment, write

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
TRACE = "5f2b"
PAYER: list[Segment] = [("HL", "1", "", "20", "1"), ("NM1", "PR", "2", "ACME", "", "", "", "", "PI", "ACME1")]
PROVIDER: list[Segment] = [
    ("HL", "2", "1", "21", "1"),
    ("NM1", "1P", "2", "CLINIC", "", "", "", "", "XX", "1"),
]
SUBSCRIBER: list[Segment] = [
    ("HL", "3", "2", "22", "0"),
    ("TRN", "2", TRACE, "9234567893"),
    ("NM1", "IL", "1", "SAMPLE", "ANA", "", "", "", "MI", "W1234"),
]


def inquiry(**changes: Any) -> Inquiry:
    """A question about Ana Sample."""
    values: dict[str, Any] = {
        "payer_id": "ACME1", "payer_name": "Acme Health", "provider_npi": "1234567893",
        "provider_name": "Riverside Clinic", "family_name": "Sample", "given_name": "Ana",
        "member_id": "W1234", "birth_date": date(1980, 2, 3), "service_date": date(2026, 11, 23),
        "trace": TRACE, "number": 7,
    }  # fmt: skip
    return Inquiry(**values | changes)


def answer(
    benefits: Iterable[Segment] = (), *, payer: Iterable[Segment] = PAYER, kind: str = "271", **changes: Any
) -> str:
    """A 271 with these segments in the subscriber's loop."""
    body = [("BHT", "0022", "11", TRACE, "20261123", "1400"), *payer, *PROVIDER, *SUBSCRIBER, *benefits]
    return envelope(body, kind=kind, **changes)


def envelope(body: list[Segment], *, kind: str = "271", **changes: Any) -> str:
    """Any transaction set in its envelope."""
    values = {"functional": "HB", "sender": "HOUSE", "receiver": "CLINIC", "number": 7, "at": AT} | changes
    return write(body, kind=kind, **values)
