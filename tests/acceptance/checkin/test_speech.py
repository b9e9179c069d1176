"""A patient who does not see the screen: every page by ear, by the keys of a keypad alone."""

import io
import wave
from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect

from kiosk.appointments.codes import booking_code
from kiosk.checkin import dialogue, records
from kiosk.checkin.rules.steps import Dialogue
from tests.acceptance.checkin.conftest import PLACE, PLACES, Panel
from tests.acceptance.checkin.test_using import question
from tests.acceptance.running import until
from tests.browser import stop_time

pytestmark = pytest.mark.parametrize("panel", ["tall"], indirect=True, scope="module")

LISTEN = """
  globalThis.spoken = [];
  globalThis.pieces = [];
  document.addEventListener("speech:saying", ({ detail }) => {
    spoken.push(detail.texts.join(" "));
    pieces.push(detail);
  });
  globalThis.GainNode = class extends GainNode {
    constructor(...how) {
      super(...how);
      globalThis.loudness = 1;
      globalThis.gain = this.gain;
      const { set } = Object.getOwnPropertyDescriptor(AudioParam.prototype, "value");
      Object.defineProperty(gain, "value", { set(to) { loudness = to; set.call(gain, to); } });
    }
  };
"""
UNSAID = """(pieces) => {
  const said = new Set(pieces.flatMap(({ texts }) => [...texts, texts.join("")]));
  const walker = document.createTreeWalker(document.getElementById("live"), NodeFilter.SHOW_TEXT);
  const missed = [];
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    const text = data.replace(/\\s+/g, " ").trim();
    const shown = parentElement.checkVisibility({ visibilityProperty: true });
    if (!text || !shown || parentElement.closest("[aria-hidden=true]")) continue;
    const sign_by_sign = parentElement.closest(".kiosk__number, .code");
    const signs = text.replaceAll(" ", "");
    if (sign_by_sign ? ![...said].some((one) => one.includes(signs)) : !said.has(text)) missed.push(text);
  }
  return missed;
}"""
UNREAD = f"""async () => {{
  const {{ CONTROLS, named, words }} = await import("/static/js/kiosk/reading.js");
  const live = document.getElementById("live");
  const controls = [...live.querySelectorAll(CONTROLS)].filter((control) => control.checkVisibility());
  return ({UNSAID})([...words(live), ...controls.flatMap(named)]);
}}"""
CONTROLS = """(live) => [...live.querySelectorAll("button, input, summary")]
  .filter((control) => control.checkVisibility()).length"""
NAMED = """() => {
  const control = document.activeElement;
  const name = (control.getAttribute("aria-label") ?? control.textContent).replace(/\\s+/g, " ").trim();
  return pieces.some(({ texts }) => texts.includes(name) || texts.join("") === name);
}"""
SPEAKING = "async () => { globalThis.voice = await import('/static/js/kiosk/voice.js'); }"
START = "This screen now reads to you. The arrow keys move, Enter chooses. Any key stops the voice."
PRIVATE = "This is private. Plug in a headset to hear it, or ask for help."


class Short:
    """A voice that says everything in a moment."""

    voices = frozenset({"en-us", "es-419", "ar"})

    def say(self, voice: str, text: str) -> bytes:
        file = io.BytesIO()
        with wave.open(file, "wb") as writing:
            writing.setnchannels(1)
            writing.setsampwidth(2)
            writing.setframerate(22_050)
            writing.writeframes(b"\x00\x10" * 400)
        return file.getvalue()


