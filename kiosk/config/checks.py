"""What a configuration must be besides the types of its keys. Each complaint names the key."""

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfoNotFoundError

from kiosk.config.tables import Coverage

if TYPE_CHECKING:
    from kiosk.config.whole import Config

TRANSLATIONS = Path(__file__).parents[1] / "translations"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
HOST = re.compile(r"(?:[a-z0-9][a-z0-9-]*\.)+[a-z][a-z0-9-]*(?::[1-9][0-9]{1,4})?")
"""A name by which others are found: no number in disguise, nothing inside our own network."""
PNG = b"\x89PNG\r\n\x1a\n"
LOGO_BYTES, LOGO_PIXELS = 65_536, 1200
DATABASES = ("sqlite:", "postgresql:", "postgresql+psycopg:")


class ConfigError(Exception):
    """The configuration is not usable."""


def check(config: "Config") -> None:
    """Raise ConfigError for what does not fit together."""
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
    if strange := next((x for x in config.speech.voices if x not in config.site.languages), None):
        raise ConfigError(f"speech.voices: {strange!r} is not one of site.languages.")
    _check_names(config)
    _check_patterns(config)
    _check_ticket(config)
    _check_coverage(config.coverage)
    _check_issuers(config)


def _check_names(config: "Config") -> None:
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


def _check_patterns(config: "Config") -> None:
    for pattern in config.patterns:
        try:
            re.compile(pattern.regex, re.ASCII)
        except re.error as error:
            raise ConfigError(f"patterns.regex of {pattern.system!r}: {error}.") from None


def _check_ticket(config: "Config") -> None:
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


def _check_issuers(config: "Config") -> None:
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
