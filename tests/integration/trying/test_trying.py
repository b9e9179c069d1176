"""Trying a kiosk's scanner and printer from the console."""

import base64
import io
import uuid
from datetime import timedelta

import pytest
import zxingcpp
from flask.testing import FlaskClient
from markupsafe import escape
from PIL import Image
from werkzeug.test import TestResponse

from drivers.preview import draw
from drivers.printers.encoder import Encoder, Lettering
from drivers.receipt import layout
from kiosk.checkin import records as dialogues
from kiosk.clinic import Clinic
from kiosk.stations import work
from kiosk.tasks import records as tasks
from kiosk.trying.rules import CONTROLS, LETTERS
from kiosk.trying.settings import FNC3, MAKERS, Maker
from tests.cast import Clock
from tests.integration.stations.conftest import Host

PAGE = "/console/screens/front/try"
LICENCE = b"@\n\x1e\rANSI 636014040002DL00410278DLDAQD1234562\nDCSLASTNAME\nDACFIRSTNAME\nDBB08311977\r"


def scan(host: Host, data: bytes, scan_id: str = "") -> TestResponse:
    """Hold something under the kiosk's scanner."""
    return host.post(
        "scans",
        {
            "id": scan_id or str(uuid.uuid4()),
            "scanner": "counter",
            "data": base64.b64encode(data).decode(),
            "symbology": None,
        },
    )


def do(ana: FlaskClient, what: str, command: str = "") -> None:
    """Press a button of the page."""
    answer = ana.post(PAGE, data={"do": what, "command": command})
    assert (answer.status_code, answer.location) == (303, PAGE)


def at_the_kiosk(here: Clinic) -> int:
    """How often the patient's dialogue went on."""
    with here.database.snapshot(at=here.now()) as seen:
        return dialogues.at_station(seen, "front").version


def version(here: Clinic) -> int:
    """The site's version: when it rises, pages look again."""
    with here.database.snapshot(at=here.now()) as seen:
        return seen.snapshot.version


def test_the_next_scan_is_compared_and_reaches_no_patient(host: Host, here: Clinic, ana: FlaskClient) -> None:
    assert "Show the code" in ana.get(PAGE).text
    do(ana, "letters")
    assert "Waiting for the scan." in ana.get(PAGE).text
    before, kiosk = version(here), at_the_kiosk(here)
    assert scan(host, LETTERS.encode()).status_code == 202
    assert "It arrived exactly." in ana.get(PAGE).text
    assert version(here) > before
    assert at_the_kiosk(here) == kiosk


def test_a_scanner_of_another_country_is_told_in_words(host: Host, ana: FlaskClient) -> None:
    do(ana, "letters")
    scan(host, b"%TRZ zyZY/&|@^aqwm<ok")
    page = ana.get(PAGE).text
    assert "types like a German keyboard, and the kiosk reads it as an American one" in page
    assert "layout = “de”" in page


def test_lost_control_characters_lead_to_the_serial_mode(host: Host, ana: FlaskClient) -> None:
    do(ana, "controls")
    scan(host, CONTROLS.replace("\x1d", "").encode())
    page = ana.get(PAGE).text
    assert "loses control characters: GS" in page
    assert "USB-COM (CDC)" in page


def test_the_pieces_of_a_slow_scan_and_its_retry_reach_no_patient(
    host: Host, here: Clinic, ana: FlaskClient, clock: Clock
) -> None:
    do(ana, "letters")
    first, kiosk = str(uuid.uuid4()), at_the_kiosk(here)
    for data, scan_id in ((LETTERS[:7].encode(), first), (LETTERS[7:].encode(), ""), (b"%TRY y", first)):
        assert scan(host, data, scan_id).status_code == 202
    clock.at += timedelta(seconds=30)
    scan(host, LETTERS[:7].encode(), first)
    assert at_the_kiosk(here) == kiosk
    assert "the scan came in pieces" in ana.get(PAGE).text


def test_a_card_scanned_meanwhile_is_not_kept(host: Host, here: Clinic, ana: FlaskClient) -> None:
    do(ana, "letters")
    scan(host, LICENCE)
    assert "Another code arrived." in ana.get(PAGE).text
    with here.database.begin(at=here.now()) as tx:
        kept = [str(row) for row in tx.connection.exec_driver_sql("select * from job, command")]
    assert "LASTNAME" not in " ".join(kept)


def test_after_a_minute_scans_are_the_patients_again(
    host: Host, here: Clinic, ana: FlaskClient, clock: Clock
) -> None:
    do(ana, "letters")
    clock.at += timedelta(seconds=61)
    before, kiosk = version(here), at_the_kiosk(here)
    assert scan(host, LICENCE).status_code == 202
    assert at_the_kiosk(here) > kiosk
    with here.database.begin(at=here.now()) as tx:
        work.sweep(tx)
    assert version(here) > before
    assert "Nothing arrived within a minute." in ana.get(PAGE).text