class Listener:
    """Somebody with a headset, who knows of the screen what the voice says."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.page = panel.open().new_page()
        self.page.add_init_script(LISTEN)
        self.asked: list[dict[str, list[str]]] = []
        self.page.on("request", lambda request: self._asked(request.url, request.post_data))
        self.keys = 0

    def _asked(self, url: str, body: str | None) -> None:
        if url.endswith("/speech"):
            self.asked.append(parse_qs(body or ""))

    def press(self, key: str) -> None:
        """Press a key of the keypad. Playwright's keyboard ends with F12."""
        self.keys += 1
        if key.startswith("F"):
            self.page.evaluate(
                """(key) => document.activeElement.dispatchEvent(
                     new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))""",
                key,
            )
        else:
            self.page.keyboard.press(key)

    def begin(self, key: str = "F13") -> None:
        """Wake the voice, by default with the plug of a headset."""
        self.press(key)
        self.hears(START)
        self.page.evaluate(SPEAKING)

    def hears(self, words: str) -> None:
        """The voice says this, from the last time that something was asked for."""
        self.page.wait_for_function("(words) => spoken.includes(words)", arg=words, timeout=20_000)

    @property
    def spoken(self) -> list[str]:
        """All that was said so far."""
        said: list[str] = self.page.evaluate("spoken")
        return said

    def forget(self) -> None:
        """From here on."""
        self.page.evaluate("spoken.length = 0; pieces.length = 0")
        self.asked.clear()

    def seek(self, words: str, key: str = "ArrowRight") -> None:
        """Press an arrow until the voice says this, then choose it."""
        for _ in range(45):
            self.forget()
            self.press(key)
            self.page.wait_for_function("() => spoken.length > 0", timeout=20_000)
            if self.spoken[-1] == words:
                self.press("Enter")
                return
        raise AssertionError(f"The voice never says {words!r}.")

    def turn(self, name: str, language: str = "en") -> None:
        """Bring the dialogue to a page, and listen to it to its end."""
        self.page.evaluate("voice.hush()")
        self.forget()
        self.panel.turn(PLACE[name], language, self.page)
        self.silence()

    def silence(self) -> None:
        """Wait until nothing more is said."""
        self.page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 20))")
        self.page.wait_for_function("() => !voice.speaking()", timeout=60_000)


@pytest.fixture
def listener(panel: Panel) -> Iterator[Listener]:
    """Somebody with a headset before the first page; what they hear takes a moment only."""
    usual, panel.clinic.voices.speaker = panel.clinic.voices.speaker, Short()
    made = Listener(panel)
    panel.show(PLACE["welcome"], "en", made.page)
    yield made
    made.page.context.close()
    panel.clinic.voices.speaker = usual


def test_a_check_in_by_ear_alone(panel: Panel) -> None:
    appointment = panel.expect(family_name="Okafor", given_name="Ngozi", birth_date=date(1961, 2, 3))
    listener = Listener(panel)
    page = listener.page
    panel.show(PLACE["welcome"], "en", page)
    listener.begin()
    dialogue.scanned(panel.clinic, "front", "scan-1", booking_code(panel.config, appointment).encode())
    listener.hears("Thank you. We read it.")
    listener.hears("In which month were you born?")
    listener.seek("February")
    listener.hears("On which day of the month?")
    listener.seek("3")
    listener.hears("In which year were you born?")
    listener.seek("1")
    listener.seek("9", "ArrowDown")
    listener.seek("6", "ArrowUp")
    listener.seek("1", "ArrowLeft")
    listener.seek("Continue", "ArrowLeft")
    listener.hears("Is this you?")
    listener.hears("Ngozi O.")
    listener.seek("Yes, check me in")
    listener.hears("Do you have your insurance card with you?")
    listener.seek("I have none, or ask me at the desk")
    listener.hears("You are checked in")
    listener.hears("Your number")
    code = page.locator(".kiosk__code").inner_text()
    listener.hears(" ".join(code))
    listener.seek("Done")
    question(page, "Check in here")
    expect(page.locator("html")).not_to_have_attribute("data-speech", "headset")
    assert listener.keys <= 60
    page.context.close()


def test_all_that_stands_on_every_page_has_its_words(panel: Panel) -> None:
    page = panel.open().new_page()
    unread = {}
    for place in PLACES:
        panel.turn(place, "en", page)
        unread[place.name] = page.evaluate(UNREAD)
    page.context.close()

    assert {place: missed for place, missed in unread.items() if missed} == {}


@pytest.mark.parametrize("place", ["consent", "month", "confirm", "card check", "ticket, copy"])
def test_the_words_of_a_page_are_said_and_each_control_as_the_focus_comes_to_it(
    listener: Listener, place: str
) -> None:
    listener.begin()
    listener.turn(place)
    for _ in range(listener.page.locator("#live").evaluate(CONTROLS)):
        listener.press("ArrowRight")
        listener.page.wait_for_function(NAMED)

    assert listener.page.evaluate(f"({UNSAID})(pieces)") == []


PERSONAL = {
    "confirm": ["Wilhelmina", "Appointment at"],
    "check": ["VANDERBERG", "1948"],
    "check, code": ["0A1B2C3D4", "1948"],
    "insurance": ["Meridian", "0956"],
    "card check": ["Meridian", "MMH"],
    "day": ["December"],
    "year": ["September", "23"],
}


