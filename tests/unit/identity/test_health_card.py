"""SMART Health Cards: verified offline or shown as unverified, and every way to cheat refused."""

import json
import zlib
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from kiosk.identity import Coverage, HealthCard, Issuer, Reason, Rules, Unknown, recognise

AT = datetime(2026, 11, 23, tzinfo=UTC)
ISS = "https://insurer.example/shc"
KEY, OTHER_KEY = derive_private_key(4711, SECP256R1()), derive_private_key(4712, SECP256R1())


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def jwk(key: Any) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "use": "sig",
        "alg": "ES256",
        "x": base64url(numbers.x.to_bytes(32, "big")),
        "y": base64url(numbers.y.to_bytes(32, "big")),
    }


TRUSTED = Issuer.from_jwks(ISS, "Example Insurer", [jwk(KEY)])
RULES = Rules(issuers=(TRUSTED,))
KID = next(iter(TRUSTED.keys))
PATIENT = {
    "resourceType": "Patient",
    "name": [
        {"use": "nickname", "family": "X"},
        {"use": "official", "family": "Sample", "given": ["Anna", "Lee"]},
    ],
    "birthDate": "1951-06-05",
}
COVERAGE = {
    "resourceType": "Coverage",
    "status": "active",
    "subscriberId": "W123456789",
    "beneficiary": {"reference": "resource:0"},
    "relationship": {"coding": [{"code": "self"}]},
    "period": {"start": "2026-01-01", "end": "2026-12-31T23:59:59Z"},
    "payor": [{"reference": "resource:2"}],
    "class": [
        {"type": {"coding": [{"code": "group"}]}, "value": "993355"},
        {"type": {"coding": [{"code": "plan"}]}, "value": "Gold"},
        {"type": {"coding": [{"code": "rxbin"}]}, "value": "003858"},
        {"type": {"coding": [{"code": "rxpcn"}]}, "value": "A4"},
        {"type": {"coding": [{"code": "rxgroup"}]}, "value": "RX1"},
        {"type": {"coding": [{"code": "network"}]}, "value": "5"},
        {"type": {"coding": [{"code": "group"}]}, "value": "second"},
    ],
}
PAYER = {"resourceType": "Organization", "name": "Example Insurer Inc."}


