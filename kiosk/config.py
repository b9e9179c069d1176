"""`kiosk.toml` and `KIOSK_*` as frozen objects. An unknown key or a bad value is refused by name.

Every key is described in `docs/configuration.md`. `KIOSK_SERVER__PORT=9000` overrides `port` of `[server]`.
"""

import os
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from kiosk.queueing.snapshot import Desk, RoomRules, Service

PREFIX = "KIOSK_"
IGNORED = frozenset({"drivers"})
"""Tables of the same file that belong to the device host."""


class ConfigError(Exception):
    """The configuration is not usable."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of kiosk.toml."""


class Site(Section, frozen=True, kw_only=True):
    """`[site]`: the clinic."""

    id: str = "clinic"
    name: str
    timezone: str
    languages: tuple[str, ...] = ("en",)

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone; "today" is its day."""
        return ZoneInfo(self.timezone)


class Server(Section, frozen=True, kw_only=True):
    """`[server]`: where it listens, and where it keeps its files."""

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    threads: int = 200
    processes: int = 1
    data: str = "var"
    redis: str = ""
    log: str = "json"


class DatabaseSection(Section, frozen=True, kw_only=True):
    """`[database]`."""

    url: str = ""


class Queue(Section, frozen=True, kw_only=True):
    """`[queue]`: order and numbering."""

    first_number: int = 1
    grace_minutes: int = 10


class Checkin(Section, frozen=True, kw_only=True):
    """`[checkin]`: the dialogue at the kiosk."""

    idle_seconds: int = 60
    warning_seconds: int = 30
    early_minutes: int = 240
    late_minutes: int = 60
    licence_scanning: bool = True


class ServiceSection(Section, frozen=True, kw_only=True):
    """`[[services]]`."""

    id: str
    letter: str
    name: Mapping[str, str]
    target_minutes: int = 20
    expected_minutes: int = 10
    walk_in: bool = True


class DeskSection(Section, frozen=True, kw_only=True):
    """`[[desks]]`."""

    id: str
    name: str
    services: tuple[str, ...]


class Priority(Section, frozen=True, kw_only=True):
    """`[[priorities]]`: a head start, in minutes."""

    id: str
    name: str
    head_start_minutes: int


class Screen(Section, frozen=True, kw_only=True):
    """What a panel is: its size makes a millimetre a millimetre."""

    id: str
    name: str
    inches: float
    pixels: tuple[int, int]

    @property
    def mm(self) -> float:
        """CSS pixels in a millimetre on this panel."""
        width, height = self.pixels
        return float((width**2 + height**2) ** 0.5 / self.inches / 25.4)


class Station(Screen, frozen=True, kw_only=True):
    """`[[stations]]`: a kiosk."""

    inches: float = 21.5
    pixels: tuple[int, int] = (1080, 1920)


class Board(Screen, frozen=True, kw_only=True):
    """`[[boards]]`: a waiting-room screen, for all services or some, read from `distance_m` away."""

    inches: float = 43
    pixels: tuple[int, int] = (1920, 1080)
    distance_m: float = 6
    services: tuple[str, ...] = ()


class Pattern(Section, frozen=True, kw_only=True):
    """`[[patterns]]`: a record-number card or wristband of this site."""

    system: str
    regex: str


class Demo(Section, frozen=True, kw_only=True):
    """`[demo]`: present only where patients are synthetic."""

    bench: str


class Config(Section, frozen=True, kw_only=True):
    """The whole of kiosk.toml."""

    site: Site
    server: Server = Server()
    database: DatabaseSection = DatabaseSection()
    queue: Queue = Queue()
    checkin: Checkin = Checkin()
    services: tuple[ServiceSection, ...]
    desks: tuple[DeskSection, ...]
    stations: tuple[Station, ...] = ()
    boards: tuple[Board, ...] = ()
    priorities: tuple[Priority, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    demo: Demo | None = None

    @property
    def data(self) -> Path:
        """The folder of the database and the keys."""
        return Path(self.server.data)

    @property
    def database_url(self) -> str:
        """Where the records are: SQLite in the data folder unless said otherwise."""
        return self.database.url or f"sqlite:///{(self.data / 'kiosk.db').absolute()}"

    @property
    def public_url(self) -> str:
        """The address that patients' phones reach."""
        return self.server.public_url.rstrip("/") or f"http://{self.server.host}:{self.server.port}"

    @property
    def https(self) -> bool:
        """Whether browsers reach us encrypted: then cookies are sent no other way."""
        return self.public_url.startswith("https://")

    def service_name(self, service: str, language: str) -> str:
        """The service's name in `language`, else in the site's first."""
        names = next(s.name for s in self.services if s.id == service)
        return names.get(language) or names.get(self.site.languages[0]) or next(iter(names.values()))

    def desk_name(self, desk: str) -> str:
        """The desk's name, or its id when it is no longer configured."""
        return next((d.name for d in self.desks if d.id == desk), desk)

    def station(self, name: str) -> Station | None:
        """The kiosk of that id."""
        return next((s for s in self.stations if s.id == name), None)

    def board(self, name: str) -> Board | None:
        """The board of that id."""
        return next((b for b in self.boards if b.id == name), None)

    def room_rules(self) -> RoomRules:
        """The queue's rules, as the core wants them."""

        def minutes(number: int) -> timedelta:
            return timedelta(minutes=number)

        return RoomRules(
            services={
                s.id: Service(s.id, s.letter, minutes(s.target_minutes), minutes(s.expected_minutes))
                for s in self.services
            },
            desks={d.id: Desk(d.id, frozenset(d.services)) for d in self.desks},
            head_starts={p.id: minutes(p.head_start_minutes) for p in self.priorities},
            grace=minutes(self.queue.grace_minutes),
            first_number=self.queue.first_number,
        )

    @classmethod
    def from_dict(cls, tables: Mapping[str, Any]) -> Self:
        """Return the configuration in `tables`. Raises ConfigError, naming the key."""
        try:
            config = msgspec.convert({k: v for k, v in tables.items() if k not in IGNORED}, cls)
        except msgspec.ValidationError as error:
            raise ConfigError(str(error).replace("Object", "kiosk.toml").replace("`$.", "`")) from None
        _check(config)
        return config


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """Read kiosk.toml, then `KIOSK_<TABLE>__<KEY>` from the environment. Raises ConfigError."""
    try:
        tables = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise ConfigError(f"There is no file {path}. Make one from docs/configuration.md.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None
    for name, value in environment.items():
        if name.startswith(PREFIX) and "__" in name:
            table, key = name.removeprefix(PREFIX).lower().split("__", 1)
            tables.setdefault(table, {})[key] = int(value) if value.isdecimal() else value
    return Config.from_dict(tables)


def _check(config: Config) -> None:
    try:
        config.site.zone  # noqa: B018
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(f"site.timezone: there is no time zone {config.site.timezone!r}.") from None
    if config.server.processes > 1 and not (config.server.redis and config.database.url):
        raise ConfigError("server.processes: more than one needs server.redis and a PostgreSQL database.url.")
    services = [s.id for s in config.services]
    letters = [s.letter for s in config.services]
    for kind, names in (
        ("services", services),
        ("services.letter", letters),
        ("desks", [d.id for d in config.desks]),
        ("stations", [s.id for s in config.stations]),
        ("boards", [b.id for b in config.boards]),
        ("priorities", [p.id for p in config.priorities]),
    ):
        if double := next((name for name in names if names.count(name) > 1), None):
            raise ConfigError(f"{kind}: {double!r} is there twice.")
    if wrong := next((x for x in letters if not (x.isascii() and x.isalpha() and x.isupper())), None):
        raise ConfigError(f"services.letter: {wrong!r} is not a capital letter.")
    for where, named in [(f"desks.{d.id}", d.services) for d in config.desks] + [
        (f"boards.{b.id}", b.services) for b in config.boards
    ]:
        if unknown := next((name for name in named if name not in services), None):
            raise ConfigError(f"{where}.services: there is no service {unknown!r}.")
