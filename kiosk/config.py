"""`kiosk.toml` and `KIOSK_*` as frozen objects. An unknown key or a bad value is refused by name.

Every key is described in `docs/configuration.md`. `KIOSK_SERVER__PORT=9000` overrides `port` of `[server]`.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from kiosk.queueing.snapshot import Desk, RoomRules, Service

PREFIX = "KIOSK_"
WORDS = {"true": True, "false": False}
IGNORED = frozenset({"drivers"})
"""Tables of the same file that belong to the device host."""
TRANSLATIONS = Path(__file__).parent / "translations"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
HOST = re.compile(r"(?:[a-z0-9][a-z0-9-]*\.)+[a-z][a-z0-9-]*(?::[1-9][0-9]{1,4})?")
"""A name by which others are found: no number in disguise, nothing inside our own network."""
PNG = b"\x89PNG\r\n\x1a\n"
LOGO_BYTES, LOGO_PIXELS = 65_536, 1200
DATABASES = ("sqlite:", "postgresql:", "postgresql+psycopg:")

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
"""Stands in addresses and records."""
Name = Annotated[str, Meta(min_length=1)]
Minutes = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Length = Annotated[float, Meta(gt=0)]


class ConfigError(Exception):
    """The configuration is not usable."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of kiosk.toml."""


class Site(Section, frozen=True, kw_only=True):
    """`[site]`: the clinic."""

    id: Id = "clinic"
    name: Name
    timezone: str
    languages: Annotated[tuple[str, ...], Meta(min_length=1)] = ("en",)

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone; "today" is its day."""
        return ZoneInfo(self.timezone)


class Server(Section, frozen=True, kw_only=True):
    """`[server]`: where it listens, and where it keeps its files."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535)] = 8000
    public_url: Annotated[str, Meta(pattern="^(https?://.+)?$")] = ""
    threads: Positive = 200
    processes: Positive = 1
    data: str = "var"
    redis: str = ""
    log: Literal["json", "text"] = "json"


class DatabaseSection(Section, frozen=True, kw_only=True):
    """`[database]`."""

    url: str = ""


class Queue(Section, frozen=True, kw_only=True):
    """`[queue]`: order and numbering."""

    first_number: Positive = 1
    grace_minutes: Minutes = 10


class Checkin(Section, frozen=True, kw_only=True):
    """`[checkin]`: the dialogue at the kiosk."""

    idle_seconds: Positive = 60
    warning_seconds: Positive = 30
    early_minutes: Minutes = 240
    late_minutes: Minutes = 60
    licence_scanning: bool = True


TicketLines = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=120)], ...], Meta(max_length=4)]


class TicketSection(Section, frozen=True, kw_only=True):
    """`[ticket]`: what the paper looks like. How wide it is, the printer knows."""

    logo: str = ""
    header: Mapping[str, TicketLines] = {}
    footer: Mapping[str, TicketLines] = {}
    service: bool = True
    instructions: bool = True
    estimate: bool = True
    phone_code: bool = True
    large: bool = False


class ServiceSection(Section, frozen=True, kw_only=True):
    """`[[services]]`."""

    id: Id
    letter: str
    name: Annotated[Mapping[str, Name], Meta(min_length=1)]
    target_minutes: Positive = 20
    expected_minutes: Positive = 10
    walk_in: bool = True


class DeskSection(Section, frozen=True, kw_only=True):
    """`[[desks]]`."""

    id: Id
    name: Name
    services: tuple[str, ...]


class Priority(Section, frozen=True, kw_only=True):
    """`[[priorities]]`: a head start, in minutes."""

    id: Id
    name: Name
    head_start_minutes: Minutes


class Screen(Section, frozen=True, kw_only=True):
    """What a panel is: its size makes a millimetre a millimetre."""

    id: Id
    name: Name
    inches: Length
    pixels: tuple[Positive, Positive]

    @property
    def mm(self) -> float:
        """CSS pixels in a millimetre on this panel."""
        width, height = self.pixels
        return float((width**2 + height**2) ** 0.5 / self.inches / 25.4)


class Station(Screen, frozen=True, kw_only=True):
    """`[[stations]]`: a kiosk."""

    inches: Length = 21.5
    pixels: tuple[Positive, Positive] = (1080, 1920)
    camera: bool = False
    wedge: bool = False


class Board(Screen, frozen=True, kw_only=True):
    """`[[boards]]`: a waiting-room screen, for all services or some, read from `distance_m` away."""

    inches: Length = 43
    pixels: tuple[Positive, Positive] = (1920, 1080)
    distance_m: Length = 6
    services: tuple[str, ...] = ()


class Pattern(Section, frozen=True, kw_only=True):
    """`[[patterns]]`: a record-number card or wristband of this site."""

    system: Name
    regex: Name


class Coverage(Section, frozen=True, kw_only=True):
    """`[coverage]`: insurance at the kiosk, and the clearing house that knows whether it is good."""

    ask: bool = False
    clearing_house: Annotated[str, Meta(pattern=r"^(https?://\S+)?$")] = ""
    envelope: Literal["core", "plain"] = "core"
    sender: Annotated[str, Meta(max_length=15, pattern="^[A-Z0-9]*$")] = ""
    receiver: Annotated[str, Meta(max_length=15, pattern="^[A-Z0-9]*$")] = ""
    password_file: str = ""
    provider_name: Annotated[str, Meta(max_length=60)] = ""
    provider_npi: Annotated[str, Meta(pattern="^([0-9]{10})?$")] = ""
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "USD"
    payers: Mapping[Name, Annotated[str, Meta(pattern="^[A-Z0-9]{2,80}$")]] = {}
    link_hosts: tuple[str, ...] = ()


