"""`python -m kiosk identify`: say what a payload or a picture of a code means. Nothing is stored."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from kiosk.identity import Rules, recognise
from kiosk.identity.documents import Reason, Recognised, Unknown


class NotAScan(Exception):
    """What was given cannot be taken for a scan."""


def payloads(data: str | None, image: Path | None, stdin: BinaryIO) -> Iterator[bytes]:
    """Yield the scans that were given: an argument, the codes of a picture, or standard input, whole."""
    if image is not None:
        from PIL import Image

        from drivers.scanners.camera import NotAPicture, decode

        try:
            with Image.open(image) as picture:
                yield from (code.data for code in decode(picture))
        except Image.DecompressionBombError as error:
            raise NotAPicture(f"{image}: {error}") from error
    else:
        yield stdin.read() if data is None else os.fsencode(data)


def identify(scans: Iterable[bytes], rules: Rules, *, at: datetime) -> int:
    """Print one JSON object a scan; return how many there were."""
    number = 0
    for number, scan in enumerate(scans, start=1):  # noqa: B007 - the last number is the answer
        _print(described(recognise(scan, rules, at=at)))
    return number


def identify_lines(lines: Iterable[bytes], rules: Rules, *, at: datetime) -> int:
    """Print one JSON object a line of input, in its order; return how many lines were no scan.

    A line is `{"payload": "…"}` or a bare JSON string. One that is neither is answered like any scan that
    cannot be read, and says so in `error`; the next ones are read all the same. Empty lines are none.
    """
    wrong = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            scan = payload_of(line)
        except NotAScan as error:
            wrong += 1
            _print({**described(Unknown(reason=Reason.UNREADABLE)), "error": f"Line {number}: {error}"})
        else:
            _print(described(recognise(scan, rules, at=at)))
    return wrong


def payload_of(line: bytes) -> str:
    """The payload that a line of JSON holds. Raises NotAScan."""
    try:
        value = json.loads(line, strict=False)
    except (ValueError, RecursionError):
        raise NotAScan("This is not JSON.") from None
    payload = value.get("payload") if isinstance(value, dict) else value
    if not isinstance(payload, str):
        raise NotAScan('This is neither {"payload": "…"} nor a JSON string.')
    return payload


def described(found: Recognised) -> dict[str, Any]:
    """The recognised document as plain JSON, its kind first, then every field it can have."""
    return {"document": type(found).__name__, **_fields(found)}


def _fields(found: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(found, field.name)) for field in fields(found)}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_fields(one) for one in value]
    return value


def _print(document: dict[str, Any]) -> None:
    print(json.dumps(document), flush=True)
