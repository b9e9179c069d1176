"""A patient at the kiosk: scan to painted page, tap to paper; what starting costs and what a page weighs."""

import gzip
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.report import Figure, median, percentile
from benchmarks.screens import memory_mb
from kiosk.appointments.rules import Person
from kiosk.demo.cards import licence
from tests.acceptance.running import RunningClinic
from tests.acceptance.stage import Stage
from tests.browser import chromium

SCANS = 15
BORN = date(1961, 3, 9)
PAGES = {"kiosk": "/kiosk/front", "board": "/board/lobby", "console": "/console"}


def scan_to_paint(stage: Stage) -> float:
    """Seconds from the last byte on the serial line to the next question on the screen."""
    stage.kiosk.evaluate(
        """() => { window.seen = new Promise((tell) => new MutationObserver((_, observer) => {
        if (document.getElementById("live").dataset.step !== "consent") return;
        observer.disconnect(); requestAnimationFrame(() => requestAnimationFrame(() => tell(Date.now()))); })
        .observe(document.getElementById("live"), {attributes: true})); return null }"""
    )
    began = time.time()
    stage.clinic.scan(licence(Person("Garcia", "Maria", "", "", BORN), "T64235789"))
    painted = stage.kiosk.evaluate("window.seen") / 1000 - began
    stage.kiosk.get_by_role("button", name="Start over").click()
    stage.asked("welcome")
    return float(painted)


def tap_to_paper(stage: Stage) -> float:
    """Seconds from the tap that checks in to the cut ticket."""
    papers = len(stage.clinic.papers())
    stage.kiosk.get_by_role("button", name="I have no appointment").click()
    stage.asked("service")
    button = stage.kiosk.get_by_role("button", name="Registration")
    began = time.perf_counter()
    button.click()
    while len(stage.clinic.papers()) == papers:
        time.sleep(0.005)
    taken = time.perf_counter() - began
    stage.done()
    return taken


def weight_kb(stage: Stage, name: str) -> float:
    """Everything that a surface loads, each file as gzip would send it."""
    page = {"kiosk": stage.kiosk, "board": stage.board, "console": stage.console}[name]
    page.goto(stage.clinic.url + PAGES[name])
    page.wait_for_timeout(500)
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    files = {page.url, *(address for address in loaded if "/static/" in address)}
    return sum(compressed(page.request.get(address).body()) for address in files) / 1024


def compressed(body: bytes) -> int:
    """Bytes on the wire; what is packed already (fonts) stays as it is."""
    return min(len(body), len(gzip.compress(body)))


def start_s(clinic: RunningClinic) -> float:
    """Seconds from starting the server to its first answer."""
    clinic.stop("server")
    began = time.perf_counter()
    clinic.start_server()
    urllib.request.urlopen(clinic.url + "/healthz", timeout=5).close()
    return time.perf_counter() - began


def figures() -> Iterator[Figure]:
    """The kiosk in Chromium, with the device host and the simulated hardware."""
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningClinic(Path(folder)) as clinic,
        chromium() as browser,
    ):
        with Stage(clinic, browser) as stage:
            painted = [scan_to_paint(stage) * 1000 for _ in range(SCANS)]
            p95 = percentile(painted, 0.95)
            yield Figure(
                "scan → next page painted",
                f"{median(painted):.0f} ms, p95 {p95:.0f} ms",
                "p95 ≤ 150 ms",
                p95 <= 150,
            )
            paper = [tap_to_paper(stage) * 1000 for _ in range(SCANS)]
            yield Figure("tap → ticket cut", f"{median(paper):.0f} ms", "≤ 300 ms", median(paper) <= 300)
            host = memory_mb(clinic.processes["host"].pid)
            yield Figure("device host, memory", f"{host:.0f} MB", "≤ 60 MB", host <= 60)
            for name in PAGES:
                size = weight_kb(stage, name)
                yield Figure(f"{name}: everything it loads", f"{size:.0f} KB", "≤ 150 KB", size <= 150)
        started = start_s(clinic)
        yield Figure("server start → first answer", f"{started:.1f} s", "≤ 2 s", started <= 2)
