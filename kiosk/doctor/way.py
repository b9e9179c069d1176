"""What leads screens and device host to the server: certificate, authority, and addresses as written down."""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography import x509

from kiosk.doctor import reach
from kiosk.doctor.findings import Finding, good, note, wrong
from kiosk.doctor.machine import DEVICES, SERVER, Machine

SOON = timedelta(days=30)


def certificate(machine: Machine, now: datetime) -> Iterator[Finding]:
    ours = (machine.root / "etc/kiosk/tls/ca.key").exists()
    renew = "Renew it: sudo make upgrade" + ("" if ours else ' OPTIONS="--certificate … --key …"')
    for name, what, cure in (
        ("tls/server.crt", "The certificate", renew),
        ("ca.crt", "The authority that is trusted", 'Bring the next one: sudo make upgrade OPTIONS="--ca …"'),
    ):
        path = machine.root / "etc/kiosk" / name
        try:
            ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
        except FileNotFoundError:
            continue
        except PermissionError:
            yield note(f"{path} can be read by root only.", "sudo kiosk doctor")
            continue
        except ValueError:
            yield wrong(f"{path} is not a certificate.", "Install again: sudo make upgrade")
            continue
        words = f"{what} is good until {ends:%Y-%m-%d}."
        if ends <= now:
            yield wrong(f"{what} ended on {ends:%Y-%m-%d}: no screen trusts the server.", cure)
        elif ends - now < SOON:
            yield note(words, cure)
        else:
            yield good(words)


def addresses(machine: Machine, parts: set[str], url: str) -> Iterator[Finding]:
    """Look whether the screens, and apart from them the device host, find the server and believe it."""
    trusted = machine.root / "etc/kiosk/ca.crt"
    yield from machine.reach(url, "This computer", trusted if trusted.exists() else None)
    config = machine.root / "etc/kiosk/kiosk.toml"
    try:
        written = tomllib.loads(config.read_text() if config.exists() else "")
    except ValueError:
        return
    public = str(written.get("server", {}).get("public_url", "")).rstrip("/")
    if SERVER in parts and public and public != url:
        yield wrong(
            f"kiosk.toml says public_url = {public}, but this computer was installed for {url}.",
            f'Correct kiosk.toml, or: sudo make upgrade OPTIONS="--url {public}"',
        )
    drivers = written.get("drivers", {})
    if DEVICES in parts and (server := str(drivers.get("server", ""))):
        ca_file = drivers.get("ca_file")
        own = machine.root / str(ca_file).lstrip("/") if ca_file else None
        if own is None or own.exists():
            yield from machine.reach(server, "The device host", own, alone=True)
        else:
            yield wrong(f"There is no {ca_file}, which kiosk.toml names as ca_file.", reach.TRUST_AGAIN)
