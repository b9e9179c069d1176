"""The device host: watches over the devices of one box and talks to the server for them.

Threads: one per device (`supervisor`), one each for scans out, jobs in, health, pairing, what is plugged in,
and the watchdog.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from drivers import devices, hotplug
from drivers.base import Cause, DeviceError, LeaseLost
from drivers.config import CameraScannerConfig, Config
from drivers.counters import Counters
from drivers.heartbeat import Heartbeat, Pulse
from drivers.link import Link, LinkError, Refused, ScanBox, ServerAway, TokenRefused, scan_body
from drivers.pairing import CLAIM_EVERY_S, TokenFile, pair
from drivers.supervisor import Order, SupervisedPrinter, SupervisedScanner

log = logging.getLogger(__name__)

HEALTH_EVERY_S = 6.0
LONG_POLL_S = 25
LONGEST_PRINT_S = 45.0
REPORT_FOR_S = 60.0
STOP_WITHIN_S = 1.5
AWAY_WAIT_S = 1.0
# The longest turn of a loop that talks to the server: waiting for a job, printing it, saying how it went.
TURN_WITHIN_S = LONG_POLL_S + 10.0 + LONGEST_PRINT_S + REPORT_FOR_S + 60.0
PAIRED_LOOK_S = 5.0
LONGEST_SAID = 200


class Host:
    """`start()`, then `stop()`. Everything in between happens in its threads."""

    def __init__(self, config: Config, *, claim_every_s: float = CLAIM_EVERY_S) -> None:
        self._tokens = TokenFile(config.token_file)
        self._link = Link(config.server, self._tokens.read(), config.ca_file)
        self._claim_every_s = claim_every_s
        self._stopping = threading.Event()
        self._paired, self._unpaired = threading.Event(), threading.Event()
        self._health_changed = threading.Event()
        self._scans = ScanBox()
        self._away_from: float | None = None
        self._pairing = ""
        self._pulses: dict[str, Pulse] = {}
        changed = self._health_changed.set
        self.scanners = [
            SupervisedScanner(devices.scanner(c), self._scans.put, changed) for c in config.scanners
        ]
        self._counters = Counters(config.token_file.with_name("counters.json"))
        self.printers = [
            SupervisedPrinter(devices.printer(c, self._counters.meter(c.name)), changed, c.status_s)
            for c in config.printers
        ]
        self._cameras = [
            scanner
            for scanner, configured in zip(self.scanners, config.scanners, strict=True)
            if isinstance(configured, CameraScannerConfig)
        ]
        self.mirror = devices.mirror(config, [camera.device for camera in self._cameras])

    def start(self) -> None:
        for device in [*self.scanners, *self.printers]:
            device.start()
        self._pulses |= {device.device.name: device.pulse for device in [*self.scanners, *self.printers]}
        works = {
            "pairing": self._keep_paired(self._pulse("pairing")),
            "scans": self._talk(self._send_scan, self._pulse("scans")),
            "health": self._talk(self._report, self._pulse("health")),
            "hotplug": self._hear_plugs(self._pulse("hotplug")),
        }
        if self.printers:
            works["jobs"] = self._talk(self._take_job, self._pulse("jobs"))
        works["watchdog"] = lambda: Heartbeat(self._pulses, status=self.status).run(self._stopping)
        for name, work in works.items():
            threading.Thread(target=work, name=name, daemon=True).start()
        if self.mirror is not None:
            self.mirror.start()

    def stop(self) -> None:
        """Ends within two seconds, whatever the server and the devices do."""
        self._stopping.set()
        for event in (self._paired, self._unpaired, self._health_changed):
            event.set()
        for device in [*self.scanners, *self.printers]:
            device.ask_to_stop()
        if self.mirror is not None:
            self.mirror.stop()
        deadline = time.monotonic() + STOP_WITHIN_S
        for device in [*self.printers, *self.scanners]:
            device.thread.join(max(0.0, deadline - time.monotonic()))
        self._link.close()

    def status(self) -> str:
        """What `systemctl status` and the doctor say of this host: what there is to do."""
        devices = [*self.scanners, *self.printers]
        found = [self._pairing, "The server is away" if self._away_from is not None else ""]
        ailing = [(device.device.name, device.health) for device in devices if not device.health.works]
        found += [f"{name}: {health.cause or health.state}" for name, health in ailing]
        well = "Every device works" + ("" if devices else ", but none is in kiosk.toml")
        return _plain("; ".join(filter(None, found))) or well

    def _pulse(self, loop: str) -> Pulse:
        return self._pulses.setdefault(f"the loop of {loop}", Pulse())

    def _hear_plugs(self, pulse: Pulse) -> Callable[[], None]:
        def look_again() -> None:
            for device in [*self.scanners, *self.printers]:
                device.look_again()

        return lambda: hotplug.listen(look_again, self._stopping, lambda: pulse.beat(TURN_WITHIN_S))

    def _keep_paired(self, pulse: Pulse) -> Callable[[], None]:
        def stopped(within_s: float) -> bool:
            pulse.beat(TURN_WITHIN_S)
            return self._stopping.wait(within_s)

        def loop() -> None:
            while not stopped(0):
                if self._link.token is None:
                    pair(self._link, self._tokens, stopped, self._claim_every_s, self._show)
                self._show("")
                self._unpaired.clear()
                self._paired.set()
                while not self._unpaired.wait(PAIRED_LOOK_S):
                    stopped(0)

        return loop

    def _show(self, pairing: str) -> None:
        self._pairing = pairing

    def _lost_token(self) -> None:
        if self._paired.is_set() and not self._stopping.is_set():
            log.warning("The server does not know this host any more; pairing again")
            self._paired.clear()
            self._tokens.forget()
            self._link.token = None
            self._unpaired.set()

    def _talk(self, work: Callable[[], None], pulse: Pulse) -> Callable[[], None]:
        """`work` again and again while paired; a server that is away is logged once."""

        def loop() -> None:
            while not self._stopping.is_set():
                pulse.beat(TURN_WITHIN_S)
                if not self._paired.wait(PAIRED_LOOK_S):
                    continue
                try:
                    work()
                except TokenRefused:
                    self._lost_token()
                except ServerAway as problem:
                    self._is_away(str(problem))
                    self._stopping.wait(AWAY_WAIT_S)
                except Exception:
                    log.exception("The host stumbled")
                    self._stopping.wait(AWAY_WAIT_S)

        return loop

    def _is_away(self, why: str) -> None:
        if self._stopping.is_set() or self._away_from is not None:
            return
        self._away_from = time.monotonic()
        log.warning("The server is away: %s", why)

    def _answered(self, asked: float) -> None:
        """The server answers what was asked at `asked`: before it went away, that says nothing of now."""
        if self._stopping.is_set() or self._away_from is None or asked < self._away_from:
            return
        self._away_from = None
        log.warning("The server is back")

    def _send_scan(self) -> None:
        scan = self._scans.wait(0.5)
        if scan is None or self._stopping.is_set():
            return
        asked = time.monotonic()
        try:
            self._link.post("/api/station/scans", scan_body(scan))
        except Refused as refused:
            log.warning("The server refused a scan of %s: %s", scan.scanner, refused)
        self._scans.done(scan)
        self._answered(asked)

    def _report(self) -> None:
        self._health_changed.clear()
        asked = time.monotonic()
        try:
            self._link.post("/api/station/health", self._health())
        except Refused as refused:
            log.warning("The server refused the health report: %s", refused)
        self._answered(asked)
        self._health_changed.wait(HEALTH_EVERY_S)

    def _health(self) -> dict[str, Any]:
        health: dict[str, Any] = {"version": _version(), "devices": self._devices()}
        if self.mirror is not None and any(camera.health.works for camera in self._cameras):
            health["preview"] = {"address": self.mirror.address, "key": self.mirror.key}
        return health

    def _devices(self) -> list[dict[str, Any]]:
        found = [(device, device.health) for device in [*self.printers, *self.scanners]]
        return [
            {
                "name": device.device.name,
                "kind": device.kind,
                "state": health.state,
                "cause": health.cause,
                "since": health.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "said": _plain(health.why),
                "count": asdict(self._counters.of(device.device.name)) if device.kind == "printer" else None,
            }
            for device, health in found
        ]

    def _take_job(self) -> None:
        asked = time.monotonic()
        answer = self._link.get(f"/api/station/jobs/next?wait={LONG_POLL_S}", LONG_POLL_S + 10.0)
        self._answered(asked)
        if answer.status == 200:
            self._do(answer.body)

    def _do(self, job: dict[str, Any]) -> None:
        path, attempt = f"/api/station/jobs/{int(job['id'])}", {"attempt": int(job["attempt"])}
        within_s = max(5.0, min(float(job.get("lease_s", 60)) - 10.0, LONGEST_PRINT_S))
        document = job["document"] if isinstance(job.get("document"), dict) else {}
        order = Order(document, lambda: self._may_send(path, attempt), within_s)
        try:
            confirmation = self._printer().order(order).result()
        except LeaseLost:
            log.info("Job %s belongs to another host now", job["id"])
        except DeviceError as problem:
            log.warning("Job %s was not printed: %s", job["id"], problem)
            said = {"cause": _job_cause(problem.cause), "printed": problem.printed}
            self._tell(f"{path}/failed", said | attempt)
        else:
            self._tell(f"{path}/done", {"confirmation": confirmation} | attempt)

    def _printer(self) -> SupervisedPrinter:
        """The first that works; a later one in the list is the spare."""
        return next((printer for printer in self.printers if printer.health.works), self.printers[0])

    def _may_send(self, path: str, attempt: dict[str, Any]) -> None:
        try:
            self._link.post(f"{path}/sending", attempt)
        except Refused as refused:
            raise LeaseLost from refused
        except LinkError as problem:
            raise DeviceError(f"nobody could say whether to print: {problem}") from problem

    def _tell(self, path: str, body: dict[str, Any]) -> None:
        """How it went must arrive: the server prints again, marked as a copy, what nobody told it about."""
        until = time.monotonic() + REPORT_FOR_S
        while not self._stopping.is_set():
            try:
                self._link.post(path, body)
                return
            except Refused as refused:
                log.warning("%s: the server did not want to know: %s", path, refused)
                return
            except ServerAway:
                if time.monotonic() > until:
                    raise
                self._stopping.wait(AWAY_WAIT_S)


def _job_cause(cause: Cause) -> Cause:
    return Cause.UNREACHABLE if cause is Cause.UNPLUGGED else cause


def _plain(words: str) -> str:
    """What a driver said, as one short line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return line if len(line) <= LONGEST_SAID else f"{line[: LONGEST_SAID - 1]}…"


def _version() -> str:
    try:
        return version("clinic-kiosk")
    except PackageNotFoundError:
        return "0"
