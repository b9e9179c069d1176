"""Insurance at the kiosk on real records: asked after the arrival, kept with the visit, in nobody's way."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from kiosk.checkin import fetching
from kiosk.checkin.dialogue import life
from kiosk.checkin.rules.steps import Notice, Step
from kiosk.config import Config, Coverage
from kiosk.coverage import records as coverage
from kiosk.coverage.links import Trust
from kiosk.coverage.records import Cover
from kiosk.coverage.rules import Card, Finding, Source
from kiosk.database import schema
from tests.integration.checkin.conftest import Kiosk
from tests.integration.coverage.insurer import Insurer, as_json
from tests.unit.identity import health_cards

FILED = Card(payer="Acme Health", member_id="ACM-123456", source=Source.IMPORTED)
ON_SQLITE = pytest.mark.parametrize("config", ["sqlite"], indirect=True)
"""For what no database decides."""
JPEG = b"\xff\xd8\xff\xe0" + bytes(200) + b"\xff\xd9"
KEY = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
def kiosk(config: Config) -> Iterator[Kiosk]:
    """A kiosk with a camera that asks for the insurance."""
    asking = msgspec.structs.replace(
        config,
        coverage=Coverage(ask=True),
        stations=tuple(msgspec.structs.replace(one, camera=True) for one in config.stations),
    )
    made = Kiosk(asking)
    yield made
    made.clinic.database.close()


def arrive(kiosk: Kiosk, card: Card | None = FILED) -> Step:
    """Somebody with that insurance on file confirms who they are."""
    kiosk.expect(coverage=card)
    assert kiosk.named("Lopez") is Step.CONFIRM
    return kiosk.press("yes")


def cover(kiosk: Kiosk) -> Cover:
    """What was kept with the only visit."""
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        visit = seen.connection.execute(sa.select(schema.visit.c.id)).scalar_one()
        found = coverage.of_visit(seen, visit)
    assert found is not None
    return found


def printed(kiosk: Kiosk) -> int:
    """How many tickets were sent to the printer."""
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        return seen.connection.execute(sa.select(sa.func.count()).select_from(schema.job)).scalar_one()


def test_the_ticket_is_there_before_the_question_and_the_paper_after_it(kiosk: Kiosk) -> None:
    assert arrive(kiosk) is Step.INSURANCE
    assert kiosk.codes == ["B001"]
    assert "Your number is B001." in kiosk.page
    assert "Acme Health" in kiosk.page
    assert "3456" in kiosk.page
    assert "ACM" not in kiosk.page
    assert printed(kiosk) == 0
    assert kiosk.press("same") is Step.TICKET
    assert printed(kiosk) == 1
    assert (cover(kiosk).finding, cover(kiosk).card) == (Finding.SAME, FILED)
    assert kiosk.tasks == []


@ON_SQLITE
def test_a_typed_number_is_kept_as_it_was_confirmed(kiosk: Kiosk) -> None:
    arrive(kiosk)
    kiosk.press("new", "type")
    assert kiosk.press("text", text="xyz 98765432") is Step.CARD_CHECK
    assert "XYZ 987 654 32" in kiosk.page
    assert kiosk.press("yes") is Step.TICKET
    assert cover(kiosk).finding is Finding.CHANGED
    assert [kind for kind, _ in kiosk.tasks] == ["insurance_changed"]


@ON_SQLITE
def test_a_barcode_of_any_card_is_offered_as_the_number(kiosk: Kiosk) -> None:
    arrive(kiosk, card=None)
    assert "Do you have your insurance card with you?" in kiosk.page
    assert kiosk.scan("ZZ99887766") is Step.CARD_CHECK
    assert "ZZ9 988 7766" in kiosk.page
    kiosk.press("no", "back", "desk")
    assert cover(kiosk).finding is Finding.DECLINED
    assert kiosk.state.step is Step.TICKET


@ON_SQLITE
def test_a_letter_or_a_licence_is_no_insurance_card(kiosk: Kiosk) -> None:
    arrive(kiosk)
    for shown in (kiosk.licence(), kiosk.letter(kiosk.expect(family="Other")), b"\x00\xff"):
        assert kiosk.scan(shown) is Step.INSURANCE
        assert kiosk.state.notice is Notice.NOT_A_CARD


@pytest.mark.parametrize("way", ["the server's clock", "the screen", "start over", "the next patient's scan"])
def test_who_walks_away_is_checked_in_and_told_to_staff(kiosk: Kiosk, way: str) -> None:
    arrive(kiosk)
    if way == "the screen":
        kiosk.press("timed_out")
    elif way == "start over":
        kiosk.press("start_over")
    else:
        kiosk.later(life(kiosk.clinic).total_seconds() + 1)
        kiosk.look() if way == "the server's clock" else kiosk.scan(kiosk.licence())
    assert kiosk.codes == ["B001"]
    assert cover(kiosk).finding is Finding.MISSING
    assert sorted(kind for kind, _ in kiosk.tasks) == ["insurance_missing", "ticket_not_taken"]
    assert printed(kiosk) == 0
    assert "Acme" not in kiosk.look()


def test_a_power_cut_over_night_leaves_a_kiosk_that_works(kiosk: Kiosk) -> None:
    arrive(kiosk)
    with kiosk.clinic.database.begin(at=kiosk.at) as tx:
        tx.room.cancel(next(iter(tx.room.snapshot.tickets)), at=kiosk.at, by="ana")
    kiosk.later(86_400)
    assert "Acme" not in kiosk.look()
    assert kiosk.state.step is Step.WELCOME


def test_a_card_does_not_stay_when_somebody_types_a_name(kiosk: Kiosk) -> None:
    kiosk.expect(coverage=FILED)
    assert kiosk.scan(health_cards.card()) is Step.MONTH
    assert kiosk.press("back") is Step.SCAN
    kiosk.press("type")
    kiosk.press("text", text="Lopez")
    assert kiosk.born() is Step.CONFIRM
    assert kiosk.press("yes") is Step.INSURANCE
    assert "Acme Health" in kiosk.page


def test_the_next_patient_can_leave_the_page_of_one_who_walked_away(kiosk: Kiosk) -> None:
    arrive(kiosk)
    assert 'value="start_over"' in kiosk.page
    assert 'value="desk"' in kiosk.page
    kiosk.press("new")
    assert 'value="start_over"' in kiosk.page


def test_who_comes_back_finds_the_same_ticket_and_is_not_looked_for(kiosk: Kiosk) -> None:
    arrive(kiosk)
    kiosk.press("timed_out")
    assert kiosk.named("Lopez") is Step.TICKET
    assert "No ticket? Touch “Print again”." in kiosk.page
    assert [kind for kind, _ in kiosk.tasks] == ["insurance_missing"]
    kiosk.press("print_again")
    assert (kiosk.codes, printed(kiosk)) == (["B001"], 1)


@ON_SQLITE
def test_a_double_tap_keeps_one_answer(kiosk: Kiosk) -> None:
    arrive(kiosk)
    tap = kiosk.form("same")
    kiosk.send(tap)
    kiosk.send(tap)
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        rows = seen.connection.execute(sa.select(sa.func.count()).select_from(schema.coverage)).scalar_one()
    assert (rows, printed(kiosk)) == (1, 1)


def test_an_error_in_the_insurance_still_gives_the_ticket(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no insurance today")

    monkeypatch.setattr(coverage, "on_file", fails)
    assert arrive(kiosk) is Step.INSURANCE
    monkeypatch.setattr(coverage, "take", lambda tx, *_, **__: tx.connection.execute(sa.text("nonsense")))
    kiosk.press("new", "type")
    kiosk.press("text", text="AB123456")
    assert kiosk.press("yes") is Step.TICKET
    assert (kiosk.codes, printed(kiosk)) == (["B001"], 1)
    assert [kind for kind, _ in kiosk.tasks] == ["insurance_missing"]


@ON_SQLITE
def test_the_clinics_that_do_not_ask_print_at_once(kiosk: Kiosk) -> None:
    assert kiosk.press("walk_in", "service:registration") is Step.TICKET
    assert printed(kiosk) == 1


# Pictures.


def send_pictures(kiosk: Kiosk, **pictures: bytes) -> int:
    """Send pictures as the camera page does."""
    hidden = kiosk.form("")
    files = {side: (BytesIO(data), f"{side}.jpg") for side, data in pictures.items()}
    answer = kiosk.client.post("/kiosk/front/photo", data=hidden | files, follow_redirects=True)
    kiosk.page = answer.text
    return answer.status_code


def test_pictures_are_kept_sealed_with_the_visit(kiosk: Kiosk) -> None:
    arrive(kiosk)
    kiosk.press("new", "picture")
    assert send_pictures(kiosk, front=JPEG, back=JPEG) == 200
    assert kiosk.state.step is Step.TICKET
    kept = cover(kiosk)
    assert (kept.finding, set(kept.photos)) == (Finding.UNREAD, {"front", "back"})
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        assert coverage.photo(seen, kept.id, "front") == JPEG
        (row,) = seen.connection.execute(sa.select(schema.checkin.c.sealed)).scalars()
    assert len(row) < 500
    assert [kind for kind, _ in kiosk.tasks] == ["insurance_unreadable"]


@ON_SQLITE
@pytest.mark.parametrize(
    "pictures",
    [
        {},
        {"front": b"GIF89a"},
        {"front": JPEG, "back": b"x"},
        {"front": JPEG[:-2] + bytes(2**20) + b"\xff\xd9"},
    ],
)
def test_what_is_no_picture_is_taken_again(kiosk: Kiosk, pictures: dict[str, bytes]) -> None:
    arrive(kiosk)
    kiosk.press("new", "picture")
    assert send_pictures(kiosk, **pictures) == 200
    assert (kiosk.state.step, kiosk.state.notice) == (Step.PICTURES, Notice.PICTURE_REFUSED)
    assert kiosk.press("desk") is Step.TICKET


@ON_SQLITE
def test_only_the_stations_own_screen_sends_pictures(kiosk: Kiosk) -> None:
    arrive(kiosk)
    kiosk.press("new", "picture")
    stranger = kiosk.app.test_client()
    form = kiosk.form("") | {"front": (BytesIO(JPEG), "front.jpg")}
    assert stranger.post("/kiosk/front/photo", data=form).status_code in (400, 403)
    assert kiosk.state.step is Step.PICTURES


@ON_SQLITE
def test_only_a_kiosk_with_a_camera_may_use_it(kiosk: Kiosk, config: Config) -> None:
    allowed = kiosk.client.get("/kiosk/front").headers["Permissions-Policy"]
    assert "camera=(self)" in allowed
    assert "camera=()" in kiosk.client.get("/").headers["Permissions-Policy"]
    assert re.sub(r"camera=\(.*?\)", "", allowed) == re.sub(
        r"camera=\(.*?\)", "", kiosk.client.get("/").headers["Permissions-Policy"]
    )


# SMART Health Cards in several codes, and behind a link.


@ON_SQLITE
def test_a_card_in_several_codes_is_put_together(kiosk: Kiosk) -> None:
    first, second = health_cards.chunks(health_cards.jws(health_cards.payload()), 2)
    assert kiosk.scan(first) is Step.SCAN
    assert "Now the next code: 2 of 2" in kiosk.page
    assert "Code 1 of 2 was read." in kiosk.page
    assert kiosk.scan(first) is Step.SCAN
    assert kiosk.scan(second) is Step.MONTH
    assert kiosk.state.chunks.parts == ()
    assert kiosk.state.card is not None
    assert kiosk.scan(second) is Step.MONTH, "It lies under the scanner still."


@pytest.fixture
def insurer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Insurer]:
    """An insurer's server, which the clinic trusts."""
    with Insurer(tmp_path) as server:
        given = Trust(issuers=(health_cards.TRUSTED,), reach=server.reach())
        monkeypatch.setattr(fetching, "trust", lambda config: given)
        yield server


