"""Tries to get out of a kiosk's browser: `python -m tests.acceptance.box.ways_out` inside `unshare --mount`.

Debian's Chromium runs with a window, in kiosk mode, with the policy as the installer writes it, but for two
settings that would shut this program out too. It is played by keys and clicks of the X server, so that the
browser's own shortcuts are tried and not only the page's, and by a page that wants out. Prints, as JSON, what
each try reached: "" is nowhere.
"""

import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, sync_playwright

from tests.servers import free_port

ROOT = Path(__file__).parents[3]
HARNESS = ("DeveloperToolsAvailability", "RemoteDebuggingAllowed")
"""Set on a box; here they would end Playwright's own connection."""
SIZE = (800, 600)
SETTLE_S = 0.35
"""What a key or click does shows within this; a way out that is slower is found by the last look."""
PAGE = """<!doctype html><title>Kiosk</title><body>
<h1>Kiosk</h1><a id=link href="/">link</a> <a id=text href="/">some text to drag</a>
<input id=file type=file> <input id=field value=words autocomplete=name>
<embed id=pdf src="/a.pdf" type="application/pdf" width=200 height=100>
<script>{}</script>
""".format((ROOT / "static/js/kept-in.js").read_text())

ADDRESSES = (
    "chrome://settings", "chrome://version", "chrome://policy", "chrome://flags", "chrome://downloads",
    "chrome://history", "chrome://extensions", "chrome://inspect", "chrome://crash", "chrome://crashes",
    "chrome://cache", "chrome://net-internals", "chrome://newtab", "chrome://bookmarks",
    "chrome://print", "chrome://password-manager", "chrome://os-settings", "chrome-search://local-ntp",
    "chrome-untrusted://print", "devtools://devtools/bundled/inspector.html", "chrome-extension://abcdefgh/a.html",
    "file:///etc/passwd", "file:///", "view-source:{origin}/", "view-source:file:///etc/passwd",
    "data:text/html,<h1>out</h1>", "about:version", "ftp://127.0.0.1/",
    "https://example.com/", "http://example.com/", "{elsewhere}/", "http://user:word@127.0.0.1:{other}/",
    "filesystem:{origin}/temporary/a", "isolated-app://abc/",
)  # fmt: skip
"""Typed into the address bar, or followed as a link, they show nothing."""
SCRIPTS = {
    "window.open of another site": "window.open('{elsewhere}/')",
    "window.open of our own site": "window.open('/')",
    "a link to a new tab": "follow('{elsewhere}/', {{target: '_blank'}})",
    "a link of our own to a new tab": "follow('/', {{target: '_blank'}})",
    "a link to another site": "follow('{elsewhere}/')",
    "a link to a mail": "follow('mailto:a@example.com')",
    "a link to a telephone": "follow('tel:911')",
    "a link to a message": "follow('sms:911')",
    "a link to an app": "follow('intent://a#Intent;scheme=https;end')",
    "a link to a program": "follow('ms-settings:display')",
    "a javascript link elsewhere": "follow('javascript:location=\"{elsewhere}/\"')",
    "location of a file": "location = 'file:///etc/passwd'",
    "location of data": "location = 'data:text/html,out'",
    "location of a blob": "location = URL.createObjectURL(new Blob(['out'], {{type: 'text/html'}}))",
    "a redirect elsewhere": "location = '/away'",
    "a download link": "follow('/a.zip', {{download: 'a.zip'}})",
    "a download that the server wants": "location = '/a.zip'",
    "a saved blob": "follow(URL.createObjectURL(new Blob(['a'])), {{download: 'a.html'}})",
    "a form to a new tab": "submit('{elsewhere}/', '_blank')",
    "a form to another site": "submit('{elsewhere}/', '_self')",
    "a password box": "location = '/secret'",
    "printing by script": "setTimeout(print)",
    "the file chooser": "document.getElementById('file').click()",
    "the open-file picker": "showOpenFilePicker()",
    "the save-file picker": "showSaveFilePicker()",
    "the folder picker": "showDirectoryPicker()",
    "a picture in a window of its own": "documentPictureInPicture.requestWindow()",
    "sharing the screen": "navigator.mediaDevices.getDisplayMedia()",
    "USB": "navigator.usb.requestDevice({{filters: []}})",
    "a serial line": "navigator.serial.requestPort()",
    "a HID device": "navigator.hid.requestDevice({{filters: []}})",
    "Bluetooth": "navigator.bluetooth.requestDevice({{acceptAllDevices: true}})",
    "notifications": "Notification.requestPermission()",
    "where we are": "navigator.geolocation.getCurrentPosition(() => 0)",
    "a handler of a protocol": "navigator.registerProtocolHandler('web+kiosk', '/?%s')",
    "sharing": "navigator.share({{url: '/'}})",
    "a payment": "new PaymentRequest([{{supportedMethods: 'https://google.com/pay'}}], "
    "{{total: {{label: 'a', amount: {{currency: 'USD', value: '1'}}}}}}).show()",
    "leaving the full screen": "document.exitFullscreen()",
    "closing": "window.close()",
    "back in history": "history.back()",
}  # fmt: skip
KEYS = (
    "shift+Escape",
    "ctrl+t", "ctrl+n", "ctrl+shift+n", "ctrl+o", "ctrl+s", "ctrl+p", "ctrl+shift+p", "ctrl+u", "ctrl+j",
    "ctrl+h", "ctrl+l", "ctrl+k", "ctrl+d", "ctrl+shift+d", "ctrl+shift+o", "ctrl+shift+b", "ctrl+shift+i",
    "ctrl+shift+j", "ctrl+shift+c", "ctrl+shift+m", "ctrl+shift+t", "ctrl+shift+Delete", "ctrl+shift+a",
    "ctrl+Tab", "ctrl+1", "ctrl+f", "ctrl+g", "ctrl+plus", "ctrl+minus", "ctrl+F5", "F1", "F3", "F6",
    "F7", "F10", "F11", "F12", "Escape", "alt+Home", "alt+Left", "alt+Right", "alt+f",
    "alt+e", "alt+d", "alt+F10", "Menu", "shift+F10", "super", "BackSpace", "ctrl+Return", "ctrl+shift+q",
)  # fmt: skip
"""Pressed on a real keyboard: the browser's own shortcuts. The first is for the page to refuse, which has no
focus once a second window was closed: no window manager gives it back."""
CLICKS = (
    "the context menu",
    "a middle click",
    "a click for a new tab",
    "a click for a new window",
    "a drag upwards",
)

