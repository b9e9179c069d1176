"""The files that a SMART Health Link leads to: opened with the link's key, read as cards. Pure.

A file is a compact JWE, `alg` dir, `enc` A256GCM, perhaps deflated (HL7 SMART Health Cards and Links 1.0).
What it holds is told by its content: the header's `cty` may be missing. Each `verifiableCredential` is
verified like a card that was scanned; FHIR resources are what the server says, and nobody signed them.
"""

from base64 import urlsafe_b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kiosk.identity.compact import decoded, inflated, json_object
from kiosk.identity.documents import HealthCard, Personal, Reason, Unknown
from kiosk.identity.fhir import coverages_of, person_of
from kiosk.identity.health_card import credential
from kiosk.identity.rules import Rules
from kiosk.identity.signatures import a256gcm_opened

LARGEST = 5 * 2**20
_MOST_CREDENTIALS = 20
_NONCE_LENGTH, _TAG_LENGTH = 12, 16


@dataclass(frozen=True, slots=True, repr=False)
class HealthFile(Personal):
    """An opened file and how large it is. It never prints what it holds."""

    content: dict[str, object]
    size: int = 0


def opened(sealed: str, key: str, most: int = LARGEST) -> HealthFile | None:
    """Open a file with the `key` of its link; None if it is not sealed with it, or not as it should be.

    It has at most so many bytes when unpacked: JSON takes many times its size in memory.
    """
    parts = sealed.strip().split(".")
    if len(parts) != 5 or parts[1]:
        return None
    try:
        header = json_object(decoded(parts[0]))
        nonce, text, tag = (decoded(part) for part in parts[2:])
        if not _is_known(header) or len(nonce) != _NONCE_LENGTH or len(tag) != _TAG_LENGTH:
            return None
        data = a256gcm_opened(_bytes(key), nonce, text + tag, parts[0].encode())
        if data is None:
            return None
        whole = inflated(data, most) if "zip" in header else data
        return HealthFile(json_object(whole), len(whole)) if len(whole) <= most else None
    except ValueError:
        return None


def cards_in(
    files: Iterable[HealthFile], rules: Rules, at: datetime, *, source: str
) -> tuple[tuple[HealthCard, ...], frozenset[Reason]]:
    """The cards in the files of one link, insurance first, verified first; and why some were refused.

    All FHIR files together are one card, never verified, of `source`.
    """
    signed: list[str] = []
    entries: list[object] = []
    for file in files:
        signed += _credentials(file.content)
        entries += _entries(file.content)
    read = [credential(jws, rules, at) for jws in signed[:_MOST_CREDENTIALS]]
    cards = [one for one in read if isinstance(one, HealthCard)]
    told = _told({"entry": entries}, source)
    refused = frozenset(one.reason for one in read if isinstance(one, Unknown))
    cards += [told] if told else []
    return tuple(sorted(cards, key=lambda one: (not one.coverages, not one.verified))), refused


def _is_known(header: dict[str, object]) -> bool:
    """Whether we know all that the header asks for."""
    if "crit" in header or header.get("zip", "DEF") != "DEF":
        return False
    return header.get("alg") == "dir" and header.get("enc") == "A256GCM"


def _bytes(key: str) -> bytes:
    """43 characters are 258 bits for a key of 256: makers of links are not held to what the last two are."""
    return urlsafe_b64decode(key + "=")


def _credentials(content: dict[str, object]) -> list[str]:
    found = content.get("verifiableCredential")
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _entries(content: dict[str, object]) -> list[object]:
    """The entries of a bundle, or a resource by itself as one."""
    if content.get("resourceType") == "Bundle":
        entries = content.get("entry")
        return entries if isinstance(entries, list) else []
    return [{"resource": content}] if "resourceType" in content else []


def _told(bundle: dict[str, object], source: str) -> HealthCard | None:
    """What a server says without a signature; None if it says nothing of a person or an insurance."""
    person, coverages = person_of(bundle), coverages_of(bundle)
    if not coverages and not person.family_name:
        return None
    return HealthCard(
        family_name=person.family_name,
        given_name=person.given_name,
        birth_date=person.birth_date,
        coverages=coverages,
        issuer=source,
    )
