"""The kiosk's pages: who may see them, what they never show, what they say in which language."""

import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.checkin.rules.steps import Step
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind, Part, Preview, State
from tests.integration.checkin.conftest import Kiosk

WORDS = [
    "appointment",
    "walk_in",
    "type",
    "text",
    "yes",
    "no",
    "date",
    "code",
    "name",
    "month:9",
    "day:23",
    "back",
    "help",
]


def test_a_screen_that_is_not_paired_is_sent_to_pairing(kiosk: Kiosk) -> None:
    answer = kiosk.app.test_client().get("/kiosk/front")
    assert answer.status_code == 303
    assert "/pair/kiosk/front" in answer.headers["Location"]


def test_only_the_stations_own_screen_may_answer(kiosk: Kiosk) -> None:
    stranger = kiosk.app.test_client()
    assert stranger.post("/kiosk/front/answer", data=kiosk.form("walk_in")).status_code in (400, 403)
    assert kiosk.state.step is Step.WELCOME
    assert kiosk.client.get("/kiosk/nowhere").status_code == 404


def test_a_page_that_did_not_change_is_not_sent_again(kiosk: Kiosk) -> None:
    first = kiosk.client.get("/kiosk/front")
    assert first.headers["Cache-Control"] == "no-store"
    tag = {"If-None-Match": first.headers["ETag"]}
    assert kiosk.client.get("/kiosk/front", headers=tag).status_code == 304
    kiosk.press("appointment")
    assert kiosk.client.get("/kiosk/front", headers=tag).status_code == 200


def test_the_welcome_page_invites_in_every_language(kiosk: Kiosk) -> None:
    for words in ("Check in here", "Regístrese aquí", "سجّل وصولك هنا"):
        assert words in kiosk.page


def test_arabic_reads_from_right_to_left(kiosk: Kiosk) -> None:
    kiosk.press("language:ar")
    assert '<html lang="ar" dir="rtl"' in kiosk.page
    assert "لديّ موعد" in kiosk.page


ASKS_FOR_A_SCAN = "under the scanner"


def test_a_scan_is_asked_for_only_while_the_scanner_works(kiosk: Kiosk) -> None:
    """It comes back by itself: the report of a device changes the page's version."""
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        stations.enrol(tx, Kind.HOST, "front", "test")
        (host,) = [known.id for known in stations.devices(tx, tx.at) if known.kind is Kind.HOST]
    assert ASKS_FOR_A_SCAN in kiosk.look()
    reports = [
        (("printer", State.READY), False),
        (("scanner", State.READY), True),
        (("scanner", State.ABSENT), False),
        (("scanner", State.OPENING), True),
        (("scanner", State.DOWN), False),
        (("scanner", State.ATTENTION), True),
    ]
    for (kind, state), asks in reports:
        with kiosk.clinic.database.begin(at=kiosk.at) as tx:
            stations.reported(tx, host, "1", [Part("counter", kind, state, "", kiosk.at)])
        assert (ASKS_FOR_A_SCAN in kiosk.look()) is asks, (kind, state)
        assert kiosk.press("appointment") is Step.SCAN
        assert (ASKS_FOR_A_SCAN in kiosk.page) is asks
        assert "Type the code of my letter" in kiosk.page
        kiosk.press("start_over")
    kiosk.later(120)
    assert ASKS_FOR_A_SCAN not in kiosk.look(), "Its computer is silent."


def test_what_is_read_of_a_licence_is_said_before_the_scan(kiosk: Kiosk) -> None:
    notice = "From a licence or passport we read your name and birth date, and keep nothing else."
    assert notice in kiosk.page
    kiosk.press("appointment")
    assert notice in kiosk.page


def test_every_page_has_a_way_back_a_new_start_help_and_languages(kiosk: Kiosk) -> None:
    kiosk.expect()
    for pressed in ("appointment", "type"):
        kiosk.press(pressed)
        for name in ("back", "start_over", "help", "language:es"):
            assert f'value="{name}"' in kiosk.page, (pressed, name)