def link_to(insurer: Insurer, **content: str) -> str:
    """What the code on a phone says."""
    plain = {"url": insurer.url("/manifest"), "key": health_cards.base64url(KEY), **content}
    return "shlink:/" + health_cards.base64url(json.dumps(plain).encode())


def wait_for(kiosk: Kiosk) -> Step:
    """Wait until the worker is done."""
    for thread in threading.enumerate():
        if thread.name == "health-link":
            thread.join(20)
    kiosk.look()
    return kiosk.state.step


def answers(insurer: Insurer) -> None:
    """The link leads to a card."""
    shown = health_cards.jwe({"verifiableCredential": [health_cards.jws(health_cards.payload())]}, KEY)
    file = {"contentType": "application/smart-health-card", "embedded": shown}
    insurer.answers["/manifest"] = as_json({"files": [file]})


def test_a_card_behind_a_link_is_fetched_and_shown(kiosk: Kiosk, insurer: Insurer) -> None:
    answers(insurer)
    arrive(kiosk)
    kiosk.scan(link_to(insurer))
    assert wait_for(kiosk) is Step.CARD_CHECK
    assert kiosk.state.card is not None
    assert kiosk.state.card.verified
    assert kiosk.press("yes") is Step.TICKET
    assert cover(kiosk).finding is Finding.CHANGED


