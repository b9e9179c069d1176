"""The host and the coordinator, as the stations' tests have them."""

from tests.integration.stations.conftest import ana, host, pair

__all__ = ["ana", "host", "pair"]
