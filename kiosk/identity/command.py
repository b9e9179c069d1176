"""`python -m kiosk identify`: say what a payload or a picture of a code means. Nothing is stored."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import msgspec

from kiosk.identity import Rules, recognise
from kiosk.identity.documents import Recognised


class NotAScan(Exception):
    """What was given cannot be taken for a scan."""


def payloads(data: str | None, image: Path | None, lines: bool, stdin: TextIO) -> Iterator[bytes]:
    """Yield the scans that were given: an argument, a picture, or standard input (whole, or JSON a line)."""
    if image is not None:
        from PIL import Image

        from drivers.scanners.camera import decode

        with Image.open(image) as picture:
            yield from (code.data for code in decode(picture))
    elif data is not None:
        yield data.encode()
    elif lines:
        yield from (_json_line(line) for line in stdin if line.strip())
    else:
        yield stdin.buffer.read()


def _json_line(line: str) -> bytes:
    try:
        return msgspec.json.decode(line, type=str).encode()
    except msgspec.DecodeError as error:
        raise NotAScan(f"Every line must be one JSON string, and one is not: {error}.") from None


def identify(scans: Iterable[bytes], rules: Rules, *, at: datetime) -> int:
    """Print one JSON object a scan; return how many there were."""
    found = [described(recognise(scan, rules, at=at)) for scan in scans]
    for document in found:
        print(json.dumps(document, ensure_ascii=False))
    return len(found)


def described(found: Recognised) -> dict[str, Any]:
    """The recognised document as plain JSON, its kind first; empty fields left out."""
    fields = {name: _plain(value) for name, value in asdict(found).items()}
    return {
        "document": type(found).__name__,
        **{name: value for name, value in fields.items() if value not in ("", None, [])},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | tuple | list):
        return [_plain(one) for one in (sorted(value) if isinstance(value, frozenset) else value)]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value