def test_a_second_code_ends_the_wait_for_the_first(host: Host, ana: FlaskClient) -> None:
    do(ana, "letters")
    do(ana, "controls", "once")
    do(ana, "letters", "once")
    scan(host, CONTROLS.encode())
    page = ana.get(PAGE).text
    assert page.count("It arrived exactly.") == 1
    assert "Waiting for the scan." not in page


def test_a_test_ticket_is_printed_once_and_asked_about(host: Host, here: Clinic, ana: FlaskClient) -> None:
    do(ana, "print")
    assert "Printing." in ana.get(PAGE).text
    job = host.next_job()
    assert job is not None
    assert (job["kind"], job["document"]["code"]) == ("try_ticket", "TEST")
    encoder = Encoder("TM-T88V", style=Lettering.PRINTER)
    assert b"TEST" in encoder.encode(layout(job["document"], encoder.paper))
    assert host.tell(job, "sending").status_code == 200
    assert host.tell(job, "done", confirmation="printed").status_code == 200
    page = ana.get(PAGE).text
    assert "The printer says that it is printed." in page
    assert "Does the paper show this?" in page
    assert host.next_job() is None


def test_a_test_ticket_that_fails_is_told_and_makes_no_task(
    host: Host, here: Clinic, ana: FlaskClient
) -> None:
    for printed, words in (("no", "It did not come out."), ("maybe", "Nobody knows whether it came out.")):
        do(ana, "print")
        job = host.next_job()
        assert job is not None
        host.tell(job, "failed", cause="paper_out", printed=printed)
        page = ana.get(PAGE).text
        assert words in page
        assert "out of paper" in page
        assert host.next_job() is None
    with here.database.snapshot(at=here.now()) as seen:
        assert tasks.open_tasks(seen) == []


def test_a_test_ticket_that_nobody_fetches_is_told(ana: FlaskClient, clock: Clock) -> None:
    do(ana, "print")
    clock.at += timedelta(seconds=61)
    assert "Nobody fetched it within a minute." in ana.get(PAGE).text
    clock.at += timedelta(minutes=15)
    assert "Print a test ticket" in ana.get(PAGE).text


def test_only_what_there_is_can_be_tried(ana: FlaskClient) -> None:
    assert ana.get("/console/screens/nowhere/try").status_code == 404
    assert ana.post("/console/screens/nowhere/try", data={"do": "print"}).status_code == 404
    assert ana.post(PAGE, data={"do": "everything"}).status_code == 400
    assert "terminal ID 130" in ana.get("/console/screens/settings-codes").text
    assert PAGE in ana.get("/console/screens").text


SETTINGS = "/console/screens/settings-codes"


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.id)
def test_settings_codes_come_out_of_the_ticket_printer_and_can_be_read(
    host: Host, ana: FlaskClient, maker: Maker
) -> None:
    answer = ana.post(SETTINGS, data={"maker": maker.id, "station": "front", "command": "c1"})
    assert (answer.status_code, answer.location) == (303, SETTINGS)
    assert "On its way to Front door." in ana.get(SETTINGS).text
    ana.post(SETTINGS, data={"maker": maker.id, "station": "front", "command": "c1"})
    job = host.next_job()
    assert job is not None
    assert job["kind"] == "try_settings"
    for profile in ("TM-T88V", "POS-5890"):
        with Image.open(io.BytesIO(draw(job["document"], Encoder(profile)))) as paper:
            read = zxingcpp.read_barcodes(paper.convert("L"), text_mode=zxingcpp.TextMode.Plain)
        assert sorted(code.bytes.decode() for code in read) == sorted(
            setting.data.replace(FNC3, "") for setting in maker.settings
        )
    assert host.tell(job, "sending").status_code == 200
    assert host.tell(job, "failed", cause="cutter", printed="no").status_code == 200
    assert host.next_job() is None, "Twice pressed is once printed, and nothing of it comes again."


def test_the_page_of_settings_shows_each_code_and_says_what_it_lacks(ana: FlaskClient) -> None:
    page = ana.get(SETTINGS).text
    for maker in MAKERS:
        assert escape(maker.source) in page
        assert escape(maker.missing) in page
    assert page.count("<svg viewBox") == sum(len(maker.settings) for maker in MAKERS)


@pytest.mark.parametrize(
    ("form", "status"),
    [({"maker": "nobody", "station": "front"}, 400), ({"maker": "zebra", "station": "nowhere"}, 404)],
)
def test_settings_of_nobody_or_for_nowhere_are_refused(
    ana: FlaskClient, form: dict[str, str], status: int
) -> None:
    assert ana.post(SETTINGS, data=form).status_code == status
