"""Patient numbers: site patterns first, then GSRN and NHS numbers with right check digits."""

import re

import pytest

from kiosk.identity import PatientNumber, Pattern, Reason, Rules, Unknown, recognise
from kiosk.identity.numbers import GSRN, NHS_NUMBER

SITE = Rules(patterns=(Pattern.of("mrn", r"MRN-(\d{6})"), Pattern.of("band", r"W(?P<value>\d+)X(\d)")))


@pytest.mark.parametrize("text", ["9434765919", "943 476 5919", "943-476-5919", "9434765919\r\n"])
def test_an_nhs_number_is_read(text):
    assert recognise(text) == PatientNumber(system=NHS_NUMBER, value="9434765919")


@pytest.mark.parametrize("text", ["9434765918", "9434765190", "0000000000", "9999999999", "4444444444"])
def test_a_wrong_nhs_number_has_a_bad_check_digit(text):
    assert recognise(text) == Unknown(reason=Reason.BAD_CHECK_DIGIT)


@pytest.mark.parametrize("text", ["943476591", "94347659190", "٩٤٣٤٧٦٥٩١٩", "943  476 5919"])
def test_other_digits_are_unknown(text):
    assert recognise(text) == Unknown(reason=Reason.UNKNOWN_CODE)


@pytest.mark.parametrize(
    "text",
    [
        "]C18018123456789012345675",
        "]d28018123456789012345675",
        "]d2\x1d8018123456789012345675",
        "]d28018123456789012345675\x1d80191",
        "]d210LOT1\x1d8018123456789012345675",
        "8018123456789012345675",
        "(8018)123456789012345675",
        "(8018)123456789012345675(8019)1",
    ],
)
def test_a_gsrn_is_read(text):
    assert recognise(text) == PatientNumber(system=GSRN, value="123456789012345675")


def test_a_wrong_gsrn_has_a_bad_check_digit():
    assert recognise("]d28018123456789012345670") == Unknown(reason=Reason.BAD_CHECK_DIGIT)


def test_another_gs1_element_is_unknown():
    assert recognise("]d20109501101020917") == Unknown(reason=Reason.UNKNOWN_CODE)


def test_a_site_pattern_gives_its_first_group():
    assert recognise("MRN-123456", SITE) == PatientNumber(system="mrn", value="123456")


def test_a_group_named_value_goes_before():
    assert recognise("W77X1", SITE) == PatientNumber(system="band", value="77")


def test_a_pattern_without_groups_gives_the_whole_text():
    rules = Rules(patterns=(Pattern.of("mrn", r"\d{7}"),))
    assert recognise("1234567", rules) == PatientNumber(system="mrn", value="1234567")


def test_a_pattern_must_match_the_whole_text():
    assert isinstance(recognise("MRN-1234567", SITE), Unknown)


def test_a_pattern_with_an_empty_value_does_not_match():
    assert isinstance(recognise("MRN", Rules(patterns=(Pattern.of("mrn", r"MRN(\d*)"),))), Unknown)
    assert isinstance(recognise("MRN", Rules(patterns=(Pattern.of("mrn", r"MRN(\d)?"),))), Unknown)


def test_a_site_pattern_goes_before_the_nhs_number():
    rules = Rules(patterns=(Pattern.of("mrn", r"\d{10}"),))
    assert recognise("9434765919", rules) == PatientNumber(system="mrn", value="9434765919")
    assert recognise("9434765918", rules) == PatientNumber(system="mrn", value="9434765918")


def test_a_site_pattern_is_not_tried_on_a_long_text():
    assert isinstance(recognise("9" * 129, Rules(patterns=(Pattern.of("all", r"\d+"),))), Unknown)


def test_a_bad_pattern_is_refused_when_it_is_configured():
    with pytest.raises(re.error):
        Pattern.of("mrn", "(")