@pytest.mark.parametrize("place", PERSONAL)
def test_over_a_loudspeaker_nothing_personal_is_said(listener: Listener, place: str) -> None:
    listener.begin("F2")
    listener.turn(place)
    said = " ".join(listener.spoken)

    assert PRIVATE in said
    assert [word for word in PERSONAL[place] if word in said] == []
    asked = " ".join("".join(each["text"]) for each in listener.asked)
    assert [word for word in PERSONAL[place] if word in asked] == []


@pytest.mark.parametrize("place", ["month", "day", "year", "name", "code", "member", "passcode"])
def test_over_a_loudspeaker_no_choice_and_no_key_is_said_that_would_tell_the_answer(
    listener: Listener, place: str
) -> None:
    listener.begin("F2")
    listener.turn(place)
    listener.forget()
    listener.page.locator(".kiosk__answer [data-key]:visible, .kiosk__grid button").first.focus()
    listener.hears(PRIVATE)
    listener.silence()
    listener.press("ArrowRight")
    listener.press("ArrowRight")
    listener.silence()

    assert listener.spoken == [PRIVATE]
    assert listener.asked[1:] == []
    listener.page.get_by_role("button", name="Get help").focus()
    listener.hears("Get help")


def test_a_headset_that_was_left_in_its_jack_is_the_next_patients(listener: Listener) -> None:
    page = listener.page
    mode = page.locator("html")
    listener.begin()
    listener.turn("ticket")
    listener.seek("Done")
    question(page, "Check in here")
    expect(mode).not_to_have_attribute("data-speech", "headset")

    listener.begin("ArrowDown")
    listener.turn("confirm")
    assert "Wilhelmina V." in listener.spoken
    assert PRIVATE not in listener.spoken

    listener.press("F14")
    question(page, "Check in here")
    listener.begin("ArrowDown")
    listener.turn("confirm")
    assert PRIVATE in listener.spoken
    assert "Wilhelmina V." not in listener.spoken


def test_a_page_that_was_loaded_anew_takes_it_that_all_can_hear(listener: Listener) -> None:
    listener.begin()
    listener.page.reload()
    listener.begin("ArrowDown")
    expect(listener.page.locator("html")).to_have_attribute("data-speech", "loudspeaker")


def test_what_was_cut_short_in_a_headset_is_not_gone_on_with_over_the_loudspeaker(
    listener: Listener,
) -> None:
    page = listener.page
    listener.begin()
    listener.turn("insurance")
    page.evaluate("voice.say([{ texts: ['Meridian Mutual Health Insurance'], lang: 'en' }])")
    listener.press("F14")
    question(page, "Check in here")
    listener.begin("F2")
    listener.silence()
    listener.forget()
    listener.press("F16")
    listener.silence()
    assert listener.spoken == []


def test_what_is_typed_is_said_into_a_headset_and_ticks_over_a_loudspeaker(listener: Listener) -> None:
    listener.begin()
    listener.turn("name")
    listener.forget()
    listener.page.keyboard.press("k")
    listener.hears("k")
    listener.page.keyboard.press("o")
    listener.page.keyboard.press("Backspace")
    listener.hears("k")

    listener.press("F14")
    question(listener.page, "Check in here")
    listener.begin("F2")
    listener.turn("passcode")
    listener.forget()
    listener.page.keyboard.type("secret7")
    listener.press("ArrowRight")
    listener.press("ArrowRight")
    listener.silence()
    assert set(listener.spoken) <= {"Continue", PRIVATE}


def test_what_is_wrong_is_said_first(listener: Listener) -> None:
    listener.begin()
    listener.turn("year, no such date")
    assert listener.spoken[0].startswith("That day is not in that year.")
    assert listener.spoken[1] == "In which year were you born?"

    listener.turn("name, missing")
    listener.forget()
    listener.page.get_by_role("button", name="Continue").tap()
    listener.hears("Touch the letters first.")


def test_each_language_has_its_own_voice(listener: Listener) -> None:
    listener.begin()
    listener.turn("welcome")
    listener.silence()
    in_turn = {"".join(each["text"]): each["language"][0] for each in listener.asked}
    listener.turn("month", "ar")
    arabic = {each["language"][0] for each in listener.asked if len(each["text"][0]) > 2}

    assert in_turn.get("Regístrese aquí", "es") == "es"
    assert "ar" in arabic
    assert listener.page.locator("html").get_attribute("dir") == "rtl"
    listener.forget()
    listener.press("ArrowLeft")
    listener.hears("يناير")