HELP = """
function follow(href, more = {}) {
  const a = Object.assign(document.createElement('a'), {href, ...more}); document.body.append(a); a.click();
}
function submit(action, target) {
  const form = Object.assign(document.createElement('form'), {action, target});
  document.body.append(form);
  form.submit();
}
"""


TRIES = 5
MEASURE = "[innerWidth * devicePixelRatio, innerHeight * devicePixelRatio]"
NEARLY_PX = 4
OWN = "our own page in another window"


class Origin(BaseHTTPRequestHandler):
    """Our origin, and every other: it answers everything, with a mark where it was."""

    def do_GET(self) -> None:
        """Show the page, or what a page that wants out asks for."""
        away = self.path == "/away"
        self.send_response(302 if away else 401 if self.path == "/secret" else 200)
        kinds = {".zip": "application/zip", ".pdf": "application/pdf"}
        self.send_header("Content-Type", kinds.get(Path(self.path).suffix, "text/html"))
        if away:
            self.send_header("Location", self.server.elsewhere)  # type: ignore[attr-defined]
        if self.path == "/secret":
            self.send_header("WWW-Authenticate", 'Basic realm="a"')
        self.end_headers()
        with suppress(BrokenPipeError):
            self.wfile.write(self.server.page.encode())  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def site(port: int, page: str, elsewhere: str = "", certificate: Path | None = None) -> Iterator[None]:
    """A web server of 127.0.0.1, with TLS if there is a certificate."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Origin)
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, certificate.with_suffix(".key"))
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.page, server.elsewhere = page, elsewhere  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()


def install_policy(origin: str, folder: Path) -> Path:
    """Put the policy where this mount namespace alone sees it; return a certificate that it trusts."""
    sys.path.insert(0, str(ROOT / "systemd"))
    from install import authority, box
    from install.places import Places

    places = Places(folder)
    with redirect_stdout(sys.stderr):
        authority.provide(places, "127.0.0.1", None)
    trusted = authority.for_policy(places.tls / "ca.crt")
    rules = box.policy(origin, f"{origin}/", trusted)
    wanted = {key: value for key, value in rules.items() if key not in HARNESS}
    subprocess.run(["mount", "-t", "tmpfs", "policies", "/etc/chromium"], check=True)
    folder = Path("/etc/chromium/policies/managed")
    folder.mkdir(parents=True)
    (folder / "kiosk.json").write_text(json.dumps(wanted))
    return places.tls / "server.crt"


@contextmanager
def screen() -> Iterator[str]:
    """A display without a monitor, and a window manager that would show a second window."""
    reading, writing = os.pipe()
    size = "x".join(map(str, SIZE))
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp"],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    display = f":{os.read(reading, 8).decode().strip()}"
    try:
        yield display
    finally:
        server.terminate()
        server.wait()


class Hand:
    """The X server's keyboard and mouse."""

    def __init__(self, display: str) -> None:
        self.environment = {**os.environ, "DISPLAY": display}

    def __call__(self, *words: str) -> str:
        """Run xdotool."""
        done = subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True)
        return done.stdout

    def windows(self) -> set[str]:
        """Every window that can be seen."""
        return set(self("search", "--onlyvisible", "--name", ".").split())


