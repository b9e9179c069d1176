"""`POST /kiosk/<station>/scan`: what a scanner typed into the page."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.checkin.records import at_station
from kiosk.checkin.rules.steps import Notice
from tests import cast
from tests.integration.checkin.conftest import Kiosk

ID = "0" * 31 + "a"


@pytest.fixture
def wedge(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(cast.config(tmp_path, stations=[{"id": "front", "name": "Front door", "wedge": True}]))
    yield made
    made.clinic.database.close()


def send(kiosk: Kiosk, data: bytes | str, scan_id: str = ID, station: str = "front") -> int:
    text = data if isinstance(data, str) else base64.b64encode(data).decode()
    form = kiosk.form("") | {"id": scan_id, "data": text}
    return kiosk.client.post(f"/kiosk/{station}/scan", data=form).status_code


def notice(kiosk: Kiosk) -> Notice | None:
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        return at_station(seen, "front").state.notice


@pytest.mark.parametrize("data", [b"nobody knows this", b"", b"\x00" * 4096])
def test_what_is_not_understood_is_said(wedge: Kiosk, data: bytes):
    assert send(wedge, data) == 204
    assert notice(wedge) is Notice.UNREADABLE


@pytest.mark.parametrize(
    ("data", "scan_id", "status"),
    [
        (b"x" * 4099, ID, 413),
        ("not base64!", ID, 400),
        ("\xe9", ID, 400),
        (b"B042", "", 400),
        (b"B042", "../../etc", 400),
        (b"B042", "a" * 33, 400),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(wedge: Kiosk, data: bytes | str, scan_id: str, status: int):
    assert send(wedge, data, scan_id) == status
    assert notice(wedge) is None


def test_a_station_that_is_not_set_up_for_it_refuses(tmp_path: Path):
    kiosk = Kiosk(cast.config(tmp_path))
    assert send(kiosk, b"B042") == 400
    kiosk.clinic.database.close()


def test_without_the_token_of_the_form_nothing_happens(wedge: Kiosk):
    assert wedge.client.post("/kiosk/front/scan", data={"id": ID, "data": ""}).status_code == 400
    assert notice(wedge) is None