def test_any_key_stops_the_voice_and_pause_goes_on_with_it(panel: Panel) -> None:
    listener = Listener(panel)
    panel.show(PLACE["welcome"], "en", listener.page)
    listener.press("F13")
    listener.page.wait_for_function("() => spoken.length === 1")
    listener.page.keyboard.press("Shift")
    listener.page.wait_for_timeout(1500)
    assert len(listener.spoken) == 1

    listener.press("F16")
    listener.page.wait_for_function("() => spoken.length >= 2")
    first, again, *_ = listener.spoken
    assert first == again
    listener.page.context.close()


def test_the_loudness_has_eight_steps_and_is_forgotten_with_the_session(listener: Listener) -> None:
    page = listener.page
    listener.begin()
    listener.turn("ticket")
    usual = page.evaluate("loudness")
    steps = []
    for _ in range(9):
        listener.press("F18")
        steps.append(page.evaluate("loudness"))
    for _ in range(9):
        listener.press("F17")
        steps.append(page.evaluate("loudness"))
    listener.press("F2")

    assert len(set(steps)) == 8
    assert max(steps) / min(steps) > 10
    assert page.evaluate("loudness") == min(steps)
    listener.seek("Done")
    question(page, "Check in here")
    expect(page.locator("html")).not_to_have_attribute("data-speech", "headset")
    listener.press("F13")
    page.wait_for_function("(usual) => loudness === usual", arg=usual)


def test_the_first_key_only_wakes_and_help_is_never_swallowed(listener: Listener) -> None:
    page = listener.page
    listener.press("ArrowDown")
    expect(page.locator("html")).to_have_attribute("data-speech", "loudspeaker")
    expect(page.locator("#question")).to_be_focused()
    listener.seek("Voice off", "ArrowLeft")
    expect(page.locator("html")).not_to_have_attribute("data-speech", "loudspeaker")

    listener.forget()
    listener.press("F1")
    expect(page.get_by_text("Help is coming")).to_be_visible()
    listener.hears("Somebody is coming to help you.")


def test_who_touches_the_headset_on_the_screen_hears_it_too(listener: Listener) -> None:
    listener.page.get_by_role("button", name="To listen").tap()
    listener.hears("Check in here")
    expect(listener.page.get_by_role("button", name="Say it again")).to_be_visible()


def test_a_headset_that_is_pulled_out_ends_it_at_once(listener: Listener) -> None:
    listener.begin()
    listener.turn("confirm")
    listener.press("F14")
    question(listener.page, "Check in here")
    expect(listener.page.locator("html")).not_to_have_attribute("data-speech", "headset")


def test_a_patient_who_walks_away_is_asked_aloud_and_then_it_is_silent(listener: Listener) -> None:
    page = still(listener)
    listener.press("F13")
    later(page, lambda: START in listener.spoken)
    listener.panel.put(PLACE["consent"], "en")
    later(page, lambda: "May we read your licence?" in listener.spoken)
    page.clock.run_for(61_000)
    later(page, lambda: "Are you still there?" in listener.spoken)
    later(page, lambda: "If not, this screen starts over. Seconds left:" in listener.spoken)
    page.clock.run_for(40_000)
    later(page, lambda: not page.evaluate("document.documentElement.dataset.speech ?? ''"))
    question(page, "Check in here")


def test_who_wakes_it_and_goes_away_leaves_silence(listener: Listener) -> None:
    page = still(listener)
    listener.press("ArrowDown")
    later(page, lambda: START in listener.spoken)
    later(page, lambda: not page.evaluate("document.documentElement.dataset.speech ?? ''"), ms=5_000)


def still(listener: Listener) -> Page:
    """The first page, before which time stands until somebody moves it."""
    page = listener.page
    nobody(listener.panel)
    stop_time(page)
    page.reload()
    return page


def later(page: Page, condition: Callable[[], object], ms: int = 60) -> None:
    """Let the page's time pass until something is so."""

    def passed() -> object:
        page.clock.run_for(ms)
        return condition()

    until(passed, 60)


def nobody(panel: Panel) -> None:
    """Nobody has begun."""
    with panel.clinic.database.begin(at=panel.clinic.now()) as tx:
        records.save(tx, "front", records.at_station(tx, "front"), Dialogue())


def test_a_server_that_is_away_is_said_by_what_was_kept_for_it(listener: Listener) -> None:
    page = listener.page
    listener.begin()
    listener.turn("consent")
    listener.forget()
    page.route("**/answer", lambda route: route.abort())
    page.get_by_role("button", name="Back").tap()
    listener.hears("This screen has lost its connection. Please see the front desk.")
