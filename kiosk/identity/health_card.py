"""SMART Health Cards: unpack, verify offline, keep the person and the insurance. Pure.

SMART Health Cards 1.4: `shc:/` and two digits for each character of a compact JWS, ES256, its payload raw
deflated JSON. Whom to trust is the site's list (`Rules.issuers`): there is no public directory of insurers,
and a key is never fetched from where the card says.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

from kiosk.identity.chunks import SCHEME, Chunks, chunks_of
from kiosk.identity.compact import decoded, inflated, json_object
from kiosk.identity.documents import HealthCard, Reason, Unknown
from kiosk.identity.fhir import coverages_of, person_of
from kiosk.identity.rules import Issuer, Key, Rules
from kiosk.identity.signatures import is_es256

_LARGEST_PAYLOAD = 256 * 1024
_LONGEST_ISSUER = 500
_CLOCK_DIFFERENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Signed:
    """A JWS taken apart, not yet believed."""

    key_id: str
    message: bytes
    signature: bytes
    payload: dict[str, object]


def health_card(text: str, rules: Rules, at: datetime | None) -> HealthCard | Unknown | None:
    """Read a card, in one piece or from all its chunks in any order. None: it is none.

    Without `at`, whether it is expired is left to the caller. An issuer or a key that the site does not know
    gives an unverified card; a wrong signature by a known key gives Unknown.
    """
    begins = text.lower().find(SCHEME)
    if begins < 0:
        return None
    digits = _joined(text[begins:])
    jws = digits if isinstance(digits, Reason) else _letters(digits)
    return Unknown(reason=jws) if isinstance(jws, Reason) else credential(jws, rules, at)


def credential(jws: str, rules: Rules, at: datetime | None) -> HealthCard | Unknown:
    """Read a card that is a compact JWS already, as it stands in a file."""
    signed = _signed(jws)
    return Unknown(reason=signed) if isinstance(signed, Reason) else _card(signed, rules, at)


def _joined(text: str) -> str | Reason:
    """The digits of `shc:/digits`, or of all its chunks (deprecated since 2022, still about)."""
    chunks = chunks_of(text)
    if not chunks:
        digits = text[len(SCHEME) :]
        return digits if digits.isascii() and digits.isdigit() else Reason.MALFORMED
    whole = Chunks()
    for chunk in chunks:
        if chunk.of != chunks[0].of or whole.contradicts(chunk):
            return Reason.MALFORMED
        whole = whole.with_chunk(chunk)
    return whole.complete.removeprefix(SCHEME) if whole.complete else Reason.INCOMPLETE


def _letters(digits: str) -> str | Reason:
    """Two digits a character, its code less 45."""
    pairs = [int(digits[place : place + 2]) for place in range(0, len(digits), 2)]
    if len(digits) % 2 or max(pairs) > 77:
        return Reason.MALFORMED
    return "".join(chr(pair + 45) for pair in pairs)


def _signed(jws: str) -> _Signed | Reason:
    parts = jws.split(".")
    if len(parts) != 3:
        return Reason.MALFORMED
    try:
        header = json_object(decoded(parts[0]))
        if header.get("alg") != "ES256":
            return Reason.BAD_ALGORITHM
        if header.get("zip") != "DEF" or "crit" in header:
            return Reason.MALFORMED
        payload = json_object(inflated(decoded(parts[1]), _LARGEST_PAYLOAD))
        signature = decoded(parts[2])
    except ValueError:
        return Reason.MALFORMED
    key_id = header.get("kid")
    if not isinstance(key_id, str):
        return Reason.MALFORMED
    return _Signed(key_id, f"{parts[0]}.{parts[1]}".encode(), signature, payload)


def _card(signed: _Signed, rules: Rules, at: datetime | None) -> HealthCard | Unknown:
    payload = signed.payload
    not_before, expires = _instant(payload.get("nbf")), _instant(payload.get("exp"))
    url, content = payload.get("iss"), payload.get("vc")
    if not isinstance(url, str) or not isinstance(content, dict) or not_before is None:
        return Unknown(reason=Reason.MALFORMED)
    if len(url) > _LONGEST_ISSUER or not url.isprintable() or ("exp" in payload and expires is None):
        return Unknown(reason=Reason.MALFORMED)
    issuer = next((issuer for issuer in rules.issuers if issuer.url == url), None)
    key = issuer.keys.get(signed.key_id) if issuer else None
    refusal = _refusal(signed, key, content.get("rid"), not_before) or _untimely(not_before, expires, at)
    if refusal:
        return Unknown(reason=refusal)
    return _described(content, url, _vouching(issuer, key, content), not_before, expires)


def _refusal(signed: _Signed, key: Key | None, rid: object, issued: datetime) -> Reason | None:
    if key is None:
        return None
    if not is_es256(key.point, signed.signature, signed.message):
        return Reason.BAD_SIGNATURE
    revoked_before = (key.revoked or {}).get(rid, -inf) if isinstance(rid, str) else -inf
    return Reason.REVOKED if issued.timestamp() < revoked_before else None


def _untimely(not_before: datetime, expires: datetime | None, at: datetime | None) -> Reason | None:
    if at is not None and expires is not None and expires <= at:
        return Reason.EXPIRED
    if at is not None and not_before > at + _CLOCK_DIFFERENCE:
        return Reason.NOT_YET_VALID
    return None


def _vouching(issuer: Issuer | None, key: Key | None, content: dict[str, object]) -> Issuer | None:
    """Who stands for the card: nobody, while the list that may revoke it is not here."""
    may_be_revoked = key is not None and key.revoked is None and "rid" in content
    return None if key is None or may_be_revoked else issuer


def _described(
    content: dict[str, object],
    url: str,
    vouching: Issuer | None,
    not_before: datetime,
    expires: datetime | None,
) -> HealthCard:
    subject = content.get("credentialSubject")
    bundle = subject.get("fhirBundle") if isinstance(subject, dict) else None
    person = person_of(bundle)
    return HealthCard(
        family_name=person.family_name,
        given_name=person.given_name,
        birth_date=person.birth_date,
        coverages=coverages_of(bundle),
        issuer=url,
        issuer_name=vouching.name if vouching else "",
        verified=vouching is not None,
        not_before=not_before,
        expires=expires,
    )


def _instant(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