@ON_SQLITE
def test_a_link_also_says_who_checks_in(kiosk: Kiosk, insurer: Insurer) -> None:
    answers(insurer)
    kiosk.scan(link_to(insurer))
    assert wait_for(kiosk) is Step.MONTH


@ON_SQLITE
def test_a_link_that_leads_nowhere_stops_nobody(kiosk: Kiosk, insurer: Insurer) -> None:
    arrive(kiosk)
    kiosk.scan(link_to(insurer))
    assert wait_for(kiosk) is Step.CARD
    assert "We could not get your card. Choose another way." in kiosk.page
    assert kiosk.press("desk") is Step.TICKET


@ON_SQLITE
def test_a_wrong_passcode_can_be_corrected(kiosk: Kiosk, insurer: Insurer) -> None:
    arrive(kiosk)
    insurer.answers["/manifest"] = as_json({"remainingAttempts": 2}, 401)
    assert kiosk.scan(link_to(insurer, flag="P")) is Step.PASSCODE
    kiosk.press("text", text="1234")
    assert wait_for(kiosk) is Step.PASSCODE
    assert "That is not the passcode. Type it again. 2 tries are left." in kiosk.page
    insurer.answers["/manifest"] = as_json({"remainingAttempts": 0}, 401)
    kiosk.press("text", text="1235")
    assert wait_for(kiosk) is Step.CARD
    assert b"1235" in insurer.asked[-1].body


