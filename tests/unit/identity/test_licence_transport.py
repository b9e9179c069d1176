"""A card's text on its way: what can be undone is undone, what cannot be told is refused."""

import random
from collections.abc import Callable
from dataclasses import fields
from datetime import date

import pytest

from kiosk.identity import Licence, Reason, Unknown, recognise
from kiosk.identity.aamva.issuers import PENNSYLVANIA, REGIONS
from kiosk.identity.keyboards import FRENCH, GERMAN
from tests.unit.identity.cards import ORDERS, VERSIONS, Card, Holder, elements, text
from tests.unit.identity.damage import (
    HARMLESS,
    LOSSY,
    caps_lock,
    cut,
    stray_control_keys,
    without_one_separator,
)

FAMILIES = [
    "SMITH",
    "O'CONNOR",
    "SMITH-JONES",
    "VAN DER BERG",
    "MÜLLER",
    "PEÑA",
    "LE",
    "O",
    "de la Cruz",
    "ST. JAMES",
]
GIVENS = ["JOHN", "MARY", "ANNA", "JOSÉ", "JEAN-PAUL", "X", "D'ANDRE"]
MIDDLES = ["", "PAUL", "LEE"]
NAMES_WITH_IDS = [
    "ADAM",
    "ADAMS",
    "DBASHIR",
    "DCSARA",
    "YAMADA",
    "YAMADACHI",
    "LINDAHL",
    "MADDEN",
    "HADDAD",
    "RADCLIFFE",
    "GOODCHILD",
    "WOODCOCK",
    "MEDCALF",
    "DAVIS",
    "JORDAN",
    "DALE",
    "KENDALL",
    "DAWSON",
    "DAYTON",
    "MIDDLETON",
    "DCUNHA",
    "MCDADE",
    "GHADDAFI",
    "REDDEN",
    "SHERIDAN",
    "DAO",
    "DAS",
    "DAHL",
    "TRINIDAD",
    "SOLEDAD",
    "CARIDAD",
    "EDDIE",
    "FREDDIE",
    "DAISY",
    "DAKOTA",
    "DAGMAR",
    "MAGDALENA",
    "DARIUS",
    "DAPHNE",
    "DAMIAN",
    "DAN",
    "BRENDAN",
    "ADDISON",
    "JUDAH",
    "DAHLIA",
    "DAWN",
]


def cards(number: int, names: list[str] | None = None) -> list[Card]:
    choose = random.Random(number)
    return [
        Card(
            holder=Holder(
                family=choose.choice(names or FAMILIES),
                given=choose.choice(names or GIVENS),
                middle=choose.choice(names or MIDDLES),
                suffix=choose.choice(["", "", "JR", "III"]),
                born=date(choose.randint(1920, 2015), choose.randint(1, 12), choose.randint(1, 28)),
                expires=date(choose.randint(2020, 2036), choose.randint(1, 12), choose.randint(1, 28)),
                number=choose.choice(["T64235789", "S123-4567-8901", "DOE**MJ501P1", "A1234 56789 01234"]),
                street=choose.choice(["12 MAIN ST APT 4", "1 JORDAN RD", "77 AMSTERDAM AVE", "PO BOX 12"]),
                city=choose.choice(["RICHMOND", "DALLAS", "ST. PAUL", "ADAMSVILLE"]),
                postal=choose.choice(["12345", "902101234"]),
            ),
            version=choose.choice(VERSIONS),
            issuer=choose.choice([issuer for issuer in REGIONS if issuer != PENNSYLVANIA]),
            order=choose.choice(ORDERS),
            century_first=choose.choice([None, True, False]),
            given_comma=True,
            jurisdiction=choose.random() < 0.7,
        )
        for _ in range(number)
    ]


def expected(card: Card) -> dict[str, object]:
    holder = card.holder
    return {
        "family_name": holder.family,
        "given_name": holder.given,
        "middle_name": holder.middle,
        "suffix": holder.suffix,
        "birth_date": holder.born,
        "expiry": holder.expires,
        "document_number": holder.number,
        "issuer": card.issuer,
        "street": holder.street,
        "city": holder.city,
        "region": card.region,
        "postal_code": holder.postal.removesuffix("0000"),
        "aamva_version": card.version,
    }


