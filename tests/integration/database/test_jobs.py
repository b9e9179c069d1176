"""Work is done at least once, and never twice in silence."""

from datetime import timedelta

import pytest

from kiosk.database import Database, jobs
from tests.cast import NINE

SECOND = timedelta(seconds=1)


@pytest.fixture
def job(database: Database) -> int:
    """One queued job for the front door."""
    with database.begin(at=NINE) as tx:
        return jobs.add(tx.connection, tx.site, "station:front", "ticket", {"ticket": "t"}, at=NINE)


def claim(database: Database, after: timedelta = SECOND) -> jobs.Job | None:
    """Ask for work."""
    with database.begin(at=NINE + after) as tx:
        return jobs.claim(tx.connection, tx.site, "station:front", at=tx.at)


def test_a_job_is_claimed_by_one_only(database: Database, job: int) -> None:
    claimed = claim(database)
    assert claimed is not None
    assert (claimed.id, claimed.attempts, claimed.payload) == (job, 1, {"ticket": "t"})
    assert claim(database) is None


def test_a_job_of_another_station_is_not_given_away(database: Database, job: int) -> None:
    with database.begin(at=NINE) as tx:
        assert jobs.claim(tx.connection, tx.site, "station:back", at=NINE) is None


def test_a_claim_that_was_not_used_comes_back_after_its_lease(database: Database, job: int) -> None:
    claim(database)
    again = claim(database, jobs.LEASE + 2 * SECOND)
    assert again is not None
    assert again.attempts == 2


def test_a_lost_lease_may_not_start_to_print(database: Database, job: int) -> None:
    claim(database)
    with database.begin(at=NINE + jobs.LEASE + 2 * SECOND) as tx:
        assert not jobs.start_sending(tx.connection, tx.site, job, at=tx.at)


def test_a_job_that_broke_while_being_sent_is_unknown_and_never_repeated(
    database: Database, job: int
) -> None:
    claim(database)
    with database.begin(at=NINE + SECOND) as tx:
        assert jobs.start_sending(tx.connection, tx.site, job, at=tx.at)
    with database.begin(at=NINE + jobs.LEASE + 2 * SECOND) as tx:
        ended = jobs.sweep(tx.connection, tx.site, "ticket", at=tx.at)
        assert [(j.id, j.state) for j in ended] == [(job, "unknown")]
        assert jobs.claim(tx.connection, tx.site, "station:front", at=tx.at) is None


def test_a_job_that_nobody_needs_any_more_expires(database: Database, job: int) -> None:
    with database.begin(at=NINE + jobs.LIFE) as tx:
        assert jobs.claim(tx.connection, tx.site, "station:front", at=tx.at) is None
        assert [j.state for j in jobs.sweep(tx.connection, tx.site, "ticket", at=tx.at)] == ["expired"]


def test_a_job_of_which_nothing_left_is_tried_again_later(database: Database, job: int) -> None:
    claim(database)
    with database.begin(at=NINE + SECOND) as tx:
        assert jobs.retry_later(tx.connection, tx.site, job, at=tx.at, error="paper_out")
    assert claim(database, 2 * SECOND) is None
    assert claim(database, SECOND + jobs.BACK_OFF) is not None


def test_an_ended_job_ends_once(database: Database, job: int) -> None:
    claim(database)
    with database.begin(at=NINE + SECOND) as tx:
        ended = jobs.finish(tx.connection, tx.site, job, "done", at=tx.at)
        assert ended is not None
        assert ended.state == "done"
        assert jobs.finish(tx.connection, tx.site, job, "failed", at=tx.at) is None
        found = jobs.find(tx.connection, tx.site, job)
    assert found is not None
    assert found.state == "done"
