"""A machine with real USB devices, in QEMU, without privileges: `python -m tests.hardware.rig COMMAND …`.

Debian's own kernel (its package is unpacked, not installed) boots in software emulation. Its root is this
machine's, read-only, under a scratch layer in memory, so the checkout and its environment are there under
their own paths. What a container lacks is real in it: usbhid, cdc_acm, usblp, udev, and systemd when asked
for. `docs/hardware-rig.md` explains it.
"""

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".rig"
PACKAGES = ("qemu-system-x86", "busybox-static", "udev", "usbutils", "kmod", "cpio", "v4l-utils")
# What the first process needs to reach the machine's root; modprobe serves from there on.
BOOT_MODULES = ("virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay")
BOOTS_WITHIN_S = 60


class NoRig(Exception):
    """The rig cannot be set up on this machine."""


def is_ready() -> bool:
    return (CACHE / "initrd").exists() and shutil.which("qemu-system-x86_64") is not None


def prepare() -> None:
    """Download and unpack what is missing; a second call does nothing."""
    if ROOT.is_relative_to("/tmp") or ROOT.is_relative_to("/run"):
        raise NoRig(f"/tmp and /run are empty in the guest: it would not find {ROOT}")
    if is_ready() and _newer(CACHE / "initrd", Path(__file__), Path(__file__).with_name("init")):
        return
    CACHE.mkdir(exist_ok=True)
    _run(str(ROOT / ".ci/packages"), *PACKAGES)
    if not (CACHE / "kernel").exists():
        _fetch_kernel()
    _build_initrd()


def _newer(built: Path, *sources: Path) -> bool:
    return all(built.stat().st_mtime >= source.stat().st_mtime for source in sources)


def _fetch_kernel() -> None:
    """The kernel that Debian installs today, without installing it."""
    depends = _run("apt-cache", "depends", "linux-image-amd64")
    names = [line.split()[-1] for line in depends.splitlines() if "Depends: linux-image-" in line]
    if not names:
        raise NoRig("apt knows no linux-image-amd64: the rig needs Debian on a 64-bit PC")
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        # apt drops its privileges for a download and must be able to write here.
        Path(folder).chmod(0o777)
        _run("apt-get", "download", "-qq", names[0], cwd=Path(folder))
        (package,) = Path(folder).glob("*.deb")
        _run("dpkg-deb", "-x", str(package), f"{folder}/kernel")
        _run("depmod", "-b", f"{folder}/kernel", _release(Path(folder, "kernel")))
        Path(folder, "kernel").rename(CACHE / "kernel")


def _release(kernel: Path) -> str:
    (folder,) = (kernel / "lib/modules").iterdir()
    return folder.name


def _build_initrd() -> None:
    kernel = CACHE / "kernel"
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        folder = Path(name)
        for empty in ("bin", "modules", "proc", "sys", "dev"):
            (folder / empty).mkdir()
        shutil.copy("/bin/busybox", folder / "bin/busybox")
        shutil.copy(Path(__file__).with_name("init"), folder / "init")
        (folder / "init").chmod(0o755)
        order = _modules_in_order(kernel)
        for module in order:
            shutil.copy(module, folder / "modules")
        (folder / "modules/order").write_text("".join(f"{module.name}\n" for module in order))
        files = "\n".join(str(path.relative_to(folder)) for path in folder.rglob("*"))
        archive = subprocess.run(
            ["cpio", "--quiet", "-o", "-H", "newc"],
            input=files.encode(),
            cwd=folder,
            capture_output=True,
            check=True,
        ).stdout
    (CACHE / "initrd.new").write_bytes(archive)
    (CACHE / "initrd.new").rename(CACHE / "initrd")


def _modules_in_order(kernel: Path) -> list[Path]:
    wanted = _run(
        "modprobe", "-d", str(kernel), "-S", _release(kernel), "--show-depends", "-a", *BOOT_MODULES
    )
    files = [line.split()[1] for line in wanted.splitlines() if line.startswith("insmod")]
    return [Path(file) for file in dict.fromkeys(files)]


