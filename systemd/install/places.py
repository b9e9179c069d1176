"""Where everything lies on a computer, below `root`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of an installation. Below another root nothing is started."""

    root: Path = Path("/")

    @property
    def is_this_machine(self) -> bool:
        """Whether it is installed here, and not into a folder for later."""
        return self.root == Path("/")

    @property
    def home(self) -> Path:
        """The releases, side by side."""
        return self.root / "opt/kiosk"

    @property
    def current(self) -> Path:
        """A link to the release that runs."""
        return self.home / "current"

    @property
    def previous(self) -> Path:
        """A link to the release that ran before."""
        return self.home / "previous"

    @property
    def etc(self) -> Path:
        """What the installer and the technician wrote."""
        return self.root / "etc/kiosk"

    @property
    def config(self) -> Path:
        """The clinic."""
        return self.etc / "kiosk.toml"

    @property
    def choices(self) -> Path:
        """How it was installed."""
        return self.etc / "install.json"

    @property
    def tls(self) -> Path:
        """Certificates and their keys."""
        return self.etc / "tls"

    @property
    def data(self) -> Path:
        """The database and its keys."""
        return self.root / "var/lib/kiosk"

    @property
    def token(self) -> Path:
        """By which the device host is known to the server."""
        return self.root / "var/lib/kiosk-devices/host.token"

    @property
    def units(self) -> Path:
        """systemd's."""
        return self.root / "etc/systemd/system"

    @property
    def policy(self) -> Path:
        """Chromium's, for the whole machine."""
        return self.root / "etc/chromium/policies/managed/kiosk.json"

    @property
    def proxy(self) -> Path:
        """nginx's, which speaks TLS."""
        return self.root / "etc/nginx/conf.d/kiosk.conf"

    @property
    def command(self) -> Path:
        """What a person types."""
        return self.root / "usr/local/bin/kiosk"