def test_no_page_has_inline_style_or_script(kiosk: Kiosk) -> None:
    kiosk.press("walk_in", "service:registration")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", kiosk.page)


def test_garbage_is_answered_with_the_present_page(kiosk: Kiosk) -> None:
    for pressed in ("", "nonsense", "month:13", "language:xx", "found", "service:consultation"):
        kiosk.send({**kiosk.form(pressed), "version": "0"})
        kiosk.send({**kiosk.form(pressed), "version": "x"})
        kiosk.press(pressed)
        assert kiosk.state.step is Step.WELCOME


@pytest.fixture
def expecting(kiosk: Kiosk) -> Kiosk:
    """The kiosk on a day when Xiomara Lopez is expected."""
    kiosk.expect(family="Lopez", given="Xiomara", birth_date=date(1948, 9, 23))
    return kiosk


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from(["Lopez", "1948", ""]))
def test_nothing_of_a_record_is_shown_before_the_second_identifier(
    expecting: Kiosk, pressed: list[str], text: str
) -> None:
    kiosk = expecting
    kiosk.press("timed_out")
    kiosk.scan(kiosk.licence(family="LOPEZ", given="XIOMARA"))
    kiosk.press("yes")
    for one in pressed:
        step = kiosk.press(one, text=text)
        assert "xiomara" not in kiosk.page.lower() or step is Step.CONFIRM
    kiosk.press("timed_out")
    assert kiosk.state.step is Step.WELCOME


def test_only_the_pages_that_ask_for_a_scan_show_what_the_camera_sees(kiosk: Kiosk) -> None:
    policy = "Content-Security-Policy"
    assert "127.0.0.1" not in kiosk.client.get("/kiosk/front").headers[policy]
    kiosk.press("appointment")
    assert "data-mirror=" not in kiosk.page
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        host = stations.enrol(tx, Kind.HOST, "front", "test")
        (known,) = (one.id for one in stations.devices(tx, tx.at) if one.kind is Kind.HOST)
        camera = [Part("camera", "scanner", State.READY, "", kiosk.at)]
        stations.reported(tx, known, "1", camera, Preview("http://127.0.0.1:8765", "5a" * 32))
    assert host not in kiosk.page
    answer = kiosk.client.get("/kiosk/front")
    assert "img-src http://127.0.0.1:8765 'self';" in answer.headers[policy]
    (first,) = re.findall(r'data-mirror="(http://127\.0\.0\.1:8765/\d+\.[0-9a-f]{64})"', answer.text)
    assert "5a5a" not in answer.text, "The key stays here: the page knows one question's address."
    kiosk.press("type")
    assert "data-mirror=" not in kiosk.page
    kiosk.later(1)
    kiosk.press("back")
    assert "data-mirror=" in kiosk.page
    assert first not in kiosk.page, "Another question has another address."


def test_where_a_scanner_stands_beside_the_camera_both_are_named(kiosk: Kiosk) -> None:
    counter = Part("counter", "scanner", State.READY, "", kiosk.at)
    camera = Part("camera", "scanner", State.READY, "", kiosk.at)
    preview = Preview("http://127.0.0.1:8765", "5a" * 32)
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        stations.enrol(tx, Kind.HOST, "front", "test")
        (host,) = stations.hosts(tx, "front", tx.at)
        stations.reported(tx, host.id, "1", [camera], preview)
    kiosk.press("appointment")
    assert "driver licence in front of the camera" in kiosk.look()
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        stations.reported(tx, host.id, "1", [counter, camera], preview)
    assert "driver licence under the scanner" in kiosk.look()
    assert "The camera reads it, too." in kiosk.look()
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        down = Part("counter", "scanner", State.DOWN, "unplugged", kiosk.at)
        stations.reported(tx, host.id, "1", [down, camera], preview)
    assert "driver licence in front of the camera" in kiosk.look()
