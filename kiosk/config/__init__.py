"""`kiosk.toml` and `KIOSK_*` as frozen objects. An unknown key or a bad value is refused by name.

Every key is described in `docs/configuration.md`. `KIOSK_SERVER__PORT=9000` overrides `port` of `[server]`.
"""

from kiosk.config.checks import ConfigError
from kiosk.config.tables import Board, Coverage, Issuer, Section, Station
from kiosk.config.whole import Config, load

__all__ = ["Board", "Config", "ConfigError", "Coverage", "Issuer", "Section", "Station", "load"]
