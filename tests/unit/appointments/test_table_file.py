"""A CSV file is right in every row, or refused with every mistake and its place."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.appointments.rules import Import, Person, Refused
from kiosk.appointments.table_file import MOST_BYTES, MOST_ROWS, read_table
from tests.unit.appointments.terms import HEADER, TERMS, problems, refused, table

ROW = "17,2026-11-23,09:05,Laboratory,Vega,Ana,1980-02-29"


def read(data: bytes) -> Import:
    return read_table(data, TERMS)


def test_a_row_becomes_an_expected_patient() -> None:
    entry = read(table(ROW)).entries[0]
    assert entry.source == "17"
    assert entry.slot == datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
    assert entry.services == ("laboratory",)
    assert entry.person == Person("Vega", "Ana", birth_date=date(1980, 2, 29))
    assert not entry.cancelled


def test_headers_may_come_in_any_order_case_and_spelling() -> None:
    header = (
        "Patient_DOB;First Name;LAST-NAME;Department;Appointment Time;Appointment Date;Appointment ID;Phone"
    )
    found = read(table("2/29/1980;Ana;Vega;laboratorio;9:05 AM;11/23/2026;17;555", header=header))
    assert found.entries[0] == read(table(ROW)).entries[0]
    assert found.unused == ("Phone",)


def test_one_column_may_hold_the_whole_name_and_one_the_whole_start() -> None:
    data = table(
        '17,2026-11-23T09:05,laboratory,"Vega, Ana María",1980-02-29', header="id,start,service,name,dob"
    )
    assert read(data).entries[0].person == Person("Vega", "Ana", "María", "", date(1980, 2, 29))


def test_a_start_with_an_offset_is_an_exact_instant() -> None:
    data = table(
        "17,2026-11-01T01:30-05:00,laboratory,V,A,1980-02-29", header="id,start,service,surname,forename,dob"
    )
    assert read(data).past == 1
    data = table(
        "17,2026-12-01 14:05Z,laboratory,V,A,1980-02-29", header="id,start,service,surname,forename,dob"
    )
    assert read(data).entries[0].slot == datetime(2026, 12, 1, 14, 5, tzinfo=UTC)


def test_several_services_keep_their_order() -> None:
    row = "17,2026-11-23,09:05,{},Vega,Ana,1980-02-29"
    for text in ("registration; laboratory", "Registration | Laboratorio", "registration+laboratory"):
        assert read(table(row.format(text))).entries[0].services == ("registration", "laboratory")
    assert read(table(row.format('"Check, in + more"'))).entries[0].services == ("registration",)


@pytest.mark.parametrize(
    ("encoding", "read_as"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("cp1252", "Windows-1252 (Latin-1)"),
        ("latin-1", "Windows-1252 (Latin-1)"),
    ],
)
def test_the_encoding_is_found_out(encoding: str, read_as: str) -> None:
    found = read(table(ROW.replace("Ana", "Zoë")).decode().encode(encoding))
    assert found.entries[0].person.given_name == "Zoë"
    assert found.read_as == read_as


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_out(separator: str) -> None:
    assert len(read(table(ROW.replace(",", separator), header=HEADER.replace(",", separator))).entries) == 1


def test_a_spreadsheets_hint_about_its_separator_is_no_row() -> None:
    assert len(read(b"sep=;\r\n" + table(ROW).replace(b",", b";")).entries) == 1


def test_names_are_kept_as_written_but_in_one_form() -> None:
    person = (
        read(table(ROW.replace("Vega", '"  O’Brien   de la\u00a0Cruz "').replace("Ana", "Zoe\u0308")))
        .entries[0]
        .person
    )
    assert (person.family_name, person.given_name) == ("O’Brien de la Cruz", "Zoë")


def test_appointments_of_past_days_are_left_out_and_counted() -> None:
    found = read(table(ROW, ROW.replace("17,", "18,").replace("11-23", "11-22")))
    assert (len(found.entries), found.past) == (1, 1)


def test_this_mornings_appointments_are_not_past() -> None:
    assert read(table(ROW.replace("09:05", "00:00"))).past == 0


def test_every_mistake_is_reported_with_its_row_and_column() -> None:
    assert problems(
        table(
            ROW,
            "18,2026-11-32,9,x-ray,,Ana,1980-02-30",
            "",
            "17,2026-11-23,09:05,laboratory,Vega,Ana,2030-01-01",
            ",2026-11-23,09:05,laboratory,Vega,Ana,1980-01-01,,x",
        )
    ) == [
        (3, "date"), (3, "time"), (3, "services"), (3, "family name"), (3, "birth date"),
        (5, "id"), (5, "birth date"),
        (6, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (ROW.replace("1980-02-29", ""), "birth date"),
        (ROW.replace("1980-02-29", "1880-02-28"), "birth date"),
        (ROW.replace("2026-11-23", "2036-11-23"), "date"),
        (ROW.replace("Laboratory", "laboratory;Laboratorio"), "services"),
        (ROW.replace("Laboratory", ""), "services"),
        (ROW.replace("Vega", "12345"), "family name"),
        (ROW.replace("Vega", "V" * 81), "family name"),
        (ROW.replace("Vega", "V\ufffdga"), "family name"),
        (ROW.replace("17,", "1" * 121 + ","), "id"),
        (ROW.replace("17,", ","), "id"),
        (ROW.replace("17,", "=1+1,"), "id"),
    ],
)
def test_a_value_that_cannot_be_is_refused(row: str, column: str) -> None:
    assert problems(table(row)) == [(2, column)]


def test_an_unknown_status_is_refused_and_a_known_one_understood() -> None:
    header = HEADER + ",status"
    assert read(table(ROW + ",Canceled", header=header)).entries[0].cancelled
    assert not read(table(ROW + ",Confirmed", header=header)).entries[0].cancelled
    assert problems(table(ROW + ",perhaps", header=header)) == [(2, "status")]


def test_days_that_the_clock_changes_are_reported() -> None:
    assert problems(table(ROW.replace("2026-11-23,09:05", "2027-03-14,02:30"))) == [(2, "time")]
    assert problems(table(ROW.replace("2026-11-23,09:05", "2027-11-07,01:30"))) == [(2, "time")]


def test_missing_and_doubled_columns_are_named() -> None:
    assert problems(table("1,2", header="id,service")) == [
        (1, "birth date"), (1, "date"), (1, "time"), (1, "family name"), (1, "given name")
    ]  # fmt: skip
    assert problems(table(ROW + ",1980-02-29", header=HEADER + ",dob")) == [(1, "birth date")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        HEADER.encode(),
        b"PK\x03\x04 an xlsx file",
        b"\x00\x01\x02",
        b"id,date\n\x81\x8d\x8f",
        b"\xff\xfe\x00",
        table('17,2026-11-23,09:05,laboratory,"Vega,Ana,1980-02-29'),
        b"x" * (MOST_BYTES + 1),
        table(*[ROW] * (MOST_ROWS + 1)),
    ],
)
def test_what_is_no_such_file_is_refused_with_advice(data: bytes) -> None:
    assert all(problem.what and problem.mend for problem in refused(data))


def test_no_message_repeats_what_the_file_says_of_a_patient() -> None:
    found = refused(table("17,1980/99/99,soon,Oncology,Zyx123Vega,4711,Februember"))
    told = " ".join(problem.what + problem.mend for problem in found)
    assert not any(word in told for word in ("Oncology", "Zyx", "4711", "Februember", "1980/99"))


@given(st.binary(max_size=400))
def test_no_file_whatsoever_breaks_the_reader(data: bytes) -> None:
    with suppress(Refused):
        read(data)


@given(st.lists(st.text(max_size=12), min_size=7, max_size=8))
def test_no_row_whatsoever_breaks_the_reader(cells: list[str]) -> None:
    line = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    with suppress(Refused):
        found = read((HEADER + "\n" + line + "\n").encode("utf-8", "surrogatepass"))
        assert len(found.entries) + found.past == 1
