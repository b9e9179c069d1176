"""`live.js` in real Chromium, on a page of the tests' own: what is looked at stays right, and stays still."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, redirect, render_template, request
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import BaseWSGIServer, make_server

from kiosk import access
from kiosk.access import Role
from kiosk.app import create_app
from kiosk.clinic import Clinic, clinic
from kiosk.database.migrations import migrate
from tests import cast
from tests.integration.shell.conftest import signed_in


@dataclass
class Trial:
    """What the trial page shows, and what was sent to it."""

    said: str = "first"
    title: str = "Trial"
    rows: list[str] = field(default_factory=lambda: ["one"])
    looked: int = 0
    posted: list[str] = field(default_factory=list)
    answer_after_s: float = 0
    status: int = 303


@dataclass
class Stage:
    """A server with the trial page, and a coordinator's browser in front of it."""

    app: Flask
    here: Clinic
    trial: Trial
    page: Page
    server: BaseWSGIServer
    complaints: list[str]

    def commit(self) -> None:
        """Something happens at the clinic."""
        with self.here.database.begin(at=self.here.now()) as tx:
            tx.record("something", by="test")


@pytest.fixture
def stage(tmp_path: Path, chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The trial page, open and connected."""
    monkeypatch.setitem(access.ROUTES, "trial.page", access.STAFF)
    config = cast.config(tmp_path)
    migrate(config)
    app, trial = create_app(config), Trial()
    app.register_blueprint(trial_room(trial))
    here: Clinic = app.extensions["clinic"]
    token = signed_in(here, Role.COORDINATOR, here.now())
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here.live.start()
    url = f"http://127.0.0.1:{server.server_port}"
    context = chromium.new_context()
    context.add_cookies([{"name": "staff", "value": token, "url": url}])
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{url}/trial")
    wait_for(lambda: here.live.sockets())
    wait_for(lambda: trial.looked >= 2)
    yield Stage(app, here, trial, page, server, complaints)
    context.close()
    here.live.stop()
    server.shutdown()
    server.server_close()
    here.database.close()


def trial_room(trial: Trial) -> Blueprint:
    """A room with one page and one form."""
    room = Blueprint("trial", __name__, template_folder="templates")

    @room.route("/trial", methods=["GET", "POST"])
    def page() -> Any:
        if request.method == "GET":
            trial.looked += 1
            with clinic().database.snapshot(at=clinic().now()) as reading:
                return render_template("trial.html", trial=trial, version=reading.snapshot.version)
        time.sleep(trial.answer_after_s)
        trial.posted.append(request.form["word"])
        trial.said = request.form["word"]
        return redirect("/trial", 303) if trial.status == 303 else ("<h1>no live region</h1>", trial.status)

    return room


def wait_for(condition: Callable[[], Any], seconds: float = 30) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_commit_is_seen_without_reload_and_without_a_complaint_of_the_browser(stage: Stage) -> None:
    stage.page.evaluate("window.mark = 1")
    stage.trial.said, stage.trial.title = "second", "Changed"
    stage.commit()

    expect(stage.page.locator("#said")).to_have_text("second")
    expect(stage.page).to_have_title("Changed")
    expect(stage.page.locator("#kept")).to_have_text("first")
    assert stage.page.evaluate("window.mark") == 1
    assert stage.complaints == []


def test_what_somebody_types_and_opened_survives(stage: Stage) -> None:
    page = stage.page
    page.fill("#other", "half a")
    page.locator("#more summary").click()
    page.locator("#typing").press_sequentially("x")
    stage.trial.said = "second"
    stage.commit()

    expect(page.locator("#said")).to_have_text("second")
    assert page.input_value("#typing") == "xfirst"
    assert page.input_value("#other") == "half a"
    assert page.evaluate("document.activeElement.id") == "typing"
    assert page.locator("#more").get_attribute("open") is not None


def test_a_form_is_sent_in_place_and_a_double_click_sends_it_once(stage: Stage) -> None:
    stage.page.evaluate("window.mark = 1")
    stage.trial.answer_after_s = 0.3
    stage.page.locator("#form button").dblclick()

    expect(stage.page.locator("#said")).to_have_text("once")
    assert stage.trial.posted == ["once"]
    assert stage.page.evaluate("window.mark") == 1
    stage.page.locator("#form button").click()
    wait_for(lambda: stage.trial.posted == ["once", "once"])


def test_what_happens_meanwhile_does_not_bring_a_page_whose_answer_would_be_swallowed(stage: Stage) -> None:
    page, trial = stage.page, stage.trial
    trial.answer_after_s = 0.6
    page.locator("#form button").click()
    looked, trial.said = trial.looked, "news of others"
    stage.commit()
    wait_for(lambda: trial.looked > looked)
    page.wait_for_timeout(100)
    assert page.locator("#said").inner_text() in ("first", "once")

    expect(page.locator("#said")).to_have_text("once")
    trial.said = "later news"
    stage.commit()
    expect(page.locator("#said")).to_have_text("later news")


def test_an_answer_that_cannot_be_shown_in_place_is_shown_as_a_page(stage: Stage) -> None:
    stage.trial.status = 409
    stage.page.locator("#form button").click()

    expect(stage.page.locator("h1")).to_have_text("no live region")


def test_nothing_moves_under_the_pointer(stage: Stage) -> None:
    page = stage.page
    page.locator("#list").hover()
    page.mouse.move(0, 0, steps=1)
    page.locator("#list").hover()
    stage.trial.rows.append("two")
    stage.commit()
    wait_for(lambda: page.evaluate("document.documentElement.hasAttribute('data-live-waiting')"))
    assert page.locator("#list li").count() == 1
    page.mouse.move(900, 700)
    time.sleep(0.7)
    assert page.locator("#list li").count() == 1

    expect(page.locator("#list li")).to_have_count(2, timeout=15_000)


def test_a_screen_says_how_old_it_is_and_recovers(stage: Stage) -> None:
    html = stage.page.locator("html")
    stage.page.context.set_offline(True)
    for socket in stage.here.live.sockets():
        stage.here.live.socketio.server.disconnect(socket.sid)

    expect(html).to_have_attribute("data-connection", "stale", timeout=10_500)
    assert int(stage.page.locator("[data-connection-age]").inner_text()) >= 8
    stage.trial.said = "while away"
    stage.page.context.set_offline(False)
    expect(html).to_have_attribute("data-connection", "live", timeout=6_000)
    expect(stage.page.locator("#said")).to_have_text("while away")


def test_a_page_without_socket_looks_again_by_itself(stage: Stage) -> None:
    stage.here.live.stop()
    stage.page.route("**/socket.io/**", lambda route: route.abort())
    stage.trial.said = "polled"

    expect(stage.page.locator("#said")).to_have_text("polled", timeout=12_000)


def test_a_page_comes_back_after_the_server_hung_up(stage: Stage) -> None:
    (socket,) = stage.here.live.sockets()
    stage.here.live.socketio.server.disconnect(socket.sid)

    wait_for(lambda: [s for s in stage.here.live.sockets() if s.sid != socket.sid])


def test_whoever_is_signed_out_sees_the_sign_in_page(stage: Stage) -> None:
    stage.page.context.clear_cookies()
    stage.commit()

    expect(stage.page.locator("h1")).to_have_text("Sign in")
    assert stage.page.url.endswith("/sign-in?next=/trial")
