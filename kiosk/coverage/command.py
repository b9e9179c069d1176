"""`python -m kiosk issuers …`: the keys and revocation lists of the insurers on the site's list."""

import argparse
import sys

from kiosk.command import Actions, Command, Options, configuration
from kiosk.config import Config, ConfigError
from kiosk.coverage import updating
from kiosk.coverage.exchange import FetchError, NotTrusted, NotUnderstood
from kiosk.coverage.https import Reach, host_of
from kiosk.coverage.issuers import files_of, load
from kiosk.coverage.updating import BadAnswer


def issuers(options: Options) -> int:
    """Do what was asked; return the exit code: 1 when an issuer could not be fetched."""
    config = configuration(options)
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
            found = updating.update(issuer, files_of(config.data, issuer), reach)
        except (BadAnswer, FetchError, ConfigError) as problem:
            failed += 1
            print(f"{issuer.name}: {_words(problem)} What was here stays.", file=sys.stderr)
        else:
            fetched = f"{_counted(found.keys, 'key')}, {_counted(found.lists, 'revocation list')}"
            print(f"{issuer.name}: {fetched}.")
    return 1 if failed else 0


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


def _arguments(parser: argparse.ArgumentParser) -> None:
    actions = Actions(parser)
    actions.add("update", "fetch from every issuer; a bad answer replaces nothing")
    actions.add("list", "show the issuers and how old what is known of them is")


COMMANDS = {"issuers": Command(issuers, _arguments)}