class Attempt:
    """One browser; tells after each try what it led to, and begins again at the kiosk's page."""

    windows: frozenset[str] | set[str] = frozenset()

    def __init__(
        self, context: BrowserContext, hand: Hand, origin: str, downloads: Path, reached: list[str]
    ) -> None:
        self.context, self.hand, self.origin, self.downloads, self.reached = (
            context,
            hand,
            origin,
            downloads,
            reached,
        )
        self.page = context.pages[0]
        self.come_home()
        time.sleep(1)  # the window takes its size
        self.windows = hand.windows()
        self.size = self.page.evaluate(MEASURE)
        if self.page.title() != "Kiosk":
            raise SystemExit("The kiosk's own page is not shown.")

    def __call__(self, do: Callable[[], object], settle_s: float = SETTLE_S) -> str:
        """Return what was reached, "" if nothing was."""
        try:
            do()
        except Error as error:
            refused = str(error).split("\n")[0]
        else:
            refused = ""
        time.sleep(settle_s)
        found = self.look()
        if found or refused or not self.at_home():
            self.come_home()
        return found

    def look(self) -> str:
        """Say what is there that should not be."""
        pages = [page for page in self.context.pages if not page.is_closed()]
        if self.reached:
            return f"a request to {self.reached.pop()}"
        if strange := [page.url for page in pages if not self.ours(page)]:
            return f"pages: {strange}"
        if len(pages) != 1:
            return OWN
        if more := self.hand.windows() - self.windows:
            return f"{len(more)} more windows"
        if any(self.downloads.iterdir()):
            return f"a file: {next(self.downloads.iterdir()).name}"
        return "" if self.full(pages[0]) else "no full screen any more"

    def ours(self, page: Page) -> bool:
        """Whether this is our own page, or a refusal."""
        mine = page.url.startswith((self.origin, "chrome-error://", "about:blank"))
        return mine or not self.shows(page)

    def shows(self, page: Page) -> bool:
        """Whether the page shows anything but Chromium's refusal."""
        try:
            text = page.inner_text("body", timeout=500)
        except Error:
            return False
        return bool(text.strip()) and "blocked" not in text.lower()

    def full(self, page: Page) -> bool:
        """Whether the page still fills the screen: no bar, no address, no panel."""
        try:
            size = page.evaluate(MEASURE)
        except Error:
            return True
        return all(abs(now - before) <= NEARLY_PX for now, before in zip(size, self.size, strict=True))

    def at_home(self) -> bool:
        """Whether the kiosk's page is shown."""
        return self.page.url.rstrip("/") == self.origin

    def come_home(self) -> None:
        """Close what was opened, for the next try."""
        for page in self.context.pages[1:]:
            page.close()
        for window in self.hand.windows() - self.windows if self.windows else ():
            self.hand("windowclose", window)
        for _ in range(TRIES):
            with suppress(Error):  # the refusal of the last try may still be on its way
                self.page.goto(self.origin, timeout=3000)
                return


