"""The tables of kiosk.toml, each key with its default. `docs/configuration.md` explains them."""

from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
"""Stands in addresses and records."""
Name = Annotated[str, Meta(min_length=1)]
Minutes = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Length = Annotated[float, Meta(gt=0)]


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

    @property
    def place(self) -> str:
        """Host and port as addresses write them: an IPv6 address stands in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


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
    speech: bool = True

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


class SpeechSection(Section, frozen=True, kw_only=True):
    """`[speech]`: how kiosks and boards sound."""

    words_per_minute: Annotated[int, Meta(ge=80, le=450)] = 150
    voices: Mapping[str, Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9+_-]*$")]] = {}


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
