"""A wheel built from the repository runs without the checkout: its pages, style sheets, words, migrations."""

import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

from tests import cast
from tests.acceptance.running import to_toml, until
from tests.servers import free_port

ROOT = Path(__file__).parents[2]


def test_a_wheel_serves_without_the_checkout(tmp_path: Path) -> None:
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        tmp_path,
        ROOT,
    ]
    subprocess.run(build, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(installed := tmp_path / "installed")
    port = free_port()
    server = {"port": port, "data": str(tmp_path / "var"), "threads": 8}
    (tmp_path / "kiosk.toml").write_text(to_toml({**cast.CLINIC, "server": server}))
    with (tmp_path / "log").open("wb") as log:
        serving = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "serve"],
            cwd=tmp_path, stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": str(installed)},
        )  # fmt: skip
    try:
        pages = {
            path: until(lambda path=path: read(port, path))
            for path in ("/sign-in", "/static/css/tokens.css", "/pair/kiosk/front")
        }
    finally:
        serving.terminate()
        serving.wait(60)
    assert "Riverside Clinic" in pages["/sign-in"]


def read(port: int, path: str) -> str:
    """What is at the address, or nothing yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""