def bundle(*resources: Any) -> dict[str, Any]:
    entries = [
        {"fullUrl": f"resource:{number}", "resource": resource} for number, resource in enumerate(resources)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def payload(**changes: Any) -> dict[str, Any]:
    content = {
        "iss": ISS,
        "nbf": (AT - timedelta(days=1)).timestamp(),
        "vc": {"credentialSubject": {"fhirVersion": "4.0.1", "fhirBundle": bundle(PATIENT, COVERAGE, PAYER)}},
    }
    return {**content, **changes}


def jws(
    content: Any,
    key: Any = KEY,
    header: dict[str, Any] | None = None,
    packed: bytes | None = None,
    signature: bytes | None = None,
) -> str:
    header = {"alg": "ES256", "zip": "DEF", "kid": KID, **(header or {})}
    deflater = zlib.compressobj(wbits=-15)
    body = (
        packed if packed is not None else deflater.compress(json.dumps(content).encode()) + deflater.flush()
    )
    message = f"{base64url(json.dumps(header).encode())}.{base64url(body)}"
    if signature is None:
        r, s = decode_dss_signature(key.sign(message.encode(), ECDSA(SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"{message}.{base64url(signature)}"


def digits(token: str) -> str:
    return "".join(f"{ord(letter) - 45:02}" for letter in token)


def card(content: Any = None, **how: Any) -> str:
    return "shc:/" + digits(jws(payload() if content is None else content, **how))


def read(text: str, rules: Rules = RULES, at: datetime | None = AT) -> HealthCard:
    found = recognise(text, rules, at)
    assert isinstance(found, HealthCard), found
    return found


def test_a_card_of_a_trusted_insurer_is_verified():
    found = read(card())
    assert found.verified
    assert (found.issuer, found.issuer_name) == (ISS, "Example Insurer")
    assert (found.family_name, found.given_name, found.birth_date) == ("Sample", "Anna Lee", date(1951, 6, 5))
    assert found.not_before == AT - timedelta(days=1)
    assert found.coverages == (
        Coverage(
            member_id="W123456789",
            payer="Example Insurer Inc.",
            plan="Gold",
            group="993355",
            rx_bin="003858",
            rx_pcn="A4",
            rx_group="RX1",
            relationship="self",
            status="active",
            start=date(2026, 1, 1),
            end=date(2026, 12, 31),
        ),
    )


def test_the_scheme_may_come_in_capitals_or_behind_a_viewer():
    assert read(card().upper()) == read(card())
    assert read("https://viewer.example/#" + card()) == read(card())


def test_chunks_are_joined_in_any_order():
    whole = digits(jws(payload()))
    thirds = [whole[:500], whole[500:901], whole[901:]]
    chunks = [f"shc:/{number}/3/{part}" for number, part in enumerate(thirds, 1)]
    assert read("\n".join(chunks)) == read(card())
    assert read(" ".join(reversed(chunks))) == read(card())
    assert read("shc:/1/1/" + whole) == read(card())
    assert recognise(chunks[0], RULES, AT) == Unknown(reason=Reason.INCOMPLETE)
    assert recognise("\n".join([chunks[0], chunks[1], chunks[1]]), RULES, AT) == Unknown(
        reason=Reason.INCOMPLETE
    )
    assert recognise(f"{chunks[0]}\n{card()}", RULES, AT) == Unknown(reason=Reason.MALFORMED)


def test_an_unknown_issuer_is_unverified():
    found = read(card(), Rules())
    assert not found.verified
    assert (found.issuer, found.issuer_name, found.family_name) == (ISS, "", "Sample")


def test_an_unknown_key_of_a_known_issuer_is_unverified():
    found = read(card(key=OTHER_KEY, header={"kid": "another"}))
    assert not found.verified
    assert found.issuer_name == ""


def test_a_key_of_one_issuer_does_not_vouch_for_another():
    rules = Rules(issuers=(TRUSTED, Issuer("https://other.example", "Other", {})))
    assert not read(card(payload(iss="https://other.example")), rules).verified


def test_another_signature_by_a_known_key_is_refused():
    assert recognise(card(key=OTHER_KEY), RULES, AT) == Unknown(reason=Reason.BAD_SIGNATURE)
    assert recognise(card(signature=bytes(64)), RULES, AT) == Unknown(reason=Reason.BAD_SIGNATURE)
    assert recognise(card(signature=b""), RULES, AT) == Unknown(reason=Reason.BAD_SIGNATURE)


def test_a_changed_payload_is_refused():
    genuine, forged = jws(payload()), jws(payload(nbf=1))
    header, _, signature = genuine.split(".")
    token = f"{header}.{forged.split('.')[1]}.{signature}"
    assert recognise("shc:/" + digits(token), RULES, AT) == Unknown(reason=Reason.BAD_SIGNATURE)


def test_a_der_signature_is_refused():
    message = jws(payload()).rpartition(".")[0]
    der = KEY.sign(message.encode(), ECDSA(SHA256()))
    token = f"{message}.{base64url(der)}"
    assert recognise("shc:/" + digits(token), RULES, AT) == Unknown(reason=Reason.BAD_SIGNATURE)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES384", "", None, ["ES256"]])
def test_every_other_algorithm_is_refused(algorithm):
    assert recognise(card(header={"alg": algorithm}), RULES, AT) == Unknown(reason=Reason.BAD_ALGORITHM)


def test_expiry_is_honoured_when_a_now_is_given():
    ends = payload(exp=AT.timestamp())
    assert recognise(card(ends), RULES, AT) == Unknown(reason=Reason.EXPIRED)
    assert read(card(ends), at=AT - timedelta(seconds=1)).expires == AT
    assert read(card(ends), at=None).verified


def test_a_card_from_the_future_is_refused():
    begins = payload(nbf=(AT + timedelta(minutes=6)).timestamp())
    assert recognise(card(begins), RULES, AT) == Unknown(reason=Reason.NOT_YET_VALID)
    assert read(card(begins), at=AT + timedelta(minutes=2)).verified


@pytest.mark.parametrize(
    ("revoked", "is_refused"), [("r1", True), ("r1.1795392000", True), ("r1.1", False), ("r2", False)]
)
def test_a_revoked_card_is_refused(revoked, is_refused):
    issuer = Issuer.from_jwks(ISS, "Example Insurer", [jwk(KEY)], [revoked])
    content = payload()
    content["vc"]["rid"] = "r1"
    found = recognise(card(content), Rules(issuers=(issuer,)), AT)
    assert (found == Unknown(reason=Reason.REVOKED)) is is_refused


def bomb() -> bytes:
    deflater = zlib.compressobj(9, wbits=-15)
    return deflater.compress(b" " * 3_000_000) + deflater.flush()


@pytest.mark.parametrize(
    "text",
    [
        "shc:/",
        "shc:/123",
        "shc:/78",
        "shc:/abc",
        "shc:/1/2",
        "shc:/" + "00" * 3,
        "shc:/" + digits("a.b.c"),
        "shc:/" + digits("a.b"),
        "shc:/" + digits("a..c"),
        card(header={"zip": "GZ"}),
        card(packed=b"not deflated"),
        card(packed=b""),
        card(packed=bomb()),
        card([1, 2]),
        card("text"),
        card({}),
        card(payload(iss=5)),
        card(payload(vc=None)),
        card(payload(nbf=None)),
        card(payload(nbf=True)),
        card(payload(nbf="1")),
        card(payload(nbf=1e300)),
        card(payload(nbf=10**400)),
        card(payload(nbf=float("nan"))),
        card(payload(nbf=float("inf"))),
        card(payload(exp="soon")),
        "shc:/" + digits(jws(payload()).replace(".", "-")),
        "shc:/" + digits(base64url(b"[]") + "." + base64url(b"x") + "."),
    ],
)
def test_what_is_against_the_specification_is_malformed(text):
    assert recognise(text, RULES, AT) == Unknown(reason=Reason.MALFORMED)


def test_deep_nesting_is_malformed():
    deflater = zlib.compressobj(wbits=-15)
    packed = deflater.compress(b"[" * 200_000) + deflater.flush()
    assert recognise(card(packed=packed), RULES, AT) == Unknown(reason=Reason.MALFORMED)


@pytest.mark.parametrize(
    "subject", [None, 5, [], {}, {"fhirBundle": None}, {"fhirBundle": {"entry": [None, {}, {"resource": 1}]}}]
)
def test_a_bundle_of_nothing_gives_a_card_of_nobody(subject):
    found = read(card(payload(vc={"credentialSubject": subject})))
    assert (found.family_name, found.given_name, found.birth_date, found.coverages) == ("", "", None, ())


def of(*resources: Any) -> HealthCard:
    return read(card(payload(vc={"credentialSubject": {"fhirBundle": bundle(*resources)}})))


def test_the_beneficiary_is_the_person_among_several_patients():
    cover = {**COVERAGE, "beneficiary": {"reference": "resource:1"}}
    child = {"resourceType": "Patient", "name": [{"family": "Sample", "given": ["Bo"]}]}
    assert of(PATIENT, child, cover).given_name == "Bo"


def test_several_patients_and_no_beneficiary_are_nobody():
    cover = {"resourceType": "Coverage"}
    assert of(PATIENT, {"resourceType": "Patient"}, cover).family_name == ""
    assert of(PATIENT, cover).family_name == "Sample"


def test_a_member_identifier_stands_in_for_the_subscriber():
    cover = {
        "resourceType": "Coverage",
        "identifier": [{"value": "other"}, {"type": {"coding": [{"code": "MB"}]}, "value": "M1"}],
        "payor": [{"display": "Payer"}],
    }
    assert (of(cover).coverages[0].member_id, of(cover).coverages[0].payer) == ("M1", "Payer")
    assert (
        of({"resourceType": "Coverage", "identifier": [{"value": "only"}]}).coverages[0].member_id == "only"
    )


def test_references_by_id_are_followed():
    entries = [
        {"resource": {"resourceType": "Organization", "id": "o", "name": "By id"}},
        {"resource": {"resourceType": "Coverage", "payor": [{"reference": "Organization/o"}]}},
    ]
    found = read(card(payload(vc={"credentialSubject": {"fhirBundle": {"entry": entries}}})))
    assert found.coverages[0].payer == "By id"


def test_a_partial_or_wrong_birth_date_and_endless_text_are_left_out():
    assert of({"resourceType": "Patient", "birthDate": "1951-06"}).birth_date is None
    assert of({"resourceType": "Patient", "birthDate": "1951-13-01"}).birth_date is None
    assert of({"resourceType": "Patient", "name": [{"family": "x" * 500}]}).family_name == ""
    assert len(of(*[{"resourceType": "Coverage"}] * 30).coverages) == 10


def test_only_p256_keys_can_be_trusted():
    good = jwk(KEY)
    for bad in ({"kty": "RSA"}, {**good, "crv": "P-384"}, {**good, "x": base64url(b"short")}):
        with pytest.raises(ValueError, match="P-256"):
            Issuer.from_jwks(ISS, "Insurer", [bad])


def test_a_key_that_is_no_point_verifies_nothing():
    rules = Rules(issuers=(Issuer(ISS, "Insurer", {KID: b"\x04" + bytes(64)}),))
    assert recognise(card(), rules, AT) == Unknown(reason=Reason.BAD_SIGNATURE)
