"""Are the files, the disk, the clock and the addresses as they should be?"""

import getpass
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.config import Config, ConfigError
from kiosk.coverage.issuers import files_of, load
from kiosk.database.vault import KEY_BYTES
from kiosk.doctor.findings import Finding, good, note, wrong
from kiosk.serving.alive import health
from kiosk.speech.voices import EspeakNg, Voices

WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock that shows less than this is wrong."""
ENOUGH_BYTES, FEW_BYTES = 2**30, 2**28
SPARE_THREADS = 20
OLD = timedelta(days=7)
"""An issuer's keys and revocation lists should be looked for more often."""


def data_folder(config: Config) -> Iterator[Finding]:
    folder = config.data
    if not folder.is_dir():
        yield wrong(
            f"The data folder {folder} does not exist.", "Run `python -m kiosk migrate`, which makes it."
        )
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield wrong(f"The data folder {folder} cannot be written by {_me()}.", f"sudo chown {_me()} {folder}")
    else:
        yield good(f"The data folder {folder} can be written.")


def keys(config: Config) -> Iterator[Finding]:
    for name in ("field.key", "session.key"):
        path = config.data / "keys" / name
        if not path.exists():
            yield note(f"There is no {path} yet.", "The server makes it at its first start.")
            continue
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            yield wrong(f"{path} can be read by others (mode {mode:o}).", f"sudo chmod 600 {path}")
        elif not os.access(path, os.R_OK):
            yield wrong(f"{path} cannot be read by {_me()}.", f"sudo chown {_me()} {path}")
        elif not _is_key(path):
            yield wrong(
                f"{path} is not a key of {KEY_BYTES} bytes in hex.",
                "Put back the right one from your safe copy.",
            )
        else:
            yield good(f"{path} is a key that only its owner reads.")


def _is_key(path: Path) -> bool:
    try:
        return len(bytes.fromhex(path.read_text().strip())) == KEY_BYTES
    except ValueError:
        return False


def issuers(config: Config, now: datetime) -> Iterator[Finding]:
    cure = "Run `python -m kiosk issuers update`, every day by a timer (docs/health-cards.md)."
    try:
        known = load(config)
    except ConfigError as error:
        yield wrong(str(error), cure)
        return
    for section, issuer in zip(config.issuers, known, strict=True):
        fetched = files_of(config.data, section).fetched_at()
        if any(key.revoked is None for key in issuer.keys.values()):
            yield wrong(f"A revocation list of {issuer.name} is missing or too old.", cure)
        elif fetched is None or now - fetched > OLD:
            yield note(f"The keys of {issuer.name} were not looked for in the last {OLD.days} days.", cure)
        else:
            yield good(f"Health cards of {issuer.name} can be verified.")


def disk(config: Config) -> Iterator[Finding]:
    folder = next(
        (place for place in (config.data, *config.data.absolute().parents) if place.exists()), Path("/")
    )
    free = shutil.disk_usage(folder).free
    words = f"{free / 2**30:.1f} GB are free on the disk of {folder}."
    if free < FEW_BYTES:
        yield wrong(words, "Make room now: when the disk is full nobody can be checked in.")
    elif free < ENOUGH_BYTES:
        yield note(words, "Make room before it gets less.")
    else:
        yield good(words)


def clock(now: datetime) -> Iterator[Finding]:
    if now < WRITTEN:
        yield wrong(
            f"The clock shows {now:%Y-%m-%d %H:%M} UTC, which is past.",
            "Set it: sudo timedatectl set-ntp true",
        )
    elif Path("/run/systemd/system").exists() and not Path("/run/systemd/timesync/synchronized").exists():
        yield note(
            "Nothing says that the clock is synchronised.",
            "sudo timedatectl set-ntp true, or look after chrony.",
        )
    else:
        yield good(f"The clock shows {now:%Y-%m-%d %H:%M} UTC.")


