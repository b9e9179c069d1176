"""The insurance on file that an import brings: read whole, or refused with its place."""

from datetime import date

import pytest

from kiosk.appointments.table_file import read_table
from kiosk.coverage.rules import Card, Source
from tests.unit.appointments.terms import HEADER, TERMS, problems, table

ROW = "17,2026-11-23,09:05,Laboratory,Vega,Ana,1980-02-29"
INSURED = f"{HEADER},insurer,member number,group,insurance until"


def test_the_columns_become_the_cover_on_file() -> None:
    entry = read_table(table(f"{ROW},Acme Health,w 1234-5,G7,2026-12-31", header=INSURED), TERMS).entries[0]

    assert entry.coverage == Card(
        payer="Acme Health",
        member_id="W 1234-5",
        group="G7",
        valid_until=date(2026, 12, 31),
        source=Source.IMPORTED,
    )


def test_other_systems_name_them_otherwise() -> None:
    header = f"{HEADER},Health_Plan,Member ID"
    entry = read_table(table(f"{ROW},Acme Health,W12345", header=header), TERMS).entries[0]

    assert entry.coverage == Card(payer="Acme Health", member_id="W12345", source=Source.IMPORTED)


def test_a_row_without_insurer_and_number_has_nothing_on_file() -> None:
    for row in (ROW, f"{ROW},,,,", f"{ROW},,,G7,2026-12-31"):
        assert read_table(table(row, header=INSURED), TERMS).entries[0].coverage is None


@pytest.mark.parametrize(
    ("cells", "column"),
    [("Acme,12,,", "member number"), ("Acme,W12345,,soon", "insurance until"), ("1234,W12345,,", "insurer")],
)
def test_a_mistake_is_told_with_its_place(cells: str, column: str) -> None:
    assert problems(table(f"{ROW},{cells}", header=INSURED)) == [(2, column)]


def test_the_end_of_the_insurance_tells_the_order_of_day_and_month_too() -> None:
    row = "17,11/05/2026,09:05,Laboratory,Vega,Ana,02/03/1980,Acme,W12345,,12/31/2026"
    whole = read_table(table(row.replace("11/05", "11/24"), header=INSURED), TERMS)

    assert whole.entries[0].person.birth_date == date(1980, 2, 3)
