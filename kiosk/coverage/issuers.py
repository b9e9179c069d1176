"""The insurers that the site trusts: their keys and revocation lists, in files of the data folder.

There is no public directory of insurers. The list is curated by hand in `[[issuers]]`, the files are fetched
by `python -m kiosk issuers update` or put there, and reading a card never leads to the network.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import structlog

from kiosk import config as configuration
from kiosk.config import Config, ConfigError
from kiosk.coverage.https import PORT, Reach
from kiosk.coverage.links import Trust
from kiosk.identity import Issuer
from kiosk.identity.compact import json_object
from kiosk.identity.rules import RevocationList

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Files:
    """Where an issuer's files are: a JWK set, and a folder of `<kid>.json`, or one such file."""

    keys: Path
    crl: Path

    def lists(self) -> list[Path]:
        """The revocation lists that are here."""
        return sorted(self.crl.glob("*.json")) if self.crl.is_dir() else [self.crl][: self.crl.is_file()]

    def list_of(self, key_id: str) -> Path:
        """Where the revocation list of this key is."""
        return self.crl if self.crl.is_file() else self.crl / f"{key_id}.json"

    def fetched_at(self) -> datetime | None:
        """When the keys came here; None: they never did."""
        try:
            return datetime.fromtimestamp(self.keys.stat().st_mtime, UTC)
        except FileNotFoundError:
            return None


def files_of(data: Path, issuer: configuration.Issuer) -> Files:
    """Where this issuer's files are or will be: no other's, so that none can revoke the cards of another."""
    keys = data / issuer.keys
    return Files(keys, data / issuer.crl if issuer.crl else keys.with_suffix(".crl"))


def load(config: Config) -> tuple[Issuer, ...]:
    """Read the files of every issuer. Raises ConfigError, naming the file and what is wrong with it."""
    return tuple(_load(config.data, issuer) for issuer in config.issuers)


def current(config: Config) -> tuple[Issuer, ...]:
    """The issuers as their files are now, read again only when one changed.

    Where a file was spoilt while we serve, nobody is trusted: cards are unverified, and no check-in fails.
    """
    try:
        return _as_of(config.data, config.issuers, tuple(_stamps(config)))
    except ConfigError as error:
        log.error("issuers_unreadable", error=str(error))
        return ()


def trust(config: Config) -> Trust:
    """Whom a SMART Health Link may lead to: the issuers' own hosts and `coverage.link_hosts`."""
    return Trust(issuers=current(config), reach=Reach(hosts=_hosts(config)))


def _hosts(config: Config) -> frozenset[tuple[str, int]]:
    named = [issuer.url.removeprefix("https://").partition("/")[0] for issuer in config.issuers]
    places = (place.partition(":") for place in (*named, *config.coverage.link_hosts))
    return frozenset((host, int(port or PORT)) for host, _, port in places)


@lru_cache(maxsize=4)
def _as_of(
    data: Path, issuers: tuple[configuration.Issuer, ...], stamps: tuple[tuple[str, int, int], ...]
) -> tuple[Issuer, ...]:
    return tuple(_load(data, issuer) for issuer in issuers)


def _stamps(config: Config) -> Iterator[tuple[str, int, int]]:
    """What tells that a file is another one: its time and size."""
    for issuer in config.issuers:
        files = files_of(config.data, issuer)
        for path in (files.keys, *files.lists()):
            yield (str(path), *_stamp(path))


def _stamp(path: Path) -> tuple[int, int]:
    """Nothing, of a file that is away: an update may replace it at this moment."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _load(data: Path, issuer: configuration.Issuer) -> Issuer:
    files = files_of(data, issuer)
    lists = [_list(path) for path in files.lists()]
    try:
        return Issuer.from_jwks(issuer.url, issuer.name, keys_in(_read(files.keys)), lists)
    except ValueError as error:
        raise ConfigError(f"{files.keys}: {error}.") from None


def keys_in(data: bytes) -> list[dict[str, object]]:
    """The keys of a JWK set. Raises ValueError."""
    keys = json_object(data).get("keys")
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        raise ValueError('no JWK set: "keys" is a list with at least one key')
    return keys


def _list(path: Path) -> RevocationList:
    try:
        return RevocationList.of(json_object(_read(path)))
    except ValueError as error:
        raise ConfigError(f"{path}: {error}.") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"There is no file {path}. Fetch it: python -m kiosk issuers update") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None
