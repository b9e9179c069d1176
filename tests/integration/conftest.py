"""What more than one room of the integration tests needs."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[socket.socket]:
    """systemd's end of the line."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.settimeout(20)
        yield heard
