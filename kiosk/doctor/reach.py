"""Does the clinic's address lead from this computer to the server, with a certificate that is believed here?

What every screen and device host needs first: a name, a way, a certificate, and a server behind it.
"""

import http.client
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.doctor.findings import Finding, good, wrong

WITHIN_S = 5
NOT_YET, ENDED, OTHER_NAMES = 9, 10, (62, 64)
"""X509_V_ERR_* of OpenSSL."""
TRUST_AGAIN = 'Copy the server\'s /etc/kiosk/ca.crt here, then: sudo make upgrade OPTIONS="--ca ca.crt"'


def look(url: str, who: str, authority: Path | None = None, *, alone: bool = False) -> Iterator[Finding]:
    """Ask `url` as `who` would, who believes in `authority` too, or in it `alone`."""
    asked = urlsplit(url)
    host, port = asked.hostname or "", asked.port or (443 if asked.scheme == "https" else 80)
    try:
        socket.getaddrinfo(host, port)
    except OSError:
        yield wrong(
            f"{who} does not find the server: the name {host} leads nowhere from here.",
            f"Put it into the clinic's DNS, or into /etc/hosts: the server's number, then {host}",
        )
        return
    try:
        status = _ask(host, port, _trust(authority, alone=alone) if asked.scheme == "https" else None)
    except ssl.SSLCertVerificationError as error:
        yield wrong(*_unbelieved(error, who, url, host, authority))
    except OSError as error:
        # OpenSSL's words end with the place in its source.
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error).partition(" (_")[0]
        yield wrong(
            f"{who} does not reach the server at {url}: {why}.",
            "On the server: sudo systemctl status nginx kiosk-server. Then cable, switch and firewall.",
        )
    except http.client.HTTPException:
        yield wrong(f"What answers at {url} is no web server.", "Correct the address.")
    else:
        yield from _answer(status, who, url)


def _ask(host: str, port: int, trust: ssl.SSLContext | None) -> int:
    connection = (
        http.client.HTTPSConnection(host, port, timeout=WITHIN_S, context=trust)
        if trust
        else http.client.HTTPConnection(host, port, timeout=WITHIN_S)
    )
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    finally:
        connection.close()


def _trust(authority: Path | None, *, alone: bool) -> ssl.SSLContext:
    if authority is None or not alone:
        trust = ssl.create_default_context()
        if authority is not None and authority.exists():
            trust.load_verify_locations(authority)
        return trust
    return ssl.create_default_context(cafile=authority)


def _unbelieved(
    error: ssl.SSLCertVerificationError, who: str, url: str, host: str, authority: Path | None
) -> tuple[str, str]:
    if error.verify_code in OTHER_NAMES:
        return (
            f"The certificate of {url} is not for {host}.",
            f'On the server: sudo make upgrade OPTIONS="--url {url}", or --certificate and --key.',
        )
    if error.verify_code == ENDED:
        return f"The certificate of {url} has ended.", "Is the clock right? If so, renew it on the server."
    if error.verify_code == NOT_YET:
        return f"The certificate of {url} is not good yet.", "Set the clock: sudo timedatectl set-ntp true"
    known = f"{authority} did not sign it" if authority else "no authority that is known here signed it"
    return (
        f"{who} does not believe the certificate of {url}: {known}.",
        f"{TRUST_AGAIN}. For a certificate of a public authority take ca_file out of kiosk.toml.",
    )


def _answer(status: int, who: str, url: str) -> Iterator[Finding]:
    if status == 200:
        yield good(f"{who} reaches the server at {url}.")
    elif status == 502:
        yield wrong(
            f"nginx answers at {url}, but not the server behind it.",
            "On the server: sudo systemctl status kiosk-server. After another server.port: sudo make upgrade",
        )
    else:
        yield wrong(f"What answers at {url} is not the clinic's server, or not well ({status}).",
                    "Look what the name leads to; on the server: sudo kiosk doctor")  # fmt: skip
