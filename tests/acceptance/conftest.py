"""A whole clinic that runs for the tests of one module."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.acceptance.running import RunningClinic
from tests.acceptance.stage import Stage


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningClinic]:
    """A clinic in real processes."""
    with RunningClinic(tmp_path_factory.mktemp("clinic")) as clinic:
        yield clinic


@pytest.fixture(scope="module")
def stage(running: RunningClinic, chromium: Browser) -> Iterator[Stage]:
    """The clinic with every screen paired and open."""
    with Stage(running, chromium) as opened:
        yield opened
