"""The question: an X12 270 about one subscriber, "is there cover on this day?" (service type 30). Pure."""

from datetime import datetime

from kiosk.coverage.eligibility import Inquiry
from kiosk.coverage.x12.interchange import Segment, clean, write

PLAN = "30"
"""Service type: health benefit plan coverage, the one that every payer must answer."""


def write_inquiry(inquiry: Inquiry, *, sender: str, receiver: str, at: datetime) -> str:
    """Return the 270. Raises Unwritable when a name is in letters that X12 cannot carry."""
    return write(
        _body(inquiry, at), kind="270", functional="HS", sender=sender, receiver=receiver,
        number=inquiry.number, at=at,
    )  # fmt: skip


def _body(inquiry: Inquiry, at: datetime) -> list[Segment]:
    names = (
        clean(inquiry.family_name, 60),
        clean(inquiry.given_name, 35),
        clean(inquiry.middle_name, 25),
        "",
        clean(inquiry.suffix, 10),
    )
    payer, provider = clean(inquiry.payer_name, 60), clean(inquiry.provider_name, 60)
    member = clean(inquiry.member_id, 80).replace(" ", "")
    body: list[Segment] = [
        ("BHT", "0022", "13", inquiry.trace, f"{at:%Y%m%d}", f"{at:%H%M}"),
        ("HL", "1", "", "20", "1"),
        ("NM1", "PR", "2", payer, "", "", "", "", "PI", inquiry.payer_id),
        ("HL", "2", "1", "21", "1"),
        ("NM1", "1P", "2", provider, "", "", "", "", "XX", inquiry.provider_npi),
        ("HL", "3", "2", "22", "0"),
        ("TRN", "1", inquiry.trace, f"9{inquiry.provider_npi[-9:]}"),
        ("NM1", "IL", "1", *names, "MI", member),
    ]
    if group := clean(inquiry.group, 50):
        body.append(("REF", "6P", group))
    return [
        *body,
        ("DMG", "D8", f"{inquiry.birth_date:%Y%m%d}"),
        ("DTP", "291", "D8", f"{inquiry.service_date:%Y%m%d}"),
        ("EQ", PLAN),
    ]
