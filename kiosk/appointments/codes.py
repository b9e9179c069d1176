"""Booking codes: the site's signing keys, the code of one appointment, and its QR picture.

Keys are `<data>/keys/booking-<id>.key`. The highest id signs, all of them verify: for a new key make the next
file, and remove the old one when the last letter signed with it is past.
"""

import re
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import segno
from markupsafe import Markup

from kiosk.appointments.records import Appointment
from kiosk.clinic import Clinic
from kiosk.database.vault import read_or_make_key
from kiosk.identity import Pattern, Rules
from kiosk.identity.booking import make
from kiosk.identity.signatures import ed25519_public_key

LIFE = timedelta(days=30)
"""How long after its slot a code is good: a letter survives that the appointment is moved."""

_KEY_FILE = re.compile(r"booking-(?P<id>[0-9]{1,3})\.key")


def rules(clinic: Clinic) -> Rules:
    """What recognising a scan at this site depends on: its number patterns and its public keys."""
    return Rules(
        patterns=tuple(Pattern.of(p.system, p.regex) for p in clinic.config.patterns),
        booking_keys={key_id: ed25519_public_key(key) for key_id, key in _keys(clinic).items()},
    )


def booking_code(clinic: Clinic, appointment: Appointment) -> str:
    """The signed code of this appointment: its reference, nothing of the patient."""
    return sign(clinic, appointment.reference, appointment.slot + LIFE)


def sign(clinic: Clinic, reference: str, expires: datetime) -> str:
    """Sign a reference with the site's newest key."""
    key_id, key = max(_keys(clinic).items())
    return make(reference, expires, key_id, key)


def qr_svg(code: str) -> Markup:
    """The QR code as an inline SVG that scales with its box."""
    return Markup(_qr(code).svg_inline(omitsize=True, border=4))  # noqa: S704


def qr_png(code: str, module_px: int = 6) -> bytes:
    """The QR code as a PNG."""
    out = BytesIO()
    _qr(code).save(out, kind="png", scale=module_px, border=4)
    return out.getvalue()


def _qr(code: str) -> segno.QRCode:
    return segno.make_qr(code, mode="alphanumeric", error="m")


def _keys(clinic: Clinic) -> dict[int, bytes]:
    folder = clinic.config.data / "keys"
    found = {int(match["id"]): path for path in _files(folder) if (match := _KEY_FILE.fullmatch(path.name))}
    paths = {key_id: path for key_id, path in found.items() if key_id <= 0xFF} or {
        1: folder / "booking-1.key"
    }
    return {key_id: read_or_make_key(path) for key_id, path in paths.items()}


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []
