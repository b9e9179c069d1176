"""Booking codes: signed by the site, worth nothing when one letter of them changes."""

import stat
from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk.appointments import codes, records
from kiosk.config import ConfigError
from kiosk.identity import Booking, Unknown, recognise
from tests.cast import NINE
from tests.integration.appointments.conftest import PAGE, Desk

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


def test_a_dropped_key_voids_its_letters_at_once_and_the_signing_key_stays(desk: Desk) -> None:
    config = desk.here.config
    code = codes.booking_code(config, desk.expect())
    with pytest.raises(ConfigError, match="make a new key first"):
        codes.drop_key(config, 1)
    with pytest.raises(ConfigError, match="There is no key 7"):
        codes.drop_key(config, 7)
    codes.new_key(config)
    codes.drop_key(config, 1)
    assert codes.key_ids(config) == [2]
    assert isinstance(recognise(code, codes.rules(config), at=NINE), Unknown)


def test_a_lost_letter_is_void_once_the_appointment_has_a_new_code(desk: Desk) -> None:
    expected = desk.expect()
    command = {"command": "lost"}
    for _ in range(2):
        answer = desk.send(f"{PAGE}/{expected.id}/new-code", **command)
        assert answer.location == f"{PAGE}/{expected.id}/letter"
    (renewed,) = desk.book()
    assert renewed.reference != expected.reference
    with desk.here.database.snapshot(at=NINE) as reading:
        assert records.by_reference(reading, expected.reference) is None
        assert records.by_reference(reading, renewed.reference) is not None
    assert "Earlier letters are void" in desk.look(answer.location)
    desk.send(f"{PAGE}/{expected.id}/cancel")
    assert desk.send(f"{PAGE}/{expected.id}/new-code").status_code == 409


def test_the_picture_is_a_file_whose_name_tells_nothing_of_the_patient(desk: Desk) -> None:
    expected = desk.expect("Canaryfamily")
    code = codes.booking_code(desk.here.config, expected)
    png = desk.client.get(f"{PAGE}/{expected.id}/code.png")
    svg = desk.client.get(f"{PAGE}/{expected.id}/code.svg")
    assert [png.mimetype, svg.mimetype] == ["image/png", "image/svg+xml"]
    assert "appointment-2026-11-23-0930.png" in png.headers["Content-Disposition"]
    assert [one.text for one in zxingcpp.read_barcodes(Image.open(BytesIO(png.data)).convert("L"))] == [code]
    assert svg.data.startswith(b"<?xml")
    assert desk.client.get(f"{PAGE}/{expected.id}/code.pdf").status_code == 404


def test_the_picture_holds_the_code_and_a_scanner_reads_it(desk: Desk) -> None:
    code = codes.booking_code(desk.here.config, desk.expect())
    picture = Image.open(BytesIO(codes.qr_png(code)))
    found = zxingcpp.read_barcodes(picture.convert("L"))
    assert [one.text for one in found] == [code]
    svg = codes.qr_svg(code)
    assert "style=" not in svg
    assert "<script" not in svg


def test_the_sites_patterns_are_part_of_its_rules(desk: Desk) -> None:
    assert codes.rules(desk.here.config).patterns == ()
