"""A scanner that types into the kiosk's page is tried as well."""

from kiosk.trying import records
from kiosk.trying.rules import LETTERS, Code, Outcome
from tests.integration.checkin.conftest import Kiosk
from tests.integration.checkin.test_wedge import notice, send, wedge

__all__ = ["wedge"]


def test_what_is_typed_into_the_page_is_compared_and_shown_to_no_patient(wedge: Kiosk):
    with wedge.clinic.database.begin(at=wedge.at) as tx:
        records.listen(tx, "front", Code.LETTERS)
    assert send(wedge, LETTERS.encode()) == 204
    assert notice(wedge) is None
    with wedge.clinic.database.snapshot(at=wedge.at) as seen:
        found = records.latest(seen, "front", wedge.at)["letters"].finding
    assert found is not None
    assert found.outcome is Outcome.EXACT
