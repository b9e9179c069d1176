"""SMART Health Cards: verified offline or shown as unverified, and every way to cheat refused."""

import hmac
import json
import zlib
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.identity import Coverage, HealthCard, Issuer, Reason, Rules, Unknown, recognise
from kiosk.identity.rules import Key, RevocationList, key_id
from tests.unit.identity.health_cards import (
    AT,
    COVERAGE,
    ISS,
    KEY,
    KID,
    OTHER_KEY,
    PATIENT,
    PAYER,
    RULES,
    TRUSTED,
    base64url,
    bundle,
    card,
    deflated,
    digits,
    jwk,
    jws,
    payload,
    revocation_list,
)


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
    for beside in (card(), "shc:/1/2/5676", "shc:/1/3/5676"):
        assert recognise(f"{chunks[0]}\n{beside}", RULES, AT) == Unknown(reason=Reason.MALFORMED)


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


@settings(max_examples=100)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=77))
def test_a_card_with_one_letter_changed_is_never_verified(place, by):
    whole = card()
    place = 5 + 2 * (place % ((len(whole) - 5) // 2))
    changed = f"{whole[:place]}{(int(whole[place : place + 2]) + by) % 78:02}{whole[place + 2 :]}"
    found = recognise(changed, RULES, AT)
    assert not (isinstance(found, HealthCard) and found.verified)


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


def revocable(rid: object = "r1") -> str:
    content = payload()
    content["vc"]["rid"] = rid
    return card(content)


def revoking(*rids: str, counter: int = 1, wanted: int = 1) -> Rules:
    """An issuer that keeps a list: the key says that it was changed `wanted` times."""
    lists = [RevocationList.of(revocation_list(KID, counter, *rids))]
    issuer = Issuer.from_jwks(ISS, "Example Insurer", [{**jwk(KEY), "crlVersion": wanted}], lists)
    return Rules(issuers=(issuer,))


@pytest.mark.parametrize(
    ("revoked", "is_refused"),
    [
        (["r1"], True),
        (["r1.1795392000"], True),
        (["r1.1"], False),
        (["r2"], False),
        ([], False),
        (["r1.1", "r1.1795392000"], True),
        (["r1", "r1.1"], True),
    ],
)
def test_a_revoked_card_is_refused(revoked, is_refused):
    found = recognise(revocable(), revoking(*revoked), AT)
    assert (found == Unknown(reason=Reason.REVOKED)) is is_refused
    assert is_refused or found.verified


@pytest.mark.parametrize("rid", [None, 5, [], {}])
def test_a_rid_that_is_no_text_is_on_no_list(rid):
    assert read(revocable(rid), revoking("r1")).verified


def test_a_list_revokes_the_cards_of_its_own_key_only():
    rules = revoking("r1")
    old_key = Issuer.from_jwks(
        ISS, "Example Insurer", [jwk(KEY)], [RevocationList.of(revocation_list("another", 1, "r1"))]
    )
    assert recognise(revocable(), rules, AT) == Unknown(reason=Reason.REVOKED)
    assert read(revocable(), Rules(issuers=(old_key,))).verified


def test_while_the_revocation_list_is_missing_or_old_a_card_that_may_be_on_it_is_unverified():
    missing = Issuer.from_jwks(ISS, "Example Insurer", [{**jwk(KEY), "crlVersion": 1}])
    assert not read(revocable(), Rules(issuers=(missing,))).verified
    assert not read(revocable(), revoking(counter=2, wanted=3)).verified
    assert read(revocable(), revoking(counter=3, wanted=2)).verified
    assert read(card(), Rules(issuers=(missing,))).verified


def test_two_keys_of_an_issuer_are_good_at_once_and_one_that_it_withdrew_is_not():
    both = Rules(issuers=(Issuer.from_jwks(ISS, "Example Insurer", [jwk(KEY), jwk(OTHER_KEY)]),))
    other = next(kid for kid in both.issuers[0].keys if kid != KID)
    newer = card(key=OTHER_KEY, header={"kid": other})
    assert read(card(), both).verified
    assert read(newer, both).verified
    assert not read(newer, RULES).verified
    assert recognise(card(header={"kid": other}), both, AT) == Unknown(reason=Reason.BAD_SIGNATURE)


def test_a_key_in_the_header_is_not_used():
    forged = card(key=OTHER_KEY, header={"jwk": jwk(OTHER_KEY), "jku": "https://evil.example/jwks.json"})
    assert recognise(forged, RULES, AT) == Unknown(reason=Reason.BAD_SIGNATURE)


def test_an_hmac_made_with_the_public_key_is_no_signature():
    point = TRUSTED.keys[KID].point
    message = jws(payload(), header={"alg": "HS256"}).rpartition(".")[0]
    forged = f"{message}.{base64url(hmac.digest(point, message.encode(), 'sha256'))}"
    assert recognise("shc:/" + digits(forged), RULES, AT) == Unknown(reason=Reason.BAD_ALGORITHM)


@pytest.mark.parametrize(
    "url", [ISS + "/", ISS.upper(), "https://insurer.example./shc", " " + ISS, "http://insurer.example/shc"]
)
def test_an_issuer_is_compared_letter_for_letter(url):
    assert not read(card(payload(iss=url))).verified


def test_text_that_would_deceive_on_a_screen_is_cleaned():
    name = {"family": "Sam\u202eple\ud800 \x1b[31m", "given": ["An\nna"]}
    found = of({"resourceType": "Patient", "name": [name]})
    assert (found.family_name, found.given_name) == ("Sam ple [31m", "An na")


def bomb() -> bytes:
    return deflated(b" " * 3_000_000)


def respelled(token: str) -> str:
    """The same bytes in other letters: the spare bits at the end of the signature."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) + 1]


def doubled(name: str) -> bytes:
    """A payload in which a name comes twice."""
    return deflated(f'{{"{name}": "https://evil.example", {json.dumps(payload())[1:]}'.encode())


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
        card(payload(iss="https://" + "a" * 500)),
        card(payload(iss=ISS + "\n")),
        card(header={"crit": ["b64"], "b64": False}),
        card(header={"kid": None}),
        card(header={"kid": 5}),
        card(packed=doubled("iss")),
        card(packed=deflated(json.dumps(payload()).encode()) + b"more"),
        card(packed=deflated(json.dumps(payload()).encode())[:-4]),
        card(packed=zlib.compress(json.dumps(payload()).encode())),
        card(packed=deflated(b"\xff\xfe")),
        card(packed=deflated(b'{"iss": 1e400000, "n": ' + b"9" * 5000 + b"}")),
        card() + "45",
        "shc:/" + digits(jws(payload()) + "."),
        "shc:/" + digits(jws(payload()) + "="),
        "shc:/" + digits(respelled(jws(payload()))),
        "shc:/" + digits(base64url(b'{"alg":"none","alg":"ES256","zip":"DEF"}') + ".e30.AA"),
        "shc:/0/2/5676",
        "shc:/3/2/5676",
        "shc:/1/51/5676",
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


def test_the_number_of_the_person_covered_goes_before_the_subscribers():
    """As in the example of CARIN's guide: a wife on her husband's policy."""
    member = {"type": {"coding": [{"code": "MB"}]}, "value": "102345672-02"}
    cover = {"resourceType": "Coverage", "subscriberId": "102345672-01", "identifier": [member]}
    assert of(cover).coverages[0].member_id == "102345672-02"
    assert of({**cover, "identifier": [{"value": "P1"}]}).coverages[0].member_id == "102345672-01"
    assert of({**cover, "identifier": [{**member, "value": ""}]}).coverages[0].member_id == "102345672-01"


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
    for bad in (
        {"kty": "RSA"},
        {**good, "crv": "P-384"},
        {**good, "x": base64url(b"short")},
        {**good, "x": good["x"] + "="},
        {**good, "x": None},
        {**good, "y": good["x"]},
    ):
        with pytest.raises(ValueError, match="P-256"):
            Issuer.from_jwks(ISS, "Insurer", [bad])
    for bad in ({**good, "use": "enc"}, {**good, "alg": "ES384"}):
        with pytest.raises(ValueError, match="ES256"):
            Issuer.from_jwks(ISS, "Insurer", [bad])
    with pytest.raises(ValueError, match="private"):
        Issuer.from_jwks(ISS, "Insurer", [{**good, "d": good["x"]}])


def test_the_key_id_is_computed_not_believed():
    assert list(Issuer.from_jwks(ISS, "Insurer", [{**jwk(KEY), "kid": "mine"}]).keys) == [key_id(jwk(KEY))]


@pytest.mark.parametrize("counter", [-1, True, "1", 1.5])
def test_a_counter_of_a_list_that_is_no_number_is_refused(counter):
    with pytest.raises(ValueError, match="crlVersion"):
        Issuer.from_jwks(ISS, "Insurer", [{**jwk(KEY), "crlVersion": counter}])


@pytest.mark.parametrize(
    "changes",
    [
        {"kid": None},
        {"method": "serial"},
        {"ctr": 0},
        {"ctr": True},
        {"ctr": "1"},
        {"rids": None},
        {"rids": [5]},
        {"rids": ["r 1"]},
        {"rids": ["r1.soon"]},
        {"rids": ["r1."]},
        {"rids": ["r" * 25]},
    ],
)
def test_a_revocation_list_against_the_specification_is_refused(changes):
    with pytest.raises(ValueError, match="revocation list"):
        RevocationList.of({**revocation_list(KID, 1), **changes})


def test_a_key_that_is_no_point_verifies_nothing():
    rules = Rules(issuers=(Issuer(ISS, "Insurer", {KID: Key(b"\x04" + bytes(64))}),))
    assert recognise(card(), rules, AT) == Unknown(reason=Reason.BAD_SIGNATURE)


def test_payers_inside_a_cover_and_relative_references_are_followed():
    inside = {
        "resourceType": "Coverage",
        "contained": [None, {"resourceType": "Organization", "id": "payer", "name": "Inside"}],
        "payor": [{"reference": "#payer"}],
    }
    assert of(inside).coverages[0].payer == "Inside"
    entries = [
        {
            "fullUrl": "https://payer.example/Organization/o",
            "resource": {"resourceType": "Organization", "id": "o", "name": "Relative"},
        },
        {"resource": {"resourceType": "Coverage", "payor": [{"reference": "Organization/o"}]}},
    ]
    found = read(card(payload(vc={"credentialSubject": {"fhirBundle": {"entry": entries}}})))
    assert found.coverages[0].payer == "Relative"


def test_a_class_without_a_value_is_called_by_its_name():
    plan = {"type": {"coding": [{"code": "plan"}]}, "name": "Silver"}
    assert of({"resourceType": "Coverage", "class": [plan]}).coverages[0].plan == "Silver"


def test_several_covers_are_read_in_their_order_ended_ones_too():
    ended = {**COVERAGE, "status": "cancelled", "period": {"end": "2020-12-31"}, "subscriberId": "OLD"}
    found = of(PATIENT, COVERAGE, PAYER, ended).coverages
    assert [(one.member_id, one.status) for one in found] == [("W123456789", "active"), ("OLD", "cancelled")]
    assert found[1].end == date(2020, 12, 31)
