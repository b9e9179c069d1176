"""The certificate: given, or made by an authority of the clinic's own that signs for one name only."""

import base64
import ipaddress
import shutil
import ssl
from pathlib import Path

from .commands import InstallError, run, say
from .places import Places

AUTHORITY_DAYS, DAYS = 3650, 397
"""Browsers refuse a server's certificate that is good for longer than 398 days."""
RENEW_WITHIN_S = 45 * 86_400


def provide(places: Places, host: str, given: tuple[Path, Path] | None) -> None:
    """See to it that there is a certificate for `host` which lasts."""
    places.tls.mkdir(parents=True, exist_ok=True)
    places.tls.chmod(0o700)
    if given or is_of_another_name(places.tls, host):
        for name in ("ca.key", "ca.crt", "ca.srl", "server.crt", "server.key"):
            (places.tls / name).unlink(missing_ok=True)
    if given:
        for source, name in zip(given, ("server.crt", "server.key"), strict=True):
            shutil.copyfile(source, places.tls / name)
        (places.tls / "server.key").chmod(0o600)
        return
    if not (places.tls / "ca.key").exists() and not (places.tls / "server.crt").exists():
        make_authority(places.tls, host)
    if (places.tls / "ca.key").exists() and not lasts(places.tls / "server.crt"):
        sign(places.tls, host)


def check(certificate: Path, key: Path, host: str) -> None:
    """Refuse what nginx would not start with, or no browser would trust. Raises InstallError."""
    try:
        # A password that is given is not asked for.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, ValueError):
        raise InstallError(
            f"{key} is not the key of {certificate}, a password protects it, or they are not PEM."
        ) from None
    asked = "-checkip" if is_address(host) else "-checkhost"
    if "does match" not in run("openssl", "x509", "-in", certificate, "-noout", asked, host):
        raise InstallError(f"{certificate} is not for {host}: no browser would trust it.")


def is_of_another_name(folder: Path, host: str) -> bool:
    """Whether the clinic's own authority vouches for a name that the clinic had before."""
    certificate = folder / "ca.crt"
    if not certificate.exists():
        return False
    return not run("openssl", "x509", "-in", certificate, "-noout", "-subject").strip().endswith(name(host))


def name(host: str) -> str:
    """What the clinic's own authority is called; no name may be longer."""
    return f"Clinic kiosk authority for {host}"[:64]


def make_authority(folder: Path, host: str) -> None:
    """Make the clinic's own authority. It can vouch for `host` and nothing else, whoever steals its key."""
    say(f"Making a certificate authority for {host} ...")
    extensions = ("basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign,cRLSign")
    new_key(folder / "ca.key")
    run(
        "openssl", "req", "-x509", "-new", "-key", folder / "ca.key", "-days", AUTHORITY_DAYS, "-sha256",
        "-subj", f"/CN={name(host)}", "-out", folder / "ca.crt",
        *(word for extension in (*extensions, f"nameConstraints=critical,{only(host)}")
          for word in ("-addext", extension)),
    )  # fmt: skip


def sign(folder: Path, host: str) -> None:
    """Give the server a certificate."""
    request, extensions = folder / "server.csr", folder / "server.ext"
    new_key(folder / "server.key")
    extensions.write_text(
        f"basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
        f"subjectAltName={alternative(host)}\n"
    )
    run("openssl", "req", "-new", "-key", folder / "server.key", "-subj", "/O=Clinic kiosk", "-out", request)
    run(
        "openssl", "x509", "-req", "-in", request, "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key",
        "-CAcreateserial", "-days", DAYS, "-sha256", "-extfile", extensions, "-out", folder / "server.crt",
    )  # fmt: skip
    request.unlink()
    extensions.unlink()


def new_key(path: Path) -> None:
    """Make a key that only its owner reads."""
    path.touch(mode=0o600)
    run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)


def lasts(certificate: Path) -> bool:
    """Whether the certificate is there and good for some time."""
    if not certificate.exists():
        return False
    answer = run("sh", "-c", f"openssl x509 -in '{certificate}' -checkend {RENEW_WITHIN_S} -noout || true")
    return "will not expire" in answer


def is_address(host: str) -> bool:
    """Whether the host is a number."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def alternative(host: str) -> str:
    """The name that a certificate is for."""
    return f"IP:{host}" if is_address(host) else f"DNS:{host}"


def only(host: str) -> str:
    """The only name that the authority may vouch for."""
    if not is_address(host):
        none = ("0.0.0.0/0.0.0.0", "/".join([":".join(["0"] * 8)] * 2))
        return ",".join([f"permitted;DNS:{host}", *(f"excluded;IP:{network}" for network in none)])
    mask = "255.255.255.255" if "." in host else ":".join(["ffff"] * 8)
    return f"permitted;IP:{host}/{mask},permitted;DNS:invalid"


def for_policy(authority: Path) -> str:
    """The authority as Chromium's policy wants it: base64 of its DER. Raises InstallError."""
    try:
        return base64.b64encode(ssl.PEM_cert_to_DER_cert(authority.read_text())).decode()
    except ValueError:
        raise InstallError(
            f"{authority} is not a certificate in PEM: openssl x509 -inform der -in {authority} -out ca.crt"
        ) from None