@ON_SQLITE
def test_what_comes_too_late_is_dropped(kiosk: Kiosk, insurer: Insurer) -> None:
    answers(insurer)
    arrive(kiosk)
    release = threading.Event()
    deliver = insurer.answers["/manifest"]
    insurer.answers["/manifest"] = lambda handler: (release.wait(20), deliver(handler))[1]
    assert kiosk.scan(link_to(insurer)) is Step.FETCHING
    assert kiosk.press("desk") is Step.TICKET
    release.set()
    assert wait_for(kiosk) is Step.TICKET


@ON_SQLITE
def test_an_error_while_fetching_reads_like_a_link_that_leads_nowhere(
    kiosk: Kiosk, insurer: Insurer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("no trust today")

    monkeypatch.setattr(fetching, "trust", fails)
    arrive(kiosk)
    kiosk.scan(link_to(insurer))
    assert wait_for(kiosk) is Step.CARD
    assert kiosk.state.notice is Notice.NOT_FETCHED


@ON_SQLITE
def test_nothing_of_the_insurance_lies_open_in_the_records(kiosk: Kiosk) -> None:
    arrive(kiosk, replace(FILED, payer="Quetzal Mutual", member_id="QZL-5550001"))
    kiosk.press("new", "type")
    kiosk.press("text", text="QZL-5550002")
    kiosk.press("yes")
    with kiosk.clinic.database.snapshot(at=kiosk.at) as seen:
        for table in schema.metadata.sorted_tables:
            for row in seen.connection.execute(sa.select(table)):
                assert "qzl" not in repr(tuple(row)).lower()
                assert "quetzal" not in repr(tuple(row)).lower()
