"""Real Chromium, and a whole clinic that runs for the tests of one module."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.acceptance.running import PASSWORD, RunningClinic, until

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--autoplay-policy=no-user-gesture-required"]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningClinic]:
    """A clinic whose kiosk, board and device host are not yet paired."""
    with RunningClinic(tmp_path_factory.mktemp("clinic")) as clinic:
        yield clinic


class Floor:
    """The people and screens of the running clinic, each in a browser of their own."""

    def __init__(self, clinic: RunningClinic, browser: Browser) -> None:
        self.clinic = clinic
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def screen(self, path: str, width: int, height: int) -> Page:
        """Open an address in a browser of its own; what its console complains of is collected."""
        context = self.browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.clinic.url + path)
        return page

    def coordinator(self, username: str = "ana") -> Page:
        """Somebody signs in at the console."""
        page = self.screen("/sign-in", 1440, 900)
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/console*")
        return page

    def pair(self, console: Page, code: str, kind: str, name: str) -> None:
        """Type a pairing code on the console, as a coordinator would."""
        console.goto(self.clinic.url + "/console/screens")
        console.fill("[name=code]", code)
        choice = f"{kind}:{name}"
        console.locator(
            f"[name=place][value='{choice}'], [name=place] option[value='{choice}']"
        ).first.evaluate(
            "e => { if (e.tagName === 'OPTION') { e.parentElement.value = e.value } else { e.checked = true } }"
        )
        console.get_by_role("button", name=re.compile("pair|approve|connect", re.I)).first.click()

    def code_on(self, page: Page) -> str:
        """The pairing code that a screen shows."""
        return page.locator("[data-pairing-code]").inner_text().strip()

    def code_of_host(self) -> str:
        """The pairing code that the device host has logged."""
        pattern = re.compile(r"\b([0-9A-Z]{4}-[0-9A-Z]{4})\b")
        found = until(
            lambda: pattern.search(self.clinic.log("host")), what="No pairing code in the host's log."
        )
        return str(found[1])

    def close(self) -> None:
        """Close all browsers."""
        for context in self.contexts:
            context.close()


@pytest.fixture
def floor(running: RunningClinic, chromium: Browser) -> Iterator[Floor]:
    """The floor of the running clinic."""
    opened = Floor(running, chromium)
    yield opened
    opened.close()
