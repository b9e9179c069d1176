"""Booking codes: the site's signing keys, the code of one appointment, and its QR picture.

Keys are `<data>/keys/booking-<id>.key`. The highest id signs, all of them verify: for a new key make the next
file, and drop the old one when the last letter signed with it is past, or when it is no longer secret.
"""

import io
import re
from datetime import timedelta
from pathlib import Path

import segno
from markupsafe import Markup

from kiosk.appointments.records import Appointment
from kiosk.config import Config, ConfigError
from kiosk.coverage import issuers
from kiosk.database.vault import read_or_make_key
from kiosk.identity import Pattern, Rules
from kiosk.identity.booking import make
from kiosk.identity.signatures import ed25519_public_key

LIFE = timedelta(days=30)
"""How long after its slot a code is good: a letter survives that the appointment is moved."""

HIGHEST_ID = 255
"""A code has one byte for its key's id."""

_KEY_FILE = re.compile(r"booking-(?P<id>[1-9][0-9]{0,2})\.key")


def rules(config: Config) -> Rules:
    """What recognising a scan at this site depends on: its number patterns, its keys, whom it trusts."""
    return Rules(
        patterns=tuple(Pattern.of(p.system, p.regex) for p in config.patterns),
        booking_keys={key_id: ed25519_public_key(key) for key_id, key in _keys(config).items()},
        issuers=issuers.current(config),
    )


def booking_code(config: Config, appointment: Appointment) -> str:
    """The appointment's code, signed with the site's newest key: its reference, nothing of the patient."""
    key_id, key = max(_keys(config).items())
    return make(appointment.reference, appointment.slot + LIFE, key_id, key)


def new_key(config: Config) -> Path:
    """Make the key that signs from now on; return its file."""
    newest = max(_keys(config))
    if newest == HIGHEST_ID:
        raise ConfigError(f"There is no key after {HIGHEST_ID}: remove the oldest ones and start again at 1.")
    path = config.data / "keys" / f"booking-{newest + 1}.key"
    read_or_make_key(path)
    return path


def key_ids(config: Config) -> list[int]:
    """The keys whose letters are good; the last one signs."""
    return sorted(_paths(config))


def drop_key(config: Config, key_id: int) -> None:
    """Make every letter signed with that key worthless. Raises ConfigError when it signs, or is not there."""
    paths = _paths(config)
    if key_id not in paths:
        raise ConfigError(f"There is no key {key_id}. There are: {', '.join(map(str, sorted(paths)))}.")
    if key_id == max(paths):
        raise ConfigError(f"Key {key_id} signs the letters: make a new key first.")
    paths[key_id].unlink()


def qr_png(code: str) -> bytes:
    """The QR code as a PNG of eight dots a module: 4 cm and sharp on a printed letter."""
    return _file(code, "png", scale=8)


def qr_svg_file(code: str) -> bytes:
    """The QR code as an SVG document."""
    return _file(code, "svg", scale=8)


def _file(code: str, kind: str, *, scale: int) -> bytes:
    picture = io.BytesIO()
    _qr(code).save(picture, kind=kind, scale=scale, border=4)
    return picture.getvalue()


def qr_svg(code: str) -> Markup:
    """The QR code as an inline SVG that scales with its box."""
    return Markup(_qr(code).svg_inline(omitsize=True, border=4))  # noqa: S704


def _qr(code: str) -> segno.QRCode:
    return segno.make_qr(code, mode="alphanumeric", error="m")


def _keys(config: Config) -> dict[int, bytes]:
    return {key_id: read_or_make_key(path) for key_id, path in _paths(config).items()}


def _paths(config: Config) -> dict[int, Path]:
    """Where the keys are, or where the first one will be."""
    folder = config.data / "keys"
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    ids = [int(match["id"]) for name in names if (match := _KEY_FILE.fullmatch(name))]
    return {key_id: folder / f"booking-{key_id}.key" for key_id in ids if key_id <= HIGHEST_ID} or {
        1: folder / "booking-1.key"
    }
