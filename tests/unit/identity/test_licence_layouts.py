"""A scanner that types on a US keyboard, a host that reads another: undone where the card tells which."""

import pytest

from kiosk.identity import Licence, Reason, Unknown, keyboards, recognise
from kiosk.identity.keyboards import BELGIAN, FRENCH
from tests.unit.identity.cards import ORDERS, Card, Holder, text
from tests.unit.identity.damage import HARMLESS

# What a host makes of the keys of a US keyboard, drawn from the layouts' charts.
BRITISH_HOST = str.maketrans('@"#~\\|', '"@£¬#~')
GERMAN_HOST = str.maketrans("@yzYZ-_/?'\";:#^&*()=<>", '"zyZYß?-_äÄöÖ§&/()=´;:')
SPANISH_HOST = str.maketrans("@-_/?';:#^&*()=<>", "\"'?-_´ñÑ·&/()=¡;:")
ITALIAN_HOST = str.maketrans("@-_/?';:#^&*()=<>", "\"'?-_àòç£&/()=ì;:")
SWEDISH_HOST = str.maketrans("@-_/?';:^&*()=<>", '"+?-_äöÖ&/()=´;:')
DANISH_HOST = str.maketrans("@-_/?';:^&*()=<>", '"+?-_øæÆ&/()=´;:')
SWISS_HOST = str.maketrans("@yzYZ-_/?';:#$^&*()=<>", "\"zyZY'?-_äöé*ç&/()=^;:")
PORTUGUESE_HOST = str.maketrans("@-_/?';:#^&*()=<>", "\"'?-_ºçÇ#&/()=«;:")
LATIN_AMERICAN_HOST = str.maketrans("@-_/?';:#^&*()=<>", "\"'?-_{ñÑ#&/()=¿;:")
CANADIAN_FRENCH_HOST = str.maketrans("@#^/?'<>", "\"/?éÉ`'.")
BELGIAN_HOST = str.maketrans(
    "aqzwmAQZWM1234567890!@#$%^&*()-_=+;:,./?'",
    "qawz,QAWZ?&é\"'(§è!çà1234567890)°-_mM;:=+ù",
)
HOSTS = {
    "Belgian": BELGIAN_HOST,
    "Canadian French": CANADIAN_FRENCH_HOST,
    "Danish": DANISH_HOST,
    "Latin American": LATIN_AMERICAN_HOST,
    "Portuguese": PORTUGUESE_HOST,
    "Swiss": SWISS_HOST,
    "British": BRITISH_HOST,
    "German": GERMAN_HOST,
    "Spanish": SPANISH_HOST,
    "Italian": ITALIAN_HOST,
    "Swedish": SWEDISH_HOST,
}
HOLDERS = (
    Holder(family="SMITH-JONES", given="MARY", middle="ANNE-MARIE", number="S1234-56789-01234"),
    Holder(family="O'CONNOR", given="D'ANDRE", middle="", street="12 OAK AVE # 4", city="SAN JOSE"),
    Holder(family="SAMPLE", given="ANNA", middle="LEE", street="77 MASS AVE., UNIT 5/6"),
    Holder(family="PEÑA", given="JOSÉ", middle="LEE", number="S1234-56789-01234", city="WINSTON-SALEM"),
)
FIELDS = ("family_name", "given_name", "middle_name", "document_number", "birth_date", "expiry", "issuer")
ADDRESS = ("street", "city", "postal_code")


def cards() -> list[Card]:
    """Issuers whose cards tell a German keyboard: the state or the subfile has a Y or a Z."""
    return [
        Card(issuer=issuer, version=version, order=order, given_comma=True, holder=holder)
        for issuer in ("636000", "636001", "636026")
        for version in (3, 10)
        for order in ORDERS[:2]
        for holder in HOLDERS
    ]


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS.keys())
@pytest.mark.parametrize("damage", ["clean", "@ LF 6 M", "LF doubled"])
def test_a_layout_is_undone_or_the_card_refused(host: dict[int, str], damage: str):
    right = 0
    for card in cards():
        found = recognise(str(HARMLESS[damage](text(card))).translate(host))
        if not isinstance(found, Licence):
            assert found == Unknown(reason=Reason.KEYBOARD_LAYOUT)
            continue
        clean = recognise(text(card))
        assert {field: getattr(found, field) for field in FIELDS} == {
            field: getattr(clean, field) for field in FIELDS
        }
        assert all(getattr(found, field) in ("", getattr(clean, field)) for field in ADDRESS)
        right += 1
    assert right > len(cards()) * 0.9


@pytest.mark.parametrize("family", ["AL-MAAR", "DE'VIS"])
def test_a_sign_that_may_be_a_hyphen_or_an_apostrophe_is_refused(family: str):
    payload = text(Card(holder=Holder(family=family, number="123456789"))).translate(SPANISH_HOST)
    assert recognise(payload.replace("´", "'")) == Unknown(reason=Reason.KEYBOARD_LAYOUT)


def test_a_letter_that_came_by_its_code_is_no_key_of_the_german_keyboard():
    for family in ("GÖTZ", "MÜLLER", "ÄSCHBACHER", "BRÜ"):
        found = recognise(text(Card(issuer="636001", holder=Holder(family=family))).translate(GERMAN_HOST))
        assert isinstance(found, Licence)
        assert found.family_name == family


@pytest.mark.parametrize("issuer", ["604432", "990876"])
def test_the_hair_of_alberta_comes_before_the_eyes(issuer: str):
    payload = (
        f'"\n\x1e\rANSI {issuer}030001DLlabacDLDCSMOTORIST\nDCTMAR-Y SMITH\nDAG12 MAPLE\nDAQ123400-056\n'
        "DAKT4G 7A7\nDAICALGARY\nDAJAB\nDBB19930204\nDBA20190108\nDAZBROWN\nDAYBROWN\r"
    )
    found = recognise(payload)
    assert isinstance(found, Licence)
    assert (found.given_name, found.document_number) == ("MAR-Y", "123400-056")


LAYOUTS = {name: layout for name, layout in vars(keyboards).items() if name.isupper() and name[0] != "_"}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_no_layout_touches_digits_but_the_french_and_the_belgian(layout: dict[int, int]):
    digits = "0123456789"
    assert (digits.translate(layout) == digits) is (layout not in (FRENCH, BELGIAN))


def test_a_card_in_quotation_marks_was_not_typed_on_another_keyboard():
    card = text(Card(holder=Holder(family="AL-MAAR", postal="23269-1234")))
    for payload in (card, card[card.index("ANSI") :]):
        found = recognise(f'"{payload}"')
        assert isinstance(found, Licence)
        assert (found.family_name, found.postal_code) == ("AL-MAAR", "23269-1234")


@pytest.mark.parametrize(
    "name", ["SAMPLE,ANNA LEE", "SAMPLE ANNA", "SAMPLE\x98\x98ANNA", "SAM\x07PLE,$ANNA", "SAMPLE,$\ufffdANNA"]
)
def test_a_name_on_tracks_whose_parts_cannot_be_told_is_refused(name):
    payload = f"%BCVICTORIA^{name}^1 MAIN ST^?;6360282222222=310619510605=?_%0AV8W1Y8   F160?"
    assert recognise(payload) == Unknown(reason=Reason.UNCLEAR_NAME)
