"""The clinic with its doors open: kiosk, board, console and device host, all paired by typing codes."""

import re
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.acceptance.running import PASSWORD, RunningClinic, until

CODE = re.compile(r"\b([0-9A-Z]{4}-[0-9A-Z]{4})\b")
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December"]  # fmt: skip


class Stage:
    """Every screen in a browser of its own. What a page's console complains of is in `errors`."""

    def __init__(self, clinic: RunningClinic, browser: Browser) -> None:
        self.clinic = clinic
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def __enter__(self) -> Self:
        self.console = self.coordinator("ana")
        self.clinic.start_host()
        self.pair(self.code_of_host(), "host", "front")
        self.kiosk = self.paired("/kiosk/front", 1080, 1920)
        self.board = self.paired("/board/lobby", 1920, 1080)
        self.console.goto(self.clinic.url + "/console")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for context in self.contexts:
            context.close()

    def open(self, path: str, width: int, height: int) -> Page:
        """Open an address in a browser of its own."""
        context = self.browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.clinic.url + path)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def coordinator(self, username: str) -> Page:
        """Somebody signs in at the console."""
        page = self.open("/sign-in", 1440, 900)
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/console*")
        return page

    def paired(self, path: str, width: int, height: int) -> Page:
        """Open a screen, type the code that it shows on the console, wait until it is let in."""
        _, kind, name = path.split("/")
        page = self.open(path, width, height)
        shown = CODE.search(page.locator("main").inner_text())
        assert shown, "The screen shows no pairing code."
        self.pair(shown[1], kind, name)
        page.wait_for_url(self.clinic.url + path)
        return page

    def pair(self, code: str, kind: str, name: str) -> None:
        """Type a pairing code on the console, as a coordinator would."""
        self.console.goto(self.clinic.url + "/console/screens")
        self.console.fill("[name=code]", code)
        self.console.locator("[name=as]").select_option(f"{kind}:{name}")
        self.console.get_by_role("button", name=re.compile("^(Pair|Connect|Approve)")).click()
        expect(self.console.locator("[name=code]")).to_have_value("")

    def code_of_host(self) -> str:
        """The pairing code that the device host has logged."""
        found = until(lambda: CODE.search(self.clinic.log("host")), what="No pairing code in the host's log.")
        return str(found[1])

    def birth_date(self, born: date) -> None:
        """Touch month, day and year at the kiosk."""
        self.asked("month")
        self.kiosk.get_by_role("button", name=MONTHS[born.month - 1], exact=True).click()
        self.asked("day")
        self.kiosk.get_by_role("button", name=str(born.day), exact=True).click()
        self.asked("year")
        for digit in str(born.year):
            self.kiosk.get_by_role("button", name=digit, exact=True).click()
        self.kiosk.get_by_role("button", name="Continue").click()

    def asked(self, step: str) -> None:
        """Wait until the kiosk is at this step."""
        expect(self.kiosk.locator("#live")).to_have_attribute("data-step", step)

    def confirm(self) -> None:
        """Touch yes."""
        self.kiosk.get_by_role("button", name="Yes, check me in").click()

    def ticket(self) -> str:
        """The number on the kiosk's last page."""
        return self.kiosk.locator(".kiosk__code").inner_text().strip()

    def done(self) -> None:
        """Leave the kiosk to the next patient."""
        self.kiosk.get_by_role("button", name="Done").click()
        self.asked("welcome")

    def picture(self, page: Page, folder: Path, name: str) -> None:
        """Keep a picture for the eye."""
        page.screenshot(path=str(folder / f"{name}.png"))
