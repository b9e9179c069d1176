"""The site that the files of these tests are for: New York, two services, the Monday of `tests.cast`."""

from datetime import date
from zoneinfo import ZoneInfo

from kiosk.appointments.rules import Problem, Refused, Terms, services_by_name
from kiosk.appointments.table_file import read_table

TODAY = date(2026, 11, 23)
TERMS = Terms(
    ZoneInfo("America/New_York"),
    services_by_name(
        {"laboratory": ["Laboratory", "Laboratorio"], "registration": ["Registration", "Check, in + more"]}
    ),
    TODAY,
)
HEADER = "id,date,time,service,last name,first name,birth date"


def table(*rows: str, header: str = HEADER) -> bytes:
    """A CSV file."""
    return "\n".join([header, *rows, ""]).encode()


def problems(data: bytes) -> list[tuple[int, str]]:
    """Where a file is wrong: rows and columns."""
    return [(problem.row, problem.column) for problem in refused(data)]


def refused(data: bytes) -> tuple[Problem, ...]:
    """Why a file is refused."""
    try:
        read_table(data, TERMS)
    except Refused as error:
        return error.problems
    raise AssertionError("it was taken")
