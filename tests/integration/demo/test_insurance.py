"""The demo's insurance cards: verified by the demo's clinic, about the patients who are expected."""

from datetime import date
from pathlib import Path

import pytest

from kiosk.app import open_database
from kiosk.appointments import codes, records
from kiosk.config import Config
from kiosk.database.migrations import migrate
from kiosk.demo.insurer import ISSUER, KEYS, PAYER, publish_keys
from kiosk.demo.samples import Sample, samples
from kiosk.identity import Chunks, HealthCard, recognise
from tests import cast

ISSUERS = [{"url": ISSUER, "name": PAYER, "keys": KEYS}]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, dict[str, Sample], dict[str, Sample]]:
    """The samples of one morning, asked for twice."""
    config = cast.config(tmp_path_factory.mktemp("demo"), issuers=ISSUERS)
    migrate(config)
    publish_keys(config.data)
    database = open_database(config)
    with database.begin(at=cast.NINE) as tx:
        for number, name in enumerate(("Ana", "Søren")):
            person = {"family_name": "Sample", "given_name": name, "birth_date": date(1951, 6, 5 + number)}
            records.add(tx, slot=cast.NINE, services=["laboratory"], middle_name="José", **person)
    with database.snapshot(at=cast.NINE) as reading:
        once, again = (
            {one.id: one for one in samples(config, reading, cast.NINE) if one.kind == "insurance"}
            for _ in range(2)
        )
    database.close()
    return config, once, again


def read(config: Config, payload: str | bytes) -> HealthCard:
    found = recognise(payload, codes.rules(config), cast.NINE)
    assert isinstance(found, HealthCard)
    return found


def test_the_card_of_an_expected_patient_is_verified(clinic):
    config, once, _ = clinic
    found = read(config, once["insurance"].payload)
    assert found.verified
    assert found.issuer_name == PAYER
    assert found.birth_date == once["insurance"].birth_date
    assert found.family_name in once["insurance"].title
    assert found.coverages[0].member_id
    assert found.coverages[0].payer


def test_a_card_of_an_unknown_insurer_is_not(clinic):
    config, once, _ = clinic
    assert not read(config, once["insurance-unknown"].payload).verified


def test_the_codes_of_one_card_fit_together_whenever_they_are_asked_for(clinic):
    config, once, again = clinic
    whole = Chunks().add(once["insurance-1"].payload).add(again["insurance-2"].payload).complete
    assert whole is not None
    assert read(config, whole).verified


def test_every_card_is_small_enough_for_one_scan(clinic):
    assert all(len(one.payload) <= 4096 for one in clinic[1].values())


def test_the_insurers_key_stays(tmp_path: Path):
    publish_keys(tmp_path)
    before = (tmp_path / KEYS).read_text()
    publish_keys(tmp_path)
    assert (tmp_path / KEYS).read_text() == before