def fonts() -> Iterator[Finding]:
    from kiosk.app import static_folder

    fonts = list((static_folder() / "fonts").glob("*.woff2"))
    if fonts:
        yield good(f"{len(fonts)} font files are there.")
    else:
        yield wrong(f"There are no fonts in {static_folder() / 'fonts'}.", "Install the package again.")


def scripts(config: Config) -> Iterator[Finding]:
    """Can tickets be drawn in the site's languages, if this is the box with the printer?"""
    for language in config.site.languages:
        asked = "zh-cn" if language.startswith("zh") else language.partition("-")[0]
        try:
            found = subprocess.run(  # noqa: S603
                ["fc-list", f":lang={asked}", "file"],  # noqa: S607
                capture_output=True, text=True, timeout=10, check=False,
            ).stdout  # fmt: skip
        except OSError:
            yield note(
                "There is no fontconfig here.", "A box that prints needs it: sudo apt-get install fontconfig"
            )
            return
        if not found.strip():
            package = "fonts-noto-cjk" if asked[:2] in ("zh", "ja", "ko") else "fonts-noto-core"
            yield note(
                f"No font here has the letters of {language!r}: tickets would show boxes.",
                f"On the box with the printer: sudo apt-get install {package}",
            )


def voices(config: Config) -> Iterator[Finding]:
    """Can kiosks and boards speak the site's languages?"""
    if not any(screen.speech for screen in (*config.stations, *config.boards)):
        return
    voices = Voices(EspeakNg(config.speech.words_per_minute), config.speech.voices)
    if not voices.speaker.voices:
        yield note(
            "espeak-ng is not here: kiosks and boards stay silent.",
            "sudo apt-get install espeak-ng, then start the server again.",
        )
        return
    silent = [language for language in config.site.languages if not voices.has(language)]
    for language in silent:
        yield note(
            f"No voice speaks {language!r}: kiosks and boards stay silent in it.",
            "`espeak-ng --voices` lists what there is; choose in speech.voices.",
        )
    if not silent:
        yield good("Kiosks and boards speak every language of the site.")


def address(config: Config) -> Iterator[Finding]:
    server = config.server
    if not server.public_url:
        yield note(
            f"server.public_url is not set: the QR code on tickets leads to {config.public_url}.",
            "Set it to the address that patients' phones reach.",
        )
    elif not config.https:
        yield note(
            f"server.public_url is {server.public_url}: sign-in and tickets' links travel unencrypted.",
            "Put TLS in front (docs/operations.md) and use https://.",
        )
    else:
        yield good(f"Phones and browsers come in at {config.public_url}.")
    match health(server.host, server.port, within_s=3):
        case None:
            yield note(f"No server answers on port {server.port}.", "Start it: python -m kiosk serve")
        case 200:
            yield good(f"The server answers on port {server.port}.")
        case status:
            yield wrong(
                f"The server on port {server.port} is not well: it answers {status}.", "Read its log."
            )


def threads(config: Config) -> Iterator[Finding]:
    screens = 3 * len(config.stations) + len(config.boards) + len(config.desks)
    if config.server.threads < screens + SPARE_THREADS:
        yield wrong(
            f"server.threads is {config.server.threads}: too few for {screens} screens and device hosts.",
            f"Set it to {screens + SPARE_THREADS} or more; each connected screen holds one.",
        )
    else:
        yield good(f"{config.server.threads} threads are enough for {screens} screens and device hosts.")


def redis(config: Config) -> Iterator[Finding]:
    if not config.server.redis:
        return
    if config.database_url.startswith("sqlite"):
        yield wrong(
            "server.redis is set, so several server processes are meant, but the records are in SQLite.",
            "Set database.url to a PostgreSQL server, or remove server.redis.",
        )
    import redis

    try:
        redis.Redis.from_url(config.server.redis, socket_timeout=3).ping()
        yield good("Redis answers.")
    except redis.RedisError as error:
        yield wrong(f"Redis does not answer: {str(error).rstrip('.')}.", "Start it, or correct server.redis.")


def _me() -> str:
    return getpass.getuser()
