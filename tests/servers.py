"""PostgreSQL and Redis, started by the tests on private ports in a temporary folder, and stopped by them."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, below those that the kernel gives to outgoing connections.

    One of the kernel's could be somebody's own end of a connection by the time a server wants it, or wants it
    again after a restart.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def wait_for_port(port: int, seconds: float = 60) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"Nobody listens on port {port}.")


# Not TRUNCATE, which writes a new file for each table and index.
EMPTYING = """
SELECT 'SET session_replication_role = replica'
UNION ALL SELECT format('DELETE FROM %I', tablename) FROM pg_tables
  WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION ALL SELECT format('ALTER SEQUENCE %I RESTART', sequencename) FROM pg_sequences
  WHERE schemaname = 'public'
"""


def name_of(url: str) -> str:
    """The database that a URL names."""
    return url.rpartition("/")[2]


class Postgres:
    """A cluster of our own. PostgreSQL refuses to run as root: then it runs as `postgres`."""

    def __init__(self) -> None:
        # Not pytest's folder: the user `postgres` may not enter it.
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self.port = free_port()
        self.names = count(1)
        self.free: list[str] = []
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
        self.bin = programs[-1].parent if programs else Path(shutil.which("pg_ctl") or "pg_ctl").parent

    def __enter__(self) -> Self:
        data = self.folder / "data"
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._run(
            "initdb", "-D", data, "-U", "clinic", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"
        )
        settings = ("listen_addresses=127.0.0.1", "max_connections=200", "fsync=off")
        options = f"-p {self.port} -k {self.folder} " + " ".join(f"-c {setting}" for setting in settings)
        self._run("pg_ctl", "-D", data, "-o", options, "-l", self.folder / "log", "-w", "start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def new_database(self) -> str:
        """Make an empty database; return its URL."""
        name = f"clinic{next(self.names)}"
        self._say(f"CREATE DATABASE {name}")
        return f"{self.address}/{name}"

    def lend(self) -> str:
        """An empty database, which may have its tables already; give it back after use."""
        return self.free.pop() if self.free else self.new_database()

    def give_back(self, url: str) -> None:
        """Empty a database for the next test, whoever is still connected: that is quicker than a new one."""
        self._say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name_of(url)}'")
        with psycopg.connect(url, autocommit=True) as connection:
            statements = connection.execute(EMPTYING).fetchall()
            connection.execute("; ".join(statement for (statement,) in statements).encode())
        self.free.append(url)

    @property
    def address(self) -> str:
        """Where the server is, without a database."""
        return f"postgresql://clinic@127.0.0.1:{self.port}"

    def _say(self, statement: str) -> None:
        with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self.bin / program), *map(str, arguments)]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder)


class Redis:
    """A Redis server of our own, that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()

    def __enter__(self) -> Self:
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for_port(self.port)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(10)

    @property
    def url(self) -> str:
        """The address for Socket.IO's message queue."""
        return f"redis://127.0.0.1:{self.port}/0"
