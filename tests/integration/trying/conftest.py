"""The app, its host and its coordinator, as the stations' tests have them."""

from tests.integration.stations.conftest import ana, app, clock, here, host, pair

__all__ = ["ana", "app", "clock", "here", "host", "pair"]
