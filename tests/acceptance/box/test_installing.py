"""The installer on a live computer, as a technician uses it: systemd runs, and the root may be written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "systemd"))

from install import box, release  # noqa: E402

MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "rig"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("rig_probe", sa.Column("id", sa.Integer))
"""
COMPUTER = Path(__file__).with_name("computer.sh")
LAST = "purged, nothing of it is left"


def tree(folder: Path) -> None:
    """A source tree of its own."""
    folder.mkdir()
    for name in release.TREE:
        source, copy = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, copy, ignore=release.LEFT_OUT)
        else:
            shutil.copy2(source, copy)


def migrated(folder: Path) -> None:
    """The next release has one migration more."""
    versions = folder / "kiosk/database/migrations/versions"
    before = max(path.name[:4] for path in versions.glob("[0-9]*.py"))
    (versions / f"{int(before) + 1:04}_rig.py").write_text(MIGRATION.format(before=before))


def refuse_to_run() -> str:
    """Why it cannot be tried here, or ""."""
    if os.getuid() != 0:
        return "only root can make a computer of namespaces"
    wanted = {name for part in box.PACKAGES.values() for name in part}
    installed = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Status}\n"], capture_output=True, text=True
    )
    missing = [name for name in sorted(wanted) if f"{name} install ok installed" not in installed.stdout]
    return f"there is no network in it, and not installed are: {' '.join(missing)}" if missing else ""


@pytest.mark.slow
def test_the_installer_keeps_its_word_on_a_live_computer(tmp_path: Path) -> None:
    if reason := refuse_to_run():
        pytest.skip(reason)
    for name in ("tree", "newer", "broken"):
        tree(tmp_path / name)
    for name in ("newer", "broken"):
        migrated(tmp_path / name)
    (tmp_path / "broken/kiosk/home/pages.py").write_text("raise RuntimeError('broken')\n")
    gather = [sys.executable, str(ROOT / "systemd/install"), "wheelhouse", str(tmp_path / "wheelhouse")]
    subprocess.run(gather, check=True, capture_output=True, timeout=900)

    command = [sys.executable, "-m", "tests.acceptance.box.installing"]
    subprocess.run([COMPUTER, tmp_path, ROOT, *command], timeout=3600, check=False)
    said = (tmp_path / "said").read_text()
    print(said)
    assert re.findall(r"FAILED: .*", said) == []
    assert f"held: {LAST}" in said
