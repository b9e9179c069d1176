"""`python -m kiosk issuers …`: fetch the keys and revocation lists of the insurers on the site's list.

An answer is written only when it is good, whole and not older than what is here: revocation lists first, then
the keys that point to them. A bad one leaves everything of that issuer as it was.
"""

import argparse
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from kiosk import config as configuration
from kiosk.config import Config, ConfigError
from kiosk.coverage.https import Errand, FetchError, NotTrusted, NotUnderstood, Reach, host_of
from kiosk.coverage.issuers import Files, files_of, keys_in, load
from kiosk.identity import Issuer
from kiosk.identity.compact import json_object
from kiosk.identity.rules import RevocationList, key_id, list_counter

PATIENCE_S = 20.0
MODE = 0o644


class BadAnswer(Exception):
    """What the issuer's server sent cannot be used."""


def run(config: Config, options: argparse.Namespace) -> int:
    """Do what was asked; return the exit code: 1 when an issuer could not be fetched."""
    if not config.issuers:
        print("No issuer is configured: docs/health-cards.md says how to add one.")
        return 0
    if options.action == "list":
        show(config)
        return 0
    return update(config, reach_of(config))


def reach_of(config: Config) -> Reach:
    """What an update may ask: the issuers' own hosts."""
    return Reach(hosts=frozenset(host_of(issuer.url) for issuer in config.issuers))


def show(config: Config) -> None:
    """Print each issuer and how old what is known of it is. Raises ConfigError where a file is bad."""
    for section, issuer in zip(config.issuers, load(config), strict=True):
        revoked = sum(len(key.revoked or ()) for key in issuer.keys.values())
        missing = sum(key.revoked is None for key in issuer.keys.values())
        print(f"{issuer.name}\n  {issuer.url}")
        print(f"  {_counted(len(issuer.keys), 'key')}, {_counted(revoked, 'card')} revoked")
        if missing:
            print(f"  {_counted(missing, 'revocation list')} missing or too old")
        print(f"  fetched {files_of(config.data, section).fetched_at():%Y-%m-%d %H:%M} UTC")


def update(config: Config, reach: Reach) -> int:
    """Fetch the files of every issuer; one that fails does not hold up the others."""
    failed = 0
    for issuer in config.issuers:
        try:
            print(f"{issuer.name}: {_update(issuer, files_of(config.data, issuer), reach)}")
        except (BadAnswer, FetchError, ConfigError) as problem:
            failed += 1
            print(f"{issuer.name}: {_words(problem)} What was here stays.", file=sys.stderr)
    return 1 if failed else 0


def _update(issuer: configuration.Issuer, files: Files, reach: Reach) -> str:
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
    return f"{_counted(len(keys_in(keys)), 'key')}, {_counted(len(lists), 'revocation list')}."


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


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _words(problem: Exception) -> str:
    match problem:
        case NotTrusted():
            return "Its server has no public address, redirects, or has no right certificate."
        case NotUnderstood():
            return "Its server sent too much, or in a way that is not understood."
        case FetchError():
            return "Its server does not answer."
    return str(problem)
