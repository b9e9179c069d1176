"""`python -m kiosk …`: what a person at a terminal does, and what they read when it goes wrong."""

import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kiosk.access import Role
from kiosk.app import open_database
from kiosk.appointments import records as appointments
from kiosk.appointments.rules import Person
from kiosk.checkin import arrival
from kiosk.cli import main
from kiosk.clinic import utc_now
from kiosk.command import open_records
from kiosk.config import Config, load
from kiosk.database import Database, schema
from kiosk.database.migrations import MigrationError
from kiosk.database.purge import purge
from kiosk.doctor import examine
from kiosk.doctor.findings import Level
from kiosk.queueing.tickets import State
from kiosk.staff import records as staff
from tests import cast
from tests.acceptance.running import to_toml
from tests.cast import NINE, minutes

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A kiosk.toml that keeps its data beside it."""
    file = tmp_path / "kiosk.toml"
    file.write_text(to_toml({**cast.CLINIC, "server": {"data": str(tmp_path / "var"), "port": 1}}))
    return file


@pytest.fixture
def run(path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on that configuration; return exit code, output and errors."""

    def go(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = main(["--config", str(path), *arguments])
        written = capsys.readouterr()
        return code, written.out, written.err

    return go


def findings(path: Path) -> dict[Level, str]:
    """What the doctor says, by how bad it is."""
    said: dict[Level, str] = dict.fromkeys(Level, "")
    for finding in examine(path):
        said[finding.level] += f"{finding.words} {finding.cure}\n"
    return said


@pytest.mark.parametrize("command", ["migrate", "purge", "serve", "doctor"])
def test_a_missing_configuration_is_said_in_one_sentence(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([command, "--config", str(tmp_path / "none.toml")])
    written = capsys.readouterr()

    assert code == (1 if command == "doctor" else 2)
    assert "There is no file" in written.out + written.err
    assert "Traceback" not in written.err


def test_a_typo_in_the_configuration_is_named(path: Path, run: Run) -> None:
    path.write_text(path.read_text().replace("languages", "langauges"))

    code, _, said = run("migrate")

    assert code == 2
    assert "langauges" in said


def test_an_address_that_is_taken_is_said_before_anything_starts(run: Run) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, said = run("serve", "--port", str(taken.getsockname()[1]))

    assert code == 2
    assert "cannot be used: Address already in use" in said


@pytest.mark.parametrize("port", ["0", "99999", "http"])
def test_what_is_no_port_is_refused(run: Run, capsys: pytest.CaptureFixture[str], port: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        run("serve", "--port", port)
    assert f"'{port}' is not a port" in capsys.readouterr().err


def test_a_database_that_is_not_migrated_is_not_touched(run: Run) -> None:
    code, _, said = run("staff", "list")

    assert (code, said) == (
        2,
        "kiosk: The database is not up to date. Run `python -m kiosk migrate` first.\n",
    )


def test_accounts_are_made_listed_and_closed(run: Run) -> None:
    run("migrate")
    assert run("staff", "list")[1].startswith("There are no accounts yet")
    assert run("staff", "add", "Ana", "--name", "Ana Ortiz", stdin="three plain words\n")[0] == 0
    assert run("staff", "add", "ana", stdin="three plain words\n")[::2] == (
        2,
        "kiosk: There is already somebody called 'ana'.\n",
    )
    assert run("staff", "password", "ana", stdin="short\n")[0] == 2
    assert run("staff", "password", "ana", stdin="three other words\n")[0] == 0
    assert run("staff", "disable", "eve")[2] == "kiosk: There is nobody called 'eve'.\n"
    assert run("staff", "disable", "ana")[0] == 0
    assert run("staff", "list")[1].split()[:3] == ["ana", "coordinator", "disabled"]


def test_a_scan_is_explained_and_nothing_is_stored(path: Path, run: Run) -> None:
    licence = "@\n\x1e\rANSI 636026080102DL00410288ZA03290015DLDCAD\nDCSSAMPLE\nDACJANE\nDBB01021980\n"

    found = json.loads(run("identify", stdin=licence)[1])
    several = run("identify", "--jsonl", stdin=json.dumps(licence) + '\n\n"hello"\n')[1].splitlines()

    assert found["document"] == "Licence"
    assert (found["family_name"], found["given_name"], found["birth_date"]) == (
        "SAMPLE",
        "JANE",
        "1980-01-02",
    )
    assert [json.loads(line)["document"] for line in several] == ["Licence", "Unknown"]
    (path.parent / "scans.jsonl").write_text(json.dumps({"payload": licence}), encoding="utf-8")
    code, printed, said = run("identify", "--jsonl", str(path.parent / "scans.jsonl"))
    assert (code, json.loads(printed)["family_name"], said) == (0, "SAMPLE", "")
    assert run("identify", "--jsonl", str(path.parent / "absent.jsonl"))[0] == 2
    assert not list(path.parent.glob("**/*.db"))


def test_a_picture_of_a_code_is_explained(tmp_path: Path, run: Run) -> None:
    import segno
    from PIL import Image

    segno.make("7777777777", error="m").save(str(tmp_path / "code.png"), scale=5)
    Image.new("L", (90, 90), 255).save(tmp_path / "empty.png")

    assert json.loads(run("identify", "--image", str(tmp_path / "code.png"))[1])["document"]
    assert run("identify", "--image", str(tmp_path / "empty.png"))[::2] == (
        2,
        "kiosk: There is no code in that picture.\n",
    )
    assert "none.png: No such file" in run("identify", "--image", str(tmp_path / "none.png"))[2]


def test_a_backup_is_made_while_the_clinic_works_and_can_be_put_back(
    path: Path, run: Run, tmp_path: Path
) -> None:
    run("migrate")
    run("staff", "add", "ana", stdin="three plain words\n")
    copy = tmp_path / "copy.db"
    code, said, _ = run("backup", str(copy))
    run("staff", "add", "ben", stdin="three plain words\n")
    restored = run("restore", str(copy))

    assert (code, copy.stat().st_mode & 0o777) == (0, 0o600)
    assert "The keys are not in it" in said
    assert restored[0] == 0
    assert ".before-restore" in restored[1]
    assert "ben" not in run("staff", "list")[1]
    assert "ana" in run("staff", "list")[1]


def test_a_running_server_is_not_pulled_from_under_its_patients(path: Path, run: Run, tmp_path: Path) -> None:
    run("migrate")
    run("backup", str(tmp_path / "copy.db"))
    database = tmp_path / "var" / "kiosk.db"
    with sqlite3.connect(database) as server:
        server.execute("BEGIN IMMEDIATE")
        assert run("restore", str(tmp_path / "copy.db"))[::2] == (
            2,
            "kiosk: The server is running. Stop it first.\n",
        )
    server.close()


def test_a_damaged_or_strange_backup_is_refused_and_the_database_kept(run: Run, tmp_path: Path) -> None:
    run("migrate")
    (tmp_path / "strange.db").write_bytes(b"not a database" * 100)

    code, _, said = run("restore", str(tmp_path / "strange.db"))

    assert code == 2
    assert "is not a clinic's database" in said
    assert run("staff", "list")[0] == 0


def test_a_key_that_is_gone_or_none_is_said_and_no_other_one_made(
    path: Path, run: Run, tmp_path: Path
) -> None:
    run("migrate")
    key = tmp_path / "var" / "keys" / "field.key"
    with open_records(load(path)) as records, records.begin(at=utc_now()) as tx:
        arrival.check_in(
            tx, station="front", services=["laboratory"], language="en", command="c" * 32, by="test",
            person=Person("Garcia", "Maria"),
        )  # fmt: skip

    kept = key.rename(tmp_path / "safe copy")
    for command in (("staff", "list"), ("purge",), ("serve",)):
        code, _, said = run(*command)
        assert code == 2
        assert f"{key} is gone, and nothing else opens what is sealed. Put it back" in said
    assert not key.exists()
    assert "field.key is gone" in findings(path)[Level.WRONG]

    key.write_text("no key\n")
    assert "is not a key of 32 bytes" in run("serve")[2]
    kept.rename(key)
    assert run("purge")[0] == 0


def test_a_database_of_a_newer_release_is_left_alone(path: Path, run: Run, tmp_path: Path) -> None:
    run("migrate")
    with closing(sqlite3.connect(tmp_path / "var" / "kiosk.db")) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")

    for command in (("migrate",), ("serve",), ("staff", "list")):
        code, _, said = run(*command)
        assert (code, said) == (2, f"kiosk: {MigrationError.__doc__}\n")
    assert "newer release" in findings(path)[Level.WRONG]


def test_a_database_beyond_reading_is_what_a_backup_is_for(run: Run, tmp_path: Path) -> None:
    run("migrate")
    run("backup", str(tmp_path / "copy.db"))
    damaged = tmp_path / "var" / "kiosk.db"
    damaged.write_bytes(b"no database at all" * 1000)

    code, said, _ = run("restore", str(tmp_path / "copy.db"))

    assert code == 0
    assert "kept as" in said
    assert run("staff", "list")[0] == 0


def test_restoring_twice_loses_neither_of_the_databases_before(run: Run, tmp_path: Path) -> None:
    run("migrate")
    run("backup", str(tmp_path / "copy.db"))
    run("staff", "add", "ana", stdin="three plain words\n")

    run("restore", str(tmp_path / "copy.db"))
    assert run("restore", str(tmp_path / "copy.db"))[0] == 0

    kept = tmp_path / "var" / "kiosk.db.before-restore"
    assert run("restore", str(kept))[0] == 0
    assert "ana" in run("staff", "list")[1]


def test_the_database_is_never_its_own_backup(run: Run, tmp_path: Path) -> None:
    run("migrate")
    database = tmp_path / "var" / "kiosk.db"
    before = database.stat().st_ino

    for command in ("backup", "restore"):
        code, _, said = run(command, str(database))
        assert code == 2
        assert "is the clinic's database itself" in said
    assert database.stat().st_ino == before


def test_a_backup_may_have_any_name(run: Run, tmp_path: Path) -> None:
    run("migrate")
    copy = tmp_path / "50% of #1?.db"

    assert run("backup", str(copy))[0] == 0
    assert run("restore", str(copy))[0] == 0


def test_a_database_that_cannot_be_read_is_not_copied_over_a_good_backup(run: Run, tmp_path: Path) -> None:
    run("migrate")
    copy = tmp_path / "copy.db"
    run("backup", str(copy))
    good = copy.read_bytes()
    (tmp_path / "var" / "kiosk.db").write_bytes(b"no database at all" * 1000)
    code, _, error = run("backup", str(copy))
    assert (code, copy.read_bytes()) == (2, good)
    assert "kiosk.db could not be copied: file is not a database." in error


def test_the_configuration_may_be_named_before_or_after_an_action(path: Path) -> None:
    for words in ("staff list", "appointments new-key"):
        command, action = words.split()
        assert main([command, action, "--config", str(path)]) == 2
        assert main(["--config", str(path), command, action]) == 2


def test_personal_data_is_wiped_a_day_later_and_what_was_left_open_closed(database: Database) -> None:
    person = Person("Okonkwo", "Adaeze", "", "", datetime(1984, 5, 2, tzinfo=UTC).date())
    with database.begin(at=NINE) as tx:
        booked = appointments.add(tx, slot=NINE, services=("laboratory",), **vars_of(person))
        ticket = arrival.check_in(
            tx,
            station="front",
            services=["laboratory"],
            language="en",
            command="c",
            by="x",
            appointment=booked,
        )
    early = purge(database, at=NINE + timedelta(hours=23))
    late = purge(database, at=NINE + timedelta(hours=25))

    assert (early.visits, early.appointments, early.tickets) == (0, 0, 1)
    assert (late.visits, late.appointments) == (1, 1)
    with database.snapshot(at=NINE + timedelta(hours=25)) as reading:
        rows = reading.connection.execute(sa.select(schema.visit)).all()
        rows += reading.connection.execute(sa.select(schema.appointment)).all()
        kinds = reading.connection.execute(sa.select(schema.event.c.kind)).scalars().all()
        state = reading.connection.execute(sa.select(schema.ticket.c.state)).scalar()
    assert {
        (row.sealed, getattr(row, "link_hash", None), getattr(row, "birth_date_hash", None)) for row in rows
    } == {(None, None, None)}
    assert (state, ticket.state) == (State.CANCELLED, State.WAITING)
    assert kinds[-2:] == ["cancelled", "purged"]
    assert purge(database, at=NINE + timedelta(hours=26)) == type(late)(0, 0, 0, 0)


def vars_of(person: Person) -> dict[str, object]:
    """The person's fields by name."""
    return {name: getattr(person, name) for name in person.__slots__}


def test_a_patient_who_waits_past_midnight_is_not_sent_home(database: Database) -> None:
    eleven_at_night = datetime(2026, 11, 24, 4, tzinfo=UTC)
    with database.begin(at=eleven_at_night) as tx:
        arrival.check_in(tx, station="front", services=["laboratory"], language="en", command="c", by="x")

    assert purge(database, at=eleven_at_night + timedelta(hours=3)).tickets == 0


def test_wiped_bytes_are_gone_from_the_files(tmp_path: Path) -> None:
    from kiosk.database.migrations import migrate

    config = cast.config(tmp_path)
    migrate(config)
    database = open_database(config)
    with database.begin(at=NINE) as tx:
        arrival.check_in(tx, station="front", services=["laboratory"], language="en", command="c", by="x")
        mark = b"SEALED-CANARY" * 5
        tx.connection.execute(schema.visit.update().values(sealed=mark))
    assert any(mark in file.read_bytes() for file in tmp_path.glob("kiosk.db*"))
    purge(database, at=NINE + timedelta(hours=25))

    assert not any(b"SEALED-CANARY" in file.read_bytes() for file in tmp_path.glob("kiosk.db*"))
    database.close()


def test_the_doctor_leads_a_new_installation_to_its_first_patient(path: Path, run: Run) -> None:
    first = findings(path)
    run("migrate")
    second = findings(path)
    run("staff", "add", "ana", stdin="three plain words\n")
    third = findings(path)

    assert "Run `python -m kiosk migrate`" in first[Level.WRONG]
    assert "Nobody can sign in" in second[Level.WRONG]
    assert third[Level.WRONG] == ""
    assert "The board 'lobby' is not paired." in third[Level.NOTE]
    code, said, _ = run("doctor")
    assert code == 0
    assert said.endswith("Nothing is wrong.\n")


def test_the_doctor_finds_what_was_broken(path: Path, run: Run, tmp_path: Path) -> None:
    run("migrate")
    run("staff", "add", "ana", stdin="three plain words\n")
    key = tmp_path / "var" / "keys" / "field.key"
    config = Config.from_dict({**cast.CLINIC, "server": {"data": str(tmp_path / "var")}})
    database = open_database(config)
    with database.begin(at=utc_now() - timedelta(days=3)) as tx:
        arrival.check_in(tx, station="front", services=["laboratory"], language="en", command="c", by="x")
        tx.connection.execute(schema.visit.update().values(sealed=b"\x01of another key"))
    database.close()
    key.chmod(0o644)
    text = path.read_text()
    path.write_text(text.replace("port = 1", 'port = 1\nthreads = 4\nredis = "redis://127.0.0.1:1"'))
    wrong = findings(path)[Level.WRONG]

    for words in (
        "can be read by others (mode 644)",
        "server.threads is 4: too few",
        "the records are in SQLite",
        "Redis does not answer",
        "does not open what is in the database",
        "1 visits still hold personal data",
    ):
        assert words in wrong
    assert run("doctor")[0] == 1


def test_the_doctor_says_when_a_clock_is_wrong(path: Path, run: Run) -> None:
    run("migrate")
    past = list(examine(path, now=lambda: datetime(2001, 1, 1, tzinfo=UTC)))

    assert any("which is past" in finding.words for finding in past)


def test_sqlite_and_several_server_processes_do_not_go_together(path: Path, run: Run) -> None:
    path.write_text(path.read_text().replace("port = 1", "port = 1\nprocesses = 2"))

    code, said, _ = run("doctor")

    assert code == 1
    assert "server.processes" in said


def test_who_changed_an_account_is_remembered(database: Database) -> None:
    with database.begin(at=NINE) as tx:
        staff.add(
            tx, username="ana", name="", role=Role.SUPERVISOR, password="three plain words", by="shell:root"
        )
    with database.begin(at=NINE + minutes(1)) as tx:
        staff.disable(tx, "ana", by="shell:root")
    with database.snapshot(at=NINE) as reading:
        events = reading.connection.execute(sa.select(schema.event.c.kind, schema.event.c.by)).all()

    assert [tuple(row) for row in events] == [("staff_added", "shell:root"), ("staff_disabled", "shell:root")]


def test_a_server_that_starts_loads_nothing_that_few_are_ever_asked_for() -> None:
    rare = "{'PIL', 'alembic', 'barcode', 'icalendar', 'psycopg', 'drivers'}"
    code = f"import sys, kiosk.app; [*map(__import__, kiosk.app.ROOMS)]; print({rare} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
