"""Which expected patient a claim means: a match, a case for staff, or none; never by similarity."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity import HealthCard, Licence, TravelDocument
from kiosk.identity.comparing import same_family_name
from kiosk.identity.matching import (
    Agreement,
    Candidate,
    Claim,
    Match,
    NoMatch,
    Source,
    Staff,
    StaffReason,
    Window,
    agreement,
    match,
)
from kiosk.identity.truncation import aamva_reduced

AT = datetime(2026, 11, 23, 14, tzinfo=UTC)
BORN = date(1951, 6, 5)


def expected(key: object = 1, family: str = "Sample", given: str = "Anna", **rest: object) -> Candidate:
    values: dict[str, object] = {"birth_date": BORN, "slot": AT + timedelta(minutes=30), **rest}
    return Candidate(key=key, family_name=family, given_name=given, **values)  # type: ignore[arg-type]


def claim(family: str = "SAMPLE", given: str | None = "ANNA", middle: str = "", **rest: object) -> Claim:
    values: dict[str, object] = {"birth_date": BORN, "source": Source.LICENCE, **rest}
    return Claim(family_name=family, given_name=given, middle_name=middle, **values)  # type: ignore[arg-type]


def outcome(who: Claim, *candidates: Candidate, at: datetime = AT) -> object:
    found = match(who, candidates, at)
    return (
        found.candidate.key
        if isinstance(found, Match)
        else found.reason
        if isinstance(found, Staff)
        else None
    )


def test_name_and_birth_date_match():
    assert outcome(claim(), expected()) == 1
    assert outcome(claim(), expected(), expected(2, "Other"), expected(3, given="Emma")) == 1


def test_nobody_expected_is_no_match():
    assert match(claim(), [], AT) == NoMatch()
    assert outcome(claim(), expected(family="Other", given="Emma")) is None


def test_a_birthday_alone_is_nothing():
    assert outcome(claim("OTHER", "EMMA"), expected()) is None
    assert outcome(Claim.typed("Other", BORN), expected()) is None


def test_a_name_alone_is_nothing():
    assert outcome(claim(birth_date=date(1980, 1, 1)), expected()) is None


def test_a_typed_family_name_and_birth_date_match_if_nobody_shares_them():
    assert outcome(Claim.typed("sample", BORN), expected(), expected(2, "Other")) == 1


def test_twins_who_type_no_given_name_go_to_staff():
    twins = expected(1, given="Anna"), expected(2, given="Emma")
    assert outcome(Claim.typed("Sample", BORN), *twins) is StaffReason.SEVERAL
    assert outcome(Claim.typed("Sample", BORN, "Emma"), *twins) == 2


def test_the_twin_who_is_not_expected_goes_to_staff():
    assert outcome(claim(given="EMMA"), expected(given="Anna")) is StaffReason.NAME_DIFFERS


def test_two_people_of_one_name_and_birthday_go_to_staff():
    assert outcome(claim(), expected(1), expected(2)) is StaffReason.SEVERAL
    assert (
        outcome(claim(), expected(1, middle_name="Lee"), expected(2, middle_name="May"))
        is StaffReason.SEVERAL
    )


def test_one_person_with_two_slots_is_matched_to_the_earliest_in_the_window():
    earlier, later = expected(1), expected(1, slot=AT + timedelta(hours=2))
    assert match(claim(), [later, earlier], AT) == Match(earlier)
    assert match(claim(), [later, earlier], AT + timedelta(hours=2)) == Match(later)


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        (241, StaffReason.TOO_EARLY),
        (240, 1),
        (0, 1),
        (-60, 1),
        (-61, StaffReason.TOO_LATE),
    ],
)
def test_outside_the_window_staff_looks(minutes, found):
    assert outcome(claim(), expected(slot=AT + timedelta(minutes=minutes))) == found


def test_the_window_is_the_sites():
    slot = expected(slot=AT + timedelta(hours=2))
    narrow = Window(early=timedelta(hours=1), late=timedelta(minutes=10))
    assert match(claim(), [slot], AT, narrow) == Staff(StaffReason.TOO_EARLY)


@pytest.mark.parametrize(
    ("middle", "recorded", "found"),
    [
        ("", "Lee", 1),
        ("LEE", "", 1),
        ("LEE", "Lee", 1),
        ("L", "Lee", 1),
        ("LEE", "L.", 1),
        ("LEE", "Lee May", 1),
        ("NONE", "Lee", 1),
        ("LEE", "May", StaffReason.NAME_DIFFERS),
        ("M", "Lee", StaffReason.NAME_DIFFERS),
        ("LEEMAY", "Lee-May", 1),
    ],
)
def test_a_middle_name_only_ever_contradicts(middle, recorded, found):
    assert outcome(claim(middle=middle), expected(middle_name=recorded)) == found


@pytest.mark.parametrize(
    ("given", "middle", "recorded", "recorded_middle", "found"),
    [
        ("MARY ANN", "", "Mary-Ann", "", 1),
        ("MARYANN", "", "Mary", "Ann", 1),
        ("MARY", "ANN", "Mary Ann", "", 1),
        ("MARY ANN", "", "Mary", "", 1),
        ("MARY", "", "Mary Ann", "", 1),
        ("MARY ANN", "", "Mary Lou", "", StaffReason.NAME_DIFFERS),
        ("M", "", "Mary", "", StaffReason.NAME_DIFFERS),
        ("MARIE", "", "Mary", "", StaffReason.NAME_DIFFERS),
        ("", "", "Mary", "", StaffReason.NAME_DIFFERS),
        ("FNU", "", "", "", 1),
        ("", "MARY", "Mary", "", StaffReason.NAME_DIFFERS),
        ("MARY", "", "", "", StaffReason.NAME_DIFFERS),
    ],
)
def test_the_first_given_name_must_be_the_same(given, middle, recorded, recorded_middle, found):
    assert (
        outcome(claim(given=given, middle=middle), expected(given=recorded, middle_name=recorded_middle))
        == found
    )


@pytest.mark.parametrize(
    ("suffix", "recorded", "found"),
    [
        ("JR", "", 1),
        ("", "Sr.", 1),
        ("II", "2nd", 1),
        ("JR", "SR", StaffReason.NAME_DIFFERS),
        ("junior", "Jr", 1),
        ("MD", "JR", 1),
    ],
)
def test_a_suffix_only_ever_contradicts(suffix, recorded, found):
    assert outcome(claim(suffix=suffix), expected(suffix=recorded)) == found


def test_a_suffix_in_the_family_name_counts():
    assert outcome(claim("SAMPLE JR"), expected()) == 1
    assert outcome(claim("SAMPLE JR"), expected(suffix="SR")) is StaffReason.NAME_DIFFERS


def test_a_previous_family_name_on_record_matches():
    assert outcome(claim("MAIDEN"), expected(previous_family_names=("Maiden",))) == 1


def test_a_name_that_changed_goes_to_staff():
    assert outcome(claim("MARRIED"), expected()) is StaffReason.NAME_DIFFERS
    assert outcome(Claim.typed("Smith", BORN), expected(family="Smith-Jones")) is StaffReason.NAME_DIFFERS


def test_family_and_given_name_swapped_go_to_staff():
    assert outcome(claim("ANNA", "SAMPLE"), expected()) is StaffReason.NAME_DIFFERS


@pytest.mark.parametrize("close", [date(1951, 5, 6), date(1951, 6, 6), date(1951, 7, 5), date(1950, 6, 5)])
def test_a_slip_in_the_birth_date_goes_to_staff(close):
    assert outcome(claim(birth_date=close), expected()) is StaffReason.BIRTH_DATE_DIFFERS


def test_a_missing_birth_date_goes_to_staff():
    assert outcome(claim(birth_date=None), expected()) is StaffReason.BIRTH_DATE_MISSING
    assert outcome(claim(), expected(birth_date=None)) is StaffReason.BIRTH_DATE_MISSING
    assert outcome(claim("OTHER", birth_date=None), expected()) is None


LONG_FAMILY = "Wolfeschlegelsteinhausenbergerdorff-Papadopoulos"
CUT_FAMILY = aamva_reduced(LONG_FAMILY, 40).upper()


def test_a_family_name_that_the_card_cut_is_found():
    long = expected(family=LONG_FAMILY)
    assert outcome(claim(CUT_FAMILY, truncated=frozenset({"family_name"})), long) == 1
    assert outcome(claim(CUT_FAMILY), long) == 1
    assert outcome(claim(CUT_FAMILY, source=Source.TYPED), long) is StaffReason.NAME_DIFFERS


def test_given_and_middle_names_that_the_card_cut_are_found():
    full = "Annamariaelisabethkatharina-Wilhelmina"
    given = aamva_reduced(full, 25)
    assert outcome(claim(given=given, truncated=frozenset({"given_name"})), expected(given=full)) == 1
    assert outcome(claim(given=given), expected(given=full)) is StaffReason.NAME_DIFFERS
    middle = claim(middle=given, truncated=frozenset({"middle_name"}))
    assert outcome(middle, expected(middle_name=full)) == 1
    assert outcome(claim(middle=given), expected(middle_name=full)) is StaffReason.NAME_DIFFERS


def test_given_names_that_a_passport_cut_are_found():
    cut = frozenset({"family_name", "given_name"})
    passport = claim(given="CHAYAPA DEJTH", source=Source.TRAVEL_DOCUMENT, truncated=cut)
    assert outcome(passport, expected(given="Chayapa Dejthamrong")) == 1
    assert outcome(passport, expected(given="Chayapa", middle_name="Dejthamrong")) == 1
    assert outcome(passport, expected(given="Chayapa")) == 1
    assert outcome(passport, expected(given="Chaya")) is StaffReason.NAME_DIFFERS


def test_claims_are_made_from_each_document():
    licence = Licence(family_name="A", given_name="B", middle_name="C", suffix="JR", birth_date=BORN)
    assert Claim.from_licence(licence) == claim("A", "B", "C", suffix="JR")
    passport = TravelDocument(kind="P", issuer="D", document_number="1", family_name="A", given_name="B C")
    assert Claim.from_travel_document(passport).source is Source.TRAVEL_DOCUMENT
    card = HealthCard(family_name="A", given_name="B", birth_date=BORN)
    assert Claim.from_health_card(card) == claim("A", "B", source=Source.HEALTH_CARD)
    assert repr(Claim.typed("A", BORN)) == "<Claim>"


def test_the_second_identifier_can_be_checked_alone():
    assert agreement(claim(), expected()) is Agreement.SAME
    assert same_family_name("SMITH JR", "Smith")
    assert not same_family_name("Smith", "Smyth")


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_only_a_name_that_folds_to_the_same_ever_matches(family, given_name, recorded_family, recorded_given):
    found = match(claim(family, given_name), [expected(1, recorded_family, recorded_given)], AT)
    if isinstance(found, Match):
        assert same_family_name(family, recorded_family)
