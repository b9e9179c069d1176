"""The installer on a live computer: the rig's guest has systemd and a root that may be written."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hardware import rig

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "systemd"))

from install import release  # noqa: E402

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
LAST = "purged, nothing of it is left"


def tree(folder: Path) -> Path:
    """A source tree of its own."""
    for name in release.TREE:
        source, copy = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, copy, ignore=release.LEFT_OUT)
        else:
            shutil.copy2(source, copy)
    return folder


def newer(folder: Path) -> None:
    """The next release: it has one migration more."""
    versions = tree(folder) / "kiosk/database/migrations/versions"
    before = max(path.name[:4] for path in versions.glob("[0-9]*.py"))
    (versions / f"{int(before) + 1:04}_rig.py").write_text(MIGRATION.format(before=before))


@pytest.mark.hardware
@pytest.mark.skipif(not rig.is_ready(), reason="`make test-hardware` sets the rig up")
def test_the_installer_keeps_its_word_on_a_live_computer(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("tree", "newer"):
        (tmp_path / name).mkdir()
    tree(tmp_path / "tree")
    newer(tmp_path / "newer")
    gather = [sys.executable, str(ROOT / "systemd/install"), "wheelhouse", str(tmp_path / "wheelhouse")]
    subprocess.run(gather, check=True, capture_output=True, timeout=600)

    guest = [sys.executable, "-m", "tests.acceptance.box.installing"]
    rig.boot(guest, within_s=5400, systemd=True, shared=tmp_path, memory_mb=3072)
    said = capfd.readouterr().out
    print(said)
    assert re.findall(r"FAILED: .*", said) == []
    assert f"held: {LAST}" in said
