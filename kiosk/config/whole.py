"""The whole configuration: the tables, what follows from them, and how they are read."""

import os
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import msgspec

from kiosk.config.checks import ConfigError, check
from kiosk.config.tables import (
    Board,
    Checkin,
    Coverage,
    DatabaseSection,
    Demo,
    DeskSection,
    Issuer,
    Pattern,
    Priority,
    Queue,
    Section,
    Server,
    ServiceSection,
    Site,
    SpeechSection,
    Station,
    TicketSection,
)
from kiosk.queueing.snapshot import Desk, RoomRules, Service

PREFIX = "KIOSK_"
IGNORED = frozenset({"drivers"})
"""Tables of the same file that belong to the device host."""


class Config(Section, frozen=True, kw_only=True):
    """The whole of kiosk.toml."""

    site: Site
    server: Server = Server()
    database: DatabaseSection = DatabaseSection()
    queue: Queue = Queue()
    checkin: Checkin = Checkin()
    ticket: TicketSection = TicketSection()
    speech: SpeechSection = SpeechSection()
    services: tuple[ServiceSection, ...]
    desks: tuple[DeskSection, ...]
    stations: tuple[Station, ...] = ()
    boards: tuple[Board, ...] = ()
    priorities: tuple[Priority, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    coverage: Coverage = Coverage()
    issuers: tuple[Issuer, ...] = ()
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
        return self.server.public_url.rstrip("/") or f"http://{self.server.place}"

    @property
    def https(self) -> bool:
        """Whether browsers reach us encrypted: then cookies are sent no other way."""
        return self.public_url.startswith("https://")

    def service_name(self, service: str, language: str) -> str:
        """The service's name in `language`, else in the site's first; its id when configured no more."""
        names = next((s.name for s in self.services if s.id == service), {"": service})
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
        check(config)
        return config


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """Read kiosk.toml, then `KIOSK_<TABLE>__<KEY>` from the environment. Raises ConfigError."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"There is no file {path}. Make one from docs/configuration.md.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}.") from None
    for name, value in environment.items():
        if name.startswith(PREFIX) and "__" in name:
            table, key = name.removeprefix(PREFIX).lower().split("__", 1)
            if not isinstance(tables.setdefault(table, {}), dict):
                raise ConfigError(f"{name}: only the keys of a [table] can be overridden.")
            tables[table][key] = _as_wanted(table, key, value)
    return Config.from_dict(tables)


def _as_wanted(table: str, key: str, text: str) -> Any:
    """What the environment says, as the kind of value that the key takes; as it is when it cannot be that."""
    section = next((one.type for one in msgspec.structs.fields(Config) if one.name == table), None)
    known = section if isinstance(section, type) and issubclass(section, Section) else Section
    keys = {one.name: one.type for one in msgspec.structs.fields(known)}
    try:
        return msgspec.convert(text, keys.get(key, str), strict=False)
    except msgspec.ValidationError:
        return text