class Issuer(Section, frozen=True, kw_only=True):
    """`[[issuers]]`: an insurer whose signed health cards count as verified. Paths are in the data folder."""

    url: Name
    name: Name
    keys: Name
    crl: str = ""


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
    ticket: TicketSection = TicketSection()
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
            tables[table][key] = int(value) if value.isdecimal() else WORDS.get(value, value)
    return Config.from_dict(tables)


def _check(config: Config) -> None:
    try:
        config.site.zone  # noqa: B018
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(f"site.timezone: there is no time zone {config.site.timezone!r}.") from None
    if strange := next((x for x in config.site.languages if not _translated(x)), None):
        raise ConfigError(f"site.languages: there is no translation {strange!r} (docs/translations.md).")
    if config.database.url and not config.database.url.startswith(DATABASES):
        raise ConfigError("database.url: begins with sqlite: or postgresql:.")
    if config.server.processes > 1 and not (config.server.redis and config.database.url):
        raise ConfigError("server.processes: more than one needs server.redis and a PostgreSQL database.url.")
    _check_names(config)
    _check_patterns(config)
    _check_ticket(config)
    _check_coverage(config.coverage)
    _check_issuers(config)


def _check_names(config: Config) -> None:
    services = [s.id for s in config.services]
    letters = [s.letter for s in config.services]
    for kind, names in (
        ("services", services),
        ("services.letter", letters),
        ("desks", [d.id for d in config.desks]),
        ("stations", [s.id for s in config.stations]),
        ("boards", [b.id for b in config.boards]),
        ("priorities", [p.id for p in config.priorities]),
        ("issuers.url", [i.url for i in config.issuers]),
        ("issuers.keys", [i.keys for i in config.issuers]),
    ):
        if double := next((name for name in names if names.count(name) > 1), None):
            raise ConfigError(f"{kind}: {double!r} is there twice.")
    if wrong := next((x for x in letters if not re.fullmatch("[A-Z]", x)), None):
        raise ConfigError(f"services.letter: {wrong!r} is not one capital letter.")
    for where, named in [(f"desks.{d.id}", d.services) for d in config.desks] + [
        (f"boards.{b.id}", b.services) for b in config.boards
    ]:
        if unknown := next((name for name in named if name not in services), None):
            raise ConfigError(f"{where}.services: there is no service {unknown!r}.")


def _check_patterns(config: Config) -> None:
    for pattern in config.patterns:
        try:
            re.compile(pattern.regex, re.ASCII)
        except re.error as error:
            raise ConfigError(f"patterns.regex of {pattern.system!r}: {error}.") from None


def _check_ticket(config: Config) -> None:
    for part in ("header", "footer"):
        offered = config.site.languages
        if strange := next((x for x in getattr(config.ticket, part) if x not in offered), None):
            known = ", ".join(offered)
            raise ConfigError(f"ticket.{part}: {strange!r} is not one of site.languages ({known}).")
    if not config.ticket.logo:
        return
    try:
        picture = Path(config.ticket.logo).read_bytes()
    except OSError as error:
        raise ConfigError(f"ticket.logo: {config.ticket.logo} cannot be read: {error.strerror}.") from None
    if not picture.startswith(PNG) or len(picture) < 24:
        raise ConfigError(f"ticket.logo: {config.ticket.logo} is not a PNG picture.")
    width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    if len(picture) > LOGO_BYTES or not (0 < width <= LOGO_PIXELS and 0 < height <= LOGO_PIXELS):
        raise ConfigError(
            f"ticket.logo: {width} × {height} dots in {len(picture)} bytes are too many; "
            f"at most {LOGO_PIXELS} × {LOGO_PIXELS} in {LOGO_BYTES}."
        )


def _check_coverage(coverage: Coverage) -> None:
    """Member numbers leave this box encrypted or not at all."""
    if not coverage.clearing_house:
        return
    for key in ("sender", "receiver", "provider_name", "provider_npi", "payers"):
        if not getattr(coverage, key):
            raise ConfigError(f"coverage.{key}: the clearing house needs it.")
    # ISO/IEC 7812 (Luhn) over the prefix 80840 and the ten digits: 45 CFR 162.406.
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed("80840" + coverage.provider_npi))]
    if sum(n // 10 + n % 10 for n in doubled) % 10:
        raise ConfigError("coverage.provider_npi: the check digit is wrong.")
    if coverage.password_file and not Path(coverage.password_file).is_file():
        raise ConfigError("coverage.password_file: there is no such file.")
    address = urlsplit(coverage.clearing_house)
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        raise ConfigError("coverage.clearing_house: begins with https://.")


def _check_issuers(config: Config) -> None:
    """What a health card says of its issuer is compared letter for letter: there is one way to write it."""
    for issuer in config.issuers:
        if not issuer.url.startswith("https://"):
            raise ConfigError(f"issuers.url: {issuer.url!r} does not begin with https://.")
        if issuer.url.endswith("/"):
            raise ConfigError(f"issuers.url: {issuer.url!r} ends with a slash; issuers write none.")
        place, _, path = issuer.url.removeprefix("https://").partition("/")
        if not HOST.fullmatch(place) or not re.fullmatch(r"[A-Za-z0-9._~/-]*", path):
            raise ConfigError(f"issuers.url: {issuer.url!r} is not https://host/path, host in small letters.")
    if strange := next((name for name in config.coverage.link_hosts if not HOST.fullmatch(name)), None):
        raise ConfigError(f"coverage.link_hosts: {strange!r} is not the name of a host, or host:port.")


def _translated(language: str) -> bool:
    """English is the language of the source."""
    return language == "en" or (TRANSLATIONS / language).is_dir()
