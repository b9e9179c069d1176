"""Fetching the keys and revocation lists of one insurer.

An answer is written only when it is good, whole and not older than what is here: revocation lists first, then
the keys that point to them. A bad one leaves everything of that issuer as it was.
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kiosk.config import Issuer as Section
from kiosk.coverage.https import Errand, Reach
from kiosk.coverage.issuers import Files, keys_in
from kiosk.identity import Issuer
from kiosk.identity.compact import json_object
from kiosk.identity.rules import RevocationList, key_id, list_counter

PATIENCE_S = 20.0
MODE = 0o644


class BadAnswer(Exception):
    """What the issuer's server sent cannot be used."""


class Updated(NamedTuple):
    """How much was fetched and written."""

    keys: int
    lists: int


def update(issuer: Section, files: Files, reach: Reach) -> Updated:
    """Fetch an issuer's files and put them in their places. Raises BadAnswer, FetchError, ConfigError."""
    errand = Errand(reach, PATIENCE_S)
    keys = _fetched(errand, f"{issuer.url}/.well-known/jwks.json")
    lists: dict[Path, bytes] = {}
    try:
        Issuer.from_jwks(issuer.url, issuer.name, keys_in(keys))
        for jwk in keys_in(keys):
            if wanted := list_counter(jwk):
                name = key_id(jwk)
                data = _fetched(errand, f"{issuer.url}/.well-known/crl/{name}.json")
                place = files.list_of(name)
                _check_list(RevocationList.of(json_object(data)), name, wanted, place)
                if place in lists:
                    raise BadAnswer("It has several revocation lists: `crl` must be a folder, not a file.")
                lists[place] = data
    except ValueError as error:
        raise BadAnswer(f"Its server sent something else: {error}.") from None
    for path, data in (*lists.items(), (files.keys, keys)):
        _write(path, data)
    return Updated(len(keys_in(keys)), len(lists))


def _check_list(found: RevocationList, name: str, wanted: int, here: Path) -> None:
    """Refuse another key's list, and one that forgets what was revoked before."""
    if found.key_id != name:
        raise BadAnswer("The revocation list of one key is that of another.")
    with suppress(OSError, ValueError):
        wanted = max(wanted, RevocationList.of(json_object(here.read_bytes())).counter)
    if found.counter < wanted:
        raise BadAnswer(f"A revocation list is number {found.counter}, older than {wanted}.")


def _fetched(errand: Errand, url: str) -> bytes:
    answer = errand.get(url)
    if answer.status != 200:
        raise BadAnswer(f"Its server answers {answer.status} for {url}.")
    return answer.body


def _write(path: Path, data: bytes) -> None:
    """Put the file there whole: who reads meanwhile reads the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, made = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        Path(made).chmod(MODE)
        Path(made).replace(path)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
