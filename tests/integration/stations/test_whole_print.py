"""A ticket from the check-in to the tray, with a real driver and whatever may happen on the way."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from drivers.base import Confirmation, DeviceError, LeaseLost
from drivers.printers.encoder import Encoder, Lettering
from drivers.printers.thermal import ThermalPrinter
from drivers.simulated.mechanism import Mechanism
from drivers.simulated.wire import Clock as WireClock
from drivers.simulated.wire import Trouble, Wire, broken, faulty, power_cycled, silent
from kiosk.checkin.ticket import printing
from kiosk.clinic import Clinic
from kiosk.database import schema
from kiosk.tasks import records as tasks
from tests.cast import Clock
from tests.integration.stations.conftest import Arrive, Host

ENCODER = Encoder("TM-T88V", style=Lettering.PRINTER)
MENDED = {"paper": "ok", "cover": "closed", "error": "none", "cutter_ok": True}
TROUBLES: dict[str, Trouble] = {
    "unplugged": broken(),
    "power cycle": power_cycled,
    "paper out": faulty(paper="out"),
    "cover open": faulty(cover="open"),
    "cutter jam": faulty(cutter_ok=False),
    "silence": silent,
}


@dataclass
class Kiosk:
    """What a device host does with one job: `drivers/host.py` without its threads."""

    host: Host
    wire: Wire
    printer: ThermalPrinter

    def work(self, trouble: Trouble | None = None, at: int = 0) -> dict[str, Any] | None:
        job = self.host.next_job()
        if job is None:
            return None

        def sending() -> None:
            if self.host.tell(job, "sending").status_code != 200:
                raise LeaseLost
            if trouble is not None:
                self.wire.arm(at, trouble)

        try:
            how = self.printer.print(job["document"], sending, 20)
            assert how is Confirmation.PRINTED
            self.host.tell(job, "done", confirmation=how)
        except DeviceError as problem:
            cause = "unreachable" if problem.cause == "unplugged" else problem.cause
            self.host.tell(job, "failed", cause=cause, printed=problem.printed)
        return job

    def mend(self) -> None:
        self.printer.close()
        self.wire.mend()
        self.wire.printer.fault(dict(MENDED))
        self.printer.open()
        self.printer.status()


@pytest.fixture
def kiosk(host: Host) -> Kiosk:
    wire = Wire(Mechanism(), WireClock())
    printer = ThermalPrinter("printer", wire, ENCODER, clock=wire.clock)
    printer.open()
    return Kiosk(host, wire, printer)


def ends(here: Clinic) -> list[str]:
    with here.database.snapshot(at=here.now()) as seen:
        return list(
            seen.connection.execute(sa.select(schema.job.c.state).order_by(schema.job.c.id)).scalars()
        )


def wanted(here: Clinic) -> list[str]:
    with here.database.snapshot(at=here.now()) as seen:
        return [task.kind for task in tasks.open_tasks(seen)]


@pytest.mark.parametrize(
    ("trouble", "part"), [*zip(TROUBLES, (0.02, 0.5, 0.5, 0.99, 0.6, 0.99), strict=True)]
)
def test_what_breaks_in_mid_ticket_is_unknown_has_a_task_and_comes_again_as_a_copy(
    here: Clinic, kiosk: Kiosk, arrive: Arrive, trouble: str, part: float
) -> None:
    ticket = arrive()
    first = kiosk.work(TROUBLES[trouble], int(part * 640))
    assert first is not None
    assert (first["document"]["code"], first["document"]["copy"]) == (ticket.code, None)
    assert ends(here) == ["unknown"]
    assert wanted(here) == ["print_unknown"]
    kiosk.mend()
    assert kiosk.work() is None, "nothing is printed again by itself"
    with here.database.begin(at=here.now()) as tx:
        printing.queue_ticket(tx, "front", ticket)
    second = kiosk.work()
    assert second is not None
    assert (second["document"]["code"], second["document"]["copy"]) == (ticket.code, "COPY")
    assert ends(here) == ["unknown", "confirmed"]
    assert wanted(here) == []
    marked = [sheet for sheet in kiosk.wire.printer.sheets if not sheet.blank]
    assert len(marked) <= 2


@pytest.mark.parametrize(
    "fault", [{"paper": "out"}, {"cover": "open"}, {"error": "broken"}, {"online": False}]
)
def test_what_is_broken_before_the_ticket_prints_it_once_when_it_is_mended(
    here: Clinic, clock: Clock, kiosk: Kiosk, arrive: Arrive, fault: dict[str, Any]
) -> None:
    ticket = arrive()
    kiosk.wire.printer.fault(fault)
    assert kiosk.work() is not None
    assert ends(here) == ["queued"]
    assert wanted(here) == ["print_failed"]
    kiosk.wire.printer.fault({**MENDED, "online": True})
    clock.at += timedelta(seconds=4)
    job = kiosk.work()
    assert job is not None
    assert (job["document"]["code"], job["document"]["copy"]) == (ticket.code, None)
    assert ends(here) == ["confirmed"]
    assert wanted(here) == []
    assert len(kiosk.wire.printer.sheets) == 1
