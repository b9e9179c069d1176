"""Machine-readable zones: the specimens of ICAO 9303 and what readers do to them."""

import html
import json
from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest

from kiosk.identity import Reason, TravelDocument, Unknown, recognise

AT = datetime(2026, 11, 23, tzinfo=UTC)
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
LONG_TD1 = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<"
LONG_TD2 = "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8"
VISA_A = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"
VISA_B = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<"


def digit(field: str) -> str:
    values = (0 if letter == "<" else int(letter, 36) for letter in field)
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def passport(
    name: str = "ERIKSSON<<ANNA<MARIA", birth: str = "740812", expiry: str = "300415", issuer="UTO"
) -> str:
    number, optional = "L898902C3", "<" * 14
    checked = (
        number + digit(number),
        birth + digit(birth),
        expiry + digit(expiry) + optional + digit(optional),
    )
    return f"P<{issuer:<<3}{name:<<39}\n{checked[0]}UTO{checked[1]}F{checked[2]}{digit(''.join(checked))}"


def document(payload: str, at: datetime | None = AT) -> TravelDocument:
    found = recognise(payload, at=at)
    assert isinstance(found, TravelDocument), found
    return found


@pytest.mark.parametrize("zone", [TD1, TD2, TD3])
def test_the_specimens_are_read(zone):
    found = document(zone)
    assert (found.family_name, found.given_name) == ("ERIKSSON", "ANNA MARIA")
    assert (found.birth_date, found.expiry) == (date(1974, 8, 12), date(2012, 4, 15))
    assert (found.issuer, found.nationality, found.birth_year) == ("UTO", "UTO", 1974)
    assert found.truncated == frozenset()


def test_the_kinds_and_numbers_are_read():
    assert (document(TD3).kind, document(TD3).document_number) == ("P", "L898902C3")
    assert (document(TD1).kind, document(TD1).document_number) == ("I", "D23145890")


@pytest.mark.parametrize("zone", [LONG_TD1, LONG_TD2])
def test_a_long_document_number_goes_on_in_the_optional_data(zone):
    assert document(zone).document_number == "D23145890734"


@pytest.mark.parametrize("zone", [VISA_A, VISA_B])
def test_a_visa_has_no_composite_digit(zone):
    assert (document(zone).kind, document(zone).document_number) == ("V", "L8988901C")


@pytest.mark.parametrize("line_end", ["", "\r", "\r\n", " ", "\n\n"])
def test_line_ends_do_not_matter(line_end):
    for zone in (TD1, TD2, TD3):
        assert document(zone.replace("\n", line_end)) == document(zone)


@pytest.mark.parametrize("zone", [TD1, TD2, TD3, VISA_A])
@pytest.mark.parametrize(
    "written",
    [
        json.dumps,
        html.escape,
        quote,
        lambda zone: zone.replace("\n", "<LF>"),
        lambda zone: zone.replace("\n", "\\r\\n"),
        lambda zone: zone.replace("\n", "[CR]"),
    ],
    ids=["JSON", "HTML", "URL", "<LF>", "backslashes", "[CR]"],
)
def test_signs_that_were_written_out_are_given_back(zone, written):
    assert document(written(zone)) == document(zone)


def test_case_does_not_matter():
    assert document(TD3.lower()) == document(TD3)


@pytest.mark.parametrize("zone", [TD1, TD2, TD3, LONG_TD1, LONG_TD2])
def test_every_wrong_digit_is_caught(zone):
    for place, letter in enumerate(zone):
        if letter.isdigit() and zone[:place].count("\n") < 2:
            wrong = zone[:place] + str((int(letter) + 1) % 10) + zone[place + 1 :]
            assert recognise(wrong, at=AT) == Unknown(reason=Reason.BAD_CHECK_DIGIT)


def test_an_empty_optional_part_may_have_a_filler_for_its_digit():
    zone = passport()
    assert zone[-2] == "0"
    assert document(zone[:-2] + "<" + zone[-1]) == document(zone)


@pytest.mark.parametrize(
    ("birth", "at", "born"),
    [
        ("740812", AT, date(1974, 8, 12)),
        ("261122", AT, date(2026, 11, 22)),
        ("261124", AT, date(1926, 11, 24)),
        ("270101", AT, date(1927, 1, 1)),
        ("050203", AT, date(2005, 2, 3)),
        ("740812", None, date(1974, 8, 12)),
        ("050203", None, date(2005, 2, 3)),
        ("250203", None, None),
    ],
)
def test_the_century_of_birth_is_the_latest_that_is_not_in_the_future(birth, at, born):
    assert document(passport(birth=birth), at).birth_date == born


@pytest.mark.parametrize(
    ("birth", "year"), [("74<<<<", 1974), ("7408<<", 1974), ("<<<<<<", None), ("30<<<<", 1930)]
)
def test_unknown_parts_of_a_birth_date_stay_unknown(birth, year):
    found = document(passport(birth=birth))
    assert (found.birth_date, found.birth_year) == (None, year)


@pytest.mark.parametrize(
    ("expiry", "at", "expires"),
    [
        ("300415", AT, date(2030, 4, 15)),
        ("960415", AT, date(1996, 4, 15)),
        ("960415", None, date(1996, 4, 15)),
        ("300415", None, date(2030, 4, 15)),
        ("301315", AT, None),
        ("<<<<<<", AT, None),
    ],
)
def test_the_expiry_is_the_year_next_to_now(expiry, at, expires):
    assert document(passport(expiry=expiry), at).expiry == expires


def test_an_unknown_expiry_leaves_the_century_of_birth_open_without_a_now():
    assert document(passport(expiry="<<<<<<"), None).birth_date is None


def test_a_name_that_fills_its_line_may_go_on():
    found = document(passport(name="NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"))
    assert found.truncated == {"family_name", "given_name"}
    assert found.given_name == "CHAYAPA DEJTHAMRONG K"


def test_a_one_letter_country_and_no_given_name_are_read():
    found = document(passport(name="ARKFREITH<<", issuer="D<<"))
    assert (found.issuer, found.family_name, found.given_name) == ("D", "ARKFREITH", "")


def test_a_digit_in_a_name_is_malformed():
    assert recognise(passport(name="ERIKSS0N<<ANNA"), at=AT) == Unknown(reason=Reason.MALFORMED)


def test_a_german_keyboard_is_refused_because_names_have_no_check_digit():
    assert recognise(TD3.replace("<", ";"), at=AT) == Unknown(reason=Reason.KEYBOARD_LAYOUT)


@pytest.mark.parametrize(
    "payload",
    ["P" + "A" * 87, "X" + TD3[1:], "A" * 72, "<" * 90, "É" * 88, TD3[:-1], TD3.replace("<<", "AA")],
)
def test_what_is_no_zone_is_unknown(payload):
    assert recognise(payload, at=AT) == Unknown(reason=Reason.UNKNOWN_CODE)
