"""The plug is pulled at bytes all over a ticket, on the kernel's usblp, and the real server is told."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from drivers.base import Cause, Confirmation, DeviceError, Printed
from drivers.printers.encoder import Encoder
from drivers.printers.status import ASK_PAPER, REPORT_CHANGES
from drivers.receipt import Cut, layout
from kiosk.checkin.ticket import printing
from kiosk.clinic import Clinic
from kiosk.config import Config
from kiosk.database import schema
from kiosk.tasks import records as tasks
from tests import cast
from tests.contracts.conftest import PrinterBench
from tests.hardware.gadgets import wait_for
from tests.integration.conftest import app, clock, here  # noqa: F401 - fixtures
from tests.integration.stations.conftest import Arrive, Host, arrive, host, pair  # noqa: F401 - fixtures

PULLS = max(10, int(os.environ.get("KIOSK_RIG_CYCLES", "10")) // 4)
COMES_BACK_WITHIN_S = 60.0
PRINTS_WITHIN_S = 90.0


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A clinic on SQLite."""
    return cast.config(tmp_path)


@dataclass
class Box:
    """A kiosk's box: `drivers/host.py` without its threads, so that the byte can be chosen."""

    host: Host
    bench: PrinterBench
    encoder: Encoder
    here: Clinic

    def print(self, pull: Callable[[int], None] = lambda size: None) -> tuple[dict[str, Any], Printed | None]:
        """Do the next job and tell the server how it went (None: printed); `pull` hears how long it is."""
        job = self.host.next_job()
        assert job is not None
        ticket = self.encoder.encode(layout(job["document"], self.encoder.paper), REPORT_CHANGES)

        def sending() -> None:
            assert self.host.tell(job, "sending").status_code == 200
            pull(len(ticket + ASK_PAPER))

        try:
            confirmation = self.bench.printer.print(job["document"], sending, PRINTS_WITHIN_S)
        except DeviceError as problem:
            cause = Cause.UNREACHABLE if problem.cause is Cause.UNPLUGGED else problem.cause
            self.host.tell(job, "failed", cause=cause, printed=problem.printed)
            return job["document"], problem.printed
        assert confirmation is Confirmation.PRINTED
        self.host.tell(job, "done", confirmation=confirmation)
        return job["document"], None

    def plug_in(self) -> None:
        """The driver is closed and opened as its supervisor does it."""
        self.bench.printer.close()
        self.bench.virtual.fault(die_after=None)
        wait_for(self._opens, COMES_BACK_WITHIN_S)

    def _opens(self) -> bool:
        try:
            self.bench.printer.open()
            self.bench.printer.status()
        except DeviceError:
            self.bench.printer.close()
            return False
        return True

    def state(self) -> str:
        """What became of the newest job."""
        newest = sa.select(schema.job.c.state).order_by(schema.job.c.id.desc())
        with self.here.database.snapshot(at=self.here.now()) as seen:
            return str(seen.connection.execute(newest).scalars().first())

    def tasks(self) -> list[str]:
        """What a person is asked to do."""
        with self.here.database.snapshot(at=self.here.now()) as seen:
            return [task.kind for task in tasks.open_tasks(seen)]


def places(encoder: Encoder) -> list[tuple[float, int]]:
    """Where the plug is pulled, as a part of the whole less some bytes: all over it, and at each byte of
    its end, which is the cut and the question.
    """
    end = len(encoder.encode([Cut()]) + ASK_PAPER) - len(encoder.encode([]))
    return [*((pull / PULLS, 0) for pull in range(PULLS)), *((1.0, left) for left in range(1, end + 2))]


def test_a_plug_pulled_in_mid_ticket_leaves_the_right_job_and_the_right_task(
    here: Clinic,  # noqa: F811
    host: Host,  # noqa: F811
    arrive: Arrive,  # noqa: F811
    clock: cast.Clock,  # noqa: F811
    printer_bench: PrinterBench,
    encoder: Encoder,
):
    box, virtual = Box(host, printer_bench, encoder, here), printer_bench.virtual
    printer_bench.printer.open()
    verdicts: list[Printed | None] = []
    for number, (part, left) in enumerate(places(encoder)):
        ticket, seen = arrive(), {sheet.id for sheet in virtual.sheets}
        how = "power" if number % 2 else "disconnect"

        def pull(size: int) -> None:
            virtual.fault(die_after=int(part * size) - left, die_how=how)  # noqa: B023 - runs now

        first, printed = box.print(pull)
        verdicts.append(printed)
        assert (first["code"], first["copy"]) == (ticket.code, None)
        box.plug_in()
        if printed is Printed.NO:
            assert (box.state(), box.tasks()) == ("queued", ["print_failed"])
            clock.at += timedelta(seconds=4)
        else:
            assert printed is Printed.MAYBE
            assert (box.state(), box.tasks()) == ("unknown", ["print_unknown"])
            assert host.next_job() is None, "nothing is printed again by itself"
            with here.database.begin(at=here.now()) as tx:
                printing.queue_ticket(tx, "front", ticket)
        second, again = box.print()
        assert again is None
        assert (second["code"], second["copy"]) == (ticket.code, "COPY" if printed is Printed.MAYBE else None)
        assert (box.state(), box.tasks()) == ("confirmed", [])
        papers = [sheet for sheet in virtual.sheets if sheet.id not in seen and not sheet.blank]
        assert len(papers) <= (1 if printed is Printed.NO else 2), "an unmarked paper came out twice"
        print("." if printed is Printed.MAYBE else "-", end="", flush=True)
    print(f"\n{len(verdicts)} plugs pulled in mid-ticket, {verdicts.count(Printed.NO)} before its first byte")
    assert verdicts.count(Printed.MAYBE) >= len(verdicts) - 2
