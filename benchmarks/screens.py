"""The coordinator's key to the last of many boards, against the barest broadcast, in the same run."""

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.report import Figure, median, percentile
from benchmarks.sockets import Screen, nudge_version
from kiosk.console.rules import stamp
from kiosk.stations import records as stations
from kiosk.stations.rules import Kind
from tests.acceptance.running import RunningClinic
from tests.acceptance.staff_client import StaffClient
from tests.servers import free_port

CALLS = 12
FEW, MANY = 50, 1000


def memory_mb(pid: int) -> float:
    """Proportional set size of a process and its children: what they share is counted once."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    total = 0
    for one in (pid, *map(int, children.stdout.split())):
        rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024


async def connected(
    number: int, port: int, headers: list[tuple[bytes, bytes]], *, bare: bool
) -> tuple[list[Screen], list[tuple[str, float]]]:
    """`number` screens, and the list that their messages are put in."""
    messages: list[tuple[str, float]] = []
    screens = [Screen(lambda text, at: messages.append((text, at))) for _ in range(number)]
    for start in range(0, number, 25):
        batch = screens[start : start + 25]
        await asyncio.gather(*(s.connect("127.0.0.1", port, headers, bare=bare) for s in batch))
    return screens, messages


def is_picture(text: str) -> bool:
    """Tell whether a message brings a board its new picture."""
    return nudge_version(text) is not None


async def wave(
    number: int, messages: list[tuple[str, float]], send: Callable[[], None], is_it: Callable[[str], bool]
) -> list[float]:
    """Send once: the seconds until each screen had it."""
    messages.clear()
    began = time.perf_counter()
    await asyncio.get_running_loop().run_in_executor(None, send)
    while True:
        arrived = sorted(at - began for text, at in messages if is_it(text))
        if len(arrived) >= number or time.perf_counter() > began + 10:
            return arrived[:number]
        await asyncio.sleep(0.005)


async def bare(number: int, size: int) -> list[list[float]]:
    """The same wave through a server that does nothing else."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sockets", str(port), str(size)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdin
    assert server.stdout
    server.stdout.readline()
    screens, messages = await connected(number, port, [], bare=True)

    def send() -> None:
        server.stdin.write("x\n")  # type: ignore[union-attr]
        server.stdin.flush()  # type: ignore[union-attr]

    taken = []
    for _ in range(CALLS):
        taken.append(await wave(number, messages, send, lambda text: True))
        await asyncio.sleep(0.2)
    for screen in screens:
        await screen.close()
    server.stdin.close()
    server.wait(10)
    server.stdout.close()
    return taken


async def clinic_waves(clinic: RunningClinic, number: int, token: str) -> tuple[list[list[float]], int]:
    """Call and take back, with `number` boards looking; the size of a nudge in bytes."""
    client = StaffClient(clinic.url)
    client.sign_in()
    client.post("/console/desks/room-2/open")
    for _ in range(CALLS + 2):
        client.post("/console/tickets", service="laboratory", language="en")
    cookie = [(b"Cookie", f"device={token}".encode()), (b"Origin", clinic.url.encode())]
    screens, messages = await connected(number, clinic.port, cookie, bare=False)

    def send() -> None:
        client.post("/console/desks/room-2/next", seen=stamp(None))

    def take_away() -> None:
        with clinic.database.snapshot(at=clinic.now) as seen:
            called = next(t for t in seen.snapshot.tickets.values() if t.state == "called")
        client.post(f"/console/tickets/{called.id}/no_show", seen=stamp(called))

    taken = []
    size = 0
    for _ in range(CALLS):
        taken.append(await wave(number, messages, send, is_picture))
        size = max(size, *(len(text) for text, _ in messages))
        await asyncio.get_running_loop().run_in_executor(None, take_away)
        await asyncio.sleep(0.5)
    for screen in screens:
        await screen.close()
    return taken, size


def summary(taken: list[list[float]], number: int) -> tuple[float, float]:
    """p95 over all screens and the last screen of the middle wave, in ms."""
    assert all(len(wave) == number for wave in taken), "A screen missed a nudge."
    everything = [seconds for wave in taken for seconds in wave]
    return percentile(everything, 0.95) * 1000, median(wave[-1] for wave in taken) * 1000


def figures() -> Iterator[Figure]:
    """Key → boards, 50 and 1,000 screens; memory."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningClinic(Path(folder), server_options={"threads": MANY + 100}) as clinic,
    ):
        with clinic.database.begin(at=clinic.now) as tx:
            token = stations.enrol(tx, Kind.BOARD, "lobby", "benchmark")
        idle = memory_mb(clinic.processes["server"].pid)
        yield Figure("server idle, memory", f"{idle:.0f} MB", "≤ 120 MB", idle <= 120)
        for number, budget in ((FEW, 250.0), (MANY, 1000.0)):
            taken, size = asyncio.run(clinic_waves(clinic, number, token))
            used = memory_mb(clinic.processes["server"].pid)
            floor = summary(asyncio.run(bare(number, size)), number)
            p95, last = summary(taken, number)
            ratio = f"{last:.0f} ms, bare broadcast {floor[1]:.0f} ms"
            if number == FEW:
                yield Figure(f"key → {number} boards, p95", f"{p95:.0f} ms", "≤ 100 ms", p95 <= 100)
            yield Figure(f"key → last of {number} boards", ratio, f"≤ {budget:.0f} ms", last <= budget)
            yield Figure(f"server with {number} boards, memory", f"{used:.0f} MB", "≤ 250 MB", used <= 250)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
