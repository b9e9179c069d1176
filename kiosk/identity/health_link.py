"""SMART Health Links: read and check in form, never fetched here. Pure.

`[viewer#]shlink:/` and base64url of `{url, key, [exp], [flag], [label], [v]}` (HL7 SMART Health Cards and
Links 1.0). A link is a bearer secret.
"""

import json
import re
from base64 import urlsafe_b64decode
from binascii import Error
from datetime import UTC, datetime
from urllib.parse import urlsplit

from kiosk.identity.documents import HealthLink, Reason, Unknown
from kiosk.identity.transport import caps_lock_off

_LINK = re.compile(r"(?:[^\s#]{1,200}#)?shl(?:ink)?:/(?P<content>[A-Za-z0-9_-]+)=*")
"""`shl:/` is how CARIN's guide for insurance cards writes it."""
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_FLAGS = frozenset("LPU")
"""Others are to be ignored (specification, protocol versioning)."""
_URL_LENGTH, _LABEL_LENGTH = 128, 80
# Published examples give exp in milliseconds; in seconds such a number would be after the year 5000.
_MILLISECONDS = 1e11


def health_link(text: str, at: datetime | None) -> HealthLink | Unknown | None:
    """Read a link. None: it is none; Unknown: expired, or against the specification."""
    if text.startswith(("SHLINK:/", "SHL:/")):
        text = caps_lock_off(text)
    found = _LINK.fullmatch(text)
    if found is None:
        return Unknown(reason=Reason.MALFORMED) if "shlink:/" in text else None
    content = _content(found["content"])
    if content is None:
        return Unknown(reason=Reason.MALFORMED)
    if content.get("v", 1) != 1:
        return Unknown(reason=Reason.UNKNOWN_VERSION)
    link = _link(content)
    if link is None:
        return Unknown(reason=Reason.MALFORMED)
    if at is not None and link.expires is not None and link.expires <= at:
        return Unknown(reason=Reason.EXPIRED)
    return link


def _content(encoded: str) -> dict[str, object] | None:
    try:
        content = json.loads(urlsafe_b64decode(encoded + "=="))
    except (Error, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _link(content: dict[str, object]) -> HealthLink | None:
    url, key, label = content.get("url"), content.get("key"), content.get("label", "")
    flags = content.get("flag", "")
    if not (
        isinstance(url, str) and isinstance(key, str) and isinstance(label, str) and isinstance(flags, str)
    ):
        return None
    if not (_is_https(url) and _KEY.fullmatch(key) and len(label) <= _LABEL_LENGTH and label.isprintable()):
        return None
    if {"P", "U"} <= set(flags):
        return None
    expires = _instant(content.get("exp"))
    if expires is None and content.get("exp") is not None:
        return None
    return HealthLink(url=url, key=key, flags=frozenset(flags) & _FLAGS, label=label, expires=expires)


def _is_https(url: str) -> bool:
    """Whether it may be fetched at all: https, a host, no user, nothing a server could split in two."""
    if len(url) > _URL_LENGTH or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        return (
            parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
        )
    except ValueError:
        return False


def _instant(value: object) -> datetime | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
