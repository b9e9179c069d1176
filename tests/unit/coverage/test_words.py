"""What the coordinator reads."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kiosk.coverage import words
from kiosk.coverage.eligibility import Answer, State
from kiosk.coverage.rules import Card, Finding, Obstacle, Source
from kiosk.coverage.words import Tone

ACME = Card(
    payer="Acme Health", member_id="W1234", group="G7", valid_until=date(2026, 11, 3), source=Source.TYPED
)


def read(sentence: words.Sentence) -> str:
    return f"{sentence.what} {sentence.more}".strip()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            Answer(state=State.ACTIVE, co_pay=Decimal("25")),
            "Active. Co-pay 25.00 USD for a visit today.",
        ),
        (Answer(state=State.ACTIVE, co_pay=Decimal(0)), "Active. No co-pay today."),
        (
            Answer(
                state=State.ACTIVE,
                deductible_left=Decimal("1320.5"),
                plan="GOLD",
                valid_until=date(2026, 12, 31),
            ),
            "Active. Deductible still to pay: 1,320.50 USD. Until 31 Dec 2026. Plan: GOLD.",
        ),
        (
            Answer(state=State.INACTIVE, valid_until=date(2025, 12, 31)),
            "Not active: ended 31 Dec 2025. Ask for another card, or how to pay.",
        ),
        (Answer(state=State.INACTIVE), "Not active. Ask for another card, or how to pay."),
        (Answer(state=State.NOT_FOUND), "Not found at Acme Health. Ask for the card again."),
        (
            Answer(state=State.WRONG_BIRTH_DATE),
            "Acme Health has another birth date. Compare it with the card and the file.",
        ),
        (Answer(state=State.PAYER_DOWN), "Acme Health did not answer. Call the payer, or ask again."),
        (
            Answer(state=State.UNCLEAR, code="51"),
            "No clear answer from Acme Health. The payer does not know this clinic: "
            "tell whoever looks after this system.",
        ),
        (
            Answer(state=State.UNCLEAR, code="62"),
            "No clear answer from Acme Health (code 62). Call the payer.",
        ),
        (Answer(state=State.UNCLEAR), "No clear answer from Acme Health. Call the payer."),
    ],
)
def test_what_the_payer_says_is_said_in_plain_words(answer: Answer, says: str) -> None:
    assert read(words.said(answer, "Acme Health", "USD")) == says


def test_a_payer_without_a_name_has_one() -> None:
    assert words.said(Answer(state=State.PAYER_DOWN), "", "USD").what == "The payer did not answer."
    assert words.asking("", "").what == "Asking the payer…"
    assert read(words.asking("Acme", "9:10 AM")) == (
        "Acme does not answer. It is asked again by itself until 9:10 AM."
    )
    assert words.asking("Acme", "").tone is Tone.WAITING


@pytest.mark.parametrize(
    ("finding", "card", "says"),
    [
        (Finding.SAME, ACME, "As on file."),
        (Finding.NEW, ACME, "New: nothing is on file."),
        (Finding.CHANGED, ACME, "Changed. On file: Example Mutual · number E1."),
        (Finding.EXPIRED, ACME, "Ended 3 Nov 2026. Ask for a valid card."),
        (Finding.EXPIRED, None, "Ended. Ask for a valid card."),
        (Finding.NOT_YET_VALID, replace(ACME, valid_from=date(2027, 1, 1)),
         "Not valid yet. It begins 1 Jan 2027. Ask for the card of today."),
        (Finding.NOT_YET_VALID, ACME, "Not valid yet. Ask for the card of today."),
        (Finding.MISSING, None, "No card was shown. On file: Example Mutual · number E1."),
        (Finding.DECLINED, None,
         "The patient did not want to show a card. On file: Example Mutual · number E1."),
        (Finding.UNREAD, None, "Nobody has read this card. Type the payer and the number."),
    ],
)  # fmt: skip
def test_every_finding_is_told(finding: Finding, card: Card | None, says: str) -> None:
    filed = Card(payer="Example Mutual", member_id="E1", source=Source.IMPORTED)

    assert read(words.found(finding, card, filed)) == says


def test_nothing_on_file_is_said_too() -> None:
    assert words.found(Finding.MISSING, None, None).more == "Nothing is on file."


def test_a_card_is_one_line_and_says_who_vouches_for_it() -> None:
    assert words.shown(ACME) == "Acme Health · number W1234 · group G7"
    assert words.shown(Card(member_id="W1234", source=Source.TYPED)) == "Payer not known · number W1234"
    assert words.shown(Card(source=Source.PHOTO)) == ""
    assert words.shown(None) == ""
    assert words.origin(ACME) == "Typed, not verified."
    signed = replace(ACME, source=Source.HEALTH_CARD, verified=True, issuer_name="Acme")
    assert words.origin(signed) == "Verified: signed by Acme."
    assert "not verified" in words.origin(replace(signed, verified=False))


@pytest.mark.parametrize("why", Obstacle)
def test_why_the_payer_is_not_asked_is_told(why: Obstacle) -> None:
    assert words.not_asked(why).more
