"""Booking codes: signed by the site, worth nothing when one letter of them changes."""

import stat
from io import BytesIO

import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk.appointments import codes
from kiosk.identity import Booking, Unknown, recognise
from tests.cast import NINE
from tests.integration.appointments.conftest import Desk

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def test_a_code_names_its_appointment_and_nothing_of_the_patient(desk: Desk) -> None:
    expected = desk.expect("Canaryfamily")
    code = codes.booking_code(desk.here.config, expected)
    found = recognise(code, codes.rules(desk.here.config), at=NINE)
    assert isinstance(found, Booking)
    assert (found.reference, found.expires) == (expected.reference, expected.slot + codes.LIFE)
    assert code.isalnum()
    assert code.isupper()


def test_a_changed_letter_makes_it_worthless(desk: Desk) -> None:
    code = codes.booking_code(desk.here.config, desk.expect())
    rules = codes.rules(desk.here.config)

    @given(st.integers(3, len(code) - 1), st.sampled_from(ALPHABET))
    def changed(place: int, letter: str) -> None:
        other = code[:place] + letter + code[place + 1 :]
        assert isinstance(recognise(other, rules, at=NINE), Unknown) or other == code

    changed()


def test_a_code_of_another_site_is_refused(desk: Desk) -> None:
    code = codes.booking_code(desk.here.config, desk.expect())
    (desk.here.config.data / "keys" / "booking-1.key").unlink()
    assert isinstance(recognise(code, codes.rules(desk.here.config), at=NINE), Unknown)


def test_a_new_key_signs_and_the_old_letters_stay_good(desk: Desk) -> None:
    old = codes.booking_code(desk.here.config, desk.expect())
    path = codes.new_key(desk.here.config)
    new = codes.booking_code(desk.here.config, desk.expect())
    assert path.name == "booking-2.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    read = [recognise(code, codes.rules(desk.here.config), at=NINE) for code in (old, new)]
    assert [one.key_id for one in read if isinstance(one, Booking)] == [1, 2]


def test_the_picture_holds_the_code_and_a_scanner_reads_it(desk: Desk) -> None:
    code = codes.booking_code(desk.here.config, desk.expect())
    picture = BytesIO()
    codes._qr(code).save(picture, kind="png", scale=6, border=4)
    found = zxingcpp.read_barcodes(Image.open(picture).convert("L"))
    assert [one.text for one in found] == [code]
    svg = codes.qr_svg(code)
    assert "style=" not in svg
    assert "<script" not in svg


def test_the_sites_patterns_are_part_of_its_rules(desk: Desk) -> None:
    assert codes.rules(desk.here.config).patterns == ()
