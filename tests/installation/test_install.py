"""The installer, into a folder: without a network from a wheelhouse, again, upwards, back, and away."""

import json
import os
import shutil
import ssl
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers import free_port

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "systemd"))

from install import authority, box, release  # noqa: E402
from install.commands import InstallError  # noqa: E402
from install.places import Places  # noqa: E402

URL = "https://kiosk.clinic.example"
PASSWORD = {"KIOSK_PASSWORD": "a long enough password"}

Install = Callable[..., "subprocess.CompletedProcess[str]"]


def installer(
    source: Path, root: Path, *words: str, network: bool = True
) -> "subprocess.CompletedProcess[str]":
    """Run the installer of a source tree."""
    command = [sys.executable, str(source / "systemd" / "install"), *words, "--root", str(root)]
    if not network:
        command = ["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh", *command]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=400, env={**os.environ, **PASSWORD}, check=False
    )


def ok(done: "subprocess.CompletedProcess[str]") -> str:
    """What it said, when it did what it should."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_policy_names_the_clinics_origin_and_no_other() -> None:
    rules = box.policy(URL, f"{URL}/kiosk/front", "AAAA")
    assert rules["URLAllowlist"] == rules["AutoplayAllowlist"] == rules["VideoCaptureAllowedUrls"] == [URL]
    assert rules["CACertificates"] == ["AAAA"]
    assert rules["NewTabPageLocation"] == f"{URL}/kiosk/front"
    assert {"*", "chrome://*", "file://*", "view-source:*", "javascript:*", "data:*"} <= set(
        rules["URLBlocklist"]
    )
    assert "ORIGIN" not in json.dumps(rules)


@pytest.mark.parametrize("host", ["kiosk.clinic.example", "192.0.2.7"])
def test_the_clinics_own_authority_vouches_for_one_name(tmp_path: Path, host: str) -> None:
    places = Places(tmp_path)
    authority.provide(places, host, None)
    certificate = (places.tls / "server.crt").read_bytes()
    checked = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-CAfile", places.tls / "ca.crt", places.tls / "server.crt"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr
    assert ssl.create_default_context(cafile=str(places.tls / "ca.crt")).cert_store_stats()["x509_ca"] == 1
    assert (places.tls / "server.key").stat().st_mode & 0o077 == 0
    assert (places.tls / "ca.key").stat().st_mode & 0o077 == 0

    authority.provide(places, host, None)
    assert (places.tls / "server.crt").read_bytes() == certificate

    authority.sign(places.tls, "elsewhere.example")
    forged = subprocess.run(
        ["openssl", "verify", "-CAfile", places.tls / "ca.crt", places.tls / "server.crt"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "permitted subtree violation" in forged.stdout + forged.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["server"], "Say the clinic's address"),
        (["kiosk", "--url", URL], "Say which screen this is"),
        (["upgrade"], "Say what this computer is"),
        (["server", "--url", URL, "--key", "key.pem"], "belong together"),
        (["rollback"], "Nothing is installed here"),
        ([], "server|kiosk|tv|all"),
        (
            ["kiosk", "--url", URL, "--screen", "front", "--no-packages", "--ca", "ca.crt"],
            "There is no ca.crt.",
        ),
        (["server", "--url", URL, "--no-packages", "--wheelhouse", "wheels"], "There is no wheels."),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, words: list[str], sentence: str) -> None:
    done = installer(ROOT, tmp_path, *words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """A certificate that the clinic bought, and its key."""
    authority.provide(Places(folder), host, None)
    return Places(folder).tls / "server.crt", Places(folder).tls / "server.key"


def test_a_certificate_that_nginx_or_a_browser_would_refuse_is_refused(tmp_path: Path) -> None:
    bought, key = certificate(tmp_path / "bought", "kiosk.clinic.example")
    _, another = certificate(tmp_path / "another", "kiosk.clinic.example")
    authority.check(bought, key, "kiosk.clinic.example")
    with pytest.raises(InstallError, match="is not the key of"):
        authority.check(bought, another, "kiosk.clinic.example")
    with pytest.raises(InstallError, match=r"is not for elsewhere\.example"):
        authority.check(bought, key, "elsewhere.example")


def test_an_authority_that_is_not_pem_is_refused_with_what_makes_it_so(tmp_path: Path) -> None:
    (tmp_path / "ca.cer").write_bytes(b"\x30\x82\x01\xf0")
    with pytest.raises(InstallError, match="openssl x509 -inform der"):
        authority.for_policy(tmp_path / "ca.cer")


def test_a_clinic_with_another_name_gets_another_authority(tmp_path: Path) -> None:
    places = Places(tmp_path)
    authority.provide(places, "kiosk.clinic.example", None)
    authority.provide(places, "kiosk.clinic", None)
    authority.check(places.tls / "server.crt", places.tls / "server.key", "kiosk.clinic")


def test_a_certificate_of_the_clinics_own_is_never_replaced_by_one_made_here(tmp_path: Path) -> None:
    places = Places(tmp_path)
    authority.provide(places, "kiosk.clinic.example", None)
    authority.provide(
        places, "kiosk.clinic.example", certificate(tmp_path / "bought", "kiosk.clinic.example")
    )
    assert not (places.tls / "ca.key").exists()


def test_a_kiosks_box_that_becomes_a_server_too_keeps_its_devices(tmp_path: Path) -> None:
    places, ca = Places(tmp_path), tmp_path / "ca.crt"
    box.config(places, box.Choices("kiosk", URL, "front"), ca)
    devices = places.config.read_text() + '[[drivers.printers]]\nname = "tickets"\n'
    places.config.write_text(devices)
    for _ in range(2):
        box.config(places, box.Choices("all", URL, "front"), ca)
        text = places.config.read_text()
        assert text.startswith(devices)
        assert tomllib.loads(text)["server"]["public_url"] == URL
        assert text.count("[drivers]") == 1


def test_a_kiosk_toml_that_cannot_be_read_is_refused_by_its_line(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.etc.mkdir(parents=True)
    places.config.write_text("[site]\nname = Riverside\n")
    with pytest.raises(InstallError, match=r"kiosk\.toml cannot be read: .* line 2"):
        box.config(places, box.Choices("server", URL), None)


@pytest.fixture(scope="module")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every package, gathered once."""
    folder = tmp_path_factory.mktemp("wheelhouse")
    ok(installer(ROOT, folder, "wheelhouse", str(folder)))
    return folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A source tree of its own: the same content is the same release, and this one stands still."""
    copy = tmp_path / "tree"
    copy.mkdir()
    for name in release.TREE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=release.LEFT_OUT)
        else:
            shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.mark.slow
def test_a_television_shows_its_board_and_leaves_nothing_behind(tmp_path: Path, wheelhouse: Path) -> None:
    done = installer(
        ROOT,
        tmp_path,
        "tv",
        "--url",
        URL,
        "--screen",
        "lobby",
        "--no-packages",
        "--wheelhouse",
        str(wheelhouse),
    )
    said = ok(done)
    places = Places(tmp_path)
    assert f"{URL}/board/lobby" in said
    assert "KIOSK_SCREEN=lobby" in (places.etc / "browser.env").read_text()
    assert (places.units / "multi-user.target.wants/kiosk-tv.service").is_symlink()
    assert not (places.units / "multi-user.target.wants/kiosk-browser.service").exists()
    assert "kiosk-browser:" in (tmp_path / "etc/passwd").read_text()

    ok(installer(ROOT, tmp_path, "uninstall", "--purge"))
    assert [path for path in tmp_path.rglob("*kiosk*") if path.is_file()] == []


@pytest.mark.slow
def test_a_clinic_is_installed_upgraded_put_back_and_removed(
    tmp_path: Path, wheelhouse: Path, tree: Path
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    places, port = Places(root), free_port()
    words = ["all", "--url", URL, "--screen", "front", "--supervisor", "ana", "--no-packages"]
    offline = ["--wheelhouse", str(wheelhouse)]
    places.etc.mkdir(parents=True)
    toml = (ROOT / "systemd" / "kiosk.toml").read_text().replace("port = 8000", f"port = {port}")
    places.config.write_text(toml)

    isolated = (
        os.getuid() == 0 and subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0
    )
    said = ok(installer(tree, root, *words, *offline, network=not isolated))
    assert "ana can sign in" in said
    first = places.current.resolve()
    assert (places.data / "kiosk.db").exists()
    assert json.loads(places.policy.read_text())["CACertificates"]
    assert places.config.read_text() == toml

    assert "is there already" in ok(installer(tree, root, "upgrade", *offline, "--no-packages"))
    assert places.current.resolve() == first

    (tree / "docs" / "architecture.md").write_text("New.\n")
    ok(installer(tree, root, "upgrade", *offline, "--no-packages"))
    second = places.current.resolve()
    assert second != first
    assert places.previous.resolve() == first
    assert (places.data / "backup" / "before-upgrade.db").exists()

    (tree / "kiosk" / "home" / "pages.py").write_text("raise RuntimeError('broken')\n")
    broken = installer(tree, root, "upgrade", *offline, "--no-packages")
    assert broken.returncode == 2
    assert "runs again" in broken.stderr
    assert places.current.resolve() == second

    ok(installer(tree, root, "rollback"))
    assert places.current.resolve() == first

    said = ok(installer(tree, root, "uninstall"))
    assert str(places.data) in said
    assert (places.data / "kiosk.db").exists()
    assert not places.home.exists()
    assert not list(places.units.glob("kiosk-*"))