def tries(attempt: Attempt, origin: str, elsewhere: str) -> Iterator[tuple[str, str]]:
    """Every way out, by name."""
    hand, page = attempt.hand, attempt.page
    words = {"origin": origin, "elsewhere": elsewhere, "other": elsewhere.rpartition(":")[2]}
    for address in ADDRESSES:
        yield address, attempt(partial(page.goto, address.format(**words), timeout=3000), 0)
    attempt.come_home()
    for name, script in SCRIPTS.items():
        yield name, attempt(partial(page.evaluate, f"{HELP}; void ({script.format(**words)})"))
    attempt.come_home()
    middle = ("mousemove", *(str(side // 2) for side in SIZE))
    for keys in KEYS:
        hand(*middle, "click", "1")
        yield keys, attempt(partial(hand, "key", keys))
    link = page.locator("#link").bounding_box() or {"x": 0, "y": 0}
    at_link = ("mousemove", str(int(link["x"]) + 5), str(int(link["y"]) + 5))
    moves: tuple[tuple[str, ...], ...] = (
        (*middle, "click", "3"),
        (*at_link, "click", "2"),
        (*at_link, "keydown", "ctrl", "click", "1", "keyup", "ctrl"),
        (*at_link, "keydown", "shift", "click", "1", "keyup", "shift"),
        (*at_link, "mousedown", "1", "mousemove", "400", "300", "mousemove", "400", "0", "mouseup", "1"),
    )
    for name, move in zip(CLICKS, moves, strict=True):
        yield name, attempt(partial(hand, *move))


@contextmanager
def browser(display: str, profile: Path) -> Iterator[BrowserContext]:
    """Chromium with a window, as a box starts it."""
    sys.path.insert(0, str(ROOT / "systemd"))
    from importlib.machinery import SourceFileLoader
    from importlib.util import module_from_spec, spec_from_loader

    loader = SourceFileLoader("kiosk_browser", str(ROOT / "systemd" / "kiosk-browser"))
    launcher = module_from_spec(spec_from_loader("kiosk_browser", loader) or sys.exit("no launcher"))
    loader.exec_module(launcher)
    flags = [flag for flag in launcher.FLAGS if "ozone" not in flag]
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path="/usr/bin/chromium", headless=False, no_viewport=True,
            args=[*flags, "--no-sandbox", "--disable-gpu", "--window-size={},{}".format(*SIZE)],
            env={**os.environ, "DISPLAY": display, "HOME": str(profile.parent)},
        )  # fmt: skip
        yield context
        context.close()


def main() -> None:
    """Try them all."""
    origin, elsewhere = (f"{scheme}://127.0.0.1:{free_port()}" for scheme in ("https", "http"))
    with tempfile.TemporaryDirectory() as folder:
        results = played(origin, elsewhere, Path(folder), install_policy(origin, Path(folder)))
    print(json.dumps(results))


def played(origin: str, elsewhere: str, folder: Path, certificate: Path) -> dict[str, str]:
    """What each try reached."""
    results: dict[str, str] = {}
    with (
        site(int(origin.rpartition(":")[2]), PAGE, f"{elsewhere}/redirected", certificate),
        site(int(elsewhere.rpartition(":")[2]), "<h1>You are out</h1>"),
        screen() as display,
        browser(display, folder / "profile") as context,
    ):
        downloads = folder / "Downloads"
        downloads.mkdir()
        reached: list[str] = []
        context.on(
            "response",
            lambda response: None if response.url.startswith(origin) else reached.append(response.url),
        )
        attempt = Attempt(context, Hand(display), origin, downloads, reached)
        for name, found in tries(attempt, origin, elsewhere):
            results[name] = found
            print(f"{name}: {found or '-'}", file=sys.stderr, flush=True)
    return results


if __name__ == "__main__":
    main()
