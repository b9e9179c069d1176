"""What is wrong with this installation, in plain words, and what to do about it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from kiosk.clinic import utc_now
from kiosk.config import ConfigError, load
from kiosk.doctor import box, installation, records
from kiosk.doctor.findings import Finding, good, wrong
from kiosk.doctor.machine import Machine, keeps_no_records


def examine(
    path: Path, *, now: Callable[[], datetime] = utc_now, machine: Machine | None = None
) -> Iterator[Finding]:
    """Yield what is found, beginning with what all else rests on."""
    machine = machine or Machine()
    if keeps_no_records(machine):
        yield from box.look(machine, now())
        yield from installation.clock(now())
        return
    try:
        config = load(path)
    except ConfigError as error:
        told = str(error) if str(path) in str(error) else f"{path}: {error}"
        yield wrong(told, "docs/configuration.md describes every key.")
        return
    yield good(f"{path}: {config.site.name}, {len(config.services)} services, {len(config.desks)} desks.")
    yield from installation.data_folder(config)
    yield from installation.keys(config)
    yield from installation.issuers(config, now())
    yield from installation.disk(config)
    yield from installation.clock(now())
    yield from installation.fonts()
    yield from installation.scripts(config)
    yield from installation.voices(config)
    yield from installation.address(config)
    yield from installation.threads(config)
    yield from installation.redis(config)
    yield from records.database(config, now())
    yield from box.look(machine, now(), config.site.timezone)
