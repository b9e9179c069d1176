"""The server is killed at random points: no acknowledged ticket is lost, and a retry gives the same one."""

import http.client
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from kiosk.database import schema
from tests.acceptance.running import RunningClinic
from tests.acceptance.staff_client import StaffClient

KILLS = 5


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningClinic]:
    """A clinic of our own: nobody else likes their server killed."""
    with RunningClinic(tmp_path_factory.mktemp("killed")) as clinic:
        yield clinic


def test_no_acknowledged_ticket_is_lost_when_the_server_is_killed(running: RunningClinic) -> None:
    client = StaffClient(running.url)
    client.sign_in()
    acknowledged: list[str] = []
    unanswered: list[str] = []
    ended = threading.Event()

    def give_tickets() -> None:
        while not ended.is_set():
            command = uuid.uuid4().hex
            try:
                client.post("/console/tickets", command, service="laboratory", language="en")
                acknowledged.append(command)
            except (OSError, http.client.HTTPException):
                unanswered.append(command)
                time.sleep(0.05)

    giving = threading.Thread(target=give_tickets)
    giving.start()
    for _ in range(KILLS):
        time.sleep(random.uniform(0.2, 1.2))
        running.stop("server", signal.SIGKILL)
        running.start_server()
    ended.set()
    giving.join()
    for command in unanswered:
        client.post("/console/tickets", command, service="laboratory", language="en")

    with running.database.snapshot(at=running.now) as seen:
        answered = set(seen.connection.execute(sa.select(schema.command.c.id)).scalars())
        seqs = list(seen.connection.execute(sa.select(schema.event.c.seq).order_by("seq")).scalars())
        codes = Counter(t.code for t in seen.snapshot.tickets.values())
    assert len(acknowledged) > KILLS
    assert all(any(command in known for known in answered) for command in acknowledged)
    assert len(codes) == len(acknowledged) + len(unanswered)
    assert set(codes.values()) == {1}
    assert seqs == list(range(1, len(seqs) + 1))