def _run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoRig(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


@contextlib.contextmanager
def shared_folder() -> Iterator[Path]:
    """What guest and machine hand each other: `/rig` in the guest."""
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shared-", dir=CACHE) as folder:
        yield Path(folder)


def boot(
    command: Sequence[str],
    *,
    within_s: float,
    systemd: bool = False,
    shared: Path | None = None,
    memory_mb: int = 1024,
) -> int:
    """Run `command` in the guest, its output on our stdout, and return its exit code.

    With `systemd` it runs as a service of systemd, which is the first process; otherwise udev runs and
    nothing else. `shared` appears as `/rig` in the guest and keeps what is written there.
    """
    with contextlib.ExitStack() as stack:
        folder = shared or stack.enter_context(shared_folder())
        order = {"command": list(command), "cwd": str(Path.cwd()), "systemd": systemd}
        (folder / "order.json").write_text(json.dumps(order))
        (folder / "start").write_text(f"exec {sys.executable} {Path(__file__).with_name('guest.py')}\n")
        (folder / "result").unlink(missing_ok=True)
        try:
            subprocess.run(
                _qemu(folder, memory_mb),
                timeout=within_s + BOOTS_WITHIN_S,
                check=True,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            print(f"rig: stopped after {within_s:.0f} s", file=sys.stderr)
            return 124
        if not (folder / "result").exists():
            print(
                f"rig: the guest died\n{(folder / 'console').read_text(errors='replace')[-3000:]}",
                file=sys.stderr,
            )
            return 125
        return int((folder / "result").read_text())


def run_tests(*arguments: str, within_s: float, cycles: str = "10") -> int:
    """Run these tests of `inside/` in the guest, its output on ours; return pytest's exit code."""
    sys.stdout.flush()
    quiet = ("-q", "-s", "--color=no", "--tb=short", "-p", "no:cacheprovider")
    pytest_there = [sys.executable, "-m", "pytest", *quiet, "--confcutdir=tests/hardware/inside", *arguments]
    return boot(["env", f"KIOSK_RIG_CYCLES={cycles}", *pytest_there], within_s=within_s)


def _qemu(folder: Path, memory_mb: int) -> list[str]:
    """Two consoles: the kernel's goes to a file, the command's is our stdout."""
    kernel = CACHE / "kernel"
    return [
        *("qemu-system-x86_64", "-M", "q35", "-m", str(memory_mb), "-accel", "tcg", "-cpu", "max"),
        *("-kernel", str(kernel / f"boot/vmlinuz-{_release(kernel)}"), "-initrd", str(CACHE / "initrd")),
        *("-append", "console=ttyS0 quiet no_timer_check panic=-1 rdinit=/init", "-no-reboot"),
        *("-display", "none", "-nic", "none", "-monitor", "none", "-serial", f"file:{folder / 'console'}"),
        *(
            "-device",
            "virtio-serial-pci",
            "-chardev",
            "stdio,id=out,signal=on",
            "-device",
            "virtconsole,chardev=out",
        ),
        *("-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"),
        *("-virtfs", f"local,path={folder},mount_tag=rig,security_model=none"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hardware.rig", description=__doc__)
    parser.add_argument("--systemd", action="store_true", help="boot with systemd as the first process")
    parser.add_argument(
        "--within", type=float, default=300, metavar="SECONDS", help="then it is stopped (300)"
    )
    parser.add_argument("--shared", type=Path, help="a folder that is /rig in the guest")
    parser.add_argument("--prepare", action="store_true", help="only download and unpack")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    try:
        prepare()
    except NoRig as problem:
        print(f"rig: {problem}", file=sys.stderr)
        return 2
    if options.prepare:
        return 0
    command = options.command[options.command[:1] == ["--"] :] or parser.error("which command?")
    shared = options.shared.resolve() if options.shared else None
    return boot(command, within_s=options.within, systemd=options.systemd, shared=shared)


if __name__ == "__main__":
    raise SystemExit(main())