def differences(found: Licence, card: Card) -> dict[str, object]:
    return {
        field: getattr(found, field)
        for field, value in expected(card).items()
        if getattr(found, field) != value
    }


@pytest.mark.parametrize("damage", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_can_be_undone_is_undone(damage: Callable[[str], str | bytes]):
    for card in cards(20) + cards(20, NAMES_WITH_IDS):
        found = recognise(damage(text(card)))
        assert isinstance(found, Licence)
        assert differences(found, card) == {}


@pytest.mark.parametrize("issuer", REGIONS)
def test_every_issuer_is_read_in_every_version(issuer: str):
    for version in VERSIONS:
        card = Card(issuer=issuer, version=version, given_comma=True)
        found = recognise(text(card))
        assert isinstance(found, Licence)
        assert differences(found, card) == {}


@pytest.mark.parametrize("damage", LOSSY.values(), ids=LOSSY.keys())
def test_ordinary_names_survive_lost_separators(damage: Callable[[str], str | bytes]):
    for card in cards(40):
        found = recognise(damage(text(card)))
        assert isinstance(found, Licence)
        assert {field for field, value in differences(found, card).items() if value} == set()
        assert (found.family_name, found.given_name) == (card.holder.family, card.holder.given)


@pytest.mark.parametrize("damage", LOSSY.values(), ids=LOSSY.keys())
def test_names_that_contain_element_ids_are_right_or_refused(damage: Callable[[str], str | bytes]):
    outcomes = [recognise(damage(text(card))) for card in cards(60, NAMES_WITH_IDS)]
    for card, found in zip(cards(60, NAMES_WITH_IDS), outcomes, strict=True):
        if isinstance(found, Licence):
            assert not any(differences(found, card).values())
        else:
            assert found == Unknown(reason=Reason.SEPARATORS_LOST)
    assert sum(isinstance(found, Licence) for found in outcomes) > 40


def test_one_lost_separator_is_put_back_or_refused():
    for card in cards(20) + cards(20, NAMES_WITH_IDS):
        payload = text(card)
        for number in range(0, 40, 3):
            found = recognise(without_one_separator(payload, number))
            if isinstance(found, Licence):
                assert not any(differences(found, card).values())


@pytest.mark.parametrize(
    ("owner", "optional"),
    [
        *(("DAG", second) for second in ("DAH", "DAHAPT 4", "DCU", "DDEN")),
        *((name, suffix) for name in ("DAD", "DAC", "DCS") for suffix in ("DCU", "DCUII", "DDEN", "DDGT")),
    ],
)
def test_an_optional_element_that_ran_into_another_is_put_back_or_left_out(owner: str, optional: str):
    for card in cards(15):
        if card.version < 4:
            continue
        lines = [line for line in elements(card) if line[:3] not in ("DCU", optional[:3])]
        place = next(number for number, line in enumerate(lines) if line[:3] == owner)
        whole = text(card, [*lines[: place + 1], optional, *lines[place + 1 :]])
        clean, found = recognise(whole), recognise(whole.replace("\n" + optional, optional, 1))
        assert isinstance(clean, Licence)
        if isinstance(found, Licence):
            for field in fields(Licence):
                value = getattr(found, field.name)
                assert not value or value == getattr(clean, field.name)


@pytest.mark.parametrize(("street", "name"), [("12 JUDAH ST", "SOLEDAD"), ("7 DAHLIA WAY", "TRINIDAD")])
def test_where_the_length_in_the_header_is_right_nothing_was_lost(street: str, name: str):
    card = Card(holder=Holder(family="MCDCU", given=name, street=street), version=4, order="table")
    whole = text(card, [line for line in elements(card) if line[:3] not in ("DAD", "DDE", "DDF", "DDG")])
    found = recognise(whole)
    assert isinstance(found, Licence)
    assert (found.family_name, found.given_name, found.street) == ("MCDCU", name, street)
    again = recognise(whole.replace("DL0041", "DL0042"))
    assert again == Unknown(reason=Reason.SEPARATORS_LOST)


def test_a_subfile_that_differs_takes_an_address_back():
    card = Card(jurisdiction=False)
    other = text(card, elements(Card(holder=Holder(street="9 OTHER ST", number="X1"))))
    found = recognise(text(card) + other[other.index("DLDAQ") :].replace("DLDAQ", "IDDAQ"))
    assert isinstance(found, Licence)
    assert (found.family_name, found.street, found.document_number) == ("SAMPLE", "", "")


def test_a_length_that_contradicts_the_offsets_is_not_believed():
    cut = text(Card()).partition("DAG")[0].rstrip()
    assert recognise(cut) == Unknown(reason=Reason.INCOMPLETE)
    assert isinstance(recognise(cut.replace("ZV0", "ZV1")), Licence)


def test_a_name_before_the_enter_of_a_reader_may_be_cut():
    card = Card(order="names_late")
    cut = text(card)[: text(card).index("DADJOHN") + 5]
    assert recognise(f"{cut}\r\n") == Unknown(reason=Reason.INCOMPLETE)


def test_a_cut_text_never_yields_a_cut_value():
    for card in cards(10):
        payload = text(card)
        for length in range(0, len(payload), 7):
            found = recognise(cut(payload, length))
            assert isinstance(found, Licence | Unknown)
            if isinstance(found, Licence):
                assert not any(differences(found, card).values())


@pytest.mark.parametrize("length", [8, 10, 15, 30, 60, 120])
def test_a_begun_card_is_incomplete(length):
    assert recognise(text(Card())[:length]) == Unknown(reason=Reason.INCOMPLETE)


def test_two_cards_that_ran_together_are_refused():
    first, second = Card(), Card(holder=Holder(family="OTHER"))
    assert recognise(text(first) + text(second)) == Unknown(reason=Reason.CONTRADICTORY)


def test_two_people_in_one_card_are_refused():
    payload = text(Card()).replace("DADJOHN", "DADJOHN\nDCSOTHER")
    assert recognise(payload) == Unknown(reason=Reason.CONTRADICTORY)


def test_a_card_without_its_header_has_no_issuer():
    payload = text(Card())
    found = recognise(payload[payload.index("DLDAQ") :])
    assert isinstance(found, Licence)
    assert (found.family_name, found.issuer, found.aamva_version) == ("SAMPLE", "", None)


def test_caps_lock_is_undone_without_a_header_too():
    payload = text(Card())
    found = recognise(caps_lock(payload[payload.index("DLDAQ") :]))
    assert isinstance(found, Licence)
    assert found.family_name == "SAMPLE"


def test_mixed_case_names_keep_their_case_through_caps_lock():
    card = Card(holder=Holder(family="de la Cruz", given="José"))
    found = recognise(caps_lock(text(card)))
    assert isinstance(found, Licence)
    assert (found.family_name, found.given_name) == ("de la Cruz", "José")


@pytest.mark.parametrize(
    "payload",
    [
        "ANSI 123",
        "ANSI 636000100001DL00310278",
        "@\n\x1e\rANSI 636000100001DL00310278DLDCSSAMPLE\nDACANNA\r",
        "DLDCSSAMPLE\nDACANNA\nDBB06051951\r",
        "DCSSAMPLE",
    ],
)
def test_too_little_is_no_card(payload):
    assert isinstance(recognise(payload), Unknown)


@pytest.mark.parametrize(
    ("run_together", "alternatives"),
    [
        # an old card without flags: Sole with the middle name Dad…, or Soledad
        ("DCSSAMPLEDACSOLEDADDADMAY", "SOLE + DADMAY, SOLEDAD + MAY"),
        # Trinidad, or Trini with an empty middle name
        ("DCSSAMPLEDACTRINIDAD", "TRINIDAD, TRINI"),
        # a family name with a class, or one that contains its id
        ("DCSMEDCALFDACANNADADMAY", "MEDCALF, ME + class"),
        # Dad, or no given name at all and no middle name
        ("DCSSAMPLEDACDAD", "DAD, nothing"),
    ],
)
def test_an_ambiguous_row_without_separators_is_refused(run_together, alternatives):
    body = (
        f"{run_together}DBD06052023DBB06051951DBC1DAYBRODAU068 inDAG1 MAIN STDAIRICHMONDDAJVADAK232690000"
        "DAQT64235789DBA06052031DCFX1DCGUSA"
    )
    assert recognise(f"@ANSI 636000040001DL00310278DL{body}") == Unknown(reason=Reason.SEPARATORS_LOST)


def test_two_subfiles_that_ran_together_are_read_as_one():
    lines = "\n".join(elements(Card()))
    whole = f"@\n\x1e\rANSI 636000100002DL00410300ID03410300DL{lines}\rID{lines}\r"
    found = recognise("".join(letter for letter in whole if letter >= " "))
    assert isinstance(found, Licence)
    assert differences(found, Card()) == {}


def test_an_address_that_can_be_read_in_two_ways_is_left_out():
    body = (
        "DCSSAMPLEDDENDACANNADDFNDADMAYDDGNDBD06052023DBB06051951DBC1DAYBRODAU068 in"
        "DAG1 LINDAHL STDAIRICHMONDDAJVADAK232690000DAQT64235789DBA06052031DCFX1DCGUSA"
    )
    found = recognise(f"@ANSI 636000040001DL00310278DL{body}")
    assert isinstance(found, Licence)
    assert (found.family_name, found.street, found.city) == ("SAMPLE", "", "RICHMOND")


def test_a_text_made_to_be_read_in_thousands_of_ways_is_refused_soon():
    assert recognise("ANSI 636000100001DL00310278DL" + "DACA" * 800) == Unknown(reason=Reason.SEPARATORS_LOST)
    assert isinstance(recognise("ANSI 636000100001DL00310278DLDCS" + "DADDAHDAGDAC" * 1000), Unknown)
    assert isinstance(recognise("ANSI 636000100001DL00310278DLDCS" + "DADDAHDAGDAC" * 11), Unknown)


def on(layout: dict[int, int], payload: str) -> str:
    """What a host with this keyboard layout makes of the keys for a text."""
    return payload.translate({sign: key for key, sign in layout.items()})


@pytest.mark.parametrize("layout", [FRENCH, GERMAN], ids=["French", "German"])
@pytest.mark.parametrize("jurisdiction", [True, False])
def test_another_keyboard_layout_is_undone(layout: dict[int, int], jurisdiction: bool):
    for issuer, names in (
        ("636001", ("YAZZIE", "MARY-ZOE", "D'ANDRE")),
        ("636000", ("SAMPLE", "ANNA", "LEE")),
    ):
        family, given, middle = names
        holder = Holder(family=family, given=given, middle=middle)
        card = Card(issuer=issuer, jurisdiction=jurisdiction, holder=holder)
        found = recognise(on(layout, text(card)))
        assert isinstance(found, Licence)
        assert differences(found, card) == {}


SMALL = (
    '"\nANSI 636015080001DL00310200DLDCSYAZZIE\nDDEN\nDACANNA\nDDFN\nDADLEE\nDDGN\nDBB06051951\nDBA06052031\n'
    "DAQ12345678\nDAJTX\n"
)


@pytest.mark.parametrize(
    ("elements", "family"),
    [
        ("DAYBRO", "YAZZIE"),
        ("DAZBRO", "ZAYYIE"),
        ("DAYBRO\nDAZBLK", "YAZZIE"),
        ("DAZBRO\nDAYBLK", "ZAYYIE"),
        ("DAYGRN", "YAZZIE"),
        ("DAZGRN", "ZAYYIE"),
        ("DAYHAZ", "YAZZIE"),
        ("DAZHAY", "ZAYYIE"),
    ],
)
def test_eyes_and_hair_tell_a_german_keyboard_from_a_british(elements: str, family: str):
    found = recognise(SMALL + elements + "\r")
    assert isinstance(found, Licence)
    assert found.family_name == family


@pytest.mark.parametrize("elements", ["DCGUSA", "DAZHAZ", "DAYGRZ"])
def test_a_layout_that_cannot_be_told_is_refused_where_it_matters(elements: str):
    assert recognise(SMALL + elements + "\r") == Unknown(reason=Reason.KEYBOARD_LAYOUT)
    assert isinstance(recognise(SMALL.replace("YAZZIE", "SAMPLE") + "DCGUSA\r"), Licence)


def test_a_licence_typed_straight_is_never_turned_round():
    found = recognise(SMALL.replace('"', "@") + "DAZBLU\r")
    assert isinstance(found, Licence)
    assert found.family_name == "YAZZIE"


@pytest.mark.parametrize("family", ["ZAZAI", "ZVZVA", "SMIZVZVAN"])
def test_a_name_that_looks_like_a_jurisdiction_subfile_is_kept(family: str):
    for jurisdiction in (True, False):
        card = Card(holder=Holder(family=family), jurisdiction=jurisdiction)
        for damage in ("clean", "@ LF 6 M", "@ LF 6"):
            found = recognise(HARMLESS[damage](text(card)))
            assert isinstance(found, Licence)
            assert differences(found, card) == {}


def test_a_line_end_inside_a_name_is_refused():
    for broken in ("SAM\nPLE", "SAM\x1ePLE"):
        assert recognise(text(Card()).replace("SAMPLE", broken)) == Unknown(reason=Reason.UNREADABLE)


def test_noise_inside_a_name_is_dropped():
    found = recognise(text(Card()).replace("SAMPLE", "SAM\x90PLE"))
    assert isinstance(found, Licence)
    assert found.family_name == "SAMPLE"


@pytest.mark.parametrize("letter", ["M", "m"])
def test_a_carriage_return_before_every_line_feed_may_be_typed_as_a_letter(letter: str):
    for card in cards(20):
        payload = text(card).replace("\r", "\n").replace("\n", f"{letter}\n").replace("\x1e", "6")
        found = recognise(payload.replace(f"{letter}\nANSI", f"{letter}ANSI"))
        assert isinstance(found, Licence)
        assert differences(found, card) == {}


def test_a_card_read_twice_with_typed_control_keys_keeps_its_last_value():
    for card in cards(20):
        once = stray_control_keys(text(card))
        found = recognise(once + "\n" + once)
        assert isinstance(found, Licence)
        assert differences(found, card) == {}


def test_a_middle_name_that_ran_into_the_first_is_refused():
    payload = text(Card(order="table", holder=Holder(given="X", middle=""))).replace(
        "DACX\nDADNONE", "DACXDAD"
    )
    assert recognise(payload) == Unknown(reason=Reason.SEPARATORS_LOST)


@pytest.mark.parametrize("sign", ["ß", "§", "´", "£", "'", "+"])
def test_a_sign_of_another_keyboard_is_never_part_of_a_number_or_name(sign: str):
    found = recognise(text(Card(holder=Holder(number=f"S1234{sign}56789"))))
    assert isinstance(found, Licence)
    assert found.document_number == ""
    if sign != "'" and sign != "´":
        assert recognise(text(Card(holder=Holder(family=f"SMITH{sign}JONES")))) == Unknown(
            reason=Reason.UNREADABLE
        )


@pytest.mark.parametrize("header", ["ANSI\t", "ANSI\n", "ANSI-", "ANSI_", "ANSI  ", "ANSI\xa0", "ANSI"])
def test_whatever_stands_for_the_space_of_the_file_type_does_not_matter(header: str):
    found = recognise(text(Card()).replace("ANSI ", header))
    assert isinstance(found, Licence)
    assert differences(found, Card()) == {}
