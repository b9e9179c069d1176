"""A whole clinic in real processes: server, device host and simulated hardware, on private ports."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kiosk.access import Role
from kiosk.app import open_database
from kiosk.appointments import records as appointments
from kiosk.appointments.records import Appointment
from kiosk.config import Config
from kiosk.database.migrations import migrate
from kiosk.staff import records as staff
from tests import cast
from tests.servers import free_port, wait_for_port

PASSWORD = "a long enough password"


def until(condition: Callable[[], Any], seconds: float = 60, what: str = "") -> Any:
    """Wait until `condition` is true; return its value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {seconds} s in vain. {what}")
        time.sleep(0.05)
    return value


class RunningClinic:
    """Starts with `with`; every process is stopped, and its log kept in the folder."""

    def __init__(
        self,
        folder: Path,
        *,
        printer: str = "network",
        server_options: dict[str, Any] | None = None,
        **tables: Any,
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.control_port = free_port()
        self.printer = printer
        self.tables = tables
        self.server_options = server_options or {"threads": 64}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.config_path = folder / "kiosk.toml"
        self.now = datetime.now(UTC)

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.hardware = self._start_hardware()
        self._write_config()
        self.config = Config.from_dict(self._tables())
        migrate(self.config)
        self.database = open_database(self.config)
        with self.database.begin(at=self.now) as tx:
            for username, name in (("ana", "Ana Ortiz"), ("ben", "Ben Wu")):
                staff.add(
                    tx, username=username, name=name, role=Role.COORDINATOR, password=PASSWORD, by="test"
                )
        self.start_server()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self.processes):
            self.stop(name)
        self.database.close()

    def start_server(self) -> None:
        """Start the server; return when it answers."""
        self._start("server", "-m", "kiosk", "--config", str(self.config_path), "serve")
        until(self._healthy, 60, "The server does not answer; its log is server.log.")

    def start_host(self) -> None:
        """Start the device host; it prints a pairing code until it is paired."""
        self._start("host", "-m", "drivers", "--config", str(self.config_path))

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop one process, by its pid."""
        process = self.processes.pop(name)
        # A kill takes the workers too, as a power cut does: an orphan would answer for the next server.
        os.killpg(process.pid, how) if how is signal.SIGKILL else process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def log(self, name: str) -> str:
        """What a process has written."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def expect(self, minutes_from_now: float = 20, **person: Any) -> Appointment:
        """Put a synthetic patient into today's book."""
        with self.database.begin(at=self.now) as tx:
            return appointments.add(
                tx,
                slot=datetime.now(UTC) + timedelta(minutes=minutes_from_now),
                services=person.pop("services", ("laboratory",)),
                **person,
            )

    def scan(self, payload: bytes) -> None:
        """Hold a code under the simulated scanner."""
        self.control("/scan", {"data": base64.b64encode(payload).decode()})

    def fault(self, **changes: Any) -> None:
        """Break the simulated printer, or mend it."""
        self.control("/fault", changes)

    def papers(self) -> list[dict[str, Any]]:
        """The tickets that came out of the printer."""
        answer = self.control("/papers")
        assert isinstance(answer, list)
        return answer

    def paper(self, number: str) -> bytes:
        """The picture of one ticket."""
        address = f"http://127.0.0.1:{self.control_port}/papers/{number}.png"
        with urllib.request.urlopen(address, timeout=20) as answer:
            return bytes(answer.read())

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the simulated hardware's control API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.control_port}{path}", data=data)
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/healthz", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        self.processes[name] = process
        return process

    def _start_hardware(self) -> dict[str, Any]:
        folder = self.folder / "hardware"
        folder.mkdir()
        port = str(self.control_port)
        self._start("hardware", "-m", "drivers.simulated", "--dir", str(folder), "--control-port", port)
        wait_for_port(self.control_port)
        state = self.control("/state")
        assert isinstance(state, dict)
        return state

    def _tables(self) -> dict[str, Any]:
        server = {"data": str(self.folder / "var"), "port": self.port, "log": "text", **self.server_options}
        return {**cast.CLINIC, "server": server, **self.tables}

    def _write_config(self) -> None:
        if self.printer == "network":
            address = {"kind": "network", "host": "127.0.0.1", "port": self.hardware["printer_at"]["port"]}
        else:
            address = {"kind": "serial", "port": self.hardware["printer_at"]["pty"]}
        drivers = {
            "server": self.url,
            "token_file": str(self.folder / "host.token"),
            "scanners": [{"name": "counter", "kind": "serial", "port": self.hardware["scanner_at"]["port"]}],
            "printers": [{"name": "ticket printer", "profile": "TM-T88V", **address}],
        }
        self.config_path.write_text(to_toml({**self._tables(), "drivers": drivers}))


def to_toml(tables: dict[str, Any]) -> str:
    """Plain tables and arrays of tables as TOML; JSON's strings, numbers and lists are TOML's too."""
    lines: list[str] = []

    def value(thing: Any) -> str:
        if isinstance(thing, dict):
            return (
                "{" + ", ".join(f"{json.dumps(key)} = {value(inner)}" for key, inner in thing.items()) + "}"
            )
        if isinstance(thing, (list, tuple)):
            return "[" + ", ".join(value(inner) for inner in thing) + "]"
        return json.dumps(thing, ensure_ascii=False)

    for name, table in tables.items():
        if isinstance(table, dict):
            lines += [f"[{name}]", *(f"{key} = {value(inner)}" for key, inner in table.items())]
        else:
            for row in table:
                lines += [f"[[{name}]]", *(f"{key} = {value(inner)}" for key, inner in row.items())]
    return "\n".join(lines) + "\n"
